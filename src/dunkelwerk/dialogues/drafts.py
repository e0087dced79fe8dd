"""Drafts: the answers so far, sealed; each page saves, and two devices do not overwrite one another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.vaults import vault_of

LOCK = "SELECT reference, state FROM dialogue WHERE id = %s FOR UPDATE"
READ = """
    SELECT d.reference, r.revision, r.answers, r.data_key, r.saved_at
    FROM dialogue d JOIN dialogue_draft r ON r.dialogue = d.id WHERE d.id = %s
"""
REVISION = "SELECT revision FROM dialogue_draft WHERE dialogue = %s"
SAVE = """
    INSERT INTO dialogue_draft (dialogue, revision, answers, data_key, saved_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (dialogue) DO UPDATE SET revision = excluded.revision, answers = excluded.answers,
        data_key = excluded.data_key, saved_at = excluded.saved_at
"""


class Draft(Struct, frozen=True):
    """The answers so far, as ``Form.answers``; ``revision`` 0: nothing was saved yet."""

    answers: dict[str, Any]
    revision: int = 0
    saved_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Draft(revision {self.revision})"


class StaleDraft(Exception):
    """Somebody saved answers since they were read here, on another device: read them again."""


class NotOpen(Exception):
    """Nothing can be answered any more; ``state`` says why."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the dialogue is {state}")
        self.state = state


def load_draft(dialogue: int) -> Draft:
    """The answers so far; an empty draft where there are none."""
    with connection.cursor() as cursor:
        return read_draft(cursor, vault_of(cursor, on=business_day()), dialogue)


def read_draft(cursor: Any, vault: Vault, dialogue: int) -> Draft:
    """The same within the caller's transaction."""
    cursor.execute(READ, (dialogue,))
    row = cursor.fetchone()
    if row is None:
        return Draft({})
    reference, revision, sealed, key, saved_at = row
    vault.prepare(cursor, {key})
    answers = records.unseal(vault, sealed, dict[str, Any], key=key, reference=reference, column=records.DRAFT)
    return Draft(answers, revision, saved_at)


def save_draft(dialogue: int, answers: Mapping[str, Any], *, revision: int) -> int:
    """Save the answers over those of ``revision`` (0: none yet); the new revision.

    Raises StaleDraft where another device saved since, NotOpen where nothing can be answered any more.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        reference = lock_open(cursor, dialogue)
        ensure_revision(cursor, dialogue, revision)
        vault = vault_of(cursor, on=business_day())
        sealed = records.seal(vault, dict(answers), reference=reference, column=records.DRAFT)
        cursor.execute(SAVE, (dialogue, revision + 1, sealed, vault.current, now()))
    return revision + 1


def lock_open(cursor: Any, dialogue: int) -> str:
    """Lock a dialogue that may still be answered; its reference. Raises NotOpen."""
    cursor.execute(LOCK, (dialogue,))
    reference, state = cursor.fetchone() or ("", "gone")
    if state not in OPEN_STATES:
        raise NotOpen(state)
    return str(reference)


def ensure_revision(cursor: Any, dialogue: int, revision: int) -> None:
    """Raise StaleDraft where the draft has another revision (0: there is none)."""
    cursor.execute(REVISION, (dialogue,))
    stands = cursor.fetchone()
    if (stands[0] if stands else 0) != revision:
        raise StaleDraft
