"""Reading a CSV file whose encoding and delimiter are found out: row by row, in bounded memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import BOM, open_file

DELIMITERS = (";", ",", "\t")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: no field of a person is longer; a quotation mark that is never closed must not swallow the file
LONGEST_FIELD = 20_000
LONGEST_LINE = 1024 * 1024


class Dialect(Struct, frozen=True):
    """How a file is written: ``encoding`` for Python, ``delimiter``, and about how many lines it has."""

    encoding: str
    delimiter: str
    lines: int


class Row(Struct, frozen=True):
    """One row: the number of its first line, its cells, or why it cannot be read."""

    line: int
    cells: Sequence[str]
    fault: str | None = None


class Table:
    """A file opened for reading. Iterating gives the rows after the header; empty lines are passed over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.dialect = find_dialect(path)
        self._reader = self._open()
        self.columns = self._read_header()

    def _open(self) -> Iterator[list[str]]:
        csv.field_size_limit(LONGEST_FIELD)
        text = io.TextIOWrapper(open_file(self.path), encoding=self.dialect.encoding, errors="replace", newline="")
        return csv.reader(bounded_lines(text), delimiter=self.dialect.delimiter, strict=True)

    def _read_header(self) -> tuple[str, ...]:
        try:
            cells = [cell.strip().casefold() for cell in next(self._reader, [])]
        except csv.Error:
            message = _("{path}, Zeile 1: die Kopfzeile ist nicht lesbar (Anführungszeichen prüfen).")
            raise CommandError(message.format(path=self.path)) from None
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            raise CommandError(_("{path}, Zeile 1: die Kopfzeile fehlt.").format(path=self.path))
        twice = sorted({cell for cell in cells if cells.count(cell) > 1})
        if twice:
            message = _("{path}, Zeile 1: die Spalte {names} steht mehrmals da.")
            raise CommandError(message.format(path=self.path, names=", ".join(twice) or "–"))
        return tuple(cells)

    def __iter__(self) -> Iterator[Row]:
        while True:
            line = self._reader.line_num + 1  # type: ignore[attr-defined]
            try:
                cells = next(self._reader, None)
            except csv.Error:
                yield from unreadable(line, self._reader.line_num)  # type: ignore[attr-defined]
                continue
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                if len(cells) > 1:
                    yield Row(line, cells, _("die Zeile ist leer"))
            else:
                row, last = self._fitted(line, cells), self._reader.line_num  # type: ignore[attr-defined]
                if last > line and (row.fault is not None or any(map(self._holds_a_row, cells))):
                    yield from unreadable(line, last)
                else:
                    yield row

    def _holds_a_row(self, cell: str) -> bool:
        """Whether a cell holds as many delimiters as a row: two lost quotation marks made one row of two."""
        return cell.count(self.dialect.delimiter) >= len(self.columns) - 1

    def _fitted(self, line: int, cells: list[str]) -> Row:
        width = len(self.columns)
        if any(cell.strip() for cell in cells[width:]):
            return Row(line, cells, _("mehr Felder als Spalten"))
        if len(cells) < width:
            return Row(line, cells, _("weniger Felder als Spalten"))
        return Row(line, cells[:width])


def bounded_lines(stream: TextIO) -> Iterator[str]:
    """The lines of a file; in place of one that is longer than any row, a short one that no reader takes."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
            yield line
            continue
        while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass
        yield f"{'x' * (LONGEST_FIELD + 1)}\n"


def unreadable(line: int, last: int) -> Iterator[Row]:
    """The rows of lines that are no CSV, one for each line: whatever a quotation mark has swallowed is counted."""
    if last <= line:
        yield Row(line, (), _("Anführungszeichen nicht richtig gesetzt, oder ein Feld zu lang"))
        return
    message = _(
        "Anführungszeichen nicht richtig gesetzt; gelesen bis Zeile {last}, {count} Zeilen sind nicht importiert"
    )
    yield Row(line, (), message.format(last=last, count=last - line + 1))
    for each in range(line + 1, last + 1):
        message = _("vom Anführungszeichen in Zeile {line} verschluckt, nicht importiert")
        yield Row(each, (), message.format(line=line))


def find_dialect(path: Path) -> Dialect:
    """How the file is written; raises CommandError for one that cannot be read, is empty, or in UTF-16."""
    with open_file(path) as stream:
        first = stream.readline(LONGEST_LINE)
        if not first.strip(b"\xef\xbb\xbf\r\n\t ;,"):
            raise CommandError(_("{path}: die Datei ist leer.").format(path=path))
        if first.startswith(UTF_16) or b"\0" in first:
            message = _("{path}: die Datei ist in UTF-16 gespeichert; bitte als „CSV UTF-8“ speichern.")
            raise CommandError(message.format(path=path))
        encoding, lines = find_encoding(first, stream)
    header = first.decode(encoding, "replace")
    return Dialect(encoding, max(DELIMITERS, key=header.count), lines)


def find_encoding(first: bytes, stream: BinaryIO) -> tuple[str, int]:
    """UTF-8, or Windows-1252 where most lines beyond ASCII are no UTF-8; and the number of lines.

    A file with single broken lines is still UTF-8: those rows are bad, not all umlauts of the others.
    """
    if first.startswith(BOM):
        return "utf-8-sig", sum(1 for _line in iter(lambda: stream.readline(LONGEST_LINE), b""))
    good = broken = lines = 0
    chunk = first
    while chunk:
        lines += 1
        if not chunk.isascii():
            try:
                chunk.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                broken += 1
        chunk = stream.readline(LONGEST_LINE)
    return ("cp1252" if broken > good else "utf-8"), lines
