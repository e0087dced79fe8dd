"""What a clerk reads of each reason, word for word, and the evidence behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from scenarios import decide, scenarios

EXPECTED = yaml.safe_load((Path(__file__).parent / "evidence.yaml").read_text("utf-8"))
BY_NAME = {scenario.name: scenario for scenario in scenarios()}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected["code"])
def test_text_and_evidence(expected: dict[str, Any]) -> None:
    reasons = decide(BY_NAME[expected["scenario"]])["reasons"]
    found = next(reason for reason in reasons if reason["code"] == expected["code"])
    assert found["text"] == expected["text"]
    assert msgspec.json.decode(msgspec.json.encode(found["evidence"])) == plain(expected["evidence"])


def plain(evidence: Any) -> Any:
    """YAML reads dates where JSON has texts."""
    return msgspec.json.decode(msgspec.json.encode(evidence))
