"""From the database to case files: set-based, one query per table per batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from dunkelwerk.lines.credit_protection.casefile import (
    Arrears,
    CaseFile,
    Cause,
    Claim,
    ClaimStatus,
    Contract,
    ContractStatus,
    Cover,
    DeathCover,
    Instalment,
    InstalmentStatus,
    Payee,
    Person,
    Settlement,
    Tariff,
)

CLOSURES = """
    SELECT DISTINCT named.number, coalesce(other.contract_id, named.id)
    FROM contract named
    LEFT JOIN insured own ON own.contract_id = named.id
    LEFT JOIN insured other ON other.person_id = own.person_id
    WHERE named.number = ANY(%s)
"""
CONTRACTS = """
    SELECT id, tariff_id, number, starts_on, ends_on, status, instalment, final_instalment, due_day,
           has_payee, payee_name, payee_iban, payee_reference, blocked_since,
           in_arrears, reminded_on, arrears_deadline, recourse_open
    FROM contract WHERE id = ANY(%s) ORDER BY id
"""
INSURED = "SELECT contract_id, person_id FROM insured WHERE contract_id = ANY(%s) ORDER BY contract_id, position"
PERSONS = """
    SELECT id, key, first_name, last_name, birth_date, deceased_on, salutation, street, house_number, postal_code,
           city, country
    FROM person WHERE id = ANY(%s) ORDER BY id
"""
CLAIMS = """
    SELECT id, contract_id, person_id, number, cause, status, onset, icd, benefit_from, benefit_limit, proven_until,
           released_until, recovered_on, closed_on, closing_reason, months_used_before
    FROM claim WHERE contract_id = ANY(%s) ORDER BY contract_id, id
"""
INSTALMENTS = """
    SELECT claim_id, coalesce(key, CASE WHEN decision IS NOT NULL THEN 'DW-' || id END), due, amount, status, replaces,
           held_by IS NOT NULL
    FROM instalment WHERE claim_id = ANY(%s) ORDER BY claim_id, id
"""
TARIFFS = """
    SELECT t.id, t.key, c.cause, c.deferred_days, c.max_months, c.settlement, c.waiting_months, c.relapse_months,
           c.monthly_cap, c.age_limit, c.legal_entity, c.cap
    FROM tariff t LEFT JOIN cover c ON c.tariff_id = t.id
    WHERE t.id = ANY(%s) ORDER BY t.id
"""
CAUSES = {each.value: each for each in Cause}
CLAIM_STATUS = {each.value: each for each in ClaimStatus}
CONTRACT_STATUS = {each.value: each for each in ContractStatus}
INSTALMENT_STATUS = {each.value: each for each in InstalmentStatus}


class ClaimRow(Struct, frozen=True):
    """A claim's row and what its postings, letters and movements need."""

    id: int
    contract_id: int
    person_id: int
    tariff: str
    legal_entity: str
    claim: Claim
    contract: Contract
    #: an instalment of it is held back
    held: bool = False


class LoadedCase(Struct, frozen=True):
    """A case file with the rows of its claims, by contract and claim number, and the register's ids of contracts, by
    number, and persons, by key (all shared by the whole batch)."""

    file: CaseFile
    rows: dict[tuple[str, str], ClaimRow]
    contract_ids: dict[str, int]
    person_ids: dict[str, int]


def find_closures(cursor: Any, numbers: Iterable[str]) -> dict[str, frozenset[int]]:
    """For each known contract number: the ids of the contract and of every other contract of its insured persons."""
    cursor.execute(CLOSURES, (list(numbers),))
    found: dict[str, set[int]] = defaultdict(set)
    for number, contract in cursor.fetchall():
        found[number].add(contract)
    return {number: frozenset(contracts) for number, contracts in found.items()}


def load_cases(
    cursor: Any, numbers: Sequence[str], closures: dict[str, frozenset[int]] | None = None
) -> dict[str, LoadedCase]:
    """The case files of the contracts with these numbers; unknown numbers are left out."""
    closures = find_closures(cursor, numbers) if closures is None else closures
    register = Register(cursor, sorted(set().union(*closures.values())))
    ids = register.contract_ids, register.person_ids
    return {
        number: LoadedCase(register.case_file(number, closures[number]), register.rows, *ids) for number in closures
    }


