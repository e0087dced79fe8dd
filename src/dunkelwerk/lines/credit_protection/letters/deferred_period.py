"""The deferred-period letter (Zwischenbescheid Karenz): the proof is accepted, benefit begins later; no rejection."""

from __future__ import annotations

from datetime import date
from typing import Any

from dunkelwerk.decisions.periods import Period, day_before
from dunkelwerk.lines.credit_protection import benefits
from dunkelwerk.lines.credit_protection.casefile import Settlement
from dunkelwerk.lines.credit_protection.letters import german
from dunkelwerk.lines.credit_protection.letters.matter import Matter


def tell(matter: Matter) -> dict[str, Any]:
    """The content of ``deferred_period.typ``."""
    start, onset = matter.terms.benefit_from, matter.claim.onset
    own = own_instalments(matter)
    return {
        "subject": f"Ihr Nachweis ist angekommen: Leistung ab dem {german.day(start)}",
        "onset": german.day(onset),
        "deferred_until": german.day(day_before(start)),
        "deferred_days": german.count((start - onset).days, "Tag", "Tagen"),
        "benefit_from": german.day(start),
        "first_due": german.day(first_due(matter)),
        "own_dues": german.listed([german.day(due) for due in own]) if own else None,
        "proven_until": matter.proven_until and german.day(matter.proven_until),
        "monthly": german.euros(matter.terms.monthly),
        "daily": matter.terms.settlement is Settlement.DAILY,
    }


def first_due(matter: Matter) -> date:
    """The due date of the first payment there can be."""
    terms = matter.terms
    if terms.settlement is Settlement.DAILY:
        return terms.benefit_from.replace(day=terms.due_day)
    return benefits.next_due(terms, day_before(terms.benefit_from))


def own_instalments(matter: Matter) -> list[date]:
    """The due dates in the deferred period: the customer pays them."""
    start, end = matter.claim.onset, day_before(matter.terms.benefit_from)
    if end < start:
        return []
    dues = (month.start.replace(day=matter.terms.due_day) for month in Period(start, end).months())
    return [due for due in dues if start <= due <= end]
