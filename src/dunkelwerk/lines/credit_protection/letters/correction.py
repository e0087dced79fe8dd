"""The letter that a decision was reversed: which payments are stopped, which are owed back, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from dunkelwerk.decisions.money import ZERO
from dunkelwerk.lines import german
from dunkelwerk.lines.credit_protection.letters.matter import Act, Matter

#: actions whose undoing moves money
PAYING = frozenset({"release_instalment", "pay_lump_sum"})


def tell(matter: Matter) -> dict[str, Any]:
    """The content of ``correction.typ``."""
    undone = [act for act in matter.all_of("undo") if act.action in PAYING and act.amount]
    set_off = total(act for act in matter.all_of("undo") if act.action == "offset_recourse")
    cancelled = [act for act in undone if act.how == "cancelled"]
    recovered = [act for act in undone if act.how == "recovered"]
    return {
        "subject": "Wir haben eine Entscheidung zurückgenommen",
        "cancelled": rows(cancelled),
        "cancelled_total": german.euros(total(cancelled)),
        "recovered": rows(recovered),
        "recovered_total": german.euros(total(recovered)),
        "set_off": german.euros(set_off) if set_off else None,
        "is_open_again": any(act.action == "close_claim" for act in matter.all_of("undo")),
    }


def rows(acts: Iterable[Act]) -> list[dict[str, str]]:
    """The instalments, by due date."""
    ordered = sorted(acts, key=lambda act: act.due or date.max)
    return [{"due": german.short_day(act.due) if act.due else "–", "amount": amount(act)} for act in ordered]


def amount(act: Act) -> str:
    """What the action was worth."""
    return german.euros(act.amount or ZERO)


def total(acts: Iterable[Act]) -> Decimal:
    """The sum of the amounts."""
    return sum((act.amount or ZERO for act in acts), ZERO)
