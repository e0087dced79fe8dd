"""Moving open dialogues to the newest version: other wording for all, another structure for those not yet opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import records, type_versions
from dunkelwerk.dialogues.events import note_all
from dunkelwerk.dialogues.forms.changes import compare
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.dialogues.shipped import is_readable
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.keys import Vault

BATCH = 1000
OLDER = """
    SELECT DISTINCT version FROM dialogue d
    WHERE d.type = %s AND d.version <> %s AND d.state IN ('created', 'exported', 'opened') ORDER BY 1
"""
NEXT = """
    SELECT id, reference, data_key, prefill FROM dialogue
    WHERE type = %s AND version = %s AND state = ANY(%s) AND id > %s
        AND (NOT %s OR NOT EXISTS (SELECT FROM dialogue_draft r WHERE r.dialogue = dialogue.id))
    ORDER BY id LIMIT %s FOR UPDATE
"""
PIN = "UPDATE dialogue SET version = %s WHERE id = ANY(%s)"
LEFT = "SELECT count(*) FROM dialogue WHERE type = %s AND version <> %s AND state = ANY(%s)"
UNOPENED = ("created", "exported")


class Repinned(Struct):
    """How many dialogues got other wording, another structure, and how many stayed with their version."""

    version: int
    wording: int = 0
    structural: int = 0
    left: int = 0


def repin(name: str, *, actor: str) -> Repinned:
    """Move the open dialogues of a type to its newest version, in batches; raises CommandError for no such type."""
    newest = type_versions.read_version(name.replace("-", "_"), None)
    done = Repinned(newest.version)
    with connection.cursor() as cursor:
        cursor.execute(OLDER, (newest.name, newest.id))
        older = dict(type_versions.forms_of(cursor, [row[0] for row in cursor.fetchall()]))
    for version, form in older.items():
        structural = compare(mended(form, newest.form), newest.form).structural
        count = move(newest, version, form, structural=structural, actor=actor)
        done.structural += count if structural else 0
        done.wording += 0 if structural else count
    with connection.cursor() as cursor:
        cursor.execute(LEFT, (newest.name, newest.id, list(OPEN_STATES)))
        done.left = cursor.fetchone()[0]
    return done


def mended(old: DialogueType, new: DialogueType) -> DialogueType:
    """The older version; of one that its process cannot read, so that nobody can submit it, with the new notice."""
    if is_readable(old):
        return old
    return msgspec.structs.replace(old, process=new.process, notice=new.notice)


def move(newest: type_versions.Version, version: int, form: DialogueType, *, structural: bool, actor: str) -> int:
    """Move the dialogues of one older version, a transaction per batch; how many.

    Another structure is for those alone that hold no answers yet, whatever their state.
    """
    states = list(UNOPENED if structural else OPEN_STATES)
    last = count = 0
    while True:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(NEXT, (newest.name, version, states, last, structural, BATCH))
            rows = cursor.fetchall()
            if not rows:
                return count
            last = rows[-1][0]
            fitting = [row[0] for row in rows]
            if structural and form.prefill != newest.form.prefill:
                fitting = fitting_ones(cursor, rows, form, newest.form)
            cursor.execute(PIN, (newest.id, fitting))
            note_all(cursor, fitting, "repinned", actor=actor, at=now(), detail=f"version {newest.version}")
            count += len(fitting)


def fitting_ones(cursor: Any, rows: Sequence[Sequence[Any]], old: DialogueType, new: DialogueType) -> list[int]:
    """Those whose prefilled values the new version can use: every required one is there, and of the same kind."""
    vault, found = Vault(cursor, on=business_day()), []
    vault.prepare(cursor, {row[2] for row in rows})
    for identity, reference, key, sealed in rows:
        known = records.unseal(vault, sealed, dict[str, Any], key=key, reference=reference, column=records.PREFILL)
        kept = [name for name in known if name in new.prefill]
        same = all(new.prefill[name].kind == old.prefill[name].kind for name in kept)
        if same and all(name in known for name, field in new.prefill.items() if field.required):
            found.append(identity)
    return found
