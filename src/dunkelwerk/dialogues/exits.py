"""A person leaves the form by another door: each becomes a work item, and what was asked stops or goes on as fits."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.changing import finish
from dunkelwerk.dialogues.drafts import NotOpen
from dunkelwerk.dialogues.events import PERSON, note
from dunkelwerk.dialogues.forms.reading import decode
from dunkelwerk.dialogues.items import DECEASED, PAPER_FORM, WRONG_PERSON, open_item
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.keys import Vault

LOCK = """
    SELECT d.reference, d.state, v.content FROM dialogue d JOIN dialogue_type_version v ON v.id = d.version
    WHERE d.id = %s FOR UPDATE OF d
"""
KEEP_WORDS = "UPDATE dialogue SET exit_words = %s, exit_key = %s WHERE id = %s"
LONGEST_WORDS = 2000


class Leave(Struct, frozen=True):
    """What an exit does: the task of the work item, how urgent it is (1: most), and whether the dialogue ends."""

    task: str
    priority: int
    ends: bool


LEAVES = {
    "not_me": Leave(WRONG_PERSON, 2, True),
    "deceased": Leave(DECEASED, 1, True),
    "on_paper": Leave(PAPER_FORM, 3, False),
}


def leave(dialogue: int, kind: str, *, words: str) -> None:
    """Leave by an exit; raises NotOpen."""
    chosen, at = LEAVES[kind], now()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(LOCK, (dialogue,))
        reference, state, content = cursor.fetchone() or ("", "gone", b"")
        if state not in OPEN_STATES:
            raise NotOpen(state)
        form = decode(bytes(content))
        if chosen.ends:
            finish(cursor, dialogue, "revoked")
        else:
            cursor.execute("UPDATE dialogue SET remind_on = NULL WHERE id = %s", (dialogue,))
        keep_words(cursor, dialogue, reference, words)
        note(cursor, dialogue, f"exit_{kind}", actor=PERSON, at=at)
        open_item(cursor, reference, form, task=chosen.task, priority=chosen.priority, on=business_day())


def keep_words(cursor: Any, dialogue: int, reference: str, words: str) -> None:
    """Keep what the person wrote, sealed, for the clerk."""
    said = words.replace("\0", "").strip()[:LONGEST_WORDS]
    if said:
        vault = Vault(cursor, on=business_day())
        sealed = records.seal(vault, said, reference=reference, column=records.EXIT_WORDS)
        cursor.execute(KEEP_WORDS, (sealed, vault.current, dialogue))
