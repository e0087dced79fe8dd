"""The days of a claim as a bar: a row per year, three signs per month, readable without colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from dunkelwerk.decisions.days import last_day
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.portraying import CANCELLED, DEFERRED, LIMIT, OPEN, PROVEN, RELEASED, Span

SIGNS = {DEFERRED: "·", RELEASED: "█", PROVEN: "▒", CANCELLED: "×", OPEN: "-", LIMIT: "|"}
STRENGTH = (OPEN, PROVEN, CANCELLED, DEFERRED, RELEASED)
NOTHING = " "
#: the first days of a month's three parts
PARTS = (1, 11, 21)
DAY = timedelta(days=1)


def draw(spans: Sequence[Span]) -> list[str]:
    """The bar's lines under a line of months; none for a claim without benefit days."""
    if not spans:
        return []
    first, last = min(each.start for each in spans), max(each.end for each in spans)
    rows = [(str(year), draw_year(spans, year)) for year in range(first.year, last.year + 1)]
    lines = [f"{'':9}{' '.join(month_names())}"]
    for same, group in groupby(rows, key=lambda row: row[1] if row[1].strip(SIGNS[OPEN] + " ") == "" else row[0]):
        years = list(group)
        label = years[0][0] if len(years) == 1 else f"{years[0][0]}–{years[-1][0][2:]}"
        lines.append(f"{label:<9}{years[0][1] if len(years) == 1 else same}".rstrip())
    return lines


def month_names() -> list[str]:
    """Three letters each."""
    return _("Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez").split()


def draw_year(spans: Sequence[Span], year: int) -> str:
    """The year's twelve months."""
    return " ".join("".join(sign_of(spans, *part) for part in parts_of(year, month)) for month in range(1, 13))


def parts_of(year: int, month: int) -> list[tuple[date, date]]:
    """The three parts of a month, first and last day each."""
    firsts = [date(year, month, day) for day in PARTS]
    lasts = [*(each - DAY for each in firsts[1:]), date(year, month, last_day(year, month))]
    return list(zip(firsts, lasts, strict=True))


def sign_of(spans: Sequence[Span], first: date, last: date) -> str:
    """The sign of what most days are, of two kinds alike the stronger one; a limit always shows."""
    days = [kind_of(spans, first + DAY * number) for number in range((last - first).days + 1)]
    if LIMIT in days:
        return SIGNS[LIMIT]
    known = [kind for kind in days if kind is not None]
    return SIGNS[max(known, key=lambda kind: (known.count(kind), STRENGTH.index(kind)))] if known else NOTHING


def kind_of(spans: Sequence[Span], day: date) -> str | None:
    """What a day is: the last span that covers it says."""
    return next((each.kind for each in reversed(spans) if each.start <= day <= each.end), None)


def legend(bar: str) -> list[str]:
    """What the signs mean that a bar shows."""
    words = {
        DEFERRED: _("Karenz"),
        RELEASED: _("freigegeben"),
        PROVEN: _("belegt, nicht freigegeben"),
        CANCELLED: _("zurückgenommen"),
        OPEN: _("noch nicht belegt"),
        LIMIT: _("letzter Leistungstag"),
    }
    return [f"{SIGNS[kind]} {word}" for kind, word in words.items() if SIGNS[kind] in bar]
