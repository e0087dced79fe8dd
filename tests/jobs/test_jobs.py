"""A job runs alone, once for each time it is due; one that fails is seen and stops no other."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event
from types import ModuleType
from typing import Any

import psycopg
import pytest
from croniter import croniter

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.jobs.registry import Job, find, registry

HIDDEN = "Frau Wolkenstein"
#: what the package of dialogues is called for; stubs here
DIALOGUES = {"outcomes": "collect", "deadlines": "run_daily", "retention": "run_daily"}


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module whose functions jobs call."""
    made = ModuleType("made_for_jobs")
    monkeypatch.setitem(sys.modules, "made_for_jobs", made)
    return made


def job(name: str, *, daily: bool = False) -> Job:
    """A job that calls a function of that name."""
    return Job(name, "15 3 * * *", f"made_for_jobs:{name}", "Probe", daily)


@pytest.fixture
def rows(django_database: str) -> Callable[[], dict[str, Any]]:
    """What is kept about each job."""

    def read() -> dict[str, Any]:
        with psycopg.connect(django_database, row_factory=psycopg.rows.dict_row) as session:
            return {row["name"]: row for row in session.execute("SELECT * FROM job_run")}

    return read


def refuse(*_arguments: Any) -> None:
    """Fail, with somebody's name."""
    raise ValueError(HIDDEN)


def test_how_it_ended_is_kept(rows: Callable[[], dict[str, Any]], module: ModuleType) -> None:
    from dunkelwerk.jobs.running import End, run

    module.probe = lambda: Counter(expired=2, reminded=1)
    assert run(job("probe"), due=None) == End("done", "expired: 2, reminded: 1")
    row = rows()["probe"]
    assert row["started_at"] == row["succeeded_at"] <= row["finished_at"]
    assert (row["failures"], row["result"], row["error"]) == (0, "expired: 2, reminded: 1", None)


def test_failures_add_up_until_it_works_and_say_nothing_personal(
    rows: Callable[[], dict[str, Any]], module: ModuleType
) -> None:
    from dunkelwerk.jobs.running import run

    module.probe = lambda: None
    run(job("probe"), due=None)
    first = rows()["probe"]["succeeded_at"]
    module.probe = refuse
    for count in (1, 2, 3):
        end = run(job("probe"), due=None)
        assert (end.state, rows()["probe"]["failures"]) == ("failed", count)
    assert rows()["probe"]["succeeded_at"] == first
    assert "ValueError" in rows()["probe"]["error"]
    assert HIDDEN not in f"{rows()}{end}"
    module.probe = lambda: None
    run(job("probe"), due=None)
    assert (rows()["probe"]["failures"], rows()["probe"]["error"]) == (0, None)


def test_once_for_each_time_it_is_due(django_database: str, module: ModuleType) -> None:
    from dunkelwerk.infra.businessday import now
    from dunkelwerk.jobs.running import run

    calls: list[int] = []
    module.probe = lambda: calls.append(1)
    due = now() - timedelta(minutes=5)
    assert [run(job("probe"), due=due).state for _n in range(2)] == ["done", "not_due"]
    assert run(job("probe"), due=now()).state == "done"
    assert run(job("probe"), due=None).state == "done"
    module.probe = refuse
    assert [run(job("probe"), due=now()).state for _n in range(2)] == ["failed", "failed"], "due until it is done"
    assert len(calls) == 3


