"""Work items by hand: look at one, correct its notice and run it again, act, or close it with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.decimals import ensure_plain
from dunkelwerk.decisions.decision import APPLY, Action
from dunkelwerk.decisions.faults import fault_in_words
from dunkelwerk.inbox import operations as inbox
from dunkelwerk.inbox.door import Delivery, Door
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import FileLine
from dunkelwerk.runner import proposals
from dunkelwerk.runner.acting import Opened, Person, Session, session
from dunkelwerk.runner.casequeries import read_deeds
from dunkelwerk.runner.judging import Judged
from dunkelwerk.runner.proposals import Proposal
from dunkelwerk.runner.second_check import DONE_WITH, SET_NOTICE, View, finish_item, foresee
from dunkelwerk.workitems import operations as workitems
from dunkelwerk.workitems.operations import Row

NOTICE_OF = "SELECT notice FROM decision_record WHERE id = %s"
#: what a clerk does with the item itself, not with a proposal or a letter
BY_HAND = ("referral", "review", "documents", "reimbursement", "recourse")


class Acted(Struct, frozen=True):
    """What an action by hand led to: it took effect as this decision, or waits as this proposal."""

    decision: int
    proposal: int | None


def preview(item: int, wanted: Sequence[Mapping[str, Any]], person: Person) -> View:
    """The world before and after these actions; nothing is changed."""
    with session(person, keep=False) as work:
        opened, judged = prepare(work, item, wanted, version=None)
        return foresee(work, opened, judged, as_proposal(item, judged))


def act(item: int, wanted: Sequence[Mapping[str, Any]], person: Person, *, version: int | None = None) -> Acted:
    """Do it. What pays, or takes something away, becomes a proposal for somebody else to confirm."""
    with session(person) as work:
        opened, judged = prepare(work, item, wanted, version=version)
        proposals.ensure_nothing_pending(work, opened, judged.parts)
        if needs_examiner(judged.decision.actions):
            person.ensure_words(_("Was Geld bewegt oder nachteilig ist, braucht eine Begründung"))
            written = work.write(opened, judged)
            workitems.set_state(work.cursor, item, workitems.IN_CHECK)
            work.cursor.execute("SELECT id FROM proposal WHERE decision = %s", (written.decision,))
            proposal: int | None = work.cursor.fetchone()[0]
        else:
            decision = msgspec.structs.replace(judged.decision, outcome=APPLY)
            written = work.write(opened, msgspec.structs.replace(judged, decision=decision, applies=True))
            finish_item(work, opened, item)
            proposal = None
        work.note("acted", kind="work_item", key=str(item), notice=opened.waiting.id)
        return Acted(written.decision, proposal)


def needs_examiner(actions: Sequence[Action]) -> bool:
    """Whether a second person must confirm what somebody composed: it moves money, or is adverse."""
    return any(getattr(each, "amount", None) is not None or each.is_adverse or each.four_eyes for each in actions)


def prepare(
    work: Session, item: int, wanted: Sequence[Mapping[str, Any]], *, version: int | None
) -> tuple[Opened, Judged]:
    """The case of a work item, and the actions composed on it."""
    row, opened = take(work, item, version=version)
    actions = [read_action(each, opened, row, wanted) for each in wanted]
    return opened, proposals.compose(work, opened, actions, {"actions": actions, "work_item": item})


def read_action(said: Mapping[str, Any], opened: Opened, row: Row, together: Sequence[Mapping[str, Any]]) -> Action:
    """An action from its JSON; contract and claim are the item's unless said. Raises CommandError."""
    line = opened.readers.line
    contract = said.get("contract", row.contract or opened.waiting.case_key)
    claim = row.claim or (opened.case and opened.store.meant_claim(opened.case, contract, together))
    defaults = {"contract": contract, "claim": claim}
    try:
        action: Action = msgspec.convert({**defaults, **said}, line.action, strict=False)
        ensure_plain(line.action, {**defaults, **said})
    except msgspec.ValidationError as error:
        message = _("Geschäftsvorfall {type}: {fault}.")
        raise CommandError(message.format(type=said.get("type", "?"), fault=fault_in_words(error)), code=2) from None
    return action


