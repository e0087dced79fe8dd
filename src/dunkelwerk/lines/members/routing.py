"""Which team gets a referral or a task of members; ``DUNKELWERK_MEMBER_BASKETS`` names the fund's own table instead."""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.lines.baskets import Baskets

BASKETS = Baskets(Path(__file__).parent / "tables" / "baskets.csv", own="DUNKELWERK_MEMBER_BASKETS")
