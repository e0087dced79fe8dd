"""Reversing a decision that took effect: which actions undo it, and how they are written. Source: docs/reversal.md.

A tax ID is no longer the member's (the one before it is again), a mandate is revoked, one that was revoked for it is
active again, a task is done with; a letter that went out is followed by another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from dunkelwerk.decisions.failures import ensure
from dunkelwerk.lines.effects import Effect, Occasion, Undone
from dunkelwerk.lines.members import actions

WITHDRAWN = "mandate_withdrawn"
DONE = """
    SELECT m.id, m.action, m.contract, m.claim, l.state
    FROM movement m LEFT JOIN letter_order l ON l.action = m.id
    WHERE m.decision = %s AND m.flag = 'I' AND m.action = ANY(%s) ORDER BY m.id
"""
#: a mandate that this decision recorded was revoked by a later one that still stands
LATER = """
    SELECT mine.decision, mine.revoked_by FROM mandate mine
    WHERE mine.decision = ANY(%s) AND mine.revoked_by IS NOT NULL AND mine.revoked_by <> mine.decision
      AND EXISTS (SELECT FROM decision_record d WHERE d.id = mine.revoked_by AND d.kind <> 'reversal')
      AND NOT EXISTS (SELECT FROM decision_record r WHERE r.reverses = mine.revoked_by AND r.effective)
    ORDER BY 1, 2
"""
UNDONE = "FROM movement m WHERE m.id = ANY(%s)"
TAX_IDS = (
    f"UPDATE member_tax_id t SET cancelled_on = %s {UNDONE} AND t.decision = m.decision AND t.cancelled_on IS NULL"
)
MANDATES = """
    UPDATE mandate k SET status = 'revoked', revoked_on = %s, revoked_by = u.decision
    FROM unnest(%s::bigint[], %s::bigint[]) AS u (movement, decision) JOIN movement m ON m.id = u.movement
    WHERE k.decision = m.decision AND k.reference = m.claim AND k.status = 'active'
"""
REVOKED = f"""
    UPDATE mandate k SET status = 'active', revoked_on = NULL, revoked_by = NULL
    {UNDONE} AND k.revoked_by = m.decision AND k.reference = m.claim AND k.status = 'revoked'
"""
TASKS = f"""
    UPDATE work_item w SET state = 'done', version = w.version + 1
    {UNDONE} AND w.decision = m.decision AND w.kind = 'member' AND w.state <> 'done'
"""
LETTERS = (
    f"UPDATE letter_order l SET state = 'cancelled' {UNDONE} AND l.action = m.id AND l.state IN ('ordered', 'failed')"
)
#: a letter that could not be printed lies in a basket: nobody needs it any more
LETTER_ITEMS = """
    UPDATE work_item w SET state = 'done', version = w.version + 1 FROM letter_order l
    WHERE l.action = ANY(%s) AND w.task = 'letter' AND w.kind = 'letter' AND w.key = l.id::text AND w.state <> 'done'
"""


def undo(cursor: Any, decision: int) -> Undone:
    """The actions that reverse a decision, and the topics they concern."""
    cursor.execute(DONE, (decision, list(actions.TOPIC_OF)))
    undone: list[actions.Action] = []
    parts: dict[str, None] = {}
    for movement, action, contract, claim, letter in cursor.fetchall():
        if letter == "cancelled":
            continue
        parts[f"{contract}/{actions.TOPIC_OF[action]}"] = None
        if action == "send_letter" and letter not in ("ordered", "failed"):
            undone.append(actions.SendLetter(contract=contract, claim=claim, template=WITHDRAWN))
        else:
            undone.append(actions.Undo(contract=contract, claim=claim, movement=movement, action=action))
    return Undone(tuple(undone), tuple(parts))


def later(cursor: Any, decisions: Sequence[int]) -> dict[int, list[int]]:
    """For each decision the later ones that put another mandate in the place of its own."""
    cursor.execute(LATER, (list(decisions),))
    found: dict[int, list[int]] = defaultdict(list)
    for decision, following in cursor.fetchall():
        found[decision].append(following)
    return dict(found)


def apply(cursor: Any, occasion: Occasion, effects: Sequence[Effect]) -> None:
    """Write what undoes; raises TechnicalFailure where something is no longer as it was when it was proposed."""
    by_action: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for effect in effects:
        action: actions.Undo = effect.action  # type: ignore[assignment]
        by_action[action.action].append((action.movement, effect.decision))
    movements = {name: [movement for movement, _decision in pairs] for name, pairs in by_action.items()}
    day = occasion.business_day
    run(cursor, TAX_IDS, (day, movements.get("record_tax_id")), what="Steuer-ID")
    mandates = by_action.get("record_mandate", [])
    run(cursor, MANDATES, (day, [each[0] for each in mandates] or None, [each[1] for each in mandates]), what="Mandat")
    run(cursor, REVOKED, (movements.get("revoke_mandate"),), what="Widerruf")
    run(cursor, TASKS, (movements.get("open_work_item"),), what=None)
    run(cursor, LETTERS, (movements.get("send_letter"),), what="Brief")
    run(cursor, LETTER_ITEMS, (movements.get("send_letter"),), what=None)


def run(cursor: Any, statement: str, values: tuple[Any, ...], *, what: str | None) -> None:
    """Run a statement about movements, if there are any; ``what`` each of them must change exactly one row of."""
    listed = next((each for each in values if isinstance(each, list) and each), None)
    if listed is None or None in values:
        return
    cursor.execute(statement, values)
    if what is not None:
        ensure(cursor.rowcount == len(listed), where="Rücknahme", what=f"{what}: der Stand hat sich geändert")
