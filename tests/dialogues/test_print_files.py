"""Print files of an import, of its reminders and of re-issues look alike; a new PIN comes on paper and nowhere else."""

from __future__ import annotations

import csv
import re
import stat
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dialogue_support import AT, BORN, HEADER, TODAY, import_rows, person_row, publish_proof, read_csv, write_csv

ADDED = ["dialogue", "pin", "link", "qr"]
DUE = date(2026, 12, 20)
Row = dict[str, str]


def log_in(pin: str) -> Any:
    from dunkelwerk.dialogues import access

    return access.log_in(pin, BORN, address="10.0.0.1", at=AT)


def post(reference: str, **target: Any) -> Any:
    """A new PIN by the desk."""
    from functools import partial

    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.reissuing import Target, post_new_pin

    again = partial(operations.reissue, reference, actor="s.desk", reason="Brief verloren")
    return post_new_pin(reference, Target(**target), on=date.fromisoformat(TODAY), reissue=again)


def due_now(address: str) -> None:
    """Every reminder is due."""
    with psycopg.connect(address) as session:
        session.execute("UPDATE dialogue SET remind_on = %s", (DUE,))


def remind(folder: Path, address: str) -> Path:
    from dunkelwerk.dialogues.reminding import remind as write

    due_now(address)
    write("proof", folder / "again.csv", actor="test", on=DUE)
    return folder / "again.csv"


def known(row: Row) -> Row:
    """What a row says of the person."""
    return {name: cell for name, cell in row.items() if name not in ADDED}


def import_text(folder: Path, header: Sequence[str], rows: Sequence[Row], delimiter: str) -> list[Row]:
    """Import a file of these columns: the print file's rows."""
    from dunkelwerk.dialogues.importing.run import Order, import_file

    path = folder / "persons.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    order = Order("proof", path, folder / "out.csv", "test", date.fromisoformat(TODAY))
    import_file(order, advance=lambda count: None, complain=lambda bad: None)
    return read_csv(folder / "out.csv", delimiter=delimiter)


@pytest.mark.parametrize(
    ("header", "delimiter", "born", "until", "since"),
    [
        (HEADER, ";", "1980-02-29", None, "2026-01-31"),
        ([*reversed(HEADER), "valid_until"], ",", "29.02.1980", "05.01.2027", "31.01.2026"),
    ],
)
def test_all_print_files_of_a_type_look_alike(
    proof: str, folder: Path, header: list[str], delimiter: str, born: str, until: str | None, since: str
) -> None:
    row = person_row(1, birth_date=born, prefill__since=since) | ({} if until is None else {"valid_until": until})
    [first] = import_text(folder, header, [row], delimiter)
    post(first["dialogue"], pins_out=folder / "neu.csv")
    for path in (folder / "neu.csv", remind(folder, proof)):
        [other] = read_csv(path, delimiter=delimiter)
        assert [*other] == [*first] == [*header, *ADDED]
        assert known(other) == known(first) == row
        assert other["dialogue"] == first["dialogue"]
        assert other["pin"] != first["pin"]
        assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", other["pin"])
        assert other["link"] == other["qr"] == first["link"].partition("#")[0] + f"#{other['pin']}"


@pytest.mark.parametrize("said", [("--actor", "a.mayer"), ()])
def test_who_imports_and_who_reminds_is_kept(proof: str, folder: Path, run_cli: Any, said: tuple[str, ...]) -> None:
    from dunkelwerk.cli.inbox import current_user

    who = said[1] if said else current_user()
    path, out = write_csv(folder / "persons.csv", [person_row(1)]), folder / "out.csv"
    run_cli("dialogues", "import", "proof", path, "--pins-out", out, *said, DUNKELWERK_TODAY=TODAY)
    due_now(proof)
    run_cli("dialogues", "remind", "proof", "--pins-out", folder / "again.csv", *said, DUNKELWERK_TODAY=str(DUE))
    with psycopg.connect(proof) as session:
        events = session.execute("SELECT event, actor FROM dialogue_event ORDER BY id").fetchall()
        assert session.execute("SELECT actor FROM dialogue_import").fetchall() == [(who,)]
    assert events == [("created", who), ("exported", who), ("reminded", who)]


def test_a_type_that_was_never_imported_has_every_column(proof: str, folder: Path) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.records import Person

    person = Person(external_id="A-1", last_name="Groß", birth_date=date(1980, 2, 29))
    created = operations.create_dialogue("proof", person, prefill={"contract": "RS-1"}, actor="api:core")
    post(created.reference, pins_out=folder / "neu.csv")
    [row] = read_csv(folder / "neu.csv")
    assert [*row][: len(HEADER)] == [*HEADER[:-2], "valid_until", "prefill.contract"]
    assert [*row][-4:] == ADDED
    assert (row["birth_date"], row["prefill.contract"]) == ("1980-02-29", "RS-1")


