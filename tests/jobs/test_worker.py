"""``dunkelwerk jobs run`` as a service: what is due is done once, through outages, as the application role."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from test_chores import Query, put, query

__all__ = ["query"]
COMMAND = Path(sys.executable).with_name("dunkelwerk")
#: how long something may take on a machine that has much else to do
SECONDS = 240


@pytest.fixture
def start(django_database: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts workers; those that still run at the end are killed."""
    started: list[subprocess.Popen[str]] = []
    (tmp_path / "out").mkdir()

    def begin(*arguments: str, **more: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "DUNKELWERK_OUTBOX_FOLDER": str(tmp_path / "out"), **more}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([COMMAND, "jobs", "run", *arguments], env=environment, text=True, **pipes)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(condition: Callable[[], Any]) -> Any:
    """Wait, but not for ever; what it was waited for."""
    end = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def states(query: Query) -> list[str]:
    """The states of all messages."""
    return [row[0] for row in query("SELECT state FROM outbox_message ORDER BY id")]


def lines(folder: Path) -> list[str]:
    """The keys of all messages that arrived."""
    return [json.loads(line)["key"] for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]


def test_two_workers_do_what_is_due_once_and_end_at_a_signal(
    query: Query, start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    put(*(f"D-{n}" for n in range(30)))
    both = [start(), start()]
    until(lambda: set(states(query)) == {"delivered"})
    until(lambda: len(query("SELECT 1 FROM job_run WHERE finished_at IS NOT NULL")) >= 7)
    # one may have done everything before the other was there
    until(lambda: query("SELECT count(*) FROM procrastinate_workers") == [(2,)])
    assert sorted(lines(tmp_path / "out")) == sorted(f"D-{n}" for n in range(30))
    for each in both:
        each.send_signal(signal.SIGTERM)
    said = [each.communicate(timeout=SECONDS) for each in both]
    assert [each.returncode for each in both] == [0, 0]
    done = [line for out, _error in said for line in out.splitlines()]
    assert len([line for line in done if "outbox-erasure" in line]) == 1
    assert "Traceback" not in str(said)
    assert query("SELECT count(*) FROM procrastinate_workers") == [(0,)]


def test_a_login_that_owns_nothing_is_enough(
    query: Query, django_database: str, start: Callable[..., subprocess.Popen[str]]
) -> None:
    name = f"login_{os.getpid()}"
    query(f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
    query(f"GRANT dunkelwerk_app TO {name}")
    parts = urlsplit(django_database)
    secret = parts._replace(netloc=f"{name}:x@{parts.netloc.rpartition('@')[2]}").geturl()
    try:
        put("D-1")
        worker = start(DATABASE_URL=secret, DATABASE_OWNER_URL=django_database)
        until(lambda: states(query) == ["delivered"])
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=SECONDS)
        assert worker.returncode == 0
    finally:
        query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{name}'")
        query(f"DROP ROLE {name}")


def test_the_queue_acts_as_the_application_role(django_database: str) -> None:
    from dunkelwerk.jobs.worker import build_app

    async def ask() -> Any:
        app = build_app(lambda job, end: None)
        async with app.open_async():
            return await app.connector.execute_query_one_async("SELECT current_user AS who")

    assert asyncio.run(ask()) == {"who": "dunkelwerk_app"}


def test_an_outage_is_waited_for(query: Query, start: Callable[..., subprocess.Popen[str]]) -> None:
    worker = start()
    first = until(lambda: query("SELECT max(id) FROM procrastinate_workers WHERE id IS NOT NULL")[0][0])
    until(lambda: len(query("SELECT 1 FROM job_run WHERE finished_at IS NOT NULL")) >= 4)
    query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    ((cut,),) = query("SELECT clock_timestamp()::text")
    # a heartbeat finds it out after ten seconds; only who is back can write one
    until(lambda: query(f"SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > '{cut}'"))
    assert worker.poll() is None
    assert first
    worker.send_signal(signal.SIGTERM)
    out, error = worker.communicate(timeout=SECONDS)
    assert worker.returncode == 0
    assert "Traceback" not in out + error


def test_a_database_that_does_not_come_back_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It waits, longer each time, and says so."""
    from procrastinate.exceptions import ConnectorException
    from psycopg_pool import PoolTimeout

    from dunkelwerk.jobs import worker

    waits, ends = list[float](), [PoolTimeout("gone"), ConnectorException("gone"), None, PoolTimeout("gone")]

    class Away:
        """Neither opens nor works; at last a signal comes."""

        def open_async(self) -> Away:
            return self

        async def __aenter__(self) -> None:
            if not ends:
                os.kill(os.getpid(), signal.SIGTERM)
                await asyncio.sleep(SECONDS)
            if end := ends.pop(0):
                raise end

        async def __aexit__(self, *_error: object) -> None:
            """Nothing is to be closed."""

        async def run_worker_async(self, **_options: object) -> None:
            """A side task failed: it just ends."""

    monkeypatch.setattr(worker, "build_app", lambda report: Away())
    monkeypatch.setattr(worker, "pause", lambda seconds, is_told: waits.append(seconds))
    monkeypatch.setattr(worker.database, "reconnect", lambda: None)
    worker.work(lambda job, end: None)
    assert waits == [2, 4, 8, 16]
    assert capsys.readouterr().err.count("neuer Versuch in") == 4


def test_a_signal_ends_the_wait_in_an_outage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dunkelwerk.infra.stopping import pause
    from dunkelwerk.jobs import worker

    async def gone(_app: object, _told: list[bool]) -> None:
        """The database went away."""

    def wait(seconds: float, is_told: Callable[[], bool]) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        pause(seconds, is_told)

    def pass_on(_signal: int, _frame: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    def reconnect() -> None:
        pytest.fail("went on")

    monkeypatch.setattr(worker, "work_once", gone)
    monkeypatch.setattr(worker, "pause", wait)
    monkeypatch.setattr(worker, "build_app", lambda report: None)
    monkeypatch.setattr(worker.database, "reconnect", reconnect)
    monkeypatch.setattr(worker, "SHORTEST_WAIT", float(SECONDS))
    before = signal.signal(signal.SIGALRM, pass_on)
    began = time.monotonic()
    try:
        worker.work(lambda job, end: None)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - began < SECONDS / 2
    assert capsys.readouterr().err.count("neuer Versuch in") == 1


def test_once(query: Query, start: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    put("D-1")
    out, _error = start("outbox-delivery", "old-jobs").communicate(timeout=SECONDS)
    assert "outbox-delivery  1 ausgeliefert; 0 warten, 0 aufgegeben" in out
    assert [line.split()[1] for line in out.splitlines()] == ["outbox-delivery", "old-jobs"]
    assert lines(tmp_path / "out") == ["D-1"]
    put("D-2")
    done, _error = start("--once").communicate(timeout=SECONDS)
    assert "old-jobs" not in done, "done today"
    assert "outbox-erasure" in done
    unknown = start("voucher")
    unknown.communicate(timeout=SECONDS)
    assert unknown.returncode == 2
