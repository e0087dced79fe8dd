"""``dunkelwerk serve``: the web processes, by Granian."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces

TARGET = "dunkelwerk.site.wsgi:application"
#: requests at a time in each process: an upload over a slow line keeps one busy
THREADS = 16
#: seconds that requests under way get when the server is told to stop
GRACE = 20


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM); requests under way are finished."""
    Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=1024,
        websockets=False,
        log_access=False,
        log_level="error",
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    ).serve()
