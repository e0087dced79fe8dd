"""Dialogues by the API: one made, shown, revoked, given a new PIN."""

from __future__ import annotations

from typing import Any

from django.db import connection

from dunkelwerk.api.idempotency import Effect
from dunkelwerk.api.persons import key_faults, person_faults, person_of, read_values, secret_faults, term_faults
from dunkelwerk.api.problems import Fault, Problem, refusal
from dunkelwerk.api.schemas import DialogueIn
from dunkelwerk.dialogues import operations, queries, type_versions
from dunkelwerk.dialogues.creating import LeftAlready
from dunkelwerk.dialogues.events import LONGEST_DETAIL
from dunkelwerk.dialogues.operations import AlreadyThere, Created
from dunkelwerk.dialogues.persons import CONTROL
from dunkelwerk.dialogues.shipped import Unanswerable, ensure_answerable
from dunkelwerk.dialogues.submitting import status
from dunkelwerk.dialogues.type_versions import Version
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.letters.insurer import CompanyUnknown

NOTICE = "SELECT notice FROM dialogue_submission WHERE dialogue = %s"
#: no column can hold it
NUL = "\0"
#: the code of the error that a type is not known
UNKNOWN = 2
#: where the caller gave none
REASON = "API"
#: by the event that a person left with
LEFT = {
    "exit_deceased": "It was reported that the person has died; a new PIN is made only with despite_exit.",
    "exit_not_me": "It was reported that the letter reached somebody else; a new PIN is made only with despite_exit.",
}


def create(body: DialogueIn, *, actor: str) -> Effect:
    """What makes a new dialogue; raises Problem for an unknown type, values that do not fit, an external_id in use."""
    fields = body.model_dump()
    name, prefill, valid_until = fields.pop("type").replace("-", "_"), fields.pop("prefill"), fields.pop("valid_until")
    version, today = newest(name, actor), business_day()
    values, wrong = read_values(version.form, prefill)
    faults = [*person_faults(fields, on=today), *term_faults(valid_until, on=today), *wrong]
    if faults := [*faults, *secret_faults(version.form, fields["postal_code"])]:
        raise refusal(faults)
    person = person_of(fields)
    if faults := list(key_faults(version.form, person, values)):
        raise refusal(faults)

    def make() -> tuple[int, dict[str, Any]]:
        try:
            created = operations.create_dialogue(name, person, prefill=values, valid_until=valid_until, actor=actor)
        except AlreadyThere as error:
            raise Problem(409, str(error), id=error.reference) from None
        return 201, told(created) | {"state": "exported", "valid_until": created.valid_until.isoformat()}

    return make


def newest(name: str, actor: str) -> Version:
    """The version that serves new dialogues; raises Problem for a type that is unknown, or that nobody could submit."""
    try:
        version = type_versions.newest(name, actor=actor)
        ensure_answerable(version.form)
        return version
    except Unanswerable:
        raise refusal(
            [Fault("type", "Its process is not there or cannot read its answers; publish it anew.")]
        ) from None
    except CompanyUnknown as error:
        message = f"Its legal_entity {error.legal_entity} is no company of insurer.yaml; list it under legal_entities."
        raise refusal([Fault("type", message)]) from None
    except CommandError as error:
        message = "There is no such dialogue type." if error.code == UNKNOWN else str(error)
        raise refusal([Fault("type", message)]) from None


def told(created: Created) -> dict[str, Any]:
    """What is told once."""
    return {"id": created.reference, "pin": created.pin, "link": created.link, "qr": created.link}


def reissue(reference: str, reason: str, *, despite_exit: bool, actor: str) -> dict[str, Any]:
    """A new PIN; raises Problem where the dialogue has been answered, or left by an exit unless ``despite_exit``."""
    ensure_plain(reason)
    found = find(reference)
    why = reason.strip() or REASON
    try:
        return told(operations.reissue(found.reference, actor=actor, reason=why, despite_exit=despite_exit))
    except LeftAlready as error:
        raise Problem(409, LEFT[error.event], exit=error.event.removeprefix("exit_")) from None
    except CommandError as error:
        raise Problem(409, str(error)) from None


def revoke(reference: str, reason: str, *, actor: str) -> None:
    """End a dialogue; one that is revoked stays so. Raises Problem where it has been answered."""
    ensure_plain(reason)
    found = find(reference)
    if found.state == "revoked":
        return
    try:
        operations.revoke(found.reference, actor=actor, reason=reason.strip() or REASON)
    except CommandError as error:
        raise Problem(409, str(error)) from None


def ensure_plain(reason: str) -> None:
    """Raise Problem for a reason that no event can hold."""
    if len(reason) > LONGEST_DETAIL or CONTROL.search(reason):
        message = f"At most {LONGEST_DETAIL} characters, none of them a control character, are expected."
        raise refusal([Fault("reason", message)])


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
