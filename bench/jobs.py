"""The jobs of the peer: Procrastinate's app, and one job for every waiting notice.

The order that notices on one case file need comes from Procrastinate's lock, one per household.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable

import procrastinate
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job

from bench.crew import answer

QUEUE, TASK = "notices", "decide"
WAITING = "SELECT id, case_key FROM notice WHERE state = 'waiting' ORDER BY id"


def make_app(connector: BaseConnector) -> procrastinate.App:
    """Procrastinate on the database that is worked on; it warns of an app that is made in the main module."""
    return procrastinate.App(connector=connector)


def defer() -> None:
    """Defer a job for every waiting notice; print how long that took."""
    app = make_app(procrastinate.SyncPsycopgConnector(conninfo=os.environ["DATABASE_URL"]))
    with app.open():
        begin = time.time()
        jobs = [
            Job(queue=QUEUE, lock=lock, queueing_lock=None, task_name=TASK, task_kwargs={"notice": identity})
            for identity, lock in locks_of_notices()
        ]
        app.job_manager.batch_defer_jobs(jobs)
        answer({"begin": begin, "end": time.time(), "jobs": len(jobs)})


def locks_of_notices() -> list[tuple[int, str]]:
    """Every waiting notice with the name of its household: notices whose case files share a contract share it."""
    from django.db import connection

    from dunkelwerk.lines.registry import lines, store_of

    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        waiting = cursor.fetchall()
        closures: dict[str, frozenset[int]] = {}
        for line in lines().values():
            closures |= store_of(line).find_closures(cursor, {key for _, key in waiting})
    households = join_all(closures.values())
    return [(identity, household_of(key, closures, households)) for identity, key in waiting]


def household_of(key: str, closures: dict[str, frozenset[int]], households: dict[int, int]) -> str:
    """The household of a case key; a key that is unknown is one of its own."""
    contracts = closures.get(key)
    return f"household {households[min(contracts)]}" if contracts else f"unknown {key}"


def join_all(groups: Iterable[Collection[int]]) -> dict[int, int]:
    """The least member of everything that is joined to a member by groups, for each member."""
    leader: dict[int, int] = {}

    def find(member: int) -> int:
        while leader.setdefault(member, member) != member:
            member = leader[member]
        return member

    for group in groups:
        leaders = {find(member) for member in group}
        for each in leaders:
            leader[each] = min(leaders)
    return {member: find(member) for member in leader}
