"""What the jobs of this package do: deliver and erase the outbox, keep the queue itself in order."""

from __future__ import annotations

from datetime import date

from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from dunkelwerk.api import idempotency
from dunkelwerk.feeds import outbox
from dunkelwerk.feeds.outbox.delivery import deliver
from dunkelwerk.feeds.outbox.targets import read_targets
from dunkelwerk.feeds.outbox.terms import erase, read_terms
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.i18n import _

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
    """Erase the content of messages whose term is over, delete what has been without any for long; and what is next."""
    terms = read_terms()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        done = erase(cursor, terms, on=on)
    parts = [
        (True, _("{count} gelöscht"), done.delivered),
        (done.dead, _("{count} aufgegebene unzugestellt gelöscht"), done.dead),
        (done.rows, _("{count} leere Einträge entfernt"), done.rows),
        (done.soon, _("Achtung: {count} aufgegebene werden binnen einer Woche gelöscht"), done.soon),
    ]
    return ", ".join(text.format(count=count) for is_told, text, count in parts if is_told)


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
