"""Where each case file stands in a file of JSON Lines: an index on disk, so that memory stays bounded."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.faults import fault_in_german
from dunkelwerk.decisions.reading import Duplicate, Raw, Source
from dunkelwerk.infra.jsonlines import EmptyFile, FileLine, read_lines

SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE cases (key TEXT PRIMARY KEY, offset INT, length INT, line INT, again TEXT) WITHOUT ROWID;
"""
INSERT = """
    INSERT INTO cases VALUES (?, ?, ?, ?, '')
    ON CONFLICT (key) DO UPDATE SET again = again || ' ' || excluded.line
"""
SELECT = """
    SELECT key, offset, length, line, again FROM cases WHERE key IN (SELECT value FROM json_each(CAST(? AS TEXT)))
"""


class Keyed(Struct):
    """Just the key of a case file."""

    key: str


def build_index(case_files: Path, index: Path) -> list[str]:
    """Write the index; the answer is one sentence per line that has no readable key, or one that stands elsewhere."""
    faults: list[str] = []
    decoder = msgspec.json.Decoder(Keyed)
    with sqlite3.connect(index) as database:
        database.executescript(SCHEMA)

        def rows() -> Iterator[tuple[str, int, int, int]]:
            for line in read_lines(case_files):
                key = read_key(decoder, line)
                if isinstance(key, Keyed):
                    yield key.key, line.offset, len(line.text), line.number
                else:
                    faults.append(f"{Source(str(case_files), line.number)}: {key}")

        try:
            database.executemany(INSERT, rows())
        except EmptyFile as error:  # every notice is answered all the same: its contract is unknown
            faults.append(str(error))
        for key, line, again in database.execute("SELECT key, line, again FROM cases WHERE again <> ''"):
            lines = ", ".join([str(line), *again.split()])
            faults.append(f"{case_files}, Zeilen {lines}: mehrere Akten mit dem key {key}")
    return faults


def read_key(decoder: msgspec.json.Decoder[Keyed], line: FileLine) -> Keyed | str:
    """The key of a line, or what is wrong with it."""
    if line.fault is not None:
        return line.fault
    try:
        return decoder.decode(line.text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return fault_in_german(error)


class CaseIndex:
    """Reads single case files by key. Each process opens its own."""

    def __init__(self, case_files: Path, index: Path) -> None:
        self.name = str(case_files)
        self._file = os.open(case_files, os.O_RDONLY)
        self._database = sqlite3.connect(f"file:{index}?mode=ro", uri=True)

    def find(self, keys: Iterable[str]) -> dict[str, Raw | Duplicate]:
        """The lines of these keys, or the places of several; a key without a line is left out."""
        found: dict[str, Raw | Duplicate] = {}
        for key, offset, length, line, again in self._database.execute(SELECT, (msgspec.json.encode([*keys]),)):
            if again:
                found[key] = Duplicate(tuple(Source(self.name, int(number)) for number in (line, *again.split())))
            else:
                found[key] = Raw(Source(self.name, line), os.pread(self._file, length, offset))
        return found

    def close(self) -> None:
        """Close file and index."""
        os.close(self._file)
        self._database.close()
