"""The second check: a person who never touched the notice confirms a proposal, or discards it.

At confirmation everything is decided anew on the facts of now. The same actions, reasons and evidence under the same
rules take effect; anything else is stale, and is shown again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.inbox import operations as inbox
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.runner import proposals
from dunkelwerk.runner.acting import Opened, Person, Session, same_person, session
from dunkelwerk.runner.items import item_of
from dunkelwerk.runner.judging import CLERK, DECISION, MANUAL, REVERSAL, Judged
from dunkelwerk.runner.lettering import letters_text
from dunkelwerk.runner.modes import SECOND_CHECK
from dunkelwerk.runner.proposals import CONFIRMED, DISCARDED, PENDING, STALE, Proposal
from dunkelwerk.workitems import operations as workitems

FREE_JOINED = """
    UPDATE notice SET state = 'waiting', batch = NULL, decision = NULL, work_item = NULL
    WHERE work_item = %s AND state = 'joined'
"""
MOVE_JOINED = "UPDATE notice SET work_item = %s WHERE work_item = %s AND state = 'joined'"
SET_STATE = "UPDATE proposal SET state = %s WHERE id = %s"
SET_NOTICE = "UPDATE notice SET state = %s, work_item = coalesce(%s, work_item) WHERE id = %s"
#: what a clerk had to do for left-out parts of a notice, before it goes to one as a whole or is decided anew
DONE_WITH = """
    UPDATE work_item SET state = 'done', version = version + 1
    WHERE kind = 'notice' AND key = %s AND task = 'referral' AND state = 'open'
"""
RECORDED = """
    UPDATE notice n SET state = %s, batch = d.batch, decision = d.id, work_item = %s
    FROM decision_record d WHERE d.id = %s AND n.id = d.notice
"""
POSTINGS = "SELECT event, debit, credit, amount FROM posting WHERE decision = %s ORDER BY id"


class Result(Struct, frozen=True):
    """What became of a proposal; where it was stale, the new proposal in its place (None: it was referred)."""

    state: str
    decision: int | None = None
    successor: int | None = None


class View(Struct, frozen=True):
    """A proposal with the world before and after. ``stale``: it is no longer what was proposed; this is what it is now.

    ``fault``: why it could not take effect, as a sentence; then there is no world after.
    """

    proposal: Proposal
    judged: Judged
    before: dict[str, dict[str, str]]
    after: dict[str, dict[str, str]]
    postings: list[Any]
    letters: list[str]
    stale: bool
    fault: str | None = None


def confirm(identity: int, person: Person) -> Result:
    """Make a proposal true if it is still the same; raises CommandError for who may not, and for what cannot be."""
    with session(person) as work:
        proposal = take(work, identity)
        if proposal.adverse:
            person.ensure_words(_("Was hier bestätigt wird, nimmt jemandem etwas"))
        opened = work.open(proposal.notice)
        judged = proposals.decide_anew(work, opened, proposal)
        if not is_same(judged, proposal):
            return replace_stale(work, opened, proposal, judged)
        mode = SECOND_CHECK if proposal.kind == DECISION else CLERK
        applied = msgspec.structs.replace(judged, applies=True, actor=person.actor, mode=mode)
        written = work.write(opened, applied)
        if proposal.kind == REVERSAL:
            reopen(work, opened, judged.reverses, written.decision)
        work.cursor.execute("UPDATE proposal SET applied = %s WHERE id = %s", (written.decision, proposal.id))
        finish(work, proposal, CONFIRMED)
        if proposal.kind == MANUAL and (item := read_item(work, proposal)) is not None:
            finish_item(work, opened, item)
        elif proposal.kind == MANUAL:
            end_record(work, written.decision, "settled")
        return Result(CONFIRMED, written.decision)


def discard(identity: int, person: Person) -> Result:
    """Let a proposal go: nothing of it remains, and a clerk gets the notice."""
    person.ensure_words(_("Ein Vorschlag wird nur mit Grund verworfen"))
    with session(person) as work:
        proposal = take(work, identity)
        opened = work.open(proposal.notice)
        if proposal.kind == DECISION:
            codes = [each["code"] for each in work.read_record(proposal.decision)["decision"]["reasons"]]
            item = open_referral(work, opened, proposal.decision, codes=codes)
            work.cursor.execute(SET_NOTICE, ("referred", item, proposal.notice))
        if proposal.kind == MANUAL and (item := read_item(work, proposal)) is not None:
            workitems.set_state(work.cursor, item, workitems.OPEN)
        elif proposal.kind == MANUAL:
            end_record(work, proposal.decision, "handled")
        finish(work, proposal, DISCARDED)
        return Result(DISCARDED)


def view(identity: int, person: Person) -> View:
    """What a proposal would do now: it is made true, looked at, and rolled back."""
    with session(person, keep=False) as work:
        proposal = proposals.lock(work.cursor, identity)
        opened = work.open(proposal.notice)
        judged = proposals.decide_anew(work, opened, proposal)
        return foresee(work, opened, judged, proposal)


def foresee(work: Session, opened: Opened, judged: Judged, proposal: Proposal) -> View:
    """The world before and after; within a session that is rolled back."""
    store, cursor, parts = opened.store, work.cursor, judged.parts
    before = store.world(cursor, parts)
    stale = not is_same(judged, proposal)
    try:
        written = work.write(opened, msgspec.structs.replace(judged, applies=True))
    except CommandError as error:
        return View(proposal, judged, before, {}, [], [], stale, str(error))
    cursor.execute(POSTINGS, (written.decision,))
    postings = cursor.fetchall()
    case_file = opened.case.file if opened.case else None
    letters = letters_text(
        opened.readers.line,
        case_file=case_file,
        actions=judged.decision.actions,
        notice=opened.notice,
        on=work.person.day,
    )
    return View(proposal, judged, before, store.world(cursor, parts), postings, letters, stale)


def take(work: Session, identity: int) -> Proposal:
    """Lock a pending proposal for somebody who may decide on it; raises CommandError."""
    proposal = proposals.lock(work.cursor, identity)
    if proposal.state != PENDING:
        message = _("Über Vorschlag {proposal} ist schon entschieden ({state}).")
        raise CommandError(message.format(proposal=identity, state=tell_state(proposal.state)))
    touchers = [*inbox.touchers_of(work.cursor, proposal.notice), proposal.proposed_by or ""]
    if any(same_person(work.person.actor, each) for each in touchers):
        message = _("{actor} hat diese Meldung schon bearbeitet; die Zweitprüfung macht jemand anderes.")
        raise CommandError(message.format(actor=work.person.actor))
    return proposal


def tell_state(state: str) -> str:
    """A proposal's state as people call it."""
    words = {PENDING: _("offen"), CONFIRMED: _("bestätigt"), DISCARDED: _("verworfen"), STALE: _("überholt")}
    return words[state]


