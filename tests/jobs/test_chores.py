"""The queue is kept in order, as the application role; the outbox is delivered and erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dunkelwerk.infra.errors import CommandError

Query = Callable[[str], list[tuple[Any, ...]]]
DEFER = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock, worker_id)
    VALUES ('jobs', 'outbox-delivery', '{status}', {lock}, {worker}) RETURNING id
"""


@pytest.fixture
def query(django_database: str) -> Query:
    """Asks or changes something as the owner."""

    def run(statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(django_database) as session:
            found = session.execute(statement.encode())
            return found.fetchall() if found.description else []

    return run


def put(*keys: str) -> None:
    """Messages."""
    from django.db import connection, transaction

    from dunkelwerk.feeds import outbox
    from dunkelwerk.infra.keys import Vault

    with transaction.atomic(), connection.cursor() as cursor:
        vault = Vault(cursor, on=date(2026, 11, 22))
        for key in keys:
            outbox.put(cursor, vault, kind="dialogue.submitted", key=key, payload={"n": 1})


def test_what_a_dead_worker_held_is_queued_again(query: Query) -> None:
    from dunkelwerk.jobs.chores import sweep_stalled

    ((dead,),) = query(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 min') RETURNING id"
    )
    ((alive,),) = query("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
    ((held,),) = query(DEFER.format(status="doing", lock="'a'", worker=dead))
    ((overtaken,),) = query(DEFER.format(status="doing", lock="'b'", worker=dead))
    ((queued,),) = query(DEFER.format(status="todo", lock="'b'", worker="NULL"))
    ((running,),) = query(DEFER.format(status="doing", lock="'c'", worker=alive))
    assert sweep_stalled() == "1 neu eingereiht, 1 überholt"
    assert dict(query("SELECT id, status::text FROM procrastinate_jobs")) == {
        held: "todo",
        overtaken: "failed",
        queued: "todo",
        running: "doing",
    }
    assert sweep_stalled() == "0 neu eingereiht, 0 überholt"


def test_old_entries_go_and_young_and_waiting_ones_stay(query: Query) -> None:
    from dunkelwerk.jobs.chores import KEPT_HOURS, purge_old

    kept, gone = [], []
    for status in ("succeeded", "failed", "cancelled", "aborted", "todo"):
        for hours in (KEPT_HOURS - 1, KEPT_HOURS + 1):
            ((number,),) = query(DEFER.format(status="todo", lock="NULL", worker="NULL"))
            query(f"UPDATE procrastinate_jobs SET status = '{status}' WHERE id = {number}")
            query(f"DELETE FROM procrastinate_events WHERE job_id = {number}")
            kind = "deferred" if status == "todo" else status
            query(
                "INSERT INTO procrastinate_events (job_id, type, at) "
                f"VALUES ({number}, '{kind}', now() - interval '{hours} hours')"
            )
            query(
                "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, job_id) "
                f"VALUES ('outbox-delivery', {number}, {number})"
            )
            (gone if status != "todo" and hours > KEPT_HOURS else kept).append(number)
    purge_old(date(2026, 11, 22))
    assert sorted(row[0] for row in query("SELECT id FROM procrastinate_jobs")) == sorted(kept)
    assert len(gone) == 4


def test_the_outbox_is_delivered(query: Query, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.jobs.chores import deliver_outbox

    put("D-1", "D-2")
    assert deliver_outbox() == "kein Ziel eingestellt; 2 warten"
    monkeypatch.setenv("DUNKELWERK_OUTBOX_FOLDER", str(tmp_path))
    assert deliver_outbox() == "2 ausgeliefert; 0 warten, 0 aufgegeben"


def test_content_is_kept_for_its_days(query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivered at 23:30 in Berlin on 31 October and at 00:30 on 1 November."""
    from dunkelwerk.jobs.chores import erase_outbox

    put("D-1", "D-2", "D-3")
    query("UPDATE outbox_message SET state = 'delivered', delivered_at = '2026-10-31 23:30+01' WHERE key = 'D-1'")
    query("UPDATE outbox_message SET state = 'delivered', delivered_at = '2026-11-01 00:30+01' WHERE key = 'D-2'")
    assert erase_outbox(date(2026, 11, 30)) == "0 gelöscht"
    assert erase_outbox(date(2026, 12, 1)) == "1 gelöscht"
    assert query("SELECT key FROM outbox_message WHERE payload IS NULL") == [("D-1",)]
    monkeypatch.setenv("DUNKELWERK_OUTBOX_KEEP_DAYS", "0")
    assert erase_outbox(date(2026, 12, 1)) == "1 gelöscht"
    monkeypatch.setenv("DUNKELWERK_OUTBOX_KEEP_DAYS", "-1")
    with pytest.raises(CommandError, match="KEEP_DAYS"):
        erase_outbox(date(2026, 12, 1))
