"""``dunkelwerk inbox add``: each notice once, in order, read strictly at the door."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

NOTE: dict[str, Any] = {
    **{"process": "follow_up_sick_note", "id": "N-1", "contract": "RS-1", "last_name": "Großmann", "first_name": "Ute"},
    **{"birth_date": "1981-04-17", "incapacity_from": "2026-03-02", "incapacity_until": "2026-11-30"},
    **{
        "issued_on": "2026-10-30",
        "received_on": "2026-11-02",
        "formally_correct": True,
        "final": False,
        "icd": ["F32"],
    },
}
#: what no sentence may show
SECRETS = ("Großmann", "1981", "F32")
COMMAND = Path(sys.executable).with_name("dunkelwerk")


def note(**changes: Any) -> dict[str, Any]:
    """The usual note with changes; None leaves a field out."""
    return {name: value for name, value in (NOTE | changes).items() if value is not None}


class Door:
    """Adds files inside the test."""

    def __init__(self, folder: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.url, self._capsys = folder, url, capsys
        self.sentences: list[str] = []

    def write(self, *lines: dict[str, Any] | str | bytes, name: str = "meldungen.jsonl") -> Path:
        """A file of lines; what is no object stays as it is."""
        texts = [json.dumps(line) if isinstance(line, dict) else line for line in lines]
        path = self.folder / name
        path.write_bytes(b"".join((t if isinstance(t, bytes) else t.encode()) + b"\n" for t in texts))
        return path

    def add(self, *lines: dict[str, Any] | str | bytes, channel: str = "file") -> tuple[int, int, int]:
        """Add one file of lines: added, known, refused."""
        return self.add_files(self.write(*lines), channel=channel)

    def add_files(self, *paths: Path, channel: str = "file") -> tuple[int, int, int]:
        """Add files, and keep the sentences."""
        from dunkelwerk.cli.inbox import receive_files

        counts = receive_files(paths, channel, "ines", [])
        self.sentences = self._capsys.readouterr().err.splitlines()
        assert not [secret for secret in SECRETS if secret in "".join(self.sentences)]
        return counts

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture
def door(django_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    return Door(tmp_path, django_database, capsys)


def test_notices_wait_in_the_order_of_the_lines_over_several_batches(door: Door) -> None:
    wanted = [f"N-{7919 * number % 2500}" for number in range(2500)]
    assert door.add(*(note(id=each, contract=f"RS-{each}") for each in wanted)) == (2500, 0, 0)
    rows = door.rows("SELECT external_id, case_key, state, process, attempt, channel FROM notice ORDER BY id")
    assert rows == [(each, f"RS-{each}", "waiting", "follow_up_sick_note", 1, "file") for each in wanted]


def test_the_first_toucher_of_a_notice_is_who_brought_it(door: Door) -> None:
    door.add(note(), note(id="N-2"))
    rows = door.rows("SELECT n.external_id, t.actor, t.deed FROM notice n JOIN toucher t ON t.notice = n.id ORDER BY 1")
    assert rows == [("N-1", "ines", "received"), ("N-2", "ines", "received")]


def test_what_is_known_is_not_touched_again(door: Door) -> None:
    door.add(note())
    assert door.add(note()) == (0, 1, 0)
    assert door.rows("SELECT count(*) FROM toucher") == [(1,)]


def test_the_order_of_fields_and_the_spelling_make_no_other_content(door: Door) -> None:
    door.add(note())
    turned = json.dumps(dict(reversed(note().items())), ensure_ascii=False, indent=None, separators=(" ,  ", ":   "))
    assert door.add(turned) == (0, 1, 0)


def test_another_content_under_the_same_id_is_refused_and_changes_nothing(door: Door) -> None:
    door.add(note())
    before = door.rows("SELECT * FROM notice")
    assert door.add(note(id="N-2"), note(incapacity_until="2026-12-01")) == (1, 0, 1)
    (sentence,) = door.sentences
    assert sentence.startswith(f"{door.folder / 'meldungen.jsonl'}, Zeile 2: id: ")
    assert "anderem Inhalt" in sentence
    assert door.rows("SELECT * FROM notice WHERE external_id = 'N-1'") == before


def test_twice_in_one_file_the_first_line_counts(door: Door) -> None:
    assert door.add(note(), note(), note(final=True), note()) == (1, 2, 1)
    assert "Zeile 3" in door.sentences[0]


def test_channels_have_ids_of_their_own(door: Door) -> None:
    door.add(note())
    assert door.add(note(final=True), channel="scan") == (1, 0, 0)


def test_without_id_a_notice_is_known_by_its_content(door: Door) -> None:
    assert door.add(note(id=None), note(id=None), note(id=None, final=True)) == (2, 1, 0)
    names = [row[0] for row in door.rows("SELECT external_id FROM notice")]
    assert len(set(names)) == 2
    assert all(name.startswith("sha256:") and len(name) == 71 for name in names)


def test_null_says_no_more_than_a_field_that_is_absent(door: Door) -> None:
    door.add(note(id=None), note(final=None))
    assert door.add({**note(), "id": None}, {**note(), "final": None}) == (0, 2, 0)


def test_what_is_stored_shows_nothing_and_opens_to_what_came(door: Door) -> None:
    line = json.dumps(note(), ensure_ascii=False)
    door.add(line)
    ((payload, key),) = door.rows("SELECT payload, data_key FROM notice")
    assert not [secret for secret in SECRETS if secret.encode() in bytes(payload)]
    from datetime import date

    from django.db import connection

    from dunkelwerk.infra.keys import Vault

    with connection.cursor() as cursor:
        vault = Vault(cursor, on=date(2026, 11, 2))
        vault.prepare(cursor, {key})
    assert vault.open(bytes(payload), key=key, about="notice:file:N-1:1") == line.encode()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("", None),
        ("   ", None),
        ("kein JSON", "JSON"),
        ('{"id": "N-3", "process": ', "JSON"),
        ("[1]", "kein JSON-Objekt"),
        ("null", "kein JSON-Objekt"),
        ("[" * 100_000, "zu tief verschachtelt"),
        (b'{"id": "\xff"}', "UTF-8"),
        (note(process=None), "process: das Pflichtfeld fehlt"),
        (note(process=7), "process: erwartet Text"),
        (
            note(process="follow-up-sick-note"),
            "process: diesen Prozess gibt es nicht; bekannt sind",
        ),
        (note(colour="red"), "das Feld colour ist unbekannt"),
        (note(issued_on=None), "das Pflichtfeld issued_on fehlt"),
        (note(issued_on="2026-02-29"), "issued_on: kein gültiges Datum"),
        (note(issued_on="30.10.2026"), "issued_on: kein gültiges Datum"),
        (note(formally_correct="ja"), "formally_correct: erwartet true/false, gefunden Text"),
        (note(icd="M54.5"), "icd: erwartet Liste"),
        (note(contract=4711), "contract: erwartet Text"),
        (note(contract=""), "contract: darf nicht leer sein"),
        (note(contract="R" * 61), "contract: länger als 60 Zeichen"),
        (note(contract="R" * 60), None),
        (note(id=3), "id: erwartet Text"),
        (note(id=""), "id: darf nicht leer sein"),
        (note(id="N" * 201), "id: länger als 200 Zeichen"),
        (note(id="N" * 200), None),
        (note(id="N\0"), "id: enthält das Zeichen NUL"),
        (b'{"x": "' + b"y" * 17_000_000 + b'"}', "länger als 16 MiB"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_bad_line_is_refused_with_its_place_and_the_good_ones_are_added(
    door: Door, line: dict[str, Any] | str | bytes, what: str | None
) -> None:
    added, known, refused = door.add(note(id="before"), line, note(id="after"))
    assert [row[0] for row in door.rows("SELECT external_id FROM notice WHERE external_id IN ('before', 'after')")]
    if what is None:
        assert (known, refused, door.sentences) == (0, 0, [])
    else:
        assert (added, known, refused) == (2, 0, 1)
        (sentence,) = door.sentences
        assert sentence.startswith(f"{door.folder / 'meldungen.jsonl'}, Zeile 2: ")
        assert what in sentence


def test_who_comes_a_moment_later_with_the_same_finds_it_there(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two adders that both looked before either wrote: the second one's rows meet the first one's."""
    from dunkelwerk.inbox import operations

    door.add(note(), note(id="N-2"))
    answers: list[Callable[..., dict[str, bytes]]] = [lambda *_: {}, operations.read_digests]

    def read_digests(*given: Any) -> dict[str, bytes]:
        return answers.pop(0)(*given)

    monkeypatch.setattr(operations, "read_digests", read_digests)
    assert door.add(note(), note(id="N-2", final=True), note(id="N-3")) == (1, 1, 1)
    assert "Zeile 2" in door.sentences[0]
    assert door.rows("SELECT count(*), count(DISTINCT external_id) FROM notice") == [(3, 3)]
    assert door.rows("SELECT count(*) FROM toucher") == [(3,)]


