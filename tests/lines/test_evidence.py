"""What a clerk reads of each reason, word for word, and the evidence behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from dunkelwerk.lines.registry import processes
from scenarios import decide, scenarios

EXPECTED = yaml.safe_load((Path(__file__).parent / "evidence.yaml").read_text("utf-8"))
BY_NAME = {(scenario.process, scenario.name): scenario for scenario in scenarios()}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: f"{expected['process']}-{expected['code']}")
def test_text_and_evidence(expected: dict[str, Any]) -> None:
    reasons = decide(BY_NAME[expected["process"], expected["scenario"]])["reasons"]
    found = next(reason for reason in reasons if reason["code"] == expected["code"])
    assert found["text"] == expected["text"]
    assert msgspec.json.decode(msgspec.json.encode(found["evidence"])) == plain(expected["evidence"])


def test_every_reason_of_every_process_is_read_once() -> None:
    read = {(expected["process"], expected["code"]) for expected in EXPECTED}
    bound = {(process.name, bound.reason.code) for process in processes().values() for bound in process.checks}
    assert bound - read == set()


def plain(evidence: Any) -> Any:
    """YAML reads dates where JSON has texts."""
    return msgspec.json.decode(msgspec.json.encode(evidence))
