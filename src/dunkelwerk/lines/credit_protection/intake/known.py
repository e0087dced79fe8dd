"""What the register holds about a batch: locked, and read with one query per table.

Locks are taken in the order that everybody keeps: contracts by number, then persons by id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import Struct, field

from dunkelwerk.decisions.periods import Period, period
from dunkelwerk.lines.credit_protection.intake.lines import CONTRACT, Line

CONTRACTS = """
    SELECT id, number, digest, recourse_open, recourse_loaded
    FROM contract WHERE number = ANY(%s) ORDER BY number FOR UPDATE
"""
PERSONS = "SELECT id, key, digest FROM person WHERE key = ANY(%s) ORDER BY id FOR UPDATE"
TARIFFS = "SELECT id, key, digest FROM tariff WHERE key = ANY(%s)"
INSURED = """
    SELECT i.contract_id, p.key FROM insured i JOIN person p ON p.id = i.person_id
    WHERE i.contract_id = ANY(%s) ORDER BY i.contract_id, i.position
"""
CLAIMS = """
    SELECT c.contract_id, c.id, c.number, p.key, c.cause, c.status, c.onset, c.icd, c.benefit_from, c.benefit_limit,
           c.proven_until, c.released_until, c.recovered_on, c.closed_on, c.closing_reason, c.months_used_before,
           c.taken_back_until
    FROM claim c JOIN person p ON p.id = c.person_id WHERE c.contract_id = ANY(%s)
"""
INSTALMENTS = """
    SELECT claim_id, id, key, due, amount, status, replaces, decision IS NOT NULL
    FROM instalment WHERE claim_id = ANY(%s) ORDER BY claim_id, id
"""
OWN_RELEASES = """
    SELECT r.contract, r.claim_id, p.key, r.cause, lower(r.days), upper(r.days) - 1
    FROM unnest(%s::bigint[]) AS wanted (claim)
    JOIN release r ON r.claim_id = wanted.claim
    JOIN person p ON p.id = r.person
    WHERE r.origin <> 0 AND r.cancelled_on IS NULL
"""


class Row(NamedTuple):
    """A person's or tariff's row."""

    id: int
    digest: bytes


class KnownInstalment(NamedTuple):
    """An instalment's row; ``ours``: released here, so that postings speak of it."""

    id: int
    key: str | None
    due: date
    amount: Decimal
    status: str
    replaces: str | None
    ours: bool


class KnownClaim(Struct):
    """A claim's row with its instalments, in the order of their recording."""

    id: int
    number: str
    person: str
    cause: str
    status: str
    onset: date
    icd: list[str]
    benefit_from: date | None
    benefit_limit: date | None
    proven_until: date | None
    released_until: date | None
    recovered_on: date | None
    closed_on: date | None
    closing_reason: str | None
    months_used_before: int
    taken_back_until: date | None = None
    instalments: list[KnownInstalment] = field(default_factory=list)

    @property
    def benefit_days(self) -> Period | None:
        """The days for which benefit has been released."""
        return period(self.benefit_from, self.released_until)


class OwnRelease(NamedTuple):
    """Days released here."""

    claim: int
    person: str
    cause: str
    days: Period


class KnownContract(Struct):
    """A contract's row with what belongs to it. Insured persons and releases are read only where content changed."""

    id: int
    number: str
    digest: bytes | None
    recourse_open: Decimal
    recourse_loaded: Decimal
    insured: list[str] = field(default_factory=list)
    claims: dict[str, KnownClaim] = field(default_factory=dict)
    releases: list[OwnRelease] = field(default_factory=list)


class Known(Struct, frozen=True):
    """The rows of a batch by number or key."""

    contracts: dict[str, KnownContract]
    persons: dict[str, Row]
    tariffs: dict[str, Row]


def read_known(cursor: Any, lines: Sequence[Line]) -> Known:
    """Lock and read what the register holds of these lines."""
    digests = {key: digest for line in lines for key, digest in line.digests.items()}
    numbers = {contract.number for line in lines for contract in line.case.contracts}
    cursor.execute(CONTRACTS, (list(numbers),))
    contracts = {row[1]: KnownContract(*row) for row in cursor.fetchall()}
    persons = read_rows(cursor, PERSONS, {person.id for line in lines for person in line.case.persons})
    tariffs = read_rows(cursor, TARIFFS, {tariff.id for line in lines for tariff in line.case.tariffs})
    if contracts:
        by_id = {contract.id: contract for contract in contracts.values()}
        changed = {each.id for each in by_id.values() if each.digest != digests[CONTRACT + each.number]}
        read_insured(cursor, by_id, changed)
        read_claims(cursor, by_id, changed)
    return Known(contracts, persons, tariffs)


def read_rows(cursor: Any, query: str, keys: Collection[str]) -> dict[str, Row]:
    """Persons or tariffs by key."""
    cursor.execute(query, (list(keys),))
    return {key: Row(identity, digest) for identity, key, digest in cursor.fetchall()}


def read_insured(cursor: Any, contracts: dict[int, KnownContract], changed: set[int]) -> None:
    """Fill in the insured persons of contracts whose content changed."""
    if changed:
        cursor.execute(INSURED, (list(changed),))
        for contract, person in cursor.fetchall():
            contracts[contract].insured.append(person)


def read_claims(cursor: Any, contracts: dict[int, KnownContract], changed: set[int]) -> None:
    """Fill in claims and instalments, and the days released here where content changed."""
    cursor.execute(CLAIMS, (list(contracts),))
    claims: dict[int, KnownClaim] = {}
    exposed: list[int] = []
    for contract, *row in cursor.fetchall():
        claim = claims[row[0]] = KnownClaim(*row)
        contracts[contract].claims[claim.number] = claim
        if contract in changed:
            exposed.append(claim.id)
    if claims:
        cursor.execute(INSTALMENTS, (list(claims),))
        for identity, *row in cursor.fetchall():
            claims[identity].instalments.append(KnownInstalment(*row))
    if exposed:
        cursor.execute(OWN_RELEASES, (exposed,))
        for contract, claim_id, person, cause, first, last in cursor.fetchall():
            contracts[contract].releases.append(OwnRelease(claim_id, person, cause, Period(first, last)))
