"""What a scenario of members may say, and its case file: the usual one with what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunkelwerk.lines.members.scenarios.telling import actual_lines, expected_lines
from dunkelwerk.lines.scenarios import Language, Scenario, overlaid

DESCRIBES = frozenset({"name", "business_day", "member", "mandates", "case_file", "notice", "parameters"})
EXPECTS = frozenset({"outcome", "reasons", "actions"})


def case_file_of(scenario: Scenario) -> dict[str, Any]:
    """The case file as JSON; each of ``mandates`` differs from the usual mandate."""
    usual, differs = scenario.usual, scenario.differs
    mandates = [overlaid(usual.get("mandate", {}), each) for each in differs.get("mandates", [])]
    file = {
        "key": usual["member"]["number"],
        "member": overlaid(usual["member"], differs.get("member", {})),
        "mandates": mandates,
    }
    return dict(overlaid(file, differs["case_file"])) if isinstance(differs.get("case_file"), Mapping) else file


LANGUAGE = Language(
    known=DESCRIBES | EXPECTS,
    usual=("business_day", "member", "notice"),
    case_file_of=case_file_of,
    expected=expected_lines,
    actual=actual_lines,
)
