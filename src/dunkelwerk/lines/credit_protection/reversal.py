"""Reversing a decision that took effect: which actions undo it, and how they are written.

Source: docs/reversal.md. Postings are mirrored, never changed; a proof stays, for the note was received.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

from dunkelwerk.decisions.failures import ensure
from dunkelwerk.decisions.money import ZERO
from dunkelwerk.infra.bulk import columns_of
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.ledger import operations as ledger
from dunkelwerk.lines.credit_protection import actions, event_reversal
from dunkelwerk.lines.credit_protection.appliers import event_of
from dunkelwerk.lines.credit_protection.register.writing import APPLIERS as REGISTER
from dunkelwerk.lines.credit_protection.writing import Writing, row_of
from dunkelwerk.lines.effects import Effect, Undone

CORRECTION = "correction"
RECORDS = {str(each.__struct_config__.tag) for each in REGISTER}
#: what can be taken back; a proof, a filed notice and a reported claim stay
REVERSIBLE = (
    *("extend_benefit", "release_instalment", "offset_recourse", "review_on", "close_claim", "send_letter"),
    *event_reversal.REVERSIBLE,
)
CANCELLED = {"release_instalment": "instalment_cancelled", "pay_lump_sum": "lump_sum_cancelled"}
PAYMENTS = ("release_instalment", "pay_lump_sum")
DONE = """
    SELECT m.id, m.action, m.contract, m.claim, m.period_from, m.period_until, m.amount, i.status, l.state
    FROM movement m
    JOIN contract k ON k.number = m.contract
    JOIN claim c ON c.contract_id = k.id AND c.number = m.claim
    LEFT JOIN instalment i ON m.action IN ('release_instalment', 'pay_lump_sum')
        AND i.claim_id = c.id AND i.decision = m.decision AND i.due = m.period_from
    LEFT JOIN letter_order l ON l.action = m.id
    WHERE m.decision = %s AND m.flag = 'I' AND m.action = ANY(%s) ORDER BY m.id
"""
#: what was recorded, not decided: it is recorded anew
RECORDED = """
    SELECT action FROM movement WHERE decision = %s AND flag = 'I' ORDER BY id
"""
LATER = """
    SELECT mine.decision, later.decision
    FROM movement m
    JOIN contract k ON k.number = m.contract
    JOIN claim c ON c.contract_id = k.id AND c.number = m.claim
    JOIN release mine ON mine.claim_id = c.id AND mine.decision = m.decision AND mine.cancelled_on IS NULL
    JOIN release later ON later.claim_id = c.id AND later.decision > mine.decision AND later.cancelled_on IS NULL
    WHERE m.decision = ANY(%(decisions)s) AND m.flag = 'I' AND m.action = 'extend_benefit'
    UNION
    SELECT m.decision, later.decision
    FROM movement m
    JOIN contract k ON k.number = m.contract
    JOIN claim c ON c.contract_id = k.id AND c.number = m.claim
    JOIN release later ON later.claim_id = c.id AND later.decision > m.decision AND later.cancelled_on IS NULL
    WHERE m.decision = ANY(%(decisions)s) AND m.flag = 'I' AND m.action = 'accept_claim'
    ORDER BY 1, 2
