"""An outbox and a core system for each test of the feeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from outbox_support import SECRET, Outbox, Receiver, running

from dunkelwerk.feeds.outbox.targets import Targets, Webhook

SETTINGS = ("WEBHOOK", "SECRET", "SECRET_FILE", "FOLDER", "ATTEMPTS", "KEEP_DAYS")


@pytest.fixture
def outbox(django_database: str, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """An empty outbox, and no settings."""
    for name in SETTINGS:
        monkeypatch.delenv(f"DUNKELWERK_OUTBOX_{name}", raising=False)
    return Outbox(django_database)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A core system that takes what comes."""
    with running(Receiver()) as made:
        yield made


@pytest.fixture
def webhook(receiver: Receiver) -> Targets:
    """The core system as the only target."""
    return Targets(webhook=Webhook(receiver.url, SECRET.encode()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for files."""
    made = tmp_path / "export"
    made.mkdir()
    return made
