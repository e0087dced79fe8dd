"""A second implementation of both first notices, from sections 5 and 6 of docs/rules.md alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from new_claims import claims_of, codes_of, existing, find_relapse, fix_days, has_further_cover, start_view
from oracle_catalogue import FIRST_SICK_NOTE, FIRST_UNEMPLOYMENT_PROOF, PERSON
from oracle_parts import (
    Found,
    contract_findings,
    decide_one,
    dispositions,
    has_disability,
    has_passed,
    implausible_note,
    implausible_proof,
    in_order,
    needs_second,
    proof_end,
)

import oracle
from oracle import DAY, add_months


def first_sick_note(notice: Any, case_file: Any, parameters: Any, on: date) -> dict[str, Any]:
    """The decision; `on`, the business day, changes nothing here."""
    return decide_one("first_sick_note", decide_sick_note, notice, case_file, parameters)


def first_unemployment_proof(notice: Any, case_file: Any, parameters: Any, on: date) -> dict[str, Any]:
    """The decision; `on`, the business day, changes nothing here."""
    return decide_one("first_unemployment_proof", decide_unemployment_proof, notice, case_file, parameters)


# ------------------------------------------------------------------------------------------------ shared by both
def term_findings(v: dict[str, Any], person: Any, notice: Any, parameters: Any, waiting_day: date) -> set[str]:
    """What both first notices ask of term, cover and time."""
    contract, cover, onset = v["contract"], v["cover"], v["onset"]
    late = notice["received_on"] > add_months(onset, parameters["report_months"])
    found = {
        "cover_missing": cover is None,
        "outside_term": not contract["start"] <= onset <= contract["end"],
        "reported_late": v["taken"] is None and late,
    }
    if cover is not None:
        found["in_waiting_time"] = waiting_day < add_months(contract["start"], cover["waiting_months"])
        found["age_limit_reached"] = has_passed(person["birth_date"], cover["age_limit"], onset)
        found["no_benefit_left"] = v["claim"]["benefit_limit"] < v["claim"]["benefit_from"]
    return {code for code, holds in found.items() if holds}


def person_findings(case: Any, v: dict[str, Any], person: Any, notice: Any, parameters: Any) -> set[str]:
    """Section 4's findings of scope person, without `implausible_dates`."""
    total = sum((amount for _, amount in v["lines"]), Decimal(0))
    found = {
        "formally_defective": not notice["formally_correct"],
        "permanent_disability": has_disability(case, person),
        "person_deceased": person["deceased_on"] is not None,
        "above_authority": total > parameters["authority_limit"],
    }
    return {code for code, holds in found.items() if holds}


def release(v: dict[str, Any], person: Any, final_reason: str, *, missing: bool) -> None:
    """What is to be released: nothing without the cover, nothing while documents are missing."""
    v.update(lines=[], to_release=None)
    if v["cover"] is not None:
        oracle.look_further(v, person, final_reason)
    if missing:
        v.update(lines=[], to_release=None)


def actions_for(v: dict[str, Any], *, missing: bool, offset: bool) -> list[dict[str, Any]]:
    """Sections 5: request the documents, or accept and release."""
    on = {"contract": v["contract"]["number"], "claim": v["number"]}
    opening = {"type": "open_claim", **on, "status": "reported" if missing else "accepted"}
    actions: list[dict[str, Any]] = [] if v["taken"] else [opening]
    if missing:
        return [*actions, {"type": "send_letter", **on, "template": "documents_requested"}]
    begin, limit = v["claim"]["benefit_from"].isoformat(), v["claim"]["benefit_limit"].isoformat()
    days = {"benefit_from": begin, "benefit_limit": limit, "months_used_before": v["months"]}
    actions.append({"type": "accept_claim", **on, **days})
    actions.append({"type": "record_proof", **on, "until": v["p"].isoformat()})
    return [*actions, *benefit_actions(v, on, offset=offset), {"type": "send_letter", **on, "template": letter(v)}]


