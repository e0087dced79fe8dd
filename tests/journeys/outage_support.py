"""Helpers of the journeys: the database goes away, and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from site_support import Site, wait_until


def end_sessions(server: psycopg.Connection, name: str) -> int:
    """End everybody's sessions on a database; how many there were."""
    return server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)).rowcount


@contextmanager
def database_away(site: Site) -> Iterator[None]:
    """Nobody can reach the database, and who was connected is not any more."""
    parts = urlsplit(site.url)
    name = parts.path.lstrip("/")
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        try:
            wait_until(lambda: not end_sessions(server, name), lambda: "somebody stays connected")
            yield
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
