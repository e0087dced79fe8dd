"""A second implementation of death_notice, from section 7 of docs/rules.md alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from oracle_catalogue import DEATH_NOTICE
from oracle_parts import Found, decide_one, dispositions, has_passed, in_order, is_blocked, needs_second

import oracle

OF_PERSON = {"documents_missing", "implausible_dates", "above_authority"}


def death_notice(notice: Any, case_file: Any, parameters: Any, on: date) -> dict[str, Any]:
    """The decision; `on`, the business day, changes nothing here."""
    return decide_one("death_notice", decide, notice, case_file, parameters)


def look_at(contract: Any, tariff: Any, person: Any, notice: Any) -> dict[str, Any]:
    """What concerns one contract: claims, the death claim taken up, the lump sum and whether the cap bites."""
    mine = [claim for claim in contract["claims"] if claim["person"] == person["id"]]
    died = notice["died_on"]
    same = [each for each in mine if (each["cause"], each["status"], each["onset"]) == ("death", "reported", died)]
    cover, raw = tariff["death"], Decimal(0)
    if cover is not None:
        dues = sum(1 for day in oracle.days_in(died + oracle.DAY, contract["end"]) if day.day == contract["due_day"])
        raw = contract["instalment"] * dues + (contract["final_instalment"] or 0)
    capped = raw if cover is None or cover["cap"] is None else min(raw, cover["cap"])
    taken = same[0] if same else None
    number = taken["number"] if taken else None
    return {
        "contract": contract,
        "tariff": tariff,
        "cover": cover,
        "mine": mine,
        "taken": taken,
        "number": number,
        "sum": capped,
        "bites": capped < raw,
    }


def claims_found(v: dict[str, Any], notice: Any) -> Found:
    """Reasons that carry the claim they found."""
    died = notice["died_on"]
    overpaid, lived, exists = [], [], []
    for claim in v["mine"]:
        if any(each["status"] == "paid" and each["due"] > died for each in claim["instalments"]):
            overpaid.append(claim["number"])
        cover = v["tariff"][claim["cause"]] if claim["cause"] in ("illness", "unemployment") else None
        of_month = [
            each for each in claim["instalments"] if (each["due"].year, each["due"].month) == (died.year, died.month)
        ]
        if (
            cover
            and cover["settlement"] == "daily"
            and any(each["status"] in ("released", "paid") for each in of_month)
        ):
            lived.append(claim["number"])
    for claim in v["contract"]["claims"]:
        if claim["cause"] == "death" and claim["status"] != "declined" and claim is not v["taken"]:
            exists.append(claim["number"])
    return {"overpaid": overpaid, "month_of_death": lived, "claim_exists": exists}


def contract_found(v: dict[str, Any], person: Any, notice: Any, parameters: Any) -> Found:
    """All reasons of scope claim on one contract."""
    contract, cover, died = v["contract"], v["cover"], notice["died_on"]
    early = oracle.add_months(contract["start"], parameters["suicide_months"])
    dread = [each for each in v["mine"] if each["cause"] == "dread_disease" and each["status"] != "declined"]
    conditions = {
        "cause_review": notice["cause_known"] in ("suicide", "unknown") and died < early,
        "age_limit_reached": cover is not None and has_passed(person["birth_date"], cover["age_limit"], died),
        "cover_missing": cover is None,
        "outside_term": not contract["start"] <= died <= contract["end"],
        "in_waiting_time": cover is not None and died < oracle.add_months(contract["start"], cover["waiting_months"]),
        "dread_disease_paid": bool(dread),
        "joint_remainder": any(each != person["id"] for each in contract["insured"]) and v["bites"],
        "contract_not_active": contract["status"] != "active",
        "premium_in_arrears": contract["arrears"] is not None,
        "payment_returned": is_blocked(contract),
        "recourse_open": contract["recourse_open"] > 0,
    }
    return claims_found(v, notice) | {code: [v["number"]] for code, holds in conditions.items() if holds}


def person_found(person: Any, notice: Any, views: list[Any], parameters: Any) -> Found:
    """Reasons of scope person."""
    died = notice["died_on"]
    total = sum((v["sum"] for v in views), Decimal(0))
    conditions = {
        "documents_missing": not notice["certificate"],
        "implausible_dates": died > notice["received_on"] or person["deceased_on"] not in (None, died),
        "above_authority": notice["certificate"] and total > parameters["authority_limit"],
    }
    return {code: [None] for code, holds in conditions.items() if holds}


def still_released(v: dict[str, Any], died: date) -> list[Any]:
    """The person's claims with released instalments due after death."""
    return [
        claim
        for claim in v["mine"]
        if any(each["status"] == "released" and each["due"] > died for each in claim["instalments"])
    ]


