"""Erstattest AU, from top to bottom: whom it concerns, what is missing, what may stand against it, what is done.

Source: docs/rules.md section 5. A check's name says what is true when it finds something; ``note`` is the notice,
``new`` the claim as it would be, ``case`` the identified case, ``p`` the parameters.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dunkelwerk.decisions.days import add_months
from dunkelwerk.decisions.decision import Looked, carrying, when
from dunkelwerk.decisions.process import Process, Stop
from dunkelwerk.decisions.reasons import IGNORE, SECOND_CHECK
from dunkelwerk.lines.credit_protection import actions, checks, first_notice, first_reasons, reasons, sick_notes
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Cause, Claim, ClaimStatus, Contract, Cover, Person
from dunkelwerk.lines.credit_protection.first_notice import FirstNotice, NewClaim, find_first
from dunkelwerk.lines.credit_protection.line import CREDIT_PROTECTION
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters as Parameters
from dunkelwerk.lines.credit_protection.processes.first_sick_note.notice import FirstSickNote as Note
from dunkelwerk.lines.credit_protection.reasons import CLAIM, DOCUMENTS_REQUESTED, PERSON

PROCESS: Process[Note, NewClaim, FirstNotice, Parameters] = Process(
    "first_sick_note", title="Erstattest AU", line=CREDIT_PROTECTION, notice=Note, folder=Path(__file__).parent
)
finds = PROCESS.finds

EMPLOYED = ("employed", "civil_servant")
#: illnesses of the last year before the contract matter in its first two years (BGH IV ZR 289/13)
LOOK_BACK_MONTHS, LOOKED_AT_MONTHS = 12, 24
#: a code's certainty: suspected, excluded, state after
UNCERTAIN = ("V", "A", "Z")
CATEGORY = 3


# Whom it concerns


@PROCESS.identifies
def new_claim(note: Note, file: CaseFile, p: Parameters) -> FirstNotice | Stop:
    """The named person under the named contract, and the claim as it would be."""
    ignores_relapse = p.dispositions.get(first_reasons.RELAPSE.code) == IGNORE.name

    def former_of(contract: Contract, person: Person, cover: Cover) -> Claim | None:
        return None if ignores_relapse else relapse_of(note, contract, person, cover)

    return find_first(
        note,
        file,
        cause=Cause.ILLNESS,
        onset=note.incapacity_from,
        missing=missing_documents(note),
        reach_of=lambda taken_up: sick_notes.reach_of(note, taken_up, PROCESS.table("extension_days")),
        former_of=former_of,
    )


def missing_documents(note: Note) -> list[str]:
    """The pieces without which nothing is decided, as the letter names them."""
    needed = {"claim_form": "Schadenanzeige", "sick_note": "Arbeitsunfähigkeitsbescheinigung"}
    if note.occupation in EMPLOYED:
        needed["employer_confirmation"] = "Bestätigung des Arbeitgebers"
    missing = [german for name, german in needed.items() if name not in note.documents]
    return missing if sick_notes.clean_codes(note.icd) else [*missing, "Diagnose (ICD-Schlüssel)"]


def relapse_of(note: Note, contract: Contract, person: Person, cover: Cover) -> Claim | None:
    """The latest closed claim that ended shortly before with the same illness."""
    own = (each for each in contract.claims if each.person == person.id and each.cause is Cause.ILLNESS)
    former = [each for each in own if is_relapse(note, each, cover)]
    return max(former, key=ended_on) if former else None


def is_relapse(note: Note, claim: Claim, cover: Cover) -> bool:
    """Whether the note's illness is that of a claim which was paid, and closed shortly before."""
    end, onset = claim.recovered_on or claim.closed_on, note.incapacity_from
    if claim.status is not ClaimStatus.CLOSED or end is None or claim.benefit_from is None:
        return False
    shortly_before = claim.benefit_from <= end <= onset <= add_months(end, cover.relapse_months)
    return shortly_before and category(claim.icd) is not None and category(claim.icd) == category(note.icd)


def ended_on(claim: Claim) -> date:
    """The day on which a closed claim ended."""
    end = claim.recovered_on or claim.closed_on
    if end is None:
        raise ValueError("the claim has not ended")
    return end


def category(codes: tuple[str, ...]) -> str | None:
    """The three characters of the first code that name the illness."""
    clean = sick_notes.clean_codes(codes)
    return clean[0][:CATEGORY] if clean else None


# What may stand against it, in the order of the page

finds(first_reasons.CLAIM_EXISTS, scope=CLAIM)(first_notice.claim_exists)
finds(first_reasons.COVER_MISSING, scope=CLAIM)(first_notice.cover_missing)
finds(first_reasons.OUTSIDE_TERM, scope=CLAIM)(first_notice.outside_term)


