"""Whose fault is it? The outage of a whole batch, which waits; or the data of one notice, which is referred.

Source: docs/architecture.md, errors. SQLSTATE classes 22 and 23 and Python errors belong to a notice; everything that
the server, the network or somebody's lock causes belongs to the batch. COPY raises the driver's errors, everything
else Django's: both are asked.
"""

from __future__ import annotations

import psycopg
from django import db

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.runner.picking import CaseFilesGrew

#: connection, not in the right state (a standby took over), rolled back, resources (full disk), lock, operator, system
TRANSIENT = frozenset({"08", "25", "40", "53", "55", "57", "58"})
OF_A_NOTICE = frozenset({"22", "23"})
ANY = (db.Error, psycopg.Error)
#: without a SQLSTATE: the connection is lost, or the driver itself refuses a value
LOST = (db.OperationalError, db.InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
REFUSED = (db.DataError, psycopg.DataError)


def sqlstate_of(error: BaseException) -> str | None:
    """The server's code for what went wrong; None where the driver found it."""
    state: str | None = getattr(error.__cause__, "sqlstate", None) or getattr(error, "sqlstate", None)
    return state


def is_transient(error: BaseException) -> bool:
    """Whether the same batch may succeed later."""
    if isinstance(error, CaseFilesGrew):
        return True
    state = sqlstate_of(error)
    return isinstance(error, ANY) and (state[:2] in TRANSIENT if state else isinstance(error, LOST))


def is_narrowable(error: BaseException) -> bool:
    """Whether one notice's data may be at fault."""
    if isinstance(error, ANY):
        state = sqlstate_of(error)
        return state[:2] in OF_A_NOTICE if state else isinstance(error, REFUSED)
    return not isinstance(error, CommandError | CaseFilesGrew | MemoryError)


def explain(error: BaseException) -> str:
    """What happened, without values: the server's first line of an outage, or the kind."""
    if isinstance(error, ANY):
        return str(error).strip().partition("\n")[0] or type(error).__name__
    return type(error).__name__
