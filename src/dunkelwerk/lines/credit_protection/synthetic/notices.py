"""The day's inbox of follow-up sick notes that fits a synthetic register."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from math import gcd
from typing import Any

from dunkelwerk.lines.credit_protection.synthetic.register import (
    READY_SHARE,
    Spot,
    arrange,
    block_count,
    layout,
    spots,
)

Notice = dict[str, Any]


class TooManyNotices(ValueError):
    """The register has fewer households ready to send a note than notices were asked for."""

    def __init__(self, *, count: int, available: int) -> None:
        """Say how many there are."""
        super().__init__(
            f"{count} notices were asked for, but the register holds {available}: ask for fewer, or for more contracts"
        )


def notices(*, seed: int, contracts: int, on: date, count: int, ready_share: float = READY_SHARE) -> Iterator[Notice]:
    """Stream notices for the register of the same seed, size, day and share, spread evenly over its households.

    Raises TooManyNotices, before the first notice, where the register is too small.
    """
    told = told_notices(seed=seed, contracts=contracts, on=on, count=count, ready_share=ready_share)
    return (notice for _, notice in told)


def told_notices(
    *, seed: int, contracts: int, on: date, count: int, ready_share: float = READY_SHARE
) -> Iterator[tuple[str, Notice]]:
    """The same notices, each with the name of its plot (`plots.plot_named` knows what must come of it)."""
    available = sum(spot.plot.notices for spot in spots(seed=seed, contracts=contracts, ready_share=ready_share))
    if available < count:
        raise TooManyNotices(count=count, available=available)
    live = _live(seed=seed, contracts=contracts, ready_share=ready_share)
    chosen = _thinned(live, count=count, available=available)
    told = ((spot.plot.name, notice) for spot in chosen for notice in arrange(spot, seed=seed, on=on).notices)
    return islice(told, count)


def _live(*, seed: int, contracts: int, ready_share: float) -> Iterator[Spot]:
    """Households that send a note, by blocks in an order that looks like an inbox's."""
    for block in _scattered(block_count(contracts)):
        laid = layout(block, seed=seed, contracts=contracts, ready_share=ready_share)
        yield from (spot for spot in laid if spot.plot.notices)


def _thinned(live: Iterator[Spot], *, count: int, available: int) -> Iterator[Spot]:
    """So many of the households, evenly, that their notices come to the count, or to one more."""
    seen = taken = 0
    for spot in live:
        seen += spot.plot.notices
        if taken * available < seen * count:
            taken += spot.plot.notices
            yield spot


def _scattered(blocks: int) -> Iterator[int]:
    """Every block once, neighbours far apart, without remembering any."""
    step = max(1, int(blocks * 0.618))
    while gcd(step, blocks) > 1:
        step += 1
    return (turn * step % blocks for turn in range(blocks))
