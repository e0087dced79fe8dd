"""What a request changes and the answer to it are one transaction: killed in between, or sent twice at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import psycopg
import pytest
from api_support import DIALOGUE, NOTE, Caller, Thing

#: every row that a request could leave behind
ROWS = """
    SELECT (SELECT count(*) FROM dialogue), (SELECT count(*) FROM dialogue_event), (SELECT count(*) FROM member),
        (SELECT count(*) FROM notice), (SELECT count(*) FROM toucher), (SELECT count(*) FROM inbox_document),
        (SELECT count(*) FROM work_item), (SELECT count(*) FROM idempotency_key)
"""
SECONDS = 240


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Kill the next request after its effect, before its answer is kept."""
    from dunkelwerk.api import idempotency

    def die(*_arguments: object) -> None:
        raise Killed

    def kill(caller: Caller, path: str, body: Any) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(idempotency, "keep", die)
            with pytest.raises(Killed):
                caller.post(path, body, key="k-1")

    return kill


def rows(url: str) -> tuple[Any, ...]:
    """How many there are of each."""
    with psycopg.connect(url) as session:
        return session.execute(ROWS).fetchone() or ()


def opens(pin: str) -> bool:
    """Whether somebody can log in with a PIN."""
    from dunkelwerk.dialogues.access import log_in
    from dunkelwerk.dialogues.logins import Failure

    return not isinstance(log_in(pin, "1980-02-29", address="192.0.2.1"), Failure)


def test_a_dialogue_whose_request_was_killed_was_never_made(caller: Caller, django_database: str, killed: Any) -> None:
    from dunkelwerk.dialogues import type_versions

    type_versions.newest("tax_id", actor="test")
    before = rows(django_database)
    killed(caller, "/dialogues", DIALOGUE)
    assert rows(django_database) == before
    status, made = caller.post("/dialogues", DIALOGUE, key="k-1")
    assert (status, opens(made["pin"])) == (201, True)


def test_a_pin_whose_request_was_killed_never_was(caller: Caller, django_database: str, killed: Any) -> None:
    made = caller.post("/dialogues", DIALOGUE)[1]
    path, before = f"/dialogues/{made['id']}/pin", rows(django_database)
    killed(caller, path, {})
    assert rows(django_database) == before
    status, fresh = caller.post(path, {}, key="k-1")
    assert (status, opens(made["pin"]), opens(fresh["pin"])) == (200, False, True)


def test_the_first_pin_stays_good_where_the_second_was_lost(caller: Caller, killed: Any) -> None:
    made = caller.post("/dialogues", DIALOGUE)[1]
    killed(caller, f"/dialogues/{made['id']}/pin", {})
    assert opens(made["pin"])


def test_a_replayed_pin_is_answered_without_it_and_kills_nothing(caller: Caller) -> None:
    made = caller.post("/dialogues", DIALOGUE)[1]
    path = f"/dialogues/{made['id']}/pin"
    fresh = caller.post(path, {}, key="k-1")[1]
    replayed = caller.call("POST", path, {}, "k-1")
    assert (replayed.status_code, replayed["Idempotent-Replayed"], replayed.json()) == (200, "true", {"id": made["id"]})
    assert opens(fresh["pin"])


def test_a_notice_whose_request_was_killed_is_new_when_it_comes_again(
    caller: Caller, django_database: str, killed: Any
) -> None:
    before = rows(django_database)
    killed(caller, "/notices/follow_up_sick_note", NOTE)
    assert rows(django_database) == before
    status, taken = caller.post("/notices/follow_up_sick_note", NOTE, key="k-1")
    assert (status, taken["known"]) == (202, False)
    assert caller.post("/notices/follow_up_sick_note", NOTE, key="k-1") == (202, taken), "the same, not known: true"


def test_a_document_whose_request_was_killed_is_new_when_it_comes_again(
    caller: Caller, django_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from test_notices import pdf

    from dunkelwerk.api import idempotency

    def send() -> Any:
        file = SimpleUploadedFile("brief.pdf", pdf(), content_type="application/pdf")
        head = {**caller.head, "Idempotency-Key": "k-1"}
        return caller.client.post("/api/v1/documents", {"file": file}, headers=head)

    def die(*_arguments: object) -> None:
        raise Killed

    before = rows(django_database)
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "keep", die)
        with pytest.raises(Killed):
            send()
    assert rows(django_database) == before
    first = send()
    assert (first.status_code, first.json()["known"]) == (202, False)
    assert send().json() == first.json()
    assert rows(django_database)[5:] == (1, 1, 1)


def in_threads(caller: Caller, path: str, body: Thing, count: int) -> list[Any]:
    """The same request under the same key, so many times at once; the responses."""
    from django.db import connections

    def send(_number: int) -> Any:
        try:
            return Caller(caller.head["Authorization"].split()[1]).call("POST", path, body, "k-1")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))


@pytest.mark.usefixtures("patient_sessions")
def test_many_at_once_make_one_dialogue(caller: Caller, django_database: str) -> None:
    responses = in_threads(caller, "/dialogues", DIALOGUE, 6)
    told = Counter(
        "pin" if "pin" in each.json() else "replay" if each.status_code == 201 else each.status_code
        for each in responses
    )
    assert told["pin"] == 1
    assert told.keys() <= {"pin", "replay", 409}
    assert rows(django_database)[0] == 1
    assert caller.call("POST", "/dialogues", DIALOGUE, "k-1")["Idempotent-Replayed"] == "true"


def test_while_it_is_worked_on_the_same_request_is_told_to_wait(
    caller: Caller, django_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.dialogues import operations

    make, begun, go_on = operations.create_dialogue, Event(), Event()

    def slowly(*arguments: Any, **named: Any) -> Any:
        begun.set()
        assert go_on.wait(SECONDS)
        return make(*arguments, **named)

    monkeypatch.setattr(operations, "create_dialogue", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(in_threads, caller, "/dialogues", DIALOGUE, 1)
        try:
            assert begun.wait(SECONDS)
            second = caller.call("POST", "/dialogues", DIALOGUE, "k-1")
            other = caller.call("POST", "/notices/follow_up_sick_note", NOTE, "k-2")
        finally:
            go_on.set()
        (done,) = first.result(SECONDS)
    assert (second.status_code, "still" in second.json()["detail"]) == (409, True)
    assert other.status_code == 202, "another key waits for nobody"
    assert (done.status_code, "pin" in done.json()) == (201, True)
    assert rows(django_database)[0] == 1


@pytest.mark.parametrize("exit", ["deceased", "not_me"])
def test_a_new_pin_after_an_exit_needs_to_be_meant(caller: Caller, exit: str) -> None:
    from dunkelwerk.dialogues import operations, queries

    made = caller.post("/dialogues", DIALOGUE)[1]
    assert opens(made["pin"])
    operations.exit_by_person(queries.find(made["id"]).id, exit)
    path = f"/dialogues/{made['id']}/pin"
    for body in (None, {}, {"despite_exit": False}):
        status, problem = caller.post(path, body)
        assert (status, problem["exit"], "despite_exit" in problem["detail"]) == (409, exit, True)
        assert "--" not in problem["detail"]
    for wrong in ("true", 1, None):
        assert caller.post(path, {"despite_exit": wrong})[0] == 422
    status, fresh = caller.post(path, {"reason": "Irrtum", "despite_exit": True})
    assert (status, opens(fresh["pin"])) == (200, True)
    assert caller.post(path, {})[0] == 200, "its last word is the new PIN"
