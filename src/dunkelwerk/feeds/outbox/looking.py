"""Looking at the outbox: what waits, what was given up and why; the content only on request."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from dunkelwerk.feeds.outbox.messages import Message, about, envelope
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault

COLUMNS = """
    id, delivery, kind, key, at, state, attempts, next_attempt_at, coalesce(leased_until > now(), false), last_error,
    delivered_at, given_up_at, target, resent_by, resent_at, payload IS NULL
"""
#: what is stuck longest comes first
LIST = f"SELECT {COLUMNS} FROM outbox_message WHERE (%s::text IS NULL OR state = %s) ORDER BY id LIMIT %s"
ONE = f"SELECT {COLUMNS} FROM outbox_message WHERE id = %s"
CONTENT = "SELECT delivery, kind, key, at, data_key, payload FROM outbox_message WHERE id = %s"


class Standing(Struct, frozen=True):
    """How one message stands, without its content; ``sending`` is True while a deliverer holds it."""

    id: int
    delivery: UUID
    kind: str
    key: str
    at: datetime
    state: str
    attempts: int
    next_attempt_at: datetime
    sending: bool
    last_error: str | None
    delivered_at: datetime | None
    given_up_at: datetime | None
    target: list[str]
    resent_by: str | None
    resent_at: datetime | None
    erased: bool


def read_standings(cursor: Any, *, state: str | None, limit: int) -> list[Standing]:
    """How messages stand, of one state or of all, the oldest first."""
    cursor.execute(LIST, (state, state, limit))
    return [Standing(*row) for row in cursor.fetchall()]


def read_standing(cursor: Any, number: int) -> Standing:
    """How one message stands; raises CommandError where there is none."""
    cursor.execute(ONE, (number,))
    row = cursor.fetchone()
    if row is None:
        raise CommandError(_("Nachricht {number} gibt es nicht.").format(number=number))
    return Standing(*row)


def read_content(cursor: Any, number: int) -> str:
    """What was or will be sent, as JSON; raises CommandError where it does not exist or was erased."""
    cursor.execute(CONTENT, (number,))
    row = cursor.fetchone()
    if row is None or row[5] is None:
        raise CommandError(_("Nachricht {number} hat keinen Inhalt (mehr).").format(number=number))
    delivery, kind, key, at, data_key, payload = row
    vault = Vault(cursor, on=business_day())
    vault.prepare(cursor, {data_key})
    content = vault.open(bytes(payload), key=data_key, about=about(kind, key))
    return envelope(Message(number, delivery, kind, key, at, 0, (), content)).decode()
