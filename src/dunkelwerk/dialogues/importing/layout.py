"""What a print file looks like: one set of columns for the letters of an import, its reminders and re-issues.

An import's file has the columns of its input, as they came, and ``ADDED``. What is printed later for the type looks
like its newest import, so that whoever prints reads all of them alike: columns, order, delimiter, how days are written.
A type that was never imported has every column. Source: docs/dialogues.md section 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.dialogues import pins
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.importing.candidates import GERMAN, ISO, PERSON_COLUMNS, PREFILL, VALID_UNTIL
from dunkelwerk.dialogues.importing.letters import ADDED, CsvFile
from dunkelwerk.dialogues.minting import link_to
from dunkelwerk.dialogues.records import Person

NEWEST = """
    SELECT layout FROM dialogue_import WHERE type = %s AND layout IS NOT NULL AND finished_at IS NOT NULL
    ORDER BY id DESC LIMIT 1
"""
BORN = "birth_date"
DATE = "date"


class Layout(Struct, frozen=True):
    """The columns before ``ADDED``, the delimiter, and whether days are ``DD.MM.YYYY``, else ``YYYY-MM-DD``."""

    columns: tuple[str, ...]
    delimiter: str = ";"
    german_days: bool = False

    def like(self, cells: Sequence[str]) -> Layout:
        """The same with the days as they stand in a row of the input."""
        born = cells[self.columns.index(BORN)].strip()
        return msgspec.structs.replace(self, german_days=GERMAN.fullmatch(born) is not None)

    def open(self, path: Path, *, recipient: Any, raw: bool) -> CsvFile:
        """A print file with this head; raises CommandError."""
        head = (*self.columns, *ADDED)
        return CsvFile(path, head, delimiter=self.delimiter, recipient=recipient, raw=raw)

    def row(
        self, form: DialogueType, person: Person, prefill: Mapping[str, Any], *, until: date, reference: str, pin: str
    ) -> list[str]:
        """One letter's row, made from what is stored."""
        facts: dict[str, Any] = {**msgspec.structs.asdict(person), VALID_UNTIL: until}
        for name, value in prefill.items():
            facts[f"{PREFILL}{name}"] = value
        days = {f"{PREFILL}{name}" for name, field in form.prefill.items() if field.kind == DATE}
        return [*(self._written(facts.get(name), is_day=name in days) for name in self.columns), *added(reference, pin)]

    def _written(self, value: Any, *, is_day: bool) -> str:
        if is_day and isinstance(value, str) and ISO.fullmatch(value):
            value = date.fromisoformat(value)
        if isinstance(value, date):
            return f"{value:%d.%m.%Y}" if self.german_days else value.isoformat()
        return "" if value is None else value if isinstance(value, str) else msgspec.json.encode(value).decode()


def added(reference: str, pin: str) -> list[str]:
    """The cells of ``ADDED``."""
    link = link_to(pin)
    return [reference, pins.grouped(pin), link, link]


def whole(form: DialogueType) -> Layout:
    """Every column that the type knows."""
    return Layout((*PERSON_COLUMNS, VALID_UNTIL, *(f"{PREFILL}{name}" for name in form.prefill)))


def layout_of(cursor: Any, form: DialogueType) -> Layout:
    """How the print files of a type look: like its newest import that wrote letters, else with every column."""
    cursor.execute(NEWEST, (form.name,))
    row = cursor.fetchone()
    return whole(form) if row is None else msgspec.json.decode(row[0], type=Layout)
