"""How the jobs stand: when each ran, how it ended, when it is due next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from dunkelwerk.jobs.registry import Job, registry

RUNS = "SELECT name, started_at, finished_at, succeeded_at, failures, result, error FROM job_run"


class Standing(Struct, frozen=True):
    """How a job stands. ``failures`` counts the runs that failed since the last good one; ``next_at`` is when due."""

    name: str
    title: str
    cron: str
    next_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    result: str | None = None
    error: str | None = None


def read_standings(cursor: Any, at: datetime) -> list[Standing]:
    """How every job stands at a moment."""
    cursor.execute(RUNS)
    runs = {row[0]: row[1:] for row in cursor.fetchall()}
    return [standing(each, at, runs.get(each.name, ())) for each in registry()]


def standing(job: Job, at: datetime, run: tuple[Any, ...]) -> Standing:
    """How one job stands, after its last run or before its first."""
    return Standing(job.name, job.title, job.cron, job.next(at), *run)
