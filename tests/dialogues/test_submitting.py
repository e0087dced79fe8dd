"""A dialogue is submitted once: from two devices, by two clients at once, with a server killed in between."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import psycopg
import pytest
from dialogue_support import AT, BORN, answer, import_rows, person_row, submit

TABLES = ("dialogue_submission", "notice", "outbox_message", "toucher")


@pytest.fixture
def letters(proof: str, folder: Path) -> list[dict[str, str]]:
    """Two dialogues."""
    return import_rows(folder, [person_row(1), person_row(2)])[1]


def counts(url: str) -> dict[str, int]:
    with psycopg.connect(url) as database:
        return {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}  # type: ignore[index,arg-type]


def test_once_from_two_devices(proof: str, letters: list[dict[str, str]]) -> None:
    from dunkelwerk.dialogues.answers import AlreadySubmitted, status
    from dunkelwerk.dialogues.drafts import NotOpen

    reference = letters[0]["dialogue"]
    one = answer(reference, benefit_kind="alg1")
    submit(reference)
    with pytest.raises(AlreadySubmitted):
        resubmit(one)
    with pytest.raises(NotOpen):
        answer(reference, benefit_kind="alg2")
    assert set(counts(proof).values()) == {1}
    assert status(one[0].id).state == "submitted"


def resubmit(said: tuple[object, object, int]) -> object:
    from dunkelwerk.dialogues.answers import submit as send

    dialogue, form, revision = said
    pdf = b"%PDF other"
    sha256 = hashlib.sha256(pdf).hexdigest()
    return send(dialogue, form, revision=revision, receipt=pdf, receipt_sha256=sha256, language="de", at=AT)  # type: ignore[arg-type]


@pytest.mark.usefixtures("patient_sessions")
def test_two_at_the_same_time(proof: str, letters: list[dict[str, str]]) -> None:
    from django.db import connection

    from dunkelwerk.dialogues.answers import AlreadySubmitted

    said = answer(letters[0]["dialogue"], benefit_kind="alg1")
    start, results = threading.Barrier(6), []

    def attempt() -> None:
        start.wait()
        try:
            resubmit(said)
            results.append("submitted")
        except AlreadySubmitted:
            results.append("already")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["already"] * 5 + ["submitted"]
    assert set(counts(proof).values()) == {1}


@pytest.mark.parametrize("place", ["put_message", "keep_uploads", "note"])
def test_a_failure_anywhere_leaves_nothing(
    proof: str, letters: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    from dunkelwerk.dialogues import answers, submitting

    said = answer(letters[0]["dialogue"], benefit_kind="alg1")
    monkeypatch.setattr(submitting, place, lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        resubmit(said)
    assert set(counts(proof).values()) == {0}
    assert answers.load_draft(said[0].id).answers == {"benefit_kind": "alg1"}
    monkeypatch.undo()


def test_a_server_killed_between_leaves_nothing_and_it_can_be_sent_again(
    proof: str, letters: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes down after the last statement, before the commit."""
    from django.db import Error, connection

    from dunkelwerk.dialogues import submitting

    said = answer(letters[0]["dialogue"], benefit_kind="alg1")
    add = submitting.inbox.add_one

    def add_and_die(cursor: object, *args: object, **kwargs: object) -> int:
        number = add(cursor, *args, **kwargs)  # type: ignore[arg-type]
        with psycopg.connect(proof, autocommit=True) as database:
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            database.execute(query + " AND pid <> pg_backend_pid() AND application_name = 'dunkelwerk'")
        return number

    monkeypatch.setattr(submitting.inbox, "add_one", add_and_die)
    with pytest.raises(Error):
        resubmit(said)
    connection.close()
    assert set(counts(proof).values()) == {0}
    monkeypatch.setattr(submitting.inbox, "add_one", add)
    resubmit(said)
    assert set(counts(proof).values()) == {1}


def test_what_is_not_complete_is_not_sent(proof: str, letters: list[dict[str, str]]) -> None:
    from dunkelwerk.dialogues.answers import Incomplete

    with pytest.raises(Incomplete) as missing:
        resubmit(answer(letters[0]["dialogue"]))
    assert [each.question for each in missing.value.faults] == ["benefit_kind"]
    assert set(counts(proof).values()) == {0}


