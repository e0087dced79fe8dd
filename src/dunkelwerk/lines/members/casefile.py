"""The case file of a member: the facts that a process may read. Frozen types; their JSON: docs/members.md section 1.

``SCHEMA`` is the version of that JSON.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

from msgspec import Struct

from dunkelwerk.decisions.nulls import NullIsDefault, fill_nulls

SCHEMA = 1


class Recurrence(Enum):
    """How often a mandate may be used."""

    ONE_OFF = "one_off"
    RECURRING = "recurring"

    @property
    def german(self) -> str:
        """As a letter says it."""
        return {"one_off": "einmalige Zahlung", "recurring": "wiederkehrende Zahlungen"}[self.value]


class MandateStatus(Enum):
    """Only an ``active`` mandate may be used to collect."""

    ACTIVE = "active"
    REVOKED = "revoked"

    @property
    def german(self) -> str:
        """As a clerk says it."""
        return {"active": "gültig", "revoked": "widerrufen"}[self.value]


class Member(Struct, frozen=True, kw_only=True, gc=False):
    """A member of the fund. ``tax_id`` serves its legal purpose alone: nobody is ever searched by it (§ 139b AO)."""

    number: str
    first_name: str
    last_name: str
    birth_date: date
    salutation: str | None = None
    street: str | None = None
    house_number: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    kvnr: str | None = None
    tax_id: str | None = None
    deceased_on: date | None = None

    def __repr__(self) -> str:
        """Without what it holds: a traceback is no place for a tax ID."""
        return "Member(…)"


class Mandate(Struct, frozen=True, kw_only=True, gc=False):
    """A SEPA direct debit mandate; ``reference`` is the unique mandate reference (UMR)."""

    reference: str
    iban: str
    recurrence: Recurrence
    signed_on: date
    status: MandateStatus
    #: None: the member's own account
    account_holder: str | None = None

    @property
    def is_active(self) -> bool:
        """Not revoked."""
        return self.status is MandateStatus.ACTIVE


class CaseFile(Struct, frozen=True, kw_only=True):
    """Everything known about a member that the processes of this line need."""

    member: Member
    key: str | None = None
    mandates: NullIsDefault[tuple[Mandate, ...]] = ()

    def __post_init__(self) -> None:
        fill_nulls(self, mandates=())
