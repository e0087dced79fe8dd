"""Helpers of the tests of letters: a made-up case with what differs, and the printed text of a letter."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from dunkelwerk.letters.rendering import Engine, Letter, text_of
from dunkelwerk.lines.credit_protection.casefile import CaseFile
from dunkelwerk.lines.credit_protection.letters import samples
from dunkelwerk.lines.credit_protection.letters.content import content
from dunkelwerk.lines.credit_protection.letters.source import LETTERS

Thing = dict[str, Any]
ON = date(2026, 11, 2)
AT = samples.AT


def act(kind: str, **fields: Any) -> Thing:
    """An action on the made-up claim."""
    return {"type": kind, **AT, **fields}


def released(*dues: str, until: str = "2026-11-30", amount: str = "312.50") -> list[Thing]:
    """The usual actions: proven and released up to a day, with these instalments."""
    lines = [act("release_instalment", due=due, amount=amount) for due in dues]
    return [act("record_proof", until=until), act("extend_benefit", until=until), *lines]


def case_file(
    *,
    person: Thing | None = None,
    contract: Thing | None = None,
    claim: Thing | None = None,
    cover: Thing | None = None,
) -> CaseFile:
    """The made-up case file with changes."""
    changed = samples.CONTRACT | {"recourse_open": "0.00"} | (contract or {})
    changed["claims"] = [samples.CLAIM | (claim or {})]
    cause = changed["claims"][0]["cause"]
    tariff = {"id": "RSV-2021", "illness": samples.ILLNESS} | {cause: samples.ILLNESS | (cover or {})}
    tariff.setdefault("unemployment", samples.ILLNESS)
    persons = [samples.PERSON | (person or {}), copy.deepcopy(samples.PERSON) | {"id": "P-2", "first_name": "Ina"}]
    return msgspec.convert({"persons": persons, "tariffs": [tariff], "contracts": [changed]}, CaseFile)


def content_of(template: str, actions: list[Thing], *, file: CaseFile | None = None, notice: Any = None) -> Thing:
    """The data of a letter about the made-up claim."""
    notice = samples.NOTICE if notice is None else notice
    return content(template, case_file=file or case_file(), **AT, actions=actions, notice=notice, on=ON)


def new(kind: str, **fields: Any) -> Thing:
    """An action on a claim that the decision opens: it carries none."""
    return {"type": kind, **samples.NEW, **fields}


def accepted(*dues: str, since: str = "2026-10-05", limit: str = "2028-10-04", used: int = 0) -> list[Thing]:
    """A first notice is accepted: proven up to the end of November, and these instalments released."""
    dates = {"benefit_from": since, "benefit_limit": limit, "months_used_before": used}
    lines = [new("release_instalment", due=due, amount="312.50") for due in dues]
    proven = [new("record_proof", until="2026-11-30"), new("extend_benefit", until="2026-11-30")] if dues else []
    return [new("open_claim", status="accepted"), new("accept_claim", **dates), *proven, *lines]


def unopened(*, others: list[Thing] | None = None, **changes: Any) -> CaseFile:
    """The case file before a first notice: without a claim on the contract, with further contracts."""
    whole = msgspec.to_builtins(case_file(**changes))
    whole["contracts"][0]["claims"] = []
    plain = samples.CONTRACT | {"recourse_open": "0.00", "claims": []}
    whole["contracts"] = [*whole["contracts"], *(plain | each for each in others or [])]
    return msgspec.convert(whole, CaseFile)


def opened_content(template: str, actions: list[Thing], *, file: CaseFile | None = None, notice: Thing) -> Thing:
    """The data of a letter about the claim that a first notice opens; the database gave it a number since."""
    file = file or unopened()
    at = {"contract": samples.NEW["contract"], "claim": samples.NUMBER}
    return content(template, case_file=file, **at, actions=actions, notice=notice, on=ON)


def page(engine: Engine, template: str, data: Thing) -> str:
    """The printed words of a letter, all blanks alike."""
    return " ".join(text_of(print_letter(engine, template, data).pdf).split())


def print_letter(engine: Engine, template: str, data: Thing) -> Letter:
    """The letter as a file."""
    return engine.render(template, engine.fill(data, legal_entity=data["legal_entity"]), on=ON)


def words(engine: Engine, template: str, actions: list[Thing], **kwargs: Any) -> str:
    """The text of a letter about the made-up claim, all blanks alike."""
    return " ".join(text_of(print_letter(engine, template, content_of(template, actions, **kwargs)).pdf).split())


def engine() -> Engine:
    """An engine with whatever templates are in force."""
    return Engine(Path(LETTERS.folder))