def benefit_actions(v: dict[str, Any], on: dict[str, Any], *, offset: bool) -> list[dict[str, Any]]:
    """Points 2 to 5 of section 4."""
    actions: list[dict[str, Any]] = []
    if v["releasing"]:
        actions.append({"type": "extend_benefit", **on, "until": v["r"].isoformat()})
    for due, amount in v["lines"]:
        paid = {"due": due.isoformat(), "amount": str(amount.quantize(oracle.CENT))}
        actions.append({"type": "release_instalment", **on, **paid})
    left = v["contract"]["recourse_open"] if offset else Decimal(0)
    for due, amount in v["lines"]:
        part = min(left, amount)
        if part > 0:
            taken = {"due": due.isoformat(), "amount": str(part.quantize(oracle.CENT))}
            actions.append({"type": "offset_recourse", **on, **taken})
            left -= part
    if v["cut"] and v["closing"] is None:
        actions.append({"type": "review_on", **on, "on": (v["u"] + DAY).isoformat()})
    if v["closing"] is not None:
        actions.append({"type": "close_claim", **on, "reason": v["closing"]})
    return actions


def letter(v: dict[str, Any]) -> str:
    """The one letter of an accepted claim."""
    if v["releasing"]:
        return "acceptance"
    return "deferred_period" if v["closing"] is None else "benefit_end"


def outcome(v: dict[str, Any], notice: Any, reasons: list[Any], parameters: Any, *, missing: bool) -> dict[str, Any]:
    """Section 3: a first notice is always all-or-nothing."""
    decision = {"notice": notice["id"], "outcome": "refer", "reasons": reasons, "actions": [], "referred": []}
    if "refer" in dispositions(reasons, parameters):
        return decision
    offset = oracle.disposition_of("recourse_open", parameters) == "offset"
    decision["actions"] = actions_for(v, missing=missing, offset=offset)
    second = needs_second(reasons, decision["actions"], parameters)
    decision["outcome"] = "second_check" if second else "apply"
    return decision


def carry(v: dict[str, Any], codes: set[str], persons: set[str]) -> Found:
    """Reasons with the claim they carry: the one taken up, or none."""
    return {code: [None if code in persons else v["number"]] for code in codes}


# ------------------------------------------------------------------------------------------------ first_sick_note
def sick_note_findings(v: dict[str, Any], notice: Any, parameters: Any, *, missing: bool) -> set[str]:
    """What only section 5 asks."""
    start, onset, first = v["contract"]["start"], v["onset"], notice["first_treated_on"]
    codes = codes_of(notice)
    excluded = tuple(prefix.strip().upper() for prefix in parameters["excluded_icd"])
    recent = first is not None and add_months(start, -12) <= first < start
    found = {
        "not_working": notice["occupation"] == "none",
        "pre_existing_suspected": onset < add_months(start, 24) and recent,
        "icd_excluded": any(code.startswith(excluded) for code in codes),
        "suspected_only": bool(codes) and all(len(code) > 3 and code[-1] in "VAZ" for code in codes),
        "documents_missing": missing,
        "implausible_dates": implausible_note(notice),
        "extension_unclear": v["days"] == 0 and v["cut"],
    }
    return {code for code, holds in found.items() if holds}


def lacks_documents(notice: Any) -> bool:
    """Is a piece missing?"""
    needed = {"claim_form", "sick_note"}
    if notice["occupation"] in ("employed", "civil_servant"):
        needed.add("employer_confirmation")
    return not needed <= set(notice["documents"]) or not codes_of(notice)


def note_ends(v: dict[str, Any], notice: Any) -> None:
    """Section 4: wanted and cut end, by the first code of the claim taken up, else of the notice."""
    codes = {"icd": (codes_of(v["taken"]) if v["taken"] else []) or codes_of(notice)}
    days = oracle.chapter_days(codes, codes)
    until = notice["incapacity_until"]
    final, reach = notice["final"] and until is not None, notice["issued_on"] + timedelta(days=days)
    cut = not final and (until is None or until > reach)
    v.update(days=days, final=final, cut=cut, u=reach if cut else until, p=until or reach)


