"""The notice of this process. Its JSON is fixed in docs/interfaces.md section 1."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal

from msgspec import Struct

from dunkelwerk.lines.credit_protection.casefile import Cause

TerminatedBy = Literal["employer", "employee", "mutual", "fixed_term_end"]


class FirstUnemploymentProof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A first unemployment proof: ``unemployed_since`` is the onset; ``award_notice``: whether the award is there."""

    #: what the claim that it opens is for
    opens: ClassVar[Cause] = Cause.UNEMPLOYMENT

    contract: str
    last_name: str
    first_name: str
    birth_date: date
    unemployed_since: date
    #: the day on which the authority's proof was issued
    proven_on: date
    benefit_kind: Literal["alg1", "alg2"]
    entitlement_suspended: bool
    formally_correct: bool
    received_on: date
    employment_from: date
    employment_to: date
    terminated_by: TerminatedBy
    weekly_hours: Decimal
    award_notice: bool
    id: str | None = None
    process: str | None = None
    award_ends_on: date | None = None
    new_job_on: date | None = None
    notice_given_on: date | None = None
    registered_on: date | None = None

    def __post_init__(self) -> None:
        if not self.weekly_hours.is_finite() or self.weekly_hours < 0:
            raise ValueError("weekly_hours: erwartet eine Zahl ab 0")

    @property
    def onset(self) -> date:
        """When the insured event began."""
        return self.unemployed_since

    def with_documents(self, pieces: Iterable[str]) -> dict[str, Any]:
        """The fields that say that these pieces are there as well."""
        return dict.fromkeys(pieces, True)
