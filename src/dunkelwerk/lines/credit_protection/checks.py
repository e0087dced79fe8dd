"""Checks that several processes share. Each takes what its scope calls for: the notice, a claim, the case, parameters.

A check's name says what is true when it finds something. Source: docs/rules.md sections 4 to 7.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.money import ZERO
from dunkelwerk.lines.credit_protection import benefits
from dunkelwerk.lines.credit_protection import identification as identify
from dunkelwerk.lines.credit_protection.affected import AffectedClaim
from dunkelwerk.lines.credit_protection.casefile import (
    Cause,
    Claim,
    Contract,
    ContractStatus,
    InstalmentStatus,
    Settlement,
)
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.parts import Benefit, Identified, Part


class MayBeDefective(Protocol):
    """A notice on paper."""

    @property
    def formally_correct(self) -> bool: ...


class MayBeSuspended(Protocol):
    """A proof of unemployment."""

    @property
    def entitlement_suspended(self) -> bool: ...


# The whole notice


def formally_defective(note: MayBeDefective, case: Identified, p: Parameters) -> Looked:
    return when(not note.formally_correct, formally_correct=note.formally_correct)


def permanent_disability(note: Any, case: Identified, p: Parameters) -> Looked:
    claims = [
        claim.number
        for contract in case.file.contracts
        for claim in contract.claims
        if claim.person == case.person.id and claim.cause is Cause.DISABILITY and not claim.is_declined
    ]
    return when(bool(claims), claims=claims)


def person_deceased(note: Any, case: Identified, p: Parameters) -> Looked:
    return when(case.person.deceased_on is not None, deceased_on=case.person.deceased_on)


def above_authority(note: Any, case: Identified, p: Parameters) -> Looked:
    amount = sum((part.gross for part in case.parts), ZERO)
    return when(amount > p.authority_limit, amount=amount, limit=p.authority_limit)


def entitlement_suspended(note: MayBeSuspended, case: Identified, p: Parameters) -> Looked:
    return when(note.entitlement_suspended, entitlement_suspended=note.entitlement_suspended)


# Its contracts


def contract_not_active(note: Any, part: Part, case: Identified, p: Parameters) -> Looked:
    status = part.contract.status
    return when(status is not ContractStatus.ACTIVE, status=status.value, state=status.german)


def premium_in_arrears(note: Any, part: Part, case: Identified, p: Parameters) -> Looked:
    arrears = part.contract.arrears
    if arrears is None:
        return when(False)
    after = arrears.deadline and part.onset > arrears.deadline
    return when(True, deadline=arrears.deadline, onset=part.onset, onset_after_deadline=after)


def recourse_open(note: Any, part: Part, case: Identified, p: Parameters) -> Looked:
    return when(part.contract.recourse_open > ZERO, recourse_open=part.contract.recourse_open)


def dread_disease_or_death(note: Any, part: Part, case: Identified, p: Parameters) -> Looked:
    claims = [
        each.number
        for each in part.contract.claims
        if each.cause in (Cause.DREAD_DISEASE, Cause.DEATH) and not each.is_declined
    ]
    return when(bool(claims), claims=claims)


def account_faults(contract: Contract) -> tuple[list[str], date | None]:
    """What is wrong with the payee's account."""
    blocked_since = contract.payee.blocked_since if contract.payee else None
    return ([] if blocked_since is None else [f"Konto gesperrt seit {blocked_since:%d.%m.%Y}"]), blocked_since


# Days that somebody or something else has already


def second_person_overlap(note: Any, part: Benefit, case: Identified, p: Parameters) -> Looked:
    others = [
        each
        for each in part.contract.claims
        if each.person != case.person.id
        and each.person in part.contract.insured
        and each.cause in identify.RUNNING_BENEFITS
    ]
    return overlapping(part, others)


def unemployment_overlap(note: Any, part: Benefit, case: Identified, p: Parameters) -> Looked:
    return overlapping(part, own_claims(part, case, Cause.UNEMPLOYMENT))


def illness_overlap(note: Any, part: Benefit, case: Identified, p: Parameters) -> Looked:
    return overlapping(part, own_claims(part, case, Cause.ILLNESS))


def overlapping(part: Benefit, claims: Iterable[Claim]) -> Looked:
    """Whether one of the claims has had some of the days to be released."""
    meeting = part.meeting(claims)
    return when(bool(meeting), claims=meeting, days=part.days)


def own_claims(part: Part, case: Identified, cause: Cause) -> list[Claim]:
    """The person's claims of a cause on the contract."""
    return [each for each in part.contract.claims if each.person == case.person.id and each.cause is cause]


# A claim that is there


def payment_returned(note: Any, claim: AffectedClaim, case: Identified, p: Parameters) -> Looked:
    faults, blocked_since = account_faults(claim.contract)
    returned = [each for each in claim.claim.instalments if each.status is InstalmentStatus.RETURNED]
    faults += [f"Rate vom {each.due:%d.%m.%Y} kam zurück" for each in returned if not claim.claim.has_replaced(each)]
    return when(bool(faults), faults=faults, blocked_since=blocked_since)


def amount_changed(note: Any, claim: AffectedClaim, case: Identified, p: Parameters) -> Looked | None:
    terms, days = claim.terms, claim.days
    if days is None or terms.settlement is not Settlement.DAILY or terms.released_until is None:
        return None
    month = next(days.months())
    if not month.meets(claim.claim.benefit_days):
        return None
    counted = (InstalmentStatus.RELEASED, InstalmentStatus.PAID, InstalmentStatus.OFFSET)
    released = sum(
        (each.amount for each in claim.claim.instalments if each.status in counted and month.holds(each.due)), ZERO
    )
    computed = benefits.month_amount(terms, month, until=terms.released_until)
    return when(released != computed, month=f"{month.start:%m/%Y}", released=released, computed=computed)


def no_benefit_left(note: Any, claim: AffectedClaim, case: Identified, p: Parameters) -> Looked:
    limit, benefit_from = claim.terms.limit, claim.terms.benefit_from
    return when(limit < benefit_from, limit=limit, benefit_from=benefit_from)
