"""A made-up case for each template: what a letter looks like, and whether an insurer's own templates work."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from dunkelwerk.lines.credit_protection.casefile import CaseFile
from dunkelwerk.lines.credit_protection.letters.content import Content, content

ON = date(2026, 11, 2)
AT = {"contract": "RS-100001", "claim": "C-1"}
PERSON = {
    **{"id": "P-1", "first_name": "Jürgen", "last_name": "Groß", "birth_date": "1980-02-29", "salutation": "Herr"},
    **{"street": "Lindenstr.", "house_number": "7", "postal_code": "50667", "city": "Köln", "country": "DE"},
}
ILLNESS = {"deferred_days": 42, "max_months": 24, "monthly_cap": "2500.00", "settlement": "due_date", "age_limit": 65}
CLAIM = {
    **{"number": "C-1", "person": "P-1", "cause": "illness", "status": "accepted", "onset": "2026-03-02"},
    **{"benefit_from": "2026-04-13", "benefit_limit": "2028-04-12"},
    **{"proven_until": "2026-10-30", "released_until": "2026-10-30"},
    "instalments": [{"due": f"2026-{month:02d}-15", "amount": "312.50", "status": "paid"} for month in range(4, 11)],
}
CONTRACT = {
    **{"number": "RS-100001", "tariff": "RSV-2021", "start": "2024-03-01", "end": "2031-02-28", "status": "active"},
    **{"insured": ["P-1"], "instalment": "312.50", "due_day": 15, "recourse_open": "100.00"},
    "payee": {"name": "Beispielbank AG", "iban": "DE02120300000000202051", "reference": "Darlehen 4711"},
}
NOTICE = {"received_on": "2026-11-02", "incapacity_until": "2026-11-30"}
PROOF = {"type": "record_proof", **AT, "until": "2026-11-30"}
EXTENSION = {"type": "extend_benefit", **AT, "until": "2026-11-30"}
INSTALMENT = {"type": "release_instalment", **AT, "due": "2026-11-15", "amount": "312.50"}
OFFSET = {"type": "offset_recourse", **AT, "due": "2026-11-15", "amount": "100.00"}
CLOSING = {"type": "close_claim", **AT, "reason": "recovered"}
NOTHING_YET: dict[str, Any] = {"released_until": None, "instalments": [], "proven_until": None}
PAID_BACK = {"due": "2026-10-15", "amount": "312.50", "how": "recovered"}
STOPPED = {"due": "2026-11-15", "amount": "312.50", "how": "cancelled"}
UNDONE = [{"type": "undo", **AT, "action": "release_instalment", **each} for each in (STOPPED, PAID_BACK)]
#: by template: what differs in the claim, and the decision's actions
CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "settlement": ({}, [PROOF, EXTENSION, INSTALMENT, OFFSET]),
    "deferred_period": (NOTHING_YET, [{**PROOF, "until": "2026-03-31"}]),
    "benefit_end": ({}, [PROOF, EXTENSION, INSTALMENT, CLOSING]),
    "correction": ({}, UNDONE),
}


def sample(template: str) -> Content:
    """The content of a template's sample letter; raises KeyError for a template without one."""
    changes, actions = CASES[template]
    file = case_file(**changes)
    return content(
        template, case_file=file, contract=AT["contract"], claim=AT["claim"], actions=actions, notice=NOTICE, on=ON
    )


def case_file(**claim: Any) -> CaseFile:
    """The made-up case file, with changes to its claim."""
    contract = CONTRACT | {"claims": [CLAIM | claim]}
    tariff = {"id": "RSV-2021", "illness": ILLNESS}
    return msgspec.convert({"persons": [PERSON], "tariffs": [tariff], "contracts": [contract]}, CaseFile)
