"""Which team gets a referral or a task, how urgent it is, and by when: the table ``tables/baskets.csv``.

``DUNKELWERK_MEMBER_BASKETS`` names the fund's own table instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from dunkelwerk.decisions.failures import look_up
from dunkelwerk.decisions.tables import Table, read_table
from dunkelwerk.lines.effects import Routing


@cache
def baskets() -> Table:
    """The fund's table, else the product's."""
    own = os.environ.get("DUNKELWERK_MEMBER_BASKETS")
    return read_table(Path(own) if own else Path(__file__).parent / "tables" / "baskets.csv")


def route(codes: Iterable[str]) -> Routing:
    """The basket of the most urgent reason, of equals the first; without a reason the one for all others."""
    return min((route_one(code) for code in list(codes) or [""]), key=lambda routing: routing.priority)


def route_one(code: str) -> Routing:
    """The basket of one reason, or of a task."""
    row = look_up(baskets(), reason=code).outputs
    return Routing(row["basket"], row["priority"], row["due_days"])
