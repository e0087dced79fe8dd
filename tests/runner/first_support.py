"""First notices and deaths for the tests of the runner: a tariff with three covers, notices of each kind."""

from __future__ import annotations

import copy
from typing import Any

from work_support import TARIFF, Thing, case_file, contract, person

FULL_TARIFF: Thing = {
    **TARIFF,
    "id": "RSV-3",
    "illness": {**TARIFF["illness"], "legal_entity": "Leben AG"},
    "unemployment": {
        **{"waiting_months": 3, "deferred_days": 30, "max_months": 12, "settlement": "daily"},
        "legal_entity": "Sach AG",
    },
    "death": {"cap": "50000.00", "legal_entity": "Leben AG"},
}
ADDRESS: Thing = {
    **{"salutation": "Frau", "street": "Lindenstr.", "house_number": "7"},
    **{"postal_code": "50667", "city": "Köln", "country": "DE"},
}


def covered(*contracts: Thing) -> Thing:
    """A case file whose contracts have all three covers, and whose persons have an address."""
    lines = case_file(*contracts)
    for each in lines["contracts"]:
        each["tariff"] = FULL_TARIFF["id"]
    return lines | {"tariffs": [FULL_TARIFF], "persons": [each | ADDRESS for each in lines["persons"]]}


def insured(number: int, **changes: Any) -> Thing:
    """One person, one contract ``RS-n`` without a claim."""
    return covered(contract(f"RS-{number}", [number], **changes))


def named(number: int, on: str | None) -> Thing:
    """The fields that name person ``P-n`` and a contract."""
    who = person(number)
    return {"contract": on or f"RS-{number}"} | {
        field: who[field] for field in ("first_name", "last_name", "birth_date")
    }


FIRST: Thing = {
    **{"process": "first_sick_note", "incapacity_from": "2026-09-01", "incapacity_until": "2026-11-20"},
    **{"issued_on": "2026-10-30", "received_on": "2026-11-02", "formally_correct": True, "final": False},
    **{"icd": ["M54.5 G"], "occupation": "employed"},
    "documents": ["claim_form", "sick_note", "employer_confirmation"],
}
PROOF: Thing = {
    **{"process": "first_unemployment_proof", "unemployed_since": "2026-09-01", "proven_on": "2026-10-30"},
    **{"benefit_kind": "alg1", "entitlement_suspended": False, "formally_correct": True, "received_on": "2026-11-02"},
    **{"employment_from": "2020-01-01", "employment_to": "2026-08-31", "terminated_by": "employer"},
    **{"weekly_hours": 38, "award_notice": True},
}
DEATH: Thing = {
    **{"process": "death_notice", "died_on": "2026-10-20", "certificate": True, "cause_known": "natural"},
    "received_on": "2026-11-02",
}


def first_note(number: int, *, on: str | None = None, **changes: Any) -> Thing:
    """A first sick note ``E-n``: ill since September, benefit from 13 October."""
    return {"id": f"E-{number}"} | named(number, on) | copy.deepcopy(FIRST) | changes


def first_proof(number: int, *, on: str | None = None, **changes: Any) -> Thing:
    """A first unemployment proof ``U-n``: unemployed since September, benefit from 1 October, settled by the day."""
    return {"id": f"U-{number}"} | named(number, on) | copy.deepcopy(PROOF) | changes


def death(number: int, *, on: str | None = None, **changes: Any) -> Thing:
    """A death notice ``D-n``: died on 20 October 2026."""
    return {"id": f"D-{number}"} | named(number, on) | copy.deepcopy(DEATH) | changes
