"""Running a job: alone, once for each time it is due, its end kept where everybody can see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from msgspec import Struct

from dunkelwerk.decisions.failures import locate
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.jobs.registry import Job
from dunkelwerk.jobs.turns import alone
from dunkelwerk.runner.failures import explain, is_transient

DONE, FAILED, BUSY, NOT_DUE = "done", "failed", "busy", "not_due"

BEGIN = """
    INSERT INTO job_run (name, started_at, failures) VALUES (%s, %s, 0)
    ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at, finished_at = NULL
"""
SUCCEEDED = """
    UPDATE job_run SET finished_at = %s, succeeded_at = started_at, failures = 0, result = %s, error = NULL
    WHERE name = %s
"""
BROKEN = "UPDATE job_run SET finished_at = %s, failures = failures + 1, error = %s WHERE name = %s"
LAST = "SELECT succeeded_at FROM job_run WHERE name = %s"


class End(Struct, frozen=True):
    """How a run ended (``done``, ``failed``, ``busy`` elsewhere, ``not_due``), and what is to be said about it."""

    state: str
    said: str = ""


def run(job: Job, *, due: datetime | None) -> End:
    """Run a job unless it has succeeded since it was ``due`` (None: in any case), or runs somewhere else.

    Never raises for what the job does; raises where its end cannot be kept.
    """
    with alone(f"job:{job.name}") as free:
        if not free:
            return End(BUSY, _("läuft schon"))
        if due is not None and (last := last_success(job)) is not None and last >= due:
            return End(NOT_DUE, _("schon erledigt"))
        execute(BEGIN, job.name, now())
        end = attempt(job)
        connection.close_if_unusable_or_obsolete()  # an outage that is over must not keep the end from being kept
        statement = SUCCEEDED if end.state == DONE else BROKEN
        execute(statement, now(), end.said, job.name)
    return end


def attempt(job: Job) -> End:
    """Call what the job calls."""
    try:
        function = job.function()
        return End(DONE, tell_result(function(business_day()) if job.daily else function()))
    except Exception as error:  # whatever it is: the other jobs go on, and this one is seen to fail
        return End(FAILED, tell_failure(error))


def tell_result(result: Any) -> str:
    """What a job gave back, as one line."""
    if isinstance(result, Mapping):
        return ", ".join(f"{name}: {count}" for name, count in result.items())
    return "" if result is None else str(result)


def tell_failure(error: Exception) -> str:
    """What went wrong, without anybody's data."""
    if isinstance(error, CommandError):
        return str(error)
    if is_transient(error):
        return _("Die Datenbank arbeitet nicht: {fault}").format(fault=explain(error))
    return _("Interner Fehler: {what} in {where}").format(**locate(error))


def last_success(job: Job) -> datetime | None:
    """When the last run that ended well began."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, (job.name,))
        row = cursor.fetchone()
    return row[0] if row else None


def execute(statement: str, *parameters: Any) -> None:
    """One statement, a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
