"""Where the embedded PostgreSQL lives: names of files, locks, secrets, and sentences for what goes wrong there.

    HOME/postgresql/            0700, of the user who runs Dunkelwerk
        data/                   the cluster, of the account that runs the server
        password                of the role ``dunkelwerk``, 0600
        superuser.password      of the role ``postgres``, for maintenance only, 0600
        server.log              warnings and errors, never values of rows
        users.lock              shared: one holder per process that uses the database
        start.lock              exclusive: whoever starts or stops the server
        server.lock             exclusive: inherited by every process of the server, free only when all are gone
        watchdog.lock           exclusive: the watchdog, whose process id it contains

All locks are ``flock``: the kernel releases them when the last holder of the open file is gone, however it died.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pwd
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dunkelwerk.infra.i18n import _

NEW_DATA = "data.new-"
_OWN_NAMES = re.compile(
    r"data(\.new-.*)?|(superuser\.)?password(\.new)?|server\.log(\.1)?|(users|start|server|watchdog)\.lock"
)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL_MARKS = ("No space left on device", "quota exceeded", "Check free disk space", "wrote only")
_SMALLEST_FREE_SPACE = 1024 * 1024  # bytes; below it PostgreSQL cannot even write why it failed
_MESSAGE = re.compile(r"(?:FATAL|PANIC|ERROR|error):\s*(.+)")


class EmbeddedDatabaseError(Exception):
    """The embedded database cannot be used; the text is one sentence for the person in front of the screen."""


@dataclass(frozen=True)
class Place:
    """The files of the embedded database under one home directory."""

    home: Path

    @property
    def area(self) -> Path:
        return self.home / "postgresql"

    @property
    def data(self) -> Path:
        return self.area / "data"

    @property
    def password(self) -> Path:
        return self.area / "password"

    @property
    def superuser_password(self) -> Path:
        return self.area / "superuser.password"

    @property
    def log(self) -> Path:
        return self.area / "server.log"

    @property
    def users_lock(self) -> Path:
        return self.area / "users.lock"

    @property
    def start_lock(self) -> Path:
        return self.area / "start.lock"

    @property
    def server_lock(self) -> Path:
        return self.area / "server.lock"

    @property
    def watchdog_lock(self) -> Path:
        return self.area / "watchdog.lock"


def default_home() -> Path:
    """``DUNKELWERK_HOME``, else ``/var/lib/dunkelwerk`` for root and ``~/.local/share/dunkelwerk`` for anybody else."""
    given = os.environ.get("DUNKELWERK_HOME")
    if given:
        return Path(given).expanduser().absolute()
    if is_root():
        return Path("/var/lib/dunkelwerk")
    try:
        return Path.home() / ".local/share/dunkelwerk"
    except RuntimeError as error:
        text = _(
            "Der Benutzer hat kein Heimatverzeichnis; nennen Sie mit DUNKELWERK_HOME ein Verzeichnis für die Daten."
        )
        raise EmbeddedDatabaseError(text) from error


def locate(home: Path | None) -> Place:
    """The place under ``home``, or under the default; symbolic links are resolved, nothing is created."""
    return Place(Path(os.path.realpath(home or default_home())))


def is_root() -> bool:
    return os.geteuid() == 0


def user_name(uid: int) -> str:
    """The login name of ``uid``, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def create_area(place: Place) -> None:
    """Make the folder if needed, and refuse one that somebody else owns or fills."""
    with explain(place.home):
        os.makedirs(place.home, mode=0o700, exist_ok=True)
        if (place.home / "PG_VERSION").exists():
            raise foreign(place.home)
    with explain(place.area):
        place.area.mkdir(mode=0o700, exist_ok=True)
        _check_owner(place.area)
        if not place.data.exists():
            _check_names(place.area)


def _check_owner(area: Path) -> None:
    # Root does not follow a link here: whoever may write in the home could point it at /etc.
    found = area.lstat() if is_root() else area.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise foreign(area)
    if found.st_uid != os.geteuid():
        raise other_owner(area, found.st_uid)


def _check_names(area: Path) -> None:
    if not all(_OWN_NAMES.fullmatch(name) for name in os.listdir(area)):
        raise foreign(area)


