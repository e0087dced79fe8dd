"""What the server, the network, the disk or somebody's lock causes belongs to the batch: all wait, none is referred."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from work_support import TODAY, World, case_file, claim, contract, household, note

from dunkelwerk.infra import database
from gates import wait_until

#: every table that a batch writes (contracts change at the confirmation of an offset)
TABLES = (
    *("batch", "decision_record", "work_item", "notice", "movement", "proof", "claim", "release"),
    *("instalment", "posting", "letter_order", "proposal"),
)
#: connection, standby, rolled back, deadlock, disk, memory, connections, lock, cancelled, shut down, crash, I/O
OUTAGES = (
    *("08006", "25006", "40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "57P01", "57P02", "58030"),
)
#: the runner's sessions
OURS = "application_name = 'dunkelwerk' AND datname = current_database()"
OFFSET = {"dispositions": {"recourse_open": "offset"}}
WITH_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a disk of its own")

Outage = Callable[[str, str], list[str]]


@pytest.fixture
def outage(world: World, monkeypatch: pytest.MonkeyPatch) -> Outage:
    """Every row written to a table meets a statement, until the runner takes it for an outage and connects again."""
    reconnect = database.reconnect

    def befall(table: str, statement: str) -> list[str]:
        """The states of all notices when the runner connects again."""
        met: list[str] = []
        world.run(
            f"""CREATE OR REPLACE FUNCTION mishap() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
                {statement}; RETURN NEW; END $$""",
            f"CREATE TRIGGER mishap BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION mishap()",
        )

        def reconnect_after_repair() -> None:
            reconnect()
            met.extend(world.states().values())
            world.run(f"DROP TRIGGER IF EXISTS mishap ON {table}")

        monkeypatch.setattr(database, "reconnect", reconnect_after_repair)
        return met

    return befall


def fill(world: World) -> None:
    """Four notices, of which one is settled, one proposed, two are referred; all four wait."""
    debtor = contract("RS-2", [2], claim("C-2", 2), recourse_open="100.00")
    world.load(household(1), case_file(debtor), household(3))
    world.receive(note(1), note(2), note(3, incapacity_from="2026-03-03"), note(4))


def assert_outage(world: World, met: list[str], *, what: str) -> None:
    """All waited; then everything came as it should have."""
    ends = world.work(**OFFSET)
    assert met == ["waiting"] * 4, what
    assert ends == {"settled": 1, "proposed": 1, "referred": 2}, what
    assert world.reasons()["N-3"] == ["different_onset"], what
    assert world.broken() == [], what


@pytest.mark.parametrize("table", TABLES)
def test_a_full_disk_at_any_table_refers_nobody(world: World, outage: Outage, table: str) -> None:
    fill(world)
    assert_outage(world, outage(table, "RAISE EXCEPTION USING ERRCODE = '53100'"), what=table)


@pytest.mark.parametrize("table", ["posting", "claim"], ids=["copied", "updated"])
def test_no_outage_refers_anybody(world: World, outage: Outage, table: str) -> None:
    fill(world)
    for state in OUTAGES:
        copied = world.copy()
        world.url, url = copied.url, world.url
        assert_outage(world, outage(table, f"RAISE EXCEPTION USING ERRCODE = '{state}'"), what=state)
        world.url = url


@pytest.mark.parametrize("table", ["posting", "claim"], ids=["copied", "updated"])
def test_a_cut_connection_refers_nobody(world: World, outage: Outage, table: str) -> None:
    fill(world)
    cut = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5)"
    assert_outage(world, outage(table, cut), what=table)


def test_what_is_neither_an_outage_nor_a_notices_fault_stops_the_run(world: World, outage: Outage) -> None:
    """A missing right, say: no retry helps, and no clerk."""
    from django.db import Error

    fill(world)
    met = outage("posting", "RAISE EXCEPTION USING ERRCODE = '42501'")
    with pytest.raises((Error, psycopg.Error)):
        world.work(**OFFSET)
    assert (met, set(world.states().values())) == ([], {"waiting"})


# A lock that somebody else holds, and a deadlock


@pytest.fixture
def impatient_sessions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker gives up a lock after a fifth of a second rather than five."""
    from django.db import connections

    options = connections.settings["default"]["OPTIONS"]
    monkeypatch.setitem(options, "options", "-c lock_timeout=200ms")


@pytest.mark.usefixtures("impatient_sessions")
@pytest.mark.parametrize("table", ["claim", "notice", "data_key"])
def test_a_table_locked_for_long_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    from dunkelwerk.runner.work import Job, work

    fill(world)
    reconnect, tries = database.reconnect, list[int]()
    with world.connect() as other:
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())

        def third_time_lucky() -> None:
            reconnect()
            tries.append(world.value("SELECT count(*) FROM work_item"))
            if len(tries) == 2:
                other.rollback()

        monkeypatch.setattr(database, "reconnect", third_time_lucky)
        ends = work(Job(OFFSET, TODAY, 500, True, 60.0), workers=1)
    assert tries == [0, 0]
    assert ends == {"settled": 1, "proposed": 1, "referred": 2}
    assert world.broken() == []