@finds(first_reasons.IN_WAITING_TIME, scope=CLAIM)
def in_waiting_time(note: Note, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked | None:
    return first_notice.before_waiting_ends(new.onset, new)


finds(first_reasons.AGE_LIMIT_REACHED, scope=CLAIM)(first_notice.age_limit_reached)


@finds(first_reasons.NOT_WORKING, scope=PERSON)
def not_working(note: Note, case: FirstNotice, p: Parameters) -> Looked:
    return when(note.occupation == "none", occupation=note.occupation)


finds(first_reasons.REPORTED_LATE, scope=CLAIM)(first_notice.reported_late)


@finds(first_reasons.PRE_EXISTING_SUSPECTED, scope=CLAIM)
def pre_existing_suspected(note: Note, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked | None:
    start, treated = new.contract.start, note.first_treated_on
    if treated is None:
        return None
    early = new.onset < add_months(start, LOOKED_AT_MONTHS)
    before = add_months(start, -LOOK_BACK_MONTHS) <= treated < start
    return when(early and before, first_treated_on=treated, start=start)


@finds(first_reasons.ICD_EXCLUDED, scope=CLAIM)
def icd_excluded(note: Note, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    codes, prefixes = sick_notes.clean_codes(note.icd), sick_notes.clean_codes(p.excluded_icd)
    found = [prefix for prefix in prefixes if any(code.startswith(prefix) for code in codes)]
    return when(bool(found), prefixes=found)


@finds(first_reasons.SUSPECTED_ONLY, scope=CLAIM)
def suspected_only(note: Note, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked:
    codes = sick_notes.clean_codes(note.icd)
    uncertain = [len(code) > CATEGORY and code.endswith(UNCERTAIN) for code in codes]
    return when(bool(codes) and all(uncertain), codes=len(codes), uncertain=sum(uncertain))


@finds(first_reasons.RELAPSE, scope=CLAIM, default=SECOND_CHECK)
def relapse(note: Note, new: NewClaim, case: FirstNotice, p: Parameters) -> Looked | None:
    if new.cover is None:
        return None
    former = relapse_of(note, new.contract, case.person, new.cover)
    if former is None:
        return when(False)
    return carrying(new.subject_of(former.number), number=former.number, ended_on=ended_on(former))


finds(reasons.NO_BENEFIT_LEFT, scope=CLAIM)(first_notice.no_benefit_left)
finds(first_reasons.FURTHER_COVER, scope=PERSON, default=IGNORE)(first_notice.further_cover)
finds(first_reasons.DOCUMENTS_MISSING, scope=CLAIM, default=DOCUMENTS_REQUESTED)(first_notice.documents_missing)
finds(reasons.FORMALLY_DEFECTIVE, scope=PERSON)(checks.formally_defective)
finds(reasons.IMPLAUSIBLE_DATES, scope=PERSON)(sick_notes.implausible_dates)
finds(reasons.PERMANENT_DISABILITY, scope=PERSON)(checks.permanent_disability)
finds(reasons.PERSON_DECEASED, scope=PERSON)(checks.person_deceased)
finds(reasons.CONTRACT_NOT_ACTIVE, scope=CLAIM)(checks.contract_not_active)
finds(reasons.PREMIUM_IN_ARREARS, scope=CLAIM)(checks.premium_in_arrears)
finds(reasons.PAYMENT_RETURNED, scope=CLAIM)(first_notice.payment_returned)
finds(reasons.RECOURSE_OPEN, scope=CLAIM)(checks.recourse_open)
finds(reasons.SECOND_PERSON_OVERLAP, scope=CLAIM)(checks.second_person_overlap)
finds(reasons.UNEMPLOYMENT_OVERLAP, scope=CLAIM)(checks.unemployment_overlap)
finds(reasons.DREAD_DISEASE_OR_DEATH, scope=CLAIM)(checks.dread_disease_or_death)
finds(reasons.ABOVE_AUTHORITY, scope=PERSON, default=SECOND_CHECK)(checks.above_authority)
finds(reasons.EXTENSION_UNCLEAR, scope=CLAIM)(sick_notes.extension_unclear)


# What is done


@PROCESS.proposes
def accept(note: Note, new: NewClaim, case: FirstNotice, p: Parameters) -> tuple[actions.Action, ...]:
    """Open and accept the claim, release what is proven; or open it as reported and ask for what is missing."""
    return first_notice.open_and_pay(new, p, ends_for="recovered" if sick_notes.is_final(note) else None)
