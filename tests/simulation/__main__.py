"""``python -m tests.simulation --seed 7 --days 100``, or ``--seeds 10`` in two processes."""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .days import Failure, never_happened, run
from .world import World

SCRATCH = Path("/dev/shm")


def main() -> int:
    """Run, print, and say by the exit code whether all was well."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # so that the server is stopped, too
    options = read_options()
    if options.seeds is None:
        return run_one(options)
    first = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    seeds = range(first, first + options.seeds)
    print(f"seeds {seeds.start} to {seeds.stop - 1}, {options.days} days each", flush=True)
    began = time.monotonic()
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda seed: run_apart(seed, options), seeds))
    counts = sum((Counter(each) for _code, each in results), Counter[str]())
    failed = [seed for seed, (code, _counts) in zip(seeds, results, strict=True) if code]
    missing = never_happened(counts) if options.days * options.seeds >= 200 else []
    print(summary(counts))
    print(f"{counts['days']} days over {options.seeds} seeds in {time.monotonic() - began:.0f} s")
    for seed in failed:
        print(f"FAILED: seed {seed}")
    for name in missing:
        print(f"FAILED: never happened: {name}")
    return 1 if failed or missing else 0


def read_options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="the seed, or the first of --seeds; printed where none is given")
    parser.add_argument("--seeds", type=int, help="so many seeds, one after the other number")
    parser.add_argument("--days", type=int, default=100, help="business days")
    parser.add_argument("--jobs", type=int, default=2, help="seeds at once")
    parser.add_argument("--households", type=int, default=60)
    parser.add_argument("--only", help="numbers of the last day's events, with commas: leave out the others")
    parser.add_argument("--shrink", type=float, default=90.0, help="seconds for finding the shortest day")
    parser.add_argument("--mutant", help="a planted bug (tests/simulation/mutants.py)")
    parser.add_argument("--counts", type=Path, help="write what happened here, as JSON")
    return parser.parse_args()


def run_one(options: argparse.Namespace) -> int:
    """One seed in this process."""
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}, {options.days} days", flush=True)
    folder = Path(tempfile.mkdtemp(prefix=f"dwsim-{seed}-", dir=SCRATCH if SCRATCH.is_dir() else None))
    world = World(seed, folder, households=options.households)
    try:
        if options.mutant:
            from . import mutants

            mutants.plant(options.mutant)
        only = [int(each) for each in options.only.split(",")] if options.only else None
        failure = run(
            world,
            options.days,
            tell=lambda line: print(f"  seed {seed}: {line}", flush=True),
            only=only,
            shrink=options.shrink,
        )
        world.counts["days"] = world.number
    finally:
        world.home.close()
    if options.counts:
        options.counts.write_text(json.dumps(world.counts))
    elif failure is None:
        print(summary(world.counts))
    if failure is None:
        return 0
    print(explain(seed, failure, options))
    return 1


def run_apart(seed: int, options: argparse.Namespace) -> tuple[int, dict[str, int]]:
    """One seed in a process of its own: its exit code, and what happened."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        command = [sys.executable, "-m", __package__ or "tests.simulation", "--seed", str(seed)]
        command += ["--days", str(options.days), "--households", str(options.households)]
        command += ["--shrink", str(options.shrink), "--counts", str(counts)]
        ended = subprocess.run(command, check=False)
        return ended.returncode, json.loads(counts.read_text()) if counts.exists() else {}


def explain(seed: int, failure: Failure, options: argparse.Namespace) -> str:
    """The failing day: what is wrong, its shortest list of events, and the command that repeats it."""
    numbers = ",".join(str(each.number) for each in failure.events)
    lines = [f"SEED {seed} FAILS ON DAY {failure.day}:", *(f"  {each}" for each in failure.what[:20])]
    lines += ["its shortest day:", *(f"  {each}" for each in failure.told)]
    extra = f" --mutant {options.mutant}" if options.mutant else ""
    extra += f" --households {options.households}" if options.households != 60 else ""
    lines.append(f"again: python -m tests.simulation --seed {seed} --days {failure.day} --only {numbers}{extra}")
    return "\n".join(lines)


def summary(counts: Counter[str]) -> str:
    """How often what happened."""
    return "\n".join(f"  {count:7d}  {name}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main())
