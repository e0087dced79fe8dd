"""Posting events to the sub-ledger by booking rule. Source: docs/rules.md section 8."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from dunkelwerk.decisions.failures import ensure, look_up
from dunkelwerk.decisions.tables import Table, read_table
from dunkelwerk.infra.bulk import copy_rows

COLUMNS = (
    "action",
    "decision",
    "event",
    "debit",
    "credit",
    "amount",
    "contract",
    "claim",
    "legal_entity",
    "business_day",
)


class Event(Struct, frozen=True):
    """Something that must be booked: what, how much in euros, and for which action, claim and legal entity."""

    name: str
    cause: str
    tariff: str
    amount: Decimal
    action: int
    decision: int
    contract: int
    claim: int
    legal_entity: str


@cache
def booking_rules() -> Table:
    """The booking rules: the insurer's own (``DUNKELWERK_BOOKING_RULES``), else the product's."""
    own = os.environ.get("DUNKELWERK_BOOKING_RULES")
    return read_table(Path(own) if own else Path(__file__).parent / "tables" / "booking_rules.csv")


def post(cursor: Any, events: Sequence[Event], *, business_day: date) -> None:
    """Book the events; raises TechnicalFailure where no rule says how."""
    rows = [posting_of(event, business_day) for event in events]
    if rows:
        copy_rows(cursor, "posting", COLUMNS, rows)


def posting_of(event: Event, business_day: date) -> tuple[Any, ...]:
    """The one row of an event: balanced by its very shape."""
    rule = look_up(booking_rules(), event=event.name, cause=event.cause, tariff=event.tariff).outputs
    debit, credit = rule["debit"], rule["credit"]
    complete = event.amount > 0 and debit is not None and credit is not None and debit != credit
    ensure(complete, where="booking_rules", what="eine Buchung braucht Betrag und zwei Konten")
    return (
        event.action,
        event.decision,
        event.name,
        debit,
        credit,
        event.amount,
        event.contract,
        event.claim,
        event.legal_entity,
        business_day,
    )
