"""The reasons of the four other processes in the order of their tables, what they may be, and their defaults."""

from __future__ import annotations

import oracle

PERSON = {
    "formally_defective",
    "implausible_dates",
    "permanent_disability",
    "person_deceased",
    "above_authority",
    "not_working",
    "further_cover",
    "entitlement_suspended",
}
FIRST_SICK_NOTE = [
    "claim_exists",
    "cover_missing",
    "outside_term",
    "in_waiting_time",
    "age_limit_reached",
    "not_working",
    "reported_late",
    "pre_existing_suspected",
    "icd_excluded",
    "suspected_only",
    "relapse",
    "no_benefit_left",
    "further_cover",
    "documents_missing",
    "formally_defective",
    "implausible_dates",
    "permanent_disability",
    "person_deceased",
    "contract_not_active",
    "premium_in_arrears",
    "payment_returned",
    "recourse_open",
    "second_person_overlap",
    "unemployment_overlap",
    "dread_disease_or_death",
    "above_authority",
    "extension_unclear",
]
FIRST_UNEMPLOYMENT_PROOF = [
    "in_waiting_time",
    "terminated_by_insured",
    "mutual_termination",
    "fixed_term",
    "employed_too_short",
    "hours_too_few",
    "claim_exists",
    "cover_missing",
    "outside_term",
    "age_limit_reached",
    "reported_late",
    "no_benefit_left",
    "further_cover",
    "documents_missing",
    *(code for code in FIRST_SICK_NOTE[14:] if code not in ("unemployment_overlap", "extension_unclear")),
    "entitlement_suspended",
    "illness_overlap",
]
FOLLOW_UP_UNEMPLOYMENT_PROOF = [
    *(pair for pair in oracle.FINDINGS if pair[0] not in ("unemployment_overlap", "extension_unclear")),
    ("entitlement_suspended", "person"),
    ("illness_overlap", "claim"),
]
DEATH_NOTICE = [
    "overpaid",
    "month_of_death",
    "cause_review",
    "age_limit_reached",
    "claim_exists",
    "cover_missing",
    "outside_term",
    "in_waiting_time",
    "dread_disease_paid",
    "joint_remainder",
    "documents_missing",
    "implausible_dates",
    "contract_not_active",
    "premium_in_arrears",
    "payment_returned",
    "recourse_open",
    "above_authority",
]
ADVERSE = {
    "cover_missing",
    "outside_term",
    "in_waiting_time",
    "age_limit_reached",
    "not_working",
    "no_benefit_left",
    "terminated_by_insured",
    "fixed_term",
    "hours_too_few",
    "cause_review",
}
oracle.MORE_CODES.update(FIRST_SICK_NOTE, FIRST_UNEMPLOYMENT_PROOF, DEATH_NOTICE)
oracle.MORE_ONLY_REFER.update(ADVERSE, {"illness_overlap"})
oracle.DEFAULT_DISPOSITIONS.update(
    relapse="second_check",
    further_cover="ignore",
    documents_missing="documents_requested",
    month_of_death="second_check",
    joint_remainder="second_check",
)
