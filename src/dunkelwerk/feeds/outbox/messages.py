"""Messages: put in the caller's transaction, counted, sent anew by hand, erased and deleted after their terms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from dunkelwerk.infra.keys import Vault

PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"
STATES = (PENDING, DELIVERED, DEAD)
#: goes into an HTTP header
KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
LONGEST_KIND, LONGEST_KEY = 60, 200

PUT = """
    INSERT INTO outbox_message (delivery, kind, key, at, data_key, payload, state, attempts, next_attempt_at, target)
    VALUES (%s, %s, %s, now(), %s, %s, 'pending', 0, now(), '{}')
    ON CONFLICT (kind, key) DO NOTHING RETURNING id
"""
ERASE = (
    "UPDATE outbox_message SET payload = NULL WHERE state = 'delivered' AND payload IS NOT NULL AND delivered_at < %s"
)
ERASE_DEAD = (
    "UPDATE outbox_message SET payload = NULL WHERE state = 'dead' AND payload IS NOT NULL AND given_up_at < %s"
)
EXPIRING = "SELECT count(*) FROM outbox_message WHERE state = 'dead' AND payload IS NOT NULL AND given_up_at < %s"
#: the application's role may delete no message; the function deletes what is old and empty, and keeps how many
DELETE = "SELECT delete_old_messages(%s)"
FIGURES = """
    SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'dead' AND payload IS NOT NULL),
           coalesce(max(attempts) FILTER (WHERE state = 'pending'), 0),
           coalesce(extract(epoch FROM now() - min(at) FILTER (WHERE state = 'pending')), 0)
    FROM outbox_message WHERE state IN ('pending', 'dead')
"""
#: what is being sent at this moment is left alone, and so is what has no content any more
RESEND = """
    UPDATE outbox_message
    SET state = 'pending', attempts = 0, next_attempt_at = now(), leased_until = NULL, last_error = NULL,
        target = CASE state WHEN 'delivered' THEN '{}' ELSE target END, delivered_at = NULL, given_up_at = NULL,
        resent_by = %s, resent_at = now()
    WHERE payload IS NOT NULL AND (leased_until IS NULL OR leased_until <= now()) AND
"""

STANDING = "SELECT id, payload IS NULL FROM outbox_message WHERE id = ANY(%s)"
UNSENDABLE = "SELECT count(*) FROM outbox_message WHERE state = 'dead' AND payload IS NULL"
#: why a message cannot be sent again
UNKNOWN, ERASED, SENDING = "unknown", "erased", "sending"


class Message(Struct, frozen=True):
    """A message that is to be sent, opened. ``target`` are those that have it; ``attempts`` counts this one, too."""

    id: int
    delivery: UUID
    kind: str
    key: str
    at: datetime
    attempts: int
    target: Sequence[str]
    payload: bytes

    def __repr__(self) -> str:
        return f"Message({self.id})"


class Figures(Struct, frozen=True):
    """How the outbox stands: messages that wait and that were given up, most attempts, age of the oldest in seconds.

    ``dead`` are those that can still be sent again.
    """

    pending: int
    dead: int
    attempts: int
    oldest_seconds: float


def about(kind: str, key: str) -> str:
    """What a sealed payload belongs to."""
    return f"outbox:{kind}:{key}"


def put(cursor: Any, vault: Vault, *, kind: str, key: str, payload: Mapping[str, Any]) -> int | None:
    """Write a message in the caller's transaction: its id, or None where this fact has one already.

    ``kind`` says what happened (``dialogue.submitted``), ``key`` to what (a public number, nothing personal); whatever
    JSON can say is ``payload``. Raises ValueError for an unusable kind or key.
    """
    if not KIND.fullmatch(kind) or len(kind) > LONGEST_KIND:
        raise ValueError(f"outbox: kind must be lower-case words joined by dots, at most {LONGEST_KIND} signs")
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"outbox: key must have 1 to {LONGEST_KEY} signs")
    sealed = vault.seal(msgspec.json.encode(payload), about=about(kind, key))
    cursor.execute(PUT, (uuid4(), kind, key, vault.current, sealed))
    row = cursor.fetchone()
    return row[0] if row else None


def envelope(message: Message) -> bytes:
    """What is sent: one line of JSON, the same bytes each time."""
    head = {
        "id": message.delivery,
        "event": message.kind,
        "key": message.key,
        "at": message.at.astimezone(UTC),
        "data": msgspec.Raw(message.payload),
    }
    return msgspec.json.encode(head)


def erase_delivered(cursor: Any, before: datetime) -> int:
    """Erase the content of messages that arrived before a moment; of how many. That they were sent stays known."""
    cursor.execute(ERASE, (before,))
    return int(cursor.rowcount)


def erase_dead(cursor: Any, before: datetime) -> int:
    """Erase the content of messages that were given up before a moment; of how many. They cannot be sent any more."""
    cursor.execute(ERASE_DEAD, (before,))
    return int(cursor.rowcount)


def expiring(cursor: Any, before: datetime) -> int:
    """How many messages that were given up before a moment still have their content."""
    cursor.execute(EXPIRING, (before,))
    return int(cursor.fetchone()[0])


def delete_rows(cursor: Any, before: datetime) -> int:
    """Delete messages without content that were put before a moment; how many. The number alone stays known."""
    cursor.execute(DELETE, (before,))
    return int(cursor.fetchone()[0])


def figures(cursor: Any) -> Figures:
    """How the outbox stands, for health checks and metrics."""
    cursor.execute(FIGURES)
    pending, dead, attempts, seconds = cursor.fetchone()
    return Figures(pending, dead, attempts, float(seconds))


def resend(cursor: Any, numbers: Sequence[int], *, actor: str) -> set[int]:
    """Let messages be sent again at once, with the same delivery id; those of which that was possible."""
    cursor.execute(f"{RESEND} id = ANY(%s) RETURNING id", (actor, list(numbers)))
    return {row[0] for row in cursor.fetchall()}


def resend_dead(cursor: Any, *, actor: str) -> int:
    """Let all messages that were given up be sent again; how many."""
    cursor.execute(f"{RESEND} state = 'dead'", (actor,))
    return int(cursor.rowcount)


def why_unsendable(cursor: Any, numbers: Sequence[int]) -> dict[int, str]:
    """Why messages could not be sent again: ``unknown``, ``erased``, or ``sending`` at this moment; in order."""
    cursor.execute(STANDING, (list(numbers),))
    erased = dict(cursor.fetchall())
    reasons = {True: ERASED, False: SENDING, None: UNKNOWN}
    return {each: reasons[erased.get(each)] for each in sorted(numbers)}


def count_unsendable(cursor: Any) -> int:
    """How many messages that were given up have no content any more."""
    cursor.execute(UNSENDABLE)
    return int(cursor.fetchone()[0])
