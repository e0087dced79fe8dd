"""The database side of credit protection: what the runner calls."""

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
from dunkelwerk.ledger.operations import booking_rules
from dunkelwerk.lines.credit_protection import (
    actions,
    events,
    loader,
    manual,
    openings,
    reversal,
    routing,
    waits,
    worlds,
)
from dunkelwerk.lines.credit_protection.appliers import APPLIERS, LINE, recovery_of, released_days
from dunkelwerk.lines.credit_protection.identification import ClaimSubject
from dunkelwerk.lines.credit_protection.register import checking, standing
from dunkelwerk.lines.credit_protection.register import writing as register_writing
from dunkelwerk.lines.credit_protection.register.change import RegisterChange
from dunkelwerk.lines.credit_protection.writing import Applier, Writing, row_of
from dunkelwerk.lines.effects import Effect, Occasion, Routing, Task, Undone

LOCK_CONTRACTS = "SELECT FROM contract WHERE id = ANY(%s) ORDER BY number FOR UPDATE"
#: whoever creates a contract locks its persons FOR UPDATE, so no case file grows under us
LOCK_PERSONS = """
    SELECT FROM person WHERE id IN (
        SELECT i.person_id FROM insured i JOIN contract c ON c.id = i.contract_id WHERE c.number = ANY(%s)
    ) ORDER BY id FOR SHARE
"""


#: in the order in which the rows must be written
ALL: dict[type[Any], Applier] = {
    actions.OpenClaim: events.open_claim,
    actions.AcceptClaim: events.accept_claim,
    **APPLIERS,
    actions.PayLumpSum: events.pay_lump_sum,
    actions.CancelInstalments: events.cancel_instalments,
    actions.HoldInstalments: events.hold_instalments,
    actions.ResumeInstalments: events.resume_instalments,
    actions.EndContract: events.end_contract,
    actions.Undo: reversal.apply,
    **register_writing.APPLIERS,
}


