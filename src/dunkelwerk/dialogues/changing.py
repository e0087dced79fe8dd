"""Changing one dialogue: its row locked, its state right, its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues.queries import unknown
from dunkelwerk.dialogues.sessions import end_all
from dunkelwerk.dialogues.words import state_in_words
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

LOCK = """
    SELECT id, reference, type, external_id, version, state, valid_until, data_key, person IS NOT NULL
    FROM dialogue WHERE reference = %s FOR UPDATE
"""
FINISH = "UPDATE dialogue SET state = %s, end_on = %s, remind_on = NULL WHERE id = %s"


class Locked(Struct, frozen=True):
    """A dialogue's row, locked. ``version``: the row of its type's version; ``known``: its person is not deleted."""

    id: int
    reference: str
    type: str
    external_id: str
    version: int
    state: str
    valid_until: Any
    data_key: int
    known: bool


@contextmanager
def changing(reference: str, *, states: Sequence[str], what: str) -> Iterator[tuple[Any, Locked]]:
    """One transaction (the caller's, where there is one) with the dialogue locked.

    Raises CommandError for a dialogue that there is not, or that is not in such a state.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, (reference.strip().upper(),))
        row = cursor.fetchone()
        if row is None:
            raise unknown(reference)
        found = Locked(*row)
        if found.state not in states:
            message = _("Der Dialog {reference} ist im Zustand „{state}“; {what} geht nicht.")
            said = state_in_words(found.state)
            raise CommandError(message.format(reference=found.reference, state=said, what=what))
        yield cursor, found


def finish(cursor: Any, dialogue: int, state: str) -> None:
    """End a dialogue on this business day, sessions included. Selector and hash stay, so that its owner learns why."""
    cursor.execute(FINISH, (state, business_day(), dialogue))
    end_all(cursor, dialogue)


def ensure_reason(reason: str) -> None:
    """Raise CommandError (wrong usage) without a reason."""
    if not reason.strip():
        raise wrong_usage(_("Bitte mit --reason sagen, warum."))
