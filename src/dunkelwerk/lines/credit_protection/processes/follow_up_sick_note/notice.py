"""The notice of this process. Its JSON is fixed in docs/interfaces.md section 1."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from dunkelwerk.decisions.nulls import NullIsDefault, fill_nulls


class FollowUpSickNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A follow-up sick note. ``incapacity_until`` None: "bis auf weiteres"."""

    contract: str
    last_name: str
    first_name: str
    birth_date: date
    incapacity_until: date | None
    issued_on: date
    formally_correct: bool
    received_on: date
    id: str | None = None
    process: str | None = None
    incapacity_from: date | None = None
    final: NullIsDefault[bool] = False
    icd: NullIsDefault[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        fill_nulls(self, final=False, icd=())

    @property
    def open_ended(self) -> bool:
        """Says "bis auf weiteres": no end is stated."""
        return self.incapacity_until is None

    @property
    def is_final(self) -> bool:
        """Says that incapacity ends with its last day; an open-ended note cannot say so."""
        return self.final and self.incapacity_until is not None
