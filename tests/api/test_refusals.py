"""What is refused names every field in ``errors``, in English; nothing that was sent is dropped without a word."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_support import DIALOGUE, NOTE, PROBLEM, Caller


def fields(problem: dict[str, Any]) -> list[str]:
    """Which fields do not fit."""
    return [each["field"] for each in problem["errors"]]


def test_every_fault_of_a_dialogue_is_named(caller: Caller) -> None:
    change = {
        **{"type": "sepa_mandate", "last_name": " ", "valid_until": "2026-11-21", "postal_code": "5066"},
        "prefill": {"foo": 1, "bar": ["x"]},
    }
    status, problem = caller.post("/dialogues", {**DIALOGUE, **change})
    assert status == 422
    assert {"last_name", "postal_code", "valid_until", "prefill.foo", "prefill.bar"} <= set(fields(problem))
    assert len(set(fields(problem))) == len(fields(problem))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "nix"}, "type"),
        ({"prefill": {"foo": 1}}, "prefill.foo"),
        ({"valid_until": "2026-11-21"}, "valid_until"),
        ({"external_id": "M" * 61}, "external_id"),
        ({"type": "accident", "prefill": {"treated_on": "31.02.2026"}}, "prefill.treated_on"),
    ],
)
def test_a_fault_of_a_dialogue_names_its_field_in_english(caller: Caller, change: dict[str, Any], field: str) -> None:
    status, problem = caller.post("/dialogues", {**DIALOGUE, **change})
    assert status == 422
    assert field in fields(problem)
    assert not {"ist", "nicht", "gibt", "der", "die"} & set(problem["detail"].split())


def test_a_type_whose_process_has_gone_since_is_refused(caller: Caller) -> None:
    import hashlib

    import msgspec
    from django.db import connection

    from dunkelwerk.dialogues.forms import reading
    from dunkelwerk.dialogues.shipped import SHIPPED, read_file

    lost = msgspec.structs.replace(read_file(SHIPPED / "tax_id.yaml"), process="no_such_process")
    content = reading.encode(lost)
    assert caller.post("/dialogues", DIALOGUE)[0] == 201
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dialogue_type_version (name, version, content, digest, published_at, published_by) "
            "VALUES ('tax_id', 2, %s, %s, now(), 'test')",
            (content, hashlib.sha256(content).digest()),
        )
    status, problem = caller.post("/dialogues", {**DIALOGUE, "external_id": "M-2"})
    assert (status, fields(problem)) == (422, ["type"])
    assert "process" in problem["errors"][0]["message"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dialogue")
        assert cursor.fetchone() == (1,), "nobody has a PIN for it"


def test_a_last_day_of_today_is_taken(caller: Caller) -> None:
    assert caller.post("/dialogues", {**DIALOGUE, "valid_until": "2026-11-22"})[0] == 201


def test_every_fault_of_a_notice_is_named(caller: Caller) -> None:
    wrong = {name: value for name, value in NOTE.items() if name != "issued_on"}
    wrong |= {"birth_date": "1980-13-01", "final": "maybe", "diagnosis": "x"}
    response = caller.call("POST", "/notices/follow_up_sick_note", wrong)
    problem = response.json()
    assert response.status_code == 422
    assert sorted(fields(problem)) == ["birth_date", "diagnosis", "final", "issued_on"]
    assert "1980-13-01" not in response.content.decode()
    assert "Feld" not in problem["detail"]


def test_a_number_too_long_for_the_inbox_names_its_field(caller: Caller) -> None:
    assert fields(caller.post("/notices/follow_up_sick_note", {**NOTE, "id": "x" * 201})[1]) == ["id"]
    assert fields(caller.post("/notices/follow_up_sick_note", [])[1]) == ["body"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=foo", "state"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("after=-1", "after"),
        ("stat=open", "stat"),
    ],
)
def test_a_filter_that_does_not_fit_is_no_empty_list(caller: Caller, query: str, field: str) -> None:
    status, problem = caller.get(f"/work-items?{query}")
    assert (status, fields(problem)) == (422, [field])


@pytest.mark.parametrize("query", ["limit=1", "limit=500", "state=in_check", "due=2026-11-22&basket=x&after=0"])
def test_a_filter_that_just_fits(caller: Caller, query: str) -> None:
    assert caller.get(f"/work-items?{query}")[0] == 200


@pytest.mark.parametrize("names", [("file", "file"), ("file", "other")])
def test_two_files_in_one_request_are_refused_and_none_is_kept(caller: Caller, names: tuple[str, str]) -> None:
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection
    from PIL import Image

    stream = BytesIO()
    Image.new("RGB", (30, 40), "white").save(stream, "JPEG")
    first, second = (SimpleUploadedFile(f"{number}.jpg", stream.getvalue(), "image/jpeg") for number in range(2))
    sent = {"file": [first, second]} if names[0] == names[1] else {"file": first, "other": second}
    response = caller.client.post("/api/v1/documents", sent, headers=caller.head)
    assert (response.status_code, fields(response.json())) == (422, ["file"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM inbox_document) + (SELECT count(*) FROM work_item)")
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize("path", ["/dialogues", "/notices/follow_up_sick_note"])
def test_too_much_json_is_too_large(caller: Caller, path: str) -> None:
    body = json.dumps({**DIALOGUE, "first_name": "x" * 3_000_000}).encode()
    response = caller.call("POST", path, body)
    assert (response.status_code, response["Content-Type"]) == (413, PROBLEM)
    assert caller.call("POST", path, body, key="k-1").status_code == 413


def test_the_document_has_every_address_once(caller: Caller) -> None:
    """OpenAPI 3.1: paths that differ in the names of their parameters alone are the same path."""
    import re

    paths = caller.get("/openapi.json")[1]["paths"]
    plain = [re.sub(r"{[^}]*}", "{}", path) for path in paths]
    assert len(set(plain)) == len(plain)
    (notice,) = (operations for path, operations in paths.items() if "/notices/" in path)
    assert set(notice) == {"get", "post"}
    (name,) = {
        each["name"] for operation in notice.values() for each in operation["parameters"] if each["in"] == "path"
    }
    assert any(path.endswith(f"/notices/{{{name}}}") for path in paths)
