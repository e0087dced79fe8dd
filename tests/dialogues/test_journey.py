"""A shipped type from the file of persons to the settled case: enrolled, asked, answered, decided, told."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dialogue_support import BORN, HEADER, TODAY, person_row

ON = date.fromisoformat(TODAY)
POSTED = {"tax_id": ["86 095 742 719"], "correct": ["yes"]}


def fill_in(dialogue: Any) -> tuple[Any, int]:
    """Answer page by page as the portal does; the form and the draft's revision."""
    from dunkelwerk.dialogues.answers import load_draft, save_draft
    from dunkelwerk.dialogues.forms.filling import Form

    form, revision = Form(dialogue.form, {}, prefill=dialogue.prefill, person=dialogue.facts, today=ON), 0
    page = form.pages[0]
    while page is not None:
        asked = {"asked": [question.name for question in form.questions(page)]}
        reading = form.read(page, POSTED | asked)
        assert reading.complete, reading.faults
        revision = save_draft(dialogue.id, reading.answers, revision=revision)
        answers = load_draft(dialogue.id).answers
        form = Form(dialogue.form, answers, prefill=dialogue.prefill, person=dialogue.facts, today=ON)
        page = form.after(page)
    return form, revision


def test_a_tax_id_is_asked_for_and_recorded(
    django_database: str, folder: Path, run_cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUNKELWERK_TODAY", TODAY)
    monkeypatch.setenv("DUNKELWERK_LOGIN_MILLISECONDS", "0")
    path = folder / "members.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEADER[:9], extrasaction="ignore")
        writer.writeheader()
        writer.writerows([person_row(1), person_row(2)])
    imported = run_cli("dialogues", "import", "tax-id", path, "--pins-out", folder / "out.csv")
    assert imported.returncode == 0, imported.stderr
    with psycopg.connect(django_database) as database:
        assert database.execute("SELECT number FROM member ORDER BY 1").fetchall() == [("E-1",), ("E-2",)]
    with (folder / "out.csv").open(encoding="utf-8", newline="") as stream:
        letter = next(csv.DictReader(stream))

    from dunkelwerk.dialogues import access, answers, outcomes, queries
    from dunkelwerk.infra.businessday import now

    session = access.log_in(letter["pin"], BORN, address="10.0.0.1")
    assert isinstance(session, access.Session)
    dialogue = queries.load(session.dialogue)
    form, revision = fill_in(dialogue)
    said = {"receipt": b"%PDF", "receipt_sha256": "0" * 64, "language": "de", "at": now()}
    answers.submit(dialogue, form, revision=revision, **said)  # type: ignore[arg-type]
    worked = run_cli("work", "--once")
    assert "1 dunkel erledigt" in worked.stdout
    assert outcomes.collect() == 1
    status = answers.status(dialogue.id)
    assert (status.state, status.outcome) == ("processed", "settled")
    shown = json.loads(run_cli("dialogues", "show", letter["dialogue"], "--json").stdout)
    assert [each["event"] for each in shown["events"]] == ["created", "exported", "opened", "submitted", "processed"]
    checked = run_cli("check")
    assert checked.returncode == 0, checked.stdout
