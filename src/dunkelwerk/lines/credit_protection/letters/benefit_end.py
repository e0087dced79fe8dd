"""The letter at the end of a benefit: the last day paid, why, how much it was, how to go on, who hears complaints."""

from __future__ import annotations

from datetime import date
from typing import Any

from dunkelwerk.decisions.days import birthday
from dunkelwerk.decisions.periods import day_before
from dunkelwerk.lines import german
from dunkelwerk.lines.address import full_name
from dunkelwerk.lines.credit_protection.letters.beginning import further
from dunkelwerk.lines.credit_protection.letters.matter import Matter
from dunkelwerk.lines.credit_protection.letters.settlement import needed, own_next_due, payments

#: closing reasons with which a benefit ends at its limit
AT_LIMIT = ("max_duration", "contract_end", "age_limit")


def tell(matter: Matter) -> dict[str, Any]:
    """The content of ``benefit_end.typ``."""
    closing = matter.first("close_claim")
    reason = (closing and closing.reason) or ""
    last, end = last_day_paid(matter), last_day(matter, reason)
    due = own_next_due(matter, last or end)
    return {
        "subject": subject(matter, end),
        "reason": reason,
        "is_first": matter.is_first,
        "end": german.day(end),
        "last_paid": last and german.day(last),
        "total_paid": german.euros(matter.total_paid),
        "own_due": due and german.day(due),
        "is_own_due_past": due is not None and due <= matter.on,
        "relapse_months": german.count(matter.cover.relapse_months, "Monat", "Monaten"),
        "max_months": german.count(matter.cover.max_months, "Monat", "Monate"),
        "contract_end": german.day(matter.contract.end),
        "age_limit": matter.cover.age_limit,
        "age_reached_on": age_reached_on(matter),
        "new_job_on": matter.note.new_job_on and german.day(matter.note.new_job_on),
        "died_on": matter.died_on and german.day(matter.died_on),
        **payments(matter),
        **further(matter),
    }


def subject(matter: Matter, end: date) -> str:
    """What the letter is about, in one line."""
    if matter.is_about_death:
        return f"Ende der Leistung für {full_name(matter.person)}"
    return f"Ihre Leistung endet am {german.day(end)}"


def last_day_paid(matter: Matter) -> date | None:
    """The last day with benefit; None where there never was any."""
    until = matter.released_until
    return until if until and until >= matter.terms.benefit_from else None


def last_day(matter: Matter, reason: str) -> date:
    """The day with which the benefit ends: the last day of illness or unemployment, the day of death, or the limit."""
    if reason in AT_LIMIT:
        return matter.terms.limit
    if reason == "death" and matter.died_on:
        return matter.died_on
    if reason == "new_job" and matter.note.new_job_on:
        return day_before(matter.note.new_job_on)
    if reason == "recovered" and matter.note.incapacity_until:
        return matter.note.incapacity_until
    return last_day_paid(matter) or needed(matter.proven_until)


def age_reached_on(matter: Matter) -> str | None:
    """The birthday on which the cover's age limit is reached."""
    limit = matter.cover.age_limit
    return None if limit is None else german.day(birthday(matter.person.birth_date, limit))
