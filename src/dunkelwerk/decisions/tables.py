"""Decision tables: CSV files that an analyst writes, read and checked once, then looked up. Pure.

The format is described in docs/decision-tables.md. `parse_table` refuses a table with a bad cell, a gap, an overlap
or a row that is never reached, and names all of these at once; what it returns answers every input it was made for.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from dunkelwerk.decisions.cells import (
    Anything,
    CellError,
    Choice,
    Column,
    Condition,
    Value,
    parse_column,
    parse_condition,
    parse_output,
)
from dunkelwerk.decisions.table_check import Policy, Problem, Row, find_problems
from dunkelwerk.infra.i18n import _

__all__ = ["Column", "Match", "Policy", "Problem", "Row", "Table", "TableError", "TableInputError", "Value"]
__all__ += ["parse_table", "read_table"]

Parsed = TypeVar("Parsed", Condition, Value)

_Tests: TypeAlias = tuple[tuple[int, Callable[[Any], bool]], ...]

_CACHE_SIZE: Final = 4096
_SHOWN: Final = 20
_UNSEEN: Final = Row(line=0, label="", conditions=(), outputs={})


class TableError(Exception):
    """A table that must not be used: `.problems` has one German sentence for each thing to correct."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        more = len(self.problems) - _SHOWN
        rest = [_("… und {count} weitere Fehler.").format(count=more)] if more > 0 else []
        super().__init__("\n".join([*map(str, self.problems[:_SHOWN]), *rest]))

    def __reduce__(self) -> tuple[type[TableError], tuple[tuple[Problem, ...]]]:
        return TableError, (self.problems,)


class TableInputError(Exception):
    """A lookup with the wrong names, or a value of the wrong type: a bug of the caller. Names no value."""