def read_or_create_secret(path: Path) -> str:
    """The secret in ``path``; a new one of 256 bits is written (0600) where there is none. Needs ``start.lock``."""
    with explain(path):
        if not path.exists():
            _write_secret(path, secrets.token_urlsafe(32))
        return path.read_text().strip()


def _write_secret(path: Path, secret: str) -> None:
    # By way of another name: a disk that is full must not leave an empty secret behind.
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(secret)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)


def open_lock(path: Path) -> int:
    """A file descriptor on the lock file, which is created if needed; a program started by ``exec`` does not get it."""
    with explain(path):
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(path: Path) -> int | None:
    """The descriptor that holds the exclusive lock, or None if somebody else holds it."""
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the exclusive lock, waiting for it as long as it takes."""
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        # Closing alone would not do, had another thread forked a child meanwhile: it has the same open file.
        fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)


def same_file(handle: int, path: Path) -> bool:
    """Whether the open file is still the one that stands at ``path``, and not one deleted since."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


@contextmanager
def explain(path: Path) -> Iterator[None]:
    """Turn an error of the operating system about ``path`` into a sentence."""
    try:
        yield
    except OSError as error:
        raise _explain_error(error, path) from error


def _explain_error(error: OSError, path: Path) -> EmbeddedDatabaseError:
    if error.errno in _FULL:
        return disk_full(path)
    if error.errno in _DENIED:
        return not_permitted(path, user_name(os.geteuid()))
    if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.ELOOP):
        return foreign(path)
    text = _("Auf „{path}“ kann nicht zugegriffen werden ({reason}); prüfen Sie den Datenträger und die Rechte.")
    return EmbeddedDatabaseError(text.format(path=path, reason=error.strerror))


def explain_output(text: str, place: Place, *, account: str) -> EmbeddedDatabaseError:
    """The sentence for a program of PostgreSQL that failed with this output (in English), run by ``account``."""
    if any(mark in text for mark in _FULL_MARKS) or _free_space(place.area) < _SMALLEST_FREE_SPACE:
        return disk_full(place.area)
    if "Permission denied" in text or "Read-only file system" in text:
        return not_permitted(place.data, account)
    if "Cannot allocate memory" in text:
        message = _("Für PostgreSQL in „{path}“ reicht der Arbeitsspeicher nicht; beenden Sie andere Programme.")
        return EmbeddedDatabaseError(message.format(path=place.data))
    reasons = _MESSAGE.findall(text) or text.strip().splitlines()[-1:] or ["?"]
    message = _("PostgreSQL lässt sich in „{path}“ nicht starten ({reason}); mehr steht in „{log}“.")
    return EmbeddedDatabaseError(message.format(path=place.data, reason=reasons[-1].strip(), log=place.log))


def _free_space(path: Path) -> int:
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def disk_full(path: Path) -> EmbeddedDatabaseError:
    text = _("Auf dem Datenträger von „{path}“ ist kein Platz mehr; schaffen Sie Platz und starten Sie noch einmal.")
    return EmbeddedDatabaseError(text.format(path=path))


def not_permitted(path: Path, account: str) -> EmbeddedDatabaseError:
    text = _(
        "„{account}“ darf in „{path}“ nicht lesen und schreiben; geben Sie das Verzeichnis frei "
        "oder nennen Sie mit DUNKELWERK_HOME ein anderes."
    )
    return EmbeddedDatabaseError(text.format(account=account, path=path))


def other_owner(path: Path, uid: int) -> EmbeddedDatabaseError:
    text = _(
        "„{path}“ gehört dem Benutzer „{owner}“; starten Sie Dunkelwerk als dieser Benutzer "
        "oder nennen Sie mit DUNKELWERK_HOME ein anderes Verzeichnis."
    )
    return EmbeddedDatabaseError(text.format(path=path, owner=user_name(uid)))


def foreign(path: Path) -> EmbeddedDatabaseError:
    text = _(
        "„{path}“ ist kein Verzeichnis von Dunkelwerk und enthält schon etwas anderes; "
        "räumen Sie es weg oder nennen Sie mit DUNKELWERK_HOME ein anderes."
    )
    return EmbeddedDatabaseError(text.format(path=path))
