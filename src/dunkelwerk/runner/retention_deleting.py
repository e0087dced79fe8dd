"""Deleting what is due, within the transaction of its batch; and what remains of it: numbers.

Only the owner of the tables can: the role that works may not delete (migrations 0003, 0006).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dunkelwerk.runner.retention_units import Letter, Unit

#: a run's index names its recipients: it goes with the first of its letters
SIDE_FILES = ("index.csv", "control.json")
FOLDERS = "SELECT id, folder FROM letter_run WHERE id = ANY(%s)"
DEEDS = """
    DELETE FROM deed d USING unnest(%s::text[], %s::text[]) AS u (kind, key) WHERE d.kind = u.kind AND d.key = u.key
"""
RECORDS = "DELETE FROM decision_record WHERE id = ANY(%s) AND business_day = ANY(%s)"
BY_IDS = {
    "letters": "DELETE FROM letter_order WHERE id = ANY(%s)",
    "work_items": "DELETE FROM work_item WHERE id = ANY(%s) AND state = 'done'",
    "proposals": "DELETE FROM proposal WHERE id = ANY(%s)",
    "touchers": "DELETE FROM toucher WHERE notice = ANY(%s)",
    "notices": "DELETE FROM notice WHERE id = ANY(%s)",
}
GONE = """
    INSERT INTO retention_gone (run, kind, ids)
    SELECT %s, %s, range_agg(int8range(id, id, '[]')) FROM unnest(%s::bigint[]) AS u (id)
"""
BATCHES = """
    INSERT INTO retention_batch AS b (batch, decisions) SELECT * FROM unnest(%s::bigint[], %s::int[])
    ON CONFLICT (batch) DO UPDATE SET decisions = b.decisions + excluded.decisions
"""
EMPTY_BATCHES = """
    WITH empty AS (
        DELETE FROM batch b USING retention_batch g WHERE g.batch = b.id AND g.decisions = b.notices AND b.id = ANY(%s)
        RETURNING b.id
    )
    DELETE FROM retention_batch g USING empty WHERE g.batch = empty.id
"""


def delete_letters(cursor: Any, letters: Sequence[Letter], run: int) -> None:
    """Delete letter orders with what they say."""
    cursor.execute(BY_IDS["letters"], ([each.id for each in letters],))
    note_gone(cursor, run, "letter", [each.action for each in letters])


def delete_units(cursor: Any, units: Sequence[Unit], run: int) -> Counter[str]:
    """Delete units; the number of rows of each kind. Their letters are gone already."""
    notices = [notice for unit in units for notice in unit.notices]
    decisions = {identity: day for unit in units for identity, day in unit.decisions.items()}
    items = [item for unit in units for item in unit.items]
    proposals = [proposal for unit in units for proposal in unit.proposals]
    counts: Counter[str] = Counter()
    counts["deeds"] = delete_deeds(
        cursor, {"notice": notices, "decision": decisions, "work_item": items, "proposal": proposals}
    )
    for kind, ids in (("work_items", items), ("proposals", proposals), ("touchers", notices)):
        cursor.execute(BY_IDS[kind], (ids,))
        counts[kind] = cursor.rowcount
    cursor.execute(RECORDS, (list(decisions), list(set(decisions.values()))))
    counts["decisions"] = cursor.rowcount
    cursor.execute(BY_IDS["notices"], (notices,))
    counts["notices"] = cursor.rowcount
    note_gone(cursor, run, "decision", list(decisions))
    note_batches(cursor, units)
    return counts


def delete_deeds(cursor: Any, keys: Mapping[str, Iterable[int]]) -> int:
    """Delete what people did about these things, with their words."""
    pairs = [(kind, str(identity)) for kind, ids in keys.items() for identity in ids]
    cursor.execute(DEEDS, ([kind for kind, _key in pairs], [key for _kind, key in pairs]))
    count: int = cursor.rowcount
    return count


def note_gone(cursor: Any, run: int, kind: str, ids: Sequence[int]) -> None:
    """Remember that retention deleted them: whatever else is missing, ``dunkelwerk check`` finds."""
    if ids:
        cursor.execute(GONE, (run, kind, list(ids)))


def note_batches(cursor: Any, units: Sequence[Unit]) -> None:
    """Remember how many decisions of a batch are gone; a batch without any goes itself."""
    counts: Counter[int] = Counter()
    for unit in units:
        counts.update(unit.batches)
    if counts:
        cursor.execute(BATCHES, (list(counts), list(counts.values())))
        cursor.execute(EMPTY_BATCHES, (list(counts),))


def remove_files(cursor: Any, letters: Sequence[Letter]) -> int:
    """Remove the PDF files of letters, and their runs' lists of recipients; how many letters had no file any more.

    Before the commit: a letter that stays after all is made again from its content.
    """
    runs = {letter.run for letter in letters if letter.run is not None}
    cursor.execute(FOLDERS, (list(runs),))
    folders = {run: Path(folder) for run, folder in cursor.fetchall() if folder}
    absent = 0
    for letter in letters:
        if letter.run in folders and letter.file:
            absent += not remove(folders[letter.run] / letter.file)
    for folder in folders.values():
        for name in SIDE_FILES:
            remove(folder / name)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return absent


def remove(path: Path) -> bool:
    """Remove a file; whether it was there."""
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
