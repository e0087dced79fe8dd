"""What this load has taken over so far: two lines that disagree are found, however far apart, in bounded memory.

A private SQLite database on disk that vanishes with its connection: not the register's own columns alone, for a
line that changes nothing there must still contradict a later one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -16384;
    CREATE TABLE seen (key TEXT PRIMARY KEY, digest BLOB, file INT, line INT) WITHOUT ROWID;
"""
FIND = "SELECT key, digest, file, line FROM seen WHERE key IN (SELECT value FROM json_each(?))"


class Mark(Struct, frozen=True):
    """What a thing was in the first line that was loaded with it, and where: number of the file, and line."""

    digest: bytes
    file: int
    line: int


class Seen:
    """The marks of a load, by kind and key."""

    def __init__(self) -> None:
        # The empty name: a file without a name, on disk only where the cache is full. One thread at a time uses it.
        self._database = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._database.executescript(SCHEMA)

    def find(self, keys: Iterable[str]) -> dict[str, Mark]:
        """The marks of those keys that were seen."""
        rows = self._database.execute(FIND, (msgspec.json.encode(list(keys)).decode(),))
        return {key: Mark(digest, file, line) for key, digest, file, line in rows}

    def add(self, marks: Mapping[str, Mark]) -> None:
        """Keep the marks of a batch that was committed."""
        rows = ((key, mark.digest, mark.file, mark.line) for key, mark in marks.items())
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", rows)
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Forget everything."""
        self._database.close()
