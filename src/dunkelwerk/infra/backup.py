"""Backing up the database and restoring it, by PostgreSQL's own ``pg_dump`` and ``pg_restore``.

A backup is one consistent moment, taken while work goes on. It holds sealed records and wrapped data keys, but not the
key file that opens them (``infra/keys.py``): whoever has one of the two has nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dunkelwerk.infra.database import find_urls
from dunkelwerk.infra.embedded import EmbeddedDatabaseError
from dunkelwerk.infra.embedded_cluster import installed_binaries
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.migrating import ENSURE_ROLE
from dunkelwerk.infra.progress import progress

CONNECT_SECONDS = 10
#: every table of a database of ours has this one beside it
MARK = "django_migrations"
TABLES = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
#: what the programs say, being asked to say all, when they come to the rows of a table
NEXT_TABLE = re.compile(r"(?:dumping contents of|processing data for) table")
ERROR = re.compile(r"error: (?:could not execute query: )?(?:ERROR: )?\s*(.+)")
#: tables, views and sequences of anybody, but not PostgreSQL's own
FOREIGN_TABLES = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^(pg_|information_schema$)' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""


def dump(path: Path) -> int:
    """Write a backup, readable by its owner alone, that appears under its name when it is complete. Its size in bytes.

    Raises CommandError where the database or the file cannot be had.
    """
    url = find_urls().owner
    with session(url) as cursor:
        cursor.execute("SELECT to_regclass(%s)", (MARK,))
        if cursor.fetchone()[0] is None:
            raise CommandError(_("In dieser Datenbank ist noch nichts von Dunkelwerk, es gibt nichts zu sichern."))
        program = find_program("pg_dump", server_version(cursor))
        cursor.execute(TABLES)
        tables = int(cursor.fetchone()[0])
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "rb") as stream:
            run([program, "--format=custom", f"--file={part}"], url, label=_("Tabellen gesichert"), tables=tables)
            os.fsync(stream.fileno())
        size = part.stat().st_size
        part.replace(path)
    except OSError as error:
        raise CommandError(_("{path}: nicht schreibbar ({reason}).").format(path=path, reason=error.strerror)) from None
    finally:
        part.unlink(missing_ok=True)
    return size


def restore(path: Path) -> None:
    """Bring a backup into an empty database, in one transaction: all of it or nothing.

    Everything belongs to the login that restores; the rights of the application's role come with the backup. Raises
    CommandError for a database that holds something, and for a file that is no backup.
    """
    url = find_urls().owner
    with session(url) as cursor:
        program = find_program("pg_restore", server_version(cursor))
        tables = count_tables(path, program)
        ensure_empty(cursor)
        cursor.execute(ENSURE_ROLE)
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-comments"]
        run([program, *options, str(path)], url, label=_("Tabellen eingespielt"), tables=tables)
        cursor.execute("ANALYZE")  # a backup holds no statistics: without them the first day would be slow


@contextmanager
def session(url: str) -> Iterator[Any]:
    """A cursor of the owner, each statement for itself; raises CommandError where the database is away."""
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
            yield connection.cursor()
    except psycopg.Error as error:
        fault = " ".join(str(error).split())
        raise CommandError(_("Die Datenbank ist nicht erreichbar: {fault}").format(fault=fault)) from None


def server_version(cursor: Any) -> int:
    """The server's major version."""
    return int(cursor.connection.info.server_version) // 10_000


def ensure_empty(cursor: Any) -> None:
    """Raise CommandError for a database that holds tables: a restore never mixes two."""
    cursor.execute(FOREIGN_TABLES)
    if count := cursor.fetchone()[0]:
        message = _(
            "Die Datenbank ist nicht leer ({count} Tabellen und Folgen); bitte in eine neue einspielen, mit "
            "DATABASE_URL oder einem neuen DUNKELWERK_HOME."
        )
        raise CommandError(message.format(count=count))


def count_tables(path: Path, program: str) -> int:
    """The number of tables in a backup; raises CommandError for a file that is no backup of ours."""
    listed = subprocess.run([program, "--list", str(path)], capture_output=True, text=True, check=False)
    if listed.returncode or MARK not in listed.stdout:
        message = _("{path}: das ist keine vollständige Sicherung von Dunkelwerk; bitte eine andere Datei nennen.")
        raise CommandError(message.format(path=path))
    return listed.stdout.count(" TABLE DATA ")


def find_program(name: str, version: int) -> str:
    """PostgreSQL's program of the server's major version; raises CommandError where the machine has none.

    The one that comes with the embedded database speaks no TLS, so the machine's own goes first.
    """
    candidates = [f"/usr/lib/postgresql/{version}/bin/{name}", shutil.which(name)]
    try:
        candidates.append(str(installed_binaries() / name))
    except EmbeddedDatabaseError:
        candidates.append(None)
    for candidate in candidates:
        if candidate and program_version(candidate) == version:
            return candidate
    message = _("{name} der Version {version} fehlt; bitte das Paket postgresql-client-{version} installieren.")
    raise CommandError(message.format(name=name, version=version))


def program_version(program: str) -> int | None:
    """The major version that a program says it has; None where it does not run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else None


def run(command: Sequence[str], url: str, *, label: str, tables: int) -> None:
    """Run a program of PostgreSQL on a database, with progress; raises CommandError if it fails.

    The password goes through the environment: other users of the machine see the arguments.
    """
    parts = conninfo_to_dict(url)
    password = str(parts.pop("password", "") or "")
    environment = {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": password} if password else {})}
    fault = None
    with (
        progress(label, tables) as advance,
        subprocess.Popen(
            [*command, "--verbose", "--no-password", f"--dbname={make_conninfo(**parts)}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process,
    ):
        for line in process.stderr or ():
            fault = fault or error_in(line)
            if NEXT_TABLE.search(line):
                advance(1)
    if process.returncode:
        message = _("{program} ist gescheitert: {fault}")
        raise CommandError(message.format(program=Path(command[0]).name, fault=fault or "?"))


def error_in(line: str) -> str | None:
    """The error that a program says in a line. Only that: the lines after it may quote rows."""
    found = ERROR.search(line)
    return found[1].strip() if found else None
