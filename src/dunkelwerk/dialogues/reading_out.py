"""Reading out what a person handed in: uploads, one PDF per question; the receipt; their words at an exit.

Whoever reads is kept as an event, before anything is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.attachments import list_uploads, read_upload
from dunkelwerk.dialogues.events import note
from dunkelwerk.dialogues.queries import Dialogue, find
from dunkelwerk.dialogues.submitting import read_receipt
from dunkelwerk.dialogues.uploads.joining import join
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.vaults import vault_of

EVENT = "files_read"
RECEIPT, WORDS = "receipt", "exit-words"
EXIT = "SELECT exit_words, exit_key FROM dialogue WHERE id = %s AND exit_words IS NOT NULL"


class FileOut(Struct, frozen=True):
    """A file for the clerk: its name, made of the dialogue's reference and what it is, and its bytes."""

    name: str
    data: bytes

    def __repr__(self) -> str:
        return f"FileOut({self.name})"


def read_out(reference: str, *, actor: str) -> list[FileOut]:
    """Everything that the person handed in.

    Raises CommandError where there is no such dialogue, or nothing of it is left (not submitted, or deleted after its
    term). Uploads of a form that was not submitted are the person's own still, and not read.
    """
    dialogue = find(reference)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        note(cursor, dialogue.id, EVENT, actor=actor, at=now())
    files = [*uploads(dialogue), *receipt(dialogue), *exit_words(dialogue)]
    if not files:
        message = _(
            "{reference}: nichts zu lesen; es wurde nichts eingereicht, oder es ist nach seiner Frist gelöscht."
        )
        raise CommandError(message.format(reference=dialogue.reference))
    return files


def uploads(dialogue: Dialogue) -> Iterator[FileOut]:
    """The submitted uploads, in the order in which they came, joined by question."""
    kept = sorted((each for each in list_uploads(dialogue.id) if each.submitted), key=lambda each: each.question)
    for question, group in groupby(kept, key=lambda each: each.question):
        parts = [part for each in group if (part := read_upload(dialogue.id, each.id)) is not None]
        if parts:
            yield FileOut(f"{dialogue.reference}-{question}.pdf", joined(parts))


def joined(parts: Sequence[bytes]) -> bytes:
    """The parts as one PDF; a single one stays as it was kept."""
    return parts[0] if len(parts) == 1 else join(parts)


def receipt(dialogue: Dialogue) -> Iterator[FileOut]:
    """The receipt, byte for byte as the person has it."""
    if found := read_receipt(dialogue.id):
        yield FileOut(f"{dialogue.reference}-{RECEIPT}.pdf", found.pdf)


def exit_words(dialogue: Dialogue) -> Iterator[FileOut]:
    """What the person wrote when leaving by an exit."""
    with connection.cursor() as cursor:
        cursor.execute(EXIT, (dialogue.id,))
        row: Any = cursor.fetchone()
        if row is None:
            return
        vault = vault_of(cursor, on=business_day())
        vault.prepare(cursor, {row[1]})
    column, reference = records.EXIT_WORDS, dialogue.reference
    words = records.unseal(vault, row[0], str, key=row[1], reference=reference, column=column)
    yield FileOut(f"{reference}-{WORDS}.txt", f"{words}\n".encode())
