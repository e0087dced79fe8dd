"""Instalments against a day-by-day reference, in pieces and as a whole, and every limit in pairs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunkelwerk.decisions.periods import Period
from dunkelwerk.lines.credit_protection.benefits import (
    Line,
    Terms,
    closing_reason_at_limit,
    days_to_release,
    instalment_lines,
    month_amount,
    next_due,
    terms_of,
)
from dunkelwerk.lines.credit_protection.casefile import Claim, Contract, Cover, Person, Settlement

ONE_DAY = timedelta(days=1)
FIRST = date(2027, 12, 1)  # the leap February of 2028 lies near
OFFSETS = st.integers(0, 200)


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


@st.composite
def all_terms(draw: st.DrawFn, *, settlements: tuple[Settlement, ...] = tuple(Settlement)) -> Terms:
    """Terms of a claim of which nothing has been released yet."""
    benefit_from = day(draw(OFFSETS))
    return Terms(
        benefit_from=benefit_from,
        limit=benefit_from + timedelta(days=draw(st.integers(-5, 200))),
        released_until=None,
        monthly=draw(st.decimals("0.01", "9999.99", places=2)),
        due_day=draw(st.integers(1, 28)),
        settlement=draw(st.sampled_from(settlements)),
    )


def released(terms: Terms, until: date | None) -> Terms:
    return msgspec.structs.replace(terms, released_until=until)


def release(terms: Terms, until: date) -> tuple[Line, ...]:
    """The instalments of releasing up to a day."""
    days = days_to_release(terms, until)
    return instalment_lines(terms, days) if days else ()


# The reference: day by day, as clumsily as the rules stand


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def amount_of(days: list[date], month: date, monthly: Decimal) -> Decimal:
    """amount(days) of one calendar month, in whole cents and without Decimal's rounding."""
    in_month = [each for each in days if (each.year, each.month) == (month.year, month.month)]
    whole = [each for each in every_day(month.replace(day=1), month.replace(day=1) + 30 * ONE_DAY)]
    whole = [each for each in whole if each.month == month.month]
    part = Fraction(1) if in_month == whole else Fraction(min(len(in_month), 30), 30)
    twice = Fraction(monthly) * 100 * part * 2
    return Decimal(int((twice + 1) // 2)) / 100


def by_hand(terms: Terms, until: date) -> list[Line]:
    """What releasing up to a day pays, counted day by day."""
    last = min(until, terms.limit)
    before = [] if terms.released_until is None else every_day(terms.benefit_from, terms.released_until)
    until_last = every_day(terms.benefit_from, last)
    new = [each for each in until_last if each not in before]
    if terms.released_until is not None and last <= terms.released_until:
        new = []
    if terms.settlement is Settlement.DUE_DATE:
        return [Line(each, terms.monthly) for each in new if each.day == terms.due_day]
    months = sorted({each.replace(day=1) for each in new})
    worth = [
        (month, amount_of(until_last, month, terms.monthly) - amount_of(before, month, terms.monthly))
        for month in months
    ]
    return [Line(month.replace(day=terms.due_day), amount) for month, amount in worth if amount]


@given(all_terms(), OFFSETS)
def test_a_first_release_is_what_is_counted_by_hand(terms: Terms, offset: int) -> None:
    assert list(release(terms, day(offset))) == by_hand(terms, day(offset))


@given(all_terms(), OFFSETS, OFFSETS)
def test_a_further_release_is_what_is_counted_by_hand(terms: Terms, before: int, offset: int) -> None:
    earlier = released(terms, day(before))
    assert list(release(earlier, day(offset))) == by_hand(earlier, day(offset))


@given(all_terms(), st.lists(OFFSETS, max_size=8), OFFSETS)
def test_pieces_add_up_to_the_whole(terms: Terms, cuts: list[int], last: int) -> None:
    """However often a benefit is extended, each due date gets what one single release would have paid."""
    pieces: dict[date, Decimal] = {}
    state = terms
    for cut in [*sorted(each for each in cuts if each < last), last]:
        for line in release(state, day(cut)):
            pieces[line.due] = pieces.get(line.due, Decimal(0)) + line.amount
        if days := days_to_release(state, day(cut)):
            state = released(state, days.end)
    assert pieces == {line.due: line.amount for line in release(terms, day(last))}


@given(all_terms(), OFFSETS, OFFSETS)
def test_nothing_reaches_past_the_limit_nor_before_what_is_released(terms: Terms, before: int, offset: int) -> None:
    state = released(terms, day(before))
    days = days_to_release(state, day(offset))
    if days:
        assert days.start == max(terms.benefit_from, day(before) + ONE_DAY)
        assert days.end == min(day(offset), terms.limit)
    assert release(state, day(offset)) == release(state, min(day(offset), terms.limit))


@given(all_terms(settlements=(Settlement.DUE_DATE,)), OFFSETS)
def test_due_dates_lie_inside_the_days(terms: Terms, offset: int) -> None:
    days = days_to_release(terms, day(offset))
    for line in release(terms, day(offset)):
        assert days is not None
        assert days.holds(line.due)
        assert (line.due.day, line.amount) == (terms.due_day, terms.monthly)


@given(all_terms(settlements=(Settlement.DAILY,)), OFFSETS)
def test_a_month_is_never_worth_more_than_the_rate(terms: Terms, offset: int) -> None:
    lines = release(terms, day(offset))
    assert [line.due for line in lines] == sorted({line.due for line in lines})
    assert all(Decimal(0) < line.amount <= terms.monthly for line in lines)


@given(all_terms(settlements=(Settlement.DAILY,)), OFFSETS, OFFSETS)
def test_more_days_are_never_worth_less(terms: Terms, one: int, other: int) -> None:
    for month in Period(FIRST, day(230)).months():
        fewer, more = (month_amount(terms, month, until=day(each)) for each in sorted((one, other)))
        assert fewer <= more


def terms_on(benefit_from: str, limit: str = "2030-12-31", **differs: Any) -> Terms:
    usual: dict[str, Any] = {"released_until": None, "monthly": Decimal("300.00"), "due_day": 15}
    usual |= {"settlement": Settlement.DAILY, **differs}
    return Terms(benefit_from=date.fromisoformat(benefit_from), limit=date.fromisoformat(limit), **usual)


@pytest.mark.parametrize(
    ("benefit_from", "until", "amount"),
    [
        ("2027-02-01", "2027-02-28", "300.00"),
        ("2027-02-01", "2027-02-27", "270.00"),
        ("2027-02-02", "2027-02-28", "270.00"),
        ("2028-02-01", "2028-02-29", "300.00"),
        ("2028-02-01", "2028-02-28", "280.00"),
        ("2028-02-02", "2028-02-29", "280.00"),
        ("2026-12-01", "2026-12-31", "300.00"),
        ("2026-12-01", "2026-12-30", "300.00"),
        ("2026-12-02", "2026-12-31", "300.00"),
        ("2026-12-01", "2026-12-29", "290.00"),
        ("2026-11-01", "2026-11-30", "300.00"),
        ("2026-11-01", "2026-11-29", "290.00"),
        ("2026-11-30", "2026-11-30", "10.00"),
    ],
)
def test_months(benefit_from: str, until: str, amount: str) -> None:
    (line,) = release(terms_on(benefit_from), date.fromisoformat(until))
    assert str(line.amount) == amount
    assert line.due == date.fromisoformat(until).replace(day=15)


@pytest.mark.parametrize(
    ("benefit_from", "released_until", "until", "start"),
    [
        ("2026-04-13", None, "2026-04-13", "2026-04-13"),
        ("2026-04-13", None, "2026-04-12", None),
        ("2026-04-13", "2026-10-30", "2026-10-31", "2026-10-31"),
        ("2026-04-13", "2026-10-30", "2026-10-30", None),
        ("2026-04-13", "2026-04-01", "2026-04-20", "2026-04-13"),
    ],
)
def test_days_to_release(benefit_from: str, released_until: str | None, until: str, start: str | None) -> None:
    before = date.fromisoformat(released_until) if released_until else None
    days = days_to_release(terms_on(benefit_from, released_until=before), date.fromisoformat(until))
    assert (str(days.start) if days else None) == start


@pytest.mark.parametrize(("limit", "end"), [("2026-11-29", "2026-11-29"), ("2026-11-30", "2026-11-30")])
def test_the_limit_is_the_last_day(limit: str, end: str) -> None:
    days = days_to_release(terms_on("2026-04-13", limit), date(2026, 11, 30))
    assert days is not None
    assert str(days.end) == end


@pytest.mark.parametrize(
    ("after", "due_day", "expected"),
    [
        ("2026-11-14", 15, "2026-11-15"),
        ("2026-11-15", 15, "2026-12-15"),
        ("2026-12-31", 15, "2027-01-15"),
        ("2027-01-31", 28, "2027-02-28"),
        ("2028-02-29", 1, "2028-03-01"),
        ("2026-12-28", 28, "2027-01-28"),
    ],
)
def test_next_due(after: str, due_day: int, expected: str) -> None:
    assert str(next_due(terms_on("2026-04-13", due_day=due_day), date.fromisoformat(after))) == expected


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 28))
def test_next_due_is_the_first_day_after_of_that_number(after: date, due_day: int) -> None:
    days = every_day(after + ONE_DAY, after + 40 * ONE_DAY)
    assert next_due(terms_on("2020-01-01", due_day=due_day), after) == next(
        each for each in days if each.day == due_day
    )


