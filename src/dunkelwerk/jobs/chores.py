"""What the jobs of this package do: deliver and erase the outbox, keep the queue itself in order."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta

from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from dunkelwerk.api import idempotency
from dunkelwerk.feeds import outbox
from dunkelwerk.feeds.outbox.delivery import deliver
from dunkelwerk.feeds.outbox.targets import read_targets
from dunkelwerk.infra.businessday import BERLIN, now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

#: days for which the content of a delivered message is kept, where DUNKELWERK_OUTBOX_KEEP_DAYS says nothing else
USUAL_KEEP_DAYS = 30
#: a worker says every ten seconds that it lives
STALLED_SECONDS = 120
KEPT_HOURS = 72


def deliver_outbox() -> str:
    """Deliver what is due; what was done, and what waits or was given up."""
    targets = read_targets()
    ends = deliver(targets)
    with connection.cursor() as cursor:
        standing = outbox.figures(cursor)
    if not targets.names:
        return _("kein Ziel eingestellt; {pending} warten").format(pending=standing.pending)
    message = _("{delivered} ausgeliefert; {pending} warten, {dead} aufgegeben")
    return message.format(delivered=ends["delivered"], pending=standing.pending, dead=standing.dead)


def erase_outbox(on: date) -> str:
    """Erase the content of messages that arrived long enough ago."""
    before = datetime.combine(on - timedelta(days=read_keep_days()), time.min, BERLIN)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        count = outbox.erase_delivered(cursor, before)
    return _("{count} gelöscht").format(count=count)


def read_keep_days() -> int:
    """The setting; raises CommandError for no such number."""
    text = os.environ.get("DUNKELWERK_OUTBOX_KEEP_DAYS", str(USUAL_KEEP_DAYS))
    if not (text.isdecimal() and len(text) <= 4):
        raise CommandError(_("DUNKELWERK_OUTBOX_KEEP_DAYS: erwartet wird eine Zahl von Tagen."))
    return int(text)


def sweep_stalled() -> str:
    """Queue again what a worker held that is gone; where the same waits already, it counts as failed."""
    manager, again, given_up = app.job_manager, 0, 0
    for job in async_to_sync(manager.get_stalled_jobs)(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            async_to_sync(manager.retry_job)(job=job, retry_at=now())
            again += 1
        except exceptions.ConnectorException:
            async_to_sync(manager.finish_job)(job=job, status=Status.FAILED, delete_job=False)
            given_up += 1
    return _("{again} neu eingereiht, {given_up} überholt").format(again=again, given_up=given_up)


def purge_old(on: date) -> str:
    """Delete finished entries of the queue (what matters of them stands in ``job_run``), and old keys of the API."""
    delete = async_to_sync(app.job_manager.delete_old_jobs)
    delete(nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True)
    return _("{count} Schlüssel der Schnittstelle gelöscht").format(count=idempotency.clear())
