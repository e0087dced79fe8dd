"""Actions become rows: set-based, one function per action type, given all such actions of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg.types.range import DateRange

from dunkelwerk.decisions.days import add_working_days
from dunkelwerk.decisions.failures import ensure
from dunkelwerk.decisions.periods import Period, day_after
from dunkelwerk.infra.bulk import columns_of, copy_rows, take_ids
from dunkelwerk.ledger import operations as ledger
from dunkelwerk.letters import operations as letters
from dunkelwerk.lines.credit_protection import actions, benefits, waits
from dunkelwerk.lines.credit_protection.routing import REVIEW
from dunkelwerk.lines.credit_protection.writing import Applier, Writing, row_of
from dunkelwerk.lines.effects import Effect
from dunkelwerk.workitems import operations as workitems

LINE = "credit_protection"
RELEASE = ("id", "claim_id", "contract", "person", "cause", "days", "origin", "decision")
INSTALMENT = ("claim_id", "due", "amount", "set_off", "status", "release", "decision")


def file_notice(writing: Writing, effects: Sequence[Effect]) -> None:
    """Nothing changes but the movement and the decision record."""


def record_proof(writing: Writing, effects: Sequence[Effect]) -> None:
    """A proof, and the claim proven up to its day; never back."""
    rows = []
    for effect in effects:
        row, until = row_of(effect), effect.action.until  # type: ignore[attr-defined]
        before = row.claim.proven_until
        # a claim that is accepted again after a reversal keeps the proof that it had
        again = before is not None and row.claim.released_until is None
        ensure(before is None or before < until or again, where=row.claim.number, what="Beleg")
        rows.append((row.id, until if before is None else max(before, until), until, effect.decision))
    copy_rows(writing.cursor, "proof", ("claim_id", "until", "decision"), [(row[0], *row[2:]) for row in rows])
    update_claims(writing.cursor, "proven_until", "date", [row[:2] for row in rows])


def extend_benefit(writing: Writing, effects: Sequence[Effect]) -> None:
    """A release of the days not yet released; the database refuses a day that was."""
    rows = []
    for effect, identity in zip(effects, take_ids(writing.cursor, "release", len(effects)), strict=True):
        row, days = row_of(effect), released_days(effect)
        writing.releases[effect.decision, row.id] = identity
        span = DateRange(days.start, day_after(days.end))
        rows.append(
            (identity, row.id, row.contract_id, row.person_id, row.claim.cause.value, span, identity, effect.decision)
        )
    copy_rows(writing.cursor, "release", RELEASE, rows)
    untils = [(row_of(effect).id, effect.action.until) for effect in effects]  # type: ignore[attr-defined]
    update_claims(writing.cursor, "released_until", "date", untils)


def released_days(effect: Effect) -> Period:
    """The days that an extension newly releases; raises TechnicalFailure past the limit or where there are none."""
    row = row_of(effect)
    cover = next(tariff for tariff in effect.case.file.tariffs if tariff.id == row.tariff).cover(row.claim.cause)
    terms = benefits.terms_of(contract=row.contract, claim=row.claim, cover=cover)
    until = effect.action.until  # type: ignore[attr-defined]
    days = benefits.days_to_release(terms, until)
    ensure(days is not None and days.end == until, where=row.claim.number, what="Freigabe über die Grenze hinaus")
    return days  # type: ignore[return-value]


def release_instalment(writing: Writing, effects: Sequence[Effect]) -> None:
    """Instalments to be paid out, each with its posting: the expense, and the liability to the payee."""
    rows, events = [], []
    for effect in effects:
        row, action = row_of(effect), effect.action
        set_off = writing.set_off.get((effect.decision, row.id, action.due), Decimal(0))  # type: ignore[attr-defined]
        status = "offset" if set_off == action.amount else "released"  # type: ignore[attr-defined]
        release = writing.releases[effect.decision, row.id]
        rows.append((row.id, action.due, action.amount, set_off, status, release, effect.decision))  # type: ignore[attr-defined]
        events.append(event_of("instalment_released", effect))
    copy_rows(writing.cursor, "instalment", INSTALMENT, rows)
    ledger.post(writing.cursor, events, business_day=writing.occasion.business_day)


def offset_recourse(writing: Writing, effects: Sequence[Effect]) -> None:
    """The contract's open recourse goes down; the instalments carry what was set off (``release_instalment``)."""
    events = [event_of("offset", effect) for effect in effects]
    used: dict[int, Decimal] = {}
    for event in events:
        used[event.contract] = used.get(event.contract, Decimal(0)) + event.amount
    writing.cursor.execute(
        """UPDATE contract c SET recourse_open = recourse_open - u.amount
           FROM unnest(%s::bigint[], %s::numeric[]) AS u (id, amount) WHERE c.id = u.id""",
        columns_of(list(used.items())),
    )
    ledger.post(writing.cursor, events, business_day=writing.occasion.business_day)


