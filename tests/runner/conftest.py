"""A world for each test of the runner."""

from __future__ import annotations

from pathlib import Path

import pytest
from work_support import World


@pytest.fixture
def world(django_database: str, tmp_path: Path) -> World:
    """An empty register and inbox, worked on inside the test."""
    return World(tmp_path, django_database)
