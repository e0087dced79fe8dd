"""From a row to a person with prefill: every cell checked, every fault of a row said, never with its value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from dunkelwerk.dialogues import persons
from dunkelwerk.dialogues.enrolling import Newcomer, key_fault
from dunkelwerk.dialogues.forms.language import PERSON_FIELDS, DialogueType
from dunkelwerk.dialogues.forms.prefilling import read_prefill
from dunkelwerk.dialogues.importing.table import Row
from dunkelwerk.dialogues.records import Person
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

PERSON_COLUMNS = PERSON_FIELDS
#: a letter needs them
NEEDED = ("external_id", "first_name", "last_name", "street", "postal_code", "city", "birth_date")
VALID_UNTIL, PREFILL = "valid_until", "prefill."
ISO, GERMAN = re.compile(r"(\d{4})-(\d{2})-(\d{2})"), re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class Candidate(Struct, frozen=True):
    """A row that may become a dialogue. ``cells`` are its own, for the print stream."""

    line: int
    cells: Sequence[str]
    person: Person
    prefill: dict[str, Any]
    valid_until: date

    def __repr__(self) -> str:
        return f"Candidate(line {self.line})"


class Bad(Struct, frozen=True):
    """A row that may not, and why, in one sentence without its values."""

    line: int
    cells: Sequence[str]
    reason: str

    def __repr__(self) -> str:
        return f"Bad(line {self.line})"


class Fault(ValueError):
    """What is wrong with a cell, as a German phrase."""


class Checker:
    """Checks the rows of a file with these columns for a type; ``on``: the business day."""

    def __init__(self, form: DialogueType, columns: Sequence[str], *, path: Path, on: date) -> None:
        self._form, self._on = form, on
        self._place = {name: number for number, name in enumerate(columns)}
        ensure_columns(form, columns, path)
        self._prefill = {name: name.removeprefix(PREFILL) for name in columns if name.startswith(PREFILL)}

    def check(self, row: Row) -> Candidate | Bad:
        """The candidate of a row, or everything that is wrong with it."""
        if row.fault is not None:
            return Bad(row.line, row.cells, row.fault)
        texts = {name: row.cells[place] for name, place in self._place.items()}
        faults = [in_words(flaw) for flaw in persons.character_flaws(texts)]
        if faults:
            return Bad(row.line, row.cells, "; ".join(faults))
        person = self._person(texts, faults)
        until = self._until(texts.get(VALID_UNTIL, ""), faults)
        prefill, wrong = read_prefill(self._form, {name: texts[column] for column, name in self._prefill.items()})
        faults += wrong
        if person is not None and (fault := key_fault(self._form, Newcomer(person, prefill))):
            faults.append(fault)
        if faults or person is None or until is None:
            return Bad(row.line, row.cells, "; ".join(faults))
        return Candidate(row.line, row.cells, person, prefill, until)

    def _person(self, texts: Mapping[str, str], faults: list[str]) -> Person | None:
        cells = {name: persons.even(texts[name]) for name in PERSON_COLUMNS}
        before = len(faults)
        faults += [in_words(flaw) for flaw in persons.person_flaws(cells, needed=NEEDED)]
        born = self._day("birth_date", cells.pop("birth_date"), faults)
        if born is not None and not persons.is_birth_date(born, on=self._on):
            faults.append(_("birth_date liegt in der Zukunft oder zu weit zurück"))
        return None if len(faults) > before or born is None else Person(**cells, birth_date=born)

    def _until(self, text: str, faults: list[str]) -> date | None:
        if not text.strip():
            return self._on + timedelta(days=self._form.valid_days)
        day = self._day(VALID_UNTIL, text.strip(), faults)
        if day is not None and day < self._on:
            faults.append(_("valid_until ist vorbei"))
        elif day is not None and not persons.is_within_term(day, on=self._on):
            days = persons.LONGEST_TERM.days
            faults.append(_("valid_until ist mehr als {days} Tage entfernt").format(days=days))
        return day

    def _day(self, name: str, text: str, faults: list[str]) -> date | None:
        try:
            return read_day(name, text) if text else None
        except Fault as fault:
            faults.append(str(fault))
            return None


def read_day(name: str, text: str) -> date:
    """A day as ``YYYY-MM-DD`` or ``DD.MM.YYYY``; raises Fault."""
    if match := ISO.fullmatch(text):
        parts: tuple[str, ...] = match.groups()
    elif match := GERMAN.fullmatch(text):
        parts = match.groups()[::-1]
    else:
        raise Fault(_("{name} ist kein Datum (JJJJ-MM-TT oder TT.MM.JJJJ)").format(name=name))
    try:
        return date(*map(int, parts))
    except ValueError:
        raise Fault(_("{name}: diesen Tag gibt es nicht").format(name=name)) from None


def in_words(flaw: persons.Flaw) -> str:
    """What is wrong with a cell, as a German phrase."""
    texts = {
        "unreadable": _("{name} enthält ein unlesbares Zeichen (Zeichensatz der Datei prüfen)"),
        "control": _("{name} enthält ein Steuerzeichen (z. B. NUL)"),
        "invisible": _("{name} enthält ein unsichtbares Zeichen (z. B. aus einer Textverarbeitung)"),
        "missing": _("{name} fehlt"),
        "long": _("{name} ist länger als {longest} Zeichen"),
        "no_letter": _("{name} enthält keinen Buchstaben"),
        "postal_code": _("{name} hat keine fünf Ziffern (eine ausländische mit Kennzeichen, z. B. A-1010)"),
    }
    return texts[flaw.kind].format(name=flaw.field, longest=flaw.limit)


def ensure_columns(form: DialogueType, columns: Sequence[str], path: Path) -> None:
    """Raise CommandError, in one sentence, where columns are missing or unknown."""
    known = {*PERSON_COLUMNS, VALID_UNTIL, *(f"{PREFILL}{name}" for name in form.prefill)}
    needed = [*PERSON_COLUMNS, *(f"{PREFILL}{name}" for name, field in form.prefill.items() if field.required)]
    missing = [name for name in needed if name not in columns]
    unknown = [name or _("(ohne Namen)") for name in columns if name not in known]
    if not (missing or unknown):
        return
    parts = []
    if missing:
        parts.append(_("es fehlt {names}").format(names=", ".join(missing)))
    if unknown:
        parts.append(_("unbekannt ist {names}").format(names=", ".join(unknown)))
    if meant := [f"{PREFILL}{name}" for name in unknown if name in form.prefill]:
        parts.append(_("gemeint ist wohl {names}").format(names=", ".join(meant)))
    message = _("{path}, Zeile 1: die Spalten passen nicht zum Dialogtyp {type}: {what}.")
    raise CommandError(message.format(path=path, type=form.name, what="; ".join(parts)))
