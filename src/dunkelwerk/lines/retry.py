"""Outages and other people's locks: the same batch again, with growing waits, then one clear sentence.

A batch is one transaction, so trying again after a lost answer finds the rows there and changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import Error as DjangoError

from dunkelwerk.infra import database
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

T = TypeVar("T")
#: connection, rolled back, resources (full disk), not in the right state (lock), operator
TRANSIENT = frozenset({"08", "40", "53", "55", "57"})
#: another load wrote the same contract or person meanwhile
ALREADY_THERE = "23505"
OF_A_LINE = frozenset({"22", "23"})
FIRST_WAIT, LONGEST_WAIT, PATIENCE = 0.05, 5.0, 60.0  # seconds
MOST_COLLISIONS = 20


def patiently(attempt: Callable[[], T], *, tell: Callable[[str], None]) -> T:
    """The answer of an attempt; raises the database's error about its data, and CommandError for any other.

    ``tell`` gets a sentence when a wait becomes long.
    """
    wait, since, collisions = FIRST_WAIT, time.monotonic(), 0
    while True:
        try:
            return attempt()
        except (DjangoError, psycopg.Error) as error:
            if sqlstate(error) == ALREADY_THERE and collisions < MOST_COLLISIONS:
                collisions += 1
                continue
            if is_of_a_line(error):
                raise
            if not is_transient(error):
                raise gave_up(error) from error
            if time.monotonic() - since > PATIENCE:
                raise gave_up(error) from None
            if wait >= 1:
                text = _("Datenbank: {fault} – neuer Versuch in {wait:.0f} s, nichts geht verloren.")
                tell(text.format(fault=explain(error), wait=wait))
            database.reconnect()
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's code; None for a connection that was lost."""
    return getattr(error.__cause__, "sqlstate", None) or getattr(error, "sqlstate", None)


def is_transient(error: BaseException) -> bool:
    """Whether the same batch may succeed later."""
    state = sqlstate(error)
    if state is None:
        kinds = (psycopg.OperationalError, psycopg.InterfaceError)
        return isinstance(error, kinds) or isinstance(error.__cause__, kinds)
    return state[:2] in TRANSIENT


def is_of_a_line(error: BaseException) -> bool:
    """Whether the data of one line may be at fault."""
    return (sqlstate(error) or "")[:2] in OF_A_LINE


def constraint_of(error: BaseException) -> str:
    """The rule that the data broke, or the code: never the values."""
    for each in (error, error.__cause__):
        if isinstance(each, psycopg.Error) and each.diag.constraint_name:
            return each.diag.constraint_name
    return sqlstate(error) or ""


def explain(error: BaseException) -> str:
    """The first line of an outage's message: it holds no values."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


def gave_up(error: BaseException) -> CommandError:
    """What a person reads when the outage lasts."""
    text = _(
        "Die Datenbank arbeitet nicht ({fault}); was geladen ist, bleibt: bitte den Betrieb der Datenbank prüfen und "
        "dunkelwerk load noch einmal aufrufen."
    )
    return CommandError(text.format(fault=explain(error)))
