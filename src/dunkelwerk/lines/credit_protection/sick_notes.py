"""What a first and a follow-up sick note have in common: how far they reach, and which dates cannot be.

Source: docs/rules.md section 4.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Protocol

from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.failures import look_up
from dunkelwerk.decisions.tables import Match, Table
from dunkelwerk.lines.credit_protection.casefile import Claim
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.parts import Benefit, Identified, Reach

#: a note is usually backdated by three days at the most (AU-RL § 5)
BACKDATING = timedelta(days=3)


class SickNote(Protocol):
    """The dates and codes of a sick note."""

    @property
    def incapacity_from(self) -> date | None: ...
    @property
    def incapacity_until(self) -> date | None: ...
    @property
    def issued_on(self) -> date: ...
    @property
    def received_on(self) -> date: ...
    @property
    def final(self) -> bool: ...
    @property
    def icd(self) -> tuple[str, ...]: ...


def is_final(note: SickNote) -> bool:
    """Says that incapacity ends with its last day; an open-ended note cannot say so."""
    return note.final and note.incapacity_until is not None


def reach_of(note: SickNote, claim: Claim | None, table: Table) -> Reach:
    """The wanted end, and the end after the extension table: a final note is never cut."""
    match = extension_of(note, claim, table)
    table_end = note.issued_on + timedelta(days=match.outputs["days"])
    until = note.incapacity_until
    if not is_final(note) and (until is None or until > table_end):
        return Reach(until or table_end, table_end, was_cut=True, tables=(match,))
    return Reach(until or table_end, until or table_end, was_cut=False, tables=(match,))


def extension_of(note: SickNote, claim: Claim | None, table: Table) -> Match:
    """The row of the extension table for the claim's first code, or the notice's where the claim has none."""
    codes = clean_codes((*(claim.icd if claim else ()), *note.icd))
    return look_up(table, chapter=codes[0][0] if codes else None)


def clean_codes(codes: tuple[str, ...]) -> list[str]:
    """ICD codes trimmed and upper-cased, without blank ones."""
    return [code for code in (each.strip().upper() for each in codes) if code]


def implausible_dates(note: SickNote, case: Identified, p: Parameters) -> Looked:
    start, end = note.incapacity_from, note.incapacity_until
    faults = []
    if note.issued_on > note.received_on:
        faults.append("ausgestellt nach dem Eingang")
    if start and end and end < start:
        faults.append("Ende vor dem Beginn")
    if start and start > note.issued_on + BACKDATING:
        faults.append("Beginn mehr als drei Tage nach der Ausstellung")
    if note.final and note.incapacity_until is None:
        faults.append("Endbescheinigung ohne Ende")
    return when(bool(faults), faults=faults, issued_on=note.issued_on, received_on=note.received_on)


def extension_unclear(note: Any, part: Benefit, case: Identified, p: Parameters) -> Looked:
    match = part.reach.tables[0]
    unclear = match.outputs["days"] == 0 and part.reach.was_cut
    return when(unclear, chapter=match.inputs["chapter"], days=match.outputs["days"])
