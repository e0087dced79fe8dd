"""The notice of this process. Its JSON is fixed in docs/interfaces.md section 1."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Literal

from msgspec import Struct

from dunkelwerk.lines.credit_protection.casefile import Cause

CauseKnown = Literal["natural", "accident", "suicide", "unknown"]


class DeathNotice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody reports that an insured person died; ``certificate``: whether the death certificate is there."""

    #: what the claim that it opens is for
    opens: ClassVar[Cause] = Cause.DEATH

    contract: str
    last_name: str
    first_name: str
    birth_date: date
    died_on: date
    certificate: bool
    cause_known: CauseKnown
    received_on: date
    id: str | None = None
    process: str | None = None
    reported_by: str | None = None

    @property
    def onset(self) -> date:
        """When the insured event began."""
        return self.died_on

    def with_documents(self, pieces: Iterable[str]) -> dict[str, Any]:
        """The fields that say that these pieces are there as well."""
        return dict.fromkeys(pieces, True)
