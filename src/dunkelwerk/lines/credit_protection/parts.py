"""What all identified notices have in common: whom they name, and the parts that they concern.

A part is a claim that is there, one that would be opened, or a contract of somebody who died.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from dunkelwerk.decisions.money import ZERO
from dunkelwerk.decisions.periods import Period
from dunkelwerk.decisions.tables import Match
from dunkelwerk.lines.credit_protection.benefits import Line
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Claim, Contract, Person
from dunkelwerk.lines.credit_protection.identification import ClaimSubject, whole_notice


class Reach(Struct, frozen=True):
    """How far a notice reaches for a claim: wanted end, end after the extension table, whether it was cut."""

    proof_until: date
    cut_until: date
    was_cut: bool
    tables: tuple[Match, ...] = ()


class Part(Struct, frozen=True, kw_only=True):
    """One claim or contract of the person that the notice names."""

    contract: Contract
    person: Person

    @property
    def claim_number(self) -> str | None:
        """The number that its actions carry; None for a claim that has none yet."""
        raise NotImplementedError

    @property
    def onset(self) -> date:
        """When the insured event began."""
        raise NotImplementedError

    @property
    def gross(self) -> Decimal:
        """What would be released, in euros."""
        raise NotImplementedError

    @property
    def subject(self) -> ClaimSubject:
        """What its reasons carry."""
        return self.subject_of(self.claim_number)

    def subject_of(self, claim: str | None) -> ClaimSubject:
        """What a reason carries that concerns another claim on the contract."""
        return ClaimSubject(self.contract.number, claim)

    @property
    def tables(self) -> tuple[Match, ...]:
        """The table rows that matched."""
        return ()


class Benefit(Part, frozen=True, kw_only=True):
    """A part that is paid for by days: how far the notice reaches, and what it releases. ``days``: None for none."""

    reach: Reach
    days: Period | None
    lines: tuple[Line, ...]

    @property
    def tables(self) -> tuple[Match, ...]:
        """The table rows that matched."""
        return self.reach.tables

    @property
    def gross(self) -> Decimal:
        """The sum of the instalments to be released, in euros."""
        return sum((line.amount for line in self.lines), ZERO)

    def meeting(self, claims: Iterable[Claim]) -> list[str]:
        """The numbers of those claims, not declined, whose benefit days meet the days to be released."""
        if self.days is None:
            return []
        return [each.number for each in claims if not each.is_declined and self.days.meets(each.benefit_days)]


class Identified(Struct, frozen=True):
    """An identified notice: the named contract and person, the case file, and the parts in the order of the actions."""

    contract: Contract
    person: Person
    file: CaseFile
    parts: tuple[Any, ...]

    @property
    def subject(self) -> ClaimSubject:
        """What the reasons of the whole notice carry."""
        return whole_notice(self.contract.number)
