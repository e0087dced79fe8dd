"""The database side of the members line: what the runner calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from dunkelwerk.decisions.decision import Action, Decision, Subject
from dunkelwerk.decisions.failures import ensure
from dunkelwerk.decisions.money import ZERO
from dunkelwerk.decisions.tables import TableError
from dunkelwerk.feeds import operations as feeds
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.lines.effects import Effect, Occasion, Routing, Task, Undone
from dunkelwerk.lines.members import actions, enrolment, loader, manual, reversal, routing, worlds
from dunkelwerk.lines.members.appliers import ALL, LINE, Writing, number_mandates
from dunkelwerk.lines.members.identification import MemberSubject

LOCK = "SELECT FROM member WHERE id = ANY(%s) ORDER BY number FOR UPDATE"


class MembersStore:
    """See ``lines.effects.Store``."""

    def prepare(self) -> None:
        """Read the table of baskets before anything is decided: a bad table is no notice's fault."""
        try:
            routing.BASKETS.read()
        except (TableError, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None

    def find_closures(self, cursor: Any, keys: Iterable[str]) -> dict[str, frozenset[int]]:
        """The members of these numbers."""
        return loader.find_closures(cursor, keys)

    def lock(self, cursor: Any, closures: Mapping[str, frozenset[int]]) -> None:
        """Lock members, sorted by number."""
        cursor.execute(LOCK, (list(set().union(*closures.values())),))

    def load(self, cursor: Any, keys: Sequence[str]) -> dict[str, loader.LoadedMember]:
        """The case files of these member numbers."""
        return loader.load_cases(cursor, keys)

    def enrol(self, cursor: Any, persons: Sequence[enrolment.Enrolled]) -> int:
        """Put persons into the register where they are unknown; how many were new."""
        return enrolment.enrol(cursor, persons)

    def apply(self, cursor: Any, effects: Sequence[Effect], occasion: Occasion) -> None:
        """Write all effects, one action type after the other, and their movements."""
        effects, mandates = number_mandates(cursor, effects, occasion)
        by_type: dict[type[Action], list[Effect]] = defaultdict(list)
        for effect in effects:
            by_type[type(effect.action)].append(effect)
        strange = by_type.keys() - ALL.keys()
        ensure(not strange, where="apply", what="ein Geschäftsvorfall, den niemand schreiben kann")
        feeds.record(cursor, movements(effects, occasion))
        writing = Writing(cursor, occasion, mandates)
        for kind, applier in ALL.items():
            if by_type[kind]:
                applier(writing, by_type[kind])

    def route(self, codes: Iterable[str]) -> Routing:
        """The basket for a referral with these reasons."""
        return routing.BASKETS.route(codes)

    def compose(self, case: Any, wanted: Sequence[Action], notice: Any) -> tuple[Action, ...]:
        """A person's actions checked and completed; raises CommandError saying which cannot be, and why."""
        return manual.compose(case, wanted, notice)

    def meant_claim(self, case: Any, contract: str, wanted: Sequence[Mapping[str, Any]]) -> str | None:
        """The topic of what is wanted."""
        return manual.topic_of(wanted)

    def facts(self, case: Any, parts: Iterable[str]) -> bytes:
        """What a person's proposal rests on: the member as they stand."""
        return msgspec.json.encode(case.file)

    def world(self, cursor: Any, parts: Collection[str]) -> dict[str, dict[str, str]]:
        """For each part what stands in the register, as German labels and values."""
        return worlds.read(cursor, parts)

    def undo(self, cursor: Any, decision: int) -> Undone:
        """How a decision that took effect is reversed."""
        return reversal.undo(cursor, decision)

    def later(self, cursor: Any, decisions: Sequence[int]) -> dict[int, list[int]]:
        """For each decision the later ones in effect that build upon it: they must be reversed before it."""
        return reversal.later(cursor, decisions)

    def due(self, cursor: Any, day: date) -> list[Task]:
        """Nothing is due without a notice."""
        return []

    def done(self, cursor: Any, task: Task, decision: int) -> None:
        """There is nothing to keep."""

    def describe(self, subject: Subject) -> str:
        """``MEMBER/TOPIC``."""
        if not isinstance(subject, MemberSubject):
            raise TypeError(type(subject).__name__)
        return f"{subject.contract or ''}/{subject.claim or ''}"

    def released(self, decision: Decision) -> Decimal:
        """Nothing is paid here."""
        return ZERO


def movements(effects: Sequence[Effect], occasion: Occasion) -> Iterator[feeds.MovementRow]:
    """One movement per action: no health data, no tax ID, no account number."""
    for effect in effects:
        action: Any = effect.action
        undone = action if isinstance(action, actions.Undo) else None
        yield feeds.MovementRow(
            id=effect.id,
            batch=occasion.batch,
            business_day=occasion.business_day,
            booked_at=occasion.booked_at,
            decision=effect.decision,
            line=LINE,
            contract=action.contract,
            claim=action.claim,
            cause=None,
            icd_chapter=None,
            action=undone.action if undone else str(type(action).__struct_config__.tag),
            flag=feeds.CANCELLED if undone else feeds.INSERTED,
            previous=undone.movement if undone else None,
            period_from=None,
            period_until=None,
            amount=None,
            mode=effect.mode,
            process=effect.process,
            rules=effect.rules,
            reasons=list(effect.reasons),
            legal_entity=effect.parameters.legal_entity,
        )


STORE = MembersStore()
