"""Calendar arithmetic: months, ages, working days. Source: docs/rules.md, preamble."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5


def add_months(day: date, months: int) -> date:
    """``day`` moved by ``months``: same day of month, or the month's last day where it has fewer.

    >>> add_months(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, last_day(year, month + 1)))


def last_day(year: int, month: int) -> int:
    """The number of the month's last day."""
    return monthrange(year, month)[1]


def birthday(born: date, age: int) -> date:
    """The day on which a person reaches ``age``; born on 29 February: 1 March in common years."""
    year = born.year + age
    if (born.month, born.day) == (2, 29) and last_day(year, 2) == 28:
        return date(year, 3, 1)
    return born.replace(year=year)


@lru_cache(maxsize=512)
def days_off(year: int, federal_state: str | None) -> frozenset[date]:
    """Public holidays of the year (nationwide ones without a state), and 24 and 31 December."""
    public = holidays.country_holidays("DE", subdiv=federal_state, years=year)
    return frozenset(public) | {date(year, 12, 24), date(year, 12, 31)}


def is_working_day(day: date, federal_state: str | None) -> bool:
    """Monday to Friday, no public holiday, neither 24 nor 31 December."""
    return day.weekday() < SATURDAY and day not in days_off(day.year, federal_state)


def working_days_between(start: date, end: date, federal_state: str | None) -> int:
    """The number of working days strictly between the two days; 0 where ``end`` is not after ``start``."""
    if end <= start:
        return 0
    if start.year == end.year:
        return working_days_in(day_range(start + ONE_DAY, end), federal_state)
    whole_years = sum(working_days_of(year, federal_state) for year in range(start.year + 1, end.year))
    first = working_days_in(day_range(start + ONE_DAY, date(start.year + 1, 1, 1)), federal_state)
    return first + whole_years + working_days_in(day_range(date(end.year, 1, 1), end), federal_state)


def day_range(start: date, end: date) -> Iterator[date]:
    """Each day from ``start`` up to, not including, ``end``."""
    return (start + timedelta(days=offset) for offset in range((end - start).days))


def working_days_in(days: Iterator[date], federal_state: str | None) -> int:
    """How many of the days are working days."""
    return sum(is_working_day(day, federal_state) for day in days)


@lru_cache(maxsize=20000)
def working_days_of(year: int, federal_state: str | None) -> int:
    """The working days of a year; kept, so that a typing error in a year costs little."""
    return working_days_in(day_range(date(year, 1, 1), date(year, 12, 31)), federal_state)  # the last day is none


def add_working_days(day: date, count: int, federal_state: str | None) -> date:
    """The ``count``-th working day after ``day``; with 0 the day itself."""
    while count > 0:
        day += ONE_DAY
        count -= is_working_day(day, federal_state)
    return day


def federal_states() -> frozenset[str]:
    """The codes that ``federal_state`` may take, e.g. ``BY``."""
    return frozenset(holidays.country_holidays("DE").subdivisions)
