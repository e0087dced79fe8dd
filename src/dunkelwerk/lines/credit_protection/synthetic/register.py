"""The seeded synthetic register: case files of made-up households, streamed in bounded memory.

The register is laid out in blocks of 100 contracts. A block's layout (which plot and household shape begins at which
contract) is drawn from one generator, each household's content from another, so that any household can be made again
by itself: `notices` relies on that.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from random import Random
from typing import Any, NamedTuple

from dunkelwerk.lines.credit_protection.synthetic.plots import QUIET, SINGLE, Plot, draw_plot
from dunkelwerk.lines.credit_protection.synthetic.scene import Scene, Shape

BLOCK = 100
READY_SHARE = 0.6

CaseFile = dict[str, Any]


class Spot(NamedTuple):
    """Where a household begins (contracts counted from zero), and what happens to it."""

    first: int
    plot: Plot
    shape: Shape


def case_files(
    *, seed: int, contracts: int, on: date, ready_share: float = READY_SHARE, every_contract: bool = False
) -> Iterator[CaseFile]:
    """Stream the case files of a register with exactly so many contracts, as of a business day.

    One line per household, keyed by its first contract; it holds all contracts of the household, so that loading it
    loads all. With `every_contract` there is a line for each contract, holding what section 2 of the rules wants in
    it: `dunkelwerk decide` looks for the line whose key is the notice's contract. `ready_share` is the share of
    households that may send a note today; `notices` must be given the same.
    """
    for spot in spots(seed=seed, contracts=contracts, ready_share=ready_share):
        line = arrange(spot, seed=seed, on=on).case_file()
        if every_contract:
            yield from lines_of_every_contract(line)
        else:
            yield line


def spots(*, seed: int, contracts: int, ready_share: float = READY_SHARE) -> Iterator[Spot]:
    """Every household's place, in the order of contracts."""
    blocks = range(block_count(contracts))
    laid_out = (layout(block, seed=seed, contracts=contracts, ready_share=ready_share) for block in blocks)
    return chain.from_iterable(laid_out)


def block_count(contracts: int) -> int:
    """How many blocks hold so many contracts."""
    return -(-contracts // BLOCK)


def layout(block: int, *, seed: int, contracts: int, ready_share: float) -> list[Spot]:
    """The households of one block; where the drawn one does not fit into the rest, a single contract at rest."""
    rng = Random(f"{seed}:block:{block}")
    index, end = block * BLOCK, min((block + 1) * BLOCK, contracts)
    laid = []
    while index < end:
        plot = draw_plot(rng, ready_share=ready_share)
        shape = plot.households.draw(rng)
        if index + len(shape) > end:
            plot, shape = QUIET[0], SINGLE
        laid.append(Spot(index, plot, shape))
        index += len(shape)
    return laid


def arrange(spot: Spot, *, seed: int, on: date) -> Scene:
    """Make a household, always the same for the same seed, day and place."""
    scene = Scene(rng=Random(f"{seed}:{spot.first}"), on=on, index=spot.first, shape=spot.shape)
    spot.plot.arrange(scene)
    return scene


def lines_of_every_contract(line: CaseFile) -> Iterator[CaseFile]:
    """The case file of each contract of a household: the contract, its persons, and their other contracts."""
    for named in line["contracts"]:
        near = [each for each in line["contracts"] if not set(named["insured"]).isdisjoint(each["insured"])]
        persons = {person for each in near for person in each["insured"]}
        tariffs = {each["tariff"] for each in near}
        yield {
            "key": named["number"],
            "persons": [person for person in line["persons"] if person["id"] in persons],
            "tariffs": [tariff for tariff in line["tariffs"] if tariff["id"] in tariffs],
            "contracts": near,
        }
