"""One worker process that measures itself: every batch, its CPU time and memory. Prints one line of JSON.

python -m bench.worker --size 500 [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import time
from datetime import date

from bench.crew import answer, wait_for_go
from dunkelwerk.infra import database
from dunkelwerk.runner.work import Job, Worker

DAY = "2026-11-23"


def main() -> None:
    """Work until nothing waits; print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    database.start()
    worker = Worker(Job({}, DAY, arguments.size, True, 60.0))
    for batcher in worker.batchers:
        batcher.prepare(date.fromisoformat(DAY))
    wait_for_go()
    profile = cProfile.Profile()
    if arguments.profile:
        profile.enable()
    begin, cpu, laps = time.time(), time.process_time(), []
    last = time.perf_counter()

    def advance(count: int) -> None:
        nonlocal last
        present = time.perf_counter()
        if count:
            laps.append((count, present - last))
        last = present

    worker.run(advance)
    profile.disable()
    measured = {
        "begin": begin,
        "end": time.time(),
        "cpu": time.process_time() - cpu,
        "laps": laps,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "profile": top_of(profile) if arguments.profile else [],
    }
    answer(measured)


def top_of(profile: cProfile.Profile) -> list[list[object]]:
    """The functions in which most time was spent: name, share of the whole."""
    stats = pstats.Stats(profile)
    whole = stats.total_tt  # type: ignore[attr-defined]
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])[:15]  # type: ignore[attr-defined]
    return [[f"{short(name[0])} {name[2]}", own / whole] for name, (_, _, own, _, _) in rows]


def short(path: str) -> str:
    """A file's last two parts."""
    return "/".join(path.split("/")[-2:])


if __name__ == "__main__":
    main()