def as_proposal(item: int, judged: Judged) -> Proposal:
    """The proposal that it would become, for a preview."""
    return Proposal(
        id=0,
        decision=0,
        notice=judged.waiting.id,
        work_item=item,
        line="",
        parts=list(judged.parts),
        hash=judged.hash,
        state=proposals.PENDING,
        kind=judged.kind,
        mode=None,
        rules=judged.decision.versions["rules"],
        adverse=True,
        proposed_by=judged.actor,
        run=None,
    )


def correct(item: int, changes: Mapping[str, Any], person: Person, *, version: int | None = None) -> int:
    """The notice with other data as a new, numbered attempt, which waits; its number. The item is done."""
    with session(person) as work:
        row, opened = take(work, item, version=version)
        if row.kind != "notice":
            raise CommandError(_("Der Postkorbeintrag {item} gehört zu keiner Meldung.").format(item=item))
        if opened.state not in ("referred", "partial"):
            raise CommandError(_("Die Meldung {notice} ist nicht ausgesteuert.").format(notice=row.key))
        delivery = read_corrected(opened, changes)
        work.note("corrected", kind="work_item", key=str(item), notice=opened.waiting.id)
        attempt = inbox.add_attempt(work.cursor, opened.waiting.id, delivery, work.vault)
        work.note("corrected", kind="notice", key=str(attempt), notice=attempt)
        workitems.set_state(work.cursor, item, workitems.DONE)
        if opened.state == "referred":
            replace(work, opened.waiting.id)
        return attempt


def replace(work: Session, notice: int) -> None:
    """Another attempt takes a referred notice's place; raises CommandError while a proposal for it is pending."""
    work.cursor.execute(DONE_WITH, (str(notice),))
    if workitems.is_open(work.cursor, kind="notice", key=str(notice)):
        message = _("Zur Meldung {notice} wartet ein Vorschlag auf Zweitprüfung; bitte zuerst darüber entscheiden.")
        raise CommandError(message.format(notice=notice))
    work.cursor.execute(SET_NOTICE, ("replaced", None, notice))


def complete(notice: int, pieces: Sequence[str], changes: Mapping[str, Any], person: Person) -> int:
    """Missing documents arrived: the notice is given again with them, as the next attempt; its number."""
    with session(person) as work:
        opened = work.open(notice)
        add = getattr(opened.notice, "with_documents", None)
        if add is None or opened.state not in ("settled", "partial", "handled"):
            raise CommandError(_("Die Meldung {notice} wartet nicht auf Unterlagen.").format(notice=notice))
        delivery = read_corrected(opened, {**add(pieces), **changes})
        work.note("completed", kind="notice", key=str(notice), notice=notice)
        attempt = inbox.add_attempt(work.cursor, notice, delivery, work.vault)
        work.note("completed", kind="notice", key=str(attempt), notice=attempt)
        return attempt


def read_corrected(opened: Opened, changes: Mapping[str, Any]) -> Delivery:
    """The corrected notice through the same door as any other; raises CommandError for what no process can read."""
    said = msgspec.json.decode(opened.text)
    text = msgspec.json.encode({**said, "process": opened.waiting.process, **changes})
    delivery = Door().examine(FileLine(1, 0, text), file=_("Berichtigung"))
    if isinstance(delivery, Delivery):
        return delivery
    raise wrong_usage(_("Die Berichtigung ist nicht lesbar: {what}.").format(what=delivery.what))


def close(item: int, person: Person, *, version: int | None = None) -> None:
    """Nothing more is to be done; the reason says why."""
    person.ensure_words(_("Ein Postkorbeintrag wird nur mit Grund geschlossen"))
    with session(person) as work:
        row = workitems.read_item(work.cursor, item, version=version)
        ensure_open(row)
        if row.task == "second_check":
            raise CommandError(_("Das ist eine Zweitprüfung: bitte den Vorschlag bestätigen oder verwerfen."))
        opened = work.open(int(row.key)) if row.kind == "notice" else None
        ensure_open(workitems.lock_item(work.cursor, item, version=version))
        if opened is not None:
            finish_item(work, opened, item)
        else:
            workitems.set_state(work.cursor, item, workitems.DONE)
        work.note("closed", kind="work_item", key=str(item), notice=opened and opened.waiting.id)


