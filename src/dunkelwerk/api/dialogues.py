"""Dialogues by the API: one made, shown, revoked, given a new PIN."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import connection

from dunkelwerk.api.problems import Problem
from dunkelwerk.api.schemas import DialogueIn
from dunkelwerk.dialogues import operations, queries, type_versions
from dunkelwerk.dialogues.forms.prefilling import read_prefill
from dunkelwerk.dialogues.operations import AlreadyThere, Created
from dunkelwerk.dialogues.records import Person
from dunkelwerk.dialogues.submitting import status
from dunkelwerk.infra.errors import CommandError

NOTICE = "SELECT notice FROM dialogue_submission WHERE dialogue = %s"
#: no column can hold it
NUL = "\0"


def create(body: DialogueIn, *, actor: str) -> dict[str, Any]:
    """A new dialogue; raises Problem for an unknown type, values that do not fit, an external_id that is there."""
    fields = body.model_dump()
    name, prefill, valid_until = fields.pop("type").replace("-", "_"), fields.pop("prefill"), fields.pop("valid_until")
    if strange := next((field for field, value in fields.items() if NUL in str(value)), None):
        raise Problem(422, f"{strange}: the character NUL is not allowed.")
    try:
        version = type_versions.newest(name, actor=actor)
    except CommandError as error:
        raise Problem(422, str(error)) from None
    values, faults = read_prefill(version.form, {field: written(value) for field, value in prefill.items()})
    if faults:
        raise Problem(422, "; ".join(faults))
    try:
        person = msgspec.convert(fields, Person)
        created = operations.create_dialogue(name, person, prefill=values, valid_until=valid_until, actor=actor)
    except AlreadyThere as error:
        raise Problem(409, str(error), id=error.reference) from None
    return told(created) | {"state": "exported", "valid_until": created.valid_until.isoformat()}


def written(value: Any) -> str:
    """A prefilled value as a file would have it."""
    return "" if value is None else value if isinstance(value, str) else msgspec.json.encode(value).decode()


def told(created: Created) -> dict[str, Any]:
    """What is told once."""
    return {"id": created.reference, "pin": created.pin, "link": created.link, "qr": created.link}


def reissue(reference: str, reason: str, *, actor: str) -> dict[str, Any]:
    """A new PIN; raises Problem where the dialogue has been answered."""
    found = find(reference)
    try:
        return told(operations.reissue(found.reference, actor=actor, reason=reason))
    except CommandError as error:
        raise Problem(409, str(error)) from None


def revoke(reference: str, reason: str, *, actor: str) -> None:
    """End a dialogue; one that is revoked stays so. Raises Problem where it has been answered."""
    found = find(reference)
    if found.state == "revoked":
        return
    try:
        operations.revoke(found.reference, actor=actor, reason=reason or "API")
    except CommandError as error:
        raise Problem(409, str(error)) from None


def show(reference: str) -> dict[str, Any]:
    """A dialogue as it stands, without anything personal but its number in the core system."""
    found = find(reference)
    with connection.cursor() as cursor:
        cursor.execute(NOTICE, (found.id,))
        row = cursor.fetchone()
    return {
        "id": found.reference,
        **{name: getattr(found, name) for name in ("type", "version", "external_id", "valid_until", "created_at")},
        "state": found.seen,
        "submitted_at": found.submitted_at,
        "notice": row[0] if row else None,
        "outcome": status(found.id).outcome,
        "events": [{"at": each.at, "actor": each.actor, "event": each.event} for each in queries.events_of(found.id)],
    }


def find(reference: str) -> queries.Dialogue:
    """The dialogue; raises Problem where there is none."""
    try:
        if NUL in reference:
            raise CommandError(reference)
        return queries.find(reference)
    except CommandError:
        raise Problem(404, "There is no such dialogue.") from None
