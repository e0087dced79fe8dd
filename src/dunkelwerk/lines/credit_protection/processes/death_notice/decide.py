"""Leistungsmeldung Tod, from top to bottom: whom it concerns, what may stand against it, what is done.

Source: docs/rules.md section 7. A check's name says what is true when it finds something; ``note`` is the notice,
``at`` a contract concerned, ``case`` the identified case, ``p`` the parameters.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dunkelwerk.decisions.days import add_months, birthday
from dunkelwerk.decisions.decision import Looked, carrying, when
from dunkelwerk.decisions.money import ZERO
from dunkelwerk.decisions.periods import Period
from dunkelwerk.decisions.process import Process, Stop
from dunkelwerk.decisions.reasons import SECOND_CHECK
from dunkelwerk.lines.credit_protection import actions, checks, first_notice, first_reasons, reasons
from dunkelwerk.lines.credit_protection.casefile import (
    CaseFile,
    Cause,
    Claim,
    ClaimStatus,
    InstalmentStatus,
    Settlement,
)
from dunkelwerk.lines.credit_protection.death import Concerned, Death, find_concerned
from dunkelwerk.lines.credit_protection.line import CREDIT_PROTECTION
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.processes.death_notice.notice import DeathNotice as Note
from dunkelwerk.lines.credit_protection.reasons import CLAIM, DOCUMENTS_REQUESTED, PERSON

PROCESS: Process[Note, Concerned, Death, Parameters] = Process(
    "death_notice", title="Leistungsmeldung Tod", line=CREDIT_PROTECTION, notice=Note, folder=Path(__file__).parent
)
finds = PROCESS.finds

#: the insurer may look into them in the first years (§ 161 VVG)
REVIEWED = {"suicide": "Selbsttötung", "unknown": "unbekannt"}


# Whom it concerns


@PROCESS.identifies
def concerned(note: Note, file: CaseFile, p: Parameters) -> Death | Stop:
    """The named contract, and every other active contract that insures the person."""
    return find_concerned(note, file, died_on=note.died_on)


# What may stand against it, in the order of the page


@finds(first_reasons.OVERPAID, scope=CLAIM)
def overpaid(note: Note, at: Concerned, case: Death, p: Parameters) -> list[Looked]:
    paid = {each.number: list(at.is_due_after(each, InstalmentStatus.PAID)) for each in at.claims}
    return [
        carrying(at.subject_of(number), number=number, amount=sum(amounts, ZERO), died_on=note.died_on)
        for number, amounts in paid.items()
        if amounts
    ]


@finds(first_reasons.MONTH_OF_DEATH, scope=CLAIM, default=SECOND_CHECK)
def month_of_death(note: Note, at: Concerned, case: Death, p: Parameters) -> list[Looked]:
    month = next(Period(note.died_on, note.died_on).months())
    return [
        carrying(at.subject_of(each.number), number=each.number, month=f"{month.start:%m/%Y}")
        for each in at.claims
        if is_daily(at, each) and any(month.holds(due) for due in dues(each))
    ]


def is_daily(at: Concerned, claim: Claim) -> bool:
    """Whether a claim is settled by the day."""
    cover = at.tariff.cover(claim.cause)
    return cover is not None and cover.settlement is Settlement.DAILY


def dues(claim: Claim) -> list[date]:
    """The due dates of a claim's released and paid instalments."""
    counted = (InstalmentStatus.RELEASED, InstalmentStatus.PAID)
    return [each.due for each in claim.instalments if each.status in counted]


@finds(first_reasons.CAUSE_REVIEW, scope=CLAIM)
def cause_review(note: Note, at: Concerned, case: Death, p: Parameters) -> Looked:
    early = note.died_on < add_months(at.contract.start, p.suicide_months)
    cause = REVIEWED.get(note.cause_known)
    return when(cause is not None and early, cause=cause, months=p.suicide_months)


@finds(first_reasons.AGE_LIMIT_REACHED, scope=CLAIM)
def age_limit_reached(note: Note, at: Concerned, case: Death, p: Parameters) -> Looked | None:
    if at.cover is None or at.cover.age_limit is None:
        return None
    reached_on = birthday(case.person.birth_date, at.cover.age_limit)
    return when(note.died_on >= reached_on, onset=note.died_on, reached_on=reached_on)


@finds(first_reasons.CLAIM_EXISTS, scope=CLAIM)
def claim_exists(note: Note, at: Concerned, case: Death, p: Parameters) -> list[Looked]:
    return [
        carrying(at.subject_of(each.number), number=each.number, state=each.status.german, onset=each.onset)
        for each in at.contract.claims
        if each.cause is Cause.DEATH and not each.is_declined and each is not at.taken_up
    ]


@finds(first_reasons.COVER_MISSING, scope=CLAIM)
def cover_missing(note: Note, at: Concerned, case: Death, p: Parameters) -> Looked:
    return when(at.cover is None, tariff=at.tariff.id, cause=first_notice.GERMAN[Cause.DEATH])