def hold(v: dict[str, Any], notice: Any) -> list[dict[str, Any]]:
    """Without the certificate, on one contract."""
    number = v["contract"]["number"]
    actions: list[dict[str, Any]] = []
    if number == notice["contract"]:
        if v["taken"] is None:
            actions.append({"type": "open_claim", "contract": number, "claim": None, "status": "reported"})
        letter = {"type": "send_letter", "contract": number, "claim": v["number"], "template": "documents_requested"}
        actions.append(letter)
    for claim in still_released(v, notice["died_on"]):
        actions.append({"type": "hold_instalments", "contract": number, "claim": claim["number"]})
    return actions


def settle(v: dict[str, Any], notice: Any) -> list[dict[str, Any]]:
    """With the certificate, on one contract."""
    number, died = v["contract"]["number"], notice["died_on"]
    of_death = {"contract": number, "claim": v["number"]}
    actions: list[dict[str, Any]] = []
    if v["taken"] is None:
        actions.append({"type": "open_claim", **of_death, "status": "accepted"})
    actions.append({"type": "accept_claim", **of_death})
    if v["sum"] > 0:
        actions.append({"type": "pay_lump_sum", **of_death, "amount": str(v["sum"].quantize(oracle.CENT))})
    for claim in still_released(v, died):
        actions.append({"type": "cancel_instalments", "contract": number, "claim": claim["number"]})
    for claim in v["mine"]:
        if claim["status"] in ("accepted", "reported") and claim is not v["taken"]:
            actions.append({"type": "close_claim", "contract": number, "claim": claim["number"], "reason": "death"})
    actions.append({"type": "end_contract", **of_death, "on": died.isoformat()})
    return [*actions, {"type": "send_letter", **of_death, "template": "death_settlement"}]


def outcome(notice: Any, views: list[Any], reasons: list[Any], parameters: Any) -> dict[str, Any]:
    """Section 3; `per_claim` goes by contract."""
    decision = {"notice": notice["id"], "outcome": "refer", "reasons": reasons, "actions": [], "referred": []}
    against = [each for each in reasons if dispositions([each], parameters) == {"refer"}]
    if against and (parameters["isolation"] != "per_claim" or any(each["scope"] == "person" for each in against)):
        return decision
    out = {each["contract"] for each in against}
    act = settle if notice["certificate"] else hold
    actions = [action for v in views if v["contract"]["number"] not in out for action in act(v, notice)]
    if not actions:
        return decision
    counted = [each for each in reasons if each["scope"] == "person" or each["contract"] not in out]
    if needs_second(counted, actions, parameters):
        decision["outcome"] = "second_check"
    else:
        decision["outcome"] = "partial" if out else "apply"
    left = [v for v in views if v["contract"]["number"] in out]
    referred = [{"contract": v["contract"]["number"], "claim": v["number"]} for v in left]
    return decision | {"actions": actions, "referred": referred}


def decide(notice: Any, raw_case: Any, parameters: Any) -> dict[str, Any]:
    """Of a notice that could be read."""
    try:
        _, person, ordered, tariffs = oracle.identify(notice, raw_case)
    except oracle.Ended as end:
        return end.args[0]
    others = [each for each in ordered[1:] if each["status"] == "active" and person["id"] in each["insured"]]
    views = [look_at(each, tariffs[each["tariff"]], person, notice) for each in [ordered[0], *others]]
    found = [contract_found(v, person, notice, parameters) for v in views]
    whole = person_found(person, notice, views, parameters)
    reasons = []
    for code in DEATH_NOTICE:
        if code in OF_PERSON:
            reasons += in_order([code], whole, notice["contract"], persons=OF_PERSON)
        for v, each in zip(views, found, strict=True):
            reasons += in_order([code], each, v["contract"]["number"], persons=OF_PERSON)
    return outcome(notice, views, reasons, parameters)
