"""Every scenario on the database: what the runner makes of it is what the scenario says."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from work_support import World, write_lines

from dunkelwerk.lines.credit_protection.synthetic.staged import Staged, stage
from dunkelwerk.lines.registry import processes

OURS = [name for name, process in processes().items() if process.line.name == "credit_protection"]


def codes(world: World) -> dict[str, tuple[str, list[str]]]:
    """Outcome and reasons of each decided notice."""
    rows = world.rows(
        "SELECT n.external_id, d.outcome, d.reasons FROM notice n JOIN decision_record d ON d.id = n.decision"
    )
    return {row["external_id"]: (row["outcome"], row["reasons"]) for row in rows}


def expected(staged: Staged, process: Any) -> tuple[str, list[str]]:
    """What ``decide`` says."""
    from dunkelwerk.lines.credit_protection.scenarios.running import decide

    decision = decide(staged.scenario, process)
    return decision["outcome"], [reason["code"] for reason in decision["reasons"]]


@pytest.mark.parametrize("name", OURS)
def test_the_register_decides_as_the_scenarios_say(world: World, name: str) -> None:
    process = processes()[name]
    staged = [each for each in stage(process) if not each.parameters]
    load(world, [each.case_file for each in staged])
    known = {row["number"] for row in world.rows("SELECT number FROM contract")}
    by_day: dict[Any, list[Staged]] = defaultdict(list)
    for each in staged:
        if each.case_file["key"] in known:  # the register is stricter than reading: what two lines cannot agree on, say
            by_day[each.business_day].append(each)
    for day, group in sorted(by_day.items()):
        world.receive(*(each.notice for each in group))
        world.work(on=str(day))
    wanted = {each.notice["id"]: expected(each, process) for group in by_day.values() for each in group}
    said = codes(world)
    assert {name: said[name] for name in wanted} == wanted
    assert len(wanted) > max(40, 0.9 * len(staged))
    assert world.broken() == []


def load(world: World, case_files: list[Any]) -> None:
    """Load what the register takes."""
    world.enter()
    from dunkelwerk.lines.credit_protection.intake.loading import load_files

    path = write_lines(world.folder / "staged.jsonl", case_files)
    load_files([path], actor="test", complain=lambda fault: None, advance=lambda count: None)
