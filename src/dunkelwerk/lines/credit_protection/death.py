"""A contract of somebody who died: the death claim as it would be, the lump sum. Source: docs/rules.md section 7."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from dunkelwerk.decisions.money import ZERO
from dunkelwerk.decisions.periods import day_after, period
from dunkelwerk.decisions.process import Stop
from dunkelwerk.lines.credit_protection import identification as identify
from dunkelwerk.lines.credit_protection.casefile import (
    CaseFile,
    Cause,
    Claim,
    ClaimStatus,
    Contract,
    ContractStatus,
    DeathCover,
    InstalmentStatus,
    Person,
    Tariff,
)
from dunkelwerk.lines.credit_protection.identification import NamesPerson
from dunkelwerk.lines.credit_protection.parts import Identified, Part


class Concerned(Part, frozen=True, kw_only=True):
    """One contract that insures the person who died. ``taken_up``: the reported death claim that the notice belongs to.

    ``uncapped``: what the lump sum would be without the cover's cap, in euros.
    """

    tariff: Tariff
    died_on: date
    is_named: bool
    taken_up: Claim | None
    uncapped: Decimal

    @property
    def cover(self) -> DeathCover | None:
        """The terms of death, if the tariff has them."""
        return self.tariff.death

    @property
    def claim_number(self) -> str | None:
        """The number of the claim that is taken up; a new one has none yet."""
        return self.taken_up.number if self.taken_up else None

    @property
    def onset(self) -> date:
        """The insured event is the death."""
        return self.died_on

    @property
    def gross(self) -> Decimal:
        """The lump sum in euros; zero without a cover."""
        if self.cover is None:
            return ZERO
        return self.uncapped if self.cover.cap is None else min(self.uncapped, self.cover.cap)

    @property
    def claims(self) -> Iterator[Claim]:
        """The person's claims on this contract, in the order of the file."""
        return (each for each in self.contract.claims if each.person == self.person.id)

    @property
    def due_after_death(self) -> list[Claim]:
        """Those of them with released instalments that fall due after the death."""
        return [each for each in self.claims if any(self.is_due_after(each, InstalmentStatus.RELEASED))]

    def is_due_after(self, claim: Claim, status: InstalmentStatus) -> Iterator[Decimal]:
        """The amounts of a claim's instalments of a status that fall due after the death."""
        return (each.amount for each in claim.instalments if each.status is status and each.due > self.died_on)

    @property
    def facts(self) -> dict[str, Any]:
        """What was computed, for the trace."""
        return {
            "died_on": self.died_on,
            "taken_up": self.claim_number,
            "uncapped": self.uncapped,
            "cap": self.cover.cap if self.cover else None,
            "lump_sum": self.gross,
        }


class Death(Identified, frozen=True):
    """An identified death notice: the named contract, and every other active one that insures the person."""

    parts: tuple[Concerned, ...]


def find_concerned(note: NamesPerson, file: CaseFile, *, died_on: date) -> Death | Stop:
    """The contracts that a death concerns, the named one first; or why they cannot be found."""
    named = identify.find_named(note, file)
    if isinstance(named, Stop):
        return named
    contract, person = named
    tariffs = {tariff.id: tariff for tariff in file.tariffs}
    parts = [
        Concerned(
            contract=each,
            tariff=tariffs[each.tariff],
            person=person,
            died_on=died_on,
            is_named=each is contract,
            taken_up=next(reported_deaths(each, person, died_on), None),
            uncapped=outstanding(each, died_on),
        )
        for each in file.ordered(contract.number)
        if each is contract or (each.status is ContractStatus.ACTIVE and person.id in each.insured)
    ]
    return Death(contract, person, file, tuple(parts))


def reported_deaths(contract: Contract, person: Person, died_on: date) -> Iterator[Claim]:
    """The person's reported death claims of that day, in the order of the file."""
    for each in contract.claims:
        same = each.person == person.id and each.cause is Cause.DEATH and each.onset == died_on
        if same and each.status is ClaimStatus.REPORTED:
            yield each


def outstanding(contract: Contract, died_on: date) -> Decimal:
    """The instalments of the loan that fall due after the death, and its final one, in euros."""
    days = period(day_after(died_on), contract.end)
    dues = (month.start.replace(day=contract.due_day) for month in days.months()) if days else iter(())
    count = sum(days is not None and days.holds(due) for due in dues)
    return contract.instalment * count + (contract.final_instalment or ZERO)
