"""What a scenario expects and what came out, both as lines that a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunkelwerk.lines.credit_protection.scenarios.cases import case_file_of
from dunkelwerk.lines.credit_protection.scenarios.language import usual_claim
from dunkelwerk.lines.scenarios import Scenario, notice_of, reason_line

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
    "open_claim": "{status}",
    "accept_claim": "{benefit_from}..{benefit_limit}",
    "pay_lump_sum": "{amount}",
    "cancel_instalments": "",
    "hold_instalments": "",
    "end_contract": "{on}",
}
#: an accepted claim says the months used before only where there are some; a death claim is accepted without days
ACCEPTED_AFTER_OTHERS, ACCEPTED_WITHOUT_DAYS = "{benefit_from}..{benefit_limit} used {months_used_before}", ""


def expected_lines(scenario: Scenario) -> list[str]:
    """The expected outcome, reasons, actions and referrals."""
    differs = scenario.differs
    actions = differs.get("actions", [])
    by_subject = actions if isinstance(actions, Mapping) else {usual_subject(scenario): actions}
    return [
        f"outcome {differs['outcome']}",
        *(f"reason {reason_line(each)[0]}" for each in differs.get("reasons", [])),
        *(f"action {line}" for subject in by_subject for line in action_lines(scenario, subject, by_subject[subject])),
        *(f"referred {subject}" for subject in differs.get("referred", [])),
    ]


def usual_subject(scenario: Scenario) -> str:
    """What the actions concern where the scenario does not say: the usual claim, or the contract without one."""
    usual = scenario.usual
    return str(usual["claim" if usual_claim(scenario) == "claim" else "contract"]["number"])


def action_lines(scenario: Scenario, subject: str, written: list[str] | str) -> list[str]:
    """The expected actions on one claim, or on a contract whose claim has no number yet.

    A line that names another claim of the contract first concerns that one.
    """
    lines = scenario.usual["actions"][subject] if written == "usual" else written
    others = contract_numbers(scenario)
    return [line if line.split()[0] in others else f"{subject} {line}" for line in lines]


def actual_lines(scenario: Scenario, decision: Mapping[str, Any]) -> list[str]:
    """What was decided, in the notation of the file."""
    named = notice_of(scenario)["contract"]
    return [
        f"outcome {decision['outcome']}",
        *(f"reason {each['code']}{subject_of(each, named, scenario)}" for each in decision["reasons"]),
        *(f"action {action_line(each, scenario)}" for each in decision["actions"]),
        *(f"referred {claim_or_contract(each, scenario)}" for each in decision["referred"]),
    ]


def subject_of(reason: Mapping[str, Any], named: str, scenario: Scenario) -> str:
    """The claim of a reason; the contract where the claim is not opened yet, or where it is not the named one."""
    claim, contract, scope = reason["claim"], reason["contract"], reason["scope"]
    may_lack_number = usual_claim(scenario) != "claim"
    if scope != "claim" and (claim is not None or (may_lack_number and contract != named)):
        return f" {claim_or_contract(reason, scenario)} with scope={scope}"
    if scope == "claim" and claim is None and not may_lack_number:
        return f" {contract} with scope=claim"
    return "" if scope != "claim" and contract == named else f" {claim_or_contract(reason, scenario)}"


def claim_or_contract(each: Mapping[str, Any], scenario: Scenario) -> str:
    """The claim, or the contract where there is none; a claim with a contract that is not its own is spelled out."""
    claim, contract = each["claim"], each["contract"]
    if claim is None:
        return str(contract)
    home = contract_numbers(scenario).get(claim)
    return str(claim) if contract == home else f"{claim} with contract={contract}"


def contract_numbers(scenario: Scenario) -> dict[str, str]:
    """The contract of each claim in the case file."""
    contracts = case_file_of(scenario)["contracts"]
    return {claim["number"]: contract["number"] for contract in contracts for claim in contract["claims"]}


def action_line(action: Mapping[str, Any], scenario: Scenario) -> str:
    """An action as the file writes it; fields too many or too few are spelled out."""
    fields = {key: value for key, value in action.items() if key not in ("type", "contract", "claim")}
    shape = shape_of(action["type"], fields)
    text = f"{action['type']} {shape.format_map(Missing(fields))}".strip()
    usual = {"months_used_before"} if fields.get("months_used_before") == 0 else set()
    surplus = [key for key in fields if "{" + key + "}" not in shape and key not in usual]
    return f"{claim_or_contract(action, scenario)} {text}" + (f" with {surplus}" if surplus else "")


def shape_of(kind: str, fields: Mapping[str, Any]) -> str:
    """How the fields of an action are written."""
    if kind == "accept_claim" and not fields:
        return ACCEPTED_WITHOUT_DAYS
    if kind == "accept_claim" and fields.get("months_used_before") != 0:
        return ACCEPTED_AFTER_OTHERS
    return ACTIONS.get(kind, " ".join(f"{name} {{{name}}}" for name in fields))


class Missing(dict[str, Any]):
    """Writes a question mark for a field that is not there."""

    def __missing__(self, key: str) -> str:
        return f"{key}=?"
