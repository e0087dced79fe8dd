"""The settlement letter (Abrechnungsbrief): what is paid, when and to whom, and when the next proof is due."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dunkelwerk.decisions.days import add_months
from dunkelwerk.decisions.money import ZERO, cents
from dunkelwerk.decisions.periods import day_after, day_before
from dunkelwerk.lines import german
from dunkelwerk.lines.credit_protection import benefits
from dunkelwerk.lines.credit_protection.casefile import Settlement
from dunkelwerk.lines.credit_protection.letters.matter import Act, Matter
from dunkelwerk.lines.letter_matter import Missing

#: the next proof shall arrive so many days after the last proven day (common terms: 90 days per month)
PROOF_DAYS = 90


def tell(matter: Matter) -> dict[str, Any]:
    """The content of ``settlement.typ``."""
    until = needed(matter.released_until)
    review = matter.first("review_on")
    due = next_due(matter, until)
    return {
        "subject": subject(matter),
        "released_until": german.day(until),
        "proven_until": german.day(needed(matter.proven_until)),
        "review_on": review and german.day(needed(review.on)),
        "is_review_due": review is not None and needed(review.on) <= matter.on,
        "next_due": due and german.day(due),
        "is_next_due_past": due is not None and due <= matter.on,
        "proof_by": german.day(proof_by(matter)),
        **payments(matter),
        **duration(matter, until),
    }


def proof_by(matter: Matter) -> date:
    """Until when the next proof shall arrive: where we decided late, in as many days as we wait for any document."""
    usual = needed(matter.proven_until) + timedelta(days=PROOF_DAYS)
    return max(usual, matter.on + timedelta(days=matter.reminder_days))


def subject(matter: Matter) -> str:
    """What the letter is about, in one line."""
    net = net_total(matter)
    return f"Wir zahlen {german.euros(net)} für Sie" if net else "Ihr Nachweis ist angekommen"


def next_due(matter: Matter, until: date) -> date | None:
    """When the next payment falls due, where the claim still reaches it (daily settlement: in the next day's month)."""
    if matter.terms.settlement is Settlement.DAILY:
        due = day_after(until).replace(day=matter.terms.due_day)
        return due if until < matter.terms.limit else None
    due = benefits.next_due(matter.terms, until)
    return due if due <= matter.terms.limit else None


def payments(matter: Matter) -> dict[str, Any]:
    """The instalments that the decision releases, what is set off, and the account that gets the rest."""
    acts, monthly = matter.all_of("release_instalment"), matter.terms.monthly
    set_off = sum(set_off_by_due(matter).values(), ZERO)
    gross = sum((act.amount or ZERO for act in acts), ZERO)
    return {
        "rows": [row_of(matter, act) for act in acts],
        "daily": matter.terms.settlement is Settlement.DAILY,
        "daily_rate": german.euros(cents(monthly / benefits.DAYS_OF_A_MONTH)),
        "monthly": german.euros(monthly),
        "uncapped": german.euros(matter.contract.instalment) if matter.contract.instalment > monthly else None,
        "gross": german.euros(gross),
        "set_off": german.euros(set_off) if set_off else None,
        "net": german.euros(gross - set_off),
        "recourse_before": german.euros(matter.contract.recourse_open),
        "recourse_left": german.euros(matter.contract.recourse_open - set_off),
        "payee": payee(matter),
    }


def row_of(matter: Matter, act: Act) -> dict[str, Any]:
    """One instalment."""
    due, gross = needed(act.due), act.amount or ZERO
    set_off = set_off_by_due(matter).get(due, ZERO)
    days = matter.days_of_month(due) if matter.terms.settlement is Settlement.DAILY else None
    return {
        "due": german.short_day(due),
        "period": days and german.span(days),
        "days": days and str(days.days),
        "gross": german.euros(gross),
        "set_off": german.euros(set_off),
        "net": german.euros(gross - set_off),
    }


def set_off_by_due(matter: Matter) -> dict[date, Decimal]:
    """Euros set off against recourse, by due date."""
    return {needed(act.due): act.amount or ZERO for act in matter.all_of("offset_recourse")}


def net_total(matter: Matter) -> Decimal:
    """What is paid out."""
    released = sum((act.amount or ZERO for act in matter.all_of("release_instalment")), ZERO)
    return released - sum(set_off_by_due(matter).values(), ZERO)


def payee(matter: Matter) -> dict[str, str | None]:
    """Who gets the money; the account number is masked."""
    whole = matter.contract.payee
    return {
        "name": (whole and whole.name) or None,
        "iban": german.masked_iban(whole.iban) if whole and whole.iban else None,
        "reference": (whole and whole.reference) or None,
    }


def duration(matter: Matter, until: date) -> dict[str, Any]:
    """How many months of benefit are used, and the last day there can be."""
    longest = matter.cover.max_months
    return {
        "months_used": german.count(min(months_used(matter, until), longest), "Monat", "Monate"),
        "max_months": german.count(longest, "Monat", "Monate"),
        "limit": german.day(matter.terms.limit),
    }


def months_used(matter: Matter, until: date) -> int:
    """Whole months of benefit up to a day, with those of an earlier claim that this one continues."""
    months, start = 0, matter.terms.benefit_from
    while day_before(add_months(start, months + 1)) <= until:
        months += 1
    return matter.claim.months_used_before + months


def own_next_due(matter: Matter, until: date) -> date | None:
    """The first due date that the customer pays again after the benefit; None after the contract's end."""
    due = benefits.next_due(matter.terms, until)
    return due if day_after(until) <= due <= matter.contract.end else None


def needed(value: date | None) -> date:
    """The day; raises Missing where the decision lacks it."""
    if value is None:
        raise Missing("day")
    return value
