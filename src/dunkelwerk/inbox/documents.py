"""Documents that nobody has read yet: kept sealed, each once, and a work item for the person who indexes them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.decisions.days import add_working_days
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.workitems import operations as workitems

TASK, BASKET, PRIORITY, DUE_DAYS = "indexing", "indexing", 3, 2
INSERT = """
    INSERT INTO inbox_document (channel, external_id, sha256, name, content, data_key, pages, case_key, received_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (channel, external_id) DO NOTHING RETURNING id
"""
FIND = "SELECT id, sha256 FROM inbox_document WHERE channel = %s AND external_id = %s"
READ = "SELECT channel, external_id, content, data_key FROM inbox_document WHERE id = %s"


class Document(Struct, frozen=True):
    """A cleaned document, a PDF. ``sha256``: of what was delivered; ``case_key``: the contract or member, if known."""

    channel: str
    external_id: str
    sha256: str
    name: str
    content: bytes
    pages: int
    case_key: str | None = None


def receive_document(document: Document, vault: Vault, *, on: date) -> tuple[int, bool]:
    """Keep a document and open its work item; its number, and whether it was there already. One transaction: the
    caller's, where there is one.

    Raises CommandError where another document stands under the id.
    """
    about = f"document:{document.channel}:{document.external_id}"
    values = (
        *(document.channel, document.external_id, document.sha256),
        *(vault.seal(document.name.encode(), about=f"{about}:name"), vault.seal(document.content, about=about)),
        *(vault.current, document.pages, document.case_key, now()),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        row = cursor.fetchone()
        if row is not None:
            open_item(cursor, row[0], document, on)
            return row[0], False
        cursor.execute(FIND, (document.channel, document.external_id))
        identity, sha256 = cursor.fetchone()
    if sha256 != document.sha256:
        raise CommandError(
            _("Unter dieser Kennung gibt es im Kanal {channel} schon ein anderes Dokument.").format(
                channel=document.channel
            )
        )
    return identity, True


def read_document(cursor: Any, vault: Vault, number: int) -> bytes:
    """The cleaned PDF of a document; raises CommandError where there is none. Whoever calls keeps who read it."""
    cursor.execute(READ, (number,))
    row = cursor.fetchone()
    if row is None:
        raise CommandError(_("Das Dokument {number} gibt es nicht.").format(number=number))
    channel, external_id, content, key = row
    vault.prepare(cursor, {key})
    return vault.open(bytes(content), key=key, about=f"document:{channel}:{external_id}")


def open_item(cursor: Any, identity: int, document: Document, on: date) -> None:
    """Somebody has to look at it and enter what it says."""
    item = workitems.Item(
        basket=BASKET,
        task=TASK,
        kind="document",
        key=str(identity),
        decision=None,
        contract=document.case_key,
        claim=None,
        reasons=[],
        priority=PRIORITY,
        open_from=on,
        due_on=add_working_days(on, DUE_DAYS, None),
        created_on=on,
    )
    workitems.open_items(cursor, [item])
