"""The API keeps its published contract: whatever schemathesis makes of the schema is answered as that says."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from route_support import TAX_ID
from site_support import PATIENCE, Letter, Site
from web_support import LONELY, Person

SCOPES = [
    *("dialogues:write", "dialogues:read", "dialogues:pin", "notices:write", "notices:read", "documents:write"),
    *("work-items:read", "metrics:read"),
]
#: what schemathesis looks at in each answer
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES, SEED = 40, 20261122


@pytest.fixture(scope="module")
def token(site: Site) -> str:
    """Somebody who may do everything."""
    wanted = [part for scope in SCOPES for part in ("--scope", scope)]
    return site.run("tokens", "create", "kern", *wanted).strip()


def test_the_schema_is_served_and_names_every_route(site: Site) -> None:
    schema = httpx.get(f"{site.address}/api/v1/openapi.json", timeout=PATIENCE).json()
    assert schema["openapi"].startswith("3.1")
    routes = {path.removeprefix("/api/v1") for path in schema["paths"]}
    wanted = {"/dialogues", "/dialogues/{id}", "/dialogues/{id}/pin", "/documents", "/work-items", "/health/ready"}
    assert wanted <= routes
    assert any(route.startswith("/notices/") for route in routes)


@pytest.mark.timeout(900)
def test_whatever_is_sent_is_answered_as_the_schema_says(site: Site, token: str, tmp_path: Path) -> None:
    """No server error, no answer beside the schema, problems as problem details; the same requests every time."""
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "run", f"{site.address}/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}"]
    command += ["--phases", "examples,fuzzing", "--max-examples", str(EXAMPLES), "--seed", str(SEED)]
    command += ["--checks", CHECKS, "--no-color", "--generation-deterministic"]
    # how fast an example is made or answered is the machine's, not the contract's
    command += ["--request-timeout", str(PATIENCE), "--suppress-health-check", "all"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    faults = [line for line in site.logs().splitlines() if '"status": 5' in line]
    assert faults == []


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "path", ["/dialogues", "/dialogues/D-X", "/notices/1", "/documents", "/nirgends", "/work-items"]
)
def test_every_refusal_is_a_problem(site: Site, token: str, method: str, path: str) -> None:
    """Also of methods that a route lacks, of addresses that nobody serves, and of content that is none."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    address = f"{site.address}/api/v1{path}"
    answer = httpx.request(method, address, headers=headers, content=b'{"broken": ', timeout=PATIENCE)
    if (method, path) == ("GET", "/work-items"):
        assert answer.status_code == 200
        return
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == answer.status_code


def test_from_a_core_system_to_the_outcome(site: Site, token: str) -> None:
    """Made by the API, answered in the portal by the PIN that was told once, decided, and read by the API again."""
    headers = {"Authorization": f"Bearer {token}"}
    # no connection is used again after the minutes that the rest may take
    core = httpx.Client(base_url=f"{site.address}/api/v1", headers=headers, timeout=PATIENCE, limits=LONELY)
    row = {name: value for name, value in site.new_person("tax_id").items() if name != "number"}
    made = core.post("/dialogues", json={"type": "tax_id", **row}, headers={"Idempotency-Key": "k-1"})
    assert made.status_code == 201
    again = core.post("/dialogues", json={"type": "tax_id", **row}, headers={"Idempotency-Key": "k-1"})
    assert (again.json()["id"], "pin" in again.json()) == (made.json()["id"], False)
    letter = Letter({**row, "pin": made.json()["pin"], "dialogue": made.json()["id"], "link": made.json()["link"]})
    assert letter.link == f"{site.address}/#{letter.pin}"
    with Person(site) as person:
        person.log_in(letter)
        person.answer_tax_id(TAX_ID)
        assert person.submit().headers["location"] == "/fertig"
    site.work()
    told = core.get(f"/dialogues/{letter.reference}").json()
    assert (told["state"], told["outcome"]) == ("processed", "settled")
    decided = core.get(f"/notices/{told['notice']}").json()
    assert (decided["state"], decided["channel"]) == ("settled", "dialogue")
    assert core.delete(f"/dialogues/{letter.reference}").status_code == 409
    events = [each["event"] for each in told["events"]]
    assert events[:4] == ["created", "exported", "opened", "submitted"]


def test_a_document_comes_in(site: Site, token: str) -> None:
    """By multipart, as any HTTP client sends it; the same again is known."""
    stream = BytesIO()
    Image.new("RGB", (300, 400), "white").save(stream, "JPEG")
    sent = {"files": {"file": ("brief.jpg", stream.getvalue(), "image/jpeg")}, "data": {"external_id": "SCAN-1"}}
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{site.address}/api/v1/documents"
    answers = [httpx.post(address, headers=headers, timeout=PATIENCE, **sent) for _time in range(2)]
    assert [(each.status_code, each.json().get("known")) for each in answers] == [(202, False), (202, True)]
    assert site.value("SELECT count(*) FROM work_item WHERE task = 'indexing'") >= 1
