"""Dialogues by HTTP: made with a PIN that is told once, shown, revoked, given a new one."""

from __future__ import annotations

from typing import Any

import pytest
from api_support import DIALOGUE, Caller


def test_a_dialogue_is_made_and_shown_without_anything_personal(caller: Caller) -> None:
    status, made = caller.post("/dialogues", DIALOGUE)
    assert status == 201
    assert made["link"].endswith(f"/#{made['pin']}")
    assert made["state"] == "exported"
    shown = caller.get(f"/dialogues/{made['id']}")[1]
    assert (shown["type"], shown["external_id"], shown["state"]) == ("tax_id", "M-1", "exported")
    assert shown["outcome"] is None
    assert {"actor", "at", "event"} == set(shown["events"][0])
    assert "Groß" not in str(shown)
    assert made["pin"] not in str(shown)


def test_the_same_external_id_is_a_conflict_that_names_the_dialogue(caller: Caller) -> None:
    made = caller.post("/dialogues", DIALOGUE)[1]
    status, problem = caller.post("/dialogues", DIALOGUE)
    assert (status, problem["id"]) == (409, made["id"])
    assert "pin" not in problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "no_such_type"}, "type: "),
        ({"birth_date": "29.02.1981"}, "birth_date"),
        ({"valid_until": "2026-11-21"}, "valid_until"),
        ({"last_name": ""}, "last_name"),
        ({"shoe_size": 43}, "shoe_size"),
        ({"prefill": {"no_such": "x"}}, "no_such"),
        ({"city": "K\0ln"}, "city"),
        ({"external_id": "x" * 201}, "external_id"),
    ],
)
def test_what_does_not_fit_is_refused(caller: Caller, change: dict[str, Any], said: str) -> None:
    status, problem = caller.post("/dialogues", {**DIALOGUE, **change})
    assert status == 422
    assert said in problem["detail"]
    assert all(not each["field"].startswith("body") for each in problem.get("errors", []))


def test_a_new_pin_kills_the_old_one(caller: Caller) -> None:
    from dunkelwerk.dialogues.access import log_in
    from dunkelwerk.dialogues.logins import Failure

    made = caller.post("/dialogues", DIALOGUE)[1]
    status, again = caller.post(f"/dialogues/{made['id']}/pin", {"reason": "Brief verloren"})
    assert status == 200
    assert again["pin"] != made["pin"]
    assert isinstance(log_in(made["pin"], "1980-02-29", address="192.0.2.1"), Failure)
    assert not isinstance(log_in(again["pin"], "1980-02-29", address="192.0.2.1"), Failure)


def test_a_revoked_dialogue_stays_revoked(caller: Caller) -> None:
    made = caller.post("/dialogues", DIALOGUE)[1]
    for _time in range(2):
        response = caller.call("DELETE", f"/dialogues/{made['id']}?reason=Irrtum")
        assert (response.status_code, response.content) == (204, b"")
    shown = caller.get(f"/dialogues/{made['id']}")[1]
    assert shown["state"] == "revoked"
    assert [each["event"] for each in shown["events"]].count("revoked") == 1


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/pin")])
def test_an_unknown_dialogue(caller: Caller, method: str, path: str) -> None:
    body = {"reason": "x"} if method == "POST" else None
    assert caller.call(method, f"/dialogues/DV-UNKNOWN{path}", body).status_code == 404
