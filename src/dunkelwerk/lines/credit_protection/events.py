"""First notices and deaths become rows: claims opened and accepted, lump sums, instalments cancelled or held."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dunkelwerk.decisions.failures import ensure
from dunkelwerk.decisions.money import ZERO
from dunkelwerk.infra.bulk import columns_of, copy_rows
from dunkelwerk.ledger import operations as ledger
from dunkelwerk.lines.credit_protection import openings, waits
from dunkelwerk.lines.credit_protection.appliers import INSTALMENT, event_of
from dunkelwerk.lines.credit_protection.writing import Writing, row_of
from dunkelwerk.lines.effects import Effect

CLAIM = (
    *("id", "contract_id", "person_id", "number", "cause", "status", "onset", "icd"),
    *("months_used_before",),
)
ACCEPT = """
    UPDATE claim c SET status = 'accepted', benefit_from = u.benefit_from, benefit_limit = u.benefit_limit,
        months_used_before = u.months_used_before
    FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::int[])
        AS u (id, benefit_from, benefit_limit, months_used_before)
    WHERE c.id = u.id AND c.status = 'reported'
"""
DECEASED = """
    UPDATE person p SET deceased_on = coalesce(p.deceased_on, u.died_on)
    FROM unnest(%s::bigint[], %s::date[]) AS u (id, died_on) WHERE p.id = u.id
"""
#: released instalments of a claim that fall due after the death
DUE_AFTER = """
    FROM unnest(%s::bigint[], %s::date[], %s::bigint[]) AS u (claim, died_on, decision)
    WHERE i.claim_id = u.claim AND i.status = 'released' AND i.due > u.died_on
"""
CANCEL = f"""
    UPDATE instalment i SET status = 'cancelled', cancelled_by = u.decision {DUE_AFTER}
    RETURNING i.claim_id, u.decision, i.amount, i.set_off, i.decision IS NOT NULL
"""
HOLD = f"UPDATE instalment i SET held_by = u.decision {DUE_AFTER} AND i.held_by IS NULL"
END = """
    UPDATE contract c SET status = 'ended', ends_on = u.on_day
    FROM unnest(%s::bigint[], %s::date[]) AS u (id, on_day) WHERE c.id = u.id
"""
RESUME = """
    UPDATE instalment i SET held_by = NULL FROM unnest(%s::bigint[]) AS u (claim)
    WHERE i.claim_id = u.claim AND i.held_by IS NOT NULL RETURNING i.claim_id
"""
OWE = """
    UPDATE contract c SET recourse_open = recourse_open + u.amount
    FROM unnest(%s::bigint[], %s::numeric[]) AS u (id, amount) WHERE c.id = u.id
"""


def open_claim(writing: Writing, effects: Sequence[Effect]) -> None:
    """New claims, reported; accepting them follows in the same decision, or when the documents are there."""
    rows = []
    for effect in effects:
        row = row_of(effect)
        claim = row.claim
        rows.append(
            (
                row.id,
                row.contract_id,
                row.person_id,
                claim.number,
                claim.cause.value,
                "reported",
                claim.onset,
                list(claim.icd),
                0,
            )
        )
    copy_rows(writing.cursor, "claim", CLAIM, rows)


def accept_claim(writing: Writing, effects: Sequence[Effect]) -> None:
    """The claim is open, with its days; who died is known to the register from now on."""
    rows, deaths = [], []
    for effect in effects:
        row = row_of(effect)
        rows.append((row.id, row.claim.benefit_from, row.claim.benefit_limit, row.claim.months_used_before))
        if died_on := openings.died_on(effect.notice):
            deaths.append((row.person_id, died_on))
    writing.cursor.execute(ACCEPT, columns_of(rows))
    ensure(writing.cursor.rowcount == len(rows), where="claim", what="ein Leistungsfall ist nicht mehr nur gemeldet")
    waits.end(writing.cursor, [row[0] for row in rows], writing.occasion.business_day)
    if deaths:
        writing.cursor.execute(DECEASED, columns_of(sorted(set(deaths))))


def pay_lump_sum(writing: Writing, effects: Sequence[Effect]) -> None:
    """One payment, due on the business day, with its posting."""
    day = writing.occasion.business_day
    rows = [
        (row_of(each).id, day, each.action.amount, ZERO, "released", None, each.decision)  # type: ignore[attr-defined]
        for each in effects
    ]
    copy_rows(writing.cursor, "instalment", INSTALMENT, rows)
    ledger.post(writing.cursor, [event_of("lump_sum_released", each) for each in effects], business_day=day)


def cancel_instalments(writing: Writing, effects: Sequence[Effect]) -> None:
    """What falls due after the death is not paid; of ours the expense is mirrored, and what was set off is open again.

    Instalments that were loaded have no posting here: their books are the core system's.
    """
    by_claim = {(row_of(each).id, each.decision): each for each in effects}
    writing.cursor.execute(CANCEL, columns_of(after_death(effects)))
    events: list[ledger.Event] = []
    owed: dict[int, Decimal] = {}
    for claim, decision, amount, set_off, ours in writing.cursor.fetchall():
        effect = by_claim[claim, decision]
        if ours:
            events.append(event_of("instalment_cancelled", effect, amount=amount))
        if ours and set_off:
            events.append(event_of("offset_cancelled", effect, amount=set_off))
            contract = row_of(effect).contract_id
            owed[contract] = owed.get(contract, ZERO) + set_off
    if owed:
        writing.cursor.execute(OWE, columns_of(list(owed.items())))
    ledger.post(writing.cursor, events, business_day=writing.occasion.business_day)


def hold_instalments(writing: Writing, effects: Sequence[Effect]) -> None:
    """What falls due after a reported death waits: the payout run leaves it out."""
    writing.cursor.execute(HOLD, columns_of(after_death(effects)))


def resume_instalments(writing: Writing, effects: Sequence[Effect]) -> None:
    """What was held back is paid with the next payout run."""
    rows = {row_of(each).id: each for each in effects}
    writing.cursor.execute(RESUME, (list(rows),))
    resumed = {claim for (claim,) in writing.cursor.fetchall()}
    for claim, effect in rows.items():
        ensure(claim in resumed, where=row_of(effect).claim.number, what="keine Rate ist angehalten")


def after_death(effects: Sequence[Effect]) -> list[tuple[Any, ...]]:
    """Claim, day of death and decision of each effect."""
    return [(row_of(each).id, openings.died_on(each.notice), each.decision) for each in effects]


def end_contract(writing: Writing, effects: Sequence[Effect]) -> None:
    """The contract ends on the day of death."""
    rows = {row_of(each).contract_id: each.action.on for each in effects}  # type: ignore[attr-defined]
    writing.cursor.execute(END, columns_of(list(rows.items())))
