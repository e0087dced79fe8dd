"""What the register of members shows of a person: never the tax ID, of an account its end. See ``lines.portraying``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from dunkelwerk.lines import german
from dunkelwerk.lines import portraying as shown
from dunkelwerk.lines.members.actions import ACCIDENT, MANDATE, TAX_ID
from dunkelwerk.lines.members.casefile import MandateStatus, Recurrence
from dunkelwerk.lines.members.loader import COLUMNS

MEMBER = f"SELECT id, {', '.join(COLUMNS)} FROM member WHERE number = %s"
TAX_IDS = """
    SELECT recorded_on, decision FROM member_tax_id
    WHERE member_id = %s AND cancelled_on IS NULL ORDER BY id DESC LIMIT 1
"""
MANDATES = """
    SELECT reference, iban, account_holder, recurrence, signed_on, status, revoked_on, decision, revoked_by FROM mandate
    WHERE member_id = %s ORDER BY id
"""
TASKS = """
    SELECT id, task, basket, due_on, state, decision FROM work_item WHERE kind = 'member' AND key = %s ORDER BY id
"""
STATES = {"open": "offen", "in_check": "in Zweitprüfung", "done": "erledigt"}
TEAMS = {"reimbursement": "Erstattung", "recourse": "Regress"}
OF_MANDATES = ["Referenz", "Konto", "Vom", "Stand", "Entsch."]
OF_TASKS = ["Nr.", "Aufgabe", "Postkorb", "Fällig", "Stand", "Entsch."]


class MembersPortrayer:
    """See ``lines.portraying.Portrayer``."""

    def contract(self, cursor: Any, number: str) -> shown.ContractShown | None:
        """A member has no contract here."""
        return None

    def person(self, cursor: Any, key: str) -> shown.PersonsShown | None:
        """The member of this number; None where there is none."""
        cursor.execute(MEMBER, (key,))
        row = cursor.fetchone()
        if row is None:
            return None
        who = dict(zip(COLUMNS, row[1:], strict=True))
        cursor.execute(MANDATES, (row[0],))
        mandates = cursor.fetchall()
        topics = (TAX_ID, MANDATE, ACCIDENT, *(each[0] for each in mandates))
        return shown.PersonsShown(
            portray(row[0], who),
            contracts=[],
            related=[key],
            parts=[(key, topic) for topic in topics],
            facts=[("Krankenversichertennummer", who["kvnr"] or ""), ("Steuer-ID", tell_tax_id(cursor, row[0]))],
            sheets=list(sheets(cursor, key, mandates)),
            milestones=list(milestones(mandates)),
        )

    def claims(self, cursor: Any, name: str) -> list[tuple[str, str]]:
        """A member has no claim here."""
        return []

    def proofs(self, cursor: Any, claims: Sequence[int], decisions: Sequence[int]) -> dict[int, list[shown.ProofShown]]:
        """Nor proofs."""
        return {}


def portray(identity: int, who: dict[str, Any]) -> shown.PersonShown:
    """A member with an address of up to three lines."""
    country = who["country"] if who["country"] not in (None, "DE") else None
    lines = (("street", "house_number"), ("postal_code", "city"))
    address = [" ".join(filter(None, (who[name] for name in names))) for names in lines]
    names = (who["first_name"], who["last_name"], who["birth_date"], who["deceased_on"])
    return shown.PersonShown(identity, who["number"], *names, [line for line in (*address, country) if line])


def tell_tax_id(cursor: Any, member: int) -> str:
    """Since when one is on record, and by which decision; never the number."""
    cursor.execute(TAX_IDS, (member,))
    row = cursor.fetchone()
    if row is None:
        return "nicht gespeichert"
    day, decision = row
    how = "aus dem Bestandssystem" if decision is None else f"Entscheidung {decision}"
    return f"gespeichert am {german.short_day(day)} ({how})"


def sheets(cursor: Any, number: str, mandates: Sequence[Any]) -> Iterator[shown.Sheet]:
    """Mandates, and what teams have to do after accidents."""
    if mandates:
        yield shown.Sheet("SEPA-Mandate", OF_MANDATES, [tell_mandate(*each) for each in mandates])
    cursor.execute(TASKS, (f"{number}/{ACCIDENT}",))
    tasks = [
        [identity, TEAMS.get(task, task), basket, due, STATES.get(state, state), decision]
        for identity, task, basket, due, state, decision in cursor.fetchall()
    ]
    if tasks:
        yield shown.Sheet("Aufgaben aus Unfällen", OF_TASKS, tasks)


def tell_mandate(
    reference: str,
    iban: str,
    holder: str | None,
    recurrence: str,
    signed_on: date,
    status: str,
    revoked_on: date | None,
    decision: int | None,
    revoked_by: int | None,
) -> list[Any]:
    """One mandate as a row."""
    stands = MandateStatus(status).german + (f" am {german.short_day(revoked_on)}" if revoked_on else "")
    stands += f" (Entscheidung {revoked_by})" if revoked_by else ""
    often = "einmalig" if recurrence == Recurrence.ONE_OFF.value else "wiederkehrend"
    said = ", ".join(filter(None, (stands, often, f"Inhaber {holder}" if holder else None)))
    return [reference, f"{iban[:2]} … {iban[-4:]}", signed_on, said, decision]


def milestones(mandates: Sequence[Any]) -> Iterator[tuple[date, str]]:
    """What no decision of ours tells: mandates that the core system brought, and those that it revoked."""
    for reference, _iban, _holder, _recurrence, signed_on, _status, revoked_on, decision, revoked_by in mandates:
        if decision is None:
            yield signed_on, f"SEPA-Mandat {reference} unterschrieben (Bestandssystem)"
        if revoked_on is not None and revoked_by is None:
            yield revoked_on, f"SEPA-Mandat {reference} widerrufen (Bestandssystem)"


PORTRAYER = MembersPortrayer()