def take(work: Session, item: int, *, version: int | None) -> tuple[Row, Opened]:
    """Lock the case of an item that a clerk may work on, then the item itself; raises CommandError."""
    row = workitems.read_item(work.cursor, item, version=version)
    ensure_by_hand(row)
    opened = work.open(notice_of(work, row))
    row = workitems.lock_item(work.cursor, item, version=version)
    ensure_open(row)
    return row, opened


def ensure_by_hand(row: Row) -> None:
    """Raise CommandError for an item that is done, or that nobody works on by hand."""
    ensure_open(row)
    if row.task == "second_check":
        message = _("Eine Zweitprüfung wird nicht von Hand bearbeitet: bitte den Vorschlag bestätigen oder verwerfen.")
        raise CommandError(message)
    if row.task not in BY_HAND:
        message = _("Der Postkorbeintrag {item} gehört zu keiner Meldung und wird nicht von Hand bearbeitet.")
        raise CommandError(message.format(item=row.id))


def ensure_open(row: Row) -> None:
    """Raise CommandError where an item is done, or its proposal is pending."""
    if row.state == workitems.DONE:
        raise CommandError(_("Der Postkorbeintrag {item} ist schon erledigt.").format(item=row.id))
    if row.state == workitems.IN_CHECK:
        raise CommandError(_("Zum Postkorbeintrag {item} wartet ein Vorschlag auf Zweitprüfung.").format(item=row.id))


def notice_of(work: Session, row: Row) -> int:
    """The notice that an item came from."""
    if row.kind == "notice":
        return int(row.key)
    work.cursor.execute(NOTICE_OF, (row.decision,))
    found = work.cursor.fetchone()
    if found is None:
        raise CommandError(_("Zum Postkorbeintrag {item} gibt es keine Meldung.").format(item=row.id))
    notice: int = found[0]
    return notice


class Look(Struct, frozen=True):
    """A work item as a clerk sees it. ``said``: the notice's fields; ``reasons`` of what was decided; ``history``."""

    row: Row
    said: dict[str, Any]
    reasons: list[dict[str, Any]]
    trace: list[dict[str, Any]]
    history: list[str]


def look(item: int, person: Person) -> Look:
    """An item with the reasons, their evidence and the trace of its decision; of a shadow run nothing is told."""
    with session(person, keep=False) as work:
        row = workitems.read_item(work.cursor, item)
        history = [*read_deeds(row.kind, row.key, work.vault), *read_deeds("work_item", str(item), work.vault)]
        if row.decision is None:
            return Look(row, {}, [], [], history)
        content = work.read_record(row.decision)
        decision = content["decision"]
        # a referral without reasons is a shadow run's: a clerk shall not be told what it found
        blind = row.task == "referral" and not row.reasons
        reasons = [] if blind else [each for each in decision["reasons"] if concerns(each, row)]
        return Look(row, content["notice"] or {}, reasons, [] if blind else decision["trace"], history)


def history(identity: int, person: Person) -> list[str]:
    """What was done to a proposal, and before to what it came from, in order and in the words of who did it."""
    with session(person, keep=False) as work:
        proposal = proposals.lock(work.cursor, identity)
        request = work.read_record(proposal.decision).get("request") or {}
        things = [("notice", proposal.notice), ("work_item", request.get("work_item"))]
        things += [("decision", request.get("reverses")), ("proposal", identity)]
        return [line for kind, key in things if key is not None for line in read_deeds(kind, str(key), work.vault)]


def concerns(reason: Mapping[str, Any], row: Row) -> bool:
    """Whether a reason belongs to an item: to its claim, or to the whole notice."""
    return row.claim is None or reason.get("claim") in (None, row.claim)
