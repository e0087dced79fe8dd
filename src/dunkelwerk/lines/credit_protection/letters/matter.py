"""What a letter is about: contract, claim, person, the decision's actions on this claim, the notice. Frozen, pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.money import ZERO
from dunkelwerk.decisions.periods import Period, period
from dunkelwerk.decisions.process import Stop
from dunkelwerk.lines.credit_protection import benefits
from dunkelwerk.lines.credit_protection import identification as identify
from dunkelwerk.lines.credit_protection.casefile import (
    CaseFile,
    Cause,
    Claim,
    ClaimStatus,
    Contract,
    Cover,
    DeathCover,
    InstalmentStatus,
    Person,
    Tariff,
)
from dunkelwerk.lines.letter_matter import Missing

PAID_OR_OWED = (InstalmentStatus.RELEASED, InstalmentStatus.PAID, InstalmentStatus.OFFSET, InstalmentStatus.RETURNED)


class Act(Struct, frozen=True, kw_only=True):
    """An action as a letter reads it: whatever its type, those of its fields that a letter may need."""

    type: str
    contract: str | None = None
    claim: str | None = None
    until: date | None = None
    #: of ``accept_claim``
    benefit_from: date | None = None
    benefit_limit: date | None = None
    months_used_before: int | None = None
    due: date | None = None
    on: date | None = None
    amount: Decimal | None = None
    reason: str | None = None
    template: str | None = None
    #: of ``undo``: the type of what is undone, and whether it was cancelled, is owed back, or stays
    action: str | None = None
    how: str | None = None


class Note(Struct, frozen=True, kw_only=True):
    """A notice as a letter reads it, whatever its process."""

    received_on: date | None = None
    #: whom it names
    contract: str = ""
    last_name: str = ""
    first_name: str = ""
    birth_date: date = date.min
    #: one of them is the onset of the claim that it opens
    incapacity_from: date | None = None
    unemployed_since: date | None = None
    died_on: date | None = None
    incapacity_until: date | None = None
    new_job_on: date | None = None
    #: which documents came with it
    occupation: str | None = None
    documents: tuple[str, ...] = ()
    icd: tuple[str, ...] | None = None
    award_notice: bool = False
    certificate: bool = False


def act_of(action: Any) -> Act:
    """The action, given as its struct or as its JSON object."""
    return action if isinstance(action, Act) else msgspec.convert(msgspec.to_builtins(action), Act)


def note_of(notice: Any) -> Note:
    """The notice, given as its struct or as its JSON object; None: nothing is known of it."""
    return notice if isinstance(notice, Note) else msgspec.convert(msgspec.to_builtins(notice or {}), Note)


class Matter:
    """One letter's subject. Raises Missing for a contract, claim or person that neither file nor notice holds.

    A claim that the case file does not hold is the one that the notice opens: its actions carry no claim, and what
    accepting it fixed stands in ``accept_claim``. Its number, if the database gave it one already, is ``claim``.
    """

    def __init__(
        self,
        *,
        file: CaseFile,
        contract: str,
        claim: str | None,
        acts: Iterable[Act],
        note: Note,
        on: date,
        reminder_days: int = 0,
    ) -> None:
        self.file, self.note, self.on, self.reminder_days = file, note, on, reminder_days
        self.all_acts = tuple(acts)
        self.contract: Contract = one(file.contracts, "number", contract)
        held = next((each for each in self.contract.claims if each.number == claim), None)
        numbers = {claim, None} if held is None else {claim}
        self.acts = tuple(act for act in self.all_acts if act.contract == contract and act.claim in numbers)
        self.claim = accepted(held or opened_by(note, file, number=claim or ""), self.first("accept_claim"))
        self.person: Person = one(file.persons, "id", self.claim.person)

    @property
    def is_first(self) -> bool:
        """Whether the decision opens or accepts the claim."""
        return any(act.type in ("open_claim", "accept_claim") for act in self.acts)

    @property
    def is_about_death(self) -> bool:
        """Whether the insured person died: then the letter goes to the relatives."""
        closing = self.first("close_claim")
        return self.claim.cause is Cause.DEATH or (closing is not None and closing.reason == "death")

    @property
    def died_on(self) -> date | None:
        """The day of death, as the notice or the register says."""
        return self.note.died_on or self.person.deceased_on

    def all_on_contract(self, kind: str) -> list[Act]:
        """The actions of a type on the contract, whatever their claim."""
        return [act for act in self.all_acts if act.type == kind and act.contract == self.contract.number]

    def all_of(self, kind: str) -> list[Act]:
        """The actions of a type, in order."""
        return [act for act in self.acts if act.type == kind]

    def first(self, kind: str) -> Act | None:
        """The first action of a type."""
        return next(iter(self.all_of(kind)), None)

    @cached_property
    def cover(self) -> Cover:
        """The terms of this claim."""
        tariff: Tariff = one(self.file.tariffs, "id", self.contract.tariff)
        cover = tariff.cover(self.claim.cause)
        if cover is None:
            raise Missing("cover")
        return cover

    @cached_property
    def legal_entity(self) -> str:
        """The company that carries the cover; empty where the tariff does not say."""
        tariff = next((each for each in self.file.tariffs if each.id == self.contract.tariff), None)
        cover: Cover | DeathCover | None = None
        if tariff:
            cover = tariff.death if self.claim.cause is Cause.DEATH else tariff.cover(self.claim.cause)
        return (cover and cover.legal_entity) or ""

    @cached_property
    def terms(self) -> benefits.Terms:
        """What the claim's payments were computed from; raises Missing for a claim that is not accepted."""
        if self.claim.benefit_from is None or self.claim.benefit_limit is None:
            raise Missing("benefit_from")
        return benefits.terms_of(contract=self.contract, claim=self.claim, cover=self.cover)

    @property
    def released_until(self) -> date | None:
        """The last day with benefit, after the decision."""
        extended = self.first("extend_benefit")
        return extended.until if extended else self.claim.released_until

    @property
    def proven_until(self) -> date | None:
        """The last day proven, after the decision."""
        proof = self.first("record_proof")
        return proof.until if proof else self.claim.proven_until

    @property
    def new_days(self) -> Period | None:
        """The days that the decision releases."""
        extended = self.first("extend_benefit")
        return benefits.days_to_release(self.terms, extended.until) if extended and extended.until else None

    @property
    def total_paid(self) -> Decimal:
        """Everything released for this claim, gross, with this decision; a payment that came back counts once."""
        before = sum(
            (
                each.amount
                for each in self.claim.instalments
                if each.status in PAID_OR_OWED and not self.claim.has_replaced(each)
            ),
            ZERO,
        )
        return sum((act.amount or ZERO for act in self.all_of("release_instalment")), before)

    def days_of_month(self, due: date) -> Period | None:
        """The newly released days of the month of a due date (daily settlement)."""
        days = self.new_days
        months = (month for month in days.months() if month.holds(due)) if days else iter(())
        month = next(months, None)
        return month and days and period(max(month.start, days.start), min(month.end, days.end))


