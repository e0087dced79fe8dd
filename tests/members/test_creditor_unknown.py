"""A mandate is confirmed in its creditor's name, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from member_support import Members, member, notice

INSURER = """
name: Nordlicht Versicherung AG
address: [Hafenstraße 3, 20457 Hamburg]
phone: 040 123456
email: post@nordlicht.example
"""


def test_a_confirmation_without_its_company_fails_and_is_printed_once_it_is_listed(
    world: Members, run_cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.load(member(1))
    world.receive(notice("sepa_mandate", 1))
    world.work()
    own = tmp_path / "own"
    own.mkdir()
    (own / "insurer.yaml").write_text(INSURER, "utf-8")
    monkeypatch.setenv("DUNKELWERK_LETTERS", str(own))
    day = {"DUNKELWERK_TODAY": "2026-11-23"}
    run_cli("letters", "render", "--out", tmp_path / "out", **day)
    [order] = world.rows("SELECT state, fault FROM letter_order")
    assert order["state"] == "failed"
    assert order["fault"] == "die Gesellschaft health_fund steht nicht in insurer.yaml (legal_entities)"
    assert world.rows("SELECT task, state FROM work_item") == [{"task": "letter", "state": "open"}]
    (own / "insurer.yaml").write_text(INSURER + "legal_entities: {health_fund: {name: Nord-BKK}}\n", "utf-8")
    done = run_cli("letters", "render", "--out", tmp_path / "out", "--retry-failed", **day)
    assert done.returncode == 0, done.stderr
    assert world.rows("SELECT state FROM letter_order") == [{"state": "rendered"}]
    assert world.rows("SELECT state FROM work_item") == [{"state": "done"}]
    [path] = (tmp_path / "out").rglob("*.pdf")
    words = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
    assert "Nord-BKK" in words
    assert "Nordlicht Versicherung" not in words
