"""Reading dialogues: one with its form, person and prefill for whoever answers it or shows it; lists without both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection
from msgspec import Struct

from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.forms.reading import decode
from dunkelwerk.dialogues.records import Person
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.vaults import vault_of

#: the newest attempt of a dialogue's notice counts: a clerk may have corrected it
NOTICE = """(SELECT n.state FROM notice n WHERE n.channel = 'dialogue' AND n.external_id = d.reference
        ORDER BY n.attempt DESC LIMIT 1)"""
#: the state as everybody sees it: ``processed`` once the notice has met its decision
STATE = f"""CASE WHEN d.state = 'submitted' AND (
        EXISTS (SELECT FROM dialogue_submission s WHERE s.dialogue = d.id AND s.reported_at IS NOT NULL)
        OR {NOTICE} <> 'waiting')
    THEN 'processed' ELSE d.state END"""
HEAD = f"""d.id, d.reference, d.type, v.version, d.version AS version_id, d.external_id, d.state, {STATE} AS seen,
    d.valid_until, d.remind_on, d.created_at, d.submitted_at, d.end_on, d.held, d.data_key, d.person, d.prefill"""
COLUMNS = f"{HEAD}, v.content"
FROM = "FROM dialogue d JOIN dialogue_type_version v ON v.id = d.version"
EVENTS = "SELECT at, actor, event, detail FROM dialogue_event WHERE dialogue = %s ORDER BY id"
LIST = f"""
    SELECT d.reference, d.type, v.version, d.external_id, {STATE}, d.valid_until, d.created_at, d.submitted_at, d.held
    {FROM} WHERE (%s::text IS NULL OR d.type = %s) AND (%s::text IS NULL OR {STATE} = %s)
    ORDER BY d.id DESC LIMIT %s
"""


class Dialogue(Struct, frozen=True):
    """A dialogue, opened. ``person`` None and ``prefill`` {}: retention has deleted them. ``version``: 1, 2, …"""

    id: int
    reference: str
    type: str
    version: int
    version_id: int
    external_id: str
    #: created, exported, opened, submitted, expired, revoked, answered_on_paper, returned_by_post
    state: str
    #: the same, or ``processed``
    seen: str
    valid_until: date
    remind_on: date | None
    created_at: datetime
    submitted_at: datetime | None
    end_on: date | None
    held: bool
    person: Person | None
    prefill: dict[str, Any]
    form: DialogueType

    def __repr__(self) -> str:
        return f"Dialogue({self.reference})"

    @property
    def facts(self) -> dict[str, Any]:
        """The person as conditions, slots and notices see it: by field, the birth date as text."""
        return {} if self.person is None else msgspec.to_builtins(self.person)


class Event(Struct, frozen=True):
    """One change of a dialogue."""

    at: datetime
    actor: str
    event: str
    detail: str


class Listed(Struct, frozen=True):
    """A line of a list of dialogues: nothing personal but the number in the core system."""

    reference: str
    type: str
    version: int
    external_id: str
    state: str
    valid_until: date
    created_at: datetime
    submitted_at: datetime | None
    held: bool


def load(dialogue: int) -> Dialogue:
    """The dialogue of an id; raises CommandError where there is none."""
    return read_one("d.id = %s", dialogue)


def find(reference: str) -> Dialogue:
    """The dialogue of a public reference (any case); raises CommandError where there is none."""
    return read_one("d.reference = %s", reference.strip().upper())


def read_one(condition: str, value: int | str) -> Dialogue:
    """One dialogue, opened."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} {FROM} WHERE {condition}", (value,))
        row = cursor.fetchone()
        if row is None:
            raise unknown(value)
        vault = vault_of(cursor, on=business_day())
        vault.prepare(cursor, {row[14]})
    return opened(row, vault)


def unknown(value: int | str) -> CommandError:
    """The error for a dialogue that there is not. Whoever took a PIN for the reference must not find it in a log."""
    if not str(value).upper().startswith("D-"):
        return CommandError(_("Diesen Dialog gibt es nicht; eine Vorgangsnummer sieht so aus: D-7K2MA-9QXR4."))
    return CommandError(_("Den Dialog {reference} gibt es nicht.").format(reference=value))


def opened(row: Sequence[Any], vault: Vault) -> Dialogue:
    """A dialogue from its row, in the order of ``COLUMNS``."""
    return filled(row[:-1], vault, decode(bytes(row[-1])))


def filled(row: Sequence[Any], vault: Vault, form: DialogueType) -> Dialogue:
    """A dialogue from its row, in the order of ``HEAD``, and its form."""
    *plain, key, person, prefill = row
    reference = row[1]
    who = records.unseal(vault, person, Person, key=key, reference=reference, column=records.PERSON) if person else None
    known: dict[str, Any] = {}
    if prefill:
        known = records.unseal(vault, prefill, dict[str, Any], key=key, reference=reference, column=records.PREFILL)
    return Dialogue(*plain, who, known, form)


def events_of(dialogue: int) -> list[Event]:
    """Everything that happened to it, in order."""
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, (dialogue,))
        return [Event(*row) for row in cursor.fetchall()]


def list_dialogues(*, type: str | None = None, state: str | None = None, limit: int = 100) -> list[Listed]:
    """The newest dialogues of a type and state."""
    with connection.cursor() as cursor:
        cursor.execute(LIST, (type, type, state, state, limit))
        return [Listed(*row) for row in cursor.fetchall()]


def count_states(type: str | None = None) -> dict[str, int]:
    """How many dialogues are in each state."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {STATE}, count(*) FROM dialogue d WHERE %s::text IS NULL OR d.type = %s GROUP BY 1", (type, type)
        )
        return dict(cursor.fetchall())
