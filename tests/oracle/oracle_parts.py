"""What the oracles of the four other processes share: readers of notices, the catalogue of reasons, section 1 and 3.

Written from sections 1 to 7 of docs/rules.md and docs/interfaces.md section 1 alone, never from the program. Numbers
like O11 name readings of the page: where it is open, what an insurer's expert would read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from oracle_catalogue import PERSON

import oracle
from oracle import (
    DAY,
    Failure,
    as_bool,
    as_date,
    as_icd_list,
    as_required_text,
    as_text,
    disposition_of,
    list_of,
    meets,
    one_of,
    record,
    refer_at_once,
)

Found = dict[str, list[str | None]]
"""Reasons found: code -> the claims they carry (None: no claim)."""


# ------------------------------------------------------------------------------------------------ reading notices
def as_hours(value: Any) -> Decimal:
    """Weekly hours: a number, decimals allowed (O3)."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value < 0:
        raise Failure("hours expected")
    return Decimal(value)


WHO = {"contract": as_required_text, "last_name": as_text, "first_name": as_text, "birth_date": as_date}


def notice_reader(
    process: str, required: dict[str, Any], optional: dict[str, Any], **defaults: Any
) -> Callable[[Any], Any]:
    """A strict reader of the notices of a process."""
    optional = {"id": as_text, "process": one_of(process), **optional}
    return record({**WHO, **required}, optional, defaults, unknown="error")


PROOF = {
    "unemployed_since": as_date,
    "proven_on": as_date,
    "benefit_kind": one_of("alg1", "alg2"),
    "entitlement_suspended": as_bool,
    "formally_correct": as_bool,
    "received_on": as_date,
}
PROOF_OPTIONAL = {"award_ends_on": as_date, "new_job_on": as_date}
EMPLOYMENT = {
    "employment_from": as_date,
    "employment_to": as_date,
    "terminated_by": one_of("employer", "employee", "mutual", "fixed_term_end"),
    "weekly_hours": as_hours,
    "award_notice": as_bool,
}

READERS: dict[str, Callable[[Any], Any]] = {
    "first_sick_note": notice_reader(
        "first_sick_note",
        {
            "incapacity_from": as_date,
            "issued_on": as_date,
            "formally_correct": as_bool,
            "received_on": as_date,
            "occupation": one_of("employed", "self_employed", "civil_servant", "none"),
            "documents": list_of(one_of("claim_form", "sick_note", "employer_confirmation")),
        },
        {"incapacity_until": as_date, "final": as_bool, "icd": as_icd_list, "first_treated_on": as_date},
        final=False,
        icd=[],
    ),
    "follow_up_unemployment_proof": notice_reader("follow_up_unemployment_proof", PROOF, PROOF_OPTIONAL),
    "first_unemployment_proof": notice_reader(
        "first_unemployment_proof",
        {**PROOF, **EMPLOYMENT},
        {**PROOF_OPTIONAL, "notice_given_on": as_date, "registered_on": as_date},
    ),
    "death_notice": notice_reader(
        "death_notice",
        {
            "died_on": as_date,
            "certificate": as_bool,
            "cause_known": one_of("natural", "accident", "suicide", "unknown"),
            "received_on": as_date,
        },
        {"reported_by": as_text},
    ),
}


# ------------------------------------------------------------------------------------------------ from outside
def read_given(process: str, parameters: Any) -> Any:
    """The parameters over the defaults: of death notices the mode is second_check."""
    if process == "death_notice" and isinstance(parameters, dict):
        parameters = {"mode": "second_check", **parameters}
    return oracle.read_parameters(parameters)


def as_lines(value: Any) -> Any:
    """A JSON value as it is read from a line: fractions are exact."""
    return oracle.read_json_line(json.dumps(value))


def unreadable(raw: Any) -> dict[str, Any]:
    """The answer to a notice with an error."""
    fields = raw if isinstance(raw, dict) else {}
    known = [fields.get(name) if isinstance(fields.get(name), str) else None for name in ("id", "contract")]
    return refer_at_once(known[0], "technical_failure", known[1])


def decide_one(process: str, decide: Any, notice: Any, case_file: Any, parameters: Any) -> dict[str, Any]:
    """The decision on one notice, all as read from JSON; `case_file` None: there is none."""
    given = read_given(process, parameters)
    try:
        read = READERS[process](as_lines(notice))
    except Failure:
        return unreadable(notice)
    return decide(read, None if case_file is None else as_lines(case_file), given)


