"""Reasons: why a notice is referred or checked a second time. Each is declared once, in its line's catalogue.

A process binds a reason to a check, with scope and default disposition (``process.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from dunkelwerk.decisions.money import euros


class Disposition(Struct, frozen=True):
    """What an insurer wants done about a reason; ``counts_as`` is how the outcome rule takes it."""

    name: str
    counts_as: str

    @classmethod
    def special(cls, name: str, *, counts_as: Disposition) -> Disposition:
        """A disposition of one line, which the outcome rule treats like ``counts_as``."""
        return cls(name, counts_as.name)


REFER = Disposition("refer", "refer")
SECOND_CHECK = Disposition("second_check", "second_check")
IGNORE = Disposition("ignore", "ignore")


class Scope(Struct, frozen=True):
    """What a reason concerns. ``isolates``: only the part of the notice that it names (docs/rules.md section 3)."""

    name: str
    isolates: bool = False


class Reason(Struct, frozen=True):
    """One entry of a catalogue.

    ``title`` and ``text`` are German, the text with slots for the evidence; ``source`` is the clause, law or page it
    rests on. ``adverse`` reasons would cost the customer benefit; they, and those ``refer_only`` (†), can only be
    referred.
    """

    code: str
    title: str
    text: str
    source: str
    refer_only: bool = False
    adverse: bool = False
    allowed: tuple[Disposition, ...] = (REFER, SECOND_CHECK, IGNORE)
    retired: bool = False

    @property
    def dispositions(self) -> tuple[Disposition, ...]:
        """The dispositions that an insurer may choose; no automated rejection ever takes effect."""
        return (REFER,) if self.refer_only or self.adverse else self.allowed

    def disposition(self, name: str) -> Disposition | None:
        """The disposition of that name, or None where it may not be chosen."""
        return next((each for each in self.dispositions if each.name == name), None)

    def tell(self, evidence: dict[str, Any]) -> str:
        """The German text with the evidence in its slots."""
        return self.text.format_map({name: in_german(value) for name, value in evidence.items()})


class Catalogue:
    """The reasons of one line of business, in order. Codes are retired by flag, never reused."""

    def __init__(self, reasons: Iterable[Reason] = ()) -> None:
        self._reasons: dict[str, Reason] = {}
        for reason in reasons:
            self.add(reason)

    def add(self, reason: Reason) -> Reason:
        """Declare a reason; raises ValueError for a code that exists."""
        if reason.code in self._reasons:
            raise ValueError(f"reason {reason.code} is declared twice")
        self._reasons[reason.code] = reason
        return reason

    def get(self, code: str) -> Reason | None:
        """The reason of that code."""
        return self._reasons.get(code)

    def __iter__(self) -> Iterator[Reason]:
        return iter(self._reasons.values())


def in_german(value: Any) -> str:
    """A piece of evidence as a clerk reads it: 30.10.2026 · 1.234,50 € · ja · unbekannt."""
    match value:
        case None:
            return "unbekannt"
        case bool():
            return "ja" if value else "nein"
        case date():
            return f"{value:%d.%m.%Y}"
        case Decimal():
            return euros(value)
        case list() | tuple():
            return ", ".join(in_german(each) for each in value)
    return str(value)
