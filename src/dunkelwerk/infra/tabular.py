"""Tables for other programs: JSON Lines, CSV, Parquet, written batch by batch in bounded memory.

An app says in its ``queries.py`` what a table is (``Dataset``); nothing here knows any.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from dunkelwerk.infra.businessday import BERLIN

#: A spreadsheet would take a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Row = Sequence[Any]
Batches = Iterable[Sequence[Row]]


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    TEXTS = "texts"
    WHOLE = "whole number"
    EUROS = "euros"
    DAY = "day"
    MOMENT = "moment"


class Column(Struct, frozen=True):
    """One column: its name in every format, what it holds, and the SQL expression it comes from."""

    name: str
    kind: Kind
    sql: str


class Dataset(Struct, frozen=True):
    """A table that can be exported. ``day``: the SQL expression of the business day; ``order``: that of the rows."""

    columns: tuple[Column, ...]
    source: str
    day: str
    order: str

    def select(self, since: date | None) -> tuple[str, tuple[Any, ...]]:
        """The statement and its parameters, from a business day on (None: everything)."""
        names = ", ".join(column.sql for column in self.columns)
        where = "" if since is None else f" WHERE {self.day} >= %s"
        return f"SELECT {names} FROM {self.source}{where} ORDER BY {self.order}", () if since is None else (since,)


class Format(StrEnum):
    """The formats of an export."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def write_table(batches: Batches, columns: Sequence[Column], form: Format, stream: BinaryIO) -> None:
    """Write the rows in a format."""
    WRITERS[form](batches, columns, stream)


def write_json(batches: Batches, columns: Sequence[Column], stream: BinaryIO) -> None:
    """One object per row; days ISO, euros as text, moments with their offset."""
    encode, names = msgspec.json.Encoder().encode, [column.name for column in columns]
    for batch in batches:
        rows = (map(readable, row) for row in batch)
        stream.writelines(encode(dict(zip(names, row, strict=True))) + b"\n" for row in rows)


def write_csv(batches: Batches, columns: Sequence[Column], stream: BinaryIO) -> None:
    """UTF-8, commas, a header; several texts in a cell are separated by blanks, nothing is a formula."""
    writer = csv.writer(codecs.getwriter("utf-8")(stream), lineterminator="\n")
    writer.writerow(column.name for column in columns)
    for batch in batches:
        writer.writerows([cell(value) for value in row] for row in batch)


def cell(value: Any) -> Any:
    """The value as a CSV cell."""
    if isinstance(value, list):
        value = " ".join(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return readable(value)


def readable(value: Any) -> Any:
    """Moments in Berlin time; everything else as it is."""
    return value.astimezone(BERLIN).isoformat() if isinstance(value, datetime) else value


def write_parquet(batches: Batches, columns: Sequence[Column], stream: BinaryIO) -> None:
    """Typed columns, a row group per batch."""
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema([(column.name, arrow_type(column.kind)) for column in columns])
    with parquet.ParquetWriter(pyarrow.PythonFile(stream, mode="w"), schema) as writer:
        for batch in batches:
            values = zip(*batch, strict=True)
            arrays = [pyarrow.array(each, field.type) for each, field in zip(values, schema, strict=True)]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


def arrow_type(kind: Kind) -> Any:
    """The Parquet type of a column."""
    import pyarrow

    types = {
        Kind.TEXT: pyarrow.string(),
        Kind.TEXTS: pyarrow.list_(pyarrow.string()),
        Kind.WHOLE: pyarrow.int64(),
        Kind.EUROS: pyarrow.decimal128(18, 2),
        Kind.DAY: pyarrow.date32(),
        Kind.MOMENT: pyarrow.timestamp("us", tz=str(BERLIN)),
    }
    return types[kind]


WRITERS: dict[Format, Callable[[Batches, Sequence[Column], BinaryIO], None]] = {
    Format.JSONL: write_json,
    Format.CSV: write_csv,
    Format.PARQUET: write_parquet,
}
