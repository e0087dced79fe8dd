"""Recording by hand in a line's register: the change is a notice of its own, made true at once, or proposed.

It goes through the same compose, record, appliers and second check as whatever else a person does (``handling``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import transaction
from msgspec import Struct

from dunkelwerk.decisions.decimals import PlainDecoder
from dunkelwerk.decisions.decision import APPLY
from dunkelwerk.decisions.faults import fault_in_words
from dunkelwerk.inbox import operations as inbox
from dunkelwerk.inbox.door import Delivery, digest_of
from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.registry import AnyProcess, store_of
from dunkelwerk.runner import proposals
from dunkelwerk.runner.acting import Opened, Person, Session, session
from dunkelwerk.runner.judging import Judged
from dunkelwerk.runner.second_check import end_record, foresee

CHANNEL = "register"
#: how such a notice is called, before its number
PREFIX = "E-"
World = dict[str, dict[str, str]]


class Recorded(Struct, frozen=True):
    """What was recorded: its notice by number and name, the decision by which it took effect or is proposed (then
    its proposal), and the world before and after it.
    """

    notice: int
    name: str
    decision: int
    proposal: int | None
    before: World
    after: World


def record(procedure: AnyProcess, said: Mapping[str, Any], person: Person) -> Recorded:
    """Record a change, given as the JSON of its action; raises CommandError for what cannot be, and keeps nothing.

    What needs four eyes becomes a proposal, which another examiner confirms.
    """
    text = as_notice(procedure, said, person)
    with session(person) as work:
        opened = receive(work, procedure, text)
        judged = compose(work, opened)
        if any(each.four_eyes for each in judged.decision.actions):
            return propose(work, opened, judged)
        before = opened.store.world(work.cursor, judged.parts)
        decision = msgspec.structs.replace(judged.decision, outcome=APPLY)
        written = work.write(opened, msgspec.structs.replace(judged, decision=decision, applies=True))
        end_record(work, written.decision, "settled")
        return Recorded(
            opened.waiting.id,
            opened.waiting.external_id,
            written.decision,
            None,
            before,
            opened.store.world(work.cursor, judged.parts),
        )


def propose(work: Session, opened: Opened, judged: Judged) -> Recorded:
    """Let it wait for another examiner."""
    work.person.ensure_words(_("Was eine Zweitprüfung braucht, braucht auch eine Begründung"))
    written = work.write(opened, judged)
    end_record(work, written.decision, "proposed", item=written.work_item)
    work.cursor.execute("SELECT id FROM proposal WHERE decision = %s", (written.decision,))
    (identity,) = work.cursor.fetchone()
    before, after = try_out(work, opened, judged, proposals.lock(work.cursor, identity))
    return Recorded(opened.waiting.id, opened.waiting.external_id, written.decision, identity, before, after)


def try_out(work: Session, opened: Opened, judged: Judged, proposal: proposals.Proposal) -> tuple[World, World]:
    """The world before a proposal and as it would be after it; nothing of it stays."""
    savepoint = transaction.savepoint()
    view = foresee(work, opened, judged, proposal)
    transaction.savepoint_rollback(savepoint)
    return view.before, view.after


def as_notice(procedure: AnyProcess, said: Mapping[str, Any], person: Person) -> bytes:
    """The change as a notice; raises CommandError (wrong usage) for one that cannot be read."""
    notice = {
        "process": procedure.name,
        procedure.line.key: said["contract"],
        "received_on": person.day,
        "change": said,
    }
    text = msgspec.json.encode(notice)
    try:
        PlainDecoder(procedure.notice).decode(text)
    except (msgspec.DecodeError, ValueError) as error:
        raise wrong_usage(_("Das lässt sich nicht eintragen: {fault}.").format(fault=fault_in_words(error))) from None
    return text


def receive(work: Session, procedure: AnyProcess, text: bytes) -> Opened:
    """Store the notice behind all that came before it, with its case file locked: it is decided now."""
    store = store_of(procedure.line)
    key: str = getattr(msgspec.json.decode(text, type=procedure.notice), procedure.line.key)
    work.lock(store, key)
    delivery = Delivery(CHANNEL, PREFIX, procedure.name, key, digest_of(msgspec.json.decode(text)), text)
    notice = inbox.record(work.cursor, delivery, inbox.Origin(CHANNEL, work.person.actor), work.vault)
    work.note("recorded", kind="notice", key=str(notice), notice=notice)
    return work.open(notice)


def compose(work: Session, opened: Opened) -> Judged:
    """The change in full, as a person's decision; raises CommandError where it cannot be, or where one waits."""
    composed = proposals.compose(work, opened, [opened.notice.change], {"work_item": None})
    request = {"actions": composed.decision.actions, "work_item": None}
    proposals.ensure_nothing_pending(work, opened, composed.parts)
    return msgspec.structs.replace(composed, request=request)