class Match(msgspec.Struct, frozen=True):
    """The row that a lookup met, for the trace: table, line in the file, label, what was asked and answered."""

    table: str
    row: int
    label: str
    # Any: msgspec cannot decode a union of str, Decimal and date, and a kept trace is decoded again.
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """A decision table that was checked; made by `read_table` or `parse_table`."""

    name: str
    policy: Policy
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Row, ...]
    _names: tuple[str, ...] = field(init=False, repr=False)
    _tests: tuple[tuple[Row, _Tests], ...] = field(init=False, repr=False)
    _cache: dict[tuple[object, ...], Row | None] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", tuple(column.name for column in self.inputs))
        object.__setattr__(self, "_tests", tuple((row, _compile(row)) for row in self.rows))

    def __reduce__(self) -> tuple[type[Table], tuple[Any, ...]]:
        # The cache holds inputs, which may be personal: it does not travel.
        return Table, (self.name, self.policy, self.inputs, self.outputs, self.rows)

    def lookup(self, /, **inputs: Value) -> Match | None:
        """The matching row, or None where a text lies outside a `one of` domain; raises TableInputError.

        Every input is given by name; None is an unknown value.
        """
        if tuple(inputs) != self._names:
            inputs = self._order(inputs)
        values = tuple(inputs.values())
        # Equal values of different types (1, True, 1.0) must not share an entry.
        key = (*values, *map(type, values))
        try:
            row = self._cache.get(key, _UNSEEN)
        except TypeError:  # unhashable, hence of a wrong type
            row = _UNSEEN
        if row is _UNSEEN:
            row = self._find(values, key)
        if row is None:
            return None
        return Match(self.name, row.line, row.label, inputs, row.outputs.copy())

    def _order(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        if inputs.keys() != set(self._names):
            text = _("Tabelle {table}: Der Aufruf nennt {given}, gebraucht werden genau {names}; ihn berichtigen.")
            given, names = ", ".join(inputs) or _("nichts"), ", ".join(self._names)
            raise TableInputError(text.format(table=self.name, given=given, names=names))
        return {name: inputs[name] for name in self._names}

    def _find(self, values: tuple[Value, ...], key: tuple[object, ...]) -> Row | None:
        within = True
        for column, value in zip(self.inputs, values, strict=True):
            self._check_type(column, value)
            within = within and column.contains(value)
        row = self._search(values) if within else None
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[key] = row
        return row

    def _check_type(self, column: Column, value: Value) -> None:
        if not column.takes(value):
            text = _(
                "Tabelle {table}, Spalte {column}: Ein Wert der Art {type} oder None wird gebraucht, kein {given}."
            )
            given = type(value).__name__
            raise TableInputError(text.format(table=self.name, column=column.name, type=column.type, given=given))

    def _search(self, values: tuple[Value, ...]) -> Row | None:
        for row, tests in self._tests:
            for index, matches in tests:
                if not matches(values[index]):
                    break
            else:
                return row
        return None


def _compile(row: Row) -> _Tests:
    """The tests a value must pass, by the index of its column; a plain list of values is its own test."""
    return tuple(
        (index, each.values.__contains__ if isinstance(each, Choice) and not each.prefixes else each.matches)
        for index, each in enumerate(row.conditions)
        if not isinstance(each, Anything)
    )


def read_table(path: Path) -> Table:
    """The table in a CSV file (UTF-8, with or without BOM), named after the file; raises TableError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise _refuse(path.name, _("Die Datei lässt sich nicht lesen; Ort und Rechte prüfen")) from None
    except UnicodeDecodeError:
        raise _refuse(path.name, _("Die Datei ist nicht in UTF-8 gespeichert; als „CSV UTF-8“ speichern")) from None
    return _Reader(path.name).read(text, name=path.stem)


def parse_table(text: str, *, name: str) -> Table:
    """The table in a CSV text; raises TableError with all of its problems."""
    return _Reader(name).read(text.removeprefix("\ufeff"), name=name)


def _refuse(file: str, text: str, *, row: int | None = None) -> TableError:
    return TableError([Problem(file=file, text=text, row=row)])


class _Slot(msgspec.Struct, frozen=True):
    """A column of the file; without a column of the table it is a remark, or could not be read."""

    title: str
    column: Column | None = None
    is_input: bool = False

    @property
    def is_remark(self) -> bool:
        """Whether the column is for people only."""
        return self.title.startswith("#")


class _Reader:
    """Reads one file, and collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def read(self, text: str, *, name: str) -> Table:
        """The table; raises TableError with every problem found."""
        # A Mac writes "ö" as two characters, which no input would ever equal.
        records = self._split(unicodedata.normalize("NFC", text))
        if not records:
            raise _refuse(self.file, _("Die Datei ist leer; eine Kopfzeile und mindestens eine Zeile eintragen"))
        (line, header), *body = records
        policy = self._read_policy(header[0].strip(), line)
        slots = self._read_slots(header[1:], line)
        legible = not self.problems
        body = [(at, cells) for at, cells in body if _has_content(cells, slots)]
        rows = tuple(row for at, cells in body if (row := self._read_row(at, cells, slots)) is not None)
        self._require(body, slots, header_read=legible)
        inputs = tuple(slot.column for slot in slots if slot.column and slot.is_input)
        outputs = tuple(slot.column for slot in slots if slot.column and not slot.is_input)
        if legible and inputs and rows:
            whole = not self.problems
            self.problems += find_problems(file=self.file, policy=policy, inputs=inputs, rows=rows, whole=whole)
        if self.problems:
            raise TableError(self.problems)
        return Table(name=name, policy=policy, inputs=inputs, outputs=outputs, rows=rows)

    def _note(self, text: str, *, row: int | None = None, column: str | None = None) -> None:
        self.problems.append(Problem(file=self.file, text=text, row=row, column=column))

    def _split(self, text: str) -> list[tuple[int, list[str]]]:
        """Each record with the line it starts on. Lines without content (spreadsheets append some) are left out."""
        delimiter = re.search("[,;]", text)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter[0] if delimiter else ",", strict=True)
        records, line = [], 1
        try:
            for cells in lines:
                if any(map(str.strip, cells)):
                    records.append((line, cells))
                line = lines.line_num + 1
        except csv.Error:
            what = _("Die Zeile ist kein gültiges CSV; die Anführungszeichen paarweise setzen, in Zellen doppelt")
            raise _refuse(self.file, what, row=line) from None
        return records

    def _read_policy(self, cell: str, line: int) -> Policy:
        if cell == "unique":
            return "unique"
        if cell != "first":
            text = _("„{cell}“ ist keine Trefferregel; first oder unique in die erste Zelle schreiben")
            self._note(text.format(cell=cell), row=line)
        return "first"

    def _read_slots(self, cells: list[str], line: int) -> list[_Slot]:
        slots: list[_Slot] = []
        for number, cell in enumerate(cells, start=2):
            try:
                slot = _parse_slot(cell.strip())
                _refuse_duplicate(slot, slots)
            except CellError as error:
                self._note(str(error), row=line, column=str(number))
                slot = _Slot(title=cell.strip())
            slots.append(slot)
        return slots

    def _read_row(self, line: int, cells: list[str], slots: list[_Slot]) -> Row | None:
        if len(cells) != len(slots) + 1:
            text = _("Die Zeile hat {count} statt {wanted} Zellen; Trennzeichen ergänzen oder entfernen")
            self._note(text.format(count=len(cells), wanted=len(slots) + 1), row=line)
            return None
        before = len(self.problems)
        columns = [(slot, slot.column, cell) for slot, cell in zip(slots, cells[1:], strict=True) if slot.column]
        conditions = [
            self._parse(parse_condition, cell, column, line) for slot, column, cell in columns if slot.is_input
        ]
        outputs = {
            column.name: self._parse(parse_output, cell, column, line)
            for slot, column, cell in columns
            if not slot.is_input
        }
        if len(self.problems) > before:
            return None
        known = tuple(condition for condition in conditions if condition is not None)
        return Row(line=line, label=cells[0].strip(), conditions=known, outputs=outputs)

    def _parse(self, parse: Callable[[str, Column], Parsed], cell: str, column: Column, line: int) -> Parsed | None:
        try:
            return parse(cell, column)
        except CellError as error:
            self._note(str(error), row=line, column=column.name)
            return None

    def _require(self, body: list[tuple[int, list[str]]], slots: list[_Slot], *, header_read: bool) -> None:
        if not body:
            self._note(_("Die Tabelle hat keine Zeilen; mindestens eine eintragen"))
        if header_read and not any(slot.column and slot.is_input for slot in slots):
            self._note(_("Die Tabelle hat keine Eingabe; eine Spalte wie in NAME text ergänzen"))
        if header_read and not any(slot.column and not slot.is_input for slot in slots):
            self._note(_("Die Tabelle hat kein Ergebnis; eine Spalte wie out NAME text ergänzen"))


def _has_content(cells: list[str], slots: list[_Slot]) -> bool:
    """False for a mere remark: as a row it would take every input, and so hide all gaps."""
    remarks = {index for index, slot in enumerate(slots, start=1) if slot.is_remark}
    return any(cell.strip() for index, cell in enumerate(cells) if index not in remarks)


def _parse_slot(title: str) -> _Slot:
    if _Slot(title=title).is_remark:
        return _Slot(title=title)
    words = title.split(maxsplit=2)
    if len(words) < 3 or words[0] not in ("in", "out"):
        text = _("„{title}“ ist keine Überschrift; in NAME ART, out NAME ART oder # Bemerkung eintragen")
        raise CellError(text, title=title)
    return _Slot(title=title, column=parse_column(words[1], words[2]), is_input=words[0] == "in")


def _refuse_duplicate(slot: _Slot, slots: list[_Slot]) -> None:
    taken = {each.column.name for each in slots if each.column}
    if slot.column and slot.column.name in taken:
        text = _("{name} steht schon in einer anderen Spalte; der Spalte einen eigenen Namen geben")
        raise CellError(text, name=slot.column.name)
