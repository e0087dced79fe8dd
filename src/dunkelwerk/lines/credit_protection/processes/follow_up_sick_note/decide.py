"""Folgeattest AU, from top to bottom: whom it concerns, how far it reaches, what may stand against it, what is done.

Source: docs/rules.md section 4. A check's name says what is true when it finds something; ``note`` is the notice,
``claim`` an affected claim, ``case`` the identified case, ``p`` the parameters.
"""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.decisions.days import working_days_between
from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.process import Process, Stop
from dunkelwerk.decisions.reasons import SECOND_CHECK
from dunkelwerk.lines.credit_protection import actions, checks, follow_up, reasons, sick_notes
from dunkelwerk.lines.credit_protection.affected import Affected, AffectedClaim, find_affected
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Cause, Claim
from dunkelwerk.lines.credit_protection.line import CREDIT_PROTECTION
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.parts import Reach
from dunkelwerk.lines.credit_protection.processes.follow_up_sick_note.notice import FollowUpSickNote as Note
from dunkelwerk.lines.credit_protection.reasons import CLAIM, PERSON

FOLDER = Path(__file__).parent
PROCESS: Process[Note, AffectedClaim, Affected, Parameters] = Process(
    "follow_up_sick_note", title="Folgeattest AU", line=CREDIT_PROTECTION, notice=Note, folder=FOLDER
)
finds = PROCESS.finds


# Whom it concerns


@PROCESS.identifies
def affected_claims(note: Note, file: CaseFile, p: Parameters) -> Affected | Stop:
    """The named person's open illness claims, under the named contract and every other one of theirs."""
    return find_affected(note, file, cause=Cause.ILLNESS, reach_of=lambda claim: reach_of(note, claim))


# How far it reaches


def reach_of(note: Note, claim: Claim) -> Reach:
    """The wanted end, and the end after the extension table."""
    return sick_notes.reach_of(note, claim, PROCESS.table("extension_days"))


# What may stand against it, in the order of the page

finds(reasons.FORMALLY_DEFECTIVE, scope=PERSON)(checks.formally_defective)
finds(reasons.IMPLAUSIBLE_DATES, scope=PERSON)(sick_notes.implausible_dates)
finds(reasons.PERMANENT_DISABILITY, scope=PERSON)(checks.permanent_disability)
finds(reasons.PERSON_DECEASED, scope=PERSON)(checks.person_deceased)


@finds(reasons.DIFFERENT_ONSET, scope=CLAIM)
def different_onset(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked | None:
    if note.incapacity_from is None:  # an eAU follow-up states no beginning
        return None
    onset = claim.claim.onset
    return when(note.incapacity_from != onset, stated_onset=note.incapacity_from, onset=onset)


@finds(reasons.PROOF_GAP, scope=CLAIM)
def proof_gap(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked | None:
    proven_until = claim.claim.proven_until
    if proven_until is None:
        return None
    days = working_days_between(proven_until, note.issued_on, p.federal_state)
    return when(days > p.gap_tolerance, days=days, proven_until=proven_until, issued_on=note.issued_on)


finds(reasons.CONTRACT_NOT_ACTIVE, scope=CLAIM)(checks.contract_not_active)
finds(reasons.PREMIUM_IN_ARREARS, scope=CLAIM)(checks.premium_in_arrears)
finds(reasons.PAYMENT_RETURNED, scope=CLAIM)(checks.payment_returned)


@finds(reasons.RECOVERY_RECORDED, scope=CLAIM)
def recovery_recorded(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    recovered_on, until = claim.claim.recovered_on, note.incapacity_until
    later = recovered_on is not None and (until is None or until > recovered_on)
    return when(later, recovered_on=recovered_on, valid_until=until or "auf weiteres")


@finds(reasons.RELEASED_BEYOND_RECOVERY, scope=CLAIM)
def released_beyond_recovery(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    released, end = claim.terms.released_until, note.incapacity_until
    beyond = note.is_final and released is not None and end is not None and end < released
    return when(beyond, released_until=released, end=end)


finds(reasons.RECOURSE_OPEN, scope=CLAIM)(checks.recourse_open)
finds(reasons.SECOND_PERSON_OVERLAP, scope=CLAIM)(checks.second_person_overlap)
finds(reasons.UNEMPLOYMENT_OVERLAP, scope=CLAIM)(checks.unemployment_overlap)
finds(reasons.DREAD_DISEASE_OR_DEATH, scope=CLAIM)(checks.dread_disease_or_death)
finds(reasons.AMOUNT_CHANGED, scope=CLAIM)(checks.amount_changed)
finds(reasons.ABOVE_AUTHORITY, scope=PERSON, default=SECOND_CHECK)(checks.above_authority)
finds(reasons.EXTENSION_UNCLEAR, scope=CLAIM)(sick_notes.extension_unclear)
finds(reasons.NO_BENEFIT_LEFT, scope=CLAIM)(checks.no_benefit_left)


# What is done


@PROCESS.proposes
def extend(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> tuple[actions.Action, ...]:
    """Record the proof, release the days and instalments, close where the benefit or the illness ends."""
    return follow_up.extend(claim, p, ends_for="recovered" if note.is_final else None)