def test_a_file_of_somebody_else_is_not_sent(proof: str, letters: list[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import answers
    from dunkelwerk.dialogues.queries import find

    other = find(letters[1]["dialogue"]).id
    theirs = answers.add_upload(other, question="proof_files", name="b", content=b"%PDF", pages=1).id
    with pytest.raises(answers.StaleDraft):
        submit(letters[0]["dialogue"], proof_files=[theirs])
    assert [each.submitted for each in answers.list_uploads(other)] == [False]


def test_a_draft_saved_elsewhere_meanwhile_is_not_sent(proof: str, letters: list[dict[str, str]]) -> None:
    from dunkelwerk.dialogues.answers import StaleDraft, load_draft, save_draft

    said = answer(letters[0]["dialogue"], benefit_kind="alg1")
    revision = save_draft(said[0].id, {"benefit_kind": "alg2"}, revision=said[2])
    with pytest.raises(StaleDraft):
        resubmit(said)
    with pytest.raises(StaleDraft):
        save_draft(said[0].id, {}, revision=said[2])
    assert load_draft(said[0].id).answers == {"benefit_kind": "alg2"}
    assert load_draft(said[0].id).revision == revision


def test_drafts_are_found_on_another_device_and_sealed(proof: str, letters: list[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import access, answers

    answer(letters[0]["dialogue"], benefit_kind="alg2")
    session = access.log_in(letters[0]["pin"], BORN, address="203.0.113.9", at=AT)
    assert answers.load_draft(session.dialogue).answers == {"benefit_kind": "alg2"}  # type: ignore[union-attr]
    with psycopg.connect(proof) as database:
        sealed = bytes(database.execute("SELECT answers FROM dialogue_draft").fetchone()[0])  # type: ignore[index]
    assert b"alg2" not in sealed


def test_uploads_are_sealed_counted_and_submitted(proof: str, letters: list[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import answers
    from dunkelwerk.dialogues.queries import find

    dialogue = find(letters[0]["dialogue"])
    pdf = b"%PDF-1.7 a letter"
    first = answers.add_upload(dialogue.id, question="proof_files", name="Bescheid.pdf", content=pdf, pages=1, most=2)
    second = answers.add_upload(
        dialogue.id, question="proof_files", name="x" * 500, content=pdf + b"2", pages=2, most=2
    )
    with pytest.raises(answers.TooManyFiles):
        answers.add_upload(dialogue.id, question="proof_files", name="3", content=pdf, pages=1, most=2)
    assert [(each.id, each.pages, each.size) for each in answers.list_uploads(dialogue.id)] == [
        (first.id, 1, len(pdf)),
        (second.id, 2, len(pdf) + 1),
    ]
    assert answers.read_upload(dialogue.id, first.id) == pdf
    other = find(letters[1]["dialogue"])
    assert answers.read_upload(other.id, first.id) is None
    assert not answers.remove_upload(other.id, first.id)
    assert answers.remove_upload(dialogue.id, second.id)
    third = answers.add_upload(dialogue.id, question="hidden", name="dropped", content=b"%PDF", pages=1, most=2)
    submit(letters[0]["dialogue"], proof_files=[first.id])
    kept = answers.list_uploads(dialogue.id)
    assert [(each.id, each.submitted) for each in kept] == [(first.id, True)]
    assert answers.read_upload(dialogue.id, third.id) is None
    with pytest.raises(answers.NotOpen):
        answers.remove_upload(dialogue.id, first.id)


@pytest.mark.usefixtures("patient_sessions")
def test_uploads_of_two_clients_at_once_do_not_exceed(proof: str, letters: list[dict[str, str]]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from dunkelwerk.dialogues import answers
    from dunkelwerk.dialogues.queries import find

    dialogue = find(letters[0]["dialogue"]).id

    def add(number: int) -> bool:
        try:
            answers.add_upload(dialogue, question="proof_files", name=f"{number}", content=b"%PDF", pages=1, most=3)
            return True
        except answers.TooManyFiles:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert sum(pool.map(add, range(12))) == 3


def test_the_outcome_is_collected_once(proof: str, letters: list[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import answers, outcomes
    from dunkelwerk.runner.work import Worker

    done = submit(letters[0]["dialogue"])
    assert outcomes.collect() == 0
    assert Worker is not None
    with psycopg.connect(proof) as database:
        database.execute("UPDATE notice SET state = 'referred', decision = 1, batch = 1 WHERE id = %s", (done.notice,))
    assert [outcomes.collect(), outcomes.collect()] == [1, 0]
    from dunkelwerk.dialogues.queries import find

    found = answers.status(find(letters[0]["dialogue"]).id)
    assert (found.state, found.outcome, found.has_receipt) == ("processed", "with_person", True)
    with psycopg.connect(proof) as database:
        said = database.execute("SELECT kind FROM outbox_message ORDER BY id").fetchall()
        events = database.execute("SELECT detail FROM dialogue_event WHERE event = 'processed'").fetchall()
    assert said == [("dialogue.submitted",), ("dialogue.processed",)]
    assert events == [("with_person",)]


def test_the_receipt_is_kept_as_it_was(proof: str, letters: list[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import answers
    from dunkelwerk.dialogues.queries import find

    submit(letters[0]["dialogue"])
    receipt = answers.read_receipt(find(letters[0]["dialogue"]).id)
    assert receipt is not None
    assert hashlib.sha256(receipt.pdf).hexdigest() == receipt.sha256
    assert answers.read_receipt(find(letters[1]["dialogue"]).id) is None