class Register:
    """The rows of a batch, read once and put together as often as case files share them."""

    def __init__(self, cursor: Any, contract_ids: list[int]) -> None:
        self.insured: dict[int, list[int]] = defaultdict(list)
        for contract, person in fetch(cursor, INSURED, contract_ids):
            self.insured[contract].append(person)
        person_ids = sorted({person for persons in self.insured.values() for person in persons})
        claims = fetch(cursor, CLAIMS, contract_ids)
        person_ids = sorted({*person_ids, *(row[2] for row in claims)})
        self.persons = {row[0]: read_person(row) for row in fetch(cursor, PERSONS, person_ids)}
        contracts = fetch(cursor, CONTRACTS, contract_ids)
        self.tariff_ids = {row[0]: row[1] for row in contracts}
        self.tariffs = read_tariffs(fetch(cursor, TARIFFS, sorted(set(self.tariff_ids.values()))))
        instalments, self._held = read_instalments(cursor, [row[0] for row in claims])
        self._claims = self._read_claims(claims, instalments)
        self.claimants: dict[int, set[int]] = defaultdict(set)
        for row in claims:
            self.claimants[row[1]].add(row[2])
        self.contracts = {row[0]: self._read_contract(row) for row in contracts}
        self.rows = self._read_rows(claims)
        self.contract_ids = {contract.number: identity for identity, contract in self.contracts.items()}
        self.person_ids = {person.id: identity for identity, person in self.persons.items()}

    def _read_claims(self, rows: list[Any], instalments: dict[int, list[Instalment]]) -> dict[int, dict[int, Claim]]:
        claims: dict[int, dict[int, Claim]] = defaultdict(dict)
        for row in rows:
            claims[row[1]][row[0]] = Claim(
                number=row[3],
                person=self.persons[row[2]].id,
                cause=CAUSES[row[4]],
                status=CLAIM_STATUS[row[5]],
                onset=row[6],
                icd=tuple(row[7]),
                benefit_from=row[8],
                benefit_limit=row[9],
                proven_until=row[10],
                released_until=row[11],
                recovered_on=row[12],
                closed_on=row[13],
                closing_reason=row[14],
                months_used_before=row[15],
                instalments=tuple(instalments.get(row[0], ())),
            )
        return claims

    def _read_contract(self, row: Any) -> Contract:
        return Contract(
            number=row[2],
            tariff=self.tariffs[row[1]].id,
            start=row[3],
            end=row[4],
            status=CONTRACT_STATUS[row[5]],
            insured=tuple(self.persons[person].id for person in self.insured[row[0]]),
            instalment=row[6],
            final_instalment=row[7],
            due_day=row[8],
            payee=Payee(name=row[10], iban=row[11], reference=row[12], blocked_since=row[13]) if row[9] else None,
            arrears=Arrears(reminded_on=row[15], deadline=row[16]) if row[14] else None,
            recourse_open=row[17],
            claims=tuple(self._claims[row[0]].values()),
        )

    def _read_rows(self, rows: list[Any]) -> dict[tuple[str, str], ClaimRow]:
        found = {}
        for row in rows:
            contract, tariff = self.contracts[row[1]], self.tariffs[self.tariff_ids[row[1]]]
            claim = self._claims[row[1]][row[0]]
            cover = tariff.death if claim.cause is Cause.DEATH else tariff.cover(claim.cause)
            entity = (cover.legal_entity if cover else None) or ""
            own = row[0], row[1], row[2], tariff.id, entity, claim, contract, row[0] in self._held
            found[contract.number, claim.number] = ClaimRow(*own)
        return found

    def case_file(self, key: str, contract_ids: frozenset[int]) -> CaseFile:
        """The case file of these contracts, in the register's order."""
        ids = sorted(contract_ids)
        insured = {person for each in ids for person in (*self.insured[each], *self.claimants[each])}
        tariffs = {self.tariff_ids[each] for each in ids}
        return CaseFile(
            key=key,
            persons=tuple(self.persons[each] for each in sorted(insured)),
            tariffs=tuple(self.tariffs[each] for each in sorted(tariffs)),
            contracts=tuple(self.contracts[each] for each in ids),
        )


def fetch(cursor: Any, query: str, ids: list[int]) -> list[Any]:
    """All rows of a query over ids."""
    cursor.execute(query, (ids,))
    rows: list[Any] = cursor.fetchall()
    return rows


def read_person(row: Any) -> Person:
    """A person from their row."""
    return Person(
        id=row[1],
        first_name=row[2],
        last_name=row[3],
        birth_date=row[4],
        deceased_on=row[5],
        salutation=row[6],
        street=row[7],
        house_number=row[8],
        postal_code=row[9],
        city=row[10],
        country=row[11],
    )


def read_instalments(cursor: Any, claim_ids: list[int]) -> tuple[dict[int, list[Instalment]], set[int]]:
    """The instalments of claims, in the order of their recording; and the claims of which one is held back."""
    found: dict[int, list[Instalment]] = defaultdict(list)
    held = set()
    for claim, key, due, amount, status, replaces, is_held in fetch(cursor, INSTALMENTS, claim_ids):
        if is_held:
            held.add(claim)
        found[claim].append(
            Instalment(due=due, amount=amount, status=INSTALMENT_STATUS[status], id=key, replaces=replaces)
        )
    return found, held


def read_tariffs(rows: list[Any]) -> dict[int, Tariff]:
    """Tariffs with their covers."""
    covers: dict[int, dict[str, Any]] = defaultdict(dict)
    keys = {}
    for row in rows:
        keys[row[0]] = row[1]
        if row[2] is not None:
            covers[row[0]][row[2]] = read_cover(row)
    return {tariff: Tariff(id=key, **covers[tariff]) for tariff, key in keys.items()}


def read_cover(row: Any) -> Cover | DeathCover:
    """One cover from its row."""
    if row[2] == Cause.DEATH.value:
        return DeathCover(waiting_months=row[6], cap=row[11], age_limit=row[9], legal_entity=row[10])
    return Cover(
        deferred_days=row[3],
        max_months=row[4],
        settlement=Settlement(row[5]),
        waiting_months=row[6],
        relapse_months=row[7],
        monthly_cap=row[8],
        age_limit=row[9],
        legal_entity=row[10],
    )
