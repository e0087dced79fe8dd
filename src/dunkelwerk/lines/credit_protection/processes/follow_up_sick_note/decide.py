"""Folgeattest AU, from top to bottom: whom it concerns, how far it reaches, what may stand against it, what is done.

Source: docs/rules.md section 4. A check's name says what is true when it finds something; ``note`` is the notice,
``claim`` an affected claim, ``case`` the identified case, ``p`` the parameters.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from dunkelwerk.decisions.days import working_days_between
from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.failures import look_up
from dunkelwerk.decisions.money import ZERO
from dunkelwerk.decisions.periods import day_after
from dunkelwerk.decisions.process import Process, Stop
from dunkelwerk.decisions.reasons import SECOND_CHECK
from dunkelwerk.decisions.tables import Match
from dunkelwerk.lines.credit_protection import actions, benefits, reasons
from dunkelwerk.lines.credit_protection import identification as identify
from dunkelwerk.lines.credit_protection.affected import Affected, AffectedClaim, Reach, find_affected
from dunkelwerk.lines.credit_protection.casefile import (
    CaseFile,
    Cause,
    Claim,
    ContractStatus,
    InstalmentStatus,
    Settlement,
)
from dunkelwerk.lines.credit_protection.line import CREDIT_PROTECTION
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.processes.follow_up_sick_note.notice import FollowUpSickNote as Note
from dunkelwerk.lines.credit_protection.reasons import CLAIM, PERSON

FOLDER = Path(__file__).parent
#: a note is usually backdated by three days at the most (AU-RL § 5)
BACKDATING = timedelta(days=3)

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
    """The wanted end, and the end after the extension table: a final note is never cut."""
    match = extension_of(note, claim)
    table_end = note.issued_on + timedelta(days=match.outputs["days"])
    until = note.incapacity_until
    if not note.is_final and (until is None or until > table_end):
        return Reach(until or table_end, table_end, was_cut=True, tables=(match,))
    return Reach(until or table_end, until or table_end, was_cut=False, tables=(match,))


def extension_of(note: Note, claim: Claim) -> Match:
    """The row of the extension table for the claim's first code, or the notice's where the claim has none."""
    codes = [code for code in (each.strip().upper() for each in (*claim.icd, *note.icd)) if code]
    return look_up(PROCESS.table("extension_days"), chapter=codes[0][0] if codes else None)


# What may stand against it, in the order of the page


@finds(reasons.FORMALLY_DEFECTIVE, scope=PERSON)
def formally_defective(note: Note, case: Affected, p: Parameters) -> Looked:
    return when(not note.formally_correct, formally_correct=note.formally_correct)


@finds(reasons.IMPLAUSIBLE_DATES, scope=PERSON)
def implausible_dates(note: Note, case: Affected, p: Parameters) -> Looked:
    start, end = note.incapacity_from, note.incapacity_until
    faults = []
    if note.issued_on > note.received_on:
        faults.append("ausgestellt nach dem Eingang")
    if start and end and end < start:
        faults.append("Ende vor dem Beginn")
    if start and start > note.issued_on + BACKDATING:
        faults.append("Beginn mehr als drei Tage nach der Ausstellung")
    if note.final and note.open_ended:
        faults.append("Endbescheinigung ohne Ende")
    return when(bool(faults), faults=faults, issued_on=note.issued_on, received_on=note.received_on)


@finds(reasons.PERMANENT_DISABILITY, scope=PERSON)
def permanent_disability(note: Note, case: Affected, p: Parameters) -> Looked:
    claims = [
        claim.number
        for contract in case.file.contracts
        for claim in contract.claims
        if claim.person == case.person.id and claim.cause is Cause.DISABILITY and not claim.is_declined
    ]
    return when(bool(claims), claims=claims)


@finds(reasons.PERSON_DECEASED, scope=PERSON)
def person_deceased(note: Note, case: Affected, p: Parameters) -> Looked:
    return when(case.person.deceased_on is not None, deceased_on=case.person.deceased_on)


@finds(reasons.DIFFERENT_ONSET, scope=CLAIM)
def different_onset(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked | None:
    if note.incapacity_from is None:  # an eAU follow-up states no beginning
        return None
    onset = claim.claim.onset
    return when(note.incapacity_from != onset, incapacity_from=note.incapacity_from, onset=onset)


@finds(reasons.PROOF_GAP, scope=CLAIM)
def proof_gap(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked | None:
    proven_until = claim.claim.proven_until
    if proven_until is None:
        return None
    days = working_days_between(proven_until, note.issued_on, p.federal_state)
    return when(days > p.gap_tolerance, days=days, proven_until=proven_until, issued_on=note.issued_on)


@finds(reasons.CONTRACT_NOT_ACTIVE, scope=CLAIM)
def contract_not_active(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    status = claim.contract.status
    return when(status is not ContractStatus.ACTIVE, status=status.value, state=status.german)


@finds(reasons.PREMIUM_IN_ARREARS, scope=CLAIM)
def premium_in_arrears(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    arrears = claim.contract.arrears
    if arrears is None:
        return when(False)
    after = arrears.deadline and claim.claim.onset > arrears.deadline
    return when(True, deadline=arrears.deadline, onset=claim.claim.onset, onset_after_deadline=after)


@finds(reasons.PAYMENT_RETURNED, scope=CLAIM)
def payment_returned(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    payee = claim.contract.payee
    blocked_since = payee.blocked_since if payee else None
    returned = [each for each in claim.claim.instalments if each.status is InstalmentStatus.RETURNED]
    faults = [] if blocked_since is None else [f"Konto gesperrt seit {blocked_since:%d.%m.%Y}"]
    faults += [f"Rate vom {each.due:%d.%m.%Y} kam zurück" for each in returned if not claim.claim.has_replaced(each)]
    return when(bool(faults), faults=faults, blocked_since=blocked_since)


@finds(reasons.RECOVERY_RECORDED, scope=CLAIM)
def recovery_recorded(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    recovered_on, until = claim.claim.recovered_on, note.incapacity_until
    later = recovered_on is not None and (until is None or until > recovered_on)
    return when(later, recovered_on=recovered_on, incapacity_until=until)


@finds(reasons.RELEASED_BEYOND_RECOVERY, scope=CLAIM)
def released_beyond_recovery(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    released, end = claim.terms.released_until, note.incapacity_until
    beyond = note.is_final and released is not None and end is not None and end < released
    return when(beyond, released_until=released, end=end)


@finds(reasons.RECOURSE_OPEN, scope=CLAIM)
def recourse_open(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    return when(claim.contract.recourse_open > ZERO, recourse_open=claim.contract.recourse_open)


@finds(reasons.SECOND_PERSON_OVERLAP, scope=CLAIM)
def second_person_overlap(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    others = [
        each
        for each in claim.contract.claims
        if each.person != case.person.id
        and each.person in claim.contract.insured
        and each.cause in identify.RUNNING_BENEFITS
    ]
    meeting = claim.meeting(others)
    return when(bool(meeting), claims=meeting, days=claim.days)


@finds(reasons.UNEMPLOYMENT_OVERLAP, scope=CLAIM)
def unemployment_overlap(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    own = [each for each in claim.contract.claims if each.person == case.person.id and each.cause is Cause.UNEMPLOYMENT]
    meeting = claim.meeting(own)
    return when(bool(meeting), claims=meeting, days=claim.days)


@finds(reasons.DREAD_DISEASE_OR_DEATH, scope=CLAIM)
def dread_disease_or_death(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    claims = [
        each.number
        for each in claim.contract.claims
        if each.cause in (Cause.DREAD_DISEASE, Cause.DEATH) and not each.is_declined
    ]
    return when(bool(claims), claims=claims)


@finds(reasons.AMOUNT_CHANGED, scope=CLAIM)
def amount_changed(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked | None:
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


@finds(reasons.ABOVE_AUTHORITY, scope=PERSON, default=SECOND_CHECK)
def above_authority(note: Note, case: Affected, p: Parameters) -> Looked:
    amount = sum((claim.gross for claim in case.parts), ZERO)
    return when(amount > p.authority_limit, amount=amount, limit=p.authority_limit)


@finds(reasons.EXTENSION_UNCLEAR, scope=CLAIM)
def extension_unclear(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    match = claim.tables[0]
    unclear = match.outputs["days"] == 0 and claim.reach.was_cut
    return when(unclear, chapter=match.inputs["chapter"], days=match.outputs["days"])


@finds(reasons.NO_BENEFIT_LEFT, scope=CLAIM)
def no_benefit_left(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> Looked:
    limit, benefit_from = claim.terms.limit, claim.terms.benefit_from
    return when(limit < benefit_from, limit=limit, benefit_from=benefit_from)


# What is done


@PROCESS.proposes
def extend(note: Note, claim: AffectedClaim, case: Affected, p: Parameters) -> tuple[actions.Action, ...]:
    """The actions for one claim, in the order of the page."""
    at = {"contract": claim.contract.number, "claim": claim.claim.number}
    proves_more = claim.claim.proven_until is None or claim.reach.proof_until > claim.claim.proven_until
    if not proves_more and not claim.releasing and not note.is_final:
        return (actions.FileNotice(**at),)
    done: list[actions.Action] = []
    if proves_more:
        done.append(actions.RecordProof(**at, until=claim.reach.proof_until))
    if claim.releasing:
        done.append(actions.ExtendBenefit(**at, until=claim.release_until))
        done += [actions.ReleaseInstalment(**at, due=line.due, amount=line.amount) for line in claim.lines]
    if p.dispositions.get(reasons.RECOURSE_OPEN.code) == reasons.OFFSET.name:
        done += offsets(claim, at)
    closing = closing_reason(note, claim)
    if claim.reach.was_cut and closing is None:
        done.append(actions.ReviewOn(**at, on=day_after(claim.reach.cut_until)))
    if closing is not None:
        done.append(actions.CloseClaim(**at, reason=closing))
    template = letter_for(claim, closing)
    done.append(actions.SendLetter(**at, template=template) if template else actions.FileNotice(**at))
    return tuple(done)


def offsets(claim: AffectedClaim, at: dict[str, str]) -> list[actions.OffsetRecourse]:
    """One per instalment touched, oldest due first, until the contract's open recourse is used up."""
    left, done = claim.contract.recourse_open, []
    for line in claim.lines:
        amount = min(left, line.amount)
        if amount > ZERO:
            done.append(actions.OffsetRecourse(**at, due=line.due, amount=amount))
        left -= amount
    return done


def closing_reason(note: Note, claim: AffectedClaim) -> str | None:
    """Why the claim ends with this note, or None."""
    if claim.reach.cut_until >= claim.terms.limit:
        return benefits.closing_reason_at_limit(
            claim.terms, contract=claim.contract, cover=claim.cover, person=claim.person
        )
    return "recovered" if note.is_final else None


def letter_for(claim: AffectedClaim, closing: str | None) -> str | None:
    """The one letter, or None: then the notice is filed."""
    if closing is not None:
        return "benefit_end"
    if claim.releasing:
        return "settlement"
    return "deferred_period" if claim.release_until < claim.terms.benefit_from else None