def test_a_daily_job_is_given_the_business_day(
    django_database: str, module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.jobs.running import run

    days: list[date] = []
    module.probe = days.append
    monkeypatch.setenv("DUNKELWERK_TODAY", "2026-11-30")
    run(job("probe", daily=True), due=None)
    assert days == [date(2026, 11, 30)]


def test_two_at_once(django_database: str, module: ModuleType) -> None:
    from django.db import connections

    from dunkelwerk.jobs.running import run

    began, go_on, calls = Event(), Event(), []

    def probe() -> None:
        calls.append(1)
        began.set()
        assert go_on.wait(240)

    def other() -> str:
        try:
            return run(job("probe"), due=None).state
        finally:
            connections.close_all()

    module.probe, module.another = probe, lambda: None
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(other)
        assert began.wait(240)
        assert run(job("probe"), due=None).state == "busy"
        assert run(job("another"), due=None).state == "done", "another job is not held up"
        go_on.set()
        assert first.result(240) == "done"
    assert len(calls) == 1
    assert run(job("probe"), due=None).state == "done"


def test_the_lock_survives_what_the_job_does_to_its_connection(django_database: str, module: ModuleType) -> None:
    from django.db import connection

    from dunkelwerk.jobs.running import run
    from dunkelwerk.jobs.turns import alone

    found: list[bool] = []

    def probe() -> None:
        connection.close()
        with alone("job:probe") as free:
            found.append(free)

    module.probe = probe
    assert run(job("probe"), due=None).state == "done"
    assert found == [False]
    with alone("job:probe") as free:
        assert free


def test_a_connection_that_was_lost_meanwhile(
    django_database: str, rows: Callable[[], dict[str, Any]], module: ModuleType
) -> None:
    """An outage that is over when the job ends does not keep its end from being kept."""
    from django.db import connection

    from dunkelwerk.jobs.running import run

    def probe() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            with psycopg.connect(django_database) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", cursor.fetchone())
            cursor.execute("SELECT 1")

    module.probe = probe
    end = run(job("probe"), due=None)
    assert end.state == "failed"
    assert rows()["probe"]["error"] == end.said
    assert end.said.startswith("Die Datenbank arbeitet nicht")


def test_one_that_fails_stops_no_other(
    django_database: str, module: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dunkelwerk.cli import jobs as command

    module.first, module.second, module.third = lambda: "erledigt", refuse, lambda: 7
    jobs = (job("first"), job("second"), job("gone"), job("third"))
    monkeypatch.setattr("dunkelwerk.jobs.registry.registry", lambda: jobs)
    assert command.run_now([]) == ["done", "failed", "failed", "done"]
    told = capsys.readouterr()
    assert ["first  erledigt" in told.out, "third  7" in told.out] == [True, True]
    assert "made_for_jobs:gone lässt sich nicht laden" in told.err
    assert HIDDEN not in told.out + told.err
    assert command.run_now([]) == ["not_due", "failed", "failed", "not_due"]


@pytest.mark.parametrize(("at", "previous", "following"), [
    ("2026-07-01T03:14:59", "2026-06-30T03:15", "2026-07-01T03:15"),
    ("2026-07-01T03:15:00", "2026-07-01T03:15", "2026-07-02T03:15"),
    ("2026-07-01T03:15:59", "2026-07-01T03:15", "2026-07-02T03:15"),
    # the night that has three o'clock never, and the one that has it twice
    ("2026-03-29T12:00:00", "2026-03-29T03:15", "2026-03-30T03:15"),
    ("2026-10-25T12:00:00", "2026-10-25T03:15", "2026-10-26T03:15"),
])  # fmt: skip
def test_when_it_is_due(at: str, previous: str, following: str) -> None:
    from dunkelwerk.infra.businessday import BERLIN

    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    for zone in (UTC, BERLIN):
        assert job("probe").previous(moment.astimezone(zone)) == datetime.fromisoformat(previous).replace(tzinfo=UTC)
        assert job("probe").next(moment.astimezone(zone)) == datetime.fromisoformat(following).replace(tzinfo=UTC)


def test_the_registry() -> None:
    jobs = registry()
    assert len({each.name for each in jobs}) == len(jobs)
    assert [each.name for each in jobs if not croniter.is_valid(each.cron)] == []
    assert [each.name for each in jobs if each.daily != (each.cron.split()[1] != "*")] == []
    assert find("outbox-delivery").cron == "* * * * *"
    with pytest.raises(CommandError, match="outbox-delivery"):
        find("voucher")


def test_what_the_registry_calls_takes_what_it_is_given(
    django_database: str, monkeypatch: pytest.MonkeyPatch, rows: Callable[[], dict[str, Any]]
) -> None:
    from dunkelwerk.jobs.running import run

    calls: list[tuple[Any, ...]] = []
    for name, function in DIALOGUES.items():
        stub = ModuleType(name)
        setattr(stub, function, lambda *given, name=name: calls.append((name, *given)))
        monkeypatch.setitem(sys.modules, f"dunkelwerk.dialogues.{name}", stub)
    monkeypatch.setenv("DUNKELWERK_TODAY", "2026-11-30")
    ends = {each.name: run(each, due=None) for each in registry()}
    assert {name: end for name, end in ends.items() if end.state != "done"} == {}
    day = date(2026, 11, 30)
    assert sorted(calls) == [("deadlines", day), ("outcomes",), ("retention", day)]
    assert rows().keys() == ends.keys()


def test_the_list(
    django_database: str, module: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dunkelwerk.cli import jobs as command
    from dunkelwerk.jobs.running import run

    module.first, module.second = lambda: "erledigt", refuse
    jobs = (job("first"), job("second"), job("never"))
    monkeypatch.setattr("dunkelwerk.jobs.registry.registry", lambda: jobs)
    monkeypatch.setattr("dunkelwerk.jobs.queries.registry", lambda: jobs)
    run(jobs[0], due=None)
    run(jobs[1], due=None)
    run(jobs[1], due=None)
    command.list_(as_json=False)
    text = capsys.readouterr().out
    assert "erledigt" in text
    assert "2-mal gescheitert" in text
    assert "second: Interner Fehler: unexpected ValueError" in text
    command.list_(as_json=True)
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["name"], each["failures"], each["started_at"] is None) for each in found] == [
        ("first", 0, False),
        ("second", 2, False),
        ("never", 0, True),
    ]
