"""The deferred-period letter (Zwischenbescheid Karenz): the proof is accepted, benefit begins later; no rejection."""

from __future__ import annotations

from datetime import date
from typing import Any

from dunkelwerk.decisions.periods import day_before
from dunkelwerk.lines import german
from dunkelwerk.lines.credit_protection import benefits
from dunkelwerk.lines.credit_protection.casefile import Settlement
from dunkelwerk.lines.credit_protection.letters.beginning import beginning
from dunkelwerk.lines.credit_protection.letters.matter import Matter

ARRIVED, ACCEPTED = "Ihr Nachweis ist angekommen", "Ihre Meldung ist anerkannt"


def tell(matter: Matter) -> dict[str, Any]:
    """The content of ``deferred_period.typ``."""
    start = matter.terms.benefit_from
    what = ACCEPTED if matter.is_first else ARRIVED
    return {
        "subject": f"{what}: Leistung ab dem {german.day(start)}",
        "first_due": german.day(first_due(matter)),
        "proven_until": matter.proven_until and german.day(matter.proven_until),
        "monthly": german.euros(matter.terms.monthly),
        "daily": matter.terms.settlement is Settlement.DAILY,
        **beginning(matter),
    }


def first_due(matter: Matter) -> date:
    """The due date of the first payment there can be."""
    terms = matter.terms
    if terms.settlement is Settlement.DAILY:
        return terms.benefit_from.replace(day=terms.due_day)
    return benefits.next_due(terms, day_before(terms.benefit_from))
