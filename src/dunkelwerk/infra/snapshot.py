"""Reading much at once: the state of one moment, streamed in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

ROWS_PER_BATCH = 10_000


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read within is the state of one moment, whoever writes meanwhile. Nothing can be written."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def stream(statement: str, parameters: Sequence[Any] = (), *, size: int = ROWS_PER_BATCH) -> Iterator[list[Any]]:
    """The rows of a statement in batches; the server keeps what was not fetched yet. Within a ``snapshot``."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(size):
            yield rows
