"""Tables in three formats: what a cell shows, what a batch becomes."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dunkelwerk.infra.tabular import Column, Format, Kind, cell, write_table


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *((f"{sign}1", f"'{sign}1") for sign in "=+-@\t\r\n＝＋－＠"),
        (["=a", "b"], "'=a b"),
        ("a=1", "a=1"),
        (" =1", " =1"),
        ("", ""),
        ([], ""),
        (Decimal("-3.10"), Decimal("-3.10")),
        (-5, -5),
        (None, None),
        (date(2026, 11, 2), date(2026, 11, 2)),
        (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "2026-07-01T00:30:00+02:00"),
    ],
)
def test_cells(value: Any, shown: Any) -> None:
    assert cell(value) == shown
    assert type(cell(value)) is type(shown)


def test_each_batch_is_a_row_group(tmp_path: Path) -> None:
    from pyarrow import parquet

    with (tmp_path / "x.parquet").open("wb") as stream:
        write_table([[[1], [2]], [[3]]], [Column("a", Kind.WHOLE, "")], Format.PARQUET, stream)
    file = parquet.ParquetFile(tmp_path / "x.parquet")
    assert file.metadata.num_row_groups == 2
    assert file.read().to_pylist() == [{"a": 1}, {"a": 2}, {"a": 3}]


def test_csv_quotes_what_would_break_a_row() -> None:
    stream = io.BytesIO()
    rows = [['Größe, in "cm"\nzweite', Decimal("1.50"), None]]
    columns = [Column("a", Kind.TEXT, ""), Column("b", Kind.EUROS, ""), Column("c", Kind.DAY, "")]
    write_table([rows], columns, Format.CSV, stream)
    text = stream.getvalue().decode()
    assert text.startswith("a,b,c\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["a", "b", "c"], ['Größe, in "cm"\nzweite', "1.50", ""]]
