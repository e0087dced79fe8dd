"""A database for each test: a copy of one that is made once, on an embedded server that runs while the tests run.

- ``database_url``: an empty register with all tables, and ``DATABASE_URL`` set to it. For ``psycopg.connect`` (as
  the owner of all tables) and for whatever a test starts.
- ``run_cli("load", path, DUNKELWERK_TODAY="2026-11-02")``: the installed command, a process of its own, on that
  database.
- ``django_database``: the same database for code of ours that runs inside the test.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import hypothesis
import psycopg
import pytest

from progress_lines import without_progress

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c shared_buffers=64MB"
MIGRATE = "from dunkelwerk.infra import database; database.start()"
#: what would change the outcome of a test where a developer has it set
OWN_SETTINGS = (
    "DATABASE_OWNER_URL",
    "COLUMNS",
    "LINES",
    *(
        f"DUNKELWERK_{name}"
        for name in ("TODAY", "MODE", "LANGUAGE", "PARAMETERS", "KEY_FILE", "TABLES", "LETTERS", "ACTOR")
    ),
)
SECONDS = 240
# how long an example takes is the machine's, not the code's; each run tries the same ones, and none fails by chance
hypothesis.settings.register_profile(
    "untimed", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")
_numbers = count(1)


class RunCli(Protocol):
    """Runs ``dunkelwerk`` with arguments and further variables of the environment; the finished process, with texts.

    How far it is, which it says on a slow machine only, is left out of them.
    """

    def __call__(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture(scope="session", autouse=True)
def no_progress() -> None:
    """Commands that run inside a test never say how far they are: whether they would is a matter of speed."""
    from dunkelwerk.infra import progress

    progress.SECONDS_BETWEEN_LINES = math.inf


@pytest.fixture(scope="session")
def template_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server, and the address of a database with all tables, which nobody may use but to copy it."""
    from dunkelwerk.infra import embedded
    from dunkelwerk.infra.embedded_place import locate

    home = tmp_path_factory.mktemp("database")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUNKELWERK_EMBEDDED_OPTIONS", FAST)
        url = embedded.connect_url(home)
    try:
        subprocess.run([sys.executable, "-c", MIGRATE], env={**os.environ, "DATABASE_URL": url}, check=True)
        yield url
    finally:
        embedded.release(locate(home))
        embedded.stop(home)


@pytest.fixture
def database_url(template_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of its own, with all tables and no rows."""
    template, name = urlsplit(template_url).path.lstrip("/"), f"test_{next(_numbers)}"
    with psycopg.connect(with_database(template_url, "postgres"), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        for setting in OWN_SETTINGS:
            monkeypatch.delenv(setting, raising=False)
        monkeypatch.setenv("DATABASE_URL", with_database(template_url, name))
        monkeypatch.setenv("DUNKELWERK_HOME", str(tmp_path / "dunkelwerk-home"))
        yield with_database(template_url, name)
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def with_database(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@pytest.fixture
def run_cli(database_url: str) -> RunCli:
    """The command, on this test's database."""
    command = Path(sys.executable).with_name("dunkelwerk")

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [command, *map(str, arguments)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        done.stderr = without_progress(done.stderr)
        return done

    return run


@pytest.fixture
def django_database(database_url: str) -> Iterator[str]:
    """Django, which can be configured only once a process, pointed at this test's database."""
    from django.conf import settings

    from dunkelwerk.infra import database

    if not settings.configured:
        database.start()
    from django.db import connections

    connections.close_all()
    for alias in ("default", "owner"):
        kept = connections.settings[alias]["OPTIONS"]
        connections.settings[alias].update(database.database(database_url), OPTIONS=kept)
    yield database_url
    connections.close_all()


@pytest.fixture
def patient_sessions(django_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of a test wait for a lock as long as it takes, not five seconds: their meeting is what is tested."""
    from django.db import connections

    monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "options", f"-c lock_timeout={SECONDS}s")
