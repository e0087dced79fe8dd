"""Peppers are outside the database, rotate, and keep the PINs that are out good."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from dialogue_support import AT, BORN, import_rows, person_row

KEY = base64.b64encode(b"k" * 32).decode()
OTHER = base64.b64encode(b"o" * 32).decode()


def log_in(pin: str) -> object:
    from dunkelwerk.dialogues import access

    return access.log_in(pin, BORN, address="10.0.0.1", at=AT)


def test_rotation_keeps_old_pins_and_serves_new_ones(proof: str, folder: Path) -> None:
    from django.db import connection

    from dunkelwerk.dialogues.access import Session
    from dunkelwerk.infra.peppers import rotate_peppers

    _counts, [old] = import_rows(folder, [person_row(1)])
    with connection.cursor() as cursor:
        identity = rotate_peppers(cursor)
    _counts, [new] = import_rows(folder, [person_row(2)])
    assert isinstance(log_in(old["pin"]), Session)
    assert isinstance(log_in(new["pin"]), Session)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pepper FROM dialogue ORDER BY id")
        first, second = (row[0] for row in cursor.fetchall())
    assert (first != second, second) == (True, identity)


def test_the_command_rotates_and_master_keys_stay(proof: str, folder: Path, run_cli: object) -> None:
    import_rows(folder, [person_row(1)])
    path = Path(os.environ["DUNKELWERK_HOME"]) / "keys.json"
    before = json.loads(path.read_text())
    done = run_cli("keys", "rotate", "--peppers")  # type: ignore[operator]
    after = json.loads(path.read_text())
    assert (done.returncode, len(after["peppers"]["keys"])) == (0, 2)
    assert after["keys"] == before["keys"]
    assert before["peppers"]["keys"].items() <= after["peppers"]["keys"].items()
    assert run_cli("keys", "rotate").returncode == 0  # type: ignore[operator]
    assert json.loads(path.read_text())["peppers"] == after["peppers"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_pepper_opens_nothing(proof: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.dialogues.access import WRONG, Session

    monkeypatch.setenv("DUNKELWERK_PEPPERS", f"new:{OTHER} old:{KEY}")
    _counts, [letter] = import_rows(folder, [person_row(1)])
    assert isinstance(log_in(letter["pin"]), Session)
    monkeypatch.setenv("DUNKELWERK_PEPPERS", f"new:{KEY}")
    assert log_in(letter["pin"]).kind == WRONG  # type: ignore[attr-defined]
    monkeypatch.setenv("DUNKELWERK_PEPPERS", f"newest:{KEY} new:{OTHER}")
    assert isinstance(log_in(letter["pin"]), Session)


@pytest.mark.parametrize("text", ["short:" + base64.b64encode(b"x" * 15).decode(), "x:%%%", ":", "a" * 41 + ":" + KEY])
def test_an_unusable_pepper_is_one_sentence_without_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.infra.errors import CommandError
    from dunkelwerk.infra.peppers import read_peppers

    monkeypatch.setenv("DUNKELWERK_PEPPERS", text)
    with pytest.raises(CommandError) as error:
        read_peppers(None)
    assert text.partition(":")[2] not in str(error.value) or text == ":"


def test_a_lost_key_file_is_not_made_anew(proof: str, folder: Path) -> None:
    from django.db import connection

    from dunkelwerk.dialogues.hashing import Hasher
    from dunkelwerk.infra.errors import CommandError

    import_rows(folder, [person_row(1)])
    path = Path(os.environ["DUNKELWERK_HOME"]) / "keys.json"
    content = json.loads(path.read_text())
    del content["peppers"]
    path.write_text(json.dumps(content))
    with connection.cursor() as cursor, pytest.raises(CommandError):
        Hasher.open(cursor)
    assert "peppers" not in json.loads(path.read_text())
