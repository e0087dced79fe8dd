"""What stands in the register of a claim, for people: the world before a proposal and after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from dunkelwerk.decisions.money import euros
from dunkelwerk.lines.credit_protection.casefile import ClaimStatus, InstalmentStatus

CLAIMS = """
    SELECT k.number || '/' || c.number, c.id, c.status, c.proven_until, c.released_until, c.recovered_on, c.closed_on,
           c.closing_reason, k.recourse_open
    FROM claim c JOIN contract k ON k.id = c.contract_id
    WHERE (k.number, c.number) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
       OR k.number = ANY(%s) ORDER BY k.number, c.id
"""
INSTALMENTS = """
    SELECT claim_id, due, amount, set_off, status FROM instalment WHERE claim_id = ANY(%s) ORDER BY claim_id, due, id
"""
#: closing reasons in German; a clerk's or the core system's own stays as it is
CLOSINGS = {
    "recovered": "wieder gesund",
    "max_duration": "Höchstdauer erreicht",
    "contract_end": "Vertragsende",
    "age_limit": "Altersgrenze erreicht",
    "new_job": "neue Stelle",
    "death": "Todesfall",
    "withdrawn": "zurückgezogen",
}


def read(cursor: Any, parts: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each claim (CONTRACT/CLAIM) labels and values; an instalment's label is its due date.

    Where a claim is to be opened (CONTRACT/), every claim of the contract.
    """
    pairs = [part.partition("/")[::2] for part in parts]
    opening = [contract for contract, claim in pairs if not claim]
    cursor.execute(CLAIMS, ([contract for contract, _ in pairs], [claim for _, claim in pairs], opening))
    claims = cursor.fetchall()
    cursor.execute(INSTALMENTS, ([row[1] for row in claims],))
    instalments: dict[int, list[Any]] = defaultdict(list)
    for claim, *row in cursor.fetchall():
        instalments[claim].append(row)
    return {row[0]: {**claim_facts(row), **instalment_facts(instalments[row[1]])} for row in claims}


def claim_facts(row: Any) -> dict[str, str]:
    """The claim's own facts."""
    _part, _id, status, proven, released, recovered, closed, reason, recourse = row
    return {
        "Status": ClaimStatus(status).german,
        "Nachgewiesen bis": day(proven),
        "Freigegeben bis": day(released),
        "Ende gemeldet zum": day(recovered),
        "Geschlossen am": f"{day(closed)} ({CLOSINGS.get(reason, reason)})" if closed else "–",
        "Offener Regress": euros(recourse),
    }


def instalment_facts(rows: Iterable[Any]) -> dict[str, str]:
    """One line per instalment; several of one due date are numbered."""
    facts: dict[str, str] = {}
    for due, amount, set_off, status in rows:
        label, number = f"Rate {day(due)}", 2
        while label in facts:
            label, number = f"Rate {day(due)} ({number})", number + 1
        offset = f", davon {euros(set_off)} verrechnet" if set_off else ""
        facts[label] = f"{euros(amount)} {InstalmentStatus(status).german}{offset}"
    return facts


def day(value: date | None) -> str:
    """The day as Germans write it."""
    return f"{value:%d.%m.%Y}" if value else "–"
