"""Which team gets a referral, how urgent it is, and by when: the table ``tables/baskets.csv``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dunkelwerk.decisions.failures import TechnicalFailure
from dunkelwerk.decisions.tables import read_table
from dunkelwerk.lines.effects import Routing

BASKETS = read_table(Path(__file__).parent / "tables" / "baskets.csv")
#: "release the rest of the proven days?"
REVIEW = Routing("Leistung AU", 3, 3)


def route(codes: Iterable[str]) -> Routing:
    """The basket of the most urgent reason; of equals the first."""
    return min((route_reason(code) for code in codes), key=lambda routing: routing.priority)


def route_reason(code: str) -> Routing:
    """The basket of one reason."""
    match = BASKETS.lookup(reason=code)
    if match is None:
        raise TechnicalFailure(where="baskets", what="keine Zeile der Tabelle passt")
    return Routing(match.outputs["basket"], match.outputs["priority"], match.outputs["due_days"])
