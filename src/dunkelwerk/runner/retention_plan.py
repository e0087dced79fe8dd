"""The plan of a retention run, its transactions, and what it reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connections, transaction
from msgspec import Struct, field

from dunkelwerk.lines.terms import Terms

#: held by each batch, and by whoever places a hold: what is held before a batch starts is not deleted by it
TURN = "SELECT pg_advisory_xact_lock(20251122), set_config('lock_timeout', '5s', true)"


class Plan(Struct, frozen=True):
    """How to run: by which terms, on which day, who asked; a dry run deletes and rolls back."""

    terms: Mapping[str, Terms]
    on: date
    actor: str
    dry: bool = False


class Report(Struct):
    """What went (or would): rows by kind and year, by line and term; units that are held, or still needed.

    ``finished``: everything was looked at. ``absent``: letters whose file was not in its folder any more.
    """

    rows: Counter[tuple[str, int]] = field(default_factory=Counter)
    terms: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    absent: int = 0
    partitions: int = 0
    data_keys: int = 0
    finished: bool = False

    def count(self, line: str, term: str, kind: str, number: int = 1) -> None:
        """Count under a line's term."""
        self.terms.setdefault((line, term), Counter())[kind] += number

    def add(self, line: str, term: str, year: int, counts: Mapping[str, int]) -> None:
        """Add deleted rows."""
        for kind, number in counts.items():
            if number:
                self.rows[kind, year] += number
                self.count(line, term, kind, number)


@contextmanager
def turn(plan: Plan) -> Iterator[Any]:
    """One transaction of the owner; of a dry run nothing stays."""
    with transaction.atomic(using="owner", durable=True), connections["owner"].cursor() as cursor:
        cursor.execute(TURN)
        yield cursor
        if plan.dry:
            transaction.set_rollback(True, using="owner")
