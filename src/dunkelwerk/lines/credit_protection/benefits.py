"""What a claim is paid: limit, days to be released, instalments. Source: docs/rules.md section 1."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from dunkelwerk.decisions.days import add_months, birthday, last_day
from dunkelwerk.decisions.money import ZERO, cents
from dunkelwerk.decisions.periods import Period, common, day_after, day_before, period
from dunkelwerk.lines.credit_protection.casefile import Claim, Contract, Cover, Person, Settlement

DAYS_OF_A_MONTH = 30


class Line(Struct, frozen=True):
    """One month's payment: due date and amount in euros, gross."""

    due: date
    amount: Decimal


class Terms(Struct, frozen=True):
    """What a claim's payments are computed from."""

    benefit_from: date
    limit: date
    released_until: date | None
    monthly: Decimal
    due_day: int
    settlement: Settlement


def terms_of(*, contract: Contract, claim: Claim, cover: Cover) -> Terms:
    """The terms of an accepted claim; ``benefit_from`` and ``benefit_limit`` must be there (ensured before)."""
    if claim.benefit_from is None or claim.benefit_limit is None:
        raise ValueError("benefit_from and benefit_limit are required")
    return Terms(
        benefit_from=claim.benefit_from,
        limit=min(claim.benefit_limit, contract.end),
        released_until=claim.released_until,
        monthly=monthly_amount(contract, cover),
        due_day=contract.due_day,
        settlement=cover.settlement,
    )


def new_terms(contract: Contract, person: Person, cover: Cover, *, onset: date, deferred: bool, used: int) -> Terms:
    """The terms of a claim that is about to be accepted: its two days, fixed from now on."""
    benefit_from = onset + timedelta(days=cover.deferred_days if deferred else 0)
    last = day_before(add_months(benefit_from, cover.max_months - used))
    limits = [last, contract.end]
    if cover.age_limit is not None:
        limits.append(day_before(birthday(person.birth_date, cover.age_limit)))
    return Terms(
        benefit_from=benefit_from,
        limit=min(limits),
        released_until=None,
        monthly=monthly_amount(contract, cover),
        due_day=contract.due_day,
        settlement=cover.settlement,
    )


def monthly_amount(contract: Contract, cover: Cover) -> Decimal:
    """The contract's instalment, as far as the cover pays it, in euros."""
    capped = contract.instalment if cover.monthly_cap is None else min(contract.instalment, cover.monthly_cap)
    return cents(capped)


def days_to_release(terms: Terms, until: date) -> Period | None:
    """The days that releasing up to ``until`` (never past the limit) newly covers."""
    released = terms.released_until
    start = terms.benefit_from if released is None else max(terms.benefit_from, day_after(released))
    return period(start, min(until, terms.limit))


def instalment_lines(terms: Terms, days: Period) -> tuple[Line, ...]:
    """One line per month of the days to be released, by due date; none of zero."""
    months = days.months()
    if terms.settlement is Settlement.DUE_DATE:
        dues = (month.start.replace(day=terms.due_day) for month in months)
        return tuple(Line(due, terms.monthly) for due in dues if days.start <= due <= days.end)
    lines = (Line(month.start.replace(day=terms.due_day), daily_line(terms, month, days)) for month in months)
    return tuple(line for line in lines if line.amount > ZERO)


def daily_line(terms: Terms, month: Period, days: Period) -> Decimal:
    """What the month is worth up to the end of the days, less what it was worth before: pieces add up."""
    return month_amount(terms, month, until=days.end) - month_amount(terms, month, until=terms.released_until)


def month_amount(terms: Terms, month: Period, *, until: date | None) -> Decimal:
    """What the days of a month from ``benefit_from`` to ``until`` are worth under daily settlement."""
    with_benefit = common(month, period(terms.benefit_from, until))
    if with_benefit is None:
        return ZERO
    if with_benefit == month:
        return terms.monthly
    return cents(terms.monthly * min(with_benefit.days, DAYS_OF_A_MONTH) / DAYS_OF_A_MONTH)


def next_due(terms: Terms, after: date) -> date:
    """The first due date after a day."""
    due = after.replace(day=terms.due_day)
    if due > after:
        return due
    return day_after(after.replace(day=last_day(after.year, after.month))).replace(day=terms.due_day)


def closing_reason_at_limit(terms: Terms, *, contract: Contract, cover: Cover, person: Person) -> str:
    """Why the benefit ends at its limit."""
    if terms.limit == contract.end:
        return "contract_end"
    if cover.age_limit is not None and terms.limit == day_before(birthday(person.birth_date, cover.age_limit)):
        return "age_limit"
    return "max_duration"
