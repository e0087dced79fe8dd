"""Reads ``scenarios.yaml``: the usual case, and what each scenario changes in it and expects.

The language is explained, in German, at the top of each ``scenarios.yaml``. A scenario becomes one line of JSON for the
notice and one for the case file, which the process reads and decides exactly as ``dunkelwerk decide`` does.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import msgspec

from dunkelwerk.decisions.parameters import read_yaml
from dunkelwerk.decisions.reading import Duplicate, Raw, Reader, Source
from dunkelwerk.lines.registry import AnyProcess, processes

#: how each action's fields are written after its name (docs/interfaces.md section 1)
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
FURTHER = ("second_contract", "third_contract")
DESCRIBES = {"name", "business_day", "person", "second_person", "tariff", "contract", "claim", "more_claims", *FURTHER}
DESCRIBES |= {"file_order", "case_file", "note", "parameters"}
EXPECTS = {"outcome", "reasons", "actions", "referred"}


@dataclass(frozen=True)
class Scenario:
    """One scenario of one process."""

    process: str
    chapter: str
    usual: dict[str, Any]
    differs: dict[str, Any]

    @property
    def name(self) -> str:
        """Its German sentence."""
        return str(self.differs["name"])

    @property
    def codes(self) -> list[str]:
        """The codes of the reasons it expects."""
        return [reason_line(each)[0].split()[0] for each in self.differs.get("reasons", [])]


@cache
def scenarios() -> list[Scenario]:
    """The scenarios of every process that has some."""
    found = []
    for process in processes().values():
        path = process.folder / "scenarios.yaml"
        if path.is_file():
            found += read_scenarios(process.name, read_yaml(path))
    return found


def read_scenarios(process: str, content: Mapping[str, Any]) -> Iterator[Scenario]:
    """The scenarios of one file; raises ValueError for a key that the language does not know."""
    usual = content["usual case"]
    for chapter, each in content["chapters"].items():
        for differs in each:
            if unknown := differs.keys() - DESCRIBES - EXPECTS:
                raise ValueError(f"{process}, {differs['name']}: unknown {', '.join(sorted(unknown))}")
            yield Scenario(process, chapter, usual, differs)


# The case


def overlaid(usual: Any, differs: Any) -> Any:
    """``usual`` with what differs: mappings go into one another, anything else replaces; ``absent`` removes."""
    if not isinstance(usual, Mapping) or not isinstance(differs, Mapping):
        return deepcopy(differs)
    result = {key: overlaid(usual.get(key), value) for key, value in {**usual, **differs}.items() if key in differs}
    return {key: value for key, value in {**deepcopy(dict(usual)), **result}.items() if value != "absent"}


def notice_of(scenario: Scenario) -> dict[str, Any]:
    """The notice as JSON."""
    return dict(overlaid(scenario.usual["note"], scenario.differs.get("note", {})))


def case_file_of(scenario: Scenario) -> dict[str, Any]:
    """The case file as JSON."""
    usual, differs = scenario.usual, scenario.differs
    tariffs = [overlaid(usual["tariff"], differs.get("tariff", {}))]
    persons = [overlaid(usual["person"], differs.get("person", {}))]
    insured = list(usual["contract"]["insured"])
    if "second_person" in differs:
        persons.append(overlaid(usual["second_person"], differs["second_person"]))
        insured.append(usual["second_person"]["id"])
    named = {"insured": insured, **differs.get("contract", {}), "claim": differs.get("claim", {})}
    named["more_claims"] = differs.get("more_claims", [])
    contracts = [contract_of(usual, {}, named, tariffs)]
    contracts += [contract_of(usual, usual[each], differs[each], tariffs) for each in FURTHER if each in differs]
    if differs.get("case_file") == "contract_twice":
        contracts.append(contracts[0])
    if order := differs.get("file_order"):
        contracts.sort(key=lambda contract: order.index(contract["number"]))
    file = {"key": usual["contract"]["number"], "persons": persons, "tariffs": tariffs, "contracts": contracts}
    return dict(overlaid(file, differs["case_file"])) if isinstance(differs.get("case_file"), Mapping) else file


def contract_of(usual: Any, further: Any, differs: Any, tariffs: list[Any]) -> dict[str, Any]:
    """One contract with its claims; a tariff of its own is added to ``tariffs``."""
    own = {key: value for key, value in differs.items() if key not in ("claim", "more_claims", "tariff")}
    contract = overlaid(overlaid(usual["contract"], further), own)
    contract["tariff"] = differs.get("tariff", tariffs[0]["id"])
    if isinstance(contract["tariff"], Mapping):
        tariffs.append({**overlaid(usual["tariff"], contract["tariff"]), "id": f"tariff of {contract['number']}"})
        contract["tariff"] = tariffs[-1]["id"]
    first = overlaid(usual["claim"], further.get("claim", {}))
    more = {key: usual["claim"][key] for key in ("person", "status", "onset")}
    claims = [] if differs.get("claim") == "none" else [overlaid(first, differs.get("claim", {}))]
    claims += [overlaid(more, each) for each in differs.get("more_claims", [])]
    contract["claims"] = [{**claim, "instalments": instalments_of(claim, contract)} for claim in claims]
    return dict(contract)


def instalments_of(claim: Mapping[str, Any], contract: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The instalments of a claim from their short notation."""
    written = claim.get("instalments") or []
    lines = [written] if isinstance(written, str) else written
    return [instalment for line in lines for instalment in instalment_line(line, contract)]


