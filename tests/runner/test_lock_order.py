"""One order of locks: contracts, persons, then work items. Whoever waits for a case file holds no work item yet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from first_support import first_note, insured
from work_support import ON, World, household, note

from dunkelwerk.infra.errors import CommandError

pytestmark = pytest.mark.usefixtures("patient_sessions")
#: sessions that wait for a lock in this database
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
CONTRACT = "SELECT FROM contract ORDER BY number FOR UPDATE"
ITEM = "SELECT FROM work_item ORDER BY id FOR UPDATE NOWAIT"
CLOSE = {"type": "close_claim", "reason": "withdrawn"}


def clerk(words: str = "aus gutem Grund") -> Any:
    from dunkelwerk.runner.acting import Person

    return Person("kurz", ON, words, {})


class Other(threading.Thread):
    """A deed in a session of its own, and what came of it."""

    def __init__(self, deed: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.deed = deed
        self.error: Exception | None = None

    def run(self) -> None:
        from django.db import connections

        try:
            self.deed()
        except Exception as error:
            self.error = error
        finally:
            connections.close_all()


def meet(world: World, deed: Callable[[], object], meanwhile: Callable[[psycopg.Cursor[Any]], object]) -> str | None:
    """A deed waits for contracts that another session has locked, as a worker does, and what that one does meanwhile.

    The sentence with which the deed ended, if it did.
    """
    with psycopg.connect(world.url) as worker, worker.cursor() as cursor:
        cursor.execute(CONTRACT)
        other = Other(deed)
        other.start()
        until_blocked(world, other)
        meanwhile(cursor)
    other.join(240)
    assert not other.is_alive()
    if other.error is not None and not isinstance(other.error, CommandError):
        raise other.error
    return None if other.error is None else str(other.error)


def until_blocked(world: World, other: Other) -> None:
    end = time.monotonic() + 240
    while not world.value(BLOCKED):
        assert other.is_alive(), other.error
        assert time.monotonic() < end, "the deed never waited"
        time.sleep(0.01)


def waiting(world: World) -> int:
    """A reported claim that waits for documents; its work item."""
    world.load(insured(1))
    world.receive(first_note(1, documents=["sick_note", "employer_confirmation"]))
    assert world.work() == {"settled": 1}
    (item,) = world.items()
    return int(item["id"])


def end_wait(cursor: psycopg.Cursor[Any]) -> None:
    """What a worker does that accepts the claim: it gets the work item at once, or fails."""
    from dunkelwerk.lines.credit_protection import waits

    cursor.execute(ITEM)
    cursor.execute("SELECT id FROM claim")
    waits.end(cursor, [identity for (identity,) in cursor.fetchall()], ON)


@pytest.mark.parametrize("deed", ["act", "preview"])
def test_a_clerk_and_a_worker_meet_on_one_claim(world: World, deed: str) -> None:
    """The worker accepts the claim just then: it gets the work item, and the clerk the sentence that it is done."""
    from dunkelwerk.runner import handling

    item = waiting(world)
    wanted = [CLOSE | {"claim": world.value("SELECT number FROM claim")}]
    said = meet(world, lambda: getattr(handling, deed)(item, wanted, clerk()), end_wait)
    assert said == f"Der Postkorbeintrag {item} ist schon erledigt."
    assert world.items()[0]["state"] == "done"
    assert world.broken() == []


@pytest.mark.parametrize("deed", ["correct", "close"])
def test_a_clerk_waits_for_the_case_file_without_the_work_item(world: World, deed: str) -> None:
    """And goes on when it is free."""
    from dunkelwerk.runner import handling

    world.load(household(1))
    world.receive(note(1, formally_correct=False))
    assert world.work() == {"referred": 1}
    item = world.items()[0]["id"]
    deeds: dict[str, Callable[[], object]] = {
        "correct": lambda: handling.correct(item, {"formally_correct": True}, clerk()),
        "close": lambda: handling.close(item, clerk()),
    }
    assert meet(world, deeds[deed], lambda worker: worker.execute(ITEM)) is None
    assert world.items()[0]["state"] == "done"


def test_the_item_that_a_clerk_saw_is_the_one_that_is_done(world: World) -> None:
    """Somebody changed it while the case file was waited for: the version no longer fits."""
    from dunkelwerk.runner import handling

    item = waiting(world)
    wanted = [CLOSE | {"claim": world.value("SELECT number FROM claim")}]
    changed = "UPDATE work_item SET priority = 1, version = version + 1"
    said = meet(world, lambda: handling.act(item, wanted, clerk(), version=1), lambda other: other.execute(changed))
    assert said is not None
    assert "wurde inzwischen geändert" in said
    assert world.value("SELECT status FROM claim") == "reported"


def test_the_days_tasks_take_the_case_file_first(world: World) -> None:
    """A reminder is due; meanwhile the claim is accepted: no reminder, and nobody waits for anybody."""
    from dunkelwerk.runner import daily

    waiting(world)
    day = ON.replace(day=20)
    assert meet(world, lambda: daily.run(day, {}), end_wait) is None
    assert world.value("SELECT count(*) FROM letter_order WHERE template = 'documents_reminder'") == 0
    assert world.items()[0]["state"] == "done"
