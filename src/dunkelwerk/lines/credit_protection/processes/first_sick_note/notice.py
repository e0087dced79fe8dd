"""The notice of this process. Its JSON is fixed in docs/interfaces.md section 1."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Literal

from msgspec import Struct

from dunkelwerk.decisions.nulls import NullIsDefault, fill_nulls
from dunkelwerk.lines.credit_protection.casefile import Cause

Occupation = Literal["employed", "self_employed", "civil_servant", "none"]
Document = Literal["claim_form", "sick_note", "employer_confirmation"]


class FirstSickNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A first sick note: ``incapacity_from`` is the onset. ``incapacity_until`` None: "bis auf weiteres"."""

    #: what the claim that it opens is for
    opens: ClassVar[Cause] = Cause.ILLNESS

    contract: str
    last_name: str
    first_name: str
    birth_date: date
    incapacity_from: date
    issued_on: date
    formally_correct: bool
    received_on: date
    occupation: Occupation
    #: those that are there
    documents: tuple[Document, ...]
    id: str | None = None
    process: str | None = None
    incapacity_until: date | None = None
    final: NullIsDefault[bool] = False
    icd: NullIsDefault[tuple[str, ...]] = ()
    first_treated_on: date | None = None

    def __post_init__(self) -> None:
        fill_nulls(self, final=False, icd=())

    @property
    def onset(self) -> date:
        """When the insured event began."""
        return self.incapacity_from

    def with_documents(self, pieces: Iterable[str]) -> dict[str, Any]:
        """The fields that say that these pieces are there as well."""
        return {"documents": [*self.documents, *(piece for piece in pieces if piece not in self.documents)]}
