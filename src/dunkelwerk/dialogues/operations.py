"""What is done with a dialogue from outside the form: made, re-issued, revoked, answered on paper, returned, left.

Every function is a transaction, the caller's where there is one (but for exits), keeps an event, and names who acts.
A PIN is returned once and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dunkelwerk.dialogues import creating, exits, type_versions
from dunkelwerk.dialogues.changing import changing, ensure_reason, finish
from dunkelwerk.dialogues.creating import AlreadyThere, Created
from dunkelwerk.dialogues.events import note
from dunkelwerk.dialogues.items import PAPER_FORM, close_items
from dunkelwerk.dialogues.models import OPEN_STATES, STATES
from dunkelwerk.dialogues.records import Person
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.i18n import _

__all__ = [
    "AlreadyThere",
    "Created",
    "answered_on_paper",
    "create_dialogue",
    "exit_by_person",
    "hold",
    "reissue",
    "returned_by_post",
    "revoke",
]
#: from these a new PIN may be given out: a letter that came back, a revocation in error, a deadline that was missed
REISSUABLE = (*OPEN_STATES, "returned_by_post", "revoked", "expired")


def create_dialogue(
    type: str, person: Person, *, prefill: Mapping[str, Any], valid_until: date | None = None, actor: str
) -> Created:
    """One dialogue, exported at once: whoever calls hands out the PIN. ``prefill``: values as ``read_prefill`` gives.

    ``valid_until`` None: the type's ``valid_days`` from today. Raises AlreadyThere, and CommandError for an unknown
    type or a day in the past.
    """
    version = type_versions.newest(type, actor=actor)
    return creating.create(version, person, prefill=prefill, valid_until=valid_until, actor=actor)


def reissue(
    reference: str, *, actor: str, reason: str, valid_until: date | None = None, despite_exit: bool = False
) -> Created:
    """A new PIN; the old one is dead and open sessions end. Answers saved so far stay.

    ``valid_until`` None: as before, or anew from today where that has passed. Raises CommandError where the dialogue is
    submitted, answered on paper, or its data are deleted; and where somebody left it as deceased or as not meant,
    unless ``despite_exit``.
    """
    return creating.reissue(
        reference,
        actor=actor,
        reason=reason,
        valid_until=valid_until,
        states=REISSUABLE,
        despite_exit=despite_exit,
    )


def revoke(reference: str, *, actor: str, reason: str) -> None:
    """End a dialogue: its PIN is dead. Raises CommandError where it has ended already."""
    ensure_reason(reason)
    with changing(reference, states=(*OPEN_STATES, "returned_by_post"), what=_("widerrufen")) as (cursor, found):
        finish(cursor, found.id, "revoked")
        close_items(cursor, found.reference, task=PAPER_FORM)
        note(cursor, found.id, "revoked", actor=actor, at=now(), detail=reason)


def answered_on_paper(reference: str, *, actor: str) -> None:
    """The answers came on paper: nothing is asked any more. Raises CommandError."""
    states = (*OPEN_STATES, "expired", "returned_by_post")
    with changing(reference, states=states, what=_("auf Papier beantworten")) as (cursor, found):
        finish(cursor, found.id, "answered_on_paper")
        close_items(cursor, found.reference, task=PAPER_FORM)
        note(cursor, found.id, "answered_on_paper", actor=actor, at=now())


def returned_by_post(reference: str, *, actor: str) -> None:
    """The letter came back: its PIN is dead; ``reissue`` makes a new one. Raises CommandError."""
    with changing(reference, states=OPEN_STATES, what=_("als Rückläufer buchen")) as (cursor, found):
        finish(cursor, found.id, "returned_by_post")
        note(cursor, found.id, "returned_by_post", actor=actor, at=now())


def hold(reference: str, *, held: bool, actor: str, reason: str) -> None:
    """Set or lift a legal hold: nothing of a held dialogue is deleted."""
    ensure_reason(reason)
    with changing(reference, states=STATES, what=_("sperren")) as (cursor, found):
        cursor.execute("UPDATE dialogue SET held = %s WHERE id = %s", (held, found.id))
        note(cursor, found.id, "held" if held else "hold_lifted", actor=actor, at=now(), detail=reason)


def exit_by_person(dialogue: int, kind: str, *, note_text: str = "") -> None:
    """A person leaves the form: ``not_me``, ``deceased`` or ``on_paper``; each becomes a work item of the type.

    After ``not_me`` and ``deceased`` the PIN is dead and no reminder goes out; after ``on_paper`` the person may still
    change their mind. ``note_text`` (the person's own words, sealed) is for the clerk. ``representative`` is no exit
    here: it is an answer (``Form.filled_by``). Raises NotOpen, and ValueError for another kind.
    """
    if kind not in exits.LEAVES:
        raise ValueError(f"unknown exit {kind!r}; known are {', '.join(exits.LEAVES)}")
    exits.leave(dialogue, kind, words=note_text)
