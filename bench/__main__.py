"""``python -m bench [--small]``: measure everything, print the table, write ``bench/results/DATE.json``."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import comparison
from bench.crew import middle_of
from bench.report import show
from bench.stage import DAY, SEED, stage, write_lines
from dunkelwerk.lines.credit_protection.synthetic.notices import notices
from dunkelwerk.lines.credit_protection.synthetic.register import case_files

RESULTS = Path(__file__).parent / "results"
#: sections with a module of their own, and by what they are divided to keep the whole below twelve minutes
OTHERS = {"processes": 1, "letters": 2, "replay": 1, "dialogues": 1}
SMALL = 80


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="an eightieth of everything, to try the benchmark itself")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder for the JSON file")
    arguments = parser.parse_args()
    results = measure(SMALL if arguments.small else 1)
    show(results)
    arguments.results.mkdir(parents=True, exist_ok=True)
    path = arguments.results / f"{results['when'].replace(':', '')}.json"
    path.write_text(json.dumps(results, indent=1))
    print(f"JSON: {path}")


def measure(scale: int) -> dict[str, Any]:
    """Every section, one after the other; ``scale``: a how manieth of everything."""
    begin = time.monotonic()
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "scale": scale,
        "throughput": measure_throughput(scale),
        "comparison": measure_comparison(scale),
        "register_size": measure_register_size(scale),
        "decide": measure_decide(scale),
        **{name: measure_other(name, scale * share) for name, share in OTHERS.items()},
        "minutes": (time.monotonic() - begin) / 60,
    }


def measure_other(name: str, scale: int) -> dict[str, Any]:
    """A section that has a module of its own."""
    say(f"{name} …")
    found: dict[str, Any] = importlib.import_module(f"bench.{name}").measure(scale)
    return found


def say(text: str) -> None:
    """Say what is being measured."""
    print(text, file=sys.stderr, flush=True)


def measure_throughput(scale: int) -> dict[str, Any]:
    """Notices per second with all effects, 200,000 contracts, synchronous commit; the middle one of three runs."""
    many, few, times = 10_000 // scale, 1_000 // scale, 3 if scale == 1 else 1
    say(f"register of {200_000 // scale} contracts …")
    with stage(200_000 // scale, deliveries=[few, *[many] * 2 * times, few, few, many // 2]) as it:
        it.work()  # warm up
        say("batches of 500, 1 and 2 workers …")
        runs = [(it.work(), it.work(workers=2)) for _ in range(times)]
        found = {"batch 500, 1 worker": middle_of([one for one, _ in runs])}
        found["batch 500, 2 workers"] = middle_of([two for _, two in runs])
        say("batches of 1 …")
        found |= {"batch 1, 1 worker": it.work(size=1), "batch 1, 2 workers": it.work(size=1, workers=2)}
        say("profile …")
        profile = it.work(profile=True)["profile"]
        return {"load_per_second": it.contracts / it.load_seconds, **found, "profile": profile}


def measure_comparison(scale: int) -> dict[str, Any]:
    """Ours, Procrastinate and the floor on the same 3,000 notices of a register of 100,000 contracts."""
    say("the same notices: ours, Procrastinate, the floor …")
    at_once = (1, 2, 4) if scale == 1 else (2,)
    return comparison.measure(contracts=100_000 // scale, notices=3_000 // scale, at_once=at_once)


def measure_register_size(scale: int) -> dict[str, Any]:
    """Milliseconds per notice at registers of different size: the median batch of 500, one worker."""
    found = {}
    for contracts in (10_000, 100_000, 1_000_000):
        say(f"register of {contracts // scale} contracts …")
        with stage(contracts // scale, deliveries=[500 // scale, 3_500 // scale]) as it:
            it.work()  # warm up
            found[f"{contracts:,} contracts"] = it.work()
    return found


def measure_decide(scale: int) -> dict[str, Any]:
    """Notices per second of ``dunkelwerk decide`` as a whole command: start, index, decide, write."""
    contracts, count = 40_000 // scale, 20_000 // scale
    say("decide without a database …")
    with tempfile.TemporaryDirectory(prefix="dunkelwerk-bench-") as name:
        folder = Path(name)
        write_lines(folder / "c", case_files(seed=SEED, contracts=contracts, on=DAY, every_contract=True))
        write_lines(folder / "n", notices(seed=SEED, contracts=contracts, on=DAY, count=count))
        return {f"decide, {workers} worker(s)": run_decide(folder, workers, count) for workers in (1, 2)}


def run_decide(folder: Path, workers: int, count: int) -> dict[str, Any]:
    """One run of the command; the start-up alone is measured with a single notice and taken off."""
    line = [sys.executable, "-m", "dunkelwerk", "decide", "follow-up-sick-note", "--on", str(DAY)]
    line += ["--case-files", str(folder / "c"), "--out", str(folder / "o"), "--workers", str(workers), "--notices"]
    (folder / "one").write_bytes((folder / "n").read_bytes().split(b"\n")[0] + b"\n")
    start = time.monotonic()
    subprocess.run([*line, str(folder / "one")], check=True)
    startup = time.monotonic() - start
    start = time.monotonic()
    subprocess.run([*line, str(folder / "n")], check=True)
    seconds = time.monotonic() - start
    return {
        "notices": count,
        "seconds": seconds,
        "per_second": count / (seconds - startup),
        "per_second_with_start": count / seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
