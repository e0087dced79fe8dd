"""Notices that touch one another's case files are decided in order of receipt, by however many workers."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from order_support import inbox, register
from work_support import TODAY, World, case_file, claim, contract, household, note

from gates import start_together

SEED = 20261102
#: two persons of one contract may be ill at a time
APART = {"dispositions": {"second_person_overlap": "ignore"}}


def test_two_workers_with_any_batch_size_end_like_one_with_single_notices(world: World, run_cli) -> None:
    world.load(*register())
    world.receive(*inbox(Random(SEED)))
    alone = world.copy()
    alone.work(size=1)
    expected = alone.picture()
    assert {"settled", "referred"} <= set(alone.states().values())
    for size in (1, 3, 50):
        together = world.copy()
        gate = start_together(together.url, waiting=1 if size == 50 else 2)
        ended = run_cli(
            *("work", "--once", "--on", TODAY, "--workers", 2, "--batch-size", size), DATABASE_URL=together.url
        )
        gate.join()
        assert (ended.returncode, ended.stderr) == (0, "")
        # In the long batches one of them may find nothing that it may take.
        assert together.value("SELECT count(DISTINCT worker) FROM batch") == 2 or size == 50
        assert together.picture() == expected
        assert together.broken() == []
        assert_in_order(together)


def assert_in_order(world: World) -> None:
    """Of the notices of one household (the name before the dash) an earlier one was decided in an earlier batch."""
    query = "SELECT split_part(external_id, '-', 1) AS house, id, batch, decision FROM notice ORDER BY house, id"
    rows = world.rows(query)
    for one, other in pairwise(rows):
        if one["house"] == other["house"]:
            assert (one["batch"], one["decision"]) < (other["batch"], other["decision"])


def test_the_order_of_receipt_is_what_makes_the_result(world: World) -> None:
    """The test above would see a worker that takes notices in another order."""
    world.load(*register())
    backwards = world.copy()
    world.receive(*inbox(Random(SEED)))
    backwards.receive(*reversed(inbox(Random(SEED))))
    world.work()
    backwards.work()
    assert world.picture() != backwards.picture()


@pytest.mark.parametrize("size", [1, 2, 500])
def test_a_later_notice_does_not_pass_one_that_another_worker_holds(world: World, size: int) -> None:
    from django.db import connection, transaction

    from dunkelwerk.lines.credit_protection.store import STORE
    from dunkelwerk.runner.picking import pick

    world.load(case_file(*(contract(f"RS-{n}", [1], claim(f"C-{n}", 1)) for n in (1, 2))), household(3))
    world.receive(note(1, name="first"), note(1, on="RS-2", name="second"), note(3, name="third"))
    with world.connect() as other:
        other.execute("SELECT FROM notice WHERE external_id = 'first' FOR UPDATE")
        with transaction.atomic(), connection.cursor() as cursor:
            picked = pick(cursor, STORE, ["follow_up_sick_note"], size=size)
    assert [each.external_id for each in picked.notices] == (["third"] if size > 1 else [])


def test_everything_in_the_case_files_is_locked_before_it_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All contracts of the household, and the persons under the named one: no contract can join them meanwhile."""
    from dunkelwerk.lines.credit_protection.store import STORE

    quiet = contract("RS-8", [1])
    world.load(case_file(contract("RS-1", [1, 2], claim("C-1", 1)), quiet, contract("RS-9", [2])), household(3))
    world.receive(note(1))
    load, free = STORE.load, dict[str, list[str]]()

    def look(_self: Any, cursor: Any, keys: Any) -> Any:
        for table, name in (("contract", "number"), ("person", "key")):
            rows = world.rows(f"SELECT {name} AS name FROM {table} ORDER BY 1 FOR UPDATE SKIP LOCKED")
            free[table] = [row["name"] for row in rows]
        return load(cursor, keys)

    monkeypatch.setattr(type(STORE), "load", look)
    assert world.work() == {"settled": 1}
    assert free == {"contract": ["RS-3"], "person": ["P-3"]}


def test_a_notice_on_a_claim_with_a_pending_proposal_joins_it(world: World) -> None:
    several = case_file(contract("RS-1", [1], claim("C-1", 1)), contract("RS-9", [1], claim("C-9", 1)))
    world.load(several, household(3))
    world.receive(
        note(1, name="proposed", incapacity_until="2026-11-14"),
        note(1, name="joins", incapacity_until="2026-11-30"),
        note(1, name="joins by the other claim", on="RS-9", incapacity_until="2026-11-30"),
        note(3, name="goes its way"),
    )
    ends = world.work(mode="second_check")
    assert ends == {"proposed": 2, "joined": 2}
    assert world.value("SELECT count(*) FROM work_item") == 2
    items = {row["external_id"]: row["work_item"] for row in world.rows("SELECT external_id, work_item FROM notice")}
    assert items["proposed"] == items["joins"] == items["joins by the other claim"] != items["goes its way"]
    assert world.value("SELECT count(*) FROM movement") == 0
    assert world.broken() == []


def test_a_notice_of_the_other_person_under_the_contract_goes_its_way(world: World) -> None:
    world.load(case_file(contract("RS-1", [1, 2], claim("C-1", 1), claim("C-2", 2))))
    world.receive(note(1, name="proposed", incapacity_until="2026-11-14"))
    assert world.work(**APART, mode="second_check") == {"proposed": 1}
    world.receive(
        note(1, name="joins", incapacity_until="2026-11-30"),
        note(2, name="goes its way", on="RS-1", incapacity_until="2026-11-30"),
    )
    assert world.work(**APART) == {"joined": 1, "settled": 1}
    assert world.states() == {"proposed": "proposed", "joins": "joined", "goes its way": "settled"}
    assert world.broken() == []
