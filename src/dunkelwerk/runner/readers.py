"""Readers of a line's processes: their parameters on a business day, in the mode that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dunkelwerk.decisions.process import Line
from dunkelwerk.decisions.reading import Reader
from dunkelwerk.lines.registry import processes

AnyReader = Reader[Any, Any, Any, Any]


class Readers:
    """Every process of a line with an insurer's parameters. ``mode``: the parameter, or None for what is set."""

    def __init__(self, line: Line, overrides: Mapping[str, Any]) -> None:
        self.line = line
        self.books = {
            name: process.book.override(overrides, source="--parameters") if overrides else process.book
            for name, process in processes().items()
            if process.line is line
        }
        self._readers: dict[tuple[str, str | None, date], AnyReader] = {}

    def __contains__(self, process: object) -> bool:
        return process in self.books

    def of(self, process: str, day: date, *, mode: str | None = None) -> AnyReader:
        """The reader of a process on a business day."""
        key = process, mode, day
        if key not in self._readers:
            book = self.books[process]
            if mode is not None:
                book = book.override({"mode": mode}, source="mode")
            self._readers[key] = Reader(processes()[process], book.on(day))
        return self._readers[key]

    def federal_state(self, day: date) -> str | None:
        """Whose holidays count for due dates."""
        values = self.of(next(iter(self.books)), day).parameters.values
        state: str | None = getattr(values, "federal_state", None)
        return state
