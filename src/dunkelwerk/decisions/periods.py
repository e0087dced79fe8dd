"""Periods of whole days, both ends included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from dunkelwerk.decisions.days import ONE_DAY, last_day


class Period(Struct, frozen=True, order=True):
    """The days ``start``..``end``, both included. An empty period is None, never an object."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period must not end ({self.end}) before it starts ({self.start})")

    @property
    def days(self) -> int:
        """The number of days, at least 1."""
        return (self.end - self.start).days + 1

    def meets(self, other: Period | None) -> bool:
        """Whether at least one day lies in both."""
        return other is not None and self.start <= other.end and other.start <= self.end

    def holds(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.start <= day <= self.end

    def months(self) -> Iterator[Period]:
        """The calendar months that the period touches, whole, in order."""
        year, month = self.start.year, self.start.month
        while (year, month) <= (self.end.year, self.end.month):
            yield Period(date(year, month, 1), date(year, month, last_day(year, month)))
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def period(start: date | None, end: date | None) -> Period | None:
    """The period ``start``..``end``, or None where an end is missing or the period would be empty."""
    return None if start is None or end is None or end < start else Period(start, end)


def common(one: Period | None, other: Period | None) -> Period | None:
    """The days that lie in both periods."""
    if one is None or other is None:
        return None
    return period(max(one.start, other.start), min(one.end, other.end))


def day_before(day: date) -> date:
    """The day before."""
    return day - ONE_DAY


def day_after(day: date) -> date:
    """The day after."""
    return day + ONE_DAY
