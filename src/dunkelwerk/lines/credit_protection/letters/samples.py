"""A made-up case for each template: what a letter looks like, and whether an insurer's own templates work."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

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
#: fallen ill in October: the deferred period is not over
RECENT = {"onset": "2026-10-19", "benefit_from": "2026-11-30", "benefit_limit": "2028-11-29"}
RECENT_NOTE = NOTICE | {"incapacity_until": "2026-11-14"}
PAID_BACK = {"due": "2026-10-15", "amount": "312.50", "how": "recovered"}
STOPPED = {"due": "2026-11-15", "amount": "312.50", "how": "cancelled"}
UNDONE = [{"type": "undo", **AT, "action": "release_instalment", **each} for each in (STOPPED, PAID_BACK)]
#: a claim that the decision opens has no number in it, and stands in no case file; the database calls it so
NEW = {"contract": "RS-100001", "claim": None}
NUMBER = "DW-17"
NAMED = {
    **{"contract": "RS-100001", "last_name": "Groß", "first_name": "Jürgen", "birth_date": "1980-02-29"},
    "received_on": "2026-10-19",
}
FIRST_NOTE = {
    **NAMED,
    **{"incapacity_from": "2026-08-24", "incapacity_until": "2026-11-30", "occupation": "employed"},
    **{"documents": ["claim_form", "sick_note", "employer_confirmation"], "icd": ["M54.5"]},
}
DEATH = {**NAMED, "died_on": "2026-10-12", "certificate": True}
OPENING = {"type": "open_claim", **NEW, "status": "accepted"}
ACCEPTANCE = {
    **{"type": "accept_claim", **NEW, "benefit_from": "2026-10-05", "benefit_limit": "2028-10-04"},
    "months_used_before": 0,
}
ACCEPTED: list[dict[str, Any]] = [
    *(OPENING, ACCEPTANCE, PROOF | NEW, EXTENSION | NEW),
    *({**INSTALMENT, **NEW, "due": due} for due in ("2026-10-15", "2026-11-15")),
]
REPORTED = [OPENING | {"status": "reported"}]
DIED: list[dict[str, Any]] = [
    *(OPENING, {"type": "accept_claim", **NEW}, {"type": "pay_lump_sum", **NEW, "amount": "16562.50"}),
    *({"type": "cancel_instalments", **AT}, {**CLOSING, "reason": "death"}),
    {"type": "end_contract", **NEW, "on": "2026-10-12"},
]


class Case(Struct, frozen=True):
    """A made-up decision: its actions, what differs in the claim ``C-1``, its notice, and whether it opens a claim."""

    actions: list[dict[str, Any]]
    claim: dict[str, Any] = {}
    notice: dict[str, Any] = msgspec.field(default_factory=lambda: NOTICE)
    opens: bool = False


CASES: dict[str, Case] = {
    "acceptance": Case(ACCEPTED, {"status": "closed"}, FIRST_NOTE, opens=True),
    "settlement": Case([PROOF, EXTENSION, INSTALMENT, OFFSET]),
    "deferred_period": Case([{**PROOF, "until": "2026-11-14"}], NOTHING_YET | RECENT, RECENT_NOTE),
    "benefit_end": Case([PROOF, EXTENSION, INSTALMENT, CLOSING]),
    "documents_requested": Case(REPORTED, {"status": "closed"}, {**FIRST_NOTE, "documents": [], "icd": []}, opens=True),
    "documents_reminder": Case(REPORTED, {"status": "closed"}, {**FIRST_NOTE, "documents": [], "icd": []}, opens=True),
    "death_settlement": Case(DIED, {}, DEATH, opens=True),
    "correction": Case(UNDONE),
}


def sample(template: str) -> Content:
    """The content of a template's sample letter; raises KeyError for a template without one."""
    case = CASES[template]
    return content(
        template,
        case_file=case_file(**case.claim),
        contract=AT["contract"],
        claim=NUMBER if case.opens else AT["claim"],
        actions=case.actions,
        notice=case.notice,
        on=ON,
    )


def case_file(**claim: Any) -> CaseFile:
    """The made-up case file, with changes to its claim."""
    contract = CONTRACT | {"claims": [CLAIM | claim]}
    tariff = {"id": "RSV-2021", "illness": ILLNESS}
    return msgspec.convert({"persons": [PERSON], "tariffs": [tariff], "contracts": [contract]}, CaseFile)
