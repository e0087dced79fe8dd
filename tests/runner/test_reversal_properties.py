"""Reversing everything, in any order that is allowed: the books are even, nothing of ours is released."""

from __future__ import annotations

from random import Random

import pytest
from order_support import inbox, register
from reversal_support import balances, chain, confirm, effective, propose
from work_support import World

LEFT = "SELECT count(*) FROM release WHERE origin <> 0 AND cancelled_on IS NULL"
STATE = """
    SELECT k.number, c.number AS claim, k.recourse_open, c.status, c.recovered_on, c.closed_on, c.closing_reason,
           c.released_until
    FROM claim c JOIN contract k ON k.id = c.contract_id ORDER BY 1, 2
"""
SEEDS = [1, 2, 3]


@pytest.mark.parametrize("seed", SEEDS)
def test_reversing_everything_leaves_the_register_as_it_was(world: World, seed: int) -> None:
    rng = Random(seed)
    world.load(*register())
    before = world.rows(STATE)
    world.receive(*rng.sample(inbox(rng), 24))
    world.work(size=5)
    assert balances(world) != {}
    filed = set[int]()  # nothing followed from these: there is nothing to undo
    while left := [each for each in effective(world) if each not in filed and chain(world, each)]:
        done = propose(world, rng.choice(left))
        assert (len(done.proposals) + len(done.empty) > 0, done.refused) == (True, {})
        filed |= set(done.empty)
        for number, proposal in enumerate(done.proposals):
            examiner = f"prüfer {len(left)}-{number}"
            assert confirm(world, proposal, examiner).state == "confirmed"
        assert world.broken() == []
    assert balances(world) == {}
    assert world.value(LEFT) == 0
    assert world.rows(STATE) == before


@pytest.mark.parametrize("seed", SEEDS)
def test_decided_again_after_everything_was_reversed_it_comes_to_the_same(world: World, seed: int) -> None:
    """The same notes once more, in the same order: the same days and euros are released."""
    rng = Random(seed)
    notes = inbox(rng)
    world.load(*register())
    world.receive(*notes)
    world.work()
    once = (balances(world), world.rows(STATE))
    assert balances(world) != {}
    for proposal in propose(world, *effective(world)).proposals:
        assert confirm(world, proposal).state == "confirmed"
    assert world.broken() == []
    world.receive(*({**each, "id": f"{each['id']}-again"} for each in notes))
    world.work()
    assert (balances(world), world.rows(STATE)) == once
    assert world.broken() == []
