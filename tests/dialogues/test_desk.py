"""The service desk: a new PIN, a revocation, paper, returned letters, holds; the ways out of the form; one dialogue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dialogue_support import AT, BORN, TODAY, answer, import_rows, person_row, read_csv, submit


@pytest.fixture
def letters(proof: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[dict[str, str]]:
    """Two dialogues, and somebody at the desk."""
    monkeypatch.setenv("DUNKELWERK_ACTOR", "s.desk")
    return import_rows(folder, [person_row(1), person_row(2)])[1]


def log_in(pin: str) -> Any:
    from dunkelwerk.dialogues import access

    return access.log_in(pin, BORN, address="10.0.0.1", at=AT)


def test_a_new_pin_kills_the_old_one_and_keeps_the_answers(
    letters: Sequence[dict[str, str]], folder: Path, run_cli: Any
) -> None:
    from dunkelwerk.dialogues import access, answers

    reference, out = letters[0]["dialogue"], ("--pins-out", folder / "neu.csv")
    session = log_in(letters[0]["pin"])
    answer(reference, benefit_kind="alg1")
    silent = run_cli("dialogues", "reissue", reference, *out, DUNKELWERK_TODAY=TODAY)
    assert silent.returncode == 2
    reason = ("--reason", "Brief verloren")
    nowhere = run_cli("dialogues", "reissue", reference, *reason, DUNKELWERK_TODAY=TODAY)
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert "--out" in nowhere.stderr
    assert log_in(letters[0]["pin"]).dialogue, "nothing has changed"
    done = run_cli("dialogues", "reissue", reference.lower(), *reason, *out, DUNKELWERK_TODAY=TODAY)
    assert done.returncode == 0, done.stderr
    [row] = read_csv(folder / "neu.csv")
    pin = row["pin"]
    assert row["dialogue"] == reference
    assert pin not in done.stdout + done.stderr
    assert log_in(letters[0]["pin"]).kind == "wrong"
    assert access.session_of(session.token, at=AT) is None
    fresh = log_in(pin)
    assert answers.load_draft(fresh.dialogue).answers == {"benefit_kind": "alg1"}
    assert answers.status(fresh.dialogue).state == "opened"


@pytest.mark.parametrize("command", ["revoke", "reissue", "paper", "returned", "hold"])
def test_nothing_is_done_by_nobody(letters: Sequence[dict[str, str]], folder: Path, run_cli: Any, command: str) -> None:
    reason = () if command in ("paper", "returned") else ("--reason", "irrtümlich")
    out = ("--out", folder / "briefe") if command == "reissue" else ()
    done = run_cli("dialogues", command, letters[0]["dialogue"], *reason, *out, DUNKELWERK_ACTOR="")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--actor" in done.stderr
    assert log_in(letters[0]["pin"]).dialogue


@pytest.mark.parametrize("command", ["revoke", "paper", "returned"])
def test_an_ended_dialogue_takes_no_answers(letters: Sequence[dict[str, str]], run_cli: Any, command: str) -> None:
    from dunkelwerk.dialogues.answers import NotOpen

    said = answer(letters[0]["dialogue"], benefit_kind="alg1")
    reason = ("--reason", "irrtümlich") if command == "revoke" else ()
    assert run_cli("dialogues", command, letters[0]["dialogue"], *reason).returncode == 0
    with pytest.raises(NotOpen):
        answer(letters[0]["dialogue"], benefit_kind="alg2")
    with pytest.raises(NotOpen):
        submit(letters[0]["dialogue"])
    assert said[2] == 1
    twice = run_cli("dialogues", command, letters[0]["dialogue"], *reason)
    assert (twice.returncode, len(twice.stderr.strip().splitlines())) == (1, 1)


def test_what_is_submitted_gets_no_new_pin(letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.infra.errors import CommandError

    submit(letters[0]["dialogue"])
    with pytest.raises(CommandError):
        operations.reissue(letters[0]["dialogue"], actor="test", reason="verloren")
    with pytest.raises(CommandError):
        operations.revoke(letters[0]["dialogue"], actor="test", reason="irrtümlich")


@pytest.mark.parametrize("ended", ["expired", "revoked", "returned_by_post"])
def test_what_ended_may_be_opened_again(proof: str, letters: Sequence[dict[str, str]], ended: str) -> None:
    from dunkelwerk.dialogues import operations

    with psycopg.connect(proof) as database:
        query = "UPDATE dialogue SET state = %s, end_on = '2026-11-21', valid_until = '2026-11-20' WHERE reference = %s"
        database.execute(query, (ended, letters[0]["dialogue"]))
    created = operations.reissue(letters[0]["dialogue"], actor="test", reason="Adresse berichtigt")
    assert created.valid_until == date(2026, 12, 22)
    assert log_in(created.pin).dialogue == created.dialogue


@pytest.mark.parametrize(
    ("kind", "task", "state", "priority"),
    [
        ("not_me", "wrong_person", "revoked", 2),
        ("deceased", "deceased", "revoked", 1),
        ("on_paper", "paper_form", "opened", 3),
    ],
)
def test_the_ways_out(
    proof: str, letters: Sequence[dict[str, str]], kind: str, task: str, state: str, priority: int
) -> None:
    from dunkelwerk.dialogues import access, operations

    session = log_in(letters[0]["pin"])
    operations.exit_by_person(session.dialogue, kind, note_text="Die Familie ist verzogen.")
    with psycopg.connect(proof) as database:
        items = database.execute("SELECT task, key, priority, basket FROM work_item").fetchall()
        row = database.execute("SELECT state, remind_on, exit_words FROM dialogue ORDER BY id").fetchone()
        events = [each[0] for each in database.execute("SELECT event FROM dialogue_event ORDER BY id").fetchall()]
    assert items == [(task, letters[0]["dialogue"], priority, "nachweise")]
    assert row is not None
    assert (row[0], row[1]) == (state, None)
    assert b"Familie" not in bytes(row[2])
    assert events[-1] == f"exit_{kind}"
    assert (access.session_of(session.token, at=AT) is None) == (state == "revoked")


def test_whoever_answers_after_all_needs_no_paper(proof: str, letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import operations

    session = log_in(letters[0]["pin"])
    operations.exit_by_person(session.dialogue, "on_paper")
    operations.exit_by_person(session.dialogue, "on_paper")
    submit(letters[0]["dialogue"])
    with psycopg.connect(proof) as database:
        assert database.execute("SELECT task, state FROM work_item").fetchall() == [("paper_form", "done")]


def test_an_unknown_way_out_is_an_error(letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import operations

    with pytest.raises(ValueError, match="representative"):
        operations.exit_by_person(1, "representative")


def test_one_dialogue_by_api(proof: str) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.records import Person
    from dunkelwerk.infra.errors import CommandError

    person = Person(external_id="A-1", last_name="Groß", first_name="Jürgen", birth_date=date(1980, 2, 29))
    prefill = {"contract": "RS-1", "since": "2026-01-31"}
    created = operations.create_dialogue("proof", person, prefill=prefill, actor="api:core")
    assert created.link.endswith(f"/#{created.pin}")
    assert log_in(created.pin).dialogue == created.dialogue
    with pytest.raises(operations.AlreadyThere) as known:
        operations.create_dialogue("proof", person, prefill=prefill, actor="api:core")
    assert known.value.reference == created.reference
    with pytest.raises(CommandError, match="vorbei"):
        operations.create_dialogue("proof", person, prefill={}, valid_until=date(2026, 11, 21), actor="api:core")
    submit(created.reference)


def test_show_and_list_say_nothing_personal(letters: Sequence[dict[str, str]], run_cli: Any) -> None:
    log_in(letters[0]["pin"])
    shown = run_cli("dialogues", "show", letters[0]["dialogue"], "--json")
    said = json.loads(shown.stdout)
    assert (said["state"], said["external_id"]) == ("opened", "E-1")
    assert [each["event"] for each in said["events"]] == ["created", "exported", "opened"]
    table = run_cli("dialogues", "list", "--type", "proof")
    text = shown.stdout + table.stdout + run_cli("dialogues", "show", letters[0]["dialogue"]).stdout
    for secret in ("Nachname1", "1980", "RS-1", letters[0]["pin"], letters[0]["pin"].replace("-", "")[:5]):
        assert secret not in text
    assert "angeschrieben 1, geöffnet 1" in table.stdout
    assert run_cli("dialogues", "show", "D-22222-22222").returncode == 1
