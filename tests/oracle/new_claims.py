"""The claim that a first notice makes or takes up: its days, what it is a relapse of, what stands beside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import oracle
from oracle import DAY, add_months


def claims_of(contract: Any, person: Any, cause: str) -> list[Any]:
    """The person's claims of the cause on the contract."""
    return [each for each in contract["claims"] if (each["person"], each["cause"]) == (person["id"], cause)]


def codes_of(entry: Any) -> list[str]:
    """The ICD codes, blank ones passed over (O4)."""
    return [code for code in entry["icd"] if code]


def category(entry: Any) -> str | None:
    """The three-character category of the first code."""
    codes = codes_of(entry)
    return codes[0][:3] if codes else None


def find_relapse(v: dict[str, Any], notice: Any, person: Any) -> Any:
    """The closed claim of which this is a relapse, or None."""
    best, latest = None, None
    for claim in claims_of(v["contract"], person, "illness"):
        end = claim["recovered_on"] or claim["closed_on"]
        if claim["status"] != "closed" or None in (end, claim["benefit_from"], category(claim)):
            continue
        near = end <= v["onset"] <= add_months(end, v["cover"]["relapse_months"])
        if claim["benefit_from"] > end or not near or category(claim) != category(notice):
            continue
        if latest is None or end > latest:
            best, latest = claim, end
    return best


def months_used(claim: Any) -> int:
    """Months that the earlier claim used up, whole ones."""
    n = 0
    while claim["released_until"] and add_months(claim["benefit_from"], n + 1) - DAY <= claim["released_until"]:
        n += 1
    return claim["months_used_before"] + n


def fix_days(v: dict[str, Any], person: Any, earlier: Any) -> None:
    """Section 1: benefit_from, benefit_limit, months_used_before."""
    cover, contract = v["cover"], v["contract"]
    used = months_used(earlier) if earlier else 0
    begin = v["onset"] if earlier else v["onset"] + timedelta(days=cover["deferred_days"])
    limits = [add_months(begin, cover["max_months"] - used) - DAY, contract["end"]]
    if cover["age_limit"] is not None:
        limits.append(oracle.day_of_age(person["birth_date"], cover["age_limit"]) - DAY)
    v["claim"] = {"benefit_from": begin, "benefit_limit": min(limits), "released_until": None}
    v["months"] = used


def take_up(claims: list[Any], onset: date) -> Any:
    """The reported claim with this onset, the first in the file, or None."""
    return next((each for each in claims if each["status"] == "reported" and each["onset"] == onset), None)


def existing(v: dict[str, Any], claims: list[Any]) -> list[str]:
    """The claims for which there is `claim_exists`."""
    found = []
    for claim in claims:
        closed = claim["status"] == "closed" and oracle.meets(claim, v["to_release"])
        if claim["status"] == "accepted" or closed or (claim["status"] == "reported" and claim is not v["taken"]):
            found.append(claim["number"])
    return found


def has_further_cover(case: Any, v: dict[str, Any], person: Any, tariffs: Any, cause: str) -> bool:
    """Is there another active contract of the person with the cover and without an open claim?"""
    for contract in case["contracts"]:
        if contract["number"] == v["contract"]["number"] or contract["status"] != "active":
            continue
        free = all(each["status"] != "accepted" for each in claims_of(contract, person, cause))
        if person["id"] in contract["insured"] and tariffs[contract["tariff"]][cause] is not None and free:
            return True
    return False


def start_view(contract: Any, person: Any, tariffs: Any, cause: str, onset: date) -> dict[str, Any]:
    """What is known before the notice's own rules."""
    taken = take_up(claims_of(contract, person, cause), onset)
    cover = tariffs[contract["tariff"]][cause]
    return {
        "contract": contract,
        "cover": cover,
        "onset": onset,
        "taken": taken,
        "number": taken["number"] if taken else None,
    }
