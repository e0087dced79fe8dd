"""Invariants: what must always be true of the data, each as one statement that returns what breaks it.

They share nothing with the code that writes: a mistake there must not hide itself here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

#: how many of the offenders are named
NAMED = 5
COUNT = """
    WITH broken (reference) AS MATERIALIZED ({query})
    SELECT (SELECT count(*) FROM broken),
           array(SELECT coalesce(reference::text, '?') FROM broken ORDER BY reference::text LIMIT {named})
"""


class Invariant(Struct, frozen=True):
    """Something that must be true. ``query`` returns a reference to each row of which it is not, and nothing personal.

    A ``hint`` is no failure: it comes from data that was taken over from elsewhere.
    """

    name: str
    sentence: str
    query: str
    hint: bool = False


class Group(Struct, frozen=True):
    """Invariants about one thing."""

    title: str
    invariants: tuple[Invariant, ...]


class Violation(Struct, frozen=True):
    """An invariant that does not hold: in how many cases, and the first few of them."""

    name: str
    sentence: str
    count: int
    references: Sequence[str]
    hint: bool = False


def examine(cursor: Any, invariants: Sequence[Invariant]) -> Iterator[Violation | None]:
    """Ask the database about each, in order: its violation, or None where it holds."""
    for each in invariants:
        cursor.execute(COUNT.format(query=each.query, named=NAMED))
        count, references = cursor.fetchone()
        yield Violation(each.name, each.sentence, count, references, each.hint) if count else None