def opened_by(note: Note, file: CaseFile, *, number: str) -> Claim:
    """The claim that a first notice or a death notice opens; raises Missing for any other notice."""
    onset = note.died_on or note.unemployed_since or note.incapacity_from
    named = identify.find_contract(note, file)
    person = named if isinstance(named, Stop) else identify.find_person(note, named, file)
    if onset is None or isinstance(person, Stop):
        raise Missing("claim")
    cause = Cause.DEATH if note.died_on else Cause.UNEMPLOYMENT if note.unemployed_since else Cause.ILLNESS
    return Claim(number=number, person=person.id, cause=cause, status=ClaimStatus.REPORTED, onset=onset)


def accepted(claim: Claim, acceptance: Act | None) -> Claim:
    """The claim as its acceptance, if the decision has one, makes it."""
    if acceptance is None:
        return claim
    return msgspec.structs.replace(
        claim,
        status=ClaimStatus.ACCEPTED,
        benefit_from=acceptance.benefit_from,
        benefit_limit=acceptance.benefit_limit,
        months_used_before=acceptance.months_used_before or 0,
    )


def one(things: Iterable[Any], field: str, value: Any) -> Any:
    """The thing with that value; raises Missing, naming the field, where there is none."""
    for thing in things:
        if getattr(thing, field) == value:
            return thing
    raise Missing(field)
