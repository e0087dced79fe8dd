"""Changes to the register become rows, set-based like every other effect; and the movements that tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dunkelwerk.infra.bulk import columns_of
from dunkelwerk.lines.credit_protection import actions
from dunkelwerk.lines.credit_protection.appliers import update_claims
from dunkelwerk.lines.credit_protection.writing import Applier, Writing, row_of
from dunkelwerk.lines.effects import Effect

#: another account is not the one that was blocked
PAYEE = """
    UPDATE contract c SET has_payee = true, payee_name = u.name, payee_iban = u.iban, payee_reference = u.reference,
        blocked_since = CASE WHEN c.payee_iban IS NOT DISTINCT FROM u.iban THEN c.blocked_since END
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS u (id, name, iban, reference) WHERE c.id = u.id
"""
BLOCK = """
    UPDATE contract c SET blocked_since = u.since FROM unnest(%s::bigint[], %s::date[]) AS u (id, since)
    WHERE c.id = u.id
"""
ARREARS = """
    UPDATE contract c SET in_arrears = u.reminded_on IS NOT NULL, reminded_on = u.reminded_on,
        arrears_deadline = u.deadline
    FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS u (id, reminded_on, deadline) WHERE c.id = u.id
"""
#: what a later load is compared with, too: an extract that says nothing new leaves it alone
RECOURSE = """
    UPDATE contract c SET recourse_open = u.amount, recourse_loaded = u.amount
    FROM unnest(%s::bigint[], %s::numeric[]) AS u (id, amount) WHERE c.id = u.id
"""
ADDRESS = """
    UPDATE person p SET street = u.street, house_number = u.house_number, postal_code = u.postal_code, city = u.city,
        country = u.country
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS u (id, street, house_number, postal_code, city, country) WHERE p.id = u.id
"""


def record_recovery(writing: Writing, effects: Sequence[Effect]) -> None:
    """The last day of a claim, or none."""
    rows = [(row_of(each).id, each.action.on) for each in effects]  # type: ignore[attr-defined]
    update_claims(writing.cursor, "recovered_on", "date", rows)


def set_payee(writing: Writing, effects: Sequence[Effect]) -> None:
    """Who gets the money."""
    update(writing, effects, PAYEE, "name", "iban", "reference")


def block_account(writing: Writing, effects: Sequence[Effect]) -> None:
    """The payee's account, blocked or free."""
    update(writing, effects, BLOCK, "since")


def set_arrears(writing: Writing, effects: Sequence[Effect]) -> None:
    """The reminder that is open, or none."""
    update(writing, effects, ARREARS, "reminded_on", "deadline")


def set_recourse(writing: Writing, effects: Sequence[Effect]) -> None:
    """What is open, whatever it was before."""
    update(writing, effects, RECOURSE, "amount")


def set_address(writing: Writing, effects: Sequence[Effect]) -> None:
    """Where persons live."""
    names = ("street", "house_number", "postal_code", "city", "country")
    rows = [
        (each.case.person_ids[each.action.person], *(getattr(each.action, name) for name in names))  # type: ignore[attr-defined]
        for each in effects
    ]
    writing.cursor.execute(ADDRESS, columns_of(rows))


def update(writing: Writing, effects: Sequence[Effect], statement: str, *names: str) -> None:
    """Set columns of contracts from fields of the actions."""
    rows: list[tuple[Any, ...]] = [
        (each.case.contract_ids[each.action.contract], *(getattr(each.action, name) for name in names))  # type: ignore[attr-defined]
        for each in effects
    ]
    writing.cursor.execute(statement, columns_of(rows))


APPLIERS: dict[type[actions.RegisterAction], Applier] = {
    actions.RecordRecovery: record_recovery,
    actions.SetPayee: set_payee,
    actions.BlockAccount: block_account,
    actions.SetArrears: set_arrears,
    actions.SetRecourse: set_recourse,
    actions.SetAddress: set_address,
}
