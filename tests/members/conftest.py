"""A world of members, worked on inside the test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "runner"))
sys.path.insert(0, str(Path(__file__).parents[1] / "letters"))

from member_support import Members


@pytest.fixture
def world(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Members]:
    """An empty register and inbox."""
    monkeypatch.delenv("DUNKELWERK_LETTERS", raising=False)
    made = Members(tmp_path, django_database)
    yield made
    made.enter()
    made.drop_copies()
