"""Reversing decisions: find them by version, reason or day, and propose to undo them. Source: docs/reversal.md.

What builds upon a decision is reversed with it, the newest first. Every reversal waits for a second examiner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import msgspec
from django.db import connection
from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.registry import lines, store_of
from dunkelwerk.runner import proposals
from dunkelwerk.runner.acting import Person, Session, session
from dunkelwerk.runner.judging import REVERSAL, Judged
from dunkelwerk.runner.proposals import Proposal
from dunkelwerk.runner.second_check import View, foresee

FIND = """
    SELECT d.id, d.notice, n.external_id, d.business_day, d.process, d.contract, d.mode, d.reasons, d.released,
           d.rules, d.parameters
    FROM decision_record d JOIN notice n ON n.id = d.notice
    WHERE d.effective AND d.kind <> 'reversal'
      AND NOT EXISTS (SELECT FROM decision_record r WHERE r.reverses = d.id AND r.effective)
      AND (%(decisions)s::bigint[] IS NULL OR d.id = ANY(%(decisions)s))
      AND (%(version)s::text IS NULL OR starts_with(d.rules, %(version)s) OR starts_with(d.parameters, %(version)s))
      AND (%(reason)s::text IS NULL OR %(reason)s = ANY(d.reasons))
      AND (%(process)s::text IS NULL OR d.process = %(process)s)
      AND d.business_day >= coalesce(%(since)s, CAST('-infinity' AS date))
      AND d.business_day <= coalesce(%(until)s, CAST('infinity' AS date))
    ORDER BY d.id
"""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which decisions: a version of rules or parameters (its beginning), a reason, a process, days, numbers."""

    version: str | None = None
    reason: str | None = None
    process: str | None = None
    since: date | None = None
    until: date | None = None
    decisions: list[int] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing says which: that would be all."""
        return self == Wanted()


class Found(Struct, frozen=True):
    """A decision in effect. ``follows``: it was not asked for, but builds upon one that was."""

    id: int
    notice: int
    external_id: str
    business_day: date
    process: str
    contract: str | None
    mode: str
    reasons: list[str]
    released: Decimal
    rules: str
    parameters: str
    follows: bool = False


class Proposed(Struct, frozen=True):
    """A run of reversals: its number, the proposals, and the decisions that there was nothing to undo of.

    ``refused``: the decisions that cannot be proposed now, each with why.
    """

    run: int
    proposals: tuple[int, ...]
    empty: tuple[int, ...]
    refused: dict[int, str]


def find(wanted: Wanted) -> list[Found]:
    """The decisions in effect that were asked for, oldest first."""
    names = Wanted.__struct_fields__
    with connection.cursor() as cursor:
        cursor.execute(FIND, {name: getattr(wanted, name) for name in names})
        return [Found(*row) for row in cursor.fetchall()]


def find_with_following(wanted: Wanted) -> list[Found]:
    """Those, and whatever builds upon them, newest first: the order in which they can be undone."""
    found = {each.id: each for each in find(wanted)}
    newest = list(found)
    while newest:  # one that follows may extend another claim, upon which others build
        added = find(Wanted(decisions=sorted(set(find_following(newest)) - found.keys())))
        newest = [each.id for each in added]
        found |= {each.id: msgspec.structs.replace(each, follows=True) for each in added}
    return [found[identity] for identity in sorted(found, reverse=True)]


def find_following(decisions: Sequence[int]) -> Iterator[int]:
    """The decisions that build upon these."""
    with connection.cursor() as cursor:
        for line in lines().values():
            for following in store_of(line).later(cursor, decisions).values():
                yield from following


def preview(decision: int, person: Person) -> View:
    """The world before and after a reversal, with what builds upon it reversed before; nothing is changed."""
    with session(person, keep=False) as work:
        chain = find_with_following(Wanted(decisions=[decision]))
        if not chain:
            raise not_effective(decision)
        before: dict[str, dict[str, str]] = {}
        for each in chain:
            opened = work.open(each.notice)
            judged = proposals.plan_reversal(work, opened, None, {"reverses": each.id})
            before = {**opened.store.world(work.cursor, judged.parts), **before}
            view = foresee(work, opened, judged, as_proposal(each, judged, person))
        return msgspec.structs.replace(view, before={part: before[part] for part in view.before})


def not_effective(decision: int) -> CommandError:
    """The sentence for what is reversed already, or never took effect."""
    return CommandError(_("Entscheidung {decision} ist nicht wirksam.").format(decision=decision))


def as_proposal(found: Found, judged: Judged, person: Person) -> Proposal:
    """The proposal that it would become, for a preview."""
    return Proposal(
        id=0,
        decision=found.id,
        notice=found.notice,
        work_item=0,
        line="",
        parts=list(judged.parts),
        hash=judged.hash,
        state=proposals.PENDING,
        kind=REVERSAL,
        mode=None,
        rules=judged.decision.versions["rules"],
        adverse=True,
        proposed_by=person.actor,
        run=None,
    )


def propose(found: Sequence[Found], person: Person) -> Proposed:
    """Propose to undo decisions, newest first, each by itself; one that cannot be does not keep the others.

    Done again, it goes on where it was interrupted: what waits already is refused.
    """
    person.ensure_words(_("Eine Rücknahme braucht eine Begründung"))
    with session(person) as work:
        run = work.note("reversal", kind="run", key=person.day.isoformat())
    made, empty, refused = list[int](), list[int](), dict[int, str]()
    for each in sorted(found, key=lambda each: each.id, reverse=True):
        try:
            with session(person) as work:
                proposal = propose_one(work, each, run)
        except CommandError as error:
            refused[each.id] = str(error)
        else:
            made += [] if proposal is None else [proposal]
            empty += [each.id] if proposal is None else []
    return Proposed(run, tuple(made), tuple(empty), refused)


def propose_one(work: Session, found: Found, run: int) -> int | None:
    """One proposal, or None where nothing is to be undone; raises CommandError where it cannot be proposed now."""
    opened = work.open(found.notice)
    if not find(Wanted(decisions=[found.id])):  # somebody undid it since it was found
        raise not_effective(found.id)
    judged = proposals.plan_reversal(work, opened, None, {"reverses": found.id})
    if not judged.decision.actions:
        return None
    proposals.ensure_nothing_pending(work, opened, judged.parts, run=run)
    written = work.write(opened, msgspec.structs.replace(judged, run=run))
    work.note("reversal_proposed", kind="decision", key=str(found.id), notice=found.notice)
    work.cursor.execute("SELECT id FROM proposal WHERE decision = %s", (written.decision,))
    identity: int = work.cursor.fetchone()[0]
    return identity
