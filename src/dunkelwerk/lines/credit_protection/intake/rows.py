"""The rows of the register's tables, from the things of a case file. Pure.

The names of columns stand beside the function that gives their values; ``KINDS`` are their types in an update.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dunkelwerk.lines.credit_protection.casefile import Cause, Claim, Contract, Cover, Instalment, Person, Tariff

STAMP = ("load", "load_line", "digest")
PERSON = (
    *("last_name", "first_name", "birth_date", "deceased_on", "salutation", "street", "house_number"),
    *("postal_code", "city", "country"),
)
COVER = (
    *("tariff_id", "cause", "waiting_months", "deferred_days", "max_months", "monthly_cap", "settlement"),
    *("relapse_months", "age_limit", "cap", "legal_entity"),
)
CONTRACT = (
    *("tariff_id", "starts_on", "ends_on", "status", "instalment", "final_instalment", "due_day", "has_payee"),
    *("payee_name", "payee_iban", "payee_reference", "blocked_since", "in_arrears", "reminded_on"),
    *("arrears_deadline", "recourse_open", "recourse_loaded"),
)
CLAIM = (
    *("person_id", "cause", "status", "onset", "icd", "benefit_from", "benefit_limit", "proven_until"),
    *("released_until", "recovered_on", "closed_on", "closing_reason", "months_used_before"),
)
INSTALMENT = ("claim_id", "key", "due", "amount", "set_off", "status", "replaces")
RELEASE = ("claim_id", "contract", "person", "cause", "days", "origin", "cancelled_on")
DATES = (
    *("birth_date", "deceased_on", "starts_on", "ends_on", "blocked_since", "reminded_on", "arrears_deadline"),
    *("onset", "benefit_from", "benefit_limit", "proven_until", "released_until", "recovered_on", "closed_on"),
)
#: types of columns in ``unnest``; any other is text
KINDS = {
    **dict.fromkeys(DATES, "date"),
    **dict.fromkeys(("instalment", "final_instalment", "recourse_open", "recourse_loaded"), "numeric"),
    **dict.fromkeys(("id", "load", "tariff_id", "person_id"), "bigint"),
    **dict.fromkeys(("due_day", "months_used_before"), "int"),
    **dict.fromkeys(("has_payee", "in_arrears"), "bool"),
    "digest": "bytea",
}


def person_row(person: Person) -> tuple[Any, ...]:
    """The values of PERSON."""
    return (
        person.last_name,
        person.first_name,
        person.birth_date,
        person.deceased_on,
        person.salutation,
        person.street,
        person.house_number,
        person.postal_code,
        person.city,
        person.country,
    )


def cover_rows(tariff: Tariff, tariff_id: int) -> Iterator[tuple[Any, ...]]:
    """The values of COVER, a row for each cover that the tariff has."""
    for cause in (Cause.ILLNESS, Cause.UNEMPLOYMENT):
        cover = tariff.cover(cause)
        if cover is not None:
            yield running_cover_row(cover, cause.value, tariff_id)
    death = tariff.death
    if death is not None:
        terms = (death.waiting_months, None, None, None, None, 0, death.age_limit, death.cap, death.legal_entity)
        yield (tariff_id, Cause.DEATH.value, *terms)


def running_cover_row(cover: Cover, cause: str, tariff_id: int) -> tuple[Any, ...]:
    """The values of COVER for illness or unemployment."""
    return (
        tariff_id,
        cause,
        cover.waiting_months,
        cover.deferred_days,
        cover.max_months,
        cover.monthly_cap,
        cover.settlement.value,
        cover.relapse_months,
        cover.age_limit,
        None,
        cover.legal_entity,
    )


def contract_row(contract: Contract, tariff_id: int) -> tuple[Any, ...]:
    """The values of CONTRACT."""
    payee, arrears = contract.payee, contract.arrears
    return (
        tariff_id,
        contract.start,
        contract.end,
        contract.status.value,
        contract.instalment,
        contract.final_instalment,
        contract.due_day,
        payee is not None,
        payee and payee.name,
        payee and payee.iban and "".join(payee.iban.split()).upper(),
        payee and payee.reference,
        payee and payee.blocked_since,
        arrears is not None,
        arrears and arrears.reminded_on,
        arrears and arrears.deadline,
        contract.recourse_open,
        contract.recourse_open,
    )


def claim_row(claim: Claim, persons: Mapping[str, int]) -> tuple[Any, ...]:
    """The values of CLAIM."""
    return (
        persons[claim.person],
        claim.cause.value,
        claim.status.value,
        claim.onset,
        array_literal(claim.icd),
        claim.benefit_from,
        claim.benefit_limit,
        claim.proven_until,
        claim.released_until,
        claim.recovered_on,
        claim.closed_on,
        claim.closing_reason,
        claim.months_used_before,
    )


def instalment_row(claim_id: int, instalment: Instalment) -> tuple[Any, ...]:
    """The values of INSTALMENT."""
    each = instalment
    return (claim_id, each.id, each.due, each.amount, 0, each.status.value, each.replaces)


def array_literal(texts: tuple[str, ...]) -> str:
    """PostgreSQL's text of an array of texts (``unnest`` would flatten arrays of arrays)."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
