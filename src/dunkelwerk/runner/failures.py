"""Whose fault is it? The outage of a whole batch, which waits; or the data of one notice, which is referred.

Source: docs/architecture.md, errors. SQLSTATE classes 22 and 23 and Python errors belong to a notice; everything that
the server, the network or somebody's lock causes belongs to the batch.
"""

from __future__ import annotations

from django.db import Error as DjangoDatabaseError

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.runner.picking import CaseFilesGrew

#: connection, rolled back, resources (full disk), not in the right state (lock), operator, system
TRANSIENT = frozenset({"08", "40", "53", "55", "57", "58"})
OF_A_NOTICE = frozenset({"22", "23"})


def sqlstate_class(error: BaseException) -> str | None:
    """The first two characters of the SQLSTATE; None without one (a lost connection)."""
    state = getattr(error.__cause__, "sqlstate", None) or getattr(error, "sqlstate", None)
    return state[:2] if state else None


def is_transient(error: BaseException) -> bool:
    """Whether the same batch may succeed later."""
    if isinstance(error, CaseFilesGrew):
        return True
    return isinstance(error, DjangoDatabaseError) and sqlstate_class(error) in {*TRANSIENT, None}


def is_narrowable(error: BaseException) -> bool:
    """Whether one notice's data may be at fault."""
    if isinstance(error, DjangoDatabaseError):
        return sqlstate_class(error) in OF_A_NOTICE
    return not isinstance(error, CommandError | CaseFilesGrew | MemoryError)


def explain(error: BaseException) -> str:
    """What happened, without values: the server's first line of an outage, or the kind."""
    if isinstance(error, DjangoDatabaseError):
        return str(error).strip().partition("\n")[0] or type(error).__name__
    return type(error).__name__
