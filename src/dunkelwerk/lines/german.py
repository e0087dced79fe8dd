"""Dates, money, account numbers, countries as a letter writes them: nothing else formats a letter's values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale

from dunkelwerk.decisions import money
from dunkelwerk.decisions.periods import Period

#: keeps a number and its unit on one line
NO_BREAK = "\N{NO-BREAK SPACE}"
MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
    *("August", "September", "Oktober", "November", "Dezember"),
)
SHOWN_DIGITS = 4


def day(value: date) -> str:
    """``15. November 2026``."""
    return f"{value.day}.{NO_BREAK}{MONTHS[value.month - 1]}{NO_BREAK}{value.year}"


def short_day(value: date) -> str:
    """``15.11.2026``, for tables."""
    return f"{value:%d.%m.%Y}"


def span(days: Period) -> str:
    """``01.11.2026–15.11.2026``, for tables."""
    return f"{short_day(days.start)}–{short_day(days.end)}"


def euros(amount: Decimal) -> str:
    """``1.234,50 €``."""
    return money.euros(amount).replace(" ", NO_BREAK)


def masked_iban(iban: str) -> str:
    """The country and the last four characters, the others starred, in groups of four."""
    plain = "".join(iban.split()).upper()
    starred = plain[:2] + "*" * (len(plain) - 2 - SHOWN_DIGITS) + plain[-SHOWN_DIGITS:]
    return NO_BREAK.join(starred[at : at + SHOWN_DIGITS] for at in range(0, len(starred), SHOWN_DIGITS))


def count(number: int, one: str, many: str) -> str:
    """``1 Monat``, ``2 Monate``."""
    return f"{number}{NO_BREAK}{one if number == 1 else many}"


def listed(words: Sequence[str]) -> str:
    """``a, b und c``."""
    return " und ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


@cache
def country(code: str) -> str:
    """The German name of a country by its two-letter code; anything else as it stands."""
    return str(Locale("de").territories.get(code.strip().upper(), code.strip()))
