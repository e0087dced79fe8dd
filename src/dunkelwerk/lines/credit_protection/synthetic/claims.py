"""Made-up claims whose days and instalments agree with one another, as section 1 of the rules asks.

Amounts are whole cents here and become texts like "312.50" in the rows.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Claim = dict[str, Any]
Line = tuple[str, int]  # due date, cents

# The payout run has paid what fell due up to this many days before the business day.
PAID_AFTER = timedelta(days=3)
DAY = timedelta(days=1)


@dataclass(slots=True)
class Terms:
    """What of a contract its claims are computed from; `cents` is the contract's instalment."""

    number: int
    tariff: dict[str, Any]
    start: date
    end: date
    due_day: int
    cents: int
    claims: list[Claim]


def money(cents: int) -> str:
    """Cents as a text with two places."""
    return f"{cents // 100}.{cents % 100:02d}"


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it has fewer."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= 28:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def birthday(born: date, years: int) -> date:
    """The day an age is reached; born on 29 February: 1 March in common years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def monthly_cents(terms: Terms, cover: dict[str, Any]) -> int:
    """The monthly amount: the instalment, at most the cover's cap."""
    cap = cover.get("monthly_cap")
    return terms.cents if cap is None else min(terms.cents, int(cap.replace(".", "")))


def benefit_limit(terms: Terms, cover: dict[str, Any], *, born: date, benefit_from: date, used: int) -> date:
    """The last day with benefit at the most."""
    limit = min(add_months(benefit_from, cover["max_months"] - used) - DAY, terms.end)
    age = cover.get("age_limit")
    return limit if age is None else min(limit, birthday(born, age) - DAY)


def due_dates(first: date, last: date, due_day: int) -> list[date]:
    """Every due date from the first to the last day."""
    month = first.year * 12 + first.month - 1 + (first.day > due_day)
    end = last.year * 12 + last.month - 1 - (last.day < due_day)
    return [date(at // 12, at % 12 + 1, due_day) for at in range(month, end + 1)]


def daily_lines(first: date, last: date, *, due_day: int, cents: int) -> list[Line]:
    """One line per calendar month with benefit from the first to the last day."""
    lines = []
    at = first
    while at <= last:
        length = monthrange(at.year, at.month)[1]
        end = min(last, at.replace(day=length))
        days = end.day - at.day + 1
        amount = cents if days == length else (cents * min(days, 30) * 2 + 30) // 60
        if amount:
            lines.append((f"{at.year}-{at.month:02d}-{due_day:02d}", amount))
        at = end + DAY
    return lines


def lines_of(terms: Terms, cover: dict[str, Any], *, benefit_from: date, until: date) -> list[Line]:
    """The instalments of a benefit from its first day, in the cover's settlement model."""
    cents = monthly_cents(terms, cover)
    if cover["settlement"] == "daily":
        return daily_lines(benefit_from, until, due_day=terms.due_day, cents=cents)
    return [(due.isoformat(), cents) for due in due_dates(benefit_from, until, terms.due_day)]


def instalments(claim_number: str, lines: list[Line], *, on: date) -> list[dict[str, Any]]:
    """Instalments that the payout run has paid where they were due, and else are released."""
    paid_to = (on - PAID_AFTER).isoformat()
    return [
        {
            "id": f"{claim_number}-{count}",
            "due": due,
            "amount": money(cents),
            "status": "paid" if due <= paid_to else "released",
            "replaces": None,
        }
        for count, (due, cents) in enumerate(lines, 1)
    ]


def add_claim(terms: Terms, *, person: str, cause: str, status: str, onset: date, icd: list[str]) -> Claim:
    """A claim of which nothing is decided yet, added to its contract."""
    claim: Claim = {
        "number": f"C-{terms.number}-{len(terms.claims) + 1}",
        "person": person,
        "cause": cause,
        "status": status,
        "onset": onset.isoformat(),
        "icd": icd,
        "benefit_from": None,
        "benefit_limit": None,
        "proven_until": None,
        "released_until": None,
        "recovered_on": None,
        "closed_on": None,
        "closing_reason": None,
        "months_used_before": 0,
        "instalments": [],
    }
    terms.claims.append(claim)
    return claim


def accept(
    terms: Terms, claim: Claim, *, born: date, onset: date, proven: date, released: date | None, on: date, used: int = 0
) -> Claim:
    """Accept a claim: its days, and the instalments of what is released; nothing is where the deferred period runs."""
    cover = terms.tariff[claim["cause"]]
    benefit_from = onset + timedelta(days=cover["deferred_days"])
    limit = benefit_limit(terms, cover, born=born, benefit_from=benefit_from, used=used)
    claim["benefit_from"] = benefit_from.isoformat()
    claim["benefit_limit"] = limit.isoformat()
    claim["proven_until"] = proven.isoformat()
    claim["months_used_before"] = used
    if released is None or min(released, limit) < benefit_from:
        return claim
    until = min(released, limit)
    claim["released_until"] = until.isoformat()
    lines = lines_of(terms, cover, benefit_from=benefit_from, until=until)
    claim["instalments"] = instalments(claim["number"], lines, on=on)
    return claim


def close(claim: Claim, *, ended: date, reason: str) -> Claim:
    """Close an accepted claim on the last day proven."""
    claim["status"] = "closed"
    claim["recovered_on"] = ended.isoformat() if reason == "recovered" else None
    claim["closed_on"] = ended.isoformat()
    claim["closing_reason"] = reason
    return claim
