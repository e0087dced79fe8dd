"""The scenarios of every process, as ``dunkelwerk scenarios`` reads and decides them."""

from __future__ import annotations

from functools import cache
from typing import Any

from dunkelwerk.lines.credit_protection import scenarios as language
from dunkelwerk.lines.credit_protection.scenarios import differences
from dunkelwerk.lines.credit_protection.scenarios.cases import case_file_of, notice_of
from dunkelwerk.lines.credit_protection.scenarios.language import Scenario
from dunkelwerk.lines.registry import processes

__all__ = ["Scenario", "case_file_of", "decide", "differences", "notice_of", "scenarios"]


@cache
def scenarios() -> list[Scenario]:
    """The scenarios of every process that has some."""
    return [scenario for process in processes().values() for scenario in language.scenarios_of(process)]


def decide(scenario: Scenario) -> dict[str, Any]:
    """What its process decides, as JSON that was written and read again."""
    return language.decide(scenario, processes()[scenario.process])
