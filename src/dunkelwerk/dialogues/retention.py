"""Deleting what a type's terms say: prefill and person, answers and receipt, uploads; events say that, not what.

A dialogue's term begins with the day it ended. Nothing is deleted while it is held, or while state and receipt can
still be seen, or answers before their notice is decided. Source: docs/dialogues.md section 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import guard, sessions
from dunkelwerk.dialogues.events import SYSTEM, note_all
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.settings import login_limits
from dunkelwerk.dialogues.type_versions import forms_of
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.i18n import _

BATCH = 500
TAKE_TURNS = "SELECT pg_advisory_xact_lock(20250623)"
VERSIONS = "SELECT DISTINCT version FROM dialogue WHERE end_on IS NOT NULL AND NOT held"
ENDED = "d.version = %s AND d.end_on < %s AND NOT d.held"
UNDECIDED = """NOT EXISTS (SELECT FROM dialogue_submission s
        WHERE s.dialogue = d.id AND s.reported_at IS NULL)"""
#: the PIN dies with the person: nobody could verify a second secret
FORGET_PERSON = """
    UPDATE dialogue SET person = NULL, prefill = NULL, exit_words = NULL, exit_key = NULL, selector = NULL,
        pin_hash = NULL, pepper = NULL
    WHERE id = ANY(%s)
"""
DELETE_DRAFTS = "DELETE FROM dialogue_draft WHERE dialogue = ANY(%s)"
FORGET_ANSWERS = "UPDATE dialogue_submission SET answers = NULL, receipt = NULL WHERE dialogue = ANY(%s)"
DELETE_UPLOADS = "DELETE FROM dialogue_upload WHERE dialogue = ANY(%s)"


class Kind(Struct, frozen=True):
    """One kind of data: its event, which dialogues have it (condition on ``d``), and the statements that delete it."""

    event: str
    has: str
    deletes: tuple[str, ...]


PREFILL = Kind("prefill_deleted", "(d.person IS NOT NULL OR d.prefill IS NOT NULL)", (FORGET_PERSON, DELETE_DRAFTS))
ANSWERS = Kind(
    "answers_deleted",
    f"""EXISTS (SELECT FROM dialogue_submission a
        WHERE a.dialogue = d.id AND (a.answers IS NOT NULL OR a.receipt IS NOT NULL)) AND {UNDECIDED}""",
    (FORGET_ANSWERS,),
)
UPLOADS = Kind(
    "uploads_deleted",
    f"EXISTS (SELECT FROM dialogue_upload u WHERE u.dialogue = d.id) AND {UNDECIDED}",
    (DELETE_UPLOADS,),
)


class Deleted(Struct):
    """How many dialogues lost what, and how many old sessions and login counters went."""

    prefill: int = 0
    answers: int = 0
    uploads: int = 0
    sessions: int = 0
    guards: int = 0

    def __str__(self) -> str:
        text = _("gelöscht: Vorbelegung {prefill}, Antworten {answers}, Uploads {uploads}")
        return text.format(prefill=self.prefill, answers=self.answers, uploads=self.uploads)


def run_daily(on: date) -> Deleted:
    """Delete what is due on a day; held dialogues keep everything. Safe to call again, and twice at once."""
    done = Deleted()
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS)
        forms = dict(forms_of(cursor, [row[0] for row in cursor.fetchall()]))
    for version, form in forms.items():
        done.prefill += delete(PREFILL, version, on - timedelta(days=seen_for(form, form.retention.prefill)))
        done.answers += delete(ANSWERS, version, on - timedelta(days=seen_for(form, form.retention.answers)))
        done.uploads += delete(UPLOADS, version, on - timedelta(days=form.retention.uploads))
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        done.sessions = sessions.sweep(cursor, at=now())
        done.guards = guard.sweep(cursor, login_limits(), at=now())
    return done


def seen_for(form: DialogueType, days: int) -> int:
    """A term, at least as long as state and receipt can be seen."""
    return max(days, form.status_days)


def delete(kind: Kind, version: int, ended_before: date) -> int:
    """Delete one kind of data of dialogues of a version that ended before a day, batch by batch; of how many."""
    query = f"SELECT d.id FROM dialogue d WHERE {ENDED} AND {kind.has} ORDER BY d.id LIMIT %s FOR UPDATE"
    count = 0
    while True:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(TAKE_TURNS)
            cursor.execute(query, (version, ended_before, BATCH))
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return count
            forget(cursor, kind, ids)
            count += len(ids)


def forget(cursor: Any, kind: Kind, ids: Sequence[int]) -> None:
    """Delete it, and keep that it was deleted."""
    for statement in kind.deletes:
        cursor.execute(statement, (list(ids),))
    note_all(cursor, ids, kind.event, actor=SYSTEM, at=now())
