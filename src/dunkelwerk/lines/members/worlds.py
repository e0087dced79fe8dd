"""What stands in the register about a member's topic, in words: the world before and after a proposal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dunkelwerk.lines import german
from dunkelwerk.lines.members import actions
from dunkelwerk.lines.members.casefile import MandateStatus, Recurrence

TAX_ID = """
    SELECT t.id, t.recorded_on FROM member_tax_id t JOIN member m ON m.id = t.member_id
    WHERE m.number = %s AND t.cancelled_on IS NULL ORDER BY t.id DESC LIMIT 1
"""
MANDATES = """
    SELECT k.reference, k.iban, k.recurrence, k.signed_on, k.status, k.account_holder
    FROM mandate k JOIN member m ON m.id = k.member_id WHERE m.number = %s ORDER BY k.id
"""
TASKS = """
    SELECT id, basket, priority, state FROM work_item
    WHERE kind = 'member' AND key = %s ORDER BY id
"""


def read(cursor: Any, parts: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each part (MEMBER/TOPIC) its facts as German labels and values; never a tax ID."""
    readers = {actions.TAX_ID: read_tax_id, actions.MANDATE: read_mandates, actions.ACCIDENT: read_tasks}
    found = {}
    for part in parts:
        number, _slash, topic = part.rpartition("/")
        found[part] = readers[topic](cursor, number) if topic in readers else {}
    return found


def read_tax_id(cursor: Any, number: str) -> dict[str, str]:
    """Whether there is one, and which row it is."""
    cursor.execute(TAX_ID, (number,))
    row = cursor.fetchone()
    return {"Steuer-ID": f"gespeichert am {german.short_day(row[1])} (Satz {row[0]})" if row else "–"}


def read_mandates(cursor: Any, number: str) -> dict[str, str]:
    """One line per mandate."""
    cursor.execute(MANDATES, (number,))
    facts = {}
    for reference, iban, recurrence, signed_on, status, holder in cursor.fetchall():
        said = [MandateStatus(status).german, Recurrence(recurrence).german, german.masked_iban(iban)]
        said += [f"Inhaber {holder}"] if holder else []
        facts[f"Mandat {reference}"] = ", ".join([*said, f"unterschrieben am {german.short_day(signed_on)}"])
    return facts


def read_tasks(cursor: Any, number: str) -> dict[str, str]:
    """One line per task."""
    cursor.execute(TASKS, (f"{number}/{actions.ACCIDENT}",))
    states = {"open": "offen", "in_check": "in Zweitprüfung", "done": "erledigt"}
    return {
        f"Aufgabe {identity}": f"{basket}, Priorität {priority}, {states.get(state, state)}"
        for identity, basket, priority, state in cursor.fetchall()
    }
