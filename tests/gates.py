"""Gates in the database: another process stands still there until the test goes on, however fast either of them is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg

#: how long something may take on a machine that has much else to do
PATIENCE = 240.0
#: the program's own sessions
OURS = "pg_stat_activity WHERE datname = current_database() AND application_name = 'dunkelwerk'"
BUILD = """
    CREATE TABLE gate (most bigint NOT NULL);
    INSERT INTO gate VALUES ({most});
    CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        WHILE ({count}) >= (SELECT most FROM gate) LOOP PERFORM pg_sleep(0.01); END LOOP;
        RETURN NULL;
    END $$;
    CREATE TRIGGER gate BEFORE {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION wait_at_gate()
"""
SLOW = """
    CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_sleep({seconds});
        RETURN NULL;
    END $$;
    CREATE TRIGGER slow BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION take_time()
"""
SESSIONS = f"SELECT count(*), count(*) FILTER (WHERE wait_event_type = 'Lock') FROM {OURS}"


def wait_until(condition: Callable[[], object], *, seconds: float = PATIENCE, pause: float = 0.01) -> None:
    """Wait, but not for ever."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"still waiting after {seconds} s")
        time.sleep(pause)


class Gate:
    """Lets nobody write to a table any more once a count is reached, until more is let through.

    Several that write at once may pass together: each one row or batch more than said.
    """

    def __init__(self, url: str, table: str, *, count: str, most: int, event: str = "INSERT") -> None:
        self.url = url
        self._run(BUILD.format(table=table, count=count, most=most, event=event))

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as session:
            session.execute(statement.encode())

    def let(self, most: int) -> None:
        """So many, counted from the beginning."""
        self._run(f"UPDATE gate SET most = {most}")

    def open(self) -> None:
        """Whatever comes."""
        self.let(2**60)


def slow_down(url: str, table: str, *, seconds: float) -> None:
    """Whoever writes to a table takes so long for it: nobody is done before the others have begun."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(SLOW.format(table=table, seconds=seconds).encode())


def end_sessions(url: str) -> None:
    """The server lets go of whatever a killed process left; it would by itself, in its own time. Ours end, too."""
    from django.conf import settings
    from django.db import connections

    if settings.configured:
        connections.close_all()
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(f"SELECT pg_terminate_backend(pid, 60000) FROM {OURS}".encode())
        wait_until(lambda: session.execute(f"SELECT count(*) FROM {OURS}".encode()).fetchone() == (0,))


def start_together(url: str, *, waiting: int) -> threading.Thread:
    """Let no batch be written before two workers are there, and so many of them wait to write one.

    The thread that sees to it: it ends when they go on.
    """
    locked = threading.Event()

    def hold() -> None:
        with psycopg.connect(url) as gate, psycopg.connect(url, autocommit=True) as watch:
            gate.execute("LOCK TABLE batch IN ACCESS EXCLUSIVE MODE")
            locked.set()
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                there, held = watch.execute(SESSIONS.encode()).fetchone() or (0, 0)
                if held >= waiting and there > 1:
                    break
                time.sleep(0.02)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    if not locked.wait(PATIENCE):
        raise AssertionError("the table could not be locked")
    return thread
