"""Proposals: what waits for a second examiner, and how each kind is decided anew on the facts of now.

A process's proposal is decided again; a person's is composed again; a reversal is planned again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.decision import APPLY, PARTIAL, SECOND, Action, Decision
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.runner.acting import Opened, Session
from dunkelwerk.runner.judging import CLERK, DECISION, MANUAL, REVERSAL, Judged
from dunkelwerk.runner.modes import SECOND_CHECK

PENDING, CONFIRMED, DISCARDED, STALE = "pending", "confirmed", "discarded", "stale"
PENDING_ON = """
    SELECT id, run FROM proposal WHERE state = 'pending' AND line = %s AND parts && %s::varchar[] ORDER BY id
"""


class Proposal(Struct, frozen=True):
    """One row of ``proposal``; the fields are the columns."""

    id: int
    decision: int
    notice: int
    work_item: int
    line: str
    parts: list[str]
    hash: bytes
    state: str
    kind: str
    mode: str | None
    rules: str
    adverse: bool
    proposed_by: str | None
    run: int | None


def lock(cursor: Any, identity: int) -> Proposal:
    """Lock a proposal; raises CommandError where there is none."""
    cursor.execute(
        f"SELECT {', '.join(Proposal.__struct_fields__)} FROM proposal WHERE id = %s FOR UPDATE", (identity,)
    )
    row = cursor.fetchone()
    if row is None:
        raise CommandError(_("Den Vorschlag {proposal} gibt es nicht.").format(proposal=identity))
    return msgspec.structs.replace(Proposal(*row), hash=bytes(row[6]))


def decide_anew(session: Session, opened: Opened, proposal: Proposal) -> Judged:
    """What the proposal would be now; raises CommandError where it cannot be made any more."""
    if proposal.kind == DECISION:
        judged = session.decide(opened, mode=proposal.mode)
        if judged.decision.outcome in (APPLY, PARTIAL):  # a person looks at it already: no rule lets it pass now
            judged = session.decide(opened, mode=SECOND_CHECK)
        return judged
    request = session.read_record(proposal.decision)["request"]
    if proposal.kind == MANUAL:
        wanted = msgspec.convert(request["actions"], list[opened.readers.line.action])
        judged = compose(session, opened, wanted, request)
    else:
        judged = plan_reversal(session, opened, proposal.decision, request)
    return msgspec.structs.replace(judged, run=proposal.run, actor=proposal.proposed_by)


def compose(session: Session, opened: Opened, wanted: Sequence[Action], request: dict[str, Any]) -> Judged:
    """A person's actions as a decision; raises CommandError where they cannot be."""
    if opened.case is None:
        message = _("Zum Vertrag {contract} gibt es keine Akte; bitte zuerst die Meldung berichtigen (correct).")
        raise CommandError(message.format(contract=opened.waiting.case_key))
    composed = opened.store.compose(opened.case, wanted, opened.notice)
    parts = sorted({part_of(each) for each in composed})
    judged = by_hand(session, opened, composed, tuple(parts), request)
    return msgspec.structs.replace(judged, kind=MANUAL, facts=opened.store.facts(opened.case, parts))


def part_of(action: Action) -> str:
    """The name of what an action is about: as it says itself, else its claim."""
    own: str | None = getattr(action, "part", None)
    return own or f"{getattr(action, 'contract', '')}/{getattr(action, 'claim', None) or ''}"


def plan_reversal(session: Session, opened: Opened, proposed: int | None, request: dict[str, Any]) -> Judged:
    """What reverses a decision, as a decision; raises CommandError where a later one builds upon it."""
    reverses: int = request["reverses"]
    following = opened.store.later(session.cursor, [reverses]).get(reverses)
    if following and proposed is not None:
        message = _("Auf Entscheidung {decision} bauen spätere auf ({later}); bitte zuerst deren Rücknahme bestätigen.")
        raise CommandError(message.format(decision=reverses, later=", ".join(map(str, following))))
    undone = opened.store.undo(session.cursor, reverses)
    judged = by_hand(session, opened, undone.actions, undone.parts, request)
    return msgspec.structs.replace(judged, kind=REVERSAL, reverses=reverses)


def by_hand(
    session: Session, opened: Opened, actions: tuple[Action, ...], parts: tuple[str, ...], request: dict[str, Any]
) -> Judged:
    """A decision of a person, not of rules: no reasons, the actions, the versions in force."""
    versions = opened.readers.of(opened.waiting.process, session.person.day).parameters.versions
    return Judged(
        waiting=opened.waiting,
        text=opened.text,
        notice=opened.notice,
        case=opened.case,
        decision=Decision(opened.waiting.external_id, SECOND, (), actions, versions=versions),
        parts=parts,
        mode=CLERK,
        actor=session.person.actor,
        request=request,
    )


def ensure_nothing_pending(session: Session, opened: Opened, parts: Sequence[str], *, run: int | None = None) -> None:
    """Raise CommandError where a proposal for one of the claims waits already (one of the same run may)."""
    line = opened.readers.line.name
    session.cursor.execute(PENDING_ON, (line, list(parts)))
    others = [str(identity) for identity, theirs in session.cursor.fetchall() if run is None or theirs != run]
    if others:
        message = _("Zu diesem Leistungsfall wartet schon Vorschlag {others} auf die Zweitprüfung.")
        raise CommandError(message.format(others=", ".join(others)))
