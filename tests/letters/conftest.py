"""A world whose decisions order letters."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "runner"))

from work_support import World


@pytest.fixture
def world(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """An empty register and inbox, worked on inside the test."""
    monkeypatch.delenv("DUNKELWERK_LETTERS", raising=False)
    return World(tmp_path, django_database)
