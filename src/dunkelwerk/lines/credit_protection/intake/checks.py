"""What the register asks of a case file beyond its schema. Pure; raises LineFault naming the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from stdnum import iban

from dunkelwerk.decisions import identifiers
from dunkelwerk.decisions.failures import TechnicalFailure
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Claim, Contract, Cover, DeathCover, Tariff
from dunkelwerk.lines.credit_protection.identification import ensure_consistent
from dunkelwerk.lines.line_faults import LineFault

#: characters that the register's columns hold
LONGEST_KEY = 60
LONGEST_ENTITY = 40


def check_case(case: CaseFile) -> None:
    """Raise LineFault for the first thing that the register cannot hold."""
    for at, person in enumerate(case.persons):
        check_key(person.id, field=f"persons[{at}].id")
        if person.deceased_on is not None and person.deceased_on < person.birth_date:
            raise LineFault(_("liegt vor der Geburt"), field=f"persons[{at}].deceased_on")
    for at, tariff in enumerate(case.tariffs):
        check_tariff(tariff, field=f"tariffs[{at}]")
    for at, contract in enumerate(case.contracts):
        check_key(contract.number, field=f"contracts[{at}].number")
    try:
        ensure_consistent(case)
    except TechnicalFailure as failure:
        raise LineFault(failure.evidence["what"], field=failure.evidence["where"]) from None
    born = {person.id: person.birth_date for person in case.persons}
    for at, contract in enumerate(case.contracts):
        check_contract(contract, born, field=f"contracts[{at}]")


def check_key(key: str, *, field: str) -> None:
    """Raise LineFault for a key that is blank, too long or cannot be printed."""
    if not key.isprintable() or not key.strip():
        raise LineFault(_("eine Kennung braucht lesbare Zeichen"), field=field)
    if len(key) > LONGEST_KEY:
        raise LineFault(_("eine Kennung hat höchstens {limit} Zeichen").format(limit=LONGEST_KEY), field=field)


def check_tariff(tariff: Tariff, *, field: str) -> None:
    """Raise LineFault for keys that the register cannot hold."""
    check_key(tariff.id, field=f"{field}.id")
    for name in ("illness", "unemployment", "death"):
        cover: Cover | DeathCover | None = getattr(tariff, name)
        if cover is None:
            continue
        if cover.legal_entity is not None and len(cover.legal_entity) > LONGEST_ENTITY:
            text = _("höchstens {limit} Zeichen").format(limit=LONGEST_ENTITY)
            raise LineFault(text, field=f"{field}.{name}.legal_entity")


def check_contract(contract: Contract, born: Mapping[str, date], *, field: str) -> None:
    """Raise LineFault for the first thing in the contract that the register cannot hold."""
    insured = contract.insured
    if len(insured) > 1 and (twice := repeated(insured)):
        text = _("die Person {person} steht doppelt im Vertrag {contract}")
        raise LineFault(text.format(person=twice, contract=contract.number), field=f"{field}.insured")
    for person in insured:
        check_born(born, person, before=contract.start, field=f"{field}.start")
    if contract.payee is not None and contract.payee.iban is not None and not is_iban(contract.payee.iban):
        text = _("keine gültige IBAN (Prüfziffer oder Länge)")
        raise LineFault(text, field=f"{field}.payee.iban")
    if len(contract.claims) > 1 and (twice := repeated(claim.number for claim in contract.claims)):
        text = _("der Leistungsfall {claim} steht doppelt im Vertrag {contract}")
        raise LineFault(text.format(claim=twice, contract=contract.number), field=f"{field}.claims")
    for at, claim in enumerate(contract.claims):
        check_key(claim.number, field=f"{field}.claims[{at}].number")
        check_born(born, claim.person, before=claim.onset, field=f"{field}.claims[{at}].onset")
        check_instalments(claim, field=f"{field}.claims[{at}].instalments")


def check_born(born: Mapping[str, date], person: str, *, before: date, field: str) -> None:
    """Raise LineFault for a day before the person's birth."""
    if born[person] > before:
        raise LineFault(_("liegt vor der Geburt der Person {person}").format(person=person), field=field)


def check_instalments(claim: Claim, *, field: str) -> None:
    """Raise LineFault for an id that stands twice, or one replaced that is not there."""
    ids = [each.id for each in claim.instalments if each.id is not None]
    if len(set(ids)) < len(ids):
        text = _("die Rate {id} steht doppelt im Leistungsfall {claim}")
        raise LineFault(text.format(id=shown(repeated(ids)), claim=claim.number), field=field)
    for at, each in enumerate(claim.instalments):
        if each.id is not None:
            check_key(each.id, field=f"{field}[{at}].id")
        if each.replaces is not None and (each.replaces == each.id or each.replaces not in ids):
            text = _("verweist auf keine andere Rate des Leistungsfalls {claim}").format(claim=claim.number)
            raise LineFault(text, field=f"{field}[{at}].replaces")


def repeated(keys: Iterable[str]) -> str | None:
    """The first key that stands twice."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return None


def shown(key: str | None) -> str:
    """A key in a sentence, cut where it is longer than the register holds."""
    return (key or "")[:LONGEST_KEY]


def is_iban(text: str) -> bool:
    """Whether country, length and check digits of an IBAN are right; blanks may stand in it."""
    return identifiers.is_iban(text if text.isalnum() and text.isupper() else iban.compact(text))
