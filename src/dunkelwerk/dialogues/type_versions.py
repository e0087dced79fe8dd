"""Published versions of dialogue types: immutable, pinned to each dialogue, found by name.

Source: docs/dialogues.md section 2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues.forms import reading
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.shipped import SHIPPED, ensure_company, problems_of, read_file, shipped_names
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

TAKE_TURNS = "SELECT pg_advisory_xact_lock(20250620)"
NEWEST = """
    SELECT id, name, version, digest, content, published_at, published_by FROM dialogue_type_version
    WHERE name = %s ORDER BY version DESC LIMIT 1
"""
INSERT = """
    INSERT INTO dialogue_type_version (name, version, content, digest, published_at, published_by)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING id
"""
LIST = """
    SELECT v.name, v.version, v.published_at, v.published_by,
        (SELECT count(*) FROM dialogue d WHERE d.version = v.id),
        (SELECT count(*) FROM dialogue d WHERE d.version = v.id AND d.state IN ('created', 'exported', 'opened'))
    FROM dialogue_type_version v ORDER BY v.name, v.version
"""


class Version(Struct, frozen=True):
    """A published version: ``id`` is its row, ``version`` counts from 1. ``is_new``: this call published it."""

    id: int
    name: str
    version: int
    form: DialogueType
    is_new: bool = False


class Listed(Struct, frozen=True):
    """A line of the list: how many dialogues use the version, and how many of them are open."""

    name: str
    version: int
    published_at: datetime
    published_by: str
    dialogues: int
    open: int


def publish(form: DialogueType, *, actor: str) -> Version:
    """Publish a type as its next version, unless the newest says exactly the same; raises CommandError for faults.

    CompanyUnknown is the one for a company that the insurer does not list.
    """
    ensure_company(form)
    problems = problems_of(form)
    if problems:
        lines = "\n".join(f"  {each.path}: {each.text}" for each in problems)
        message = _("Der Dialogtyp {name} ist so nicht zu veröffentlichen:\n{problems}")
        raise CommandError(message.format(name=form.name, problems=lines))
    content = reading.encode(form)
    digest = hashlib.sha256(content).digest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_TURNS)
        newest = read_newest(cursor, form.name)
        if newest is not None and newest[1] == digest:
            return newest[0]
        number = newest[0].version + 1 if newest else 1
        cursor.execute(INSERT, (form.name, number, content, digest, now(), actor))
        return Version(cursor.fetchone()[0], form.name, number, form, is_new=True)


def read_newest(cursor: Any, name: str) -> tuple[Version, bytes] | None:
    """The newest version of a name, with its digest."""
    cursor.execute(NEWEST, (name,))
    row = cursor.fetchone()
    if row is None:
        return None
    return Version(row[0], row[1], row[2], reading.decode(bytes(row[4]))), bytes(row[3])


def newest(name: str, *, actor: str) -> Version:
    """The version that serves new dialogues; a shipped type is published when it is first needed.

    Raises CommandError for a name that is not known.
    """
    key = name.replace("-", "_")
    with connection.cursor() as cursor:
        found = read_newest(cursor, key)
    if found is not None:
        return found[0]
    path = SHIPPED / f"{key}.yaml"
    if key not in shipped_names():
        known = ", ".join(sorted({*shipped_names(), *(each.name for each in list_versions())}))
        message = _("Den Dialogtyp {name} gibt es nicht; bekannt sind: {known}.")
        raise CommandError(message.format(name=name, known=known or "–"), code=2)
    return publish(read_file(path), actor=actor)


def read_version(name: str, version: int | None) -> Version:
    """A published version (None: the newest); raises CommandError where there is none."""
    query = NEWEST if version is None else NEWEST.replace("ORDER", "AND version = %s ORDER")
    with connection.cursor() as cursor:
        cursor.execute(query, (name,) if version is None else (name, version))
        row = cursor.fetchone()
    if row is None:
        message = _("Der Dialogtyp {name} ist nicht veröffentlicht, oder nicht in dieser Version.")
        raise CommandError(message.format(name=name))
    return Version(row[0], row[1], row[2], reading.decode(bytes(row[4])))


def list_versions() -> Sequence[Listed]:
    """Every published version."""
    with connection.cursor() as cursor:
        cursor.execute(LIST)
        return [Listed(*row) for row in cursor.fetchall()]


def forms_of(cursor: Any, versions: Sequence[int]) -> Iterator[tuple[int, DialogueType]]:
    """The forms of version rows."""
    cursor.execute("SELECT id, content FROM dialogue_type_version WHERE id = ANY(%s)", (list(versions),))
    yield from ((identity, reading.decode(bytes(content))) for identity, content in cursor.fetchall())
