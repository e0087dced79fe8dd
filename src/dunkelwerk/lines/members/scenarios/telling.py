"""What a scenario expects and what came out, both as lines that a person reads; and what differs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.members.scenarios.language import Scenario, notice_of, reason_line

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


def differences(scenario: Scenario, decision: Mapping[str, Any]) -> str:
    """What differs from the expectation as a person reads it; empty where nothing does."""
    expected, actual = expected_lines(scenario), actual_lines(scenario, decision)
    lines = [line for line in difflib.ndiff(expected, actual) if not line.startswith("?")] if expected != actual else []
    lines += missing_texts(scenario, decision) if not lines else []
    if not lines:
        return ""
    texts = [f"    {each['code']}: {each['text']}" for each in decision["reasons"]]
    legend = _("  (- laut Szenario, + entschieden)")
    return "\n".join([f"{scenario.process} · {scenario.chapter} · {scenario.name}", legend, *lines, *texts])


def missing_texts(scenario: Scenario, decision: Mapping[str, Any]) -> list[str]:
    """A line for each expected piece of text that the reason does not say."""
    pairs = zip(scenario.differs.get("reasons", []), decision["reasons"], strict=True)
    wanted = [(reason_line(written), each["text"]) for written, each in pairs]
    unsaid = [reason for reason, said in wanted if reason[1] not in said]
    return [_("- {line} nennt: {text}").format(line=line, text=text) for line, text in unsaid]
