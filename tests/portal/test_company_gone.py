"""A company that insurer.yaml no longer lists: its dialogues show every company, and no receipt in a wrong name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_questions import stored, text
from test_review import revision, submit

INSURER = """
name: Nordlicht Versicherung AG
address: [Hafenstraße 3, 20457 Hamburg]
phone: 040 123456
email: post@nordlicht.example
legal_entities:
  other: {name: Andere AG}
"""


def forget() -> None:
    """Nothing that this process keeps of the insurer's data counts any more."""
    from dunkelwerk.dialogues.papers import engine
    from dunkelwerk.portal.house import read_house

    engine._make.cache_clear()
    read_house.cache_clear()


@pytest.fixture
def insurer(tmp_path: Path) -> Iterator[Path]:
    """The insurer's folder."""
    (tmp_path / "insurer.yaml").write_text(INSURER, "utf-8")
    yield tmp_path
    forget()


def test_it_is_shown_under_no_wrong_name_and_submits_once_it_is_listed(
    logged_in: Any, insurer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, given = logged_in("tax_id")
    client.post("/fragen/1", {"go": "next", "tax_id": "86095742719"})
    client.post("/fragen/2", {"go": "next", "correct": "yes"})
    saved = stored(given)
    monkeypatch.setenv("DUNKELWERK_LETTERS", str(insurer))
    forget()
    page = text(client.get("/fragen/1"))
    assert all(name in page for name in ("Nordlicht Versicherung AG", "Andere AG"))
    done = client.post("/pruefen", {"go": "submit", "revision": revision(client)})
    assert done.status_code == 503
    assert "stimmt gerade eine Einstellung nicht" in text(done)
    assert stored(given) == saved
    listed = INSURER + "  health_fund: {name: Nord-BKK}\n"
    (insurer / "insurer.yaml").write_text(listed, "utf-8")
    forget()
    page = text(client.get("/fragen/1"))
    assert "Nord-BKK" in page
    assert "Nordlicht" not in page
    assert submit(client)["Location"] == "/fertig"
