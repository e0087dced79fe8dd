"""The insurer with its portal: one database, one print folder, the clock, the letters that are out."""

from __future__ import annotations

import csv
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from ..home import Child, Home
from ..register import Register
from ..world import Broken, quiet
from .letters import KEPT, KINDS, REMINDER, STATUS, VALID, Letter, reminder_day

FIRST_DAY = date(2026, 11, 2)
#: moments of the wall clock that limits and sessions count by: a night passes for them, too
NIGHT = (
    """UPDATE login_guard SET last_at = last_at - %s, before = before, blocked_until = blocked_until - %s,
       last_before = last_before - %s""",
    "UPDATE portal_session SET started_at = started_at - %s, seen_at = seen_at - %s",
)
STATE = """
    SELECT d.reference, d.state, d.reminded_at IS NOT NULL AS reminded, d.selector FROM dialogue d
    WHERE d.external_id = %s AND d.type = %s
"""


@dataclass
class Batch:
    """A file of persons that is to be imported; ``done``: the program said that it is complete."""

    number: int
    kind: str
    people: dict[str, Any]
    rows: list[dict[str, str]]
    bad: int
    done: bool = False


@dataclass
class Memory:
    """Everything that the simulation remembers; copied with a snapshot of the database."""

    letters: dict[str, Letter] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    #: print files that were read
    seen: set[str] = field(default_factory=set)
    people: int = 0
    #: the last day on which a job ended well
    ran: dict[str, date] = field(default_factory=dict)
    #: what the rules remember of the day before
    before: dict[str, Any] = field(default_factory=dict)
    #: which processes came to their end since somebody last submitted
    told: list[str] = field(default_factory=list)


