"""The stages of the benchmark: a database with a register of a size, notices delivered to it, workers on it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import psycopg

from bench.crew import run_crew, seconds_of
from dunkelwerk.infra import embedded
from dunkelwerk.lines.credit_protection.synthetic.notices import notices
from dunkelwerk.lines.credit_protection.synthetic.register import case_files

DAY = date(2026, 11, 23)
SEED = 7
TEMPLATE = "dunkelwerk"


@dataclass(frozen=True)
class Copy:
    """A copy of a stage's database: its address, and the environment in which commands work on it."""

    url: str
    environment: dict[str, str]


class Stage:
    """A database of its own with a loaded register, and as many deliveries of notices as are wanted."""

    def __init__(
        self,
        folder: Path,
        contracts: int,
        *,
        deliveries: list[int],
        case_lines: Iterable[Any] | None = None,
        notice_lines: Iterable[Any] | None = None,
    ) -> None:
        self.folder, self.contracts = folder, contracts
        self.environment = os.environ | {"DUNKELWERK_HOME": str(folder / "home"), "DUNKELWERK_TODAY": str(DAY)}
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            self.environment.pop(name, None)
        register = folder / "register.jsonl"
        write_lines(register, case_lines or case_files(seed=SEED, contracts=contracts, on=DAY))
        start = time.monotonic()
        self.command("load", register)
        self.load_seconds = time.monotonic() - start
        register.unlink()
        self.settle()
        self.copies = 0
        self.deliveries = iter(deliveries)
        invented = notice_lines or notices(seed=SEED, contracts=contracts, on=DAY, count=sum(deliveries))
        self.notices = iter(invented)

    def command(self, *words: object) -> None:
        """Run the command; raises CalledProcessError."""
        line = [sys.executable, "-m", "dunkelwerk", *map(str, words)]
        subprocess.run(line, env=self.environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def settle(self) -> None:
        """Let the server write out what loading left, so that it does not do so while others are measured."""
        with psycopg.connect(self.address(superuser=True), autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def vacuum(self) -> None:
        """Bring tables and statistics in order, so that autovacuum has nothing to do in the copies."""
        with psycopg.connect(self.address(superuser=True), autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def address(self, database: str = TEMPLATE, *, superuser: bool = False) -> str:
        """The address of a database of this stage."""
        home = self.folder / "home"
        url = re.sub(r"@/\w+", f"@/{database}", embedded.connect_url(home))
        if not superuser:
            return url
        password = (home / "postgresql" / "superuser.password").read_text().strip()
        return re.sub("//[^@]*@", f"//postgres:{password}@", url)

    @contextmanager
    def copied(self) -> Iterator[Copy]:
        """A fresh copy of the database as it stands, gone afterwards. Nobody may be working on the stage."""
        self.copies += 1
        name = f"copy_{self.copies}"
        with psycopg.connect(self.address("postgres", superuser=True), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER dunkelwerk STRATEGY FILE_COPY")
            connection.execute("CHECKPOINT")
            try:
                yield Copy(self.address(name), self.environment | {"DATABASE_URL": self.address(name)})
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

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
        answers = run_crew([worker_line(size=size, profile=profile)] * workers, self.environment)
        return summarise(answers, count=count, size=size)


def worker_line(*, size: int, profile: bool = False) -> list[object]:
    """How a worker of ours is started."""
    return ["bench.worker", "--size", size, *(["--profile"] if profile else [])]


def summarise(answers: Sequence[Mapping[str, Any]], *, count: int, size: int) -> dict[str, Any]:
    """What workers of ours measured; raises RuntimeError where they did not process exactly ``count`` notices."""
    seconds = seconds_of(answers)
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


def write_lines(path: Path, objects: Iterable[Any]) -> None:
    """Write JSON Lines."""
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as stream:
        stream.writelines(encode(each) + b"\n" for each in objects)


@contextmanager
def stage(contracts: int, *, deliveries: list[int], **lines: Iterable[Any]) -> Iterator[Stage]:
    """A stage, gone afterwards with its server; ``lines``: a register and notices other than the synthetic ones."""
    folder = Path(tempfile.mkdtemp(prefix="dunkelwerk-bench-"))
    folder.chmod(0o755)
    try:
        yield Stage(folder, contracts, deliveries=deliveries, **lines)
    finally:
        embedded.stop(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)
