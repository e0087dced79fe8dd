"""Accident questionnaires on the database: work items with all data ready, closing, reversal, work by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from member_support import ON, Members, member, notice

TASK = "SELECT basket, task, kind, key, contract, claim, priority, state, due_on::text AS due_on FROM work_item"


def test_a_third_party_makes_a_work_item_with_all_data_ready(world: Members, run_cli: Any) -> None:
    world.load(member(1))
    world.receive(notice("accident", 1, comment="Zeugen gibt es.", answers={"kind": "traffic", "plates": "K-AB 12"}))
    assert world.work() == {"settled": 1}
    assert world.rows(TASK) == [
        {
            **{"basket": "Regress", "task": "recourse", "kind": "member", "key": "M-1/accident", "contract": "M-1"},
            **{"claim": "accident", "priority": 2, "state": "open", "due_on": "2026-11-30"},
        }
    ]
    shown = run_cli("work-items", "show", str(world.item("accident-1", "recourse")), DUNKELWERK_TODAY="2026-11-23")
    assert shown.returncode == 0, shown.stderr
    for piece in ("Regress", "Zeugen gibt es.", "K-AB 12", "severity=hospital"):
        assert piece in shown.stdout
    assert world.broken() == []


@pytest.mark.parametrize(
    ("changes", "basket", "priority"),
    [
        ({"setting": "work", "kind": None, "third_party_involved": None, "own_fault": None}, "Erstattung", 2),
        ({"severity": "lasting"}, "Regress", 1),
        ({"severity": "ambulatory"}, "Regress", 3),
        ({"kind": "declined"}, "Persönliche Beratung", 1),
        ({"kind": "assault", "same_household": True}, "Persönliche Beratung", 1),
        ({"settlement_paid": True}, "Regress", 1),
        ({"setting": None}, "Regress", 3),
    ],
)
def test_each_goes_to_its_basket(world: Members, changes: dict[str, Any], basket: str, priority: int) -> None:
    world.load(member(1))
    world.receive(notice("accident", 1, **changes))
    world.work()
    (item,) = world.items()
    assert (item["basket"], item["priority"]) == (basket, priority)
    assert world.broken() == []


def test_what_nobody_else_caused_is_closed_dark(world: Members) -> None:
    world.load(member(1), member(2))
    alone = {"kind": "home", "third_party_involved": False, "own_fault": True}
    none = {"accident": False, "occurred_on": None, "setting": None, "kind": None, "third_party_involved": None}
    world.receive(notice("accident", 1, **alone), notice("accident", 2, **none, own_fault=None))
    assert world.work() == {"settled": 2}
    assert world.items() == []
    assert world.rows("SELECT DISTINCT action, claim FROM movement") == [{"action": "file_notice", "claim": "accident"}]


def test_nothing_about_the_accident_leaves_in_movements(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("accident", 1, icd=["S06.0"], injury="Gehirnerschütterung", course="Jemand fuhr mir auf."))
    world.work()
    moved = str(world.rows("SELECT * FROM movement"))
    assert "M-1" in moved
    assert [word for word in ("S06", "Gehirn", "fuhr", "traffic") if word in moved] == []


def test_a_task_is_closed_by_hand(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("accident", 1))
    world.work()
    from dunkelwerk.runner import handling
    from dunkelwerk.runner.acting import Person

    handling.close(world.item("accident-1", "recourse"), Person("kurz", ON, "Regress eingeleitet"))
    assert [each["state"] for each in world.items()] == ["done"]
    assert world.states() == {"accident-1": "settled"}
    assert world.broken() == []


def test_reversed_the_task_is_done_with_and_a_person_gets_the_notice(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("accident", 1))
    world.work()
    world.reverse("accident-1")
    states = {each["task"]: each["state"] for each in world.items()}
    assert states == {"recourse": "done", "second_check": "done", "referral": "open"}
    assert world.states() == {"accident-1": "referred"}
    assert world.broken() == []


def test_a_clerk_opens_the_task_by_hand(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("accident", 1, own_fault=False, third_party_involved=None))
    assert world.work() == {"referred": 1}
    from dunkelwerk.runner import handling
    from dunkelwerk.runner.acting import Person

    wanted = [{"type": "open_work_item", "task": "recourse", "priority": "1"}]
    done = handling.act(world.item("accident-1"), wanted, Person("kurz", ON, "am Telefon geklärt"))
    assert done.proposal is None
    assert world.states() == {"accident-1": "handled"}
    assert world.items()[-1]["task"] == "recourse"
    assert world.broken() == []


def test_a_fund_has_its_own_baskets(world: Members, run_cli: Any, tmp_path: Path) -> None:
    table = tmp_path / "baskets.csv"
    table.write_text(
        "first,in reason text,out basket text,out priority integer,out due_days integer\n"
        "1,recourse,Team Nord,2,1\n2,-,Alles andere,3,5\n",
        "utf-8",
    )
    world.load(member(1), member(2))
    world.receive(notice("accident", 1), notice("accident", 2, setting=None))
    done = run_cli("work", "--once", "--on", "2026-11-23", DUNKELWERK_MEMBER_BASKETS=str(table))
    assert done.returncode == 0, done.stderr
    baskets = {each["basket"]: str(each["due_on"]) for each in world.items()}
    assert baskets == {"Team Nord": "2026-11-24", "Alles andere": "2026-11-30"}
    broken = run_cli("work", "--once", DUNKELWERK_MEMBER_BASKETS=str(tmp_path / "none.csv"))
    assert broken.returncode == 1
    assert "none.csv" in broken.stderr
