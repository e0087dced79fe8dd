"""From a file of persons to a notice in the inbox: the whole way once."""

from __future__ import annotations

from pathlib import Path

import psycopg
from dialogue_support import AT, BORN, import_rows, person_row, submit


def test_from_file_to_notice(proof: str, folder: Path) -> None:
    from dunkelwerk.dialogues import access, answers

    counts, letters = import_rows(folder, [person_row(1), person_row(2)])
    assert (counts.read, counts.imported, counts.letters, counts.agrees) == (2, 2, 2, True)
    first = letters[0]
    session = access.log_in(first["pin"].lower(), "29.02.1980", address="10.0.0.1", at=AT)
    assert isinstance(session, access.Session)
    assert access.session_of(session.token, at=AT) == session
    assert answers.status(session.dialogue).state == "opened"
    done = submit(first["dialogue"])
    assert done.reference == first["dialogue"]
    assert answers.status(session.dialogue).state == "submitted"
    with psycopg.connect(proof) as database:
        notice = database.execute("SELECT channel, external_id, process, case_key, state FROM notice").fetchall()
        events = database.execute(
            "SELECT event FROM dialogue_event WHERE dialogue = %s ORDER BY id", (session.dialogue,)
        )
        said = [row[0] for row in events.fetchall()]
        messages = database.execute("SELECT kind, key FROM outbox_message").fetchall()
    assert notice == [("dialogue", first["dialogue"], "follow_up_unemployment_proof", "RS-1", "waiting")]
    assert said == ["created", "exported", "opened", "submitted"]
    assert messages == [("dialogue.submitted", first["dialogue"])]
    again = access.log_in(first["pin"], BORN, address="10.0.0.1", at=AT)
    assert isinstance(again, access.Session)
