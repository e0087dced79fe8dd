"""``python -m bench.letters [--small]``: letters per second, of the engine on one core and as a whole command."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.stage import DAY, Stage, stage

CONTRACTS, NOTICES = 8_000, 4_000
ENGINE = """
import resource, time
from dunkelwerk.runner.lettering import engine_of, sources
source = sources()["credit_protection"]
engine = engine_of(source)
cases = [(name, engine.fill(data, legal_entity=""), on) for name, (data, on) in source.samples().items()]
begin = time.process_time()
for number in range({count}):
    template, data, on = cases[number % len(cases)]
    engine.render(template, {{**data, "name": str(number), "claim": f"C-{{number}}"}}, on=on)
print(time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(scale: int = 1) -> dict[str, dict[str, Any]]:
    """Letters per second: the engine alone on one core; the command with one and two workers, its start taken off."""
    found = {"letters, engine alone, one core": measure_engine(NOTICES // scale)}
    with stage(CONTRACTS // scale, deliveries=[NOTICES // scale]) as it:
        it.deliver()
        it.command("work", "--once", "--workers", 2)
        for workers in (1, 2):
            out = it.folder / f"letters-{workers}"
            seconds, peak = run(it, workers, out)
            startup, _peak = run(it, workers, out)  # nothing waits any more
            letters = sum(1 for _path in out.rglob("*.pdf"))
            found[f"letters, command, {workers} worker(s)"] = {
                "letters": letters,
                "seconds": seconds,
                "per_second": letters / (seconds - startup),
                "peak_mb": peak,
            }
            with psycopg.connect(it.address(superuser=True), autocommit=True) as connection:
                connection.execute("UPDATE letter_order SET state = 'ordered', run = NULL")
    return found


def measure_engine(count: int) -> dict[str, Any]:
    """One process with one thread: letters per second of processor time."""
    environment = os.environ | {"RAYON_NUM_THREADS": "1"}
    line = [sys.executable, "-c", ENGINE.format(count=count)]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    seconds, peak = map(float, done.stdout.split())
    return {"letters": count, "seconds": seconds, "per_second": count / seconds, "peak_mb": peak}


def run(it: Stage, workers: int, out: Path) -> tuple[float, float]:
    """Run the command: its seconds, and the most memory that a process of it took, in MB; raises RuntimeError."""
    words = ("letters", "render", "--on", str(DAY), "--out", str(out), "--workers", str(workers))
    start = time.monotonic()
    line = [sys.executable, "-m", "dunkelwerk", *words]
    process = subprocess.Popen(line, env=it.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"letters render ended with {process.returncode}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of everything, to try it")
    print(json.dumps(measure(10 if parser.parse_args().small else 1), indent=1))
