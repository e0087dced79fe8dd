"""What a scenario expects and what came out, both as lines that a person reads; and what differs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.credit_protection.scenarios.cases import case_file_of, notice_of
from dunkelwerk.lines.credit_protection.scenarios.language import Scenario, reason_line

#: how each action's fields are written after its name; of any other each with its name (docs/interfaces.md section 1)
ACTIONS = {
    "file_notice": "",
    "record_proof": "until {until}",
    "extend_benefit": "until {until}",
    "release_instalment": "{due} {amount}",
    "offset_recourse": "{due} {amount}",
    "review_on": "{on}",
    "close_claim": "{reason}",
    "send_letter": "{template}",
}


def expected_lines(scenario: Scenario) -> list[str]:
    """The expected outcome, reasons, actions and referrals."""
    differs = scenario.differs
    actions = differs.get("actions", [])
    by_claim = actions if isinstance(actions, Mapping) else {scenario.usual["claim"]["number"]: actions}
    return [
        f"outcome {differs['outcome']}",
        *(f"reason {reason_line(each)[0]}" for each in differs.get("reasons", [])),
        *(f"action {line}" for claim in by_claim for line in action_lines(scenario, claim, by_claim[claim])),
        *(f"referred {claim}" for claim in differs.get("referred", [])),
    ]


def action_lines(scenario: Scenario, claim: str, written: list[str] | str) -> list[str]:
    """The expected actions of one claim."""
    lines = scenario.usual["actions"][claim] if written == "usual" else written
    return [f"{claim} {line}" for line in lines]


def actual_lines(scenario: Scenario, decision: Mapping[str, Any]) -> list[str]:
    """What was decided, in the notation of the file."""
    named = notice_of(scenario)["contract"]
    return [
        f"outcome {decision['outcome']}",
        *(f"reason {each['code']}{subject_of(each, named, scenario)}" for each in decision["reasons"]),
        *(f"action {action_line(each, scenario)}" for each in decision["actions"]),
        *(f"referred{subject_of(each, named, scenario)}" for each in decision["referred"]),
    ]


def subject_of(each: Mapping[str, Any], named: str, scenario: Scenario) -> str:
    """The claim, or the contract where it is not the named one; a wrong scope or contract is spelled out."""
    claim, contract, scope = each["claim"], each["contract"], each.get("scope")
    if scope not in (None, "person" if claim is None else "claim"):
        return f" claim={claim} with scope={scope}"
    if claim is None:
        return "" if contract == named else f" {contract}"
    home = contract_numbers(scenario).get(claim)
    return f" {claim}" if contract == home else f" {claim} with contract={contract}"


def contract_numbers(scenario: Scenario) -> dict[str, str]:
    """The contract of each claim in the case file."""
    contracts = case_file_of(scenario)["contracts"]
    return {claim["number"]: contract["number"] for contract in contracts for claim in contract["claims"]}


def action_line(action: Mapping[str, Any], scenario: Scenario) -> str:
    """An action as the file writes it; fields too many or too few are spelled out."""
    fields = {key: value for key, value in action.items() if key not in ("type", "contract", "claim")}
    shape = ACTIONS.get(action["type"], " ".join(f"{name} {{{name}}}" for name in fields))
    text = f"{action['type']} {shape.format_map(Missing(fields))}".strip()
    surplus = [key for key in fields if "{" + key + "}" not in shape]
    subject = subject_of(action, "", scenario).strip()
    return f"{subject} {text}" + (f" with {surplus}" if surplus else "")


class Missing(dict[str, Any]):
    """Writes a question mark for a field that is not there."""

    def __missing__(self, key: str) -> str:
        return f"{key}=?"


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
