"""What a review of dialogues found: business days, drafts and repins, reminders, lost quotes, shared addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dialogue_support import AT, BORN, HEADER, TODAY, answer, import_rows, person_row, publish_proof, read_csv, submit

from dunkelwerk.infra.errors import CommandError

DAY = date.fromisoformat(TODAY)
LAST = DAY + timedelta(days=30)


def ask(url: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as database:
        return database.execute(query, values).fetchall()  # type: ignore[arg-type]


def log_in(pin: str, secret: str = BORN, *, address: str = "10.0.0.1", at: datetime = AT) -> Any:
    from dunkelwerk.dialogues import access

    return access.log_in(pin, secret, address=address, at=at)


@pytest.fixture
def letters(proof: str, folder: Path) -> Sequence[dict[str, str]]:
    """Three dialogues."""
    return import_rows(folder, [person_row(number) for number in range(3)])[1]


@pytest.mark.parametrize(("days", "kind"), [(30, None), (31, "expired")])
def test_the_login_follows_the_business_day_not_the_clock(
    letters: Sequence[dict[str, str]], monkeypatch: pytest.MonkeyPatch, days: int, kind: str | None
) -> None:
    monkeypatch.setenv("DUNKELWERK_TODAY", (DAY + timedelta(days=days)).isoformat())
    assert getattr(log_in(letters[0]["pin"], at=AT), "kind", None) == kind


def test_a_submission_and_an_end_are_of_the_business_day(
    proof: str, letters: Sequence[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues import operations

    monkeypatch.setenv("DUNKELWERK_TODAY", "2026-12-01")
    submit(letters[0]["dialogue"], at=AT)
    operations.revoke(letters[1]["dialogue"], actor="test", reason="irrtümlich")
    ends = ask(proof, "SELECT end_on FROM dialogue WHERE end_on IS NOT NULL")
    assert ends == [(date(2026, 12, 1),)] * 2


def test_a_draft_keeps_its_version_through_return_and_reissue(proof: str, letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.queries import find
    from dunkelwerk.dialogues.repinning import repin

    drafted, plain, _third = (each["dialogue"] for each in letters)
    log_in(letters[0]["pin"])
    answer(drafted, benefit_kind="alg1")
    for reference in (drafted, plain):
        operations.returned_by_post(reference, actor="test")
        operations.reissue(reference, actor="test", reason="Anschrift stimmt")
    assert (find(drafted).state, find(plain).state) == ("opened", "exported")
    with psycopg.connect(proof) as database:  # as rows of before look
        database.execute("UPDATE dialogue SET state = 'exported' WHERE reference = %s", (drafted,))
    publish_proof(second_secret="postal_code")
    done = repin("proof", actor="test")
    assert (done.structural, done.left) == (2, 1)
    assert [find(each).version for each in (drafted, plain)] == [1, 2]


def test_a_reissue_keeps_the_reminder_of_who_is_still_to_be_reminded(
    proof: str, letters: Sequence[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.queries import find

    lost, paper, reminded = (each["dialogue"] for each in letters)
    operations.exit_by_person(find(paper).id, "on_paper")
    with psycopg.connect(proof) as database:
        query = "UPDATE dialogue SET reminded_at = now(), remind_on = NULL WHERE reference = %s"
        database.execute(query, (reminded,))
    monkeypatch.setenv("DUNKELWERK_TODAY", (DAY + timedelta(days=2)).isoformat())
    for reference in (lost, paper, reminded):
        operations.reissue(reference, actor="test", reason="Brief verloren")
    days = [find(each).remind_on for each in (lost, paper, reminded)]
    assert days == [DAY + timedelta(days=16), None, None]


def test_a_paper_form_is_ordered_once(proof: str, letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.deadlines import run_daily
    from dunkelwerk.dialogues.queries import find

    asked, again, _silent = (each["dialogue"] for each in letters)
    operations.exit_by_person(find(asked).id, "on_paper")
    operations.exit_by_person(find(again).id, "on_paper")
    with psycopg.connect(proof) as database:
        database.execute("UPDATE work_item SET state = 'done'")
    operations.reissue(again, actor="test", reason="doch online")
    done = run_daily(LAST + timedelta(days=1))
    assert (done.expired, done.work_items) == (3, 2)
    assert ask(proof, "SELECT count(*)::int FROM work_item WHERE key = %s", asked) == [(1,)]


@pytest.mark.parametrize(("days", "expired"), [(30, 0), (31, 1)])
def test_what_never_went_out_expires_after_its_margin(
    proof: str, letters: Sequence[dict[str, str]], days: int, expired: int
) -> None:
    from dunkelwerk.dialogues.deadlines import run_daily

    for each in letters[1:]:
        submit(each["dialogue"])
    with psycopg.connect(proof) as database:
        database.execute("UPDATE dialogue SET state = 'created', remind_on = NULL WHERE state = 'exported'")
    done = run_daily(LAST + timedelta(days=days))
    assert (done.expired, done.work_items) == (expired, 0)


@pytest.mark.parametrize("kind", ["deceased", "not_me"])
def test_who_left_gets_a_new_pin_only_on_purpose(letters: Sequence[dict[str, str]], kind: str) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.queries import find

    reference = letters[0]["dialogue"]
    operations.exit_by_person(find(reference).id, kind)
    with pytest.raises(CommandError, match="--despite-exit"):
        operations.reissue(reference, actor="test", reason="versehentlich")
    created = operations.reissue(reference, actor="test", reason="geklärt", despite_exit=True)
    assert log_in(created.pin).dialogue
    operations.revoke(reference, actor="test", reason="irrtümlich")
    assert operations.reissue(reference, actor="test", reason="doch").pin


def test_a_selector_taken_at_the_same_time_is_no_failure_of_a_reissue(
    letters: Sequence[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues import creating, operations, pins
    from dunkelwerk.dialogues.hashing import Hasher
    from dunkelwerk.dialogues.minting import Mint, Minted

    usual, calls = Mint.take, []

    def take(self: Mint, cursor: Any, count: int) -> list[Minted]:
        calls.append(count)
        if len(calls) > 1:
            return usual(self, cursor, count)
        pin = pins.normalise(letters[1]["pin"])
        return [Minted(pin, Hasher.open(cursor).hash(pin))]

    monkeypatch.setattr(creating.Mint, "take", take)
    created = operations.reissue(letters[0]["dialogue"], actor="test", reason="Brief verloren")
    assert len(calls) == 2
    assert log_in(created.pin).dialogue


def test_a_shared_address_waits_a_minute_at_most(proof: str, folder: Path) -> None:
    from dunkelwerk.dialogues import pins

    [letter] = import_rows(folder, [person_row(1)])[1]
    at, waits = AT, []
    for number in range(40):
        strange = pins.with_check(f"ZZ{pins.ALPHABET[number % 31]}{pins.ALPHABET[number // 31]}ZZZZZZZ")
        found = log_in(strange, address="192.0.2.9", at=at)
        assert found.kind == "wrong"
        waits.append(found.wait)
        at += timedelta(seconds=found.wait)
    assert waits == [0] * 19 + [30] + [60] * 20
    assert log_in(letter["pin"], address="192.0.2.9", at=at - timedelta(seconds=1)).kind == "wait"
    assert log_in(letter["pin"], address="192.0.2.9", at=at).dialogue


def test_two_runs_with_one_name_do_not_lose_each_other(folder: Path) -> None:
    from dunkelwerk.dialogues.importing.letters import CsvFile

    out = folder / "out.csv"
    dead = folder / "out.csv.4711-0a1b2c3d.part"
    dead.write_text("of a run that was killed")
    other = folder / "out.csv.notes.part"
    other.write_text("no part of ours")
    first = CsvFile(out, ("a",), delimiter=";")
    second = CsvFile(out, ("a",), delimiter=";")
    assert not dead.exists()
    assert other.exists()
    for each, cell in ((first, "1"), (second, "2")):
        each.write([[cell]])
        each.settle()
    third = CsvFile(out, ("a",), delimiter=";")
    third.discard()
    assert (first.publish(), second.publish()) == (None, folder / "out.csv.1")
    assert [row["a"] for row in read_csv(folder / "out.csv.1") + read_csv(out)] == ["1", "2"]
    assert sorted(folder.glob("*.part")) == [other]


def test_an_import_without_letters_leaves_the_last_export(proof: str, folder: Path) -> None:
    _counts, first = import_rows(folder, [person_row(1)])
    counts, again = import_rows(folder, [person_row(1)])
    assert (counts.known, counts.letters, counts.is_left, counts.kept) == (1, 0, True, None)
    assert again == first
    assert list(folder.glob("out.csv?*")) == []


def import_text(folder: Path, lines: Sequence[str]) -> tuple[Any, list[dict[str, str]]]:
    from dunkelwerk.dialogues.importing.run import Order, import_file

    path = folder / "broken.csv"
    path.write_text("\n".join([";".join(HEADER), *lines]) + "\n", encoding="utf-8")
    order = Order("proof", path, folder / "out.csv", "test", DAY, None, folder / "bad.csv")
    counts = import_file(order, advance=lambda count: None, complain=lambda bad: None)
    return counts, read_csv(folder / "bad.csv")


def line(number: int, **changes: str) -> str:
    return ";".join(person_row(number, **changes).values())


def test_every_line_that_a_quotation_mark_swallows_is_counted(proof: str, folder: Path) -> None:
    lines = [line(1), line(2, last_name='"Offen'), line(3), line(4), line(5)]
    counts, bad = import_text(folder, lines)
    assert (counts.read, counts.imported, counts.bad) == (5, 1, 4)
    assert [int(each["line"]) for each in bad] == [3, 4, 5, 6]
    assert "4 Zeilen sind nicht importiert" in bad[0]["reason"]
    assert all("Zeile 3 verschluckt" in each["reason"] for each in bad[1:])


@pytest.mark.parametrize("closing", ["first_name", "last_name"])
def test_two_lost_quotes_do_not_make_one_person_of_two_lines(proof: str, folder: Path, closing: str) -> None:
    lines = [line(1), line(2, last_name='"Offen'), line(3, **{closing: 'Zu"'}), line(4)]
    counts, bad = import_text(folder, lines)
    assert (counts.read, counts.imported, counts.bad) == (4, 2, 2)
    assert [int(each["line"]) for each in bad] == [3, 4]


def test_links_that_lead_nowhere_are_told_and_refused_in_production(
    proof: str, folder: Path, run_cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DUNKELWERK_TODAY")
    from dialogue_support import write_csv

    path = write_csv(folder / "persons.csv", [person_row(1)])
    arguments = ("dialogues", "import", "proof", path, "--pins-out", folder / "out.csv")
    refused = run_cli(*arguments, DUNKELWERK_MODE="production")
    assert (refused.returncode, ask(proof, "SELECT count(*)::int FROM dialogue")) == (2, [(0,)])
    assert "DUNKELWERK_PORTAL_URL" in refused.stderr
    told = run_cli(*arguments, DUNKELWERK_TODAY=TODAY)
    assert "DUNKELWERK_PORTAL_URL ist nicht gesetzt" in told.stderr
    other = write_csv(folder / "more.csv", [person_row(2)])
    arguments = ("dialogues", "import", "proof", other, "--pins-out", folder / "more-out.csv")
    silent = run_cli(*arguments, DUNKELWERK_TODAY=TODAY, DUNKELWERK_PORTAL_URL="https://post.example")
    assert "PORTAL_URL" not in silent.stderr


def test_letters_of_dead_pins_are_not_printed(letters: Sequence[dict[str, str]], folder: Path) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.papers.printing import print_letters

    operations.reissue(letters[1]["dialogue"], actor="test", reason="Brief verloren")
    done = print_letters(
        folder / "out.csv", folder / "briefe", on=DAY, identity=None, limit=None, advance=lambda count: None
    )
    assert done.letters == 2
    assert [number for number, _why in done.failed] == [3]
    assert "gilt nicht mehr" in done.failed[0][1]


def test_the_desk_sees_what_the_type_calls_its_task(proof: str, folder: Path, run_cli: Any) -> None:
    from dunkelwerk.dialogues.deadlines import run_daily

    publish_proof(expiry_title="Folgebescheinigung anfordern")
    _counts, [letter] = import_rows(folder, [person_row(1)])
    before = run_cli("dialogues", "show", letter["dialogue"])
    run_daily(LAST + timedelta(days=1))
    after = run_cli("dialogues", "show", letter["dialogue"])
    assert "Folgebescheinigung anfordern" not in before.stdout
    assert "Aufgabe: Folgebescheinigung anfordern" in after.stdout
