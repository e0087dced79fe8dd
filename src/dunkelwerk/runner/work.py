"""Working until nothing waits, or for ever: batch after batch, waiting out outages, stopping between batches."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection
from msgspec import Struct

from dunkelwerk.infra import database
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.progress import Advance, progress
from dunkelwerk.lines.registry import lines
from dunkelwerk.runner.batches import Batcher
from dunkelwerk.runner.failures import explain, is_transient

IDLE_SECONDS = 1.0
#: others hold what is left: their batch takes less than two seconds
BLOCKED_SECONDS = 0.02
LONGEST_WAIT = 30.0
COUNT_WAITING = "SELECT count(*) FROM notice WHERE state = 'waiting'"


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
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, context, initializer=database.start) as pool:
            return sum(
                (future.result() for future in [pool.submit(run_quietly, job) for _n in range(workers)]), Counter()
            )


def run_quietly(job: Job) -> Counter[str]:
    """One of several processes."""
    return Worker(job).run(lambda count: None)


def count_waiting() -> int:
    """How many notices wait."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_WAITING)
        count: int = cursor.fetchone()[0]
        return count


class Worker:
    """One process that works."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.batchers = [Batcher(line, job.overrides, size=job.size) for line in lines().values()]
        self.stopping = False

    def run(self, advance: Advance) -> Counter[str]:
        """Batch after batch; raises CommandError where an outage lasts longer than ``--once`` is patient."""
        ends: Counter[str] = Counter()
        with self._stopped_by_signals():
            while not self.stopping:
                done, left = self._round()
                ends += done
                advance(done.total())
                if not done:
                    if not left and self.job.once:
                        break
                    time.sleep(BLOCKED_SECONDS if left else IDLE_SECONDS)
        return ends

    def _round(self) -> tuple[Counter[str], int]:
        """One batch of each line: what was done, and how many notices were held up by other workers."""
        ends: Counter[str] = Counter()
        left = 0
        for batcher in self.batchers:
            done = self._patiently(batcher)
            ends += done.ends
            left += done.left_waiting
        if not ends and not left and self.job.once:
            left = self._held_by_others()
        return ends, left

    def _held_by_others(self) -> int:
        """Notices that a living worker has locked: it may yet fail and leave them to us."""
        names = [name for batcher in self.batchers for name in batcher.books]
        with connection.cursor() as cursor:
            cursor.execute(f"{COUNT_WAITING} AND process = ANY(%s)", (names,))
            count: int = cursor.fetchone()[0]
            return count

    def _patiently(self, batcher: Batcher) -> Any:
        wait, since = 0.1, time.monotonic()
        while True:
            try:
                return batcher.run(business_day(self.job.on))
            except Exception as error:
                if not is_transient(error):
                    raise
                if self.job.once and time.monotonic() - since > self.job.patience:
                    raise self._give_up(error) from None
                self._report(error, wait)
                batcher.forget()
                database.reconnect()
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _report(self, error: Exception, wait: float) -> None:
        if wait >= 1:
            message = _("Datenbank: {fault} – neuer Versuch in {wait:.0f} s, nichts geht verloren.")
            print(message.format(fault=explain(error), wait=wait), file=sys.stderr, flush=True)

    def _give_up(self, error: Exception) -> CommandError:
        message = _("Die Datenbank arbeitet nicht: {fault}. Alle Meldungen warten weiter, keine ging verloren.")
        return CommandError(message.format(fault=explain(error)))

    @contextmanager
    def _stopped_by_signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C finish the batch, then stop."""

        def stop(_signal: int, _frame: Any) -> None:
            self.stopping = True

        before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
