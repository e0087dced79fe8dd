"""Whom a notice concerns, where a case file holds more than the named person's contracts."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from dunkelwerk.decisions.process import Stop
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Cause
from dunkelwerk.lines.credit_protection.identification import find_open_claims
from dunkelwerk.lines.credit_protection.processes.follow_up_sick_note.notice import FollowUpSickNote

CLAIM = {"number": "C-1", "person": "P1", "cause": "illness", "status": "accepted", "onset": "2026-03-02"}
CONTRACT = {
    "tariff": "T",
    "start": "2024-03-01",
    "end": "2031-02-28",
    "status": "active",
    "instalment": "312.50",
    "due_day": 15,
}


def contract(number: str, *, insured: list[str], claims: list[dict[str, Any]]) -> dict[str, Any]:
    return CONTRACT | {"number": number, "insured": insured, "claims": claims}


def test_a_contract_of_the_other_person_hides_none_that_follows() -> None:
    file = msgspec.convert(
        {
            "persons": [
                {"id": "P1", "first_name": "Ada", "last_name": "Groß", "birth_date": "1980-02-29"},
                {"id": "P2", "first_name": "Bo", "last_name": "Groß", "birth_date": "1981-02-28"},
            ],
            "tariffs": [{"id": "T"}],
            "contracts": [
                contract("RS-1", insured=["P1", "P2"], claims=[CLAIM]),
                contract("RS-2", insured=["P2"], claims=[]),
                contract("RS-3", insured=["P1"], claims=[CLAIM]),
            ],
        },
        CaseFile,
    )
    note = FollowUpSickNote(
        contract="RS-1",
        last_name="Groß",
        first_name="Ada",
        birth_date=date(1980, 2, 29),
        incapacity_until=None,
        issued_on=date(2026, 10, 30),
        formally_correct=True,
        received_on=date(2026, 11, 2),
    )
    found = find_open_claims(note, file.persons[0], file, Cause.ILLNESS)
    assert not isinstance(found, Stop)
    assert [each.number for each, _claim in found] == ["RS-1", "RS-3"]