class Place:
    """One insurer with letters out. ``counts``: how often what happened."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.folder = seed, folder
        self.print_folder = folder / "print"
        self.print_folder.mkdir()
        os.environ |= {
            "DUNKELWERK_LOGIN_MILLISECONDS": "0",
            "DUNKELWERK_PRINT_FOLDER": str(self.print_folder),
            "DUNKELWERK_PORTAL_URL": "http://testserver",
            "DUNKELWERK_TODAY": FIRST_DAY.isoformat(),
        }
        self.home = Home(folder)
        self.counts: Counter[str] = Counter()
        self.memory, self.day, self.number = Memory(), FIRST_DAY, 0
        self.told: list[str] = []
        #: the server does not fall just now
        self.steady = True
        self.households: list[Any] = []
        self.set_day(FIRST_DAY)
        try:
            self.furnish()
        except BaseException:
            self.home.close()
            raise

    def furnish(self) -> None:
        """Households with claims, the dialogue types with short terms, the portal in this process."""
        import msgspec

        from dunkelwerk.dialogues import shipped, type_versions
        from dunkelwerk.lines.credit_protection.intake.loading import load_files
        from dunkelwerk.site import settings

        settings.configure()
        render_in_children()
        register = Register(Random(f"{self.seed}:register"), FIRST_DAY)
        self.households = [register.household() for _n in range(25)]
        path = self.folder / "case-files.jsonl"
        path.write_bytes(b"".join(json.dumps(each).encode() + b"\n" for each in self.households))
        with quiet():
            load_files([path], actor="core", complain=print, advance=lambda count: None)
            for kind in KINDS:
                form = shipped.read_name_or_file(kind)
                terms = msgspec.structs.replace(form.retention, **KEPT)
                short = {"valid_days": VALID, "reminder_days": REMINDER, "status_days": STATUS, "retention": terms}
                type_versions.publish(msgspec.structs.replace(form, **short), actor="test")

    def set_day(self, day: date) -> None:
        """A new business day."""
        self.day = day
        os.environ["DUNKELWERK_TODAY"] = day.isoformat()

    def next_day(self, rng: Random) -> None:
        """The next day, or some days later; the limits of the login forget what was before."""
        self.number += 1
        days = timedelta(days=rng.choice([1, 1, 1, 2, 3, 6]))
        if self.number > 1:
            self.set_day(self.day + days)
            for statement in NIGHT:
                # sent again after an outage it only makes the night longer
                self.home.run(statement, *[days] * statement.count("%s"))
        for letter in self.memory.letters.values():
            letter.wrong = 0

    def tell(self, what: str) -> None:
        """Remember what happened today."""
        self.told.append(what)

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query, read by somebody else."""
        return self.home.rows(query, *parameters)

    # snapshots

    def keep(self) -> tuple[Any, ...]:
        """Remember everything as it is now."""
        self.home.keep()
        return deepcopy((self.memory, self.day, self.number, self.counts))

    def return_to(self, kept: tuple[Any, ...]) -> None:
        """Make everything what it was."""
        self.home.return_to_kept()
        self.memory, day, self.number, self.counts = deepcopy(kept)
        self.told = []
        self.set_day(day)
        for path in self.print_folder.iterdir():
            if path.name not in self.memory.seen:
                path.unlink()

    # processes that may be killed

    def attempt(self, work: Callable[[], object], *, kill_after: float | None) -> bool:
        """Do something in a process of its own, killed after so many seconds; whether it came to its end."""
        return self.finish([self.fork(work)], kill_after=kill_after)

    def fork(self, work: Callable[[], object]) -> Child:
        """Do something in a process of its own; receipts are set for good there."""

        def with_receipts() -> None:
            render_in_children(True)
            work()

        return self.home.fork(with_receipts)

    def finish(self, children: Iterable[Child], *, kill_after: float | None = None) -> bool:
        """Wait for processes, the first killed; whether all came to their end. Raises Broken where one failed."""
        waiting = list(children)
        killed = False
        if kill_after is not None:
            time.sleep(kill_after)
            killed = waiting[0].kill()
            self.counts["processes killed"] += killed
        try:
            faults = [fault for fault in [each.wait() for each in waiting] if fault]
        finally:
            for each in waiting:
                each.kill()
        if faults:
            raise Broken(f"process: {faults[0][-1800:]}")
        return not killed

    def outage(self, rng: Random, work: Callable[[], None]) -> None:
        """Do something while the server is killed under it; it may fail of that, and of nothing else."""
        killer = self.home.fork(lambda: (time.sleep(rng.random() * 0.15), self.home.kill_server(signal.SIGKILL)))
        self.steady = False
        try:
            work()
        except Outage:
            self.counts["outage met"] += 1
        finally:
            self.steady = True
        killer.wait()
        self.counts["server killed"] += 1
        self.home.revive()

    # letters

    def read_prints(self) -> dict[str, str]:
        """The PINs of print files that nobody read yet, by reference; of several files the newest counts."""
        found: dict[str, str] = {}
        new = [each for each in self.print_folder.iterdir() if each.name not in self.memory.seen]
        for path in sorted(new, key=lambda each: each.stat().st_mtime_ns):
            if ".part" in path.name or ".csv" not in path.name:
                continue
            self.memory.seen.add(path.name)
            with path.open(encoding="utf-8", newline="") as stream:
                found |= {row["dialogue"]: row["pin"] for row in csv.DictReader(stream, delimiter=";")}
        return found

    def state_of(self, kind: str, external_id: str) -> dict[str, Any] | None:
        """How a dialogue stands in its row."""
        found = self.rows(STATE, external_id, kind)
        return found[0] if found else None

    def adopt(self, kind: str, asked: Any, *, reference: str, pin: str) -> Letter:
        """A letter is out."""
        until = self.day + timedelta(days=VALID)
        letter = Letter(
            kind=kind,
            external_id=asked.row["external_id"],
            reference=reference,
            pin=pin,
            born=asked.born,
            answers=dict(asked.answers),
            files=dict(asked.files),
            valid_until=until,
            remind_on=reminder_day(self.day, until),
        )
        self.memory.letters[reference] = letter
        self.counts[f"letters: {kind}"] += 1
        return letter

    def settle(self, letter: Letter, *allowed: str) -> str:
        """The state in which the database has it after something was interrupted; raises Broken for any other."""
        found = self.state_of(letter.kind, letter.external_id)
        state = found["state"] if found else "gone"
        if state not in allowed:
            raise Broken(f"{letter.reference} is {state}, may be {allowed}")
        return str(state)


def render_in_children(real: bool = False) -> None:
    """Set receipts in this process, or only say that there is one: the engine's threads do not outlive a fork."""
    from dunkelwerk.portal import receipts, review

    def stand_in(*_what: Any, **_more: Any) -> bytes:
        return b"%PDF-1.7 stand-in"

    review.make_receipt = receipts.make_receipt if real else stand_in  # type: ignore[assignment]


class Outage(Exception):
    """The server fell: whoever was there comes back later."""
