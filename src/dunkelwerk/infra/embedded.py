"""The PostgreSQL that Dunkelwerk brings along, for whoever sets no DATABASE_URL.

One call, ``connect_url()``: afterwards the server runs on the data in the home directory, and runs as long as any
process that made the call lives. Nobody has to start or stop anything.

1. ``register`` takes a shared lock on ``users.lock``, kept until the process ends.
2. ``prepare_cluster`` makes the data directory the first time, ``ensure_watchdog`` starts the process that stops the
   server after its last user, ``start_server`` starts it; all three only if needed, and one program at a time.
3. ``build_url`` gives the address: a socket in the data directory, role and database ``dunkelwerk``.

Rules of the environment: ``DUNKELWERK_HOME`` names the directory, ``DUNKELWERK_EMBEDDED_GRACE`` the seconds the server
outlives its last user (2), ``DUNKELWERK_EMBEDDED_OPTIONS`` further settings such as ``-c shared_buffers=1GB``. Linux
only (``/proc``, ``flock``, ``memfd``).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from dunkelwerk.infra.embedded_cluster import DATABASE, ROLE, cluster_version, prepare_cluster
from dunkelwerk.infra.embedded_place import (
    EmbeddedDatabaseError,
    Place,
    create_area,
    default_home,
    exclusive,
    explain,
    is_root,
    locate,
    open_lock,
    other_owner,
    read_or_create_secret,
    same_file,
)
from dunkelwerk.infra.embedded_server import PORT, State, find_server, start_server, stop_server
from dunkelwerk.infra.embedded_watchdog import ensure_watchdog, find_watchdog

__all__ = ["EmbeddedDatabaseError", "Status", "connect_url", "default_home", "status", "stop"]

_LONGEST_SOCKET_PATH = 106  # bytes: sockaddr_un has room for 108, some clients want one to spare


@dataclass(frozen=True)
class Status:
    """What runs in a home directory at this moment.

    ``version`` is PostgreSQL's major version of the data, None before the first start; ``state`` is ``starting``,
    ``ready`` or ``stopping``, None without a server; ``in_use`` says whether any process is registered as a user.
    """

    home: Path
    version: int | None
    state: str | None
    server_pid: int | None
    watchdog_pid: int | None
    in_use: bool


@dataclass(frozen=True)
class _Registration:
    """The shared lock by which a process is a user: its open file, and which file that was."""

    pid: int
    handle: int
    file: os.stat_result

    def is_valid(self) -> bool:
        """Whether this very process took it and the number still stands for that file, not for one opened since."""
        try:
            return self.pid == os.getpid() and os.path.samestat(self.file, os.fstat(self.handle))
        except OSError:
            return False


_registrations: dict[Path, _Registration] = {}
# One thread at a time; a fork waits, for its child would keep the locks of a start that is under way.
_guard = threading.RLock()
os.register_at_fork(before=_guard.acquire, after_in_parent=_guard.release, after_in_child=_guard.release)


def connect_url(home: Path | None = None) -> str:
    """Start the server on this home if needed, be its user until this process ends, and return its address.

    Waits for a server that is just being started, recovered or stopped. Any number of calls, threads and processes is
    fine; a forked child keeps its parent's registration alive and should call this itself, too. After a crash of the
    server the next call starts it again. ``home`` defaults to ``default_home()``.

    Raises EmbeddedDatabaseError, one sentence for the user, if the database cannot be had.
    """
    place = locate(home)
    with _guard:
        create_area(place)
        fresh = register(place)
        try:
            _ensure_running(place)
            return build_url(place)
        except BaseException:
            if fresh:
                release(place)
            raise


def _ensure_running(place: Place) -> None:
    if not _is_ready(place):
        with exclusive(place.start_lock):
            if find_server(place) is None:
                prepare_cluster(place)
            # Before the server: if we are killed from here on, somebody stops it.
            ensure_watchdog(place)
            start_server(place)
    ensure_watchdog(place)


def _is_ready(place: Place) -> bool:
    server = find_server(place)
    return server is not None and server.state is State.READY


def register(place: Place) -> bool:
    """Take the shared lock; False if this process has it already. Waits while the watchdog stops the server."""
    known = _registrations.get(place.home)
    if known and known.is_valid() and same_file(known.handle, place.users_lock):
        return False
    release(place)  # of a home that was deleted and made anew
    handle = open_lock(place.users_lock)
    fcntl.flock(handle, fcntl.LOCK_SH)
    _registrations[place.home] = _Registration(os.getpid(), handle, os.fstat(handle))
    return True


def release(place: Place) -> None:
    """Give up this process's registration. For a process that stays but needs the database no more."""
    known = _registrations.pop(place.home, None)
    if known and known.is_valid():
        os.close(known.handle)


def build_url(place: Place) -> str:
    """The address, with the password in it, as libpq and psycopg read it; ``host`` is the folder of the socket."""
    folder = quote(str(_socket_folder(place)), safe="")
    return f"postgresql://{ROLE}:{read_or_create_secret(place.password)}@/{DATABASE}?host={folder}&port={PORT}"


def _socket_folder(place: Place) -> Path:
    if len(os.fsencode(place.data / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET_PATH:
        return place.data
    link = _short_folder() / hashlib.sha256(os.fsencode(place.data)).hexdigest()[:16]
    with explain(link):
        if not link.is_symlink() or os.readlink(link) != str(place.data):
            _remove_dead_links(link.parent)
            new = link.with_name(f"{link.name}.{os.getpid()}")
            new.unlink(missing_ok=True)
            new.symlink_to(place.data)
            new.replace(link)
    return link


def _remove_dead_links(folder: Path) -> None:
    for link in folder.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink(missing_ok=True)


def _short_folder() -> Path:
    """A folder with a short name that belongs to us alone: what lies in it decides whom we tell the password."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if not is_root() and 0 < len(os.fsencode(runtime)) < 50 and os.access(runtime, os.W_OK):
        folder = Path(runtime) / "dunkelwerk"
    else:
        folder = Path("/run/dunkelwerk") if is_root() else Path(f"/tmp/dunkelwerk-{os.geteuid()}")
    with explain(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
            raise other_owner(folder, found.st_uid)
    return folder


def stop(home: Path | None = None) -> bool:
    """Stop the server now, whoever uses it, and wait for its end; False if none ran. The next user starts it again."""
    place = locate(home)
    with explain(place.area):
        if not place.area.is_dir():
            return False
    with _guard, exclusive(place.start_lock):
        return stop_server(place)


def status(home: Path | None = None) -> Status:
    """What runs there; creates and changes nothing."""
    place = locate(home)
    server = find_server(place)
    return Status(
        home=place.home,
        version=cluster_version(place),
        state=server.state.value if server else None,
        server_pid=server.pid if server else None,
        watchdog_pid=find_watchdog(place),
        in_use=_has_users(place),
    )


def _has_users(place: Place) -> bool:
    try:
        handle = os.open(place.users_lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # Held for a moment only: users wait for the lock, and the watchdog asks again.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
