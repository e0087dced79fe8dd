"""Technical failures: what stops a notice because something could not be read or computed."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from dunkelwerk.decisions.tables import Match, Table


class TechnicalFailure(Exception):
    """Something needed to decide is missing or unreadable: ``where`` it stands, ``what`` is wrong.

    Neither text may hold a value from the notice or the case file (birth dates, diagnoses).
    """

    def __init__(self, *, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.evidence: dict[str, Any] = {"where": where, "what": what}


def ensure(condition: bool, *, where: str, what: str) -> None:
    """Raise TechnicalFailure unless a promise of an earlier step holds (``assert`` would vanish under -O)."""
    if not condition:
        raise TechnicalFailure(where=where, what=what)


def look_up(table: Table, **inputs: Any) -> Match:
    """The row of a decision table that matches; raises TechnicalFailure where none does."""
    match = table.lookup(**inputs)
    if match is None:
        raise TechnicalFailure(where=table.name, what="keine Zeile der Tabelle passt")
    return match


def locate(error: Exception) -> dict[str, Any]:
    """Where an exception arose, without its message: that may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno} ({frames[-1].name})" if frames else "unknown"
    return {"where": where, "what": f"unexpected {type(error).__name__}"}
