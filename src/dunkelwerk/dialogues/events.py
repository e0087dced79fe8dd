"""Events: every change of a dialogue, with time and actor; append-only, nothing personal in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from dunkelwerk.infra.bulk import copy_rows

#: who acts where no person of the insurer does
PERSON, SYSTEM = "person", "dunkelwerk"
LONGEST_ACTOR, LONGEST_DETAIL = 100, 300
COLUMNS = ("dialogue", "at", "actor", "event", "detail")


def note(cursor: Any, dialogue: int, event: str, *, actor: str, at: datetime, detail: str = "") -> None:
    """Keep one change."""
    values = (dialogue, at, actor[:LONGEST_ACTOR], event, detail[:LONGEST_DETAIL])
    cursor.execute(f"INSERT INTO dialogue_event ({', '.join(COLUMNS)}) VALUES (%s, %s, %s, %s, %s)", values)


def note_all(cursor: Any, dialogues: Iterable[int], event: str, *, actor: str, at: datetime, detail: str = "") -> int:
    """Keep the same change of many; of how many."""
    rows = ((each, at, actor[:LONGEST_ACTOR], event, detail[:LONGEST_DETAIL]) for each in dialogues)
    return copy_rows(cursor, "dialogue_event", COLUMNS, rows)
