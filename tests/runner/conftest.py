"""A world for each test of the runner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from work_support import World


@pytest.fixture
def world(django_database: str, tmp_path: Path) -> Iterator[World]:
    """An empty register and inbox, worked on inside the test."""
    made = World(tmp_path, django_database)
    yield made
    made.enter()
    made.drop_copies()