"""


def undo(cursor: Any, decision: int) -> Undone:
    """The actions that reverse a decision, and the claims they concern; a letter that went out is corrected by one."""
    cursor.execute(DONE, (decision, list(REVERSIBLE)))
    undone: list[actions.Action] = []
    corrected: dict[tuple[str, str], None] = {}
    for movement, action, contract, claim, since, until, amount, status, letter in cursor.fetchall():
        if "cancelled" in (status, letter):
            continue
        if action == "send_letter" and letter not in ("ordered", "failed"):
            corrected[contract, claim] = None
            continue
        how: Literal["cancelled", "recovered"] = "recovered" if status == "paid" else "cancelled"
        due = since if action in (*PAYMENTS, "offset_recourse") else None
        undone.append(
            actions.Undo(
                contract=contract,
                claim=claim,
                movement=movement,
                action=action,
                how=how,
                due=due,
                amount=amount,
                since=since,
                until=until,
            )
        )
    letters = [actions.SendLetter(contract=each[0], claim=each[1], template=CORRECTION) for each in corrected]
    if not undone and not letters:
        ensure_not_recorded(cursor, decision)
    parts = dict.fromkeys(f"{each.contract}/{each.claim}" for each in (*undone, *letters))
    return Undone((*undone, *letters), tuple(parts))


def ensure_not_recorded(cursor: Any, decision: int) -> None:
    """Raise CommandError for what a clerk recorded by hand: taking it back would be recording again."""
    cursor.execute(RECORDED, (decision,))
    done = {action for (action,) in cursor.fetchall()}
    if done & RECORDS:
        message = _("Entscheidung {decision} ist eine Eintragung ins Register; bitte den früheren Stand neu eintragen.")
        raise CommandError(message.format(decision=decision))
    if "resume_instalments" in done:
        message = _("Entscheidung {decision} gab angehaltene Raten frei; das wird nicht zurückgenommen.")
        raise CommandError(message.format(decision=decision))


def later(cursor: Any, decisions: Sequence[int]) -> dict[int, list[int]]:
    """For each decision the later ones whose released days follow its own, or belong to the claim that it accepted."""
    cursor.execute(LATER, {"decisions": list(decisions)})
    found: dict[int, list[int]] = defaultdict(list)
    for decision, following in cursor.fetchall():
        found[decision].append(following)
    return dict(found)


def apply(writing: Writing, effects: Sequence[Effect]) -> None:
    """Write what undoes; raises TechnicalFailure where something is no longer as it was when it was proposed."""
    by_action: dict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        by_action[action_of(effect).action].append(effect)
    _cancel_releases(writing, by_action["extend_benefit"])
    _cancel_instalments(writing, [each for name in PAYMENTS for each in by_action[name]])
    _cancel_offsets(writing, by_action["offset_recourse"])
    _reopen(writing, by_action["close_claim"])
    event_reversal.apply(writing, by_action)
    _run(writing, by_action["review_on"], REVIEWS)
    # one that was rendered since must be corrected by another letter: stale
    _ensure_all(_run(writing, by_action["send_letter"], LETTERS), by_action["send_letter"], "Brief")
    _run(writing, by_action["send_letter"], LETTER_ITEMS)


def action_of(effect: Effect) -> actions.Undo:
    """The effect's action, typed."""
    action: actions.Undo = effect.action  # type: ignore[assignment]
    return action