def decide_sick_note(notice: Any, raw_case: Any, parameters: Any) -> dict[str, Any]:
    """Of a notice that could be read."""
    try:
        case, person, ordered, tariffs = oracle.identify(notice, raw_case)
    except oracle.Ended as end:
        return end.args[0]
    v = start_view(ordered[0], person, tariffs, "illness", notice["incapacity_from"])
    note_ends(v, notice)
    earlier = find_relapse(v, notice, person) if v["cover"] else None
    if v["cover"]:
        followed = earlier if oracle.disposition_of("relapse", parameters) != "ignore" else None
        fix_days(v, person, followed)
    missing = lacks_documents(notice)
    release(v, person, "recovered", missing=missing)
    codes = term_findings(v, person, notice, parameters, v["onset"])
    codes |= sick_note_findings(v, notice, parameters, missing=missing)
    codes |= person_findings(case, v, person, notice, parameters) | contract_findings(v, person, "unemployment")
    if has_further_cover(case, v, person, tariffs, "illness"):
        codes.add("further_cover")
    found = carry(v, codes, PERSON)
    found["claim_exists"] = list(existing(v, claims_of(v["contract"], person, "illness")))
    found["relapse"] = [earlier["number"]] if earlier else []
    reasons = in_order(FIRST_SICK_NOTE, found, notice["contract"], persons=PERSON)
    return outcome(v, notice, reasons, parameters, missing=missing)


# ------------------------------------------------------------------------------------------ first_unemployment_proof
def employment_findings(notice: Any, parameters: Any, *, missing: bool) -> set[str]:
    """What only section 6 asks of a first notice."""
    enough = add_months(notice["employment_from"], parameters["min_employment_months"]) - DAY
    found = {
        "terminated_by_insured": notice["terminated_by"] == "employee",
        "mutual_termination": notice["terminated_by"] == "mutual",
        "fixed_term": notice["terminated_by"] == "fixed_term_end",
        "employed_too_short": notice["employment_to"] < enough,
        "hours_too_few": notice["weekly_hours"] < parameters["min_weekly_hours"],
        "documents_missing": missing,
        "implausible_dates": implausible_proof(notice),
        "entitlement_suspended": notice["entitlement_suspended"],
    }
    return {code for code, holds in found.items() if holds}


def decide_unemployment_proof(notice: Any, raw_case: Any, parameters: Any) -> dict[str, Any]:
    """Of a notice that could be read."""
    try:
        case, person, ordered, tariffs = oracle.identify(notice, raw_case)
    except oracle.Ended as end:
        return end.args[0]
    v = start_view(ordered[0], person, tariffs, "unemployment", notice["unemployed_since"])
    u, final = proof_end(notice, parameters)
    v.update(u=u, p=u, final=final, cut=False)
    if v["cover"]:
        fix_days(v, person, None)
    missing = not notice["award_notice"]
    release(v, person, "new_job", missing=missing)
    waiting_day = notice["notice_given_on"] or v["onset"]
    codes = term_findings(v, person, notice, parameters, waiting_day)
    codes |= employment_findings(notice, parameters, missing=missing)
    codes |= person_findings(case, v, person, notice, parameters) | contract_findings(v, person, "illness")
    if has_further_cover(case, v, person, tariffs, "unemployment"):
        codes.add("further_cover")
    found = carry(v, codes, PERSON)
    found["claim_exists"] = list(existing(v, claims_of(v["contract"], person, "unemployment")))
    reasons = in_order(FIRST_UNEMPLOYMENT_PROOF, found, notice["contract"], persons=PERSON)
    return outcome(v, notice, reasons, parameters, missing=missing)
