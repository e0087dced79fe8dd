"""Finding what a notice concerns: contract, named person, open claims. Source: docs/rules.md sections 2 to 4."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from dunkelwerk.decisions import names
from dunkelwerk.decisions.decision import Subject
from dunkelwerk.decisions.failures import TechnicalFailure, ensure
from dunkelwerk.decisions.process import Stop
from dunkelwerk.lines.credit_protection import reasons
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Cause, Claim, Contract, Cover, Person

RUNNING_BENEFITS = (Cause.ILLNESS, Cause.UNEMPLOYMENT)


class ClaimSubject(Subject, frozen=True):
    """What a reason concerns: a contract and a claim; either may be None."""

    contract: str | None
    claim: str | None


class NamesPerson(Protocol):
    """A notice that names a contract and a person."""

    @property
    def contract(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def first_name(self) -> str: ...
    @property
    def birth_date(self) -> date: ...


def whole_notice(contract: str | None) -> ClaimSubject:
    """The subject of reasons that concern the whole notice."""
    return ClaimSubject(contract, None)


def find_contract(note: NamesPerson, case: CaseFile) -> Contract | Stop:
    """The contract that the notice names, if the case file holds it exactly once."""
    found = [contract for contract in case.contracts if contract.number == note.contract]
    if len(found) == 1:
        return found[0]
    return Stop(reasons.CONTRACT_UNKNOWN, whole_notice(note.contract), {"contract": note.contract, "found": len(found)})


def names_once(loose: Any, number: str) -> bool:
    """Whether a case file that could only be read loosely holds the contract exactly once.

    Without a list of contracts nothing can be said, and the case file itself is the failure: True.
    """
    contracts = loose.get("contracts")
    if not isinstance(contracts, list):
        return True
    return [each.get("number") for each in contracts if isinstance(each, dict)].count(number) == 1


def ensure_consistent(case: CaseFile) -> None:
    """Raise TechnicalFailure where ids of the case file are unknown or ambiguous."""
    persons = ensure_once((person.id for person in case.persons), where="persons")
    tariffs = ensure_once((tariff.id for tariff in case.tariffs), where="tariffs")
    ensure_once((contract.number for contract in case.contracts), where="contracts")
    for contract in case.contracts:
        ensure(contract.tariff in tariffs, where=contract.number, what="der Tarif steht nicht in der Akte")
        ensure(persons.issuperset(contract.insured), where=contract.number, what="versicherte Person fehlt in der Akte")
        for claim in contract.claims:
            ensure(claim.person in persons, where=contract.number, what="Person eines Leistungsfalls fehlt in der Akte")


def ensure_once(ids: Iterable[str], *, where: str) -> set[str]:
    """The ids; raises TechnicalFailure for one that stands twice."""
    listed = list(ids)
    unique = set(listed)
    ensure(len(unique) == len(listed), where=where, what="eine Kennung steht doppelt in der Akte")
    return unique


def find_person(note: NamesPerson, contract: Contract, case: CaseFile) -> Person | Stop:
    """The one person insured under the contract whose names and birth date match the notice."""
    matching = [person for person in case.persons if person.id in contract.insured and is_named(person, note)]
    if len(matching) > 1:
        whole = [each for each in matching if names.same_whole_first_name(each.first_name, note.first_name)]
        if len(whole) == 1:
            return whole[0]
    if len(matching) == 1:
        return matching[0]
    finding = f"mehrere Personen passen ({len(matching)})" if matching else "keine Person passt"
    evidence = {"contract": contract.number, "matching": len(matching), "finding": finding}
    return Stop(reasons.PERSON_NOT_INSURED, whole_notice(note.contract), evidence)


def is_named(person: Person, note: NamesPerson) -> bool:
    """Whether last name, first word of the first name and birth date are equal."""
    return (
        person.birth_date == note.birth_date
        and names.same_last_name(person.last_name, note.last_name)
        and names.same_first_name(person.first_name, note.first_name)
    )


def find_named(note: NamesPerson, file: CaseFile) -> tuple[Contract, Person] | Stop:
    """Contract and person that a notice names; or why not. Raises TechnicalFailure, in the order of the page."""
    contract = find_contract(note, file)
    if isinstance(contract, Stop):
        return contract
    ensure_consistent(file)
    person = find_person(note, contract, file)
    if isinstance(person, Stop):
        return person
    ensure_computable(person, file)
    return contract, person


def cover_of(contract: Contract, claim: Claim, case: CaseFile) -> Cover:
    """The cover that pays for an open claim; raises TechnicalFailure where the tariff lacks it."""
    cover = next(tariff for tariff in case.tariffs if tariff.id == contract.tariff).cover(claim.cause)
    if cover is None:
        where, cause = f"{contract.number}, {claim.number}", claim.cause.value
        raise TechnicalFailure(where=where, what=f"der Tarif kennt die Deckung {cause} nicht")
    return cover


def open_claims(person: Person, contract: Contract, *causes: Cause) -> list[Claim]:
    """The person's open claims of these causes under one contract."""
    return [each for each in contract.claims if each.person == person.id and each.cause in causes and each.is_open]


def ensure_computable(person: Person, case: CaseFile) -> None:
    """Raise TechnicalFailure for an open illness or unemployment claim of the person that lacks what is needed."""
    for contract in case.contracts:
        for claim in open_claims(person, contract, *RUNNING_BENEFITS):
            where = f"{contract.number}, {claim.number}"
            for name in ("benefit_from", "benefit_limit", "proven_until"):
                ensure(getattr(claim, name) is not None, where=where, what=f"{name} fehlt im offenen Leistungsfall")
            cover_of(contract, claim, case)


def find_open_claims(
    note: NamesPerson, person: Person, case: CaseFile, cause: Cause
) -> list[tuple[Contract, Claim]] | Stop:
    """The person's open claims of a cause, one per contract, in the order of the actions; or why not."""
    found: list[tuple[Contract, Claim]] = []
    for contract in case.ordered(note.contract):
        if person.id not in contract.insured:
            continue
        claims = open_claims(person, contract, cause)
        if contract.number == note.contract and not claims:
            return Stop(reasons.NO_OPEN_CLAIM, whole_notice(note.contract), {"contract": note.contract})
        if len(claims) > 1:
            evidence = {"contract": contract.number, "claims": [claim.number for claim in claims]}
            return Stop(reasons.CLAIM_AMBIGUOUS, whole_notice(contract.number), evidence)
        found.extend((contract, claim) for claim in claims)
    return found
