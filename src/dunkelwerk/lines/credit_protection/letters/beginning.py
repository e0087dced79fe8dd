"""How a benefit begins: deferred period, relapse, the instalments before it, and further contracts to report to."""

from __future__ import annotations

from datetime import date
from typing import Any

from dunkelwerk.decisions.periods import Period, day_before
from dunkelwerk.lines import german
from dunkelwerk.lines.credit_protection import identification as identify
from dunkelwerk.lines.credit_protection.casefile import Contract, ContractStatus
from dunkelwerk.lines.credit_protection.letters.matter import Matter, one


def beginning(matter: Matter) -> dict[str, Any]:
    """What letters at the beginning of a benefit have in common."""
    start, onset = matter.terms.benefit_from, matter.claim.onset
    own, used = own_instalments(matter), matter.claim.months_used_before
    return {
        "is_first": matter.is_first,
        "onset": german.day(onset),
        "deferred_until": german.day(day_before(start)) if start > onset else None,
        "deferred_days": german.count((start - onset).days, "Tag", "Tagen"),
        "benefit_from": german.day(start),
        "own_dues": german.listed([german.day(due) for due in own]) if own else None,
        "is_relapse": start == onset and matter.cover.deferred_days > 0,
        "months_before": german.count(used, "Monat", "Monate") if used else None,
        **further(matter),
    }


def own_instalments(matter: Matter) -> list[date]:
    """The due dates in the deferred period: the customer pays them."""
    start, end = matter.claim.onset, day_before(matter.terms.benefit_from)
    if end < start:
        return []
    dues = (month.start.replace(day=matter.terms.due_day) for month in Period(start, end).months())
    return [due for due in dues if start <= due <= end]


def further(matter: Matter) -> dict[str, Any]:
    """The person's other contracts that cover the same: a first notice concerns the named one alone."""
    numbers = [each.number for each in matter.file.contracts if matter.is_first and is_further(matter, each)]
    return {"further": german.listed(numbers) if numbers else None, "has_several_further": len(numbers) > 1}


def is_further(matter: Matter, contract: Contract) -> bool:
    """Whether another active contract of the person has the cover and no open claim, as ``further_cover`` finds it."""
    if contract.number == matter.contract.number or contract.status is not ContractStatus.ACTIVE:
        return False
    if matter.person.id not in contract.insured:
        return False
    covers = one(matter.file.tariffs, "id", contract.tariff).cover(matter.claim.cause) is not None
    return covers and not identify.open_claims(matter.person, contract, matter.claim.cause)
