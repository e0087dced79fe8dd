"""Ordering letters. They are rendered after commit, from the decision record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import Struct

from dunkelwerk.infra.bulk import copy_rows

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
