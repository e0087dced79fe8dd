"""A database with the test's type published, and the business day set."""

from __future__ import annotations

from pathlib import Path

import pytest
from dialogue_support import TODAY, publish_proof


@pytest.fixture
def proof(django_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the database."""
    monkeypatch.setenv("DUNKELWERK_TODAY", TODAY)
    monkeypatch.setenv("DUNKELWERK_LOGIN_MILLISECONDS", "0")
    for name in ("PEPPER", "PEPPERS", "PORTAL_URL"):
        monkeypatch.delenv(f"DUNKELWERK_{name}", raising=False)
    publish_proof()
    return django_database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test writes its files."""
    return tmp_path
