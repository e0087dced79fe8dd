"""A PIN is readable nowhere but in the print export; what a person says is readable nowhere at all."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import psycopg
import pytest
from dialogue_support import AT, BORN, import_rows, person_row, submit
from psycopg import sql

TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
SAID = ("Nachname1", "Vorname1", "Lindenstr.", "1980-02-29", "Geheimwort", "geheim.pdf")


def everything(url: str) -> str:
    """Every row of every table, as text; bytes as they are."""
    found = []
    with psycopg.connect(url) as database:
        for (table,) in database.execute(TABLES).fetchall():
            for row in database.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall():
                found += [
                    bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell) for cell in row
                ]
    return "\n".join(found)


def test_no_table_and_no_log_knows_a_pin(
    proof: str, folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    from dunkelwerk.dialogues import access, answers, operations

    caplog.set_level(logging.DEBUG)
    _counts, letters = import_rows(folder, [person_row(number) for number in range(1, 4)])
    session = access.log_in(letters[0]["pin"], BORN, address="198.51.100.77", at=AT)
    assert isinstance(session, access.Session)
    access.log_in(letters[1]["pin"], "1999-09-09", address="198.51.100.77", at=AT)
    created = operations.reissue(letters[1]["dialogue"], actor="test", reason="verloren")
    answers.save_draft(session.dialogue, {"note": "Geheimwort"}, revision=0)
    upload = answers.add_upload(
        session.dialogue, question="proof_files", name="geheim.pdf", content=b"Geheimwort", pages=1
    )
    pins = [letters[0]["pin"], letters[1]["pin"], letters[2]["pin"], created.pin]
    rows = everything(proof)
    assert len(rows) > 1000
    submit(letters[2]["dialogue"])
    rows += everything(proof)
    said = caplog.text + "".join(capfd.readouterr()) + repr(session) + repr(created) + repr(upload)
    for pin in pins:
        compact = pin.replace("-", "")
        for text in (pin, compact, compact[5:11], compact[5:], compact[:6]):
            assert text not in rows
            assert text not in said
    for text in (*SAID, session.token, "198.51.100.77"):
        assert text not in rows
        assert text not in said


def test_what_is_shown_of_things_has_no_secret(proof: str, folder: Path) -> None:
    from dunkelwerk.dialogues import answers, queries

    _counts, letters = import_rows(folder, [person_row(1)])
    dialogue = queries.find(letters[0]["dialogue"])
    submit(letters[0]["dialogue"])
    shown = (
        f"{dialogue!r} {dialogue.person!r} {answers.load_draft(dialogue.id)!r} {answers.read_receipt(dialogue.id)!r}"
    )
    assert not re.search("|".join(SAID), shown)


def test_sealed_columns_open_in_their_own_place_alone(proof: str, folder: Path) -> None:
    from dunkelwerk.dialogues import queries
    from dunkelwerk.infra.errors import CommandError

    _counts, letters = import_rows(folder, [person_row(1), person_row(2)])
    first, second = (each["dialogue"] for each in letters)
    with psycopg.connect(proof) as database:
        query = "UPDATE dialogue SET person = (SELECT person FROM dialogue WHERE reference = %s) WHERE reference = %s"
        database.execute(query, (first, second))
    assert queries.find(first).person is not None
    with pytest.raises(CommandError, match="verändert"):
        queries.find(second)


def test_the_application_may_not_rewrite_what_happened(proof: str, folder: Path) -> None:
    from django.db import ProgrammingError, connection

    import_rows(folder, [person_row(1)])
    for statement in (
        "UPDATE dialogue_event SET event = 'x'",
        "DELETE FROM dialogue_event",
        "UPDATE dialogue_type_version SET content = ''",
        "DELETE FROM dialogue",
        "DELETE FROM dialogue_submission",
    ):
        with connection.cursor() as cursor, pytest.raises(ProgrammingError):
            cursor.execute(statement)
