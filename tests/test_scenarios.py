"""Every scenario of every process, and whether every live reason has one."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from dunkelwerk.decisions.names import comparable
from dunkelwerk.decisions.reasons import Reason
from dunkelwerk.lines.registry import AnyProcess, processes
from scenarios import Scenario, decide, differences, scenarios

#: reasons that end the identification are returned by it, not bound to a check; an open claim is for follow-ups alone
STOPS = ("contract_unknown", "person_not_insured", "technical_failure", "member_unknown", "person_mismatch")
FOLLOW_UP_STOPS = ("no_open_claim", "claim_ambiguous")
#: a sick note outside the term is in the waiting time too, or too late for benefit; so is one at the age limit
NEVER_ALONE = {
    "first_sick_note": {"outside_term", "age_limit_reached"},
    "first_unemployment_proof": {"age_limit_reached"},
}
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
    codes = STOPS + FOLLOW_UP_STOPS * process.name.startswith("follow_up")
    stops = [reason for code in codes if (reason := process.line.catalogue.get(code))]
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
    expected = {reason.code for reason in live_reasons(process)} - NEVER_ALONE.get(process.name, set())
    assert expected - alone == set()
    assert NEVER_ALONE.get(process.name, set()) & alone == set()
