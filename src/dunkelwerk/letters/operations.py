"""Ordering letters, and rendering them after commit, from the decision record: what each step writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.infra.bulk import columns_of, copy_rows

COLUMNS = (
    "action",
    "decision",
    "template",
    "line",
    "contract",
    "claim",
    "person",
    "legal_entity",
    "business_day",
    "state",
)


class Order(Struct, frozen=True):
    """One letter to one person; ``person`` is the register's id."""

    action: int
    decision: int
    template: str
    line: str
    contract: str
    claim: str | None
    person: int | None
    legal_entity: str


def order(cursor: Any, orders: Iterable[Order], *, business_day: date) -> None:
    """Put the letters in the list of those to be rendered."""
    rows = (
        (
            o.action,
            o.decision,
            o.template,
            o.line,
            o.contract,
            o.claim,
            o.person,
            o.legal_entity,
            business_day,
            "ordered",
        )
        for o in orders
    )
    copy_rows(cursor, "letter_order", COLUMNS, rows)


#: a run that somebody else finished takes no more letters
OPEN_RUN = "SELECT 1 FROM letter_run WHERE id = %s AND finished_at IS NULL FOR SHARE"
PICK = """
    SELECT id, decision, template, line, contract, claim, person, legal_entity, business_day, state
    FROM letter_order WHERE state = ANY(%s) AND (state = 'ordered' OR run IS DISTINCT FROM %s)
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
RENDER = """
    UPDATE letter_order o SET state = 'rendered', run = %s, rendered_on = %s, data_key = %s,
        version = u.version, file = u.file, pages = u.pages, sha256 = u.sha256, content = u.content, fault = NULL
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::smallint[], %s::text[], %s::bytea[])
        AS u (id, version, file, pages, sha256, content)
    WHERE o.id = u.id
"""
FAIL = """
    UPDATE letter_order o SET state = 'failed', run = %s, fault = u.fault
    FROM unnest(%s::bigint[], %s::text[]) AS u (id, fault) WHERE o.id = u.id
"""


class Picked(Struct, frozen=True):
    """An order that this transaction holds."""

    id: int
    decision: int
    template: str
    line: str
    contract: str
    claim: str | None
    person: int | None
    legal_entity: str
    business_day: date
    state: str


class Printed(Struct, frozen=True):
    """A letter that stands in its file; ``content`` is sealed."""

    order: int
    version: str
    file: str
    pages: int
    sha256: str
    content: bytes


def start_run(cursor: Any, *, business_day: date, folder: str, at: datetime) -> int:
    """A new run, by its number."""
    insert = "INSERT INTO letter_run (business_day, folder, started_at) VALUES (%s, %s, %s) RETURNING id"
    cursor.execute(insert, (business_day, folder, at))
    identity: int = cursor.fetchone()[0]
    return identity


def pick(cursor: Any, *, run: int, states: Sequence[str], size: int) -> list[Picked] | None:
    """The next orders, locked until the transaction ends, but those that this run failed at. None: the run is over."""
    cursor.execute(OPEN_RUN, (run,))
    if cursor.fetchone() is None:
        return None
    cursor.execute(PICK, (list(states), run, size))
    return [Picked(*row) for row in cursor.fetchall()]


def mark_rendered(cursor: Any, printed: Sequence[Printed], *, run: int, business_day: date, data_key: int) -> None:
    """These letters are in their files."""
    if printed:
        rows = [msgspec.structs.astuple(each) for each in printed]
        cursor.execute(RENDER, (run, business_day, data_key, *columns_of(rows)))


def mark_failed(cursor: Any, faults: Sequence[tuple[int, str]], *, run: int) -> None:
    """These orders cannot be printed, each with why."""
    if faults:
        cursor.execute(FAIL, (run, *columns_of(faults)))


def finish_run(cursor: Any, run: int, *, at: datetime) -> None:
    """The run's index is written: no letter is added to it."""
    cursor.execute("UPDATE letter_run SET finished_at = %s WHERE id = %s", (at, run))
