"""Calendar arithmetic: months, birthdays, working days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunkelwerk.decisions.days import (
    add_months,
    add_working_days,
    birthday,
    day_range,
    days_off,
    federal_states,
    is_working_day,
    last_day,
    working_days_between,
)

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
SIXTEEN = {"BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"}
NATIONWIDE_2026 = ["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-24", "12-25", "12-26", "12-31"]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 29), 1, date(2023, 2, 28)),
        (date(2023, 1, 28), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 4, 13), 24, date(2028, 4, 13)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), -1, date(2025, 12, 31)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 3, 15), 0, date(2026, 3, 15)),
    ],
)
def test_add_months(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS, st.integers(-600, 600))
def test_add_months_keeps_the_day_or_takes_the_last(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert moved.year * 12 + moved.month == day.year * 12 + day.month + months
    assert moved.day == min(day.day, monthrange(moved.year, moved.month)[1])


@given(DAYS, DAYS, st.integers(0, 600))
def test_add_months_keeps_the_order_of_days(one: date, other: date, months: int) -> None:
    assert add_months(min(one, other), months) <= add_months(max(one, other), months)


@pytest.mark.parametrize(
    ("born", "age", "expected"),
    [
        (date(1961, 12, 1), 65, date(2026, 12, 1)),
        (date(1964, 2, 29), 63, date(2027, 3, 1)),
        (date(1964, 2, 29), 64, date(2028, 2, 29)),
        (date(1964, 2, 28), 63, date(2027, 2, 28)),
        (date(1964, 3, 1), 63, date(2027, 3, 1)),
        (date(1840, 2, 29), 60, date(1900, 3, 1)),
        (date(1940, 2, 29), 60, date(2000, 2, 29)),
        (date(1980, 2, 29), 0, date(1980, 2, 29)),
    ],
)
def test_birthday(born: date, age: int, expected: date) -> None:
    assert birthday(born, age) == expected


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.integers(0, 120))
def test_birthday_is_the_first_day_not_before_the_same_month_and_day(born: date, age: int) -> None:
    reached = birthday(born, age)
    year = born.year + age
    days = (date(year, 1, 1) + timedelta(days=offset) for offset in range(366))
    assert reached == next(day for day in days if (day.month, day.day) >= (born.month, born.day))


def test_days_off_nationwide() -> None:
    assert days_off(2026, None) == {date.fromisoformat(f"2026-{day}") for day in NATIONWIDE_2026}


@pytest.mark.parametrize(
    ("day", "state", "working"),
    [
        (date(2026, 12, 24), None, False),
        (date(2026, 12, 31), None, False),
        (date(2026, 12, 23), None, True),
        (date(2026, 12, 30), None, True),
        (date(2027, 1, 6), None, True),
        (date(2027, 1, 6), "BY", False),
        (date(2027, 1, 6), "BW", False),
        (date(2027, 1, 6), "ST", False),
        (date(2027, 1, 6), "HH", True),
        (date(2027, 3, 8), "BE", False),
        (date(2027, 3, 8), "BB", True),
        (date(2026, 6, 4), "NW", False),
        (date(2026, 6, 4), "NI", True),
        (date(2026, 11, 18), "SN", False),
        (date(2026, 11, 18), "TH", True),
        (date(2025, 10, 31), "HH", False),
        (date(2025, 10, 31), "BY", True),
        (date(2027, 11, 1), "BY", False),
        (date(2027, 11, 1), "BE", True),
        (date(2026, 10, 30), None, True),
        (date(2026, 10, 31), None, False),
        (date(2026, 11, 1), None, False),
        (date(2026, 11, 2), None, True),
    ],
)
def test_is_working_day(day: date, state: str | None, working: bool) -> None:
    assert is_working_day(day, state) is working


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 10, 30), date(2026, 11, 2), 0),
        (date(2026, 10, 30), date(2026, 11, 3), 1),
        (date(2026, 4, 2), date(2026, 4, 7), 0),
        (date(2026, 4, 2), date(2026, 4, 8), 1),
        (date(2026, 12, 23), date(2026, 12, 28), 0),
        (date(2026, 12, 23), date(2027, 1, 4), 3),
        (date(2026, 10, 30), date(2026, 10, 31), 0),
        (date(2026, 10, 30), date(2026, 10, 30), 0),
        (date(2026, 11, 5), date(2026, 10, 30), 0),
    ],
)
def test_working_days_between(start: date, end: date, expected: int) -> None:
    assert working_days_between(start, end, None) == expected


@given(DAYS, st.integers(0, 400))
def test_a_range_of_days_leaves_out_its_end(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    days = list(day_range(start, end))
    assert len(days) == length
    assert all(start <= day < end for day in days)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(-10, 1500), st.sampled_from([None, "BY", "SN"]))
def test_working_days_between_equal_those_counted_one_by_one(start: date, length: int, state: str | None) -> None:
    end = start + timedelta(days=length)
    counted = sum(is_working_day(start + timedelta(days=n), state) for n in range(1, max(length, 1)))
    assert working_days_between(start, end, state) == counted


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 60), st.sampled_from([None, "BY", "SN"]))
def test_adding_working_days_passes_over_all_but_the_last(day: date, count: int, state: str | None) -> None:
    reached = add_working_days(day, count, state)
    assert is_working_day(reached, state)
    assert working_days_between(day, reached, state) == count - 1


def test_adding_no_working_day_stays() -> None:
    assert add_working_days(date(2026, 10, 31), 0, None) == date(2026, 10, 31)


def test_federal_states_hold_all_sixteen() -> None:
    assert federal_states() >= SIXTEEN


@given(DAYS)
def test_last_day(day: date) -> None:
    assert (date(day.year, day.month, last_day(day.year, day.month)) + timedelta(days=1)).day == 1