@finds(first_reasons.OUTSIDE_TERM, scope=CLAIM)
def outside_term(note: Note, at: Concerned, case: Death, p: Parameters) -> Looked:
    start, end = at.contract.start, at.contract.end
    return when(not start <= note.died_on <= end, onset=note.died_on, start=start, end=end)


@finds(first_reasons.IN_WAITING_TIME, scope=CLAIM)
def in_waiting_time(note: Note, at: Concerned, case: Death, p: Parameters) -> Looked | None:
    if at.cover is None:
        return None
    waits_until = add_months(at.contract.start, at.cover.waiting_months)
    return when(note.died_on < waits_until, day=note.died_on, waits_until=waits_until)


@finds(first_reasons.DREAD_DISEASE_PAID, scope=CLAIM)
def dread_disease_paid(note: Note, at: Concerned, case: Death, p: Parameters) -> Looked:
    claims = [each.number for each in at.claims if each.cause is Cause.DREAD_DISEASE and not each.is_declined]
    return when(bool(claims), claims=claims)


@finds(first_reasons.JOINT_REMAINDER, scope=CLAIM, default=SECOND_CHECK)
def joint_remainder(note: Note, at: Concerned, case: Death, p: Parameters) -> Looked | None:
    if at.cover is None or at.cover.cap is None:
        return None
    joint = any(insured != case.person.id for insured in at.contract.insured)
    return when(joint and at.uncapped > at.cover.cap, amount=at.uncapped, cap=at.cover.cap)


@finds(first_reasons.DOCUMENTS_MISSING, scope=PERSON, default=DOCUMENTS_REQUESTED)
def documents_missing(note: Note, case: Death, p: Parameters) -> Looked:
    return when(not note.certificate, documents=["Sterbeurkunde"])


@finds(reasons.IMPLAUSIBLE_DATES, scope=PERSON)
def implausible_dates(note: Note, case: Death, p: Parameters) -> Looked:
    known = case.person.deceased_on
    faults = []
    if note.died_on > note.received_on:
        faults.append("Tod nach dem Eingang der Meldung")
    if known is not None and known != note.died_on:
        faults.append(f"im Bestand steht als Todestag der {known:%d.%m.%Y}")
    return when(bool(faults), faults=faults, died_on=note.died_on, received_on=note.received_on)


finds(reasons.CONTRACT_NOT_ACTIVE, scope=CLAIM)(checks.contract_not_active)
finds(reasons.PREMIUM_IN_ARREARS, scope=CLAIM)(checks.premium_in_arrears)
finds(reasons.PAYMENT_RETURNED, scope=CLAIM)(first_notice.payment_returned)
finds(reasons.RECOURSE_OPEN, scope=CLAIM)(checks.recourse_open)


@finds(reasons.ABOVE_AUTHORITY, scope=PERSON, default=SECOND_CHECK)
def above_authority(note: Note, case: Death, p: Parameters) -> Looked | None:
    return checks.above_authority(note, case, p) if note.certificate else None


# What is done


@PROCESS.proposes
def settle(note: Note, at: Concerned, case: Death, p: Parameters) -> tuple[actions.Action, ...]:
    """Pay the lump sum and end the contract; without a certificate hold what falls due, and ask for it."""
    return pay(note, at) if note.certificate else wait_for_certificate(at)


def wait_for_certificate(at: Concerned) -> tuple[actions.Action, ...]:
    """Nothing more is paid after the reported death, and the named contract's claim waits for the certificate."""
    contract, claim = at.contract.number, at.claim_number
    done: list[actions.Action] = []
    if at.is_named and at.taken_up is None:
        done.append(actions.OpenClaim(contract=contract, claim=claim, status="reported"))
    if at.is_named:
        done.append(actions.SendLetter(contract=contract, claim=claim, template="documents_requested"))
    held = [actions.HoldInstalments(contract=contract, claim=each.number) for each in at.due_after_death]
    return (*done, *held)


def pay(note: Note, at: Concerned) -> tuple[actions.Action, ...]:
    """The lump sum of one contract; its running benefits end, and so does the contract."""
    contract, claim = at.contract.number, at.claim_number
    done: list[actions.Action] = []
    if at.taken_up is None:
        done.append(actions.OpenClaim(contract=contract, claim=claim, status="accepted"))
    done.append(actions.AcceptClaim(contract=contract, claim=claim))
    if at.gross > ZERO:
        done.append(actions.PayLumpSum(contract=contract, claim=claim, amount=at.gross))
    done += [actions.CancelInstalments(contract=contract, claim=each.number) for each in at.due_after_death]
    open_ = (ClaimStatus.ACCEPTED, ClaimStatus.REPORTED)
    done += [
        actions.CloseClaim(contract=contract, claim=each.number, reason="death")
        for each in at.claims
        if each.status in open_ and each is not at.taken_up
    ]
    done.append(actions.EndContract(contract=contract, claim=claim, on=note.died_on))
    return (*done, actions.SendLetter(contract=contract, claim=claim, template="death_settlement"))
