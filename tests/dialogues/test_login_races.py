"""What happens while somebody logs in, a second secret that is none, and how long a session lasts at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from dialogue_support import AT, BORN, TYPE, import_rows, person_row

LIMIT = timedelta(hours=12)


@pytest.fixture
def letter(proof: str, folder: Path) -> dict[str, str]:
    """One dialogue."""
    [letter] = import_rows(folder, [person_row(1)])[1]
    return letter


def log_in(pin: str, secret: str = BORN) -> Any:
    from dunkelwerk.dialogues import access

    return access.log_in(pin, secret, address="192.0.2.1", at=AT)


def elsewhere(monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    """Between the check of both secrets and the session, this is done by somebody else, and committed."""
    from django.db import connections

    from dunkelwerk.dialogues import logins

    usual = logins.verified

    def other() -> None:
        what()
        connections.close_all()

    def verified(*arguments: Any) -> Any:
        found = usual(*arguments)
        monkeypatch.setattr(logins, "verified", usual)
        thread = Thread(target=other)
        thread.start()
        thread.join()
        return found

    monkeypatch.setattr(logins, "verified", verified)


def test_a_pin_that_is_replaced_while_it_is_checked_opens_nothing(
    proof: str, letter: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues import operations

    made = []
    elsewhere(
        monkeypatch, lambda: made.append(operations.reissue(letter["dialogue"], actor="test", reason="Brief gestohlen"))
    )
    assert log_in(letter["pin"]).kind == "wrong"
    with psycopg.connect(proof) as database:
        assert database.execute("SELECT count(*) FROM portal_session").fetchone() == (0,)
    assert log_in(made[0].pin).dialogue


def test_what_ends_while_somebody_logs_in_has_ended(letter: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.dialogues import operations

    elsewhere(monkeypatch, lambda: operations.revoke(letter["dialogue"], actor="test", reason="irrtümlich"))
    assert log_in(letter["pin"]).kind == "revoked"


@pytest.mark.parametrize(
    ("stored", "opening", "refused"),
    [
        ("50667", ["50667", " 50 667 ", "D-50667"], ["", "٥٠٦٦٧", "50668"]),
        ("", [], ["", "٣", "²", "-", "50667"]),
        ("-", [], ["", "٣", "-", "D-"]),
    ],
)
def test_a_postal_code_that_is_none_opens_nothing(
    proof: str, stored: str, opening: Sequence[str], refused: Sequence[str]
) -> None:
    import msgspec

    from dunkelwerk.dialogues import operations, type_versions
    from dunkelwerk.dialogues.forms.reading import load
    from dunkelwerk.dialogues.records import Person

    type_versions.publish(msgspec.structs.replace(load(TYPE), second_secret="postal_code"), actor="test")
    for secret, good in [*((each, True) for each in opening), *((each, False) for each in refused)]:
        person = Person(external_id=f"A-{secret}", last_name="Groß", birth_date=date(1980, 2, 29), postal_code=stored)
        made = operations.create_dialogue("proof", person, prefill={}, actor="test")
        assert hasattr(log_in(made.pin, secret), "token") is good, secret


def test_a_session_ends_after_twelve_hours_however_busy(letter: dict[str, str]) -> None:
    from django.db import connection

    from dunkelwerk.dialogues import access, sessions

    token = log_in(letter["pin"]).token
    moment = AT
    while moment < AT + LIMIT - timedelta(minutes=20):
        moment += timedelta(minutes=20)
        assert access.extend(token, at=moment) == 1800
    last = AT + LIMIT - timedelta(seconds=1)
    assert access.session_of(token, at=last)
    assert access.seconds_left(token, at=last) > 0
    with connection.cursor() as cursor:
        assert sessions.sweep(cursor, at=last) == 0
    assert access.session_of(token, at=AT + LIMIT) is None
    assert access.extend(token, at=AT + LIMIT) == 0
    assert access.seconds_left(token, at=AT + LIMIT) == 0
    with connection.cursor() as cursor:
        assert sessions.sweep(cursor, at=AT + LIMIT + timedelta(seconds=1)) == 1


def test_what_a_script_asks_by_itself_keeps_no_session_alive(letter: dict[str, str]) -> None:
    from dunkelwerk.dialogues import access

    token = log_in(letter["pin"]).token
    late = AT + timedelta(minutes=29)
    assert access.session_of(token, at=late, counts=False)
    assert access.session_of(token, at=AT + timedelta(minutes=30), counts=False) is None
    assert access.session_of(token, at=late)
    assert access.session_of(token, at=late + timedelta(minutes=29), counts=False)
