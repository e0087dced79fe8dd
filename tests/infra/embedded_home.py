"""Helpers of the tests of the embedded database: homes that clean up, users that are processes of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from dunkelwerk.infra import embedded
from dunkelwerk.infra.embedded_place import locate

USER = "import sys; from dunkelwerk.infra import embedded; print(embedded.connect_url(), flush=True); sys.stdin.read()"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: accounts and mounts")


def set_environment(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """A short grace, and settings that make tests fast."""
    values = {
        "DUNKELWERK_EMBEDDED_GRACE": "0.2",
        "DUNKELWERK_EMBEDDED_OPTIONS": "-c fsync=off -c shared_buffers=16MB",
    }
    for name, value in (values | more).items():
        monkeypatch.setenv(name, value)


#: a user who is there, and comes when it is told to
LATER = (
    "import sys; from dunkelwerk.infra import embedded; print('here', flush=True); sys.stdin.readline(); "
    "print(embedded.connect_url(), flush=True); sys.stdin.read()"
)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder (0700) with a short name, in memory if there is room: a cluster is a thousand files."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
    with tempfile.TemporaryDirectory(prefix="dw", dir=memory if roomy else "/tmp") as name:
        yield Path(name)


@contextmanager
def temporary_home(folder: Path) -> Iterator[Path]:
    """A home below ``folder``; at the end this process is no user any more and the server is stopped."""
    home = folder / "home"
    try:
        yield home
    finally:
        forget(home)
        # What is not our database any more (a test of a refusal) has no server either.
        if embedded.status(home).server_pid is not None:
            embedded.stop(home)
        wait_until(lambda: embedded.status(home).watchdog_pid is None)


def forget(home: Path) -> None:
    """Let this process be no user of ``home`` any more."""
    embedded.release(locate(home))


def wait_until(condition: Callable[[], bool], *, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"still waiting after {seconds} s")
        time.sleep(0.01)


def is_stopped(home: Path) -> bool:
    found = embedded.status(home)
    return found.server_pid is None and found.watchdog_pid is None


def server_pid(home: Path) -> int:
    found = embedded.status(home).server_pid
    assert found is not None, "no server runs"
    return found


def watchdog_pid(home: Path) -> int:
    found = embedded.status(home).watchdog_pid
    assert found is not None, "no watchdog runs"
    return found


def query(url: str, statement: str) -> object:
    """The first value that a statement gives."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def server_account() -> pwd.struct_passwd:
    """Who owns the data: ourselves, or the service account if we are root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("dunkelwerk")
    except KeyError:
        return pwd.getpwnam("nobody")


class User:
    """A program that uses the database of ``home`` until it is told to end."""

    def __init__(self, home: Path, *, code: str = USER, prefix: Sequence[str] = ()) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-c", code],
            env={**os.environ, "DUNKELWERK_HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        """The address it got; waits for it."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line.startswith("postgresql://"), line
        return line

    def come(self) -> None:
        """Let somebody who is there (``LATER``) use it."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def leave(self) -> None:
        """End in the regular way."""
        self.process.communicate(timeout=240)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=240)
