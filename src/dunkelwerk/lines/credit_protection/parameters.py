"""The parameters of credit protection. Source: docs/rules.md section 3; values in ``parameters.yaml``."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from dunkelwerk.decisions.days import federal_states
from dunkelwerk.decisions.money import amount_fault
from dunkelwerk.decisions.parameters import CoreParameters

Count = Annotated[int, Meta(ge=0, le=9999)]


class CreditProtectionParameters(CoreParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an insurer may set; units stand in ``parameters.yaml``."""

    gap_tolerance: Count
    authority_limit: Decimal
    federal_state: str | None
    report_months: Count
    proof_reach_days: Count
    reminder_days: Count
    suicide_months: Count
    min_employment_months: Count
    min_weekly_hours: Count
    excluded_icd: tuple[str, ...]

    def __post_init__(self) -> None:
        if fault := amount_fault(self.authority_limit):
            raise ValueError(f"authority_limit: {fault}")
        if self.federal_state is not None and self.federal_state not in federal_states():
            known = ", ".join(sorted(federal_states()))
            raise ValueError(f"federal_state: unbekanntes Bundesland; bekannt sind {known}")
