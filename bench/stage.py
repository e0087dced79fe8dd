"""The stages of the benchmark: a database with a register of a size, notices delivered to it, workers on it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import psycopg

from dunkelwerk.infra import embedded
from dunkelwerk.lines.credit_protection.synthetic.notices import notices
from dunkelwerk.lines.credit_protection.synthetic.register import case_files

DAY = date(2026, 11, 23)
SEED = 7


class Stage:
    """A database of its own with a loaded register, and as many deliveries of notices as are wanted."""

    def __init__(self, folder: Path, contracts: int, *, deliveries: list[int]) -> None:
        self.folder, self.contracts = folder, contracts
        self.environment = os.environ | {"DUNKELWERK_HOME": str(folder / "home"), "DUNKELWERK_TODAY": str(DAY)}
        self.environment.pop("DATABASE_URL", None)
        register = folder / "register.jsonl"
        write_lines(register, case_files(seed=SEED, contracts=contracts, on=DAY))
        start = time.monotonic()
        self.command("load", register)
        self.load_seconds = time.monotonic() - start
        register.unlink()
        self.settle()
        self.deliveries = iter(deliveries)
        self.notices = iter(notices(seed=SEED, contracts=contracts, on=DAY, count=sum(deliveries)))

    def command(self, *words: object) -> None:
        """Run the command; raises CalledProcessError."""
        line = [sys.executable, "-m", "dunkelwerk", *map(str, words)]
        subprocess.run(line, env=self.environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def settle(self) -> None:
        """Let the server write out what loading left, so that it does not do so while others are measured."""
        home = self.folder / "home"
        password = (home / "postgresql" / "superuser.password").read_text().strip()
        url = re.sub("//[^@]*@", f"//postgres:{password}@", embedded.connect_url(home))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def deliver(self) -> int:
        """Put the next delivery into the inbox; the number of notices."""
        count = next(self.deliveries)
        path = self.folder / "notices.jsonl"
        write_lines(path, islice(self.notices, count))
        self.command("inbox", "add", path)
        return count

    def work(self, *, workers: int = 1, size: int = 500, profile: bool = False) -> dict[str, Any]:
        """Deliver, then let workers do it; what they measured."""
        count = self.deliver()
        flags = ["--profile"] if profile else []
        line = [sys.executable, "-m", "bench.worker", "--size", str(size), *flags]
        pipe = subprocess.PIPE
        running = [
            subprocess.Popen(line, env=self.environment, stdin=pipe, stdout=pipe, text=True) for _ in range(workers)
        ]
        for each in running:
            if each.stdout is None or each.stdout.readline() != "ready\n":
                raise RuntimeError("a worker of the benchmark did not start")
        answers = [json.loads(each.communicate()[0]) for each in start_all(running)]
        seconds = max(each["end"] for each in answers) - min(each["begin"] for each in answers)
        laps = [lap for each in answers for lap in each["laps"]]
        full = [seconds / number for number, seconds in laps if number >= 0.8 * size]
        if sum(number for number, _ in laps) != count:
            raise RuntimeError("the workers did not process exactly what was delivered")
        return {
            "notices": count,
            "seconds": seconds,
            "per_second": count / seconds,
            "ms_per_notice": 1000 * median(full or [seconds / count]),
            "cpu_ms_per_notice": 1000 * sum(each["cpu"] for each in answers) / count,
            "peak_mb": max(each["peak_mb"] for each in answers),
            "profile": answers[0]["profile"],
        }


def start_all(running: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """Let all workers go at once."""
    for each in running:
        if each.stdin is not None:
            each.stdin.write("go\n")
            each.stdin.flush()
    return running


def write_lines(path: Path, objects: Iterable[Any]) -> None:
    """Write JSON Lines."""
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as stream:
        stream.writelines(encode(each) + b"\n" for each in objects)


@contextmanager
def stage(contracts: int, *, deliveries: list[int]) -> Iterator[Stage]:
    """A stage, gone afterwards with its server."""
    folder = Path(tempfile.mkdtemp(prefix="dunkelwerk-bench-"))
    folder.chmod(0o755)
    try:
        yield Stage(folder, contracts, deliveries=deliveries)
    finally:
        embedded.stop(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)
