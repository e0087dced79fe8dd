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
from dunkelwerk.dialogues.items import DECEASED, PAPER_FORM, WRONG_PERSON, close_items, open_item
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.keys import Vault

LOCK = """
    SELECT d.reference, d.state, v.content FROM dialogue d JOIN dialogue_type_version v ON v.id = d.version
    WHERE d.id = %s FOR UPDATE OF d
"""
KEEP_WORDS = "UPDATE dialogue SET exit_words = %s, exit_key = %s WHERE id = %s"
READ_WORDS = "SELECT exit_words, exit_key FROM dialogue WHERE id = %s AND exit_words IS NOT NULL"
LONGEST_WORDS = 2000
#: of all exits together: somebody may ask for paper again and again
MOST_WORDS = 10 * LONGEST_WORDS


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
            # whoever asked for paper before is not the one to be written to
            close_items(cursor, reference, task=PAPER_FORM)
        else:
            cursor.execute("UPDATE dialogue SET remind_on = NULL WHERE id = %s", (dialogue,))
        keep_words(cursor, dialogue, reference, words)
        note(cursor, dialogue, f"exit_{kind}", actor=PERSON, at=at)
        open_item(cursor, reference, form, task=chosen.task, priority=chosen.priority, on=business_day())


def keep_words(cursor: Any, dialogue: int, reference: str, words: str) -> None:
    """Keep what the person wrote, sealed, for the clerk: below what they wrote before, newest words last."""
    said = words.replace("\0", "").strip()[:LONGEST_WORDS]
    if not said:
        return
    vault = Vault(cursor, on=business_day())
    before = words_before(cursor, vault, dialogue, reference)
    if said not in before:
        # of very many words the first stay: they said why
        said = "\n\n".join([*before, said])[:MOST_WORDS]
        sealed = records.seal(vault, said, reference=reference, column=records.EXIT_WORDS)
        cursor.execute(KEEP_WORDS, (sealed, vault.current, dialogue))


def words_before(cursor: Any, vault: Vault, dialogue: int, reference: str) -> list[str]:
    """What the person wrote at exits before, one text each."""
    cursor.execute(READ_WORDS, (dialogue,))
    row = cursor.fetchone()
    if row is None:
        return []
    vault.prepare(cursor, {row[1]})
    said = records.unseal(vault, row[0], str, key=row[1], reference=reference, column=records.EXIT_WORDS)
    return said.split("\n\n")
