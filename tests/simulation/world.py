"""One simulated insurer: its database, its memory, its day, and how people and workers are called."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from .book import Book
from .home import Home
from .recorded import CLAIMS, CONTRACTS, PERSONS
from .register import Register

T = TypeVar("T")
COMMAND = Path(sys.executable).with_name("dunkelwerk")
FIRST_DAY = date(2026, 1, 5)
PROCESSES = (
    *("follow_up_sick_note", "first_sick_note", "follow_up_unemployment_proof", "first_unemployment_proof"),
    "death_notice",
)
#: told at the end of a day whose last event was work
DONE = "worked to the end"
SCANNERS = ("s.scan", "t.tippt", "K.Kurz")
CLERKS = ("k.kurz", "m.mai", "f.feld", "b.berg")
#: in one statement, and by contract: a worker may post just now
LOADED = """
    SELECT id, load, recourse_open, (SELECT coalesce(max(p.id), 0) FROM posting p WHERE p.contract = c.id) AS last
    FROM contract c
"""
#: the last posting on a contract before a decision
LAST_POSTING = """
    SELECT c.id, (SELECT coalesce(max(p.id), 0) FROM posting p WHERE p.contract = c.id AND p.decision < %s) AS last
    FROM contract c WHERE c.number = %s
"""
EXAMINERS = ("e.ernst", "p.pruef", "M.Mai", " f.feld", "z.zahl")


class Broken(Exception):
    """Something that must never happen did; the message says what."""


class World:
    """One insurer. ``counts``: how often what happened."""

    def __init__(self, seed: int, folder: Path, *, households: int) -> None:
        self.seed, self.home = seed, Home(folder)
        self.counts: Counter[str] = Counter()
        self.book = Book()
        self.day, self.number = FIRST_DAY, 0
        self.told: list[str] = []
        self.register = Register(Random(f"{seed}:register"), FIRST_DAY)
        self.set_day(FIRST_DAY)
        self.load([json.dumps(self.register.household()).encode() for _n in range(households)])

    def set_day(self, day: date) -> None:
        """A new business day."""
        self.day = self.register.today = day
        os.environ["DUNKELWERK_TODAY"] = day.isoformat()

    def next_day(self, rng: Random) -> None:
        """The next working day; sometimes some days later."""
        self.number += 1
        day = self.day + timedelta(days=rng.choice([1, 1, 1, 1, 2, 6]) if self.number > 1 else 0)
        while day.weekday() > 4:
            day += timedelta(days=1)
        self.set_day(day)
        for each in self.book.steering.values():
            each.begin_day()
        self.book.recorded.unsteady.clear()

    def tell(self, what: str) -> None:
        """Remember what happened today."""
        self.told.append(what)

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query."""
        return self.home.rows(query, *parameters)

    # snapshots

    def keep(self) -> tuple[Any, ...]:
        """Remember everything as it is now."""
        self.home.keep()
        return deepcopy((self.book, self.day, self.number, self.register, self.counts))

    def return_to(self, kept: tuple[Any, ...]) -> None:
        """Make everything what it was."""
        self.home.return_to_kept()
        self.book, day, self.number, self.register, self.counts = deepcopy(kept)
        self.told = []
        self.set_day(day)

    # what the program does

    def load(self, lines: Iterable[bytes]) -> list[str]:
        """Load case files; what was refused."""
        from dunkelwerk.lines.credit_protection.intake.loading import load_files

        path, faults = self.home.folder / "case-files.jsonl", list[str]()
        path.write_bytes(b"".join(line.strip() + b"\n" for line in lines))
        before = {each["id"]: each["load"] for each in self.rows(LOADED)}
        with quiet():
            load_files([path], actor="core", complain=faults.append, advance=lambda count: None)
        for each in self.rows(LOADED):
            if each["load"] != before.get(each["id"]):
                self.book.recourse[each["id"]] = each["recourse_open"], each["last"]
        self.book.recorded.reread(self.rows(CONTRACTS), self.rows(PERSONS), self.rows(CLAIMS))
        return faults

    def receive(self, lines: Iterable[bytes], *, channel: str, actor: str) -> tuple[int, int, int]:
        """``inbox add``: added, known, refused."""
        from dunkelwerk.cli.inbox import receive_files

        path = self.home.folder / f"notices-{os.getpid()}.jsonl"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        with quiet():
            return receive_files([path], channel, actor, [])

    def work(self, size: int) -> Counter[str]:
        """``work --once`` in this process."""
        from dunkelwerk.runner.work import Job, Worker

        with quiet():
            job = Job(self.book.overrides, self.day.isoformat(), size, True, 60.0)
            return Worker(job).run(lambda count: None)

    def start_command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The installed command, as the leader of a process group of its own."""
        self.home.hang_up()
        command = [COMMAND, *arguments]
        return subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, env={**os.environ}
        )

    def end_command(self, started: subprocess.Popen[bytes], *, kill: bool = False) -> bool:
        """Kill it, or wait for its end; whether it was killed. Raises Broken where it failed."""
        killed = kill and started.poll() is None
        if killed:
            os.killpg(started.pid, signal.SIGKILL)
        _out, complaint = started.communicate(timeout=600)
        if started.returncode != 0 and not killed:
            raise Broken(f"{started.args} ended with {started.returncode}: {complaint.decode()[-600:]}")
        return killed

    def person(self, actor: str, words: str) -> Any:
        """Somebody who acts today."""
        from dunkelwerk.runner.acting import Person, clean_actor

        return Person(clean_actor(actor), self.day, words, self.book.overrides)

    def ask(self, label: str, deed: Callable[[], T]) -> T | None:
        """What a person's deed led to; None where the program refuses it with a sentence."""
        from dunkelwerk.infra.errors import CommandError

        self.last_refusal = ""
        try:
            with quiet():
                result = deed()
        except CommandError as error:
            self.refused(label, str(error))
            return None
        self.counts[label] += 1
        return result

    def read(self, question: Callable[[], T]) -> T:
        """What the program answers; asked again where the server fell just then."""
        from django.db import InterfaceError, OperationalError

        try:
            return question()
        except (OperationalError, InterfaceError):
            self.counts["outage met by a reader"] += 1
            self.home.revive()
            return question()

    def refused(self, label: str, sentence: str) -> None:
        """A deed was refused."""
        self.last_refusal = sentence
        self.counts[f"{label} refused"] += 1
        self.tell(f"  refused: {sentence}")
        if "Datenbank arbeitet" in sentence:
            self.counts["outage met by a person"] += 1
            self.home.revive()

    last_refusal = ""


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing is printed."""
    with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        yield
