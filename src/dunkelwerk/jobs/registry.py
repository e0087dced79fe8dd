"""Every periodic job: its name, when it is due, what it calls, and what it is for. Times are UTC, which has no gaps."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from croniter import croniter
from msgspec import Struct

from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

EVERY_MINUTE = "* * * * *"


class Job(Struct, frozen=True):
    """A periodic job. ``calls`` is ``module:function``, imported when it runs; with ``daily`` it is given the day.

    ``retries``: whether a run that failed is tried again before the next one is due.
    """

    name: str
    cron: str
    calls: str
    title: str
    daily: bool = False

    @property
    def retries(self) -> bool:
        """A daily job cannot wait for its next time."""
        return self.daily

    def previous(self, at: datetime) -> datetime:
        """When it was due last, at or before a moment."""
        if croniter.match(self.cron, at.astimezone(UTC).replace(second=0, microsecond=0)):
            return at.astimezone(UTC).replace(second=0, microsecond=0)
        return croniter(self.cron, at.astimezone(UTC)).get_prev(datetime)

    def next(self, at: datetime) -> datetime:
        """When it is due next, after a moment."""
        return croniter(self.cron, at.astimezone(UTC)).get_next(datetime)

    def function(self) -> Any:
        """What it calls; raises CommandError where that cannot be imported."""
        module, _colon, name = self.calls.partition(":")
        try:
            return getattr(import_module(module), name)
        except (ImportError, AttributeError):
            raise CommandError(_("{calls} lässt sich nicht laden.").format(calls=self.calls)) from None


def registry() -> tuple[Job, ...]:
    """All jobs, in the order in which they run where several are due."""
    ours, dialogues = "dunkelwerk.jobs.chores", "dunkelwerk.dialogues"
    return (
        Job("dialogue-outcomes", "*/5 * * * *", f"{dialogues}.outcomes:collect", _("Ausgang der Dialoge abholen")),
        Job(
            "dialogue-deadlines",
            "15 3 * * *",
            f"{dialogues}.deadlines:run_daily",
            _("Fristen der Dialoge: erinnern, ablaufen lassen"),
            daily=True,
        ),
        Job(
            "dialogue-retention",
            "45 3 * * *",
            f"{dialogues}.retention:run_daily",
            _("Aufbewahrung der Dialoge: löschen"),
            daily=True,
        ),
        Job("outbox-delivery", EVERY_MINUTE, f"{ours}:deliver_outbox", _("Nachrichten an das Fachsystem ausliefern")),
        Job(
            "outbox-erasure",
            "5 4 * * *",
            f"{ours}:erase_outbox",
            _("Inhalt ausgelieferter Nachrichten löschen"),
            daily=True,
        ),
        Job("stalled-jobs", "*/10 * * * *", f"{ours}:sweep_stalled", _("Abgebrochene Aufgaben neu einreihen")),
        Job("old-jobs", "20 4 * * *", f"{ours}:purge_old", _("Alte Einträge der Warteschlange löschen"), daily=True),
    )


def find(name: str) -> Job:
    """The job of a name; raises CommandError (wrong usage) for an unknown one."""
    jobs = {each.name: each for each in registry()}
    if name not in jobs:
        message = _("{name}: diese Aufgabe gibt es nicht. Es gibt: {known}.")
        raise wrong_usage(message.format(name=name, known=", ".join(jobs)))
    return jobs[name]
