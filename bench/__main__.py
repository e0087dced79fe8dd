"""``python -m bench [--small]``: run every stage, print the table, write ``bench/results/DATE.json``."""

from __future__ import annotations

import argparse
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

from rich.console import Console
from rich.table import Table

from bench.stage import DAY, SEED, stage, write_lines
from dunkelwerk.lines.credit_protection.synthetic.notices import notices
from dunkelwerk.lines.credit_protection.synthetic.register import case_files

RESULTS = Path(__file__).parent / "results"
AIMS = {
    "batch 500, 2 workers": "≥ 3.000/s",
    "1,000,000 contracts": "≤ 1,2 × 10.000",
    "decide, 1 worker": "≥ 10.000/s",
    "peak": "≤ 300 MB",
}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of everything, to try the benchmark itself")
    scale = 10 if parser.parse_args().small else 1
    results = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "throughput": measure_throughput(scale),
        "register_size": measure_register_size(scale),
        "decide": measure_decide(scale),
    }
    show(results)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{results['when'].replace(':', '')}.json"
    path.write_text(json.dumps(results, indent=1))
    print(f"JSON: {path}")


def say(text: str) -> None:
    """Say what is being measured."""
    print(text, file=sys.stderr, flush=True)


def measure_throughput(scale: int) -> dict[str, Any]:
    """Notices per second with all effects, 200,000 contracts, 20,000 notices, synchronous commit."""
    many, few = 20_000 // scale, 1_000 // scale
    say(f"register of {200_000 // scale} contracts …")
    with stage(200_000 // scale, deliveries=[few, many, many, few, few, many // 4]) as it:
        it.work()  # warm up
        say("batches of 500, 1 and 2 workers …")
        runs = {"batch 500, 1 worker": it.work(), "batch 500, 2 workers": it.work(workers=2)}
        say("batches of 1 …")
        runs |= {"batch 1, 1 worker": it.work(size=1), "batch 1, 2 workers": it.work(size=1, workers=2)}
        say("profile …")
        return {"load_per_second": it.contracts / it.load_seconds, **runs, "profile": it.work(profile=True)["profile"]}


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


def show(results: dict[str, Any]) -> None:
    """Print the table."""
    table = Table(title=f"dunkelwerk bench · {results['machine']}", title_justify="left")
    for column in ("measured", "notices/s", "ms/notice", "peak MB", "aim"):
        table.add_column(column, justify="left" if column in ("measured", "aim") else "right")
    first = next(iter(results["register_size"].values()))["ms_per_notice"]
    rows = {**results["throughput"], **results["register_size"], **results["decide"]}
    for name, run in rows.items():
        if isinstance(run, dict):
            cost = run.get("ms_per_notice")
            shown = f"{cost:.3f}" if cost else ""
            if name in results["register_size"]:
                shown += f" ({cost / first:.2f} ×)"
            table.add_row(name, f"{run['per_second']:,.0f}", shown, f"{run['peak_mb']:.0f}", AIMS.get(name, ""))
    console = Console(width=100)
    console.print(table)
    console.print(f"register loaded at {results['throughput']['load_per_second']:,.0f} contracts/s")
    console.print("where a worker's time goes (own time, profiled):")
    for name, share in results["throughput"]["profile"]:
        console.print(f"  {100 * share:5.1f} %  {name}", highlight=False)


if __name__ == "__main__":
    main()
