"""The simulated insurer's database: an embedded server of its own, with snapshots; workers as forked processes."""

from __future__ import annotations

import faulthandler
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg
from psycopg.rows import dict_row

#: a server that is killed loses no commit, for the kernel has its log; only a power cut would
FAST = "-c fsync=off -c autovacuum=off -c shared_buffers=32MB -c max_connections=30"
CUT_SESSIONS = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s"
#: a child that takes longer hangs
CHILD_SECONDS = 240.0
SNAPSHOT = "morning"
#: of the program itself, as an operator's environment might set them
OWN_SETTINGS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DUNKELWERK_MODE", "DUNKELWERK_PARAMETERS", "DUNKELWERK_KEY_FILE")


T = TypeVar("T")


class Hung(Exception):
    """A worker did not end."""


class Home:
    """One home directory with its server. Only one per process: Django is configured for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._session: psycopg.Connection[dict[str, Any]] | None = None
        for name in OWN_SETTINGS:
            os.environ.pop(name, None)
        os.environ["DUNKELWERK_HOME"] = str(folder / "home")
        os.environ["DUNKELWERK_EMBEDDED_OPTIONS"] = FAST
        os.environ["DUNKELWERK_EMBEDDED_GRACE"] = "1"
        from dunkelwerk.infra import database, embedded

        database.start()
        self.url = embedded.connect_url()
        self.name = urlsplit(self.url).path.lstrip("/")

    def close(self) -> None:
        """Stop the server, and leave nothing behind."""
        from dunkelwerk.infra import embedded
        from dunkelwerk.infra.embedded_place import locate

        self.hang_up()
        embedded.release(locate(None))
        embedded.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def hang_up(self) -> None:
        """Close this process's connections, before a fork or a copy."""
        from django.db import connections

        for each in connections.all():
            with suppress(Exception):
                each.close()
        if self._session is not None:
            self._session.close()
            self._session = None

    def revive(self) -> None:
        """After an outage: the server runs again, and the next statement connects anew."""
        from dunkelwerk.infra import database

        end = time.monotonic() + CHILD_SECONDS
        while True:
            database.reconnect()
            self.hang_up()
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query, read by somebody else."""

        def read() -> list[dict[str, Any]]:
            return self._others().execute(query.encode(), parameters or None).fetchall()

        return self._patiently(read)

    def run(self, statement: str, *parameters: Any) -> int:
        """Change something as its owner; the number of rows. Must bear being done twice."""

        def write() -> int:
            return self._others().execute(statement.encode(), parameters or None).rowcount

        return self._patiently(write)

    def _others(self) -> psycopg.Connection[dict[str, Any]]:
        """A session of somebody else, who may do everything."""
        if self._session is None:
            self._session = psycopg.connect(self.url, row_factory=dict_row, autocommit=True)
        return self._session

    def _patiently(self, attempt: Callable[[], T]) -> T:
        for _n in range(5):
            try:
                return attempt()
            except psycopg.OperationalError:
                self.revive()
        return attempt()

    def keep(self) -> None:
        """Remember the database as it is now."""
        self._copy(self.name, SNAPSHOT)
        keys = self.folder / "home" / "keys.json"
        if keys.exists():
            shutil.copy2(keys, self.folder / "keys.json")

    def return_to_kept(self) -> None:
        """Make the database what it was when it was kept."""
        self._copy(SNAPSHOT, self.name)
        keys = self.folder / "keys.json"
        if keys.exists():
            shutil.copy2(keys, self.folder / "home" / "keys.json")

    def _copy(self, source: str, target: str) -> None:
        self.revive()
        with psycopg.connect(urlsplit(self.url)._replace(path="/postgres").geturl(), autocommit=True) as server:
            for name in (source, target):
                server.execute(CUT_SESSIONS, (name,))
            server.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)'.encode())
            server.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY'.encode())

    def fork(self, work: Callable[[], object]) -> Child:
        """Do something in a process of its own, which may be killed."""
        self.hang_up()
        sys.stdout.flush()
        sys.stderr.flush()
        report = self.folder / f"child-{time.monotonic_ns()}"
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                faulthandler.dump_traceback_later(CHILD_SECONDS - 3, file=report.open("w"))
                work()
                report.unlink()
                code = 0
            except BaseException:
                report.write_text(traceback.format_exc(), "utf-8")
            finally:
                os._exit(code)
        return Child(pid, report)

    def kill_server(self, how: signal.Signals) -> bool:
        """Kill the server (SIGKILL) or have it drop everything (SIGQUIT); False where none runs."""
        from dunkelwerk.infra import embedded

        pid = embedded.status().server_pid
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        return True


class Child:
    """A forked process."""

    def __init__(self, pid: int, report: Path) -> None:
        self.pid, self._report = pid, report
        self.status: int | None = None

    def poll(self) -> bool:
        """Whether it has ended."""
        if self.status is None:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if found else None
        return self.status is not None

    def kill(self) -> bool:
        """Kill it; whether it was still at work."""
        if self.poll():
            return False
        os.kill(self.pid, signal.SIGKILL)
        self.status = os.waitpid(self.pid, 0)[1]
        return os.WIFSIGNALED(self.status)

    def wait(self) -> str | None:
        """Wait for its end; what it failed of, None where it succeeded. Raises Hung."""
        end = time.monotonic() + CHILD_SECONDS
        while not self.poll():
            if time.monotonic() > end:
                self.kill()
                where = self._report.read_text("utf-8") if self._report.exists() else ""
                raise Hung(f"a worker did not end within {CHILD_SECONDS:.0f} s: {where}")
            time.sleep(0.003)
        fault = self._report.read_text("utf-8") if self._report.exists() and self.status != signal.SIGKILL else None
        self._report.unlink(missing_ok=True)
        return fault if fault or self.status in (0, signal.SIGKILL) else f"ended with status {self.status}"
