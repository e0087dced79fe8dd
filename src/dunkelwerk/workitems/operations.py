"""Opening work items, and closing them: what a person has to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.infra.bulk import copy_rows, take_ids
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _


class Item(Struct, frozen=True, kw_only=True):
    """A work item to be opened; the fields are the columns."""

    basket: str
    task: str
    kind: str
    key: str
    decision: int | None
    contract: str | None
    claim: str | None
    reasons: list[str]
    priority: int
    open_from: date
    due_on: date
    created_on: date
    state: str = "open"
    version: int = 1


class Row(Struct, frozen=True):
    """A work item as it stands; the fields are columns. ``state``: open, in_check (its proposal is pending), done."""

    id: int
    basket: str
    task: str
    kind: str
    key: str
    decision: int | None
    contract: str | None
    claim: str | None
    reasons: list[str]
    priority: int
    open_from: date
    due_on: date
    created_on: date
    state: str
    version: int


OPEN, IN_CHECK, DONE = "open", "in_check", "done"


def open_items(cursor: Any, items: Sequence[Item]) -> list[int]:
    """Put items into their baskets; their ids, in order."""
    ids = take_ids(cursor, "work_item", len(items))
    if items:
        rows = ((identity, *msgspec.structs.astuple(item)) for identity, item in zip(ids, items, strict=True))
        copy_rows(cursor, "work_item", ("id", *Item.__struct_fields__), rows)
    return ids


def lock_item(cursor: Any, identity: int, *, version: int | None = None) -> Row:
    """Lock a work item to change it; raises CommandError where there is none, or somebody changed it meanwhile.

    The last lock of whoever needs a case file as well (docs/architecture.md, "Order of locks").
    """
    return _select_item(cursor, identity, version, "FOR UPDATE")


def read_item(cursor: Any, identity: int, *, version: int | None = None) -> Row:
    """A work item as it stands, not locked; raises CommandError as ``lock_item``. Only its state may still change."""
    return _select_item(cursor, identity, version, "")


def _select_item(cursor: Any, identity: int, version: int | None, lock: str) -> Row:
    cursor.execute(f"SELECT {', '.join(Row.__struct_fields__)} FROM work_item WHERE id = %s {lock}", (identity,))
    found = cursor.fetchone()
    if found is None:
        raise CommandError(_("Den Postkorbeintrag {item} gibt es nicht.").format(item=identity))
    row = Row(*found)
    if version is not None and row.version != version:
        message = _("Der Postkorbeintrag {item} wurde inzwischen geändert (Fassung {version}); bitte neu ansehen.")
        raise CommandError(message.format(item=identity, version=row.version))
    return row


def set_state(cursor: Any, identity: int, state: str) -> None:
    """Put an item into another state; whoever saw it before must look again."""
    cursor.execute("UPDATE work_item SET state = %s, version = version + 1 WHERE id = %s", (state, identity))


def is_open(cursor: Any, *, kind: str, key: str) -> bool:
    """Whether something is still to be done about a thing."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM work_item WHERE kind = %s AND key = %s AND state <> 'done')", (kind, key)
    )
    found: bool = cursor.fetchone()[0]
    return found
