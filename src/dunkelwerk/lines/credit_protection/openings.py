"""New claims: the row and number that a claim gets which a decision opens, and what accepting one makes of it.

In a decision such a claim has no number yet (null); from here on it has one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET

from dunkelwerk.decisions.failures import TechnicalFailure
from dunkelwerk.decisions.process import Stop
from dunkelwerk.infra.bulk import take_ids
from dunkelwerk.lines.credit_protection import actions, sick_notes
from dunkelwerk.lines.credit_protection import identification as identify
from dunkelwerk.lines.credit_protection.casefile import Cause, Claim, ClaimStatus
from dunkelwerk.lines.credit_protection.loader import ClaimRow
from dunkelwerk.lines.credit_protection.writing import row_of
from dunkelwerk.lines.effects import Effect


def number_claims(cursor: Any, effects: Sequence[Effect]) -> list[Effect]:
    """The effects with the numbers of the claims that they open; rows of opened and accepted ones are in the case."""
    opening = [effect for effect in effects if isinstance(effect.action, actions.OpenClaim)]
    numbers: dict[tuple[int, str], str] = {}
    for effect, identity in zip(opening, take_ids(cursor, "claim", len(opening)), strict=True):
        contract: str = effect.action.contract  # type: ignore[attr-defined]
        row = new_row(effect.case, effect.notice, contract, number=f"DW-{identity}", identity=identity)
        effect.case.rows[contract, row.claim.number] = row
        numbers[effect.decision, contract] = row.claim.number
    numbered = [with_number(effect, numbers) for effect in effects]
    for effect in numbered:
        if isinstance(effect.action, actions.AcceptClaim):
            key = effect.action.contract, effect.action.claim
            effect.case.rows[key] = accepted(effect.case.rows[key], effect.action)
    return numbered


def with_number(effect: Effect, numbers: Mapping[tuple[int, str], str]) -> Effect:
    """The effect on the claim that its decision opened, where it names none."""
    action: Any = effect.action
    if action.claim is not None or isinstance(action, actions.RegisterAction):
        return effect
    number = numbers.get((effect.decision, action.contract))
    if number is None:
        raise TechnicalFailure(where=action.contract, what="der Leistungsfall wurde nicht eröffnet")
    return msgspec.structs.replace(effect, action=msgspec.structs.replace(action, claim=number))


def twin_of(row: ClaimRow) -> Claim | None:
    """A claim of the same person, cause and onset that waits, merely reported: it is the one to go on with."""
    mine = row.claim
    return next(
        (
            each
            for each in row.contract.claims
            if each.status is ClaimStatus.REPORTED
            and (each.person, each.cause, each.onset) == (mine.person, mine.cause, mine.onset)
        ),
        None,
    )


def new_row(case: Any, notice: Any, contract_number: str, *, number: str, identity: int) -> ClaimRow:
    """The claim that a first notice or a death notice opens; raises TechnicalFailure for any other notice."""
    cause: Cause | None = getattr(notice, "opens", None)
    contract = next((each for each in case.file.contracts if each.number == contract_number), None)
    if cause is None or contract is None:
        raise TechnicalFailure(where=contract_number, what="diese Meldung eröffnet keinen Leistungsfall")
    named = identify.find_contract(notice, case.file)
    person = named if isinstance(named, Stop) else identify.find_person(notice, named, case.file)
    if isinstance(person, Stop):
        raise TechnicalFailure(where=contract_number, what="die Person ist nicht eindeutig")
    tariff = next(each for each in case.file.tariffs if each.id == contract.tariff)
    cover = tariff.death if cause is Cause.DEATH else tariff.cover(cause)
    claim = Claim(
        number=number,
        person=person.id,
        cause=cause,
        status=ClaimStatus.REPORTED,
        onset=notice.onset,
        icd=tuple(sick_notes.clean_codes(getattr(notice, "icd", ()))),
    )
    entity = (cover.legal_entity if cover else None) or ""
    ids = case.contract_ids[contract_number], case.person_ids[person.id]
    return ClaimRow(identity, *ids, tariff.id, entity, claim, contract)


def accepted(row: ClaimRow, action: actions.AcceptClaim) -> ClaimRow:
    """The row as accepting makes it."""
    claim = msgspec.structs.replace(
        row.claim,
        status=ClaimStatus.ACCEPTED,
        benefit_from=given(action.benefit_from),
        benefit_limit=given(action.benefit_limit),
        months_used_before=given(action.months_used_before) or 0,
    )
    return msgspec.structs.replace(row, claim=claim)


def given(value: Any) -> Any:
    """A field that a death claim's acceptance leaves out is None."""
    return None if value is UNSET else value


def died_on(notice: Any) -> date | None:
    """The day of death that a notice reports."""
    return getattr(notice, "died_on", None)


def span_of(effect: Effect) -> tuple[date | None, date | None]:
    """What undoing must know: a claim's days, the day of death if the notice brought it, a contract's former end."""
    action, row = effect.action, row_of(effect)
    if isinstance(action, actions.EndContract):
        return row.contract.end, action.on
    person = next(each for each in effect.case.file.persons if each.id == row.claim.person)
    if row.claim.cause is Cause.DEATH:
        return None, died_on(effect.notice) if person.deceased_on is None else None
    return row.claim.benefit_from, row.claim.benefit_limit
