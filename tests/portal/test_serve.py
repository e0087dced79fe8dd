"""``dunkelwerk serve``: the real server says where it is, answers, and stops when it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from conftest import PATIENCE, free_port, wait_for


def test_it_says_where_it_is_serves_and_stops_cleanly(database_url: str, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "serve.log"
    command = [Path(sys.executable).with_name("dunkelwerk"), "serve", "--port", str(port), "--workers", "2"]
    with log.open("w") as stream:
        server = subprocess.Popen(command, env={**os.environ}, stdout=stream, stderr=stream)
        try:
            wait_for(f"http://127.0.0.1:{port}", server, log)
            page = urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE).read().decode()
            sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
            request = Request(f"http://127.0.0.1:{port}{sheet}", headers={"Accept-Encoding": "gzip"})
            with urlopen(request, timeout=PATIENCE) as answer:
                assert answer.headers["Content-Encoding"] == "gzip"
                assert "immutable" in answer.headers["Cache-Control"]
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=PATIENCE)
    assert code == 0
    said = log.read_text()
    assert f"http://127.0.0.1:{port}/" in said
    assert '"path": "/", "status": 200' in said


def test_a_port_that_is_taken_is_one_clear_sentence(run_cli: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_cli("serve", "--port", port)
    assert done.returncode == 1
    assert f"127.0.0.1:{port}: der Port ist schon belegt" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_day_that_is_set_is_refused_in_production(run_cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_MODE", "production")
    monkeypatch.setenv("DUNKELWERK_TODAY", "2026-11-22")
    monkeypatch.setenv("DUNKELWERK_PORTAL_URL", "https://portal.example")
    done = run_cli("serve", "--port", free_port())
    assert (done.returncode, done.stdout) == (1, "")
    assert "DUNKELWERK_TODAY ist in der Produktion nicht erlaubt" in done.stderr


def test_a_connection_that_is_lost_halfway_stores_nothing(live_portal: str, new_dialogue: Any) -> None:
    from dunkelwerk.dialogues.answers import list_uploads, load_draft

    given = new_dialogue()
    cookie = log_in(live_portal, given)
    host, port = live_portal.removeprefix("http://").split(":")
    head = b'--x\r\nContent-Disposition: form-data; name="papers"; filename="a.jpg"\r\n\r\n' + b"\xff\xd8\xff" * 9999
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
        request = (
            f"POST /fragen/5 HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: 900000\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        line.sendall(request.encode() + head)
    with urlopen(f"{live_portal}/hilfe", timeout=PATIENCE) as answer:
        assert answer.status == 200
    assert list_uploads(given.id) == []
    assert load_draft(given.id).revision == 0


def log_in(address: str, given: Any) -> str:
    """The cookies of somebody who has logged in."""
    import httpx

    with httpx.Client(base_url=address, timeout=PATIENCE) as browser:
        page = browser.get("/").text
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        assert browser.post("/", data={**given.secrets, "csrfmiddlewaretoken": token}).status_code == 302
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