# ------------------------------------------------------------------------------------------------ sections 1, 3, 4
def has_passed(born: date, age: int | None, day: date) -> bool:
    """Has the person reached the age limit on that day?"""
    return age is not None and day >= oracle.day_of_age(born, age)


def proof_end(notice: dict[str, Any], parameters: dict[str, Any]) -> tuple[date, bool]:
    """Section 6: `u` (= `p`), and whether the notice acts as a final one."""
    ends = [notice["proven_on"] + timedelta(days=parameters["proof_reach_days"])]
    if notice["award_ends_on"] is not None:
        ends.append(max(notice["award_ends_on"], notice["proven_on"]))
    before_job = None if notice["new_job_on"] is None else notice["new_job_on"] - DAY
    if before_job is not None:
        ends.append(before_job)
    return min(ends), min(ends) == before_job


def implausible_proof(notice: dict[str, Any]) -> bool:
    """Section 6: `implausible_dates`."""
    since, job = notice["unemployed_since"], notice["new_job_on"]
    return (
        notice["proven_on"] > notice["received_on"] or since > notice["proven_on"] or (job is not None and job <= since)
    )


def implausible_note(notice: dict[str, Any]) -> bool:
    """Section 4: `implausible_dates`, of a note that states its first day."""
    until, since = notice["incapacity_until"], notice["incapacity_from"]
    backwards = until is not None and until < since
    ahead = since > notice["issued_on"] + timedelta(days=3)
    return notice["issued_on"] > notice["received_on"] or backwards or ahead or (notice["final"] and until is None)


def has_disability(case: dict[str, Any], person: dict[str, Any]) -> bool:
    """A disability claim of the person, not declined, on any contract of the case file."""
    claims = [
        claim for contract in case["contracts"] for claim in contract["claims"] if claim["person"] == person["id"]
    ]
    return any(claim["cause"] == "disability" and claim["status"] != "declined" for claim in claims)


def is_blocked(contract: dict[str, Any]) -> bool:
    """Is the payee's account blocked?"""
    return contract["payee"] is not None and contract["payee"]["blocked_since"] is not None


def overlaps(v: dict[str, Any], person: dict[str, Any], mirror: str) -> set[str]:
    """Whose benefit days meet the days to be released; `mirror` is the person's other cause."""
    found = set()
    for other in v["contract"]["claims"]:
        if other["status"] == "declined" or not meets(other, v["to_release"]):
            continue
        if other["person"] == person["id"]:
            if other["cause"] == mirror:
                found.add(f"{mirror}_overlap")
        elif other["cause"] in ("illness", "unemployment") and other["person"] in v["contract"]["insured"]:
            found.add("second_person_overlap")
    return found


def contract_findings(v: dict[str, Any], person: dict[str, Any], mirror: str) -> set[str]:
    """What section 4 asks of a contract and its claims, in every process that releases benefit."""
    contract = v["contract"]
    found = overlaps(v, person, mirror)
    graver = [each for each in contract["claims"] if each["cause"] in ("dread_disease", "death")]
    conditions = {
        "contract_not_active": contract["status"] != "active",
        "premium_in_arrears": contract["arrears"] is not None,
        "payment_returned": is_blocked(contract),
        "recourse_open": contract["recourse_open"] > 0,
        "dread_disease_or_death": any(each["status"] != "declined" for each in graver),  # of anybody: O28
    }
    return found | {code for code, holds in conditions.items() if holds}


def in_order(codes: list[str], found: Found, contract: str, *, persons: set[str] = PERSON) -> list[dict[str, Any]]:
    """The reasons of one contract in the order of the table."""
    return [
        {"code": code, "contract": contract, "claim": claim, "scope": "person" if code in persons else "claim"}
        for code in codes
        for claim in found.get(code, [])
    ]


def dispositions(reasons: list[dict[str, Any]], parameters: dict[str, Any]) -> set[str]:
    """The dispositions of the reasons."""
    return {disposition_of(each["code"], parameters) for each in reasons}


def needs_second(reasons: list[dict[str, Any]], actions: list[dict[str, Any]], parameters: dict[str, Any]) -> bool:
    """Section 3, point 2."""
    adverse = parameters["adverse_needs_human"] and any(oracle.is_adverse(action) for action in actions)
    asked = dispositions(reasons, parameters) & {"second_check", "offset"}
    return bool(asked) or parameters["mode"] == "second_check" or adverse
