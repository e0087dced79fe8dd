"""What ``work`` decides is what ``decide`` decides on the exported case files, and they then show every action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from work_support import ON, TODAY, Thing, World, read_lines, write_lines

from dunkelwerk.lines.credit_protection.synthetic.notices import notices
from dunkelwerk.lines.credit_protection.synthetic.register import case_files

SEED = 7
#: what the insurer may set so that every way to write a decision is gone
SELECTIVE = """
isolation: per_claim
authority_limit: "2000.00"
dispositions: {recourse_open: offset, premium_in_arrears: ignore, payment_returned: second_check}
"""
KEYS = ("notice", "outcome", "reasons", "actions", "referred", "trace", "versions")
Contracts = dict[str, Thing]


@pytest.mark.parametrize(
    ("contracts", "count", "parameters"), [(2_000, 500, ""), (1_200, 300, SELECTIVE)], ids=["defaults", "selective"]
)
def test_the_database_decides_like_the_files(
    world: World, run_cli, tmp_path: Path, contracts: int, count: int, parameters: str
) -> None:
    register = list(case_files(seed=SEED, contracts=contracts, on=ON))
    world.load(*register)
    overrides = write_text(tmp_path / "parameters.yaml", parameters or "{}")
    outcomes: Counter[str] = Counter()
    for arrived in rounds(register, notices(seed=SEED, contracts=contracts, on=ON, count=count)):
        before = export(run_cli, "case-files", tmp_path / "before")
        world.receive(*arrived)
        expected = decide(run_cli, tmp_path, before=tmp_path / "before", notices=arrived, parameters=overrides)
        succeed(run_cli("work", "--once", "--on", TODAY, "--parameters", overrides))
        decided = export(run_cli, "decisions", tmp_path / "decisions")[-len(arrived) :]
        found = {each["notice"]: each for each in decided}
        assert {name: {key: each[key] for key in KEYS} for name, each in found.items()} == expected
        after = contracts_of(export(run_cli, "case-files", tmp_path / "after"))
        assert after == make_true(contracts_of(before), arrived, found)
        outcomes += Counter(each["state"] for each in found.values())
    assert outcomes.total() == count
    assert set(outcomes) >= {"settled", "proposed", "referred"} | ({"partial"} if parameters else set())
    succeed(run_cli("check"))


def rounds(register: list[Thing], arrived: Iterable[Thing]) -> list[list[Thing]]:
    """The notices so that no two of a household stand in one round: the second is decided on what the first did."""
    household = {each["number"]: line["key"] for line in register for each in line["contracts"]}
    seen: Counter[str] = Counter()
    found: list[list[Thing]] = []
    for each in arrived:
        key = household.get(each["contract"], each["contract"])
        if seen[key] == len(found):
            found.append([])
        found[seen[key]].append(each)
        seen[key] += 1
    assert len(found) > 1
    return found


def write_text(path: Path, text: str) -> Path:
    """A file of this text."""
    path.write_text(text, "utf-8")
    return path


def succeed(ended: Any) -> None:
    """A command must have succeeded."""
    assert ended.returncode == 0, ended.stdout + ended.stderr


def export(run_cli: Any, what: str, path: Path) -> list[Thing]:
    """What ``dunkelwerk export`` writes."""
    succeed(run_cli("export", what, "--out", path))
    return read_lines(path)


def decide(run_cli: Any, folder: Path, *, before: Path, notices: list[Thing], parameters: Path) -> dict[str, Thing]:
    """The decisions on files, by notice, as the database keeps them."""
    files = ("--case-files", before, "--notices", write_lines(folder / "arrived", notices))
    options = ("--parameters", parameters, "--on", TODAY, "--out", folder / "decided")
    succeed(run_cli("decide", "follow-up-sick-note", *files, *options))
    return {each["notice"]: {key: each[key] for key in KEYS} for each in read_lines(folder / "decided")}


def contracts_of(lines: list[Thing]) -> Contracts:
    """All contracts by number; those of several lines agree. The ids of instalments released here are left out."""
    found: Contracts = {}
    for line in lines:
        for each in line["contracts"]:
            for claim in each["claims"]:
                for instalment in claim["instalments"]:
                    instalment["id"] = None if str(instalment["id"]).startswith("DW-") else instalment["id"]
            assert found.setdefault(each["number"], each) == each
    return found


def make_true(contracts: Contracts, arrived: list[Thing], decided: dict[str, Thing]) -> Contracts:
    """The contracts as the decisions that took effect must leave them."""
    for notice in arrived:
        decision = decided[notice["id"]]
        if decision["state"] in ("settled", "partial"):
            for action in decision["actions"]:
                contract = contracts[action["contract"]]
                (claim,) = (each for each in contract["claims"] if each["number"] == action["claim"])
                EFFECTS[action["type"]](action, contract, claim, notice)
    return contracts


def record_proof(action: Thing, contract: Thing, claim: Thing, notice: Thing) -> None:
    claim["proven_until"] = action["until"]


def extend_benefit(action: Thing, contract: Thing, claim: Thing, notice: Thing) -> None:
    claim["released_until"] = action["until"]


def release_instalment(action: Thing, contract: Thing, claim: Thing, notice: Thing) -> None:
    row = {"due": action["due"], "amount": action["amount"], "status": "released", "id": None, "replaces": None}
    claim["instalments"].append(row)


def offset_recourse(action: Thing, contract: Thing, claim: Thing, notice: Thing) -> None:
    (row,) = (each for each in claim["instalments"] if each["due"] == action["due"] and each["status"] == "released")
    row["status"] = "offset" if row["amount"] == action["amount"] else "released"
    contract["recourse_open"] = str(Decimal(contract["recourse_open"]) - Decimal(action["amount"]))


def close_claim(action: Thing, contract: Thing, claim: Thing, notice: Thing) -> None:
    claim |= {"status": "closed", "closed_on": TODAY, "closing_reason": action["reason"]}
    if action["reason"] == "recovered" and claim["recovered_on"] is None:
        claim["recovered_on"] = notice["incapacity_until"]


def nothing(action: Thing, contract: Thing, claim: Thing, notice: Thing) -> None:
    """Letters, reviews and filing leave the case file alone."""


EFFECTS = {
    "record_proof": record_proof,
    "extend_benefit": extend_benefit,
    "release_instalment": release_instalment,
    "offset_recourse": offset_recourse,
    "close_claim": close_claim,
    **dict.fromkeys(("send_letter", "review_on", "file_notice"), nothing),
}