def test_two_adders_at_once_add_each_notice_once(door: Door) -> None:
    lines = [note(id=f"N-{number}") for number in range(3000)]
    files = [door.write(*lines, name="one.jsonl"), door.write(*reversed(lines), name="two.jsonl")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = [subprocess.Popen([COMMAND, "inbox", "add", str(file)], text=True, **pipes) for file in files]
    ended = [(*each.communicate(timeout=240), each.returncode) for each in running]
    assert [code for *_, code in ended] == [0, 0], ended
    added = [int(out.split()[0]) for out, *_ in ended]
    assert sum(added) == 3000
    assert door.rows("SELECT count(*) FROM notice") == [(3000,)]


def test_the_command_sums_up_and_a_second_delivery_succeeds(run_cli: Any, tmp_path: Path) -> None:
    path = tmp_path / "meldungen.jsonl"
    path.write_text("\ufeff" + json.dumps(note()) + "\n\n" + json.dumps(note(id="N-2")), "utf-8")
    first, again = run_cli("inbox", "add", path), run_cli("inbox", "add", path, "--actor", "otto")
    assert (first.returncode, first.stdout, first.stderr) == (0, "2 aufgenommen, 0 schon vorhanden, 0 fehlerhaft\n", "")
    assert (again.returncode, again.stdout) == (0, "0 aufgenommen, 2 schon vorhanden, 0 fehlerhaft\n")


def test_the_command_fails_after_adding_what_is_good(run_cli: Any, tmp_path: Path, database_url: str) -> None:
    empty, good = tmp_path / "leer.jsonl", tmp_path / "gut.jsonl"
    empty.write_bytes(b"")
    good.write_text(json.dumps(note()) + "\nkaputt\n", "utf-8")
    done = run_cli("inbox", "add", empty, good)
    assert (done.returncode, done.stdout) == (1, "1 aufgenommen, 0 schon vorhanden, 1 fehlerhaft\n")
    assert done.stderr.splitlines()[0] == f"{empty}: die Datei ist leer."
    assert done.stderr.splitlines()[1].startswith(f"{good}, Zeile 2: kein lesbares JSON")
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT external_id FROM notice").fetchall() == [("N-1",)]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["fehlt.jsonl"], "diese Datei gibt es nicht"),
        (["gut.jsonl", "fehlt.jsonl"], "diese Datei gibt es nicht"),
        (["."], "Verzeichnis"),
        (["gut.jsonl", "--channel", ""], "--channel"),
        (["gut.jsonl", "--channel", "a:b"], "--channel"),
        (["gut.jsonl", "--channel", "dialogue"], "--channel"),
        (["gut.jsonl", "--channel", "Api"], "--channel"),
        (["gut.jsonl", "--channel", "register"], "--channel"),
        (["gut.jsonl", "--channel", "k" * 41], "--channel"),
        (["gut.jsonl", "--actor", "a" * 101], "--actor"),
        (["gut.jsonl", "--actor", " "], "--actor"),
    ],
)
def test_wrong_usage_adds_nothing(
    django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], what: str
) -> None:
    from typer.testing import CliRunner

    from dunkelwerk.cli.app import app
    from dunkelwerk.infra.errors import CommandError

    monkeypatch.chdir(tmp_path)
    (tmp_path / "gut.jsonl").write_text(json.dumps(note()), "utf-8")
    done = CliRunner().invoke(app, ["inbox", "add", *arguments])
    assert isinstance(done.exception, CommandError)
    assert done.exception.code == 2
    assert what in str(done.exception)
    with psycopg.connect(django_database) as connection:
        assert connection.execute("SELECT count(*) FROM notice").fetchall() == [(0,)]
