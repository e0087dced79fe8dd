"""Ours, the peer and the floor on the very same notices: each on a fresh copy of one database, in one run."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from bench import floor, peer
from bench.crew import middle_of, run_alone, run_crew, seconds_of
from bench.effects import TABLES, count_rows, differences, effects_of
from bench.stage import DAY, Copy, stage, summarise, worker_line

WORKERS, SIZE = 2, 500
PARTITION = "SELECT ensure_decision_partition(%s)"
JOBS = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"


def measure(*, contracts: int, notices: int, at_once: Sequence[int]) -> dict[str, Any]:
    """Notices per second of ours, the peer and the floor, their ratios, and what all of them left.

    A round of all three for each number of jobs ``at_once`` in a process of the peer. Of ours and the floor the
    middle round counts, of the peer the fastest. Raises RuntimeError where the peer's effects are not ours, or the
    floor's rows: their figures would mean nothing.
    """
    ours, peers, floors = [], [], []
    with stage(contracts, deliveries=[notices]) as it:
        it.deliver()
        it.vacuum()
        tables = floor.written_tables(it.address())
        for concurrency in at_once:
            with it.copied() as copy:
                ours.append(run_ours(copy, notices))
                effects, batches = effects_of(copy.url), floor.read_rows(copy.url, tables)
            with it.copied() as copy:
                peers.append(run_peer(copy, notices, effects, concurrency=concurrency))
            with it.copied() as copy:
                floors.append(run_floor(copy, notices, effects, batches))
    fastest = max(peers, key=lambda run: run["per_second"]) | {"all_per_second": [run["per_second"] for run in peers]}
    return compare(middle_of(ours), fastest, middle_of(floors), effects)


def compare(
    ours: dict[str, Any], procrastinate: dict[str, Any], bottom: dict[str, Any], effects: dict[str, Any]
) -> dict[str, Any]:
    """The three with their ratios."""
    return {
        "ours": ours,
        "procrastinate": procrastinate,
        "floor": bottom,
        "ours_to_procrastinate": ours["per_second"] / procrastinate["per_second"],
        "ours_to_floor": ours["per_second"] / bottom["per_second"],
        "effects": effects,
    }


def run_ours(copy: Copy, notices: int) -> dict[str, Any]:
    """Batches of ours, until nothing waits."""
    answers = run_crew([worker_line(size=SIZE)] * WORKERS, copy.environment)
    return summarise(answers, count=notices, size=SIZE)


def run_peer(copy: Copy, notices: int, ours: dict[str, Any], *, concurrency: int) -> dict[str, Any]:
    """One job per notice; raises RuntimeError where they did not all succeed, or not what ours did."""
    deferred = run_alone(["bench.peer", "defer"], copy.environment)
    answers = run_crew([peer.worker_line(concurrency=concurrency)] * WORKERS, copy.environment)
    with psycopg.connect(copy.url) as connection:
        jobs = dict(connection.execute(JOBS).fetchall())
    if jobs != {"succeeded": notices}:
        raise RuntimeError(f"of {notices} jobs of the peer not all succeeded: {jobs}")
    if found := differences(ours, effects_of(copy.url)):
        raise RuntimeError("the peer did not do what ours did, so it is no peer: " + "; ".join(found))
    seconds = seconds_of(answers)
    return {
        "notices": notices,
        "seconds": seconds,
        "per_second": notices / seconds,
        "cpu_ms_per_notice": 1000 * sum(each["cpu"] for each in answers) / notices,
        "peak_mb": max(each["peak_mb"] for each in answers),
        "concurrency": concurrency,
        "defer_seconds": seconds_of([deferred]),
    }


def run_floor(copy: Copy, notices: int, ours: dict[str, Any], batches: list[floor.Batch]) -> dict[str, Any]:
    """COPY of the rows of ours; raises RuntimeError where a table has fewer or more of them afterwards."""
    with psycopg.connect(copy.url) as connection:
        connection.execute(PARTITION, (DAY,))
    with tempfile.TemporaryDirectory(prefix="dunkelwerk-bench-") as name:
        paths = floor.deal(batches, Path(name), hands=WORKERS)
        answers = run_crew([["bench.floor", "--rows", path] for path in paths], copy.environment)
    with psycopg.connect(copy.url) as connection:
        rows = {table: count_rows(connection, table) for table in TABLES}
    if found := differences(ours["rows"], rows):
        raise RuntimeError("the floor did not write the rows that ours wrote: " + "; ".join(found))
    seconds = seconds_of(answers)
    return {
        "notices": notices,
        "seconds": seconds,
        "per_second": notices / seconds,
        "megabytes": sum(each["bytes"] for each in answers) / 1e6,
        "peak_mb": max(each["peak_mb"] for each in answers),
    }
