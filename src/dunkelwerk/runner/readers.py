"""Readers of a line's processes: their parameters on a business day, in the mode that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dunkelwerk.decisions.parameters import ParameterBook
from dunkelwerk.decisions.process import Line
from dunkelwerk.decisions.reading import Reader
from dunkelwerk.lines.registry import AnyProcess, processes, recorders

AnyReader = Reader[Any, Any, Any, Any]


class Readers:
    """Every process of a line with an insurer's parameters. ``mode``: the parameter, or None for what is set."""

    def __init__(self, line: Line, overrides: Mapping[str, Any]) -> None:
        self.line = line
        self.books = {
            name: book_of(process, overrides) for name, process in processes().items() if process.line is line
        }
        #: of what people record by hand: no worker decides it
        self._recorded = {
            name: book_of(process, overrides) for name, process in recorders().items() if process.line is line
        }
        self._readers: dict[tuple[str, str | None, date], AnyReader] = {}

    def __contains__(self, process: object) -> bool:
        return process in self.books

    def of(self, process: str, day: date, *, mode: str | None = None) -> AnyReader:
        """The reader of a process on a business day."""
        key = process, mode, day
        if key not in self._readers:
            known = processes() if process in self.books else recorders()
            book = self.books.get(process) or self._recorded[process]
            if mode is not None:
                book = book.override({"mode": mode}, source="mode")
            self._readers[key] = Reader(known[process], book.on(day))
        return self._readers[key]

    def federal_state(self, day: date) -> str | None:
        """Whose holidays count for due dates."""
        values = self.of(next(iter(self.books)), day).parameters.values
        state: str | None = getattr(values, "federal_state", None)
        return state


def book_of(process: AnyProcess, overrides: Mapping[str, Any]) -> ParameterBook[Any]:
    """The parameters of a process with an insurer's own."""
    return process.book.override(overrides, source="--parameters") if overrides else process.book
