"""The program against a second, independent reading of the page, on random cases concentrated on the limits."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from generate import generate

from dunkelwerk.runner.offline import Task, decide_files
from oracle import decide_all

DAY = date(2026, 11, 2)


def answers(folder: Path, cases: list[bytes], notices: list[bytes], parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """What the program decides."""
    (folder / "cases").write_bytes(b"\n".join(cases) + b"\n")
    (folder / "notices").write_bytes(b"\n".join(notices) + b"\n")
    task = Task("follow_up_sick_note", folder / "cases", folder / "notices", parameters, DAY)
    return [json.loads(line) for chunk in decide_files(task) for line in chunk.lines]


def essence(decision: dict[str, Any]) -> dict[str, Any]:
    """What both must agree on: texts and evidence are the program's own."""
    reasons = [{name: each[name] for name in ("code", "contract", "claim", "scope")} for each in decision["reasons"]]
    return {name: decision[name] for name in ("notice", "outcome", "actions", "referred")} | {"reasons": reasons}


@pytest.mark.parametrize("ambiguous", [False, True])
@pytest.mark.parametrize("seed", range(1, 7))
def test_both_decide_alike(tmp_path: Path, seed: int, ambiguous: bool) -> None:
    cases, notices, parameters = generate(seed, 150, ambiguous=ambiguous)
    expected = decide_all(cases, notices, parameters, DAY)
    decided = answers(tmp_path, cases, notices, parameters)
    assert len(decided) == len(expected)
    for wanted, found in zip(expected, decided, strict=True):
        assert essence(found) == essence(wanted)
