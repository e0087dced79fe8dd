"""Folgenachweis AL, from top to bottom: whom it concerns, how far it reaches, what may stand against it, what is done.

Source: docs/rules.md section 6. A check's name says what is true when it finds something; ``proof`` is the notice,
``claim`` an affected claim, ``case`` the identified case, ``p`` the parameters.
"""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.decisions.days import working_days_between
from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.periods import day_before
from dunkelwerk.decisions.process import Process, Stop
from dunkelwerk.decisions.reasons import SECOND_CHECK
from dunkelwerk.lines.credit_protection import actions, checks, first_reasons, follow_up, reasons, unemployment
from dunkelwerk.lines.credit_protection.affected import Affected, AffectedClaim, find_affected
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Cause
from dunkelwerk.lines.credit_protection.line import CREDIT_PROTECTION
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.processes.follow_up_unemployment_proof.notice import (
    FollowUpUnemploymentProof as Proof,
)
from dunkelwerk.lines.credit_protection.reasons import CLAIM, PERSON

PROCESS: Process[Proof, AffectedClaim, Affected, Parameters] = Process(
    "follow_up_unemployment_proof",
    title="Folgenachweis AL",
    line=CREDIT_PROTECTION,
    notice=Proof,
    folder=Path(__file__).parent,
)
finds = PROCESS.finds


# Whom it concerns


@PROCESS.identifies
def affected_claims(proof: Proof, file: CaseFile, p: Parameters) -> Affected | Stop:
    """The named person's open unemployment claims, under the named contract and every other one of theirs."""
    reach = unemployment.reach_of(proof, p)
    return find_affected(proof, file, cause=Cause.UNEMPLOYMENT, reach_of=lambda claim: reach)


# What may stand against it, in the order of the page

finds(reasons.FORMALLY_DEFECTIVE, scope=PERSON)(checks.formally_defective)
finds(reasons.IMPLAUSIBLE_DATES, scope=PERSON)(unemployment.implausible_dates)
finds(reasons.PERMANENT_DISABILITY, scope=PERSON)(checks.permanent_disability)
finds(reasons.PERSON_DECEASED, scope=PERSON)(checks.person_deceased)


@finds(reasons.DIFFERENT_ONSET, scope=CLAIM)
def different_onset(proof: Proof, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    since, onset = proof.unemployed_since, claim.claim.onset
    return when(since != onset, stated_onset=since, onset=onset)


@finds(reasons.PROOF_GAP, scope=CLAIM)
def proof_gap(proof: Proof, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked | None:
    proven_until = claim.claim.proven_until
    if proven_until is None:
        return None
    days = working_days_between(proven_until, proof.proven_on, p.federal_state)
    return when(days > p.gap_tolerance, days=days, proven_until=proven_until, issued_on=proof.proven_on)


finds(reasons.CONTRACT_NOT_ACTIVE, scope=CLAIM)(checks.contract_not_active)
finds(reasons.PREMIUM_IN_ARREARS, scope=CLAIM)(checks.premium_in_arrears)
finds(reasons.PAYMENT_RETURNED, scope=CLAIM)(checks.payment_returned)


@finds(reasons.RECOVERY_RECORDED, scope=CLAIM)
def recovery_recorded(proof: Proof, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    recovered_on = claim.claim.recovered_on
    later = recovered_on is not None and proof.proven_on > recovered_on
    return when(later, recovered_on=recovered_on, valid_until=proof.proven_on)


@finds(reasons.RELEASED_BEYOND_RECOVERY, scope=CLAIM)
def released_beyond_recovery(proof: Proof, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked | None:
    if proof.new_job_on is None:
        return None
    released, end = claim.terms.released_until, day_before(proof.new_job_on)
    return when(released is not None and end < released, released_until=released, end=end)


finds(reasons.RECOURSE_OPEN, scope=CLAIM)(checks.recourse_open)
finds(reasons.SECOND_PERSON_OVERLAP, scope=CLAIM)(checks.second_person_overlap)
finds(reasons.DREAD_DISEASE_OR_DEATH, scope=CLAIM)(checks.dread_disease_or_death)
finds(reasons.AMOUNT_CHANGED, scope=CLAIM)(checks.amount_changed)
finds(reasons.ABOVE_AUTHORITY, scope=PERSON, default=SECOND_CHECK)(checks.above_authority)
finds(reasons.NO_BENEFIT_LEFT, scope=CLAIM)(checks.no_benefit_left)
finds(first_reasons.ENTITLEMENT_SUSPENDED, scope=PERSON)(checks.entitlement_suspended)
finds(first_reasons.ILLNESS_OVERLAP, scope=CLAIM)(checks.illness_overlap)


# What is done


@PROCESS.proposes
def extend(proof: Proof, claim: AffectedClaim, case: Affected, p: Parameters) -> tuple[actions.Action, ...]:
    """Record the proof, release the days and instalments, close where the benefit or the unemployment ends."""
    return follow_up.extend(claim, p, ends_for=unemployment.ending(proof, claim.reach))
