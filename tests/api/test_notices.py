"""Notices, documents and work items by HTTP: each once, refused in one sentence, and what became of them."""

from __future__ import annotations

import io
import json
import socket
import time
from functools import cache

import psycopg
import pytest
from api_support import NOTE, PROBLEM, Caller


@cache
def pdf() -> bytes:
    """A document of one page: the same bytes each time."""
    import pikepdf

    made, target = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(target)
    return target.getvalue()


def test_a_notice_comes_in_once_and_its_decision_can_be_read(caller: Caller, run_cli: object) -> None:
    status, first = caller.post("/notices/follow-up-sick-note", NOTE)
    assert (status, first["state"], first["known"]) == (202, "waiting", False)
    assert caller.post("/notices/follow_up_sick_note", NOTE) == (202, {**first, "known": True})
    waiting = caller.get(f"/notices/{first['id']}")[1]
    assert (waiting["process"], waiting["channel"], waiting["decision"]) == ("follow_up_sick_note", "api", None)
    assert run_cli("work", "--once", DUNKELWERK_TODAY="2026-11-22").returncode == 0  # type: ignore[operator]
    decided = caller.get(f"/notices/{first['id']}")[1]
    assert (decided["state"], decided["decision"]["outcome"]) == ("referred", "refer")
    assert [each["code"] for each in decided["decision"]["reasons"]] == ["contract_unknown"]
    items = caller.get("/work-items")[1]["work_items"]
    assert [(each["task"], each["reasons"]) for each in items] == [("referral", ["contract_unknown"])]


def test_another_content_under_the_same_id_is_a_conflict(caller: Caller) -> None:
    caller.post("/notices/follow_up_sick_note", NOTE)
    status, problem = caller.post("/notices/follow_up_sick_note", {**NOTE, "final": True})
    assert (status, problem["title"]) == (409, "Conflict")


@pytest.mark.parametrize(
    ("process", "content", "status", "said"),
    [
        ("follow_up_sick_note", b"{", 400, "JSON"),
        ("follow_up_sick_note", b"\xff", 400, "JSON"),
        ("follow_up_sick_note", b"[]", 422, "object"),
        ("follow_up_sick_note", b"[" * 100_000, 400, "JSON"),
        ("follow_up_sick_note", json.dumps({**NOTE, "birth_date": "1980-13-01"}).encode(), 422, "birth_date"),
        ("follow_up_sick_note", json.dumps({**NOTE, "diagnosis": "x"}).encode(), 422, "diagnosis"),
        ("follow_up_sick_note", json.dumps({**NOTE, "process": "death_notice"}).encode(), 422, "process"),
        ("no_such_process", json.dumps(NOTE).encode(), 404, "process"),
    ],
)
def test_what_is_no_notice_is_refused_without_its_values(
    caller: Caller, process: str, content: bytes, status: int, said: str
) -> None:
    response = caller.call("POST", f"/notices/{process}", content)
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)
    assert said in response.json()["detail"]
    assert "1980-13-01" not in response.content.decode()
    assert "Groß" not in response.content.decode()


def test_an_unknown_notice(caller: Caller) -> None:
    assert caller.get("/notices/4711")[0] == 404
    response = caller.call("GET", "/notices/abc")
    assert (response.status_code, response["Content-Type"], response["Allow"]) == (405, PROBLEM, "POST")


def test_a_document_is_kept_sealed_and_waits_for_a_person(caller: Caller, django_database: str) -> None:
    status, first = caller.send_file(pdf(), external_id="D-1", contract="RS-1")
    assert (status, first["known"]) == (202, False)
    assert caller.send_file(pdf(), external_id="D-1") == (202, {**first, "known": True})
    (item,) = caller.get("/work-items?basket=indexing")[1]["work_items"]
    assert (item["task"], item["kind"], item["key"], item["contract"]) == (
        "indexing",
        "document",
        str(first["id"]),
        "RS-1",
    )
    with psycopg.connect(django_database) as connection:
        name, content = connection.execute("SELECT name, content FROM inbox_document").fetchone()  # type: ignore[misc]
    assert b"brief" not in name
    assert b"%PDF" not in content


def test_another_document_under_the_same_id_is_a_conflict(caller: Caller) -> None:
    caller.send_file(pdf(), external_id="D-1")
    assert caller.send_file(pdf() + b"\n", external_id="D-1")[0] == 409


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "empty"), (b"MZ\x90\x00 program", "wrong_type"), (b"%PDF-1.7", "unreadable")]
)
def test_a_file_that_is_no_document_is_refused(caller: Caller, data: bytes, code: str) -> None:
    status, problem = caller.send_file(data)
    assert (status, problem["code"]) == (422, code)
    assert caller.get("/work-items")[1]["work_items"] == []


def test_work_items_come_in_pages(caller: Caller) -> None:
    for number in range(5):
        caller.send_file(pdf(), external_id=f"D-{number}")
    seen, after = [], 0
    while after is not None:
        page = caller.get(f"/work-items?limit=2&after={after}")[1]
        seen += [each["key"] for each in page["work_items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 5
    assert caller.get("/work-items?state=done")[1]["work_items"] == []
    assert caller.get("/work-items?due=2026-11-21")[1]["work_items"] == []


def test_health_and_figures(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dunkelwerk.api.health.PATIENCE", 240)  # how soon it answers is the machine's
    caller.post("/notices/follow_up_sick_note", NOTE)
    assert caller.get("/health/live") == (200, {"status": "ok"})
    assert caller.get("/health/ready") == (200, {"status": "ok"})
    figures = caller.call("GET", "/metrics").content.decode()
    assert 'dunkelwerk_notices{process="follow_up_sick_note",state="waiting"} 1.0' in figures
    assert "dunkelwerk_oldest_waiting_notice_seconds" in figures


def test_a_database_that_hangs_is_told_soon_and_one_that_is_back_too(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as deaf, monkeypatch.context() as patch:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        patch.setenv("DATABASE_URL", f"postgresql://a:b@127.0.0.1:{deaf.getsockname()[1]}/x")
        for _attempt in range(2):
            begun = time.monotonic()
            assert caller.get("/health/ready")[0] == 503
            assert time.monotonic() - begun < 120  # without a limit it would wait for ever
        assert caller.get("/health/live")[0] == 200
    end = time.monotonic() + 240
    while (status := caller.get("/health/ready")[0]) == 503 and time.monotonic() < end:
        pass
    assert status == 200


def test_an_unknown_address_is_a_problem_too(caller: Caller) -> None:
    response = caller.call("GET", "/nowhere")
    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
