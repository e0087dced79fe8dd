"""Reversing what first notices and deaths did: acceptance, instalments cancelled or held, the end of a contract.

Source: docs/reversal.md. A claim that was opened stays, reported: the notice was received.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dunkelwerk.decisions.failures import ensure
from dunkelwerk.decisions.money import ZERO
from dunkelwerk.infra.bulk import columns_of
from dunkelwerk.ledger import operations as ledger
from dunkelwerk.lines.credit_protection.appliers import event_of
from dunkelwerk.lines.credit_protection.writing import Writing, row_of
from dunkelwerk.lines.effects import Effect

REVERSIBLE = ("accept_claim", "pay_lump_sum", "cancel_instalments", "hold_instalments", "end_contract")
#: what is undone, with the decision that had done it
UNDONE = """
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS u (movement, claim, contract)
    JOIN movement m ON m.id = u.movement
"""
ACCEPTED = f"""
    UPDATE claim c SET status = 'reported', benefit_from = NULL, benefit_limit = NULL, months_used_before = 0 {UNDONE}
    WHERE c.id = u.claim AND c.status = 'accepted'
"""
#: the day of death was known by that notice alone
ALIVE = f"""
    UPDATE person p SET deceased_on = NULL {UNDONE} JOIN claim c ON c.id = u.claim
    WHERE p.id = c.person_id AND m.cause = 'death' AND p.deceased_on = m.period_until
"""
RESTORED = f"""
    UPDATE instalment i SET status = 'released', cancelled_by = NULL {UNDONE}
    WHERE i.claim_id = u.claim AND i.cancelled_by = m.decision
    RETURNING m.id, i.amount, i.set_off, i.decision IS NOT NULL
"""
RESUMED = f"""
    UPDATE instalment i SET held_by = NULL {UNDONE} WHERE i.claim_id = u.claim AND i.held_by = m.decision
"""
CONTINUED = f"""
    UPDATE contract k SET status = 'active', ends_on = m.period_from {UNDONE}
    WHERE k.id = u.contract AND k.status = 'ended'
"""
SET_OFF_AGAIN = """
    UPDATE contract c SET recourse_open = recourse_open - u.amount
    FROM unnest(%s::bigint[], %s::numeric[]) AS u (id, amount) WHERE c.id = u.id
"""


def apply(writing: Writing, by_action: Mapping[str, Sequence[Effect]]) -> None:
    """Write what undoes; raises TechnicalFailure where something is no longer as it was when it was proposed."""
    _all(writing, by_action["end_contract"], CONTINUED, "Vertragsende")
    _restore(writing, by_action["cancel_instalments"])
    _run(writing, by_action["hold_instalments"], RESUMED)
    _run(writing, by_action["accept_claim"], ALIVE)
    _all(writing, by_action["accept_claim"], ACCEPTED, "Annahme")


def _run(writing: Writing, effects: Sequence[Effect], statement: str) -> int:
    if not effects:
        return 0
    rows = [(effect.action.movement, row_of(effect).id, row_of(effect).contract_id) for effect in effects]  # type: ignore[attr-defined]
    writing.cursor.execute(statement, columns_of(rows))
    count: int = writing.cursor.rowcount
    return count


def _all(writing: Writing, effects: Sequence[Effect], statement: str, what: str) -> None:
    count = _run(writing, effects, statement)
    ensure(count == len(effects), where="Rücknahme", what=f"{what}: der Stand hat sich geändert")


def _restore(writing: Writing, effects: Sequence[Effect]) -> None:
    """Cancelled instalments are owed again, and what was set off from them is set off again."""
    by_movement = {effect.action.movement: effect for effect in effects}  # type: ignore[attr-defined]
    _run(writing, effects, RESTORED)
    events: list[ledger.Event] = []
    used: dict[int, Decimal] = {}
    for movement, amount, set_off, ours in writing.cursor.fetchall() if effects else ():
        effect = by_movement[movement]
        if ours:
            events.append(event_of("instalment_released", effect, amount=amount))
        if ours and set_off:
            events.append(event_of("offset", effect, amount=set_off))
            contract = row_of(effect).contract_id
            used[contract] = used.get(contract, ZERO) + set_off
    if used:
        writing.cursor.execute(SET_OFF_AGAIN, columns_of(list(used.items())))
    ledger.post(writing.cursor, events, business_day=writing.occasion.business_day)
