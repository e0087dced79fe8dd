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
from dunkelwerk.lines.credit_protection import benefits
from dunkelwerk.lines.credit_protection.casefile import (
    CaseFile,
    Cause,
    Claim,
    Contract,
    Cover,
    DeathCover,
    InstalmentStatus,
    Person,
    Tariff,
)

PAID_OR_OWED = (InstalmentStatus.RELEASED, InstalmentStatus.PAID, InstalmentStatus.OFFSET, InstalmentStatus.RETURNED)


class Missing(LookupError):
    """The case file or the decision lacks what the letter is about; the message names it."""


class Act(Struct, frozen=True, kw_only=True):
    """An action as a letter reads it: whatever its type, those of its fields that a letter may need."""

    type: str
    contract: str | None = None
    claim: str | None = None
    until: date | None = None
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
    incapacity_until: date | None = None
    new_job_on: date | None = None


def act_of(action: Any) -> Act:
    """The action, given as its struct or as its JSON object."""
    return action if isinstance(action, Act) else msgspec.convert(msgspec.to_builtins(action), Act)


def note_of(notice: Any) -> Note:
    """The notice, given as its struct or as its JSON object; None: nothing is known of it."""
    return notice if isinstance(notice, Note) else msgspec.convert(msgspec.to_builtins(notice or {}), Note)


class Matter:
    """One letter's subject. Raises Missing for a contract or claim that the case file does not hold."""

    def __init__(
        self, *, file: CaseFile, contract: str, claim: str | None, acts: Iterable[Act], note: Note, on: date
    ) -> None:
        self.file, self.note, self.on = file, note, on
        self.contract: Contract = one(file.contracts, "number", contract)
        self.claim: Claim = one(self.contract.claims, "number", claim)
        self.person: Person = one(file.persons, "id", self.claim.person)
        self.acts = tuple(act for act in acts if (act.contract, act.claim) == (contract, claim))

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
        """What the claim's payments were computed from."""
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


def one(things: Iterable[Any], field: str, value: Any) -> Any:
    """The thing with that value; raises Missing, naming the field, where there is none."""
    for thing in things:
        if getattr(thing, field) == value:
            return thing
    raise Missing(field)
