"""Uploads of a dialogue: cleaned PDFs, sealed, limits held by the database. Cleaning is ``dialogues.uploads``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.drafts import lock_open
from dunkelwerk.dialogues.settings import upload_limits
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.vaults import vault_of

LONGEST_NAME = 200
ADD = """
    INSERT INTO dialogue_upload
        (dialogue, question, name, content, data_key, pages, size, sha256, uploaded_at, submitted)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, false) RETURNING id
"""
COUNT = "SELECT count(*) FROM dialogue_upload WHERE dialogue = %s AND question = %s"
LIST = """
    SELECT u.id, u.question, u.name, u.data_key, u.pages, u.size, u.sha256, u.uploaded_at, u.submitted, d.reference
    FROM dialogue_upload u JOIN dialogue d ON d.id = u.dialogue WHERE u.dialogue = %s ORDER BY u.id
"""
READ = """
    SELECT u.content, u.sha256, u.data_key, d.reference FROM dialogue_upload u JOIN dialogue d ON d.id = u.dialogue
    WHERE u.id = %s AND u.dialogue = %s
"""
IDS = "SELECT id, question FROM dialogue_upload WHERE dialogue = %s ORDER BY id"
#: what was shown before is not what would be submitted now
CHANGED = "UPDATE dialogue_draft SET revision = revision + 1 WHERE dialogue = %s"
REMOVE = "DELETE FROM dialogue_upload WHERE id = %s AND dialogue = %s AND NOT submitted"


class Attached(Struct, frozen=True):
    """An upload as it is kept: a PDF of so many pages and bytes. ``sha256``: hexadecimal."""

    id: int
    question: str
    name: str
    pages: int
    size: int
    sha256: str
    uploaded_at: datetime
    submitted: bool

    def __repr__(self) -> str:
        return f"Attached({self.id})"


class TooManyFiles(Exception):
    """The question has as many files as it may; ``most`` is how many."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} files")
        self.most = most


def add_upload(
    dialogue: int, *, question: str, name: str, content: bytes, pages: int, most: int | None = None
) -> Attached:
    """Keep a cleaned upload of a question; ``most`` is the type's own limit of files.

    Raises TooManyFiles, or NotOpen where nothing can be answered any more. The draft gets a new revision: it is an
    answer from here on (``file_ids``), no matter what a draft names.
    """
    limit = min(most or upload_limits().files, upload_limits().files)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        reference = lock_open(cursor, dialogue)
        cursor.execute(COUNT, (dialogue, question))
        if cursor.fetchone()[0] >= limit:
            raise TooManyFiles(limit)
        vault, at, short = vault_of(cursor, on=business_day()), now(), name.replace("\0", "")[:LONGEST_NAME]
        digest = hashlib.sha256(content).hexdigest()
        sealed_name = records.seal(vault, short, reference=reference, column=records.FILE_NAME)
        sealed = records.seal(vault, content, reference=reference, column=f"{records.FILE}:{digest}")
        cursor.execute(ADD, (dialogue, question, sealed_name, sealed, vault.current, pages, len(content), digest, at))
        identity = cursor.fetchone()[0]
        cursor.execute(CHANGED, (dialogue,))
        return Attached(identity, question, short, pages, len(content), digest, at, False)


def file_ids(dialogue: int) -> dict[str, list[int]]:
    """The ids of the uploads by question: the answers of upload questions, and the only place that knows them."""
    with connection.cursor() as cursor:
        cursor.execute(IDS, (dialogue,))
        return by_question(cursor.fetchall())


def by_question(rows: Iterable[Sequence[Any]]) -> dict[str, list[int]]:
    """Rows of id and question, in order, as answers."""
    found: dict[str, list[int]] = {}
    for identity, question, *_more in rows:
        found.setdefault(question, []).append(identity)
    return found


def list_uploads(dialogue: int) -> list[Attached]:
    """The uploads of a dialogue, in order, without their content."""
    with connection.cursor() as cursor:
        cursor.execute(LIST, (dialogue,))
        rows = cursor.fetchall()
        vault = vault_of(cursor, on=business_day())
        vault.prepare(cursor, {row[3] for row in rows})
    found = []
    for identity, question, name, key, pages, size, sha256, at, submitted, reference in rows:
        said = records.unseal(vault, name, str, key=key, reference=reference, column=records.FILE_NAME)
        found.append(Attached(identity, question, said, pages, size, sha256, at, submitted))
    return found


def read_upload(dialogue: int, upload: int) -> bytes | None:
    """The PDF of an upload of this dialogue; None: it has none of this number."""
    with connection.cursor() as cursor:
        cursor.execute(READ, (upload, dialogue))
        row = cursor.fetchone()
        if row is None:
            return None
        sealed, digest, key, reference = row
        vault = vault_of(cursor, on=business_day())
        vault.prepare(cursor, {key})
        return records.unseal(vault, sealed, bytes, key=key, reference=reference, column=f"{records.FILE}:{digest}")


def remove_upload(dialogue: int, upload: int) -> bool:
    """Remove an upload that was not submitted; whether there was one. Raises NotOpen."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        lock_open(cursor, dialogue)
        cursor.execute(REMOVE, (upload, dialogue))
        removed = bool(cursor.rowcount)
        if removed:
            cursor.execute(CHANGED, (dialogue,))
        return removed
