"""Every scenario of every process, and whether every live reason has one."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from dunkelwerk.decisions.names import comparable
from dunkelwerk.decisions.reasons import Reason
from dunkelwerk.lines.registry import AnyProcess, processes
from scenarios import Scenario, decide, differences, scenarios

#: reasons that end the identification are returned by it, not bound to a check
STOPS = ("contract_unknown", "person_not_insured", "no_open_claim", "claim_ambiguous", "technical_failure")
WITH_SCENARIOS = [each for each in processes().values() if (each.folder / "scenarios.yaml").is_file()]


def plain(name: str) -> str:
    """The name in ASCII: pytest would escape anything else, and tools that select tests by id not find them."""
    return re.sub(r"[^a-z0-9 .,%-]+", "_", comparable(name))


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: plain(scenario.name))
def test_scenario(scenario: Scenario) -> None:
    if difference := differences(scenario, decide(scenario)):
        pytest.fail(difference, pytrace=False)


@pytest.mark.parametrize("process", WITH_SCENARIOS, ids=lambda process: process.name)
def test_names_are_unique(process: AnyProcess) -> None:
    names = Counter(each.name for each in scenarios() if each.process == process.name)
    assert [name for name, count in names.items() if count > 1] == []


def live_reasons(process: AnyProcess) -> list[Reason]:
    """The reasons that the process may give and that are not retired."""
    stops = [reason for code in STOPS if (reason := process.line.catalogue.get(code))]
    return [reason for reason in (*stops, *(bound.reason for bound in process.checks)) if not reason.retired]


@pytest.mark.parametrize("process", WITH_SCENARIOS, ids=lambda process: process.name)
def test_every_live_reason_has_a_scenario_with_and_one_without(process: AnyProcess) -> None:
    own = [each for each in scenarios() if each.process == process.name]
    never = [reason.code for reason in live_reasons(process) if not any(reason.code in each.codes for each in own)]
    always = [reason.code for reason in live_reasons(process) if all(reason.code in each.codes for each in own)]
    assert never == []
    assert always == []


@pytest.mark.parametrize("process", WITH_SCENARIOS, ids=lambda process: process.name)
def test_every_live_reason_stands_alone_once(process: AnyProcess) -> None:
    """A reason that is only ever seen among others might hide that they alone decided."""
    own = [each for each in scenarios() if each.process == process.name]
    alone = {each.codes[0] for each in own if len(each.codes) == 1}
    assert [reason.code for reason in live_reasons(process) if reason.code not in alone] == []
