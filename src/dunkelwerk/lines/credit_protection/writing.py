"""What the appliers of one batch share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from msgspec import Struct

from dunkelwerk.lines.credit_protection.loader import ClaimRow
from dunkelwerk.lines.effects import Effect, Occasion


class Writing(Struct):
    """What the appliers of one batch share."""

    cursor: Any
    occasion: Occasion
    #: the release row of a claim in a decision
    releases: dict[tuple[int, int], int]
    #: euros set off, by decision, claim and due date
    set_off: dict[tuple[int, int, Any], Decimal]


Applier: TypeAlias = Callable[[Writing, Sequence[Effect]], None]


def row_of(effect: Effect) -> ClaimRow:
    """The claim's row that an action is about."""
    row: ClaimRow = effect.case.rows[effect.action.contract, effect.action.claim]  # type: ignore[attr-defined]
    return row
