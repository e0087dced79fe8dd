"""Writing many rows at once: COPY with ids taken from the sequence in blocks, and updates from arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def take_ids(cursor: Any, table: str, count: int) -> list[int]:
    """The next ``count`` ids of a table's sequence."""
    if count == 0:
        return []
    cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", (f"{table}_id_seq", count))
    return [row[0] for row in cursor.fetchall()]


def copy_rows(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows by COPY; the number of rows."""
    count = 0
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for count, row in enumerate(rows, start=1):  # noqa: B007
            copy.write_row(row)
    return count


def columns_of(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The rows as one list per column, for ``UPDATE … FROM unnest``."""
    return [list(column) for column in zip(*rows, strict=True)]
