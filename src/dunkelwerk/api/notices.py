"""Notices by the API: into the inbox as by any channel, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import connection
from msgspec.structs import FieldInfo

from dunkelwerk.api.idempotency import Effect
from dunkelwerk.api.problems import Fault, Problem, refusal
from dunkelwerk.decisions.faults import fault_in_words
from dunkelwerk.inbox.door import Delivery, Door, Refusal
from dunkelwerk.inbox.operations import Origin, add_one
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.jsonlines import FileLine
from dunkelwerk.infra.vaults import vault_of
from dunkelwerk.lines.registry import processes
from dunkelwerk.runner.queries import Record, about_decision

CHANNEL = "api"
#: a field, also within others
PLACE = re.compile(r"[\w.\[\]]+")
#: the newest attempt, and whether the first said the same
FIND = """
    SELECT id, state, (SELECT digest = %s FROM notice WHERE channel = %s AND external_id = %s AND attempt = 1)
    FROM notice WHERE channel = %s AND external_id = %s ORDER BY attempt DESC LIMIT 1
"""
SHOW = """
    SELECT n.id, n.external_id, n.channel, n.process, n.attempt, n.state, n.received_at, d.id, d.data_key, d.payload
    FROM notice n LEFT JOIN decision_record d ON d.id = n.decision WHERE n.id = %s
"""
COLUMNS = ("id", "external_id", "channel", "process", "attempt", "state", "received_at")


def put(process: str, text: bytes, *, actor: str) -> Effect:
    """What puts a notice into the inbox; raises Problem for one that cannot be read, or that says otherwise now."""
    delivery = examine(process, text)
    with connection.cursor() as cursor:
        vault = vault_of(cursor, on=business_day())

    def take() -> tuple[int, dict[str, Any]]:
        with connection.cursor() as cursor:
            if (known := find(cursor, delivery)) is not None:
                return 202, known
            try:
                identity = add_one(cursor, delivery, Origin(CHANNEL, actor), vault, at=now())
            except CommandError:  # somebody else wrote it a moment ago: the same, or find raises
                return 202, find(cursor, delivery) or {}
            return 202, {"id": identity, "state": "waiting", "known": False}

    return take


def find(cursor: Any, delivery: Delivery) -> dict[str, Any] | None:
    """The notice where it is there already; raises Problem where it says something else."""
    place = (CHANNEL, delivery.external_id)
    cursor.execute(FIND, (delivery.digest, *place, *place))
    row = cursor.fetchone()
    if row is None:
        return None
    if not row[2]:
        raise Problem(409, "There is another notice under this id already.")
    return {"id": row[0], "state": row[1], "known": True}


def examine(process: str, text: bytes) -> Delivery:
    """The notice at the door; raises Problem saying what is wrong, without its values."""
    name = process.replace("-", "_")
    try:
        loose = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(400, "The content is not readable JSON.") from None
    if not isinstance(loose, dict):
        raise refusal([Fault("body", "A JSON object is expected.")])
    if loose.setdefault("process", name) != name:
        raise refusal([Fault("process", "It must equal the process of the address.")])
    try:
        said = msgspec.json.encode(loose)
    except (ValueError, UnicodeEncodeError):
        raise refusal([Fault("body", "The content cannot be written as UTF-8.")]) from None
    examined = Door().examine(FileLine(1, 0, said), file="request")
    if not isinstance(examined, Refusal):
        return examined
    if name not in processes():
        raise Problem(404, examined.what)
    raise refusal(faults_of(processes()[name].notice, loose) or [split(examined.what)])


def faults_of(notice: type[Any], loose: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with each field; nothing where only the fields together do not fit, or cannot be kept."""
    fields = {each.encode_name: each for each in msgspec.structs.fields(notice)}
    known = {*fields, notice.__struct_config__.tag_field}
    faults = [Fault(name, "The process has no such field.") for name in loose if name not in known]
    for name, field in fields.items():
        if name not in loose:
            faults += [Fault(name, "It is required.")] if field.required else []
        elif fault := fault_of(field, loose[name]):
            faults.append(fault)
    return faults


def fault_of(field: FieldInfo, value: Any) -> Fault | None:
    """What is wrong with the value of a field, if anything."""
    try:
        msgspec.json.decode(msgspec.json.encode(value), type=field.type)
    except (msgspec.DecodeError, ValueError) as error:
        inner = split(fault_in_words(error))
        place = inner.field if inner.field.startswith("[") or not inner.field else f".{inner.field}"
        return Fault(f"{field.encode_name}{place}", inner.message)
    return None


def split(what: str) -> Fault:
    """A fault as the inbox says it: field, and what is wrong with it."""
    field, colon, message = what.partition(": ")
    return Fault(field, message) if colon and PLACE.fullmatch(field) else Fault("", what)


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
