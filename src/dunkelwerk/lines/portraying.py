"""What a line shows of its register to people who look something up: contracts, persons, claims. Source: docs/show.md.

A line that stores contracts or persons has a module ``portrait`` with a ``PORTRAYER``. Amounts are euros, gross unless
said.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from msgspec import Struct

from dunkelwerk.lines.registry import lines

#: what a day of a claim can be
OPEN, CANCELLED, PROVEN, DEFERRED, RELEASED, LIMIT = "open", "cancelled", "proven", "deferred", "released", "limit"


class Span(Struct, frozen=True):
    """Days of one kind, the first and the last included."""

    kind: str
    start: date
    end: date


class PersonShown(Struct, frozen=True):
    """A person; ``key`` is the core system's id, ``address`` lines."""

    id: int
    key: str
    first_name: str
    last_name: str
    birth_date: date
    deceased_on: date | None
    address: list[str]

    @property
    def name(self) -> str:
        """As people say it."""
        return f"{self.first_name} {self.last_name}"


class InstalmentShown(Struct, frozen=True):
    """One payment; ``words``: its status as people say it, with what holds or cancelled it."""

    key: str | None
    due: date
    amount: Decimal
    set_off: Decimal
    status: str
    words: str
    decision: int | None
    cancelled_by: int | None
    held_by: int | None
    replaces: str | None


class ReleaseShown(Struct, frozen=True):
    """Released days; ``loaded`` ones come from the core system."""

    start: date
    end: date
    loaded: bool
    cancelled_on: date | None
    decision: int | None


class ProofShown(Struct, frozen=True):
    """An accepted proof; without decision: loaded."""

    until: date
    decision: int | None


class WaitShown(Struct, frozen=True):
    """Documents are awaited, or were, up to ``ended_on``."""

    requested_on: date
    remind_on: date
    urgent_on: date
    reminded_by: int | None
    ended_on: date | None
    decision: int


class ClaimShown(Struct, frozen=True):
    """One claim with all that stands in the register. ``limit``: the last day that can be paid."""

    id: int
    contract: str
    number: str
    person: PersonShown
    cause: str
    cause_words: str
    status: str
    status_words: str
    onset: date
    icd: list[str]
    benefit_from: date | None
    limit: date | None
    proven_until: date | None
    released_until: date | None
    recovered_on: date | None
    closed_on: date | None
    closing_reason: str | None
    months_used_before: int
    instalments: list[InstalmentShown]
    releases: list[ReleaseShown]
    waits: list[WaitShown]
    days: list[Span]

    @property
    def part(self) -> str:
        """``CONTRACT/CLAIM``."""
        return f"{self.contract}/{self.number}"


class CoverShown(Struct, frozen=True):
    """One cover of the tariff, its terms in words."""

    cause: str
    cause_words: str
    terms: str
    legal_entity: str | None


class ContractShown(Struct, frozen=True):
    """One contract; ``related``: the other contracts of its insured persons."""

    number: str
    tariff: str
    covers: list[CoverShown]
    start: date
    end: date
    status: str
    status_words: str
    instalment: Decimal
    final_instalment: Decimal | None
    due_day: int
    payee: str | None
    payee_blocked_since: date | None
    in_arrears: bool
    reminded_on: date | None
    arrears_deadline: date | None
    recourse_open: Decimal
    insured: list[PersonShown]
    claims: list[ClaimShown]
    related: list[str]


class Sheet(Struct, frozen=True):
    """A table of a line's own, in words; ``rows``: texts, days, numbers."""

    title: str
    headings: list[str]
    rows: list[list[Any]]


class PersonsShown(Struct, frozen=True):
    """A person with all contracts that insure them, and those of the persons insured with them (``related``).

    Of a line without contracts: ``parts`` are the person's own (case file and what of it), ``facts`` with their labels
    stand beside name and address, ``sheets`` below, ``milestones`` on the time line.
    """

    person: PersonShown
    contracts: list[ContractShown]
    related: list[str]
    parts: list[tuple[str, str]] = []
    facts: list[tuple[str, str]] = []
    sheets: list[Sheet] = []
    milestones: list[tuple[date, str]] = []


class Portrayer(Protocol):
    """One object per line, found as ``portrait.PORTRAYER`` of its package. Reads by indexes, within a snapshot."""

    def contract(self, cursor: Any, number: str) -> ContractShown | None:
        """The contract of this number; None where the line has none."""

    def person(self, cursor: Any, key: str) -> PersonsShown | None:
        """The person of this key; None where the line knows none."""

    def claims(self, cursor: Any, name: str) -> list[tuple[str, str]]:
        """The claims, by contract and number, that are called so: ``CONTRACT/CLAIM``, or a number alone."""

    def proofs(self, cursor: Any, claims: Sequence[int], decisions: Sequence[int]) -> dict[int, list[ProofShown]]:
        """The proofs of claims, by claim: loaded ones, and those of these decisions."""


def portrayers() -> dict[str, Portrayer]:
    """The portrayer of every line that has one, by the line's name."""
    found: dict[str, Portrayer] = {}
    for name, line in lines().items():
        if importlib.util.find_spec(f"{line.package}.portrait") is not None:
            found[name] = importlib.import_module(f"{line.package}.portrait").PORTRAYER
    return found