def review_on(writing: Writing, effects: Sequence[Effect]) -> None:
    """A work item for that day: shall the rest of the proven days be released?"""
    items = []
    for effect in effects:
        action: actions.ReviewOn = effect.action  # type: ignore[assignment]
        items.append(
            workitems.Item(
                basket=REVIEW.basket,
                task="review",
                kind="claim",
                key=f"{action.contract}/{action.claim}",
                decision=effect.decision,
                contract=action.contract,
                claim=action.claim,
                reasons=[],
                priority=REVIEW.priority,
                open_from=action.on,
                due_on=add_working_days(action.on, REVIEW.due_days, writing.occasion.federal_state),
                created_on=writing.occasion.business_day,
            )
        )
    workitems.open_items(writing.cursor, items)


def close_claim(writing: Writing, effects: Sequence[Effect]) -> None:
    """The claim ends; a recovery that nobody reported before is the last day of the final note."""
    rows = []
    for effect in effects:
        reason = effect.action.reason  # type: ignore[attr-defined]
        rows.append((row_of(effect).id, reason, recovery_of(effect)))
    writing.cursor.execute(
        """UPDATE claim c SET status = 'closed', closed_on = %s, closing_reason = u.reason,
               recovered_on = coalesce(c.recovered_on, u.recovered_on)
           FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS u (id, reason, recovered_on) WHERE c.id = u.id""",
        (writing.occasion.business_day, *columns_of(rows)),
    )
    waits.end(writing.cursor, [row[0] for row in rows], writing.occasion.business_day)


def recovery_of(effect: Effect) -> date | None:
    """The last day of incapacity that closing a claim sets; None where the register knows one, or nobody says it."""
    recovered = effect.action.reason == "recovered"  # type: ignore[attr-defined]
    if not recovered or row_of(effect).claim.recovered_on is not None:
        return None
    day: date | None = getattr(effect.notice, "incapacity_until", None)
    return day


def send_letter(writing: Writing, effects: Sequence[Effect]) -> None:
    """Letter orders; rendering follows after commit."""
    orders = []
    for effect in effects:
        row, action = row_of(effect), effect.action
        orders.append(
            letters.Order(
                effect.id,
                effect.decision,
                action.template,  # type: ignore[attr-defined]
                LINE,
                row.contract.number,
                row.claim.number,
                row.person_id,
                row.legal_entity,
            )
        )
    letters.order(writing.cursor, orders, business_day=writing.occasion.business_day)
    waits.begin(writing, [each for each in effects if each.action.template == waits.REQUEST])  # type: ignore[attr-defined]


def event_of(name: str, effect: Effect, *, amount: Decimal | None = None) -> ledger.Event:
    """The booking event of an action with an amount, or of part of it."""
    row = row_of(effect)
    return ledger.Event(
        name=name,
        cause=row.claim.cause.value,
        tariff=row.tariff,
        amount=effect.action.amount if amount is None else amount,  # type: ignore[attr-defined]
        action=effect.id,
        decision=effect.decision,
        contract=row.contract_id,
        claim=row.id,
        legal_entity=row.legal_entity,
    )


def update_claims(cursor: Any, column: str, kind: str, rows: Sequence[tuple[int, Any]]) -> None:
    """Set one column of claims."""
    cursor.execute(
        f"""UPDATE claim c SET {column} = u.value
            FROM unnest(%s::bigint[], %s::{kind}[]) AS u (id, value) WHERE c.id = u.id""",
        columns_of(rows),
    )


#: in the order in which the rows must be written
APPLIERS: dict[type[actions.ClaimAction], Applier] = {
    actions.FileNotice: file_notice,
    actions.RecordProof: record_proof,
    actions.ExtendBenefit: extend_benefit,
    actions.OffsetRecourse: offset_recourse,
    actions.ReleaseInstalment: release_instalment,
    actions.ReviewOn: review_on,
    actions.CloseClaim: close_claim,
    actions.SendLetter: send_letter,
}
