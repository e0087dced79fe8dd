"""Working until nothing waits, or for ever: batch after batch, waiting out outages, stopping between batches."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from typing import Any, TypeVar

from django.db import Error, connection
from msgspec import Struct

from dunkelwerk.infra import database
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.progress import Advance, progress
from dunkelwerk.infra.stopping import pause, stopped_by_signals
from dunkelwerk.lines.registry import lines
from dunkelwerk.runner import daily
from dunkelwerk.runner.batches import Batcher, Done
from dunkelwerk.runner.failures import explain, is_transient

IDLE_SECONDS = 1.0
#: others hold what is left: their batch takes less than two seconds
BLOCKED_SECONDS = 0.02
LONGEST_WAIT = 30.0
COUNT_WAITING = "SELECT count(*) FROM notice WHERE state = 'waiting'"


T = TypeVar("T")


class Job(Struct, frozen=True):
    """How to work: the insurer's parameters, the business day (None: the clock), batch size, how patient."""

    overrides: dict[str, Any]
    on: str | None
    size: int
    once: bool
    #: seconds after which ``--once`` gives up an outage
    patience: float


def work(job: Job, *, workers: int) -> Counter[str]:
    """Process what waits, with so many processes; the notices by their end state."""
    total = count_waiting() if job.once else None
    with progress(_("entschieden"), total) as advance:
        if workers == 1:
            return Worker(job).run(advance)
        connection.close()
        return work_in_processes(job, workers)


def work_in_processes(job: Job, workers: int) -> Counter[str]:
    """Several processes: they stop together, by a signal or as soon as one ends; raises what one failed of."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with stopped_by_signals(stop.set):
        try:
            with ProcessPoolExecutor(workers, context, initializer=obey, initargs=(stop, os.getpid())) as pool:
                futures = [pool.submit(work_quietly, job) for _n in range(workers)]
                wait(futures, return_when=FIRST_COMPLETED)
                stop.set()
            return sum((future.result() for future in futures), Counter())
        except BrokenProcessPool:
            message = _("Ein Arbeitsprozess brach ab. Keine Meldung ging verloren; derselbe Aufruf setzt fort.")
            raise CommandError(message) from None


_stop: Any
_parent: int


def obey(stop: Any, parent: int) -> None:
    """In one of several processes: stop when the parent says so, and when it is gone."""
    global _stop, _parent
    _stop, _parent = stop, parent
    # Ctrl-C reaches the whole group: it is the parent's to tell us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def is_orphan() -> bool:
    """Whether the process that started this one is gone."""
    return os.getppid() != _parent


def work_quietly(job: Job) -> Counter[str]:
    """What one of several processes does."""
    database.start()
    ends = Worker(job, is_told=lambda: is_orphan() or _stop.is_set()).run(lambda count: None)
    if is_orphan():
        # Nobody takes the answer, and the pool would wait for the next call for ever.
        os._exit(1)
    return ends


def count_waiting() -> int | None:
    """How many notices wait, for the progress bar; None where the database does not say so now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(COUNT_WAITING)
            count: int = cursor.fetchone()[0]
            return count
    except Error:
        connection.close()
        return None


class Worker:
    """One process that works. ``is_told``: whether somebody else wants it to stop."""

    def __init__(self, job: Job, *, is_told: Callable[[], bool] = lambda: False) -> None:
        self.job = job
        self.batchers = [Batcher(line, job.overrides, size=job.size) for line in lines().values()]
        self._is_told, self._stopped = is_told, False
        self._day: date | None = None

    @property
    def stopping(self) -> bool:
        """Whether to stop after this batch."""
        return self._stopped or self._is_told()

    def stop(self) -> None:
        """Stop after this batch."""
        self._stopped = True

    def run(self, advance: Advance) -> Counter[str]:
        """Batch after batch; raises CommandError where an outage lasts longer than ``--once`` is patient."""
        ends: Counter[str] = Counter()
        with stopped_by_signals(self.stop):
            while not self.stopping:
                done, left = self._round()
                ends += done
                advance(done.total())
                if not done:
                    if not left and self._daily():
                        continue
                    if not left and self.job.once:
                        break
                    pause(BLOCKED_SECONDS if left else IDLE_SECONDS, lambda: self.stopping)
        return ends

    def _daily(self) -> bool:
        """What is due today, once a day and when nothing waits; whether something was done."""
        day = business_day(self.job.on)
        if self._day == day:
            return False
        done = self._patiently(lambda: daily.run(day, self.job.overrides), None)
        self._day = None if done is None else day
        return bool(done)

    def _round(self) -> tuple[Counter[str], int]:
        """One batch of each line: what was done, and how many notices were held up by other workers."""
        ends: Counter[str] = Counter()
        left = 0
        for batcher in self.batchers:
            done = self._patiently(lambda each=batcher: each.run(business_day(self.job.on)), Done(Counter(), 0))
            ends += done.ends
            left += done.left_waiting
        return ends, left

    def _patiently(self, attempt: Callable[[], T], nothing: T) -> T:
        """What the attempt gives, however long the database is away; ``nothing`` where we are to stop meanwhile."""
        seconds, since = 0.1, time.monotonic()
        while not self.stopping:
            try:
                return attempt()
            except Exception as error:
                if not is_transient(error):
                    raise
                if self.job.once and time.monotonic() - since > self.job.patience:
                    raise self._give_up(error) from None
                self._report(error, seconds)
                for batcher in self.batchers:
                    batcher.forget()
                database.reconnect()
            pause(seconds, lambda: self.stopping)
            seconds = min(2 * seconds, LONGEST_WAIT)
        return nothing

    def _report(self, error: Exception, seconds: float) -> None:
        if seconds >= 1:
            message = _("Datenbank: {fault} – neuer Versuch in {wait:.0f} s, nichts geht verloren.")
            print(message.format(fault=explain(error), wait=seconds), file=sys.stderr, flush=True)

    def _give_up(self, error: Exception) -> CommandError:
        message = _("Die Datenbank arbeitet nicht: {fault}. Alle Meldungen warten weiter, keine ging verloren.")
        return CommandError(message.format(fault=explain(error)))
