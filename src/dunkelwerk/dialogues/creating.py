"""Making one dialogue, and a new PIN for one that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import pins, records
from dunkelwerk.dialogues.changing import Locked, changing, ensure_reason
from dunkelwerk.dialogues.enrolling import Newcomer, enrol, key_fault
from dunkelwerk.dialogues.events import note
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.forms.reading import decode
from dunkelwerk.dialogues.hashing import Hasher
from dunkelwerk.dialogues.items import PAPER_FORM, close_items
from dunkelwerk.dialogues.minting import Mint, Minted, is_by_chance, link_to, new_reference
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.dialogues.records import Person
from dunkelwerk.dialogues.sessions import end_all
from dunkelwerk.dialogues.settings import configured_url
from dunkelwerk.dialogues.shipped import ensure_answerable
from dunkelwerk.dialogues.type_versions import Version
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault

KNOWN = "SELECT reference FROM dialogue WHERE type = %s AND external_id = %s"
INSERT = """
    INSERT INTO dialogue (reference, type, version, external_id, state, selector, pin_hash, pepper, person, prefill,
        data_key, valid_until, remind_on, created_at, held)
    VALUES (%s, %s, %s, %s, 'exported', %s, %s, %s, %s, %s, %s, %s, %s, %s, false) RETURNING id
"""
RENEW = """
    UPDATE dialogue SET selector = %s, pin_hash = %s, pepper = %s, state = %s, valid_until = %s, remind_on = %s,
        end_on = NULL
    WHERE id = %s
"""
#: whether answers are kept, was a reminder sent, did the person ask for paper, is it somebody else or dead
HISTORY = """
    SELECT EXISTS (SELECT FROM dialogue_draft r WHERE r.dialogue = d.id), d.reminded_at IS NOT NULL,
        EXISTS (SELECT FROM dialogue_event e WHERE e.dialogue = d.id AND e.event = 'exit_on_paper'),
        (SELECT e.event FROM dialogue_event e WHERE e.dialogue = d.id AND e.event IN ('revoked', 'exit_not_me',
            'exit_deceased', 'reissued') ORDER BY e.id DESC LIMIT 1), v.content
    FROM dialogue d JOIN dialogue_type_version v ON v.id = d.version WHERE d.id = %s
"""
#: the last word of a person who left: a new PIN would go to somebody dead, or again to somebody else
LEFT = ("exit_not_me", "exit_deceased")
#: two at the same time take the same selector about once in a million; never three times
ATTEMPTS = 5


class Created(Struct, frozen=True):
    """A dialogue and its new PIN (in three groups), which is kept nowhere else. ``link`` carries it in the fragment."""

    dialogue: int
    reference: str
    pin: str
    link: str
    valid_until: date

    def __repr__(self) -> str:
        return f"Created({self.reference})"


class History(Struct, frozen=True):
    """What a new PIN depends on. ``last``: the last event that ended or reopened the dialogue, if any."""

    has_draft: bool
    was_reminded: bool
    wants_paper: bool
    last: str | None
    form: DialogueType


class LeftAlready(CommandError):
    """A person left the dialogue by an exit; ``event`` says by which."""

    def __init__(self, reference: str, event: str) -> None:
        super().__init__(left_already(reference, event))
        self.event = event


class AlreadyThere(CommandError):
    """The type has a dialogue of this external_id already; ``reference`` names it."""

    def __init__(self, reference: str) -> None:
        message = _("Zu dieser external_id gibt es für diesen Typ schon den Dialog {reference}.")
        super().__init__(message.format(reference=reference))
        self.reference = reference


def create(
    version: Version, person: Person, *, prefill: Mapping[str, Any], valid_until: date | None, actor: str
) -> Created:
    """One dialogue, exported at once.

    Raises AlreadyThere, Unanswerable for a type that nobody could submit, and CommandError for a day in the past.
    """
    ensure_answerable(version.form)
    configured_url()  # a wrong one is told before the PIN is made, which nobody could read again
    until = last_day(version.form, valid_until)
    if fault := key_fault(version.form, Newcomer(person, prefill)):
        raise CommandError(f"{fault}.")
    for attempt in range(ATTEMPTS):
        try:
            return insert(version, person, prefill=prefill, until=until, actor=actor)
        except IntegrityError as error:
            if not is_by_chance(error) or attempt == ATTEMPTS - 1:
                raise_known(version.name, person.external_id)
                raise
    raise CommandError(_("Es war keine freie PIN zu finden; bitte noch einmal versuchen."))


def last_day(form: DialogueType, valid_until: date | None) -> date:
    """The day given, else the type's days from today; raises CommandError for one that has passed."""
    today = business_day()
    if valid_until is not None and valid_until < today:
        raise CommandError(_("valid_until: der {day} ist vorbei.").format(day=valid_until))
    return valid_until or today + timedelta(days=form.valid_days)


def reminder_day(form: DialogueType, exported: date, until: date) -> date | None:
    """The day on which a reminder is due; None: never, or not before the end."""
    if form.reminder_days is None:
        return None
    day = exported + timedelta(days=form.reminder_days)
    return day if day < until else None


