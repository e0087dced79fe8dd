"""The scenarios of every process, as ``dunkelwerk scenarios`` reads and decides them."""

from __future__ import annotations

from functools import cache
from typing import Any

from dunkelwerk.lines.credit_protection.scenarios.cases import case_file_of, notice_of
from dunkelwerk.lines.credit_protection.scenarios.language import Scenario
from dunkelwerk.lines.registry import processes, scenarios_module

__all__ = ["Scenario", "case_file_of", "decide", "differences", "notice_of", "scenarios"]


@cache
def scenarios() -> list[Scenario]:
    """The scenarios of every process that has some."""
    found = ((process, scenarios_module(process.line)) for process in processes().values())
    return [scenario for process, language in found for scenario in language.scenarios_of(process)]


def decide(scenario: Scenario) -> dict[str, Any]:
    """What its process decides, as JSON that was written and read again."""
    process = processes()[scenario.process]
    decided: dict[str, Any] = scenarios_module(process.line).decide(scenario, process)
    return decided


def differences(scenario: Scenario, decision: dict[str, Any]) -> str:
    """What differs from the expectation; empty where nothing does."""
    return str(scenarios_module(processes()[scenario.process].line).differences(scenario, decision))