def test_a_new_pin_comes_with_its_letter_and_stands_nowhere_else(proof: str, folder: Path, run_cli: Any) -> None:
    from dunkelwerk.dialogues import pins
    from dunkelwerk.letters.rendering import text_of

    _counts, [letter] = import_rows(folder, [person_row(1)])
    reference, out = letter["dialogue"], folder / "briefe"
    said = ("--reason", "Brief verloren", "--actor", "s.desk", "--out", out)
    done = run_cli("dialogues", "reissue", reference, *said, DUNKELWERK_TODAY=TODAY)
    assert done.returncode == 0, done.stderr
    [file] = out.iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == (f"{reference}.pdf", 0o600)
    text = text_of(file.read_bytes())
    start = text.index("persönliche PIN")
    words = text[start:].split()
    [pin] = [each for each in words if each.count("-") == 2 and not pins.is_typing_error(pins.normalise(each))]
    assert "mit diesem Brief bekommen Sie eine neue PIN" in " ".join(text.split())
    assert log_in(pin).dialogue
    assert log_in(letter["pin"]).kind == "wrong"
    for secret in (pin, pin[:4], "Nachname1"):
        assert secret not in done.stdout + done.stderr
    assert str(file) in done.stdout
    with psycopg.connect(proof) as session:
        events = session.execute("SELECT actor, detail FROM dialogue_event WHERE event = 'reissued'").fetchall()
    assert events == [("s.desk", "Brief verloren")]


@pytest.mark.parametrize("option", [("--raw",), ("--recipient", "age1x")])
def test_options_of_the_print_file_need_one(proof: str, folder: Path, run_cli: Any, option: tuple[str, ...]) -> None:
    _counts, [letter] = import_rows(folder, [person_row(1)])
    said = ("--reason", "Brief verloren", "--actor", "s.desk", "--out", folder / "briefe")
    done = run_cli("dialogues", "reissue", letter["dialogue"], *said, *option, DUNKELWERK_TODAY=TODAY)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--pins-out" in done.stderr
    assert log_in(letter["pin"]).dialogue


def test_a_letter_that_cannot_be_printed_leaves_the_old_pin(proof: str, folder: Path) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.records import Person
    from dunkelwerk.infra.errors import CommandError

    person = Person(external_id="A-1", last_name="Groß", birth_date=date(1980, 2, 29))
    created = operations.create_dialogue("proof", person, prefill={"contract": "RS-1"}, actor="api:core")
    with pytest.raises(CommandError, match="fehlt die Straße"):
        post(created.reference, folder=folder / "briefe", pins_out=folder / "neu.csv")
    assert not {"briefe", "neu.csv"} & {path.name for path in folder.iterdir()}
    assert list(folder.glob("*.part")) == []
    assert log_in(created.pin).dialogue


def test_a_transaction_that_fails_at_its_end_leaves_no_file_of_that_name(
    proof: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues.importing.letters import CsvFile

    _counts, [letter] = import_rows(folder, [person_row(1)])
    publish = CsvFile.publish

    def publish_and_fail(self: CsvFile, **options: Any) -> Path | None:
        publish(self, **options)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CsvFile, "publish", publish_and_fail)
    with pytest.raises(OSError, match="No space"):
        post(letter["dialogue"], folder=folder / "briefe", pins_out=folder / "neu.csv")
    assert [path.name for path in (folder / "briefe").iterdir()] == [f"{letter['dialogue']}.pdf.ungeklaert"]
    assert not (folder / "neu.csv").exists()
    assert (folder / "neu.csv.ungeklaert").exists()
    assert log_in(letter["pin"]).dialogue


@pytest.mark.parametrize(("events", "words"), [(["reminded"], "Erinnerung"), (["reminded", "reissued"], "Neue PIN")])
def test_a_letter_says_why_it_brings_another_pin(proof: str, folder: Path, events: list[str], words: str) -> None:
    from dunkelwerk.dialogues.papers.lettered import Batch, Forms
    from dunkelwerk.dialogues.papers.printing import request_of

    publish_proof()
    _counts, [letter] = import_rows(folder, [person_row(1)])
    if "reminded" in events:
        remind(folder, proof)
    if "reissued" in events:
        post(letter["dialogue"], pins_out=folder / "neu.csv")
    found = Batch([letter["dialogue"]], Forms()).open(letter["dialogue"])
    request = request_of(found, letter["pin"], letter["link"], date.fromisoformat(TODAY))
    assert words in request.subject
    assert (request.is_reminder, request.is_reissue) == (words == "Erinnerung", words == "Neue PIN")


def test_a_file_that_is_no_export_makes_no_folder(proof: str, folder: Path, run_cli: Any) -> None:
    persons = write_csv(folder / "persons.csv", [person_row(1)])
    for path, reason in ((folder / "nix.csv", "diese Datei gibt es nicht"), (persons, "kein Druckexport")):
        done = run_cli("dialogues", "letters", path, "--out", folder / "briefe")
        assert (done.returncode, reason in done.stderr) == (2, True)
        assert not (folder / "briefe").exists()


def test_a_pin_typed_for_a_reference_is_not_repeated(proof: str, run_cli: Any) -> None:
    for command in ("revoke", "hold"):
        done = run_cli("dialogues", command, "ABCD-EFGH-JKMN", "--reason", "x", "--actor", "s.desk")
        assert (done.returncode, "EFGH" in done.stderr) == (1, False)
        assert "D-7K2MA-9QXR4" in done.stderr


def test_whoever_ends_a_command_is_told_how_to_go_on(proof: str, capsys: pytest.CaptureFixture[str]) -> None:
    from dunkelwerk.cli.dialogue_desk import outages

    with pytest.raises(KeyboardInterrupt), outages():
        raise KeyboardInterrupt
    assert "derselbe Aufruf setzt fort" in capsys.readouterr().err