def test_a_connection_cut_between_two_batches_is_opened_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.runner.batches import Batcher, Done

    fill(world)
    run, runs = Batcher.run, list[int]()

    def cut_before_the_second(batcher: Batcher, day: date) -> Done:
        runs.append(1)
        if len(runs) == 2:
            world.run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {OURS}")
        return run(batcher, day)

    monkeypatch.setattr(Batcher, "run", cut_before_the_second)
    assert world.work(**OFFSET) == {"settled": 1, "proposed": 1, "referred": 2}
    assert len(runs) > 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_in_an_outage_stops(
    world: World, outage: Outage, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    from dunkelwerk.runner.work import Job, Worker

    fill(world)
    outage("posting", "RAISE EXCEPTION USING ERRCODE = '53100'")
    reconnect, before = database.reconnect, signal.getsignal(number)

    def tell() -> None:
        reconnect()
        os.kill(os.getpid(), number)

    monkeypatch.setattr(database, "reconnect", tell)
    assert Worker(Job({}, TODAY, 500, False, 0.0)).run(lambda count: None) == {}
    assert signal.getsignal(number) is before
    assert set(world.states().values()) == {"waiting"}


def data_folder(world: World) -> Path:
    """Where the server keeps its data, and its socket."""
    (folder,) = parse_qs(urlsplit(world.url).query)["host"]
    return Path(folder).resolve()


def superuser(world: World) -> psycopg.Connection[Any]:
    """A session that may do what ours may not: make tablespaces, wait long for a deadlock."""
    parts, data = urlsplit(world.url), data_folder(world)
    secret = (data.parent / "superuser.password").read_text().strip()
    (host,) = parse_qs(parts.query)["host"]
    return psycopg.connect(host=host, port=5432, user="postgres", password=secret, dbname=parts.path.lstrip("/"))


def test_the_victim_of_a_deadlock_tries_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.load(household(1), household(2))
    world.receive(note(1), note(2))
    reconnect, met = database.reconnect, list[str]()

    def note_states() -> None:
        met.extend(world.states().values())
        reconnect()

    monkeypatch.setattr(database, "reconnect", note_states)
    with superuser(world) as rival:
        rival.execute("SET deadlock_timeout = '1min'")  # so that the worker finds it first
        rival.execute("SELECT FROM contract WHERE number = 'RS-2' FOR UPDATE")
        crossing = threading.Thread(target=cross, args=(world, rival))
        crossing.start()
        ends = world.work()
        crossing.join()
    assert (met, ends) == (["waiting"] * 2, {"settled": 2})
    assert world.broken() == []


def cross(world: World, rival: psycopg.Connection[Any]) -> None:
    """Want the contract that the worker has, while it wants ours."""
    waiting = f"SELECT count(*) FROM pg_stat_activity WHERE {OURS} AND wait_event_type = 'Lock'"
    wait_until(lambda: world.value(waiting), pause=0.005)
    rival.execute("SELECT FROM contract WHERE number = 'RS-1' FOR UPDATE")
    rival.rollback()


# A disk that is really full


@pytest.fixture
def small_disk(world: World) -> Iterator[Path]:
    """A disk of 4 MB on which the database keeps its postings."""
    owner = data_folder(world).stat().st_uid
    with tempfile.TemporaryDirectory(prefix="dunkelwerk-disk-") as folder:
        os.chmod(folder, 0o711)
        disk = Path(folder) / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=4m,mode=700,uid={owner}", "tmpfs", disk], check=True)
        try:
            run_as_superuser(
                world, f"CREATE TABLESPACE small LOCATION '{disk}'", "ALTER TABLE posting SET TABLESPACE small"
            )
            yield disk
            run_as_superuser(world, "ALTER TABLE posting SET TABLESPACE pg_default", "DROP TABLESPACE small")
        finally:
            subprocess.run(["umount", disk], check=True)


def run_as_superuser(world: World, *statements: str) -> None:
    with superuser(world) as session:
        session.autocommit = True
        for statement in statements:
            session.execute(statement.encode())


def fill_up(ballast: Path) -> None:
    """Take every byte that is left on the disk."""
    with ballast.open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(4096))


@WITH_ROOT
def test_a_full_disk_is_said_and_waited_for(world: World, small_disk: Path, run_cli: Any) -> None:
    world.load(*(household(number) for number in range(1, 31)))
    world.receive(*(note(number) for number in range(1, 31)))
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        fill_up(ballast)
    full = run_cli("work", "--once", "--on", TODAY, "--patience", 2)
    assert (full.returncode, full.stdout) == (1, "")
    sentence = full.stderr.splitlines()[-1]
    assert sentence.startswith("Die Datenbank arbeitet nicht: could not extend file")
    assert sentence.endswith("Alle Meldungen warten weiter, keine ging verloren.")
    assert "Traceback" not in full.stderr
    assert set(world.states().values()) == {"waiting"}
    ballast.unlink()
    emptied = run_cli("work", "--once", "--on", TODAY)
    assert (emptied.returncode, emptied.stdout) == (0, "30 Meldungen: 30 dunkel erledigt, 0 ausgesteuert\n")
    assert world.broken() == []
