"""What clerks want to do by hand: possible or not, on every kind of work item."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from .world import World

CLAIMS = """
    SELECT c.number, c.status, c.cause, c.onset, c.proven_until, c.released_until, c.benefit_from, c.benefit_limit,
           k.recourse_open, k.due_day, k.instalment
    FROM claim c JOIN contract k ON k.id = c.contract_id WHERE k.number = %s ORDER BY c.id
"""


def wish(world: World, rng: Random, item: dict[str, Any]) -> list[dict[str, Any]]:
    """What a clerk wants to do, possible or not."""
    contract = item["contract"] or "RS-1"
    claims = world.rows(CLAIMS, contract)
    if item["process"] in OPENING and rng.random() < 0.5:
        return new_claim(rng, item, contract, claims, world.day)
    if item["process"] == "death_notice" and rng.random() < 0.6:
        return of_a_death(rng, item, contract, claims, world.day)
    open_ = [each for each in claims if each["status"] == "accepted"] or claims
    named = next((each for each in claims if each["number"] == item["claim"]), None)
    claim = named or (rng.choice(open_) if open_ else None)
    if claim is None:
        return []
    about = {"contract": contract, "claim": claim["number"]}
    until = extension(rng, claim, world.day)
    choices = {
        "extend": [{"type": "extend_benefit", "until": until}],
        "extend and prove": [{"type": "record_proof", "until": until}, {"type": "extend_benefit", "until": until}],
        "extend named": [
            {"type": "extend_benefit", "until": until},
            *({"type": "release_instalment", **each} for each in by_hand(rng, until)),
        ],
        "offset": [{"type": "extend_benefit", "until": until}, *offset(rng, claim, until)],
        "prove": [{"type": "record_proof", "until": until}],
        "review": [{"type": "review_on", "on": (world.day + timedelta(days=rng.randint(1, 20))).isoformat()}],
        "close": [
            {
                "type": "close_claim",
                "reason": rng.choice(["recovered", "max_duration", "new_job", "withdrawn", "boredom"]),
            },
            {"type": "send_letter", "template": "benefit_end"},
        ],
        "letter": [
            {
                "type": "send_letter",
                "template": rng.choice(["settlement", "deferred_period", "documents_requested", "receipt"]),
            }
        ],
        "file": [{"type": "file_notice"}],
    }
    chosen = choices[rng.choices(list(choices), (5, 4, 2, 3, 2, 1, 2, 1, 1))[0]]
    return [{**about, **each} for each in chosen]


def extension(rng: Random, claim: dict[str, Any], day: date) -> str:
    """A day up to which a clerk may want to release; sometimes past the limit."""
    start = claim["released_until"] or claim["proven_until"] or day
    until: date = start + timedelta(days=rng.randint(1, 45))
    if claim["benefit_limit"] and rng.random() < 0.9:
        until = min(until, claim["benefit_limit"])
    return until.isoformat()


def by_hand(rng: Random, until: str) -> list[dict[str, str]]:
    """Instalments that a clerk reckons alone."""
    day = date.fromisoformat(until).replace(day=rng.randint(1, 28))
    amount = str(Decimal(rng.randint(0, 30000)) / 100)
    return [{"due": day.isoformat(), "amount": amount}] * rng.choice([1, 1, 1, 2])


def offset(rng: Random, claim: dict[str, Any], until: str) -> list[dict[str, str]]:
    """Something set off against what may be open."""
    due = date.fromisoformat(until).replace(day=claim["due_day"]).isoformat()
    amount = min(claim["recourse_open"] or Decimal(50), claim["instalment"])
    return [{"type": "offset_recourse", "due": due, "amount": str(amount)}]


OPENING = ("first_sick_note", "first_unemployment_proof")


def new_claim(
    rng: Random, item: dict[str, Any], contract: str, claims: list[dict[str, Any]], day: date
) -> list[dict[str, Any]]:
    """Open what was referred, or accept what was reported; with days of the clerk's own."""
    since = day - timedelta(days=rng.randint(0, 60))
    days = {"benefit_from": since.isoformat(), "benefit_limit": (since + timedelta(days=300)).isoformat()}
    accept = {"type": "accept_claim", **days, "months_used_before": rng.choice([0, 0, 3])}
    reported = [each["number"] for each in claims if each["status"] == "reported" and each["cause"] != "death"]
    about = {"contract": contract, "claim": rng.choice(reported) if reported else None}
    if reported and rng.random() < 0.7:
        return [{**about, **accept}, {**about, "type": "record_proof", "until": day.isoformat()}]
    about["claim"] = None
    opened = [{**about, "type": "open_claim", "status": "accepted"}, {**about, **accept}]
    return rng.choice(
        [
            [{**about, "type": "open_claim", "status": "reported"}],
            [
                {**about, "type": "open_claim", "status": "reported"},
                {**about, "type": "send_letter", "template": "documents_requested"},
            ],
            [*opened, {**about, "type": "record_proof", "until": day.isoformat()}],
            [*opened, {**about, "type": "record_proof", "until": day.isoformat()}],
        ]
    )


