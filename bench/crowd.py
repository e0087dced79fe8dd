"""``python -m bench.crowd PINS.csv USERS``: everybody of a print export answers on a portal; one line of JSON.

Pages are read by ``http.client`` and regular expressions, which costs the machine little beside the server. Each has an
address of their own, as behind a proxy.
"""

from __future__ import annotations

import csv
import http.client
import json
import os
import re
import sys
import threading
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from queue import Empty, Queue
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.stage import DAY
from dunkelwerk.cli.demo_dialogues import portal

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
#: seconds that somebody looks at a page, in the second run
LOOKS = 0.2
ANSWERS = {"tax_id": "86095742719", "correct": "yes"}
FORM = "application/x-www-form-urlencoded"


class Browser:
    """One person's connection to the portal, with its cookies."""

    def __init__(self, address: str, times: dict[str, list[float]], *, number: int, looks: float) -> None:
        self.own = f"198.18.{number // 250 % 250}.{number % 250 + 1}"
        self.http = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self.cookies: dict[str, str] = {}
        self.times, self.looks = times, looks

    def ask(self, method: str, path: str, fields: list[tuple[str, str]] | None = None) -> tuple[int, str, str]:
        """Status, where to go next, and the page."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = {"Cookie": cookies, "X-Forwarded-For": self.own}
        body = urlencode(fields) if fields is not None else None
        if body is not None:
            head["Content-Type"] = FORM
        time.sleep(self.looks)
        begin = time.perf_counter()
        self.http.request(method, path, body, head)
        response = self.http.getresponse()
        text = response.read()
        self.times[f"{method} {path}"].append(1000 * (time.perf_counter() - begin))
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.strip().partition("=")
                self.cookies[key] = rest.split(";")[0]
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status}")
        return response.status, response.getheader("Location") or "", "" if text[:4] == b"%PDF" else text.decode()


def journey(browser: Browser, pin: str, born: date) -> None:
    """From the login to the receipt, as a browser without script and with cached files would."""
    page = browser.ask("GET", "/")[2]
    birth = [("birth.day", str(born.day)), ("birth.month", str(born.month)), ("birth.year", str(born.year))]
    _status, there, _page = browser.ask("POST", "/", [*HIDDEN.findall(page), ("pin", pin), *birth])
    page = browser.ask("GET", there)[2]
    there = page.split('kern-btn--primary" href="', 1)[1].split('"', 1)[0]
    while True:
        page = browser.ask("GET", there)[2]
        fields = list(HIDDEN.findall(page))
        if there == "/pruefen":
            break
        asked = [value for name, value in fields if name == "asked"]
        fields += [(name, value) for name, value in ANSWERS.items() if name in asked]
        there = browser.ask("POST", there, [*fields, ("go", "next")])[1]
    there = browser.ask("POST", there, [*fields, ("go", "submit")])[1]
    browser.ask("GET", there)
    browser.ask("GET", "/quittung")


def visit_all(
    address: str,
    waiting: Queue[tuple[str, date]],
    times: dict[str, list[float]],
    faults: list[str],
    looks: float,
) -> None:
    """Journeys until nobody is left."""
    while True:
        try:
            pin, born = waiting.get_nowait()
        except Empty:
            return
        try:
            journey(Browser(address, times, number=waiting.qsize(), looks=looks), pin, born)
        except Exception as error:  # one that fails fails the benchmark
            faults.append(f"{type(error).__name__}: {error}")
            return


def main() -> None:
    """Let everybody answer."""
    path, users = Path(sys.argv[1]), int(sys.argv[2])
    with path.open(encoding="utf-8", newline="") as stream:
        people = [(row["pin"], date.fromisoformat(row["birth_date"])) for row in csv.DictReader(stream, delimiter=";")]
    os.environ["DUNKELWERK_TRUSTED_PROXIES"] = "127.0.0.1"
    half = users + (len(people) - users) // 2
    with portal(DAY) as address:
        run(address, people[:users], users, looks=0.0)
        said = [
            measure(address, people[users:half], users, looks=0.0),
            measure(address, people[half:], users, looks=LOOKS),
        ]
    print(json.dumps(said))


def measure(address: str, people: list[tuple[str, date]], users: int, *, looks: float) -> dict[str, Any]:
    """What a run took."""
    begin = time.monotonic()
    times = run(address, people, users, looks=looks)
    seconds = time.monotonic() - begin
    every = [each for found in times.values() for each in found]
    slowest = sorted(((median(found), name) for name, found in times.items()), reverse=True)[:5]
    return {
        "journeys": len(people),
        "seconds": seconds,
        "pages": len(every),
        "median_ms": median(every),
        "p95_ms": quantiles(every, n=20)[-1],
        "slowest": {name: round(value, 1) for value, name in slowest},
    }


def run(address: str, people: list[tuple[str, date]], users: int, *, looks: float) -> dict[str, list[float]]:
    """So many at a time; milliseconds by request. Exits where one of them was refused."""
    waiting: Queue[tuple[str, date]] = Queue()
    for each in people:
        waiting.put(each)
    times: dict[str, list[float]] = defaultdict(list)
    faults: list[str] = []
    threads = [threading.Thread(target=visit_all, args=(address, waiting, times, faults, looks)) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        sys.exit(f"{len(faults)} journeys failed, e.g. {faults[0]}")
    return times


if __name__ == "__main__":
    main()
