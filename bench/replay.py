"""``python -m bench.replay [--small]``: how many stored decisions ``dunkelwerk replay`` takes again in a second."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

from bench.stage import DAY, Stage, stage

CONTRACTS, RECORDS = 60_000, 30_000
#: the product's own: everything is compared byte for byte; another limit: many decisions change, and are told
PARAMETERS = {"same version": "{}", "other parameters": '{authority_limit: "900.00", gap_tolerance: 1}'}


def measure(scale: int = 1) -> dict[str, dict[str, Any]]:
    """Records per second as a whole command, its start taken off, by what is compared and the number of workers."""
    count = RECORDS // scale
    with stage(CONTRACTS // scale, deliveries=[count]) as it:
        it.deliver()
        it.command("work", "--once", "--workers", 2)
        startup = {workers: run(it, workers, "--until", "2000-01-01")[0] for workers in (1, 2)}
        found = {}
        for name, text in PARAMETERS.items():
            path = it.folder / "parameters.yaml"
            path.write_text(text)
            for workers in (1, 2):
                seconds, peak = run(it, workers, "--since", DAY, "--parameters", path, "--html", it.folder / "r.html")
                found[f"replay, {name}, {workers} worker(s)"] = {
                    "records": count,
                    "seconds": seconds,
                    "per_second": count / (seconds - startup[workers]),
                    "per_second_with_start": count / seconds,
                    "peak_mb": peak,
                }
        return found


def run(it: Stage, workers: int, *arguments: object) -> tuple[float, float]:
    """Run the command: its seconds, and the most memory that a process of it took, in MB; raises RuntimeError."""
    line = [sys.executable, "-m", "dunkelwerk", "replay", "--workers", str(workers), *map(str, arguments)]
    start = time.monotonic()
    process = subprocess.Popen(line, env=it.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"replay ended with {process.returncode}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of everything, to try it")
    print(json.dumps(measure(10 if parser.parse_args().small else 1), indent=1))