class CreditProtectionStore:
    """See ``lines.effects.Store``."""

    def prepare(self) -> None:
        """Read booking rules and baskets before anything is decided: a bad table is no notice's fault."""
        try:
            booking_rules()
            routing.BASKETS.read()
        except (TableError, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None

    def find_closures(self, cursor: Any, keys: Iterable[str]) -> dict[str, frozenset[int]]:
        """The contracts of the case files of these contract numbers."""
        return loader.find_closures(cursor, keys)

    def lock(self, cursor: Any, closures: Mapping[str, frozenset[int]]) -> None:
        """Lock contracts, sorted by number, then the persons of the named ones."""
        cursor.execute(LOCK_CONTRACTS, (list(set().union(*closures.values())),))
        cursor.execute(LOCK_PERSONS, (list(closures),))

    def load(self, cursor: Any, keys: Sequence[str]) -> dict[str, loader.LoadedCase]:
        """The case files of these contract numbers."""
        return loader.load_cases(cursor, keys)

    def apply(self, cursor: Any, effects: Sequence[Effect], occasion: Occasion) -> None:
        """Write all effects, one action type after the other, and their movements."""
        effects = openings.number_claims(cursor, effects)
        by_type: dict[type[Action], list[Effect]] = defaultdict(list)
        for effect in effects:
            by_type[type(effect.action)].append(effect)
        strange = by_type.keys() - ALL.keys()
        ensure(not strange, where="apply", what="ein Geschäftsvorfall, den niemand schreiben kann")
        writing = Writing(cursor, occasion, {}, set_off_amounts(by_type[actions.OffsetRecourse]))
        feeds.record(cursor, movements(effects, occasion))
        for kind, applier in ALL.items():
            if by_type[kind]:
                applier(writing, by_type[kind])

    def route(self, codes: Iterable[str]) -> Routing:
        """The basket for a referral with these reasons."""
        return routing.BASKETS.route(codes)

    def compose(self, case: Any, wanted: Sequence[Action], notice: Any) -> tuple[Action, ...]:
        """A person's actions checked and completed; raises CommandError saying which cannot be, and why."""
        if isinstance(notice, RegisterChange):
            return checking.compose(case, wanted, today=notice.received_on)
        return manual.compose(case, wanted, notice)

    def meant_claim(self, case: Any, contract: str, wanted: Sequence[Mapping[str, Any]]) -> str | None:
        """The contract's only claim, unless one is to be opened."""
        if any(each.get("type") == "open_claim" for each in wanted):
            return None
        claims = [claim for number, claim in case.rows if number == contract]
        return claims[0] if len(claims) == 1 else None

    def facts(self, case: Any, parts: Iterable[str]) -> bytes:
        """What a person's proposal rests on: the claims as they stand; for a claim to be opened its contract."""
        rows = {
            f"{contract}/{claim}": (row.claim, row.contract.recourse_open)
            for (contract, claim), row in case.rows.items()
        }
        contracts = {f"{contract.number}/": (contract, contract.recourse_open) for contract in case.file.contracts}
        known = {**rows, **contracts, **standing.facts(case.file)}
        return msgspec.json.encode([known[part] for part in sorted(parts)])

    def world(self, cursor: Any, parts: Collection[str]) -> dict[str, dict[str, str]]:
        """For each part what stands in the register, as German labels and values."""
        own = {part for part in parts if standing.is_part(part)}
        return {**worlds.read(cursor, set(parts) - own), **standing.read(cursor, sorted(own))}

    def undo(self, cursor: Any, decision: int) -> Undone:
        """How a decision that took effect is reversed."""
        return reversal.undo(cursor, decision)

    def later(self, cursor: Any, decisions: Sequence[int]) -> dict[int, list[int]]:
        """For each decision the later ones in effect that build upon it: they must be reversed before it."""
        return reversal.later(cursor, decisions)

    def due(self, cursor: Any, day: date) -> list[Task]:
        """Reminders of documents that are missing."""
        return waits.due(cursor, day)

    def done(self, cursor: Any, task: Task, decision: int) -> None:
        """The reminder was sent by this decision."""
        waits.done(cursor, task, decision)

    def describe(self, subject: Subject) -> str:
        """``CONTRACT/CLAIM``."""
        if not isinstance(subject, ClaimSubject):
            raise TypeError(type(subject).__name__)
        return f"{subject.contract or ''}/{subject.claim or ''}"

    def released(self, decision: Decision) -> Decimal:
        """The euros that a decision's actions release, gross."""
        paying = (actions.ReleaseInstalment, actions.PayLumpSum)
        return sum((each.amount for each in decision.actions if isinstance(each, paying)), ZERO)


def set_off_amounts(effects: Sequence[Effect]) -> dict[tuple[int, int, Any], Decimal]:
    """Euros set off, by decision, claim row and due date."""
    return {
        (effect.decision, row_of(effect).id, effect.action.due): effect.action.amount  # type: ignore[attr-defined]
        for effect in effects
    }


def movements(effects: Sequence[Effect], occasion: Occasion) -> Iterator[feeds.MovementRow]:
    """One movement per action."""
    for effect in effects:
        action: Any = effect.action
        # what is recorded of a contract or a person is no claim's
        row = None if action.claim is None else row_of(effect)
        start, until = period_of(effect, occasion.business_day)
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
            cause=row.claim.cause.value if row else None,
            icd_chapter=next((code.strip().upper()[:1] for code in row.claim.icd if code.strip()), None)
            if row
            else None,
            action=undone.action if undone else str(type(action).__struct_config__.tag),
            flag=feeds.CANCELLED if undone else feeds.INSERTED,
            previous=undone.movement if undone else None,
            period_from=start,
            period_until=until,
            amount=getattr(action, "amount", None),
            mode=effect.mode,
            process=effect.process,
            rules=effect.rules,
            reasons=list(effect.reasons),
            legal_entity=row.legal_entity if row else "",
        )


def period_of(effect: Effect, day: date) -> tuple[Any, Any]:
    """The days an action is about: those released, the due date, the day of proof or review."""
    action = effect.action
    if isinstance(action, actions.Undo):
        return action.since, action.until
    if isinstance(action, actions.RegisterAction):
        return action.days
    if isinstance(action, actions.PayLumpSum):
        return day, day
    if isinstance(action, actions.ExtendBenefit):
        days = released_days(effect)
        return days.start, days.end
    if isinstance(action, actions.CloseClaim):
        return None, recovery_of(effect)
    if isinstance(action, actions.AcceptClaim | actions.EndContract):
        return openings.span_of(effect)
    about = next((getattr(action, name) for name in ("due", "until", "on") if hasattr(action, name)), None)
    return (None, about) if isinstance(action, actions.RecordProof) else (about, about)


STORE = CreditProtectionStore()
