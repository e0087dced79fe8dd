"""The peer: the same notices as one Procrastinate job each, on the same PostgreSQL.

A job is one transaction that locks its notice and case file, decides, and writes everything that a batch of ours does:
our own ``Batcher`` with another way of picking. The order that notices on one case file need comes from Procrastinate's
lock, one per household (bench.jobs); deferring the jobs is not counted.

python -m bench.peer defer | work --concurrency 1
"""

from __future__ import annotations

import argparse
import os
import resource
import threading
import time
from collections.abc import Collection
from contextvars import ContextVar
from datetime import date
from typing import Any

import procrastinate

from bench import jobs
from bench.crew import answer, wait_for_go
from dunkelwerk.infra import database

#: the notice of the job that runs
notice_of_job: ContextVar[int] = ContextVar("notice_of_job")


def worker_line(*, concurrency: int) -> list[object]:
    """How a worker of the peer is started."""
    return ["bench.peer", "work", "--concurrency", concurrency]


def main() -> None:
    """Defer the jobs, or work until none is left; print what it took, up to the end of the last job."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("defer", "work"))
    parser.add_argument("--concurrency", type=int, default=1)
    arguments = parser.parse_args()
    database.start()
    if arguments.what == "defer":
        jobs.defer()
    else:
        work(arguments.concurrency)


def pick_one(cursor: Any, store: Any, processes: Collection[str], **_size: object) -> Any:
    """In place of ``picking.pick``: lock the job's notice, and everything in its case file."""
    from dunkelwerk.runner.picking import CaseFilesGrew, Picked, Waiting

    columns = ", ".join(Waiting.__struct_fields__)
    query = f"SELECT {columns} FROM notice WHERE id = %s AND state = 'waiting' AND process = ANY(%s) FOR UPDATE"
    cursor.execute(query, (notice_of_job.get(), list(processes)))
    notices = [Waiting(*row[:6], bytes(row[6]), row[7]) for row in cursor.fetchall()]
    keys = {each.case_key for each in notices}
    if closures := store.find_closures(cursor, keys):
        store.lock(cursor, closures)
        if store.find_closures(cursor, keys) != closures:
            raise CaseFilesGrew
    return Picked(notices, 0)


class Hand:
    """What a thread of a worker works with; a ``Batcher`` belongs to one connection, and so to one thread."""

    def __init__(self, day: date) -> None:
        from dunkelwerk.runner.work import Job as Work
        from dunkelwerk.runner.work import Worker

        self.day, self._own, self._work = day, threading.local(), Work({}, day.isoformat(), 1, True, 60.0)
        self._new = Worker
        self.last = 0.0

    def prepare(self) -> list[Any]:
        """The batchers of this thread, ready for the day."""
        if not hasattr(self._own, "batchers"):
            self._own.batchers = self._new(self._work).batchers
            for batcher in self._own.batchers:
                batcher.prepare(self.day)
        batchers: list[Any] = self._own.batchers
        return batchers

    def decide(self, notice: int) -> None:
        """The job: decide this notice; raises RuntimeError where it was not decided."""
        notice_of_job.set(notice)
        decided = sum(batcher.run(self.day).ends.total() for batcher in self.prepare())
        if decided != 1:
            raise RuntimeError(f"the job decided {decided} notices instead of notice {notice}")
        self.last = time.time()


def work(concurrency: int) -> None:
    """Get ready, wait for the word, run Procrastinate's worker."""
    from bench.stage import DAY
    from dunkelwerk.runner import batches

    if not hasattr(batches, "pick"):
        raise RuntimeError("runner.batches picks in another way now: bench.peer must follow")
    batches.pick = pick_one
    hand = Hand(DAY)
    hand.prepare()
    app = jobs.make_app(procrastinate.PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))
    app.task(name=jobs.TASK, queue=jobs.QUEUE)(hand.decide)
    wait_for_go()
    begin, cpu = time.time(), time.process_time()
    app.run_worker(queues=[jobs.QUEUE], concurrency=concurrency, wait=False, listen_notify=False)
    answer(
        {
            "begin": begin,
            "end": hand.last or begin,
            "cpu": time.process_time() - cpu,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )


if __name__ == "__main__":
    main()
