"""Starting, watching and stopping the server process of the embedded PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any

from dunkelwerk.infra.embedded_cluster import data_argument, extra_options, find_binaries, server_account
from dunkelwerk.infra.embedded_place import (
    EmbeddedDatabaseError,
    Place,
    explain,
    explain_output,
    not_permitted,
    try_lock,
    user_name,
)
from dunkelwerk.infra.i18n import _

PORT = 5432  # part of the socket's name only
START_TIMEOUT = 600.0  # seconds; crash recovery over 4 GB of log takes minutes on a slow disk
_STOP_TIMEOUT = 120.0  # seconds for a fast shutdown with its checkpoint, then an immediate one
_ORPHAN_PATIENCE = 3.0  # seconds that processes of a killed server get to notice it
_ORPHAN_TIMEOUT = 15.0
_LARGEST_LOG = 10 * 1024 * 1024  # bytes; a larger log is set aside at the next start

# For two cores and a few GB. Nothing of a row reaches the log: no statements, no parameters, no DETAIL.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_directories": ".",  # the data directory: only its owner and root get there
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "50",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "wal_compression": "off",  # pglz, the only method built in, costs 15 % of a worker's throughput
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "createrole_self_grant": "set, inherit",  # so that our role may act as the roles it creates
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_checkpoints": "off",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


class State(Enum):
    """What the server says about itself in its process file."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


@dataclass(frozen=True)
class Server:
    """A running postmaster."""

    pid: int
    state: State


def find_server(place: Place) -> Server | None:
    """The postmaster that runs on this data; None if the process file is absent, or left by one that is gone."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None
    except PermissionError as error:
        raise not_permitted(place.data, user_name(os.geteuid())) from error
    if not _runs_in(abs(pid), place.data):
        return None
    if pid < 0:  # PostgreSQL's mark of a stand-alone backend
        raise _occupied(place)
    status = lines[7].strip() if len(lines) > 7 else ""
    return Server(pid, next((state for state in State if state.value == status), State.STARTING))


def _runs_in(pid: int, data: Path) -> bool:
    """Whether ``pid`` is a PostgreSQL process of this data, and not a stranger that got the number later."""
    try:
        program = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
        return program.startswith("postgres") and os.path.samestat(os.stat(f"/proc/{pid}/cwd"), data.stat())
    except OSError:
        return False


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended and waits for its parent to notice does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def start_server(place: Place) -> None:
    """Start the server if it does not run, and wait until it is ready. Needs ``start.lock`` and a prepared cluster."""
    offset, pid = _log_size(place), None
    if not _is_staying(place):
        lock = _take_server_lock(place)
        if lock is not None:
            try:
                _clear_stale_files(place.data)
                pid = _launch(place, lock)
            finally:
                os.close(lock)
    _await_ready(place, pid=pid, offset=offset)


def _is_staying(place: Place) -> bool:
    server = find_server(place)
    if server is not None and server.state is State.STOPPING:
        stop_server(place)
        return False
    return server is not None


def _take_server_lock(place: Place) -> int | None:
    """The lock that the server's processes inherit; None if a server appears meanwhile.

    It is free when the last process is gone. A killed postmaster leaves backends that end by themselves within
    moments; a second server before that would ruin the data, so the slow ones are told to quit.
    """
    for waited in _ticks(_ORPHAN_TIMEOUT):
        lock = try_lock(place.server_lock)
        if lock is not None:
            return lock
        if find_server(place) is not None:
            return None
        if waited > _ORPHAN_PATIENCE:
            _send(signal.SIGQUIT, _processes_in(place.data))
    raise _occupied(place)


def _processes_in(data: Path) -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and _runs_in(int(name), data)]


def _send(number: signal.Signals, pids: Iterable[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _clear_stale_files(data: Path) -> None:
    # PostgreSQL checks such a file by its process id alone, and refuses to start if a stranger has that number now,
    # as happens after a restart of the machine. Whoever holds server.lock knows that no server runs.
    with explain(data):
        for name in ("postmaster.pid", f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (data / name).unlink(missing_ok=True)


def _launch(place: Place, lock: int) -> int:
    account = server_account(place)
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    program = str(find_binaries(account) / "postgres")
    command = [program, "-D", data_argument(place.data), *settings, *extra_options()]
    with explain(place.log):
        if _log_size(place) > _LARGEST_LOG:
            place.log.replace(place.log.with_name("server.log.1"))
    with explain(place.data), open_log(place) as log:
        return spawn_detached(
            command, cwd=place.data, log=log, inherited=(lock,), process_options=account.process_options()
        )


def open_log(place: Place) -> IO[bytes]:
    """The server's log for appending (0600)."""
    with explain(place.log):
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        return os.fdopen(os.open(place.log, flags, 0o600), "ab")


def _log_size(place: Place) -> int:
    return place.log.stat().st_size if place.log.exists() else 0


def spawn_detached(
    command: Sequence[str],
    *,
    cwd: Path,
    log: IO[bytes],
    inherited: tuple[int, ...],
    process_options: Mapping[str, Any],
) -> int:
    """Start a program that outlives us, in a session of its own, and answer with its process id.

    The shell between makes it nobody's child: it does not stay as a zombie under a caller that never waits for it.
    """
    result = subprocess.run(
        ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", *command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
        pass_fds=inherited,
        check=True,
        **process_options,
    )
    return int(result.stdout)


def _await_ready(place: Place, *, pid: int | None, offset: int) -> None:
    for _waited in _ticks(START_TIMEOUT):
        server = find_server(place)
        if server is not None and server.state is State.READY:
            return
        if server is None and (pid is None or not is_alive(pid)):
            raise explain_output(_read_log(place, offset), place, account=server_account(place).name)
    text = _("PostgreSQL in „{path}“ ist nach {minutes} Minuten noch nicht bereit; sehen Sie in „{log}“ nach.")
    raise EmbeddedDatabaseError(text.format(path=place.data, minutes=round(START_TIMEOUT / 60), log=place.log))


def _read_log(place: Place, offset: int) -> str:
    # The log is shorter than the offset if it was set aside meanwhile.
    content = place.log.read_bytes() if place.log.exists() else b""
    return content[offset if offset <= len(content) else 0 :].decode(errors="replace")


def stop_server(place: Place) -> bool:
    """Stop the server fast (open transactions are rolled back) and wait for its end; False if none ran."""
    server = find_server(place)
    if server is None:
        return False
    for number in (signal.SIGINT, signal.SIGQUIT):
        with explain(place.data):
            _send(number, [server.pid])
        if _await_end(server.pid):
            return True
    text = _("PostgreSQL in „{path}“ (Prozess {pid}) lässt sich nicht beenden; sehen Sie in „{log}“ nach.")
    raise EmbeddedDatabaseError(text.format(path=place.data, pid=server.pid, log=place.log))


def _await_end(pid: int) -> bool:
    return any(not is_alive(pid) for _waited in _ticks(_STOP_TIMEOUT))


def _ticks(seconds: float) -> Iterator[float]:
    """Seconds waited so far, at growing intervals until ``seconds`` are over."""
    start, pause = time.monotonic(), 0.005
    while (waited := time.monotonic() - start) < seconds:
        yield waited
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def _occupied(place: Place) -> EmbeddedDatabaseError:
    text = _(
        "Die Daten in „{path}“ benutzt noch ein anderes PostgreSQL (ein Wartungsprogramm, ein anderer Container "
        "oder Reste eines abgebrochenen Servers); beenden Sie es und starten Sie noch einmal."
    )
    return EmbeddedDatabaseError(text.format(path=place.data))
