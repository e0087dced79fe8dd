"""Deciding stored case files again: streamed from the database, on any number of processes, counted piece by piece.

What a process decided is decided anew from the notice and case file in its sealed record; what a person composed or
reversed is not. Nothing is written. Source: docs/replay.md.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date

from django.db import connection

from dunkelwerk.infra import database
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.snapshot import snapshot
from dunkelwerk.lines.registry import processes
from dunkelwerk.runner.replay_case import Replayer, Stored
from dunkelwerk.runner.replay_plan import Plan
from dunkelwerk.runner.replay_tally import Tally

RECORDS_PER_CHUNK, IDS_PER_WINDOW = 250, 2_000
#: what a person composed, confirmed or reversed follows from that person, not from rules
BY_MACHINE = "{0}.kind = 'decision' AND {0}.mode <> 'clerk' AND {0}.actor IS NULL AND {0}.reverses IS NULL"
SELECTED = f"""
    FROM decision_record d LEFT JOIN notice n ON n.id = d.notice
    WHERE {BY_MACHINE.format("d")}
      AND d.business_day BETWEEN %s AND %s AND (%s::text IS NULL OR d.process = %s)
"""
#: the last of a notice's decisions is the one whose euros count; a joined notice is decided again later.
#: ``+ 0``: else a server without statistics may look through the index of all ids, for every record
COLUMNS = f"""
    SELECT d.id, d.business_day, d.notice, d.process, d.mode, d.outcome, d.contract, d.reasons, d.released, d.rules,
           d.parameters, d.data_key, d.payload, n.channel, n.external_id, n.attempt,
           n.state IS DISTINCT FROM 'joined' AND NOT EXISTS (
               SELECT FROM decision_record later
               WHERE later.notice = d.notice AND later.id + 0 > d.id AND {BY_MACHINE.format("later")})
"""


def survey(plan: Plan) -> tuple[int, date | None]:
    """How many records there are to decide again, and the first business day among them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), min(d.business_day) {SELECTED}", plan.selection)
        count, first = cursor.fetchone()
        return count, first


def replay(plan: Plan, *, workers: int) -> Iterator[Tally]:
    """The tallies of all chunks, in the order of the records; memory does not grow with their number."""
    with connection.cursor() as cursor:
        vault = Vault(cursor, on=plan.on)
    with snapshot():
        chunks = read_chunks(plan)
        if workers == 1:
            yield from map(Replayer(plan, vault).replay, chunks)
        else:
            yield from replay_in_parallel(plan, chunks, workers)


def read_chunks(plan: Plan) -> Iterator[list[Stored]]:
    """The sealed records, in the order of deciding. Within a ``snapshot``.

    Window by window of ids, which a server without statistics reads by the index, too: one statement for all might
    sort all payloads on its disk first.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(d.id), max(d.id) {SELECTED}", plan.selection)
        first, last = cursor.fetchone()
        for start in range(first, last + 1, IDS_PER_WINDOW) if first else ():
            window = (start, start + IDS_PER_WINDOW - 1)
            cursor.execute(f"{COLUMNS} {SELECTED} AND d.id BETWEEN %s AND %s ORDER BY d.id", (*plan.selection, *window))
            rows = [Stored(*row) for row in cursor.fetchall()]
            yield from (rows[at : at + RECORDS_PER_CHUNK] for at in range(0, len(rows), RECORDS_PER_CHUNK))


def replay_in_parallel(plan: Plan, chunks: Iterator[list[Stored]], workers: int) -> Iterator[Tally]:
    """The tallies in order; only a few chunks per worker are on their way at any time."""
    context = multiprocessing.get_context("spawn")
    waiting: deque[Future[Tally]] = deque()
    try:
        with ProcessPoolExecutor(workers, context, initializer=start_worker, initargs=(plan,)) as pool:
            for chunk in chunks:
                waiting.append(pool.submit(replay_chunk, chunk))
                if len(waiting) > 3 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
    except BrokenProcessPool:
        raise CommandError(_("Ein Arbeitsprozess brach ab; bitte den Aufruf wiederholen.")) from None


_plan: Plan
_replayer: Replayer | None = None


def start_worker(plan: Plan) -> None:
    """Prepare a worker process; what may fail is left to its first chunk, where it can be told."""
    global _plan
    _plan = plan


def replay_chunk(chunk: list[Stored]) -> Tally:
    """Decide a chunk again in a worker process, which has a connection of its own for the keys."""
    global _replayer
    if _replayer is None:
        database.configure()
        ensure_same_rules(_plan)
        with connection.cursor() as cursor:
            _replayer = Replayer(_plan, Vault(cursor, on=_plan.on))
    return _replayer.replay(chunk)


def ensure_same_rules(plan: Plan) -> None:
    """Raise CommandError where somebody changed rules or tables since the command was called."""
    if {name: process.rules for name, process in processes().items()} != plan.rules:
        raise CommandError(_("Regeln oder Tabellen wurden während des Laufs geändert; bitte den Aufruf wiederholen."))
