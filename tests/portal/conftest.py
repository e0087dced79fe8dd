"""The portal inside the test (``client``), and the real server on a free port (``live_portal``) for a real browser.

- ``new_dialogue("tax_id")``: a dialogue on this test's database, with its PIN.
- ``client``: Django's test client, nobody logged in; ``logged_in("tax_id")``: somebody is.
- ``live_portal``: the address of ``dunkelwerk serve``, a process of its own, stopped at the end by its id.
- ``browser``: Debian's Chromium.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

HERE = Path(__file__).parent
BORN = date(1957, 8, 12)
#: seconds; whatever takes longer has come to a stop
PATIENCE = 120.0
CHROMIUM = Path("/usr/bin/chromium")
#: as root, in a sandbox, without a graphics card, and without a word to anybody else
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_numbers = count(1)


class Given(NamedTuple):
    """A dialogue that was made for a test."""

    id: int
    reference: str
    pin: str
    born: date = BORN

    @property
    def secrets(self) -> dict[str, str]:
        """What its person types to log in."""
        return {
            "pin": self.pin,
            "birth.day": str(self.born.day),
            "birth.month": str(self.born.month),
            "birth.year": str(self.born.year),
        }


NewDialogue = Callable[..., Given]


@pytest.fixture
def new_dialogue(django_database: str, monkeypatch: pytest.MonkeyPatch) -> NewDialogue:
    """Makes dialogues."""
    monkeypatch.setenv("DUNKELWERK_TODAY", "2026-11-22")

    def make(type: str = "everything", **prefill: Any) -> Given:
        from dunkelwerk.dialogues import operations, shipped, type_versions
        from dunkelwerk.dialogues.records import Person

        own = HERE / f"{type}.yaml"
        if own.is_file():
            type_versions.publish(shipped.read_file(own), actor="test")
        person = Person(
            external_id=f"M-{next(_numbers)}",
            salutation="Frau",
            first_name="Erika",
            last_name="Mustermann",
            street="Heidestraße",
            house_number="17",
            postal_code="51147",
            city="Köln",
            birth_date=BORN,
        )
        made = operations.create_dialogue(type, person, prefill=prefill, actor="test")
        return Given(made.dialogue, made.reference, made.pin)

    return make


@pytest.fixture
def client(django_database: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Nobody is logged in."""
    monkeypatch.setenv("DUNKELWERK_TODAY", "2026-11-22")
    for name in ("DUNKELWERK_PORTAL_URL", "DUNKELWERK_PORTAL", "DUNKELWERK_TRUSTED_PROXIES"):
        monkeypatch.delenv(name, raising=False)
    from dunkelwerk.site import settings

    settings.configure()
    from portal_support import PageClient

    return PageClient(headers={"accept-language": "de"})


@pytest.fixture
def logged_in(client: Any, new_dialogue: NewDialogue) -> Callable[..., tuple[Any, Given]]:
    """A client that has logged in to a new dialogue, and the dialogue."""

    def log_in(type: str = "everything", **prefill: Any) -> tuple[Any, Given]:
        given = new_dialogue(type, **prefill)
        assert client.post("/", given.secrets).status_code == 302
        return client, given

    return log_in


@pytest.fixture
def live_portal(django_database: str, tmp_path: Path) -> Iterator[str]:
    """``dunkelwerk serve`` on this test's database."""
    port, log = free_port(), tmp_path / "serve.log"
    command = [Path(sys.executable).with_name("dunkelwerk"), "serve", "--port", str(port), "--workers", "1"]
    environment = {**os.environ, "DUNKELWERK_TODAY": "2026-11-22"}
    with log.open("w") as stream:
        server = subprocess.Popen(command, env=environment, stdout=stream, stderr=stream)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)


def free_port() -> int:
    """A port that nobody listens on, and that no connection is given as its own end while the server is not there.

    Processes that test at the same time choose among different ones.
    """
    own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16
    while True:
        port = random.randrange(15_000 + own, 32_000, 16)  # below what the system gives away
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; fails with what it said if it does not."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        try:
            with urlopen(address, timeout=20):
                return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(log.read_text())


class PatientBrowser:
    """A browser whose pages wait long for what is to come: how fast it comes is the machine's matter."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser

    def new_context(self, **how: Any) -> Any:
        """Somebody's own cookies and pages."""
        context = self._browser.new_context(**how)
        context.set_default_timeout(PATIENCE * 1000)
        return context


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window. While it is there, Django must not mind Playwright's event loop in this thread."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, timeout=PATIENCE * 1000)
        yield PatientBrowser(running)
        running.close()