def state_of(identity: int) -> str:
    """The state of a proposal; raises CommandError where there is none."""
    with transaction.atomic(), connection.cursor() as cursor:
        return proposals.lock(cursor, identity).state


def is_same(judged: Judged, proposal: Proposal) -> bool:
    """Whether a proposal decided anew is what was proposed, under the same rules."""
    return judged.hash == proposal.hash and judged.decision.versions["rules"] == proposal.rules


def replace_stale(work: Session, opened: Opened, proposal: Proposal, judged: Judged) -> Result:
    """Put what is true now in the place of a stale proposal; nothing takes effect."""
    if proposal.kind == DECISION:
        work.cursor.execute(DONE_WITH, (str(opened.waiting.id),))
    written = work.write(opened, judged)
    if written.work_item is not None and judged.end == "proposed":
        work.cursor.execute(MOVE_JOINED, (written.work_item, proposal.work_item))
    if proposal.kind == MANUAL and read_item(work, proposal) is None:
        end_record(work, written.decision, "proposed", item=written.work_item)
    finish(work, proposal, STALE)
    work.cursor.execute("SELECT id FROM proposal WHERE decision = %s", (written.decision,))
    found = work.cursor.fetchone()
    return Result(STALE, written.decision, found[0] if found else None)


def finish(work: Session, proposal: Proposal, state: str) -> None:
    """The proposal's end: its work item is done, and what had joined it waits to be decided."""
    work.cursor.execute(SET_STATE, (state, proposal.id))
    workitems.set_state(work.cursor, proposal.work_item, workitems.DONE)
    work.cursor.execute(FREE_JOINED, (proposal.work_item,))
    work.note(state, kind="proposal", key=str(proposal.id), notice=proposal.notice)


def end_record(work: Session, decision: int, state: str, *, item: int | None = None) -> None:
    """The state of a notice that itself is what somebody records, by the decision on it."""
    work.cursor.execute(RECORDED, (state, item, decision))


def read_item(work: Session, proposal: Proposal) -> int | None:
    """The work item that a person's proposal was composed on; None where the notice itself is what they recorded."""
    item: int | None = work.read_record(proposal.decision)["request"]["work_item"]
    return item


def finish_item(work: Session, opened: Opened, item: int) -> None:
    """What had to be done by hand is done; a notice that was referred for it is handled."""
    workitems.set_state(work.cursor, item, workitems.DONE)
    if opened.state == "referred" and not workitems.is_open(work.cursor, kind="notice", key=str(opened.waiting.id)):
        work.cursor.execute(SET_NOTICE, ("handled", None, opened.waiting.id))


def reopen(work: Session, opened: Opened, reversed_: int | None, reversal: int) -> None:
    """What was reversed is to be done again: on the item where a person had done it, else the notice as a whole."""
    request = work.read_record(reversed_).get("request") if reversed_ is not None else None
    if request is None:
        item = open_referral(work, opened, reversal, codes=[])
        work.cursor.execute(SET_NOTICE, ("referred", item, opened.waiting.id))
        return
    if request.get("work_item") is None:  # nobody had done it: a reminder of the day
        return
    row = workitems.lock_item(work.cursor, request["work_item"])
    workitems.set_state(work.cursor, row.id, workitems.OPEN)
    if row.kind == "notice" and opened.state in ("handled", "replaced"):
        work.cursor.execute(SET_NOTICE, ("referred", row.id, opened.waiting.id))


def open_referral(work: Session, opened: Opened, decision: int, *, codes: Sequence[str]) -> int:
    """Give a notice to a clerk, after what was proposed for it or decided on it is gone; the work item's number."""
    work.cursor.execute(DONE_WITH, (str(opened.waiting.id),))
    routing = opened.store.route(codes)
    item = item_of(
        notice=opened.waiting.id,
        decision=decision,
        task="referral",
        routing=routing,
        contract=opened.waiting.case_key,
        claim=None,
        codes=codes,
        today=work.person.day,
        federal_state=opened.readers.federal_state(work.person.day),
    )
    return workitems.open_items(work.cursor, [item])[0]
