"""Which team gets a referral of credit protection; ``DUNKELWERK_BASKETS`` names the insurer's own table instead."""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.lines.baskets import Baskets
from dunkelwerk.lines.effects import Routing

BASKETS = Baskets(Path(__file__).parent / "tables" / "baskets.csv", own="DUNKELWERK_BASKETS")
#: "release the rest of the proven days?"
REVIEW = Routing("Leistung AU", 3, 3)
