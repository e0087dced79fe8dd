"""Dialogues expire, people are reminded with a new PIN, and what has served its purpose is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dialogue_support import AT, BORN, import_rows, person_row, publish_proof, read_csv, submit

DAY = date(2026, 11, 22)
LAST = DAY + timedelta(days=30)


def ask(url: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as database:
        return database.execute(query, values).fetchall()  # type: ignore[arg-type]


def log_in(pin: str) -> Any:
    from dunkelwerk.dialogues import access

    return access.log_in(pin, BORN, address="10.0.0.1", at=AT)


@pytest.fixture
def letters(proof: str, folder: Path) -> Sequence[dict[str, str]]:
    """Three dialogues."""
    return import_rows(folder, [person_row(number) for number in range(3)])[1]


def test_the_last_day_is_still_good_and_the_next_expires(proof: str, letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues.deadlines import run_daily

    submit(letters[2]["dialogue"])
    assert run_daily(LAST).expired == 0
    done = run_daily(LAST + timedelta(days=1))
    assert (done.expired, done.work_items) == (2, 2)
    again = run_daily(LAST + timedelta(days=1))
    assert (again.expired, again.work_items) == (0, 0)
    items = ask(proof, "SELECT basket, task, kind, key, state FROM work_item ORDER BY id")
    assert items == [("nachweise", "paper_form", "dialogue", each["dialogue"], "open") for each in letters[:2]]
    states = ask(proof, "SELECT state, end_on FROM dialogue ORDER BY id")
    assert states == [("expired", LAST + timedelta(days=1))] * 2 + [("submitted", DAY)]


def test_a_type_may_want_no_work_item(proof: str, folder: Path) -> None:
    from dunkelwerk.dialogues.deadlines import run_daily

    publish_proof(on_expiry="nothing")
    import_rows(folder, [person_row(7)])
    done = run_daily(LAST + timedelta(days=1))
    assert (done.expired, done.work_items) == (1, 0)


def test_what_was_never_exported_does_not_expire(proof: str, letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues.deadlines import run_daily

    with psycopg.connect(proof) as database:
        database.execute("UPDATE dialogue SET state = 'created'")
    assert run_daily(LAST + timedelta(days=9)).expired == 0


def test_reminders_bring_a_new_pin(proof: str, letters: Sequence[dict[str, str]], folder: Path) -> None:
    from dunkelwerk.dialogues.reminding import remind, reminders_due

    due = DAY + timedelta(days=14)
    submit(letters[2]["dialogue"])
    assert reminders_due(due - timedelta(days=1)) == {}
    assert reminders_due(due) == {"proof": 2}
    done = remind("proof", folder / "again.csv", actor="test", on=due)
    assert (done.letters, done.dialogues, done.overtaken) == (2, 2, 0)
    again = read_csv(folder / "again.csv")
    for old, new in zip(letters, again, strict=False):
        assert new["dialogue"] == old["dialogue"]
        assert {name: old[name] for name in ("last_name", "prefill.contract")}.items() <= new.items()
        assert log_in(old["pin"]).kind == "wrong"
        assert log_in(new["pin"]).dialogue
    assert (reminders_due(due), (folder / "again.csv").stat().st_mode & 0o777) == ({}, 0o600)
    assert ask(proof, "SELECT count(*)::int FROM dialogue_event WHERE event = 'reminded'") == [(2,)]


def test_a_pin_that_the_desk_gave_out_meanwhile_is_the_one_that_counts(
    proof: str, letters: Sequence[dict[str, str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues import operations, reminding

    due, told = DAY + timedelta(days=14), []
    write = reminding.write

    def write_slowly(*arguments: Any) -> None:
        write(*arguments)
        monkeypatch.setenv("DUNKELWERK_TODAY", due.isoformat())
        told.append(operations.reissue(letters[0]["dialogue"], actor="desk", reason="Brief verloren").pin)

    monkeypatch.setattr(reminding, "write", write_slowly)
    done = reminding.remind("proof", folder / "again.csv", actor="test", on=due)
    assert (done.letters, done.dialogues, done.overtaken) == (3, 2, 1)
    assert log_in(told[0]).dialogue
    assert log_in(read_csv(folder / "again.csv")[0]["pin"]).kind == "wrong"


def test_reminders_that_fail_leave_the_old_pins(
    proof: str, letters: Sequence[dict[str, str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues.importing.letters import CsvFile
    from dunkelwerk.dialogues.reminding import remind, reminders_due

    due = DAY + timedelta(days=14)
    publish = CsvFile.publish
    monkeypatch.setattr(CsvFile, "publish", lambda *_args, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        remind("proof", folder / "again.csv", actor="test", on=due)
    assert not (folder / "again.csv").exists()
    assert reminders_due(due) == {"proof": 3}
    assert log_in(letters[0]["pin"]).dialogue
    monkeypatch.setattr(CsvFile, "publish", publish)
    assert remind("proof", folder / "again.csv", actor="test", on=due).letters == 3


def test_reminders_whose_commit_fails_are_not_left_to_be_printed(
    proof: str, letters: Sequence[dict[str, str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues.importing.letters import CsvFile
    from dunkelwerk.dialogues.reminding import remind

    publish = CsvFile.publish

    def fail_after(self: CsvFile, *, keeps: bool = True) -> None:
        publish(self, keeps=keeps)
        raise OSError("the plug was pulled")

    due = DAY + timedelta(days=14)
    monkeypatch.setattr(CsvFile, "publish", fail_after)
    for _attempt in range(2):
        with pytest.raises(OSError, match="plug"):
            remind("proof", folder / "again.csv", actor="test", on=due)
    names = sorted(each.name for each in folder.glob("again.csv*"))
    assert names == ["again.csv.ungeklaert", "again.csv.ungeklaert.1"]
    assert log_in(letters[0]["pin"]).dialogue
    monkeypatch.setattr(CsvFile, "publish", publish)
    assert remind("proof", folder / "again.csv", actor="test", on=due).dialogues == 3


def test_the_print_folder_takes_reminders_by_schedule(
    proof: str, letters: Sequence[dict[str, str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyrage

    from dunkelwerk.dialogues.deadlines import run_daily
    from dunkelwerk.infra.errors import CommandError

    identity, due = pyrage.x25519.Identity.generate(), DAY + timedelta(days=14)
    monkeypatch.setenv("DUNKELWERK_PRINT_RECIPIENT", str(identity.to_public()))
    monkeypatch.setenv("DUNKELWERK_PRINT_FOLDER", str(folder / "print"))
    with pytest.raises(CommandError, match="print"):
        run_daily(due)
    (folder / "print").mkdir()
    assert (run_daily(due).printed, run_daily(due).printed) == (3, 0)
    [file] = (folder / "print").iterdir()
    assert file.name.startswith("erinnerung-proof-")
    assert pyrage.decrypt(file.read_bytes(), [identity]).count(b"\r\n") == 4


def test_what_has_served_is_deleted_after_its_term(proof: str, letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import answers, operations, outcomes, retention
    from dunkelwerk.dialogues.queries import find

    one, held, expired = (each["dialogue"] for each in letters)
    for reference in (one, held):
        upload = answers.add_upload(find(reference).id, question="proof_files", name="b", content=b"%PDF", pages=1)
        submit(reference, proof_files=[upload.id])
    with psycopg.connect(proof) as database:
        database.execute("UPDATE notice SET state = 'settled', decision = 1, batch = 1")
    outcomes.collect()
    operations.hold(held, held=True, actor="recht", reason="Rechtsstreit")
    operations.revoke(expired, actor="test", reason="irrtümlich")
    ended = date.fromisoformat(str(ask(proof, "SELECT end_on FROM dialogue ORDER BY id")[0][0]))
    assert retention.run_daily(ended + timedelta(days=30)).prefill == 0
    first = retention.run_daily(ended + timedelta(days=31) + timedelta(days=400))
    assert (first.prefill, first.answers, first.uploads) == (2, 1, 1)
    assert retention.run_daily(ended + timedelta(days=500)).prefill == 0
    gone = ask(proof, "SELECT person, prefill, selector, pin_hash FROM dialogue WHERE reference <> %s", held)
    assert set(gone) == {(None, None, None, None)}
    kept = ask(proof, "SELECT count(*)::int FROM dialogue WHERE person IS NOT NULL AND reference = %s", held)
    uploads = ask(proof, "SELECT count(*)::int FROM dialogue_upload")
    sealed = ask(proof, "SELECT count(*)::int FROM dialogue_submission WHERE answers IS NULL AND receipt IS NULL")
    assert (kept, uploads, sealed) == ([(1,)], [(1,)], [(1,)])
    events = {row[0] for row in ask(proof, "SELECT event FROM dialogue_event")}
    assert {"prefill_deleted", "answers_deleted", "uploads_deleted", "held"} <= events
    assert find(one).person is None


@pytest.mark.parametrize(("days", "deleted"), [(30, 0), (31, 1)])
def test_the_terms_are_in_pairs(proof: str, letters: Sequence[dict[str, str]], days: int, deleted: int) -> None:
    from dunkelwerk.dialogues import operations, retention

    operations.revoke(letters[0]["dialogue"], actor="test", reason="irrtümlich")
    ended = ask(proof, "SELECT end_on FROM dialogue WHERE end_on IS NOT NULL")[0][0]
    assert retention.run_daily(ended + timedelta(days=days)).prefill == deleted


def test_answers_stay_while_their_notice_waits(proof: str, letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import retention

    submit(letters[0]["dialogue"])
    assert retention.run_daily(DAY + timedelta(days=999)).answers == 0


def test_status_can_be_seen_for_its_days(
    proof: str, letters: Sequence[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues import access

    submit(letters[0]["dialogue"])
    monkeypatch.setenv("DUNKELWERK_TODAY", (DAY + timedelta(days=14)).isoformat())
    seen = access.log_in(letters[0]["pin"], BORN, address="10.0.0.1", at=AT + timedelta(days=14))
    monkeypatch.setenv("DUNKELWERK_TODAY", (DAY + timedelta(days=15)).isoformat())
    late = access.log_in(letters[0]["pin"], BORN, address="10.0.0.1", at=AT + timedelta(days=15))
    assert isinstance(seen, access.Session)
    assert late == access.Failure(access.ENDED)


def test_everything_holds_afterwards(proof: str, letters: Sequence[dict[str, str]], run_cli: Any) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.deadlines import run_daily

    submit(letters[0]["dialogue"])
    operations.reissue(letters[1]["dialogue"], actor="test", reason="verloren")
    operations.returned_by_post(letters[2]["dialogue"], actor="test")
    run_daily(LAST + timedelta(days=1))
    done = run_cli("check")
    assert done.returncode == 0, done.stdout
    with psycopg.connect(proof) as database:
        database.execute("UPDATE dialogue SET state = 'opened' WHERE reference = %s", (letters[1]["dialogue"],))
    broken = run_cli("check")
    assert broken.returncode == 1
    assert "dialogue_dates" in broken.stdout
    assert "dialogue_events" in broken.stdout