#: what is undone, with the decision that had done it
UNDONE = """
    FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::text[]) AS u (movement, claim, due, status)
    JOIN movement m ON m.id = u.movement
"""
RELEASES = f"""
    UPDATE release r SET cancelled_on = %s {UNDONE}
    WHERE r.claim_id = u.claim AND r.decision = m.decision AND r.cancelled_on IS NULL
"""
RELEASED_UNTIL = """
    UPDATE claim c SET taken_back_until = greatest(c.taken_back_until, c.released_until), released_until = (
        SELECT max(upper(days)) - 1 FROM release WHERE claim_id = c.id AND cancelled_on IS NULL
    ) WHERE c.id = ANY(%s)
"""
INSTALMENTS = f"""
    UPDATE instalment i SET status = 'cancelled' {UNDONE}
    WHERE i.claim_id = u.claim AND i.decision = m.decision AND i.due = u.due
      AND i.status <> 'cancelled' AND (i.status = 'paid') = (u.status = 'recovered')
    RETURNING m.id, i.set_off
"""
REOPEN = f"""
    UPDATE claim c SET status = CASE WHEN c.benefit_from IS NULL THEN 'reported' ELSE 'accepted' END,
        closed_on = NULL, closing_reason = NULL,
        recovered_on = CASE WHEN m.period_until IS NULL THEN c.recovered_on END {UNDONE}
    WHERE c.id = u.claim AND c.status = 'closed'
"""
REVIEWS = f"""
    UPDATE work_item w SET state = 'done', version = w.version + 1 {UNDONE}
    WHERE w.task = 'review' AND w.decision = m.decision AND w.key = m.contract || '/' || m.claim AND w.state <> 'done'
"""
LETTERS = f"""
    UPDATE letter_order l SET state = 'cancelled' {UNDONE} WHERE l.action = m.id AND l.state IN ('ordered', 'failed')
"""
#: a letter that could not be printed lies in a basket: nobody needs it any more
LETTER_ITEMS = f"""
    UPDATE work_item w SET state = 'done', version = w.version + 1 {UNDONE} JOIN letter_order l ON l.action = m.id
    WHERE w.task = 'letter' AND w.kind = 'letter' AND w.key = l.id::text AND w.state <> 'done'
"""
RECOURSE = """
    UPDATE contract c SET recourse_open = recourse_open + u.amount
    FROM unnest(%s::bigint[], %s::numeric[]) AS u (id, amount) WHERE c.id = u.id
"""


def _run(writing: Writing, effects: Sequence[Effect], statement: str, *before: Any) -> int:
    if not effects:
        return 0
    rows = [(action_of(each).movement, row_of(each).id, action_of(each).due, action_of(each).how) for each in effects]
    writing.cursor.execute(statement, (*before, *columns_of(rows)))
    count: int = writing.cursor.rowcount
    return count


def _ensure_all(count: int, effects: Sequence[Effect], what: str) -> None:
    ensure(count == len(effects), where="Rücknahme", what=f"{what}: der Stand hat sich geändert")


def _cancel_releases(writing: Writing, effects: Sequence[Effect]) -> None:
    _ensure_all(_run(writing, effects, RELEASES, writing.occasion.business_day), effects, "Freigabe")
    if effects:
        writing.cursor.execute(RELEASED_UNTIL, ([row_of(each).id for each in effects],))


def _cancel_instalments(writing: Writing, effects: Sequence[Effect]) -> None:
    """An unpaid one is no longer owed by us; a paid one is owed to us, less what was set off and is open again."""
    _ensure_all(_run(writing, effects, INSTALMENTS), effects, "Rate")
    set_off = dict(writing.cursor.fetchall()) if effects else {}
    events, owed = [], []
    for effect in effects:
        action, row = action_of(effect), row_of(effect)
        amount = action.amount or ZERO
        paid = amount - set_off[action.movement] if action.how == "recovered" else ZERO
        owed.append((row.contract_id, paid))
        events.append(event_of("instalment_recovered", effect, amount=paid))
        events.append(event_of(CANCELLED[action.action], effect, amount=amount - paid))
    _owe(writing, owed)
    _post(writing, events)


def _cancel_offsets(writing: Writing, effects: Sequence[Effect]) -> None:
    _owe(writing, [(row_of(each).contract_id, action_of(each).amount or ZERO) for each in effects])
    _post(writing, [event_of("offset_cancelled", each) for each in effects])


def _owe(writing: Writing, amounts: Sequence[tuple[int, Decimal]]) -> None:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for contract, amount in amounts:
        sums[contract] += amount
    if sums:
        writing.cursor.execute(RECOURSE, columns_of(list(sums.items())))


def _post(writing: Writing, events: Sequence[ledger.Event]) -> None:
    due = [event for event in events if event.amount > ZERO]
    ledger.post(writing.cursor, due, business_day=writing.occasion.business_day)


def _reopen(writing: Writing, effects: Sequence[Effect]) -> None:
    """A day of recovery that the closing itself had set goes with it."""
    _ensure_all(_run(writing, effects, REOPEN), effects, "Schließung")
