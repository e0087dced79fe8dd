"""Every scenario on the database: the runner makes of it what the scenario says, and the books stay in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import msgspec
import pytest
from member_support import Members

from dunkelwerk.lines.members.scenarios import Scenario, case_file_of, decide, notice_of, scenarios_of
from dunkelwerk.lines.registry import processes

NAMES = [name for name, process in processes().items() if process.line.name == "members"]
ENDS = {"apply": "settled", "refer": "referred", "second_check": "proposed"}


def staged(scenario: Scenario, number: int) -> tuple[Any, Any]:
    """Case file and notice of a scenario as those of member ``M-n``."""
    case, notice = msgspec.to_builtins(case_file_of(scenario)), msgspec.to_builtins(notice_of(scenario))
    if notice["member"] == case["member"]["number"]:
        notice["member"] = f"M-{number}"
    case["key"] = case["member"]["number"] = f"M-{number}"
    mandates = [each | {"reference": f"{each['reference']}-{number}"} for each in case["mandates"]]
    return case | {"mandates": mandates}, notice | {"id": f"N-{number}", "process": scenario.process}


def is_on_the_database(scenario: Scenario) -> bool:
    """Not those that the door or the register would refuse already, and those of a fund that wants it otherwise."""
    differs = scenario.differs
    strange = differs.get("case_file") == "twice" or isinstance(differs.get("case_file"), dict)
    return not strange and "technical_failure" not in scenario.codes and "parameters" not in differs


@pytest.mark.parametrize("name", NAMES)
def test_the_register_decides_as_the_scenarios_say(world: Members, name: str) -> None:
    process = processes()[name]
    cases = {number: each for number, each in enumerate(scenarios_of(process), 101) if is_on_the_database(each)}
    lines = {number: staged(each, number) for number, each in cases.items()}
    world.load(*(lines[number][0] for number, each in cases.items() if each.differs.get("case_file") != "missing"))
    by_day: dict[str, list[int]] = defaultdict(list)
    for number, each in cases.items():
        by_day[str(each.differs.get("business_day", each.usual["business_day"]))].append(number)
    for day, numbers in sorted(by_day.items()):
        world.receive(*(lines[number][1] for number in numbers))
        world.work(on=day)
    expected = {f"N-{number}": decide(each, process) for number, each in cases.items()}
    assert world.states() == {notice: ENDS[each["outcome"]] for notice, each in expected.items()}
    assert world.reasons() == {notice: [one["code"] for one in each["reasons"]] for notice, each in expected.items()}
    assert world.broken() == []
    done = Counter(one["type"] for each in expected.values() if each["outcome"] == "apply" for one in each["actions"])
    written = world.rows("SELECT action, count(*) AS times FROM movement GROUP BY action")
    assert {row["action"]: row["times"] for row in written} == done