def instalment_line(line: str, contract: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """``2026-04..2026-10 paid`` is one a month; ``2026-10-15 returned 208.33 id I-7 replaces I-6`` is one."""
    when, status, *rest = line.split()
    given: dict[str, Any] = {"status": status, "amount": contract["instalment"]}
    if rest and rest[0] not in ("id", "replaces"):
        given["amount"] = rest.pop(0)
    given |= dict(zip(rest[::2], rest[1::2], strict=True))
    first, _, last = when.partition("..")
    if not last:
        yield {"due": first, **given}
        return
    for index in range(month_index(first), month_index(last) + 1):
        yield {"due": date(index // 12, index % 12 + 1, contract.get("due_day") or 1), **given}


def month_index(month: str) -> int:
    """The months since year 0 of ``2026-04``."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


# The decision


def decide(scenario: Scenario) -> dict[str, Any]:
    """What the process decides, as JSON that was written and read again."""
    process = processes()[scenario.process]
    reader = Reader(process, parameters_of(scenario, process))
    notice = reader.read_notice(Raw(Source("meldungen.jsonl", 1), msgspec.json.encode(notice_of(scenario))))
    case = Raw(Source("akten.jsonl", 1), msgspec.json.encode(case_file_of(scenario)))
    match scenario.differs.get("case_file"):
        case "missing":
            decision = reader.answer(notice, None)
        case "twice":
            decision = reader.answer(notice, Duplicate((case.source, Source("akten.jsonl", 2))))
        case _:
            decision = reader.answer(notice, case)
    return dict(msgspec.json.decode(msgspec.json.encode(decision.as_json())))


def parameters_of(scenario: Scenario, process: AnyProcess) -> Any:
    """The parameters on the scenario's business day."""
    book = process.book
    if overrides := scenario.differs.get("parameters"):
        book = book.override(overrides, source=scenario.name)
    return book.on(scenario.differs.get("business_day", scenario.usual["business_day"]))


# What is expected, and what came out, both as lines that a person reads


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


def reason_line(written: str | Mapping[str, str]) -> tuple[str, str]:
    """The reason with its claim, and the piece of its text that is expected (or nothing)."""
    if isinstance(written, str):
        return written, ""
    ((line, text),) = written.items()
    return line, str(text)


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
    home = contract_numbers(scenario)[claim]
    return f" {claim}" if contract == home else f" {claim} with contract={contract}"


def contract_numbers(scenario: Scenario) -> dict[str, str]:
    """The contract of each claim in the case file."""
    contracts = case_file_of(scenario)["contracts"]
    return {claim["number"]: contract["number"] for contract in contracts for claim in contract["claims"]}


def action_line(action: Mapping[str, Any], scenario: Scenario) -> str:
    """An action as the file writes it; fields too many or too few are spelled out."""
    fields = {key: value for key, value in action.items() if key not in ("type", "contract", "claim")}
    shape = ACTIONS.get(action["type"], "")
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
    legend = "  (- expected by the scenario, + decided)"
    return "\n".join([f"{scenario.process} · {scenario.chapter} · {scenario.name}", legend, *lines, *texts])


def missing_texts(scenario: Scenario, decision: Mapping[str, Any]) -> list[str]:
    """A line for each expected piece of text that the reason does not say."""
    pairs = zip(scenario.differs.get("reasons", []), decision["reasons"], strict=True)
    wanted = [(reason_line(written), each["text"]) for written, each in pairs]
    return [f"- {line} says: {text}" for (line, text), said in wanted if text not in said]