CONTRACT: dict[str, Any] = {
    "number": "RS-1",
    "tariff": "T",
    "start": "2024-03-01",
    "end": "2031-02-28",
    "status": "active",
    "insured": ["P-1"],
    "instalment": "312.50",
    "due_day": 15,
}
CLAIM: dict[str, Any] = {
    "number": "C-1",
    "person": "P-1",
    "cause": "illness",
    "status": "accepted",
    "onset": "2026-03-02",
    "benefit_from": "2026-04-13",
    "benefit_limit": "2028-04-12",
}
COVER: dict[str, Any] = {"deferred_days": 42, "max_months": 24, "settlement": "due_date"}


def built(kind: type[Any], usual: dict[str, Any], **differs: Any) -> Any:
    return msgspec.convert({**usual, **differs}, kind, strict=False)


@pytest.mark.parametrize(
    ("instalment", "cap", "monthly"),
    [
        ("312.50", None, "312.50"),
        ("312.50", "312.50", "312.50"),
        ("312.50", "312.49", "312.49"),
        ("312.50", "312.51", "312.50"),
        ("312.5", "2500", "312.50"),
        ("4000.00", "2500", "2500.00"),
    ],
)
def test_the_monthly_amount_has_two_places(instalment: str, cap: str | None, monthly: str) -> None:
    contract = built(Contract, CONTRACT, instalment=instalment)
    terms = terms_of(contract=contract, claim=built(Claim, CLAIM), cover=built(Cover, COVER, monthly_cap=cap))
    assert str(terms.monthly) == monthly


