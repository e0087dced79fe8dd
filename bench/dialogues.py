"""``python -m bench.dialogues [--small] [--million]``: imports, journeys on the portal, receipts.

Journeys: 50 people at a time, each from the login to the receipt, against ``dunkelwerk serve`` on the same machine; the
crowd is a process of its own with a thread per person: once without any pause, which shows how many pages a second
there can be, and once with 0.2 seconds to look at each page, which shows how long one waits at the rate aimed at.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.stage import DAY, SEED
from dunkelwerk.cli.demo_people import COLUMNS, household, row_of
from dunkelwerk.infra import embedded

SIZES = (10_000, 100_000)
MILLION = 1_000_000
USERS, JOURNEYS = 50, 1_500
RECEIPTS = """
import sys, time
from datetime import datetime
from dunkelwerk.dialogues.papers.receipt import Answered, File, Receipt, Section, render_receipt
from dunkelwerk.infra.businessday import BERLIN
def section(page):
    return Section(f"Seite {page}", tuple(Answered(f"Frage {page}.{each}?", "Antwort " * 5) for each in range(5)))
def make(number):
    at, files = datetime(2026, 11, 23, 12, tzinfo=BERLIN), [File("a.pdf", 1, "0" * 64)]
    return Receipt(title="Ein Bogen", reference=f"D-{number}", form="tax_id", version=1, person="Jürgen Groß",
                   submitted_at=at, language="de", sections=[section(page) for page in range(5)], files=files,
                   answers={"number": number})
render_receipt(make(0))
begin = time.process_time()
for number in range(int(sys.argv[1])):
    render_receipt(make(number))
print(time.process_time() - begin)
"""


def measure(scale: int = 1, *, million: bool = False) -> dict[str, dict[str, Any]]:
    """Every figure; ``scale``: a how manieth of everything."""
    sizes = (*SIZES, MILLION) if million else SIZES
    found = {f"import of {size:,} dialogues": measure_import(size // scale) for size in sizes}
    found["receipts, one core"] = measure_receipts(2_000 // scale)
    return {**found, **measure_journeys(max(3 * USERS, JOURNEYS // scale))}


@contextmanager
def place() -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with a database of its own, and the environment of commands in it."""
    with tempfile.TemporaryDirectory(prefix="dunkelwerk-bench-") as name:
        folder = Path(name)
        environment = os.environ | {"DUNKELWERK_HOME": str(folder / "home"), "DUNKELWERK_TODAY": str(DAY)}
        for setting in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            environment.pop(setting, None)
        try:
            yield folder, environment
        finally:
            embedded.stop(folder / "home")
            shutil.rmtree(folder / "home", ignore_errors=True)


def command(environment: dict[str, str], *words: object) -> tuple[float, float]:
    """Run the command; seconds and peak megabytes of the largest child so far."""
    start = time.monotonic()
    line = [sys.executable, "-m", "dunkelwerk", *map(str, words)]
    subprocess.run(line, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def write_people(path: Path, count: int) -> None:
    """A file of people to ask."""
    from random import Random

    rng = Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, delimiter=";")
        writer.writeheader()
        for number in range(count):
            writer.writerow(row_of(household(rng, number=number % 50_000, count=1, on=DAY)[0], f"M-{number}"))


def measure_import(count: int) -> dict[str, Any]:
    """The whole command, PIN hash at default cost and print export included; the start of the program taken off."""
    with place() as (folder, environment):
        write_people(folder / "people.csv", count)
        write_people(folder / "one.csv", 1)
        command(environment, "dialogues", "import", "tax_id", folder / "one.csv", "--pins-out", folder / "first")
        startup, _peak = command(
            environment, "dialogues", "import", "tax_id", folder / "one.csv", "--pins-out", folder / "again"
        )
        line = [sys.executable, "-c", MEASURED, "dialogues", "import", "tax_id", str(folder / "people.csv")]
        line += ["--pins-out", str(folder / "out.csv")]
        start = time.monotonic()
        done = subprocess.run(line, env=environment, check=True, capture_output=True, text=True)
        seconds = time.monotonic() - start
        peak = float(done.stderr.split()[-1])
    return {"dialogues": count, "seconds": seconds, "per_second": count / (seconds - startup), "peak_mb": peak}


#: the command, then its own peak in megabytes as the last word
MEASURED = """
import resource, sys
from dunkelwerk.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr)
"""


def measure_receipts(count: int) -> dict[str, Any]:
    """Receipts of 25 answers, one process with one thread, by its processor time."""
    environment = os.environ | {"RAYON_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", RECEIPTS, str(count)], env=environment, check=True, capture_output=True, text=True
    )
    seconds = float(done.stdout)
    return {"receipts": count, "seconds": seconds, "per_second": count / seconds}


def measure_journeys(count: int) -> dict[str, dict[str, Any]]:
    """Whole journeys a second, and how long a page takes, with 50 people at a time."""
    with place() as (folder, environment):
        write_people(folder / "people.csv", count)
        command(environment, "dialogues", "import", "tax_id", folder / "people.csv", "--pins-out", folder / "pins.csv")
        answer = subprocess.run(
            [sys.executable, "-m", "bench.crowd", str(folder / "pins.csv"), str(USERS)],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        said = json.loads(answer.stdout.splitlines()[-1])
    found = {}
    for name, run in zip((f"{USERS} at a time, no pause", f"{USERS} at a time, 0.2 s a page"), said, strict=True):
        seconds = run["seconds"]
        found[f"journeys, {name}"] = {"journeys": run["journeys"], "seconds": seconds}
        found[f"journeys, {name}"]["per_second"] = run["journeys"] / seconds
        figures = {key: run[key] for key in ("pages", "seconds", "median_ms", "p95_ms", "slowest")}
        found[f"pages, {name}"] = {**figures, "per_second": run["pages"] / seconds}
    return found


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="an eightieth of everything")
    parser.add_argument("--million", action="store_true", help="also an import of a million dialogues")
    arguments = parser.parse_args()
    for name, figures in measure(80 if arguments.small else 1, million=arguments.million).items():
        print(name, json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