def of_a_death(
    rng: Random, item: dict[str, Any], contract: str, claims: list[dict[str, Any]], day: date
) -> list[dict[str, Any]]:
    """Hold, cancel, or settle a death by hand."""
    deaths = [each["number"] for each in claims if each["cause"] == "death" and each["status"] == "reported"]
    others = [each["number"] for each in claims if each["cause"] != "death"]
    about: dict[str, Any] = {"contract": contract, "claim": deaths[0] if deaths else None}
    started = [{**about, "type": "accept_claim"}]
    if not deaths:
        started.insert(0, {**about, "type": "open_claim", "status": "accepted"})
    held = [{"contract": contract, "claim": each, "type": "hold_instalments"} for each in others]
    settled = [
        *started,
        {**about, "type": "pay_lump_sum", "amount": str(rng.randint(100, 3000))},
        *({"contract": contract, "claim": each, "type": "cancel_instalments"} for each in others),
        {**about, "type": "end_contract", "on": (day - timedelta(days=rng.randint(0, 20))).isoformat()},
    ]
    paid = [each["number"] for each in claims if each["cause"] == "death" and each["status"] == "accepted"]
    again = [{"contract": contract, "claim": each, "type": "pay_lump_sum", "amount": "77.00"} for each in paid[:1]]
    lives = [{**about, "type": "close_claim", "reason": rng.choice(["withdrawn", "max_duration"])}] if deaths else []
    resumed = [{"contract": contract, "claim": each, "type": "resume_instalments"} for each in others]
    return rng.choice([held or started, started, again or settled, settled, settled, [*lives, *resumed], lives])


def corrections(rng: Random, process: str, day: date) -> list[dict[str, Any]]:
    """What a clerk may correct in a notice; the last one nobody can read."""
    received = {"received_on": day.isoformat()}
    proven = {"proven_on": (day - timedelta(days=rng.randint(0, 8))).isoformat(), **received}
    issued = {"issued_on": (day - timedelta(days=rng.randint(0, 8))).isoformat(), **received}
    ends = {"incapacity_until": (day + timedelta(days=rng.randint(3, 30))).isoformat()}
    by_process: dict[str, list[dict[str, Any]]] = {
        "follow_up_sick_note": [
            *(issued, ends, {"incapacity_from": None, "formally_correct": True}),
            {"final": False, "formally_correct": True},
        ],
        "first_sick_note": [
            *(issued, ends, {"occupation": "employed"}, {"icd": ["S82.1 G"], "formally_correct": True}),
            {"documents": ["claim_form", "sick_note", "employer_confirmation"]},
            {"incapacity_from": (day - timedelta(days=rng.randint(5, 70))).isoformat()},
        ],
        "follow_up_unemployment_proof": [proven, {"entitlement_suspended": False}, {"new_job_on": None}],
        "first_unemployment_proof": [
            *(proven, {"terminated_by": "employer", "weekly_hours": 38}, {"award_notice": True}),
            {"entitlement_suspended": False, "formally_correct": True},
        ],
        "death_notice": [
            *({"certificate": True}, {"cause_known": "natural"}),
            {"died_on": (day - timedelta(days=rng.randint(0, 20))).isoformat()},
        ],
    }
    return [*by_process[process], {"surprise": 1}]
