"""For each module of journeys: a site of its own (database, server process), and a browser.

Playwright runs an event loop in this thread while its browser is open, so the browser ends with the module, and what
these tests want of the program they ask by its commands and its pages alone.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "runner"))

from browser_support import AXE, Visitor
from playwright.sync_api import Browser, sync_playwright
from site_support import PATIENCE, Site

_numbers = count(1)


@pytest.fixture(scope="module")
def site_settings() -> dict[str, str]:
    """Settings of the module's server beside the usual ones; a module may say its own.

    Who has failed too often waits longer than any test takes;
    ``tests/dialogues/test_login_limits.py`` has the usual wait.
    """
    return {"DUNKELWERK_LOGIN_FIRST_WAIT": "900"}


@pytest.fixture(scope="module")
def own_database(template_url: str) -> Iterator[str]:
    """An empty database with all tables."""
    parts, name = urlsplit(template_url), f"journey_{next(_numbers)}"
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{parts.path.lstrip("/")}"'.encode())
        yield parts._replace(path=f"/{name}").geturl()
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="module")
def site(own_database: str, tmp_path_factory: pytest.TempPathFactory, site_settings: dict[str, str]) -> Iterator[Site]:
    """The product, running."""
    made = Site(tmp_path_factory.mktemp("site"), own_database, **site_settings)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: apt-get install chromium"
    assert AXE.is_file(), "axe-core is missing: make node_modules/.package-lock.json"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        found = playwright.chromium.launch(executable_path=program, args=flags, timeout=PATIENCE * 1000)
        yield found
        found.close()


@pytest.fixture
def visitors(site: Site, browser: Browser) -> Iterator[list[Visitor]]:
    """Whoever visits during a test; afterwards each must have seen nothing that is wrong on any page."""
    came: list[Visitor] = []
    yield came
    troubles = [trouble for each in came for trouble in each.troubles()]
    for each in came:
        each.close()
    assert troubles == []
