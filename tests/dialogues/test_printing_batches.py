"""Dialogues of letters are read some at once: as many statements for a hundred rows as for one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from dialogue_support import TODAY, import_rows, person_row, read_csv

ON = date.fromisoformat(TODAY)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the letters say; they are not set."""
    from dunkelwerk.dialogues.papers import printing

    found: list[Any] = []

    def render(request: Any, person: Any, *, on: date) -> Any:
        found.append((request, person))
        return SimpleNamespace(pdf=b"%PDF", pages=1, sha256="0")

    monkeypatch.setattr(printing, "render_request", render)
    return found


def print_all(folder: Path, *, limit: int | None = None) -> Any:
    """Letters of the export."""
    from dunkelwerk.dialogues.papers.printing import print_letters

    return print_letters(
        folder / "out.csv", folder / "briefe", on=ON, identity=None, limit=limit, advance=lambda count: None
    )


def statements(folder: Path) -> int:
    """How many statements the letters take."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        print_all(folder)
    return len(captured)


def test_a_batch_takes_as_many_statements_as_a_row(proof: str, folder: Path, said: list[Any]) -> None:
    from dunkelwerk.dialogues.papers.printing import BATCH

    import_rows(folder, [person_row(1)])
    one = statements(folder)
    (folder / "out.csv").unlink()
    _counts, letters = import_rows(folder, [person_row(number) for number in range(2, BATCH + 2)])
    assert statements(folder) <= one
    assert [request.pin for request, _person in said[1:]] == [letter["pin"] for letter in letters]
    assert [person.last_name for _request, person in said[1:]] == [letter["last_name"] for letter in letters]


def test_one_bad_row_spoils_no_other(proof: str, folder: Path, said: list[Any]) -> None:
    from dunkelwerk.dialogues import operations

    _counts, letters = import_rows(folder, [person_row(number) for number in range(1, 6)])
    with psycopg.connect(proof) as session:
        session.execute(
            "UPDATE dialogue SET person = set_byte(person, 20, get_byte(person, 20) # 1) WHERE reference = %s",
            (letters[1]["dialogue"],),
        )
    operations.reissue(letters[2]["dialogue"], actor="test", reason="Brief verloren")
    operations.revoke(letters[3]["dialogue"], actor="test", reason="Irrtum")
    path = folder / "out.csv"
    path.write_text(path.read_text("utf-8").replace(letters[4]["dialogue"], "D-22222-22222"), "utf-8")
    done = print_all(folder)
    assert (done.letters, [number for number, _why in done.failed]) == (1, [3, 4, 5, 6])
    reasons = [why for _number, why in done.failed]
    assert "verändert" in reasons[0]
    assert "gilt nicht mehr" in reasons[1]
    assert "„widerrufen“" in reasons[2]
    assert "D-22222-22222 gibt es nicht" in reasons[3]


def test_a_limit_counts_letters_that_could_be_set(proof: str, folder: Path, said: list[Any]) -> None:
    from dunkelwerk.dialogues import operations

    _counts, letters = import_rows(folder, [person_row(number) for number in range(1, 5)])
    operations.revoke(letters[0]["dialogue"], actor="test", reason="Irrtum")
    assert print_all(folder, limit=2).letters == 2
    assert [request.pin for request, _person in said] == [letters[1]["pin"], letters[2]["pin"]]


def test_a_reminder_speaks_as_one(proof: str, folder: Path, said: list[Any]) -> None:
    import_rows(folder, [person_row(1), person_row(2)])
    with psycopg.connect(proof) as session:
        session.execute(
            "INSERT INTO dialogue_event (dialogue, at, actor, event, detail) "
            "SELECT id, now(), 'test', 'reminded', '' FROM dialogue WHERE external_id = 'E-2'"
        )
    print_all(folder)
    assert [request.is_reminder for request, _person in said] == [False, True]


@pytest.mark.parametrize(("option", "street"), [((), "'=cmd|x"), (("--raw",), "=cmd|x")])
def test_cells_are_made_harmless_unless_the_printer_wants_them_raw(
    proof: str, folder: Path, run_cli: Any, option: tuple[str, ...], street: str
) -> None:
    from dialogue_support import write_csv

    path = write_csv(
        folder / "persons.csv", [person_row(1, street="=cmd|x"), person_row(2, last_name="", city="-Köln")]
    )
    out, bad = folder / "out.csv", folder / "bad.csv"
    files = ("--pins-out", out, "--errors-out", bad)
    assert run_cli("dialogues", "import", "proof", path, *files, *option).returncode == 1
    assert [row["street"] for row in read_csv(out)] == [street]
    assert [row["city"] for row in read_csv(bad)] == ["'-Köln"], "a person mends it in a spreadsheet"
    day = ON.replace(month=12, day=20)
    with psycopg.connect(proof) as session:
        session.execute("UPDATE dialogue SET remind_on = %s, valid_until = '2027-12-31'", (day,))
    reminders = folder / "reminders.csv"
    run_cli("dialogues", "remind", "proof", "--pins-out", reminders, *option, DUNKELWERK_TODAY=str(day))
    assert [row["street"] for row in read_csv(reminders)] == [street]
    with psycopg.connect(proof) as session:
        session.execute("UPDATE dialogue SET remind_on = %s", (day,))
    (folder / "druck").mkdir()
    settings = {"DUNKELWERK_PRINT_FOLDER": str(folder / "druck"), "DUNKELWERK_PRINT_RAW": "1" if option else ""}
    run_cli("dialogues", "expire", DUNKELWERK_TODAY=str(day), **settings)
    (printed,) = (folder / "druck").iterdir()
    assert [row["street"] for row in read_csv(printed)] == [street]
