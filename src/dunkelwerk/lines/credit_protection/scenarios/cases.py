"""A scenario's notice and case file, as JSON: the usual case with what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from dunkelwerk.lines.credit_protection.scenarios.language import CLAIMS, FURTHER, usual_claim
from dunkelwerk.lines.scenarios import Scenario, notice_of, overlaid

__all__ = ["case_file_of", "notice_of"]

OWN_CLAIMS = (*CLAIMS, "more_claims")


def case_file_of(scenario: Scenario) -> dict[str, Any]:
    """The case file as JSON."""
    usual, differs = scenario.usual, scenario.differs
    tariffs = [overlaid(usual["tariff"], differs.get("tariff", {}))]
    persons = [overlaid(usual["person"], differs.get("person", {}))]
    insured = list(usual["contract"]["insured"])
    if "second_person" in differs:
        persons.append(overlaid(usual["second_person"], differs["second_person"]))
        insured.append(usual["second_person"]["id"])
    claims = {key: differs[key] for key in OWN_CLAIMS if key in differs}
    named = {"insured": insured, **differs.get("contract", {}), **claims}
    contracts = [contract_of(scenario, {}, named, tariffs)]
    contracts += [contract_of(scenario, usual[each], differs[each], tariffs) for each in FURTHER if each in differs]
    if differs.get("case_file") == "contract_twice":
        contracts.append(contracts[0])
    if order := differs.get("file_order"):
        contracts.sort(key=lambda contract: order.index(contract["number"]))
    file = {"key": usual["contract"]["number"], "persons": persons, "tariffs": tariffs, "contracts": contracts}
    return dict(overlaid(file, differs["case_file"])) if isinstance(differs.get("case_file"), Mapping) else file


def contract_of(scenario: Scenario, further: Any, differs: Any, tariffs: list[Any]) -> dict[str, Any]:
    """One contract with its claims; a tariff of its own is added to ``tariffs``."""
    usual = scenario.usual
    own = {key: value for key, value in differs.items() if key not in (*OWN_CLAIMS, "tariff")}
    further_own = {key: value for key, value in further.items() if key not in OWN_CLAIMS}
    contract = overlaid(overlaid(usual["contract"], further_own), own)
    contract["tariff"] = differs.get("tariff", tariffs[0]["id"])
    if isinstance(contract["tariff"], Mapping):
        tariffs.append({**overlaid(usual["tariff"], contract["tariff"]), "id": f"tariff of {contract['number']}"})
        contract["tariff"] = tariffs[-1]["id"]
    claims = claims_of(scenario, further, differs)
    contract["claims"] = [{**claim, "instalments": instalments_of(claim, contract)} for claim in claims]
    return dict(contract)


def claims_of(scenario: Scenario, further: Any, differs: Any) -> list[dict[str, Any]]:
    """The usual claim, which ``other_claim`` is only where the scenario has it, and the further ones."""
    key = usual_claim(scenario)
    usual = scenario.usual[key]
    own = differs.get(key, {} if key == "claim" else "none")
    claims = [] if own == "none" else [overlaid(overlaid(usual, further.get(key, {})), own)]
    more = {name: usual[name] for name in ("person", "status", "onset")}
    return [*claims, *(overlaid(more, each) for each in differs.get("more_claims", []))]


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