def insert(version: Version, person: Person, *, prefill: Mapping[str, Any], until: date, actor: str) -> Created:
    """The row, its event, and the person in the line's register: one transaction."""
    at = now()
    with transaction.atomic(), connection.cursor() as cursor:
        [minted] = Mint(Hasher.open(cursor)).take(cursor, 1)
        vault, reference = Vault(cursor, on=business_day()), new_reference()
        sealed = records.seal(vault, person, reference=reference, column=records.PERSON)
        known = records.seal(vault, dict(prefill), reference=reference, column=records.PREFILL)
        head = (reference, version.name, version.id, person.external_id)
        remind = reminder_day(version.form, business_day(), until)
        cursor.execute(INSERT, (*head, *stored(minted), sealed, known, vault.current, until, remind, at))
        identity = cursor.fetchone()[0]
        note(cursor, identity, "created", actor=actor, at=at)
        note(cursor, identity, "exported", actor=actor, at=at)
        enrol(cursor, version.form, [Newcomer(person, prefill)])
    return created(identity, reference, minted, until)


def stored(minted: Minted) -> tuple[str, str, str]:
    """The columns of a PIN."""
    return minted.hashed.selector, minted.hashed.hash, minted.hashed.pepper


def created(identity: int, reference: str, minted: Minted, until: date) -> Created:
    """What the caller gets."""
    return Created(identity, reference, pins.grouped(minted.pin), link_to(minted.pin), until)


def raise_known(type: str, external_id: str) -> None:
    """Raise AlreadyThere where the type has a dialogue of this external_id."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, (type, external_id))
        row = cursor.fetchone()
    if row is not None:
        raise AlreadyThere(row[0])


def reissue(
    reference: str,
    *,
    actor: str,
    reason: str,
    valid_until: date | None,
    states: Sequence[str],
    despite_exit: bool = False,
) -> Created:
    """A new PIN for a dialogue in one of these states; raises CommandError."""
    ensure_reason(reason)
    for attempt in range(ATTEMPTS):
        try:
            return reissue_once(
                reference, actor=actor, reason=reason, until=valid_until, states=states, despite_exit=despite_exit
            )
        except IntegrityError as error:
            if not is_by_chance(error) or attempt == ATTEMPTS - 1:
                raise
    raise CommandError(_("Es war keine freie PIN zu finden; bitte noch einmal versuchen."))


def reissue_once(
    reference: str, *, actor: str, reason: str, until: date | None, states: Sequence[str], despite_exit: bool
) -> Created:
    """One attempt; raises IntegrityError where another took the same selector at the same time."""
    with changing(reference, states=states, what=_("eine neue PIN")) as (cursor, found):
        if not found.known:
            message = _("Die Angaben zur Person des Dialogs {reference} sind gelöscht; eine neue PIN geht nicht mehr.")
            raise CommandError(message.format(reference=found.reference))
        history = history_of(cursor, found)
        if history.last in LEFT and not despite_exit:
            raise LeftAlready(found.reference, history.last)
        return renew(cursor, found, history, actor=actor, detail=reason, valid_until=until, at=now())


def history_of(cursor: Any, found: Locked) -> History:
    """What happened to a locked dialogue before."""
    cursor.execute(HISTORY, (found.id,))
    *facts, content = cursor.fetchone()
    return History(*facts, decode(bytes(content)))


def left_already(reference: str, event: str) -> str:
    """Why there is no new PIN for a dialogue that was left by an exit."""
    if event == "exit_deceased":
        message = _(
            "Zum Dialog {reference} wurde gemeldet, dass die Person verstorben ist; eine neue PIN gibt es nur mit "
            "--despite-exit."
        )
    else:
        message = _(
            "Zum Dialog {reference} wurde gemeldet, dass der Brief die falsche Person erreicht hat; eine neue PIN gibt "
            "es nur mit --despite-exit, wenn die Anschrift stimmt."
        )
    return message.format(reference=reference)


def renew(
    cursor: Any,
    found: Locked,
    history: History,
    *,
    actor: str,
    detail: str,
    valid_until: date | None,
    at: datetime,
) -> Created:
    """Give a locked dialogue a new PIN; it is open again, its sessions end, its draft stays."""
    form = history.form
    until = found.valid_until if valid_until is None and found.valid_until >= business_day() else None
    until = until or last_day(form, valid_until)
    [minted] = Mint(Hasher.open(cursor)).take(cursor, 1)
    # answers are kept with the structure that they were given to: no other may be pinned
    state = "opened" if found.state == "opened" or history.has_draft else "exported"
    is_over = found.state in OPEN_STATES and (history.was_reminded or history.wants_paper)
    remind = None if is_over else reminder_day(form, business_day(), until)
    cursor.execute(RENEW, (*stored(minted), state, until, remind, found.id))
    end_all(cursor, found.id)
    close_items(cursor, found.reference, task=PAPER_FORM)
    note(cursor, found.id, "reissued", actor=actor, at=at, detail=detail)
    return created(found.id, found.reference, minted, until)
