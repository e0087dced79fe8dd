"""The watchdog of the embedded PostgreSQL: a small process that stops the server when its last user is gone.

1. ``ensure_watchdog`` takes ``watchdog.lock`` and starts ``python -m dunkelwerk.infra.embedded_watchdog``, which
   inherits the lock: there is never a second one, and a killed one is replaced by the next user.
2. ``wait_for_last_user`` sleeps in the kernel until nobody holds ``users.lock``, gives a successor a short grace, and
   takes the lock exclusively: from here on a new user waits.
3. ``main`` stops the server, gives ``watchdog.lock`` back first and ``users.lock`` last, so that whoever waited finds
   no server and no watchdog, and starts both.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from dunkelwerk.infra.embedded_place import EmbeddedDatabaseError, Place, explain, try_lock
from dunkelwerk.infra.embedded_server import is_alive, open_log, spawn_detached, stop_server
from dunkelwerk.infra.i18n import _

_MODULE = "dunkelwerk.infra.embedded_watchdog"
_DEFAULT_GRACE = "2"


def ensure_watchdog(place: Place) -> None:
    """Start the watchdog if none runs; the caller must hold ``users.lock``, else it may stop the server at once."""
    grace = _read_grace()
    lock = try_lock(place.watchdog_lock)
    if lock is None:
        return
    try:
        with explain(place.watchdog_lock), open_log(place) as log:
            # -P: the folder it runs in is no place for modules; the home at the end is for whoever lists processes.
            command = [sys.executable or "python3", "-P", "-m", _MODULE, str(lock), str(grace), str(place.home)]
            pid = spawn_detached(
                command, cwd=place.home, log=log, inherited=(lock,), process_options={"env": _environment()}
            )
            _write_pid(lock, pid)
    finally:
        os.close(lock)


def _write_pid(lock: int, pid: int) -> None:
    with suppress(OSError):  # only status() reads it; a full disk must not keep anybody from a running server
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(pid).encode(), 0)


def _read_grace() -> float:
    given = os.environ.get("DUNKELWERK_EMBEDDED_GRACE") or _DEFAULT_GRACE
    try:
        grace = float(given)
    except ValueError:
        grace = -1.0
    if not 0 <= grace <= 3600:
        text = _("DUNKELWERK_EMBEDDED_GRACE muss eine Zahl von Sekunden zwischen 0 und 3600 sein, nicht „{given}“.")
        raise EmbeddedDatabaseError(text.format(given=given))
    return grace


def _environment() -> dict[str, str]:
    # The child must find this package however the caller did, by an installation or by a changed sys.path.
    return {**os.environ, "PYTHONPATH": os.pathsep.join(os.path.abspath(entry) for entry in sys.path)}


def find_watchdog(place: Place) -> int | None:
    """The process id of the running watchdog, without touching its lock; None if there is none."""
    try:
        pid = int(place.watchdog_lock.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if _MODULE.encode() in command and is_alive(pid) else None


def wait_for_last_user(users: int, *, grace: float) -> None:
    """Return holding ``users.lock`` exclusively, once nobody has used the database for ``grace`` seconds."""
    while True:
        fcntl.flock(users, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(grace)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return


def main(lock: str, grace: str, _home: str) -> int:
    """Watch over the current directory until its last user is gone.

    ``lock`` is the inherited descriptor of ``watchdog.lock``. The current directory, not a name: a home that is moved
    away, or deleted and made anew, stays the one that this watchdog is for. Of a deleted one nothing is left to
    stop; its server notices by itself within a minute.
    """
    place = Place(Path())
    _write_pid(int(lock), os.getpid())  # again: who started us may have been killed in between
    try:
        users = os.open(place.users_lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    wait_for_last_user(users, grace=float(grace))
    try:
        stop_server(place)
    except EmbeddedDatabaseError as error:
        sys.stderr.write(f"{error}\n")
    os.close(int(lock))
    os.close(users)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
