"""The floor: the rows that a run of ours wrote, written again by COPY and nothing else.

In it: every row that the run inserted, into the same tables with their indexes, constraints and triggers, by the same
role, in the same batches, one commit each, by the same number of processes; binary COPY from memory. Not in it:
picking, locking, reading, deciding, sealing, taking ids, and every UPDATE (notices, claims, instalments, recourse).

python -m bench.floor --rows FILE
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from bench.crew import answer, wait_for_go

ROLE = "SET ROLE dunkelwerk_app"
#: every table with an id whose rows name their batch, or the decision through which they belong to one
WRITTEN = """
    SELECT c.relname,
        CASE WHEN c.relname = 'batch' THEN 'id' WHEN 'batch' = ANY(names) THEN 'batch' ELSE 'decision' END, names
    FROM pg_class c, LATERAL (
        SELECT array_agg(attname::text ORDER BY attnum) AS names FROM pg_attribute a
        WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ) a
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND 'id' = ANY(names) AND (c.relname = 'batch' OR names && ARRAY['batch', 'decision'])
    ORDER BY c.relname
"""
IN_BATCH = {
    "id": "id = {batch}",
    "batch": "batch = {batch}",
    "decision": "decision IN (SELECT id FROM decision_record WHERE batch = {batch})",
}
#: bytes of a COPY in binary format without a row
EMPTY = 21

#: one batch: for each table the statement and the rows in COPY's binary format
Batch = list[tuple[str, bytes]]


class Table(msgspec.Struct, frozen=True):
    """A table that runs write to, by which column its rows belong to a batch, and the id of its last row before."""

    name: str
    by: str
    columns: list[str]
    last: int


def written_tables(url: str) -> list[Table]:
    """The tables that a run may write to, as they stand before it."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(WRITTEN).fetchall()
        return [Table(name, by, columns, last_id(connection, name)) for name, by, columns in tables]


def last_id(connection: psycopg.Connection[Any], table: str) -> int:
    """The id of a table's last row."""
    row = connection.execute(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table))).fetchone()
    return row[0] if row else 0


def read_rows(url: str, tables: list[Table]) -> list[Batch]:
    """What a run wrote since ``written_tables`` was called, batch by batch."""
    with psycopg.connect(url) as connection:
        last = next(table.last for table in tables if table.name == "batch")
        batches = connection.execute("SELECT id FROM batch WHERE id > %s ORDER BY id", (last,)).fetchall()
        read = ((read_table(connection, table, batch) for table in tables) for (batch,) in batches)
        return [[(statement, rows) for statement, rows in parts if len(rows) > EMPTY] for parts in read]


def read_table(connection: psycopg.Connection[Any], table: Table, batch: int) -> tuple[str, bytes]:
    """The rows of one batch in one table."""
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    parts = {"table": sql.Identifier(table.name), "columns": columns, "last": sql.Literal(table.last)}
    parts["mine"] = sql.SQL(IN_BATCH[table.by]).format(batch=sql.Literal(batch))  # type: ignore[arg-type]
    query = "COPY (SELECT {columns} FROM {table} WHERE id > {last} AND {mine} ORDER BY id) TO STDOUT (FORMAT BINARY)"
    with connection.cursor().copy(sql.SQL(query).format(**parts)) as copy:
        rows = b"".join(bytes(chunk) for chunk in copy)
    return sql.SQL("COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)").format(**parts).as_string(), rows


def deal(batches: list[Batch], folder: Path, *, hands: int) -> list[Path]:
    """Deal batches to so many processes, a file each."""
    paths = []
    for hand in range(hands):
        paths.append(folder / f"rows_{hand}")
        paths[-1].write_bytes(msgspec.msgpack.encode(batches[hand::hands]))
    return paths


def write_batch(connection: psycopg.Connection[Any], batch: Batch) -> None:
    """One batch, committed."""
    with connection.transaction(), connection.cursor() as cursor:
        for statement, rows in batch:
            with cursor.copy(statement.encode()) as copy:
                copy.write(rows)


def main() -> None:
    """Write the rows of a file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=Path, required=True)
    batches = msgspec.msgpack.decode(parser.parse_args().rows.read_bytes(), type=list[Batch])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(ROLE)
        wait_for_go()
        begin = time.time()
        for batch in batches:
            write_batch(connection, batch)
        measured = {
            "begin": begin,
            "end": time.time(),
            "bytes": sum(len(rows) for batch in batches for _, rows in batch),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    answer(measured)


if __name__ == "__main__":
    main()
