"""Taking turns: what runs on one host does not run on another at the same time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from django.db import Error, connection

#: our advisory locks of two numbers: this one, and one made of the name
SPACE = 20_250_610
TRY, RELEASE = "SELECT pg_try_advisory_lock(%s, %s)", "SELECT pg_advisory_unlock(%s, %s)"


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Whether nobody else does this now; nobody else begins while we do.

    The lock is of a session of its own: it ends with the session, however that ends, and whatever is done inside may
    open and end transactions and connections as it likes.
    """
    number = zlib.crc32(name.encode()) - 2**31
    with closing(connection.copy()) as guard, guard.cursor() as cursor:
        cursor.execute(TRY, (SPACE, number))
        free = bool(cursor.fetchone()[0])
        try:
            yield free
        finally:
            if free:
                # The server ends a closed session in its own time, and whoever comes next would find it held till then.
                with suppress(Error):
                    cursor.execute(RELEASE, (SPACE, number))
