"""Reading letter orders and the runs that rendered them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from dunkelwerk.infra.tabular import Column, Dataset, Kind

#: ``person`` is the register's id: no name leaves with this list
LETTERS = Dataset(
    columns=(
        Column("id", Kind.WHOLE, "id"),
        Column("business_day", Kind.DAY, "business_day"),
        Column("template", Kind.TEXT, "template"),
        Column("line", Kind.TEXT, "line"),
        Column("contract", Kind.TEXT, "contract"),
        Column("claim", Kind.TEXT, "claim"),
        Column("person", Kind.WHOLE, "person"),
        Column("legal_entity", Kind.TEXT, "legal_entity"),
        Column("state", Kind.TEXT, "state"),
        Column("action", Kind.WHOLE, "action"),
        Column("decision", Kind.WHOLE, "decision"),
        Column("run", Kind.WHOLE, "run"),
        Column("rendered_on", Kind.DAY, "rendered_on"),
        Column("version", Kind.TEXT, "version"),
        Column("file", Kind.TEXT, "file"),
        Column("pages", Kind.WHOLE, "pages"),
        Column("sha256", Kind.TEXT, "sha256"),
        Column("fault", Kind.TEXT, "fault"),
    ),
    source="letter_order",
    day="business_day",
    order="id",
)
UNFINISHED = "SELECT id, folder, business_day FROM letter_run WHERE finished_at IS NULL ORDER BY id"
COUNT = "SELECT count(*) FROM letter_order WHERE state = ANY(%s)"
COUNT_FAILED = "SELECT count(*) FROM letter_order WHERE run = %s AND state = 'failed'"
OF_RUN = """
    SELECT id, line, template, contract, claim, person, legal_entity, rendered_on, version, file, pages, sha256,
           data_key, content
    FROM letter_order WHERE {where} AND state = 'rendered' AND id > %s ORDER BY id LIMIT {size}
"""
ROWS_PER_READ = 500


class Run(Struct, frozen=True):
    """A run that has no index yet."""

    id: int
    folder: str
    business_day: date


class Rendered(Struct, frozen=True):
    """A letter that was rendered; ``content`` is sealed with ``data_key``."""

    id: int
    line: str
    template: str
    contract: str
    claim: str | None
    person: int | None
    legal_entity: str
    rendered_on: date
    version: str
    file: str
    pages: int
    sha256: str
    data_key: int
    content: bytes


def about_letter(identity: int) -> str:
    """What a letter's sealed content belongs to."""
    return f"letter:{identity}"


def unfinished_runs(cursor: Any) -> list[Run]:
    """Runs without an index, oldest first: under way, or broken off."""
    cursor.execute(UNFINISHED)
    return [Run(*row) for row in cursor.fetchall()]


def count_orders(cursor: Any, states: list[str]) -> int:
    """How many orders are in these states."""
    cursor.execute(COUNT, (states,))
    count: int = cursor.fetchone()[0]
    return count


def count_failed(cursor: Any, run: int) -> int:
    """How many letters a run could not print."""
    cursor.execute(COUNT_FAILED, (run,))
    count: int = cursor.fetchone()[0]
    return count


def rendered_in(cursor: Any, run: int) -> Iterator[list[Rendered]]:
    """The letters of a run by number, in batches."""
    last = 0
    while rows := read_rendered(cursor, "run = %s", (run, last)):
        yield rows
        last = rows[-1].id


def rendered_letter(cursor: Any, order: int) -> Rendered | None:
    """One rendered letter; None where there is none with this number."""
    return next(iter(read_rendered(cursor, "id = %s", (order, 0))), None)


def read_rendered(cursor: Any, where: str, values: tuple[int, int]) -> list[Rendered]:
    """The rendered letters that a condition is true of."""
    cursor.execute(OF_RUN.format(where=where, size=ROWS_PER_READ), values)
    return [Rendered(*row[:-1], bytes(row[-1])) for row in cursor.fetchall()]
