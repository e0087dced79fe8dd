"""Notices by the API: into the inbox as by any channel, and what became of them."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import connection

from dunkelwerk.api.problems import Problem
from dunkelwerk.inbox.door import Delivery, Door, Refusal
from dunkelwerk.inbox.operations import Origin, receive
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.jsonlines import FileLine
from dunkelwerk.infra.vaults import vault_of
from dunkelwerk.runner.queries import Record, about_decision

CHANNEL = "api"
FIND = "SELECT id, state FROM notice WHERE channel = %s AND external_id = %s ORDER BY attempt DESC LIMIT 1"
SHOW = """
    SELECT n.id, n.external_id, n.channel, n.process, n.attempt, n.state, n.received_at, d.id, d.data_key, d.payload
    FROM notice n LEFT JOIN decision_record d ON d.id = n.decision WHERE n.id = %s
"""
COLUMNS = ("id", "external_id", "channel", "process", "attempt", "state", "received_at")


def put(process: str, text: bytes, *, actor: str) -> dict[str, Any]:
    """A notice into the inbox; raises Problem for one that the process could not read, or that says otherwise now."""
    delivery = examine(process, text)
    with connection.cursor() as cursor:
        vault = vault_of(cursor, on=business_day())
    (receipt,) = receive([delivery], Origin(CHANNEL, actor), vault)
    if receipt.refused:
        raise Problem(409, "There is another notice under this id already.")
    with connection.cursor() as cursor:
        cursor.execute(FIND, (CHANNEL, delivery.external_id))
        identity, state = cursor.fetchone()
    return {"id": identity, "state": state, "known": receipt.known == 1}


def examine(process: str, text: bytes) -> Delivery:
    """The notice at the door; raises Problem saying what is wrong, without its values."""
    name = process.replace("-", "_")
    try:
        loose = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(400, "The content is not readable JSON.") from None
    if not isinstance(loose, dict):
        raise Problem(422, "A JSON object is expected.")
    if loose.setdefault("process", name) != name:
        raise Problem(422, "process: it must equal the process of the address.")
    try:
        said = msgspec.json.encode(loose)
    except (ValueError, UnicodeEncodeError):
        raise Problem(422, "The content cannot be written as UTF-8.") from None
    examined = Door().examine(FileLine(1, 0, said), file="request")
    if isinstance(examined, Refusal):
        raise Problem(404 if examined.what.startswith("process:") else 422, examined.what)
    return examined


def show(identity: int) -> dict[str, Any]:
    """A notice and its decision; raises Problem where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(SHOW, (identity,))
        row = cursor.fetchone()
        if row is None:
            raise Problem(404, "There is no such notice.")
        shown = {**dict(zip(COLUMNS, row, strict=False)), "decision": None}
        if row[7] is not None:
            vault = vault_of(cursor, on=business_day())
            vault.prepare(cursor, {row[8]})
            opened = vault.open(bytes(row[9]), key=row[8], about=about_decision(row[7]))
            decision = msgspec.json.decode(opened, type=Record).decision
            shown["decision"] = {name: msgspec.json.decode(value) for name, value in decision.items()}
    return shown
