"""Bearer tokens with scopes: shown once when made, kept as a hash, ended by day or by hand."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from msgspec import Struct

from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

#: begins every token, so that scanners of logs and repositories know one when they see it
PREFIX = "dwk_"
SCOPES = {
    "dialogues:read": "Dialoge ansehen",
    "dialogues:write": "Dialoge anlegen (mit PIN) und widerrufen",
    "dialogues:pin": "eine neue PIN ausgeben",
    "notices:read": "Meldungen und ihre Entscheidungen ansehen",
    "notices:write": "Meldungen einliefern",
    "documents:write": "Dokumente einliefern",
    "work-items:read": "Postkorbeinträge ansehen",
    "metrics:read": "Kennzahlen abrufen",
}
LONGEST_NAME = 100
INSERT = """
    INSERT INTO api_token (name, digest, scopes, created_at, created_by, expires_on)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING id
"""
FIND = """
    SELECT id, name, scopes, used_on FROM api_token
    WHERE digest = %s AND revoked_at IS NULL AND (expires_on IS NULL OR expires_on >= %s)
"""
LIST = """
    SELECT id, name, scopes, created_at, created_by, expires_on, revoked_at, used_on FROM api_token ORDER BY id
"""


class Caller(Struct, frozen=True):
    """Whoever calls: a token by number and name, and what it may do."""

    token: int
    name: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """The name under which events and touchers are written."""
        return f"api:{self.name}"


class Token(Struct, frozen=True):
    """A token as the list shows it; the fields are columns."""

    id: int
    name: str
    scopes: list[str]
    created_at: datetime
    created_by: str
    expires_on: date | None
    revoked_at: datetime | None
    used_on: date | None


def create(name: str, scopes: Sequence[str], *, actor: str, expires_on: date | None) -> tuple[int, str]:
    """A new token and its number; raises CommandError (wrong usage) for an unknown scope or none, or no usable name."""
    name, actor = ensure_name("NAME", name), ensure_name("--actor", actor)
    if unknown := sorted(set(scopes) - SCOPES.keys()):
        message = _("Das Recht {scope} gibt es nicht; bekannt sind {known}.")
        raise wrong_usage(message.format(scope=unknown[0], known=", ".join(SCOPES)))
    if not scopes:
        raise wrong_usage(_("Bitte mit --scope mindestens ein Recht angeben."))
    token = PREFIX + secrets.token_urlsafe(32)
    values = (name, digest_of(token), sorted(set(scopes)), now(), actor, expires_on)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        return cursor.fetchone()[0], token


def ensure_name(field: str, text: str) -> str:
    """The name without spaces around it; raises CommandError (wrong usage) where the register cannot hold it."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        message = _("{field}: ein Name von 1 bis {longest} druckbaren Zeichen.")
        raise wrong_usage(message.format(field=field, longest=LONGEST_NAME))
    return name


def find(token: str, *, on: date) -> Caller | None:
    """Whose token it is; None for one that never was, has ended or was revoked."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, (digest_of(token), on))
        row = cursor.fetchone()
        if row is None:
            return None
        if row[3] != on:
            cursor.execute("UPDATE api_token SET used_on = %s WHERE id = %s", (on, row[0]))
    return Caller(row[0], row[1], frozenset(row[2]))


def revoke(identity: int) -> None:
    """End a token at once; raises CommandError where there is none, or it has ended."""
    with connection.cursor() as cursor:
        update = "UPDATE api_token SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL RETURNING id"
        cursor.execute(update, (now(), identity))
        if cursor.fetchone() is None:
            raise CommandError(_("Ein gültiges Token {token} gibt es nicht.").format(token=identity))


def tokens() -> list[Token]:
    """Every token there ever was, in order."""
    with connection.cursor() as cursor:
        cursor.execute(LIST)
        return [Token(*row) for row in cursor.fetchall()]


def digest_of(token: str) -> str:
    """What is kept of a token: 256 random bits need no salt."""
    rest: Any = hashlib.sha256(token.encode())
    text: str = rest.hexdigest()
    return text
