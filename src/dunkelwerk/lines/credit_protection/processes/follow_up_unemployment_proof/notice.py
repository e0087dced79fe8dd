"""The notice of this process. Its JSON is fixed in docs/interfaces.md section 1."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct


class FollowUpUnemploymentProof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A follow-up unemployment proof. ``award_ends_on`` ends the entitlement; it proves no unemployment."""

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
    id: str | None = None
    process: str | None = None
    award_ends_on: date | None = None
    new_job_on: date | None = None