@pytest.mark.parametrize(
    ("end", "benefit_limit", "limit"),
    [
        ("2028-04-11", "2028-04-12", "2028-04-11"),
        ("2028-04-12", "2028-04-12", "2028-04-12"),
        ("2028-04-13", "2028-04-12", "2028-04-12"),
    ],
)
def test_the_limit_is_the_earlier_of_claim_and_contract(end: str, benefit_limit: str, limit: str) -> None:
    contract, claim = built(Contract, CONTRACT, end=end), built(Claim, CLAIM, benefit_limit=benefit_limit)
    assert str(terms_of(contract=contract, claim=claim, cover=built(Cover, COVER)).limit) == limit


@pytest.mark.parametrize("missing", ["benefit_from", "benefit_limit"])
def test_terms_need_both_days(missing: str) -> None:
    claim = built(Claim, CLAIM, **{missing: None})
    with pytest.raises(ValueError, match="required"):
        terms_of(contract=built(Contract, CONTRACT), claim=claim, cover=built(Cover, COVER))


@pytest.mark.parametrize(
    ("end", "benefit_limit", "born", "age_limit", "reason"),
    [
        ("2026-11-30", "2026-11-30", "1961-12-01", 65, "contract_end"),
        ("2026-11-30", "2028-04-12", "1980-02-29", 65, "contract_end"),
        ("2026-12-01", "2026-11-30", "1961-12-01", 65, "age_limit"),
        ("2026-12-01", "2026-11-30", "1961-12-02", 65, "max_duration"),
        ("2026-12-01", "2026-11-30", "1961-11-30", 65, "max_duration"),
        ("2026-12-01", "2026-11-30", "1961-12-01", None, "max_duration"),
        ("2031-02-28", "2027-02-28", "1964-02-29", 63, "age_limit"),
        ("2031-02-28", "2028-02-28", "1964-02-29", 64, "age_limit"),
        ("2031-02-28", "2028-02-29", "1964-02-29", 64, "max_duration"),
    ],
)
def test_why_it_ends(end: str, benefit_limit: str, born: str, age_limit: int | None, reason: str) -> None:
    contract, claim = built(Contract, CONTRACT, end=end), built(Claim, CLAIM, benefit_limit=benefit_limit)
    cover = built(Cover, COVER, age_limit=age_limit)
    person = Person(id="P-1", first_name="J", last_name="G", birth_date=date.fromisoformat(born))
    terms = terms_of(contract=contract, claim=claim, cover=cover)
    assert closing_reason_at_limit(terms, contract=contract, cover=cover, person=person) == reason
