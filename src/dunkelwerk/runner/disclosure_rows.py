"""What is read to be disclosed, each query by an index; and the words for staff, who are not named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

NOTICES = """
    SELECT id, channel, external_id, attempt, process, case_key, received_at, state, data_key, payload
    FROM notice WHERE case_key = ANY(%s) ORDER BY id
"""
DECISIONS = """
    SELECT id, notice, business_day, process, mode, kind, effective, actor, released, data_key, payload
    FROM decision_record WHERE notice = ANY(%s) ORDER BY id
"""
TOUCHERS = "SELECT touched_at AS at, deed, actor FROM toucher WHERE notice = %s ORDER BY id"
PROPOSALS = """
    SELECT id, notice, decision, kind, state, parts, adverse, proposed_by, applied FROM proposal
    WHERE notice = ANY(%s) ORDER BY id
"""
ITEMS = """
    SELECT id, basket, task, kind, key, decision, contract, claim, reasons, created_on, open_from, due_on, state
    FROM work_item WHERE kind = 'notice' AND key = ANY(%s)
    UNION
    SELECT id, basket, task, kind, key, decision, contract, claim, reasons, created_on, open_from, due_on, state
    FROM work_item WHERE decision = ANY(%s)
    ORDER BY id
"""
ITEMS_ABOUT = """
    SELECT id, basket, task, reasons, created_on, open_from, due_on, state FROM work_item
    WHERE kind = %s AND key = %s ORDER BY id
"""
DEEDS = "SELECT at, deed, actor, data_key, words FROM deed WHERE kind = %s AND key = %s ORDER BY id"
LETTERS = """
    SELECT o.id, o.decision, o.template, o.contract, o.claim, o.business_day, o.state, o.rendered_on, o.version,
           o.pages, o.file, o.sha256, o.data_key, o.content, r.folder
    FROM letter_order o LEFT JOIN letter_run r ON r.id = o.run
    WHERE o.decision = ANY(%s) AND o.person = %s ORDER BY o.id
"""
#: decisions only grow, and their movements are found by the block
MOVEMENTS = """
    SELECT id, decision, business_day, flag, contract, claim, cause, icd_chapter, action, period_from, period_until,
           amount, mode, process, rules, legal_entity
    FROM movement WHERE decision BETWEEN %s AND %s AND decision = ANY(%s) ORDER BY id
"""
#: contract and claim by number, as their movement names them
POSTINGS = """
    SELECT p.id, p.decision, p.business_day, p.event, p.debit, p.credit, p.amount, p.legal_entity, m.contract, m.claim
    FROM posting p JOIN movement m ON m.id = p.action WHERE p.claim = ANY(%s) ORDER BY p.id
"""


def rows(cursor: Any, statement: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of a query as objects."""
    cursor.execute(statement, values)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


#: who acts where nobody of the staff does: whoever answers a dialogue, and its clock
NOBODYS = {"person": "Sie selbst", "dunkelwerk": "Programm"}


class Staff:
    """Who of the staff did something: the same number for the same person, not the name (CJEU C-579/21)."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def name(self, actor: str | None) -> str | None:
        """The words for a person; None for nobody."""
        if not actor:
            return None
        if actor in NOBODYS:
            return NOBODYS[actor]
        number = self._numbers.setdefault(actor.strip().casefold(), len(self._numbers) + 1)
        return f"Mitarbeiterin oder Mitarbeiter {number}"
