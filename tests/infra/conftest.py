"""A folder and a home for the embedded database that go with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_home import scratch_folder, set_environment, temporary_home


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    set_environment(monkeypatch)
    with scratch_folder() as path:
        yield path


@pytest.fixture
def home(folder: Path) -> Iterator[Path]:
    with temporary_home(folder) as path:
        yield path
