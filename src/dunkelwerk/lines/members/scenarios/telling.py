"""What a scenario expects and what came out, both as lines that a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunkelwerk.lines.scenarios import Scenario, notice_of, reason_line

#: how an action's fields are written after its name
ACTIONS = {
    "record_mandate": "for {creditor}",
    "revoke_mandate": "{reference}",
    "send_letter": "{template}",
    "open_work_item": "{task} priority {priority}",
}


def expected_lines(scenario: Scenario) -> list[str]:
    """The expected outcome, reasons and actions."""
    differs = scenario.differs
    actions = differs.get("actions", [])
    return [
        f"outcome {differs['outcome']}",
        *(f"reason {reason_line(each)[0]}" for each in differs.get("reasons", [])),
        *(f"action {line}" for line in (scenario.usual["actions"] if actions == "usual" else actions)),
    ]


def actual_lines(scenario: Scenario, decision: Mapping[str, Any]) -> list[str]:
    """What was decided, in the notation of the file; what is about anything but the notice's member is spelled out."""
    number = notice_of(scenario).get("member")
    return [
        f"outcome {decision['outcome']}",
        *(f"reason {each['code']}{elsewhere(each, number)}" for each in decision["reasons"]),
        *(f"action {action_line(each)}{elsewhere(each, number)}" for each in decision["actions"]),
        *(f"referred {each}" for each in decision["referred"]),
    ]


def elsewhere(each: Mapping[str, Any], number: str | None) -> str:
    """The member where it is not the named one."""
    return "" if each["contract"] == number else f" with contract={each['contract']}"


def action_line(action: Mapping[str, Any]) -> str:
    """An action as the file writes it; fields too many are spelled out."""
    fields = {key: value for key, value in action.items() if key not in ("type", "contract", "claim")}
    shape = ACTIONS.get(action["type"], "")
    surplus = [key for key in fields if "{" + key + "}" not in shape]
    text = f"{action['type']} {shape.format_map(fields)}".strip()
    return text + (f" with {surplus}" if surplus else "")
