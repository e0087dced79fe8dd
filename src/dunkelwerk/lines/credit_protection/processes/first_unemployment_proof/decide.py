"""Erstnachweis AL, from top to bottom: whom it concerns, what may stand against it, what is done.

Source: docs/rules.md section 6. A check's name says what is true when it finds something; ``proof`` is the notice,
``new`` the claim as it would be, ``case`` the identified case, ``p`` the parameters.
"""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.decisions.days import add_months
from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.periods import day_before
from dunkelwerk.decisions.process import Process, Stop
from dunkelwerk.decisions.reasons import IGNORE, SECOND_CHECK
from dunkelwerk.lines.credit_protection import actions, checks, first_notice, first_reasons, reasons, unemployment
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Cause
from dunkelwerk.lines.credit_protection.first_notice import FirstNotice, NewClaim, find_first
from dunkelwerk.lines.credit_protection.line import CREDIT_PROTECTION
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.processes.first_unemployment_proof.notice import (
    FirstUnemploymentProof as Proof,
)
from dunkelwerk.lines.credit_protection.reasons import CLAIM, DOCUMENTS_REQUESTED, PERSON

PROCESS: Process[Proof, NewClaim, FirstNotice, Parameters] = Process(
    "first_unemployment_proof",
    title="Erstnachweis AL",
    line=CREDIT_PROTECTION,
    notice=Proof,
    folder=Path(__file__).parent,
)
finds = PROCESS.finds


# Whom it concerns


@PROCESS.identifies
def new_claim(proof: Proof, file: CaseFile, p: Parameters) -> FirstNotice | Stop:
    """The named person under the named contract, and the claim as it would be."""
    reach = unemployment.reach_of(proof, p)
    return find_first(
        proof,
        file,
        cause=Cause.UNEMPLOYMENT,
        onset=proof.unemployed_since,
        missing=[] if proof.award_notice else ["Bewilligungsbescheid der Agentur für Arbeit"],
        reach_of=lambda taken_up: reach,
    )


# What may stand against it, in the order of the page


@finds(first_reasons.IN_WAITING_TIME, scope=CLAIM)
def in_waiting_time(proof: Proof, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked | None:
    return first_notice.before_waiting_ends(proof.notice_given_on or new.onset, new)


@finds(first_reasons.TERMINATED_BY_INSURED, scope=CLAIM)
def terminated_by_insured(proof: Proof, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    return when(proof.terminated_by == "employee", terminated_by=proof.terminated_by)


@finds(first_reasons.MUTUAL_TERMINATION, scope=CLAIM)
def mutual_termination(proof: Proof, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    return when(proof.terminated_by == "mutual", terminated_by=proof.terminated_by)


@finds(first_reasons.FIXED_TERM, scope=CLAIM)
def fixed_term(proof: Proof, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    return when(proof.terminated_by == "fixed_term_end", terminated_by=proof.terminated_by)


@finds(first_reasons.EMPLOYED_TOO_SHORT, scope=CLAIM)
def employed_too_short(proof: Proof, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    start, end = proof.employment_from, proof.employment_to
    needed = day_before(add_months(start, p.min_employment_months))
    return when(end < needed, employment_from=start, employment_to=end, months=p.min_employment_months)


@finds(first_reasons.HOURS_TOO_FEW, scope=CLAIM)
def hours_too_few(proof: Proof, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    hours, needed = proof.weekly_hours, p.min_weekly_hours
    return when(hours < needed, hours=f"{hours.normalize():f}".replace(".", ","), needed=needed)


finds(first_reasons.CLAIM_EXISTS, scope=CLAIM)(first_notice.claim_exists)
finds(first_reasons.COVER_MISSING, scope=CLAIM)(first_notice.cover_missing)
finds(first_reasons.OUTSIDE_TERM, scope=CLAIM)(first_notice.outside_term)
finds(first_reasons.AGE_LIMIT_REACHED, scope=CLAIM)(first_notice.age_limit_reached)
finds(first_reasons.REPORTED_LATE, scope=CLAIM)(first_notice.reported_late)
finds(reasons.NO_BENEFIT_LEFT, scope=CLAIM)(first_notice.no_benefit_left)
finds(first_reasons.FURTHER_COVER, scope=PERSON, default=IGNORE)(first_notice.further_cover)
finds(first_reasons.DOCUMENTS_MISSING, scope=CLAIM, default=DOCUMENTS_REQUESTED)(first_notice.documents_missing)
finds(reasons.FORMALLY_DEFECTIVE, scope=PERSON)(checks.formally_defective)
finds(reasons.IMPLAUSIBLE_DATES, scope=PERSON)(unemployment.implausible_dates)
finds(reasons.PERMANENT_DISABILITY, scope=PERSON)(checks.permanent_disability)
finds(reasons.PERSON_DECEASED, scope=PERSON)(checks.person_deceased)
finds(reasons.CONTRACT_NOT_ACTIVE, scope=CLAIM)(checks.contract_not_active)
finds(reasons.PREMIUM_IN_ARREARS, scope=CLAIM)(checks.premium_in_arrears)
finds(reasons.PAYMENT_RETURNED, scope=CLAIM)(first_notice.payment_returned)
finds(reasons.RECOURSE_OPEN, scope=CLAIM)(checks.recourse_open)
finds(reasons.SECOND_PERSON_OVERLAP, scope=CLAIM)(checks.second_person_overlap)
finds(reasons.DREAD_DISEASE_OR_DEATH, scope=CLAIM)(checks.dread_disease_or_death)
finds(reasons.ABOVE_AUTHORITY, scope=PERSON, default=SECOND_CHECK)(checks.above_authority)
finds(first_reasons.ENTITLEMENT_SUSPENDED, scope=PERSON)(checks.entitlement_suspended)
finds(first_reasons.ILLNESS_OVERLAP, scope=CLAIM)(checks.illness_overlap)


# What is done


@PROCESS.proposes
def accept(proof: Proof, new: NewClaim, case: FirstNotice, p: Parameters) -> tuple[actions.Action, ...]:
    """Open and accept the claim, release what is proven; or open it as reported and ask for the award notice."""
    return first_notice.open_and_pay(new, p, ends_for=unemployment.ending(proof, new.reach))
