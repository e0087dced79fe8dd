"""``python -m tests.simulation.dialogues --seed 7 --days 40``, or ``--seeds 5``, one after the other."""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from random import Random

from ..__main__ import SCRATCH, summary
from ..days import Failure, shorten
from ..events import Event
from ..home import Hung
from ..world import Broken
from . import clock, desk, races, visitors
from .deeds import befall, plan_day
from .place import Place
from .rules import judge

MODULES = (visitors, desk, clock, races)


def main() -> int:
    """Run, print, and say by the exit code whether all was well."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # so that the server is stopped, too
    options = read_options()
    if options.seeds is None:
        return run_one(options)
    first = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    print(f"dialogues: seeds {first} to {first + options.seeds - 1}, {options.days} days each", flush=True)
    failed = []
    for seed in range(first, first + options.seeds):
        command = [sys.executable, "-m", __package__ or "", "--seed", str(seed), "--days", str(options.days)]
        if subprocess.run([*command, "--shrink", str(options.shrink)], check=False).returncode:
            failed.append(seed)
    for seed in failed:
        print(f"FAILED: dialogues, seed {seed}")
    return 1 if failed else 0


def read_options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.dialogues", description=__doc__)
    parser.add_argument("--seed", type=int, help="the seed, or the first of --seeds; printed where none is given")
    parser.add_argument("--seeds", type=int, help="so many seeds, one after the other")
    parser.add_argument("--days", type=int, default=40, help="business days")
    parser.add_argument("--only", help="numbers of the last day's events, with commas: leave out the others")
    parser.add_argument("--shrink", type=float, default=60.0, help="seconds for finding the shortest day")
    parser.add_argument("--mutant", help="a planted bug (tests/simulation/dialogues/mutants.py)")
    return parser.parse_args()


def run_one(options: argparse.Namespace) -> int:
    """One seed in this process."""
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    print(f"dialogues: seed {seed}, {options.days} days", flush=True)
    folder = Path(tempfile.mkdtemp(prefix=f"dwdialogues-{seed}-", dir=SCRATCH if SCRATCH.is_dir() else None))
    place = Place(seed, folder)
    try:
        if options.mutant:
            from . import mutants

            mutants.plant(options.mutant)
        only = [int(each) for each in options.only.split(",")] if options.only else None
        failure = run(place, options.days, only=only, shrink=options.shrink)
    finally:
        place.home.close()
    place.counts["days"] = place.number
    if failure is None:
        print(summary(place.counts))
        return 0
    print(explain(seed, failure, mutant=options.mutant))
    return 1


def run(place: Place, days: int, *, only: Sequence[int] | None, shrink: float) -> Failure | None:
    """So many days; the failure, shortened, where one went wrong."""
    for number in range(1, days + 1):
        events, began = plan_day(Random(f"{place.seed}:{number}")), time.monotonic()
        if only is not None and number == days:
            events = [each for each in events if each.number in only]
        morning = place.keep() if shrink else None
        failure = live(place, events)
        if failure is not None:
            tell(place, f"day {number} fails: {', '.join(failure.names)}")
            place.home.revive()
            if morning is None:
                return failure
            return shorten(place, morning, failure, seconds=shrink, tell=lambda line: tell(place, line), live=live)
        if number % 10 == 0 or number == days:
            letters = len(place.memory.letters)
            tell(place, f"day {number} ({place.day}): {letters} letters, {time.monotonic() - began:.1f} s")
    return None


def tell(place: Place, line: str) -> None:
    """Print how far it got."""
    print(f"  seed {place.seed}: {line}", flush=True)


def live(place: Place, events: Sequence[Event]) -> Failure | None:
    """One day; None where all is well at its end."""
    place.told = []
    place.memory.told.clear()
    wrong: list[str] = []
    place.next_day(Random(f"{place.seed}:calendar:{place.number + 1}"))
    for each in events:
        try:
            befall(place, each)
        except (Broken, Hung) as error:
            wrong.append(f"{each.kind}: {error}")
        except Exception:
            wrong.append(f"{each.kind}: exception {traceback.format_exc(limit=-6)}")
        if wrong:
            break
    wrong = wrong or [*examine(place), *judge(place)]
    if not wrong:
        return None
    names = tuple(dict.fromkeys(each.partition(":")[0] for each in wrong))
    return Failure(place.number, names, tuple(wrong), tuple(events), tuple(place.told))


def examine(place: Place) -> list[str]:
    """What ``dunkelwerk check`` finds."""
    from django.db import connection

    from dunkelwerk.dialogues.invariants import GROUPS
    from dunkelwerk.infra.invariants import examine as ask
    from dunkelwerk.infra.keys import Vault
    from dunkelwerk.runner.invariants import all_groups
    from dunkelwerk.runner.sealed import examine_sealed

    with connection.cursor() as cursor:
        found = [each for group in (*all_groups(), *GROUPS) for each in ask(cursor, group.invariants)]
        found += examine_sealed(cursor, Vault(cursor, on=place.day))
    place.counts["invariants checked"] += len(found)
    return [f"{each.name}: {each.count} {list(each.references)}" for each in found if each and not each.hint]


def explain(seed: int, failure: Failure, *, mutant: str | None) -> str:
    """The failing day: what is wrong, its shortest list of events, and the command that repeats it."""
    numbers = ",".join(str(each.number) for each in failure.events)
    lines = [f"SEED {seed} FAILS ON DAY {failure.day}:", *(f"  {each}" for each in failure.what[:20])]
    lines += ["its shortest day:", *(f"  {each}" for each in failure.told)]
    extra = f" --mutant {mutant}" if mutant else ""
    again = f"python -m tests.simulation.dialogues --seed {seed} --days {failure.day} --only {numbers}{extra}"
    return "\n".join([*lines, f"again: {again}"])


if __name__ == "__main__":
    sys.exit(main())
