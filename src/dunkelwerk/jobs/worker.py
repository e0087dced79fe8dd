"""The worker of the queue: Procrastinate on our database, acting as the application role, through every outage.

It queues each job when it is due (and at its start what became due while nobody worked), and runs what is queued.
Any number may run, on any number of hosts.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connections
from procrastinate import App, RetryStrategy, exceptions
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from dunkelwerk.infra import database
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.migrating import APP_ROLE
from dunkelwerk.infra.stopping import NOTICE_SECONDS, pause, stopped_by_signals
from dunkelwerk.jobs.registry import Job, registry
from dunkelwerk.jobs.running import FAILED, End, run, tell_failure

QUEUE = "jobs"
#: a long job must not hold up the outbox
CONCURRENCY = 4
#: what became due while no worker ran is made up for
CATCH_UP_SECONDS = 36 * 3600
#: after four seconds, then each time longer, for some six hours
RETRY = RetryStrategy(max_attempts=7, exponential_wait=4)
#: for how long jobs may run on after a signal
GRACE_SECONDS = 25.0
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 30.0
#: seconds after which an outage counts as a new one
LONG_WELL = 120.0
#: whatever goes wrong is told by us, in one line and without data
QUIET = ("procrastinate", "psycopg.pool", "asyncio")

Report = Callable[[Job, End], None]


class JobFailed(Exception):
    """A job failed; why stands in ``job_run``."""


def build_app(report: Report) -> App:
    """Procrastinate with every job of the registry."""
    app = App(
        connector=PsycopgConnector(
            kwargs=connector_params("default"), configure=take_role, min_size=1, max_size=CONCURRENCY
        ),
        periodic_defaults={"max_delay": CATCH_UP_SECONDS},
    )
    for job in registry():
        task = app.task(name=job.name, queue=QUEUE, queueing_lock=job.name, retry=RETRY if job.retries else False)
        app.periodic(cron=job.cron, periodic_id="")(task(runs(job, report)))
    return app


async def take_role(session: Any) -> None:
    """A new session of the queue acts as the application role, as every other does."""
    await session.execute(f"SET ROLE {APP_ROLE}")
    await session.commit()


def runs(job: Job, report: Report) -> Callable[[int], None]:
    """The function that the queue calls, in a thread, with the moment for which it queued the job."""

    def call(timestamp: int) -> None:
        try:
            end = run(job, due=datetime.fromtimestamp(timestamp, UTC))
        except Exception as error:  # its end could not be kept; what the error says may be about data
            end = End(FAILED, tell_failure(error))
        finally:
            connections.close_all()
        report(job, end)
        if end.state == FAILED:
            raise JobFailed(job.name)

    return call


def work(report: Report) -> None:
    """Run jobs until a signal comes; an outage of the database is waited for."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    told: list[bool] = []
    with stopped_by_signals(lambda: told.append(True)):
        work_through_outages(report, told)


def work_through_outages(report: Report, told: list[bool]) -> None:
    """Work until told to stop; after each outage wait longer, unless all was well for long."""
    seconds = SHORTEST_WAIT
    while True:
        began = time.monotonic()
        asyncio.run(work_once(build_app(report), told))
        if told:
            return
        seconds = SHORTEST_WAIT if time.monotonic() - began > LONG_WELL else min(2 * seconds, LONGEST_WAIT)
        message = _("Datenbank: die Verbindung ist abgerissen – neuer Versuch in {wait:.0f} s, nichts geht verloren.")
        print(message.format(wait=seconds), file=sys.stderr, flush=True)
        pause(seconds, lambda: bool(told))
        if told:
            return
        database.reconnect()


async def work_once(app: App, told: list[bool]) -> None:
    """Work until told to stop or until the database goes away."""
    working, loop = asyncio.current_task(), asyncio.get_running_loop()
    if working is None:
        raise RuntimeError("work_once: runs as a task")

    def look() -> None:
        if told:
            working.cancel()
        else:
            loop.call_later(NOTICE_SECONDS, look)

    look()
    with suppress(asyncio.CancelledError, exceptions.ConnectorException, psycopg.Error):
        async with app.open_async():
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE_SECONDS,
            )
