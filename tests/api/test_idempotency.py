"""``Idempotency-Key``: the same request takes effect once, and a replay never tells a PIN."""

from __future__ import annotations

from datetime import timedelta

import pytest
from api_support import DIALOGUE, NOTE, Caller, token


def test_a_replayed_dialogue_is_answered_without_the_pin(caller: Caller) -> None:
    status, first = caller.post("/dialogues", DIALOGUE, key="k-1")
    assert status == 201
    assert first["pin"]
    replayed = caller.call("POST", "/dialogues", DIALOGUE, "k-1")
    assert (replayed.status_code, replayed["Idempotent-Replayed"]) == (201, "true")
    assert replayed.json() == {name: first[name] for name in ("id", "state", "valid_until")}


def test_a_key_stands_for_one_request(caller: Caller) -> None:
    caller.post("/notices/follow_up_sick_note", NOTE, key="k-1")
    assert caller.post("/notices/follow_up_sick_note", {**NOTE, "id": "N-2"}, key="k-1")[0] == 422


def test_keys_of_two_callers_have_nothing_in_common(caller: Caller) -> None:
    caller.post("/notices/follow_up_sick_note", NOTE, key="k-1")
    other = Caller(token("notices:write"))
    assert other.post("/notices/follow_up_sick_note", {**NOTE, "id": "N-2"}, key="k-1")[0] == 202


def test_a_refused_request_may_be_mended_under_its_key(caller: Caller) -> None:
    assert caller.post("/notices/follow_up_sick_note", {**NOTE, "final": 7}, key="k-1")[0] == 422
    assert caller.post("/notices/follow_up_sick_note", NOTE, key="k-1")[0] == 202


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_must_be_one(caller: Caller, key: str) -> None:
    assert caller.post("/notices/follow_up_sick_note", NOTE, key=key)[0] == 400


def test_old_keys_are_forgotten(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.api import idempotency

    caller.post("/notices/follow_up_sick_note", NOTE, key="k-1")
    assert idempotency.clear() == 0
    monkeypatch.setattr(idempotency, "KEPT", timedelta(seconds=-1))
    assert idempotency.clear() == 1
