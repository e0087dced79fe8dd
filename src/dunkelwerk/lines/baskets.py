"""Which team gets a referral or a task, how urgent it is, and by when: a line's table ``tables/baskets.csv``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from msgspec import Struct

from dunkelwerk.decisions.failures import look_up
from dunkelwerk.decisions.tables import Table, read_table
from dunkelwerk.lines.effects import Routing


class Baskets(Struct, frozen=True):
    """The product's table, or the one that the environment variable ``own`` names instead; read once."""

    product: Path
    own: str

    def read(self) -> Table:
        """The table; raises TableError, OSError or UnicodeDecodeError for one that cannot be used."""
        return read_baskets(self)

    def route(self, codes: Iterable[str]) -> Routing:
        """The basket of the most urgent reason, of equals the first; without a reason the one for all others."""
        return min((self.route_one(code) for code in list(codes) or [""]), key=lambda routing: routing.priority)

    def route_one(self, code: str) -> Routing:
        """The basket of one reason, or of a task."""
        row = look_up(self.read(), reason=code).outputs
        return Routing(row["basket"], row["priority"], row["due_days"])


@cache
def read_baskets(baskets: Baskets) -> Table:
    """The insurer's table, else the product's."""
    own = os.environ.get(baskets.own)
    return read_table(Path(own) if own else baskets.product)
