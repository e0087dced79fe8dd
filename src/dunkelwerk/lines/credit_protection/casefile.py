"""The case file: the facts that a process may read. Frozen types; their JSON is fixed in docs/interfaces.md.

``SCHEMA`` is stored with every decision record, so that old case files can be decided again.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from dunkelwerk.decisions.money import CENT, LARGEST, ZERO, amount_fault, cents
from dunkelwerk.decisions.nulls import NullIsDefault, fill_nulls
from dunkelwerk.decisions.periods import Period, period

SCHEMA = 1

WholeNumber = Annotated[int, Meta(ge=0, le=9999)]
DueDay = Annotated[int, Meta(ge=1, le=28)]


class Cause(Enum):
    """What is insured: the cause of a claim."""

    ILLNESS = "illness"
    UNEMPLOYMENT = "unemployment"
    DISABILITY = "disability"
    DREAD_DISEASE = "dread_disease"
    DEATH = "death"


class ContractStatus(Enum):
    """Only an ``active`` contract is extended dark."""

    ACTIVE = "active"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    ENDED = "ended"

    @property
    def german(self) -> str:
        """As a clerk says it."""
        return {"active": "aktiv", "cancelled": "gekündigt", "expired": "abgelaufen", "ended": "beendet"}[self.value]


class ClaimStatus(Enum):
    """A claim is *open* while ``accepted``."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CLOSED = "closed"

    @property
    def german(self) -> str:
        """As a clerk says it."""
        return {"reported": "gemeldet", "accepted": "offen", "declined": "abgelehnt", "closed": "geschlossen"}[
            self.value
        ]


class InstalmentStatus(Enum):
    """The life of one instalment."""

    RELEASED = "released"
    PAID = "paid"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    OFFSET = "offset"

    @property
    def german(self) -> str:
        """As a clerk says it."""
        words = {"released": "freigegeben", "paid": "gezahlt", "returned": "zurückgekommen", "offset": "verrechnet"}
        return words.get(self.value, "storniert")


class Settlement(Enum):
    """The settlement model of a cover (docs/rules.md section 1)."""

    DUE_DATE = "due_date"
    DAILY = "daily"


def check_amounts(struct: Struct, *names: str) -> None:
    """Give amounts two places; raise ValueError, naming the field, for one that is negative or has more."""
    for name in names:
        amount = getattr(struct, name)
        if amount is None or (amount.same_quantum(CENT) and ZERO <= amount <= LARGEST):
            continue  # nearly always
        if fault := amount_fault(amount):
            raise ValueError(f"{name}: {fault}")
        force_setattr(struct, name, cents(amount))


class Person(Struct, frozen=True, kw_only=True, gc=False):
    """A person insured under some contract of the case file."""

    id: str
    first_name: str
    last_name: str
    birth_date: date
    deceased_on: date | None = None
    salutation: str | None = None
    street: str | None = None
    house_number: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None


class Cover(Struct, frozen=True, kw_only=True, gc=False):
    """The terms of illness or unemployment in a tariff; money per month, times in days or months."""

    deferred_days: WholeNumber
    max_months: WholeNumber
    settlement: Settlement
    waiting_months: NullIsDefault[WholeNumber] = 0
    relapse_months: NullIsDefault[WholeNumber] = 6
    monthly_cap: Decimal | None = None
    age_limit: WholeNumber | None = None
    legal_entity: str | None = None

    def __post_init__(self) -> None:
        fill_nulls(self, waiting_months=0, relapse_months=6)
        check_amounts(self, "monthly_cap")


class DeathCover(Struct, frozen=True, kw_only=True, gc=False):
    """The terms of death in a tariff."""

    waiting_months: NullIsDefault[WholeNumber] = 0
    cap: Decimal | None = None
    age_limit: WholeNumber | None = None
    legal_entity: str | None = None

    def __post_init__(self) -> None:
        fill_nulls(self, waiting_months=0)
        check_amounts(self, "cap")


