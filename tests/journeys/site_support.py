"""Helpers of the journeys: the whole product as its users meet it, a database and a ``dunkelwerk serve`` process."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg
from psycopg.rows import dict_row
from work_support import household, person, write_lines

Thing = dict[str, Any]
COMMAND = Path(sys.executable).with_name("dunkelwerk")
#: dialogues are answered by the clock on the wall, so the business day of these tests is the real one
TODAY = datetime.now(ZoneInfo("Europe/Berlin")).date()
#: what a developer has set must change nothing
FOREIGN = ("DUNKELWERK_", "DATABASE_")
PATIENCE = 120.0
#: letters that are sent at a time
BATCH = 20
#: the last day that was proven, and the last day of the note that is uploaded: between both, one instalment is due
PROVEN, UNTIL = TODAY - timedelta(days=5), TODAY + timedelta(days=22)
DUE = next(PROVEN + timedelta(days=ahead) for ahead in (12, 16) if (PROVEN + timedelta(days=ahead)).day <= 28)
FIRST = PROVEN - timedelta(days=240)


class Letter:
    """What a person holds in their hands, and who they are."""

    def __init__(self, row: dict[str, str]) -> None:
        self.row, self.pin, self.reference = row, row["pin"], row["dialogue"]
        self.link, self.external_id = row["link"], row["external_id"]
        self.born = date.fromisoformat(row["birth_date"])
        self.name = f"{row['first_name']} {row['last_name']}"

    @property
    def birth(self) -> dict[str, str]:
        """The second secret as the login page posts it."""
        return {
            "birth.day": str(self.born.day),
            "birth.month": str(self.born.month),
            "birth.year": str(self.born.year),
        }


class Site:
    """A database and the server on it. Everything that any of its processes says is kept in files of ``folder``."""

    def __init__(self, folder: Path, url: str, **settings: str) -> None:
        self.folder, self.url = folder, url
        foreign = {name for name in os.environ if name.startswith(FOREIGN)}
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        own = {"DATABASE_URL": url, "DUNKELWERK_HOME": str(folder / "home"), "DUNKELWERK_TODAY": TODAY.isoformat()}
        own["TMPDIR"] = str(folder / "tmp")
        Path(own["TMPDIR"]).mkdir()
        self.environment = {**kept, **own, **settings}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment.setdefault("DUNKELWERK_PORTAL_URL", self.address)
        self.process: subprocess.Popen[bytes] | None = None
        self._letters: dict[str, list[Letter]] = {}
        self._people = 0
        self._said = 0

    def start(self) -> None:
        """Start the server, and wait until it answers; one that does not is ended."""
        command = [COMMAND, "serve", "--port", str(self.port), "--workers", "1"]
        with (self.folder / "serve.out").open("ab") as said, (self.folder / "serve.err").open("ab") as logged:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=said, stderr=logged, start_new_session=True
            )
        try:
            wait_until(self.answers, self.logs)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def answers(self) -> bool:
        """Whether the server answers; fails where it has ended."""
        assert self.process is not None
        assert self.process.poll() is None, self.logs()
        try:
            return httpx.get(f"{self.address}/hilfe", timeout=20).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server: by SIGTERM its supervisor alone, by SIGKILL its workers too, as when the power fails."""
        if self.process is None:
            return
        if how == signal.SIGKILL:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        self.process.wait(PATIENCE)
        self.process = None
        # a worker that was killed may hold the port a moment longer than its supervisor lives
        wait_until(lambda: is_free(self.port), lambda: f"port {self.port} stays taken")

    def run(self, *arguments: object, code: int = 0, **settings: str) -> str:
        """A command; what it printed. Fails where it ends otherwise than expected."""
        done = subprocess.run(
            [COMMAND, *map(str, arguments)],
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        self._said += 1
        (self.folder / f"command-{self._said}-{arguments[0]}.out").write_text(done.stdout + done.stderr, "utf-8")
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def letter(self, kind: str) -> Letter:
        """A letter that nobody has opened yet, about this type of dialogue."""
        waiting = self._letters.setdefault(kind, [])
        if not waiting:
            waiting += self.send(kind, [self.new_person(kind) for _number in range(BATCH)])
        return waiting.pop(0)

    def new_person(self, kind: str) -> Thing:
        """A row of a file to import. For a sick note the person's contract is loaded with it (``send``)."""
        self._people += 1
        number = self._people
        own = person(number)
        row = {
            **{"external_id": f"M-{kind}-{number}", "salutation": "Frau", "first_name": own["first_name"]},
            **{"last_name": own["last_name"], "street": "Domstr.", "house_number": "1", "postal_code": "50667"},
            **{"city": "Köln", "birth_date": own["birth_date"], "number": number},
        }
        if kind == "accident":
            row |= {"prefill.treated_on": (TODAY - timedelta(days=40)).isoformat(), "prefill.injury": "Handgelenk"}
        if kind == "sick_note_upload":
            row |= {"prefill.contract": f"RS-{number}", "prefill.incapacity_from": FIRST.isoformat()}
        return row

    def send(self, kind: str, people: Sequence[Thing], **settings: str) -> list[Letter]:
        """Import persons; their letters."""
        if kind == "sick_note_upload":
            lines = [insured(each["number"]) for each in people]
            self.run("load", write_lines(self.folder / "case-files.jsonl", lines))
        source, pins = self.folder / f"{kind}.csv", self.folder / f"{kind}-pins.csv"
        names = [name for name in people[0] if name != "number"]
        with source.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, names, delimiter=";", extrasaction="ignore")
            table.writeheader()
            table.writerows(people)
        self.run("dialogues", "import", kind, source, "--pins-out", pins, **settings)
        with pins.open(encoding="utf-8", newline="") as file:
            letters = [Letter(row) for row in csv.DictReader(file, delimiter=";")]
        source.unlink()
        for each in self.folder.glob(f"{kind}-pins*"):
            each.unlink()
        return letters

    def work(self) -> None:
        """Let the dark processes decide everything that waits."""
        self.run("work", "--once")

    def rows(self, query: str, *values: object) -> list[Thing]:
        """The rows of a query, asked by somebody who may read everything."""
        with psycopg.connect(self.url, row_factory=dict_row) as session:
            return session.execute(query.encode(), values or None).fetchall()

    def value(self, query: str, *values: object) -> Any:
        """The one value of a query."""
        (row,) = self.rows(query, *values)
        (value,) = row.values()
        return value

    def change(self, statement: str, *values: object) -> None:
        """Change something behind the program's back."""
        with psycopg.connect(self.url) as session:
            session.execute(statement.encode(), values or None)

    def state(self, letter: Letter) -> str:
        """The state of a letter's dialogue."""
        return str(self.value("SELECT state FROM dialogue WHERE reference = %s", letter.reference))

    def notice(self, letter: Letter) -> Thing:
        """The one notice that came from a dialogue."""
        (found,) = self.rows("SELECT * FROM notice WHERE channel = 'dialogue' AND external_id = %s", letter.reference)
        return found

    def items(self, letter: Letter) -> list[Thing]:
        """The work items that its decision opened."""
        return self.rows(
            "SELECT w.* FROM work_item w JOIN notice n ON n.decision = w.decision"
            " WHERE n.external_id = %s ORDER BY w.id",
            letter.reference,
        )

    def logs(self) -> str:
        """Everything that the server wrote."""
        return "".join(path.read_text("utf-8") for path in sorted(self.folder.glob("serve.*")))

    def notes(self) -> list[Thing]:
        """What the server logged so far, one a line; a line that is just being written is none yet."""
        whole, _newline, _begun = (self.folder / "serve.err").read_text("utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.split("\n") if line.startswith("{")]


def insured(number: int) -> Thing:
    """A household whose claim is proven and released up to a few days ago."""
    file = household(
        number,
        onset=FIRST.isoformat(),
        benefit_from=(FIRST + timedelta(days=42)).isoformat(),
        benefit_limit=(FIRST + timedelta(days=42 + 730)).isoformat(),
        proven_until=PROVEN.isoformat(),
        released_until=PROVEN.isoformat(),
    )
    file["contracts"][0] |= {"start": (FIRST - timedelta(days=800)).isoformat(), "due_day": DUE.day}
    file["contracts"][0]["end"] = (TODAY + timedelta(days=1500)).isoformat()
    return file


def free_port() -> int:
    """A port that nobody listens on, and that no connection is given as its own end while the server is not there.

    Processes that test at the same time choose among different ones.
    """
    own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16
    while True:
        port = random.randrange(15_000 + own, 32_000, 16)  # below what the system gives away
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    """Whether a server can listen there."""
    with socket.socket() as probe, suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


def wait_until(condition: Callable[[], object], complaint: Callable[[], str], *, patience: float = PATIENCE) -> None:
    """Wait until it is so, looking often; where it does not become so, fails with what the complaint says then."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, complaint()
        time.sleep(0.05)
