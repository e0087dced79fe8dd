"""Opening work items: what a person has to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.infra.bulk import copy_rows, take_ids


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


def open_items(cursor: Any, items: Sequence[Item]) -> list[int]:
    """Put items into their baskets; their ids, in order."""
    ids = take_ids(cursor, "work_item", len(items))
    if items:
        rows = ((identity, *msgspec.structs.astuple(item)) for identity, item in zip(ids, items, strict=True))
        copy_rows(cursor, "work_item", ("id", *Item.__struct_fields__), rows)
    return ids