class Tariff(Struct, frozen=True, kw_only=True):
    """One version of the terms. A cover that the tariff lacks is None."""

    id: str
    illness: Cover | None = None
    unemployment: Cover | None = None
    death: DeathCover | None = None

    def cover(self, cause: Cause) -> Cover | None:
        """The cover that pays a running benefit for a cause."""
        return self.illness if cause is Cause.ILLNESS else self.unemployment if cause is Cause.UNEMPLOYMENT else None


class Payee(Struct, frozen=True, kw_only=True, gc=False):
    """Who gets the money, usually the lending bank."""

    name: str | None = None
    iban: str | None = None
    reference: str | None = None
    blocked_since: date | None = None


class Arrears(Struct, frozen=True, kw_only=True, gc=False):
    """A running reminder for premium (§ 38 VVG)."""

    reminded_on: date | None = None
    deadline: date | None = None


class Instalment(Struct, frozen=True, kw_only=True, gc=False):
    """One month's payment of a claim, gross."""

    due: date
    amount: Decimal
    status: InstalmentStatus
    id: str | None = None
    replaces: str | None = None

    def __post_init__(self) -> None:
        check_amounts(self, "amount")


class Claim(Struct, frozen=True, kw_only=True):
    """One insured event of one person under one contract."""

    number: str
    person: str
    cause: Cause
    status: ClaimStatus
    onset: date
    icd: NullIsDefault[tuple[str, ...]] = ()
    benefit_from: date | None = None
    benefit_limit: date | None = None
    proven_until: date | None = None
    released_until: date | None = None
    recovered_on: date | None = None
    closed_on: date | None = None
    closing_reason: str | None = None
    months_used_before: NullIsDefault[WholeNumber] = 0
    instalments: NullIsDefault[tuple[Instalment, ...]] = ()

    def __post_init__(self) -> None:
        fill_nulls(self, icd=(), months_used_before=0, instalments=())

    @property
    def is_open(self) -> bool:
        """Accepted, neither closed nor declined."""
        return self.status is ClaimStatus.ACCEPTED

    @property
    def is_declined(self) -> bool:
        """Declined claims stand against nothing."""
        return self.status is ClaimStatus.DECLINED

    def has_replaced(self, returned: Instalment) -> bool:
        """Whether another instalment, not cancelled, replaces a returned one; without an id none can."""
        return returned.id is not None and any(
            each.replaces == returned.id and each is not returned and each.status is not InstalmentStatus.CANCELLED
            for each in self.instalments
        )

    @property
    def benefit_days(self) -> Period | None:
        """The days for which benefit has been released."""
        return period(self.benefit_from, self.released_until)


class Contract(Struct, frozen=True, kw_only=True):
    """One insurance contract securing one loan."""

    number: str
    tariff: str
    start: date
    end: date
    status: ContractStatus
    insured: tuple[str, ...]
    instalment: Decimal
    due_day: DueDay
    final_instalment: Decimal | None = None
    payee: Payee | None = None
    arrears: Arrears | None = None
    recourse_open: NullIsDefault[Decimal] = ZERO
    claims: NullIsDefault[tuple[Claim, ...]] = ()

    def __post_init__(self) -> None:
        fill_nulls(self, recourse_open=ZERO, claims=())
        check_amounts(self, "instalment", "final_instalment", "recourse_open")
        if self.instalment == 0:
            raise ValueError("instalment: die Rate muss größer als null sein")


class CaseFile(Struct, frozen=True, kw_only=True):
    """Everything known about a contract, its insured persons and their other contracts."""

    persons: tuple[Person, ...]
    tariffs: tuple[Tariff, ...]
    contracts: tuple[Contract, ...]
    key: str | None = None

    def ordered(self, named: str) -> list[Contract]:
        """The contracts in the order of the actions: the named one first, then as in the file."""
        return sorted(self.contracts, key=lambda contract: contract.number != named)
