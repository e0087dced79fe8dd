"""Periods of whole days, against sets of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunkelwerk.decisions.periods import Period, common, day_after, day_before, period

START = date(2026, 1, 15)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = START + timedelta(days=draw(st.integers(0, 80)))
    return Period(start, start + timedelta(days=draw(st.integers(0, 80))))


def days_of(each: Period | None) -> set[date]:
    return {each.start + timedelta(days=offset) for offset in range(each.days)} if each else set()


@given(periods(), periods())
def test_meets_and_common_are_those_of_sets(one: Period, other: Period) -> None:
    shared = days_of(one) & days_of(other)
    assert one.meets(other) is other.meets(one) is bool(shared)
    assert days_of(common(one, other)) == shared


@given(periods())
def test_months_are_whole_and_cover_the_period_once(each: Period) -> None:
    months = list(each.months())
    covered = [day for month in months for day in sorted(days_of(month))]
    assert len(covered) == len(set(covered))
    assert days_of(each) <= set(covered)
    assert all(month.start.day == 1 and day_after(month.end).day == 1 and month.meets(each) for month in months)


@given(periods(), st.integers(-5, 170))
def test_holds(each: Period, offset: int) -> None:
    day = START + timedelta(days=offset)
    assert each.holds(day) is (day in days_of(each))


def test_months_across_the_year() -> None:
    months = list(Period(date(2026, 11, 30), date(2027, 2, 1)).months())
    assert [month.start for month in months] == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]


def test_one_day_is_a_period_and_the_day_before_is_none() -> None:
    assert period(START, START) == Period(START, START)
    assert period(START, START).days == 1  # type: ignore[union-attr]
    assert period(START, day_before(START)) is None


@pytest.mark.parametrize(("start", "end"), [(None, START), (START, None), (None, None)])
def test_without_an_end_there_is_no_period(start: date | None, end: date | None) -> None:
    assert period(start, end) is None


def test_nothing_meets_or_shares_days_with_none() -> None:
    one = Period(START, START)
    assert one.meets(None) is False
    assert common(one, None) is None
    assert common(None, one) is None


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="must not end"):
        Period(START, day_before(START))
