"""The figures a manager asks for: dark rate, referrals by reason, what one reason alone stopped, euros released."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import Struct

ENDS = "SELECT state, count(*) FROM notice GROUP BY state"
RELEASED = "SELECT coalesce(sum(amount), 0), count(*) FROM posting WHERE event = 'instalment_released'"
LETTERS = "SELECT count(*) FROM letter_order"
BY_REASON = """
    SELECT code, count(DISTINCT r.notice) FROM decision_record r JOIN notice n ON n.decision = r.id,
           unnest(r.reasons) AS code
    WHERE n.state IN ('referred', 'partial') GROUP BY code ORDER BY 2 DESC, 1
"""
#: examined notices that would have been dark but for this one reason
SOLE_BLOCKERS = """
    SELECT r.blockers[1], count(*) FROM decision_record r JOIN notice n ON n.decision = r.id
    WHERE n.state IN ('referred', 'partial', 'proposed') AND cardinality(r.blockers) = 1 GROUP BY 1 ORDER BY 2 DESC, 1
"""
BASKETS = """
    SELECT basket, count(*) FROM work_item WHERE state = 'open' AND task <> 'review' GROUP BY 1 ORDER BY 2 DESC, 1
"""


class Figures(Struct, frozen=True):
    """Counts of notices by end state, and the rankings; ``released`` in euros."""

    ends: dict[str, int]
    released: Decimal
    instalments: int
    letters: int
    by_reason: list[tuple[str, int]]
    sole_blockers: list[tuple[str, int]]
    baskets: list[tuple[str, int]]

    @property
    def total(self) -> int:
        """All notices that came to an end or to a person."""
        return sum(count for state, count in self.ends.items() if state != "waiting")

    @property
    def dark_rate(self) -> float:
        """The share of notices processed dark (glossary), between 0 and 1."""
        return self.ends.get("settled", 0) / self.total if self.total else 0.0


def read_figures(cursor: Any) -> Figures:
    """The figures of everything in the database."""
    released, instalments = rows(cursor, RELEASED)[0]
    return Figures(
        ends=dict(rows(cursor, ENDS)),
        released=released,
        instalments=instalments,
        letters=rows(cursor, LETTERS)[0][0],
        by_reason=rows(cursor, BY_REASON),
        sole_blockers=rows(cursor, SOLE_BLOCKERS),
        baskets=rows(cursor, BASKETS),
    )


def rows(cursor: Any, query: str) -> list[Any]:
    """All rows of a query."""
    cursor.execute(query)
    found: list[Any] = cursor.fetchall()
    return found
