"""What an import refuses, the API refuses too; what no column holds is 422; a PIN can be had without a body."""

from __future__ import annotations

from typing import Any

import pytest
from api_support import DIALOGUE, Caller


@pytest.mark.parametrize(
    "change",
    [
        {"external_id": "  "},
        {"external_id": " M-1"},
        {"external_id": "M-1\n"},
        {"last_name": "  "},
        {"last_name": "x" * 121},
        {"postal_code": "1" * 13},
        {"postal_code": "5066"},
        {"postal_code": "D-50667"},
        {"last_name": "\u200b"},
        {"last_name": "123"},
        {"external_id": "M-1\u200b"},
        {"external_id": "M\u00ad-1"},
        {"city": "K\ue000ln"},
        {"birth_date": "2026-11-23"},
        {"birth_date": "1889-12-31"},
        {"birth_date": "2999-01-01"},
        {"birth_date": 0},
        {"birth_date": "1980-02-29T00:00:00"},
        {"birth_date": None},
        {"valid_until": "2028-11-22"},
        {"valid_until": 1795000000},
        {"first_name": "A\u202eB"},
        {"first_name": "A\u0085B"},
        {"city": "K\ufffdln"},
    ],
)
def test_a_person_whom_an_import_refuses(caller: Caller, change: dict[str, Any]) -> None:
    status, problem = caller.post("/dialogues", {**DIALOGUE, **change})
    assert status == 422
    assert {each["field"] for each in problem["errors"]} == {next(iter(change))}
    assert next(iter(change)) in problem["detail"]


@pytest.mark.parametrize(
    "change",
    [
        {"birth_date": "2026-11-22"},
        {"birth_date": "1890-01-01"},
        {"last_name": "x" * 120},
        {"valid_until": "2028-11-21"},
        {"valid_until": None},
        {"first_name": ""},
        {"postal_code": ""},
        {"postal_code": "01067"},
        {"postal_code": "A-1010"},
        {"last_name": "Müller\u00adMeier"},
    ],
)
def test_a_person_who_just_fits(caller: Caller, change: dict[str, Any]) -> None:
    assert caller.post("/dialogues", {**DIALOGUE, **change})[0] == 201


def test_a_dialogue_without_a_first_name_enrols_its_member(caller: Caller) -> None:
    from django.db import connection

    body = {name: value for name, value in DIALOGUE.items() if name not in ("first_name", "city")}
    assert caller.post("/dialogues", body)[0] == 201
    with connection.cursor() as cursor:
        cursor.execute("SELECT first_name, city FROM member")
        assert cursor.fetchall() == [("", None)]


@pytest.mark.parametrize("value", [{"a": 1}, ["a"], "A\0B", "A\u2066B", float("nan")])
def test_prefill_is_what_a_cell_can_hold(caller: Caller, value: Any) -> None:
    from dunkelwerk.api.persons import read_cells

    assert read_cells({"name": "A", "count": 7, "amount": 312.5, "is": True, "no": None}) == (
        {"name": "A", "count": "7", "amount": "312.5", "is": "true", "no": ""},
        [],
    )
    assert [each.field for each in read_cells({"name": value})[1]] == ["prefill.name"]


@pytest.mark.parametrize(("code", "status"), [("", 422), ("50667", 201)])
def test_a_type_that_asks_for_the_postal_code_needs_one(caller: Caller, code: str, status: int) -> None:
    import msgspec

    from dunkelwerk.dialogues import shipped, type_versions

    form = shipped.read_name_or_file("tax_id")
    type_versions.publish(msgspec.structs.replace(form, second_secret="postal_code"), actor="test")
    got, problem = caller.post("/dialogues", {**DIALOGUE, "postal_code": code})
    assert got == status
    assert status == 201 or "postal_code" in problem["detail"]


def test_a_new_pin_needs_no_body_but_takes_no_wrong_one(caller: Caller) -> None:
    made = caller.post("/dialogues", DIALOGUE)[1]
    path = f"/dialogues/{made['id']}/pin"
    assert caller.post(path)[0] == 200
    assert caller.post(path, {})[0] == 200
    assert caller.post(path, {"reason": " "})[0] == 200
    for wrong in ({"why": "x"}, {"reason": 7}, {"reason": "a\0b"}, {"reason": "x" * 301}, ["x"]):
        assert caller.post(path, wrong)[0] == 422


def test_a_reason_that_no_event_holds(caller: Caller) -> None:
    made = caller.post("/dialogues", DIALOGUE)[1]
    assert caller.call("DELETE", f"/dialogues/{made['id']}?reason=a%00b").status_code == 422
    assert caller.call("DELETE", f"/dialogues/{made['id']}?reason={'x' * 301}").status_code == 422
    assert caller.call("DELETE", f"/dialogues/{made['id']}?reason={'x' * 300}").status_code == 204


def test_an_outage_is_a_problem_and_the_next_call_heals(caller: Caller, django_database: str) -> None:
    import psycopg

    assert caller.get("/work-items")[0] == 200
    with psycopg.connect(django_database, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    response = caller.call("GET", "/work-items")
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert caller.get("/work-items")[0] == 200


@pytest.mark.parametrize(("name", "fits"), [("x" * 100, True), ("x" * 101, False), (" ", False), ("a\nb", False)])
def test_a_token_has_a_name_that_the_register_holds(served: None, name: str, fits: bool) -> None:
    from dunkelwerk.api import tokens
    from dunkelwerk.infra.errors import CommandError

    for names in ((name, "test"), ("kern", name)):
        if fits:
            assert tokens.create(names[0], ["metrics:read"], actor=names[1], expires_on=None)[1]
        else:
            with pytest.raises(CommandError):
                tokens.create(names[0], ["metrics:read"], actor=names[1], expires_on=None)
