"""Actions become rows: set-based, one function per action type, given all such actions of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.days import add_working_days
from dunkelwerk.decisions.failures import ensure
from dunkelwerk.decisions.identifiers import compact
from dunkelwerk.infra.bulk import columns_of, copy_rows, take_ids
from dunkelwerk.infra.keys import Vault
from dunkelwerk.letters import operations as letters
from dunkelwerk.lines.effects import Effect, Occasion
from dunkelwerk.lines.members import actions, reversal, routing
from dunkelwerk.lines.members.identifiers import iban_fault, tax_id_fault
from dunkelwerk.lines.members.loader import about_tax_id
from dunkelwerk.workitems import operations as workitems

LINE = "members"
TAX_ID = ("id", "member_id", "data_key", "sealed", "decision", "recorded_on")
MANDATE = (
    *("id", "member_id", "reference", "iban", "account_holder", "recurrence", "signed_on", "status", "creditor"),
    *("mandate_text", "decision"),
)
TAKEN = "SELECT upper(reference) FROM mandate WHERE upper(reference) = ANY(%s)"
REVOKE = """
    UPDATE mandate m SET status = 'revoked', revoked_by = u.decision, revoked_on = %s
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS u (member, reference, decision)
    WHERE m.member_id = u.member AND m.reference = u.reference AND m.status = 'active'
"""


class Writing(Struct):
    """What the appliers of one batch share. ``mandates``: the row of each mandate that a decision records."""

    cursor: Any
    occasion: Occasion
    mandates: dict[int, int]


Applier: TypeAlias = Callable[[Writing, Sequence[Effect]], None]


def number_mandates(cursor: Any, effects: Sequence[Effect], occasion: Occasion) -> tuple[list[Effect], dict[int, int]]:
    """The effects with the references of the mandates that they record, and the row of each, by decision.

    A decision names no reference, so that deciding it again gives the same decision.
    """
    recording = [effect for effect in effects if isinstance(effect.action, actions.RecordMandate)]
    rows, references = dict[int, int](), dict[int, str]()
    for effect, (identity, reference) in zip(recording, new_references(cursor, len(recording), occasion), strict=True):
        rows[effect.decision], references[effect.decision] = identity, reference
    return [with_reference(effect, references) for effect in effects], rows


def new_references(cursor: Any, count: int, occasion: Occasion) -> Iterable[tuple[int, str]]:
    """Row ids, and references that no mandate has: day and number; loaded ones may look the same."""
    found: list[tuple[int, str]] = []
    while len(found) < count:
        ids = take_ids(cursor, "mandate", count - len(found))
        wanted = {f"DW-{occasion.business_day:%Y%m%d}-{identity}": identity for identity in ids}
        cursor.execute(TAKEN, (list(wanted),))
        taken = {row[0] for row in cursor.fetchall()}
        found += [(identity, reference) for reference, identity in wanted.items() if reference not in taken]
    return found


def with_reference(effect: Effect, references: dict[int, str]) -> Effect:
    """The effect on the mandate that its decision records or revokes: that is the topic's part from here on."""
    action: Any = effect.action
    if isinstance(action, actions.RevokeMandate):
        return msgspec.structs.replace(effect, action=msgspec.structs.replace(action, claim=action.reference))
    if action.claim != actions.MANDATE or effect.decision not in references:
        return effect
    return msgspec.structs.replace(effect, action=msgspec.structs.replace(action, claim=references[effect.decision]))


def file_notice(writing: Writing, effects: Sequence[Effect]) -> None:
    """Nothing changes but the movement and the decision record."""


def record_tax_id(writing: Writing, effects: Sequence[Effect]) -> None:
    """The tax ID of each notice, sealed; the one before stays, and is the member's again if this one is taken back."""
    vault, day = Vault(writing.cursor, on=writing.occasion.business_day), writing.occasion.business_day
    rows = []
    for effect, identity in zip(effects, take_ids(writing.cursor, "member_tax_id", len(effects)), strict=True):
        told = getattr(effect.notice, "told", None)
        ensure(told is not None and tax_id_fault(told) is None, where="record_tax_id", what="keine gültige Steuer-ID")
        sealed = vault.seal(str(told).encode(), about=about_tax_id(identity))
        rows.append((identity, effect.case.id, vault.current, sealed, effect.decision, day))
    copy_rows(writing.cursor, "member_tax_id", TAX_ID, rows)


def record_mandate(writing: Writing, effects: Sequence[Effect]) -> None:
    """The mandate of each notice, under its new reference."""
    rows = []
    for effect in effects:
        action: actions.RecordMandate = effect.action  # type: ignore[assignment]
        notice = effect.notice
        ensure(iban_fault(notice.iban) is None, where="record_mandate", what="keine gültige IBAN")
        rows.append(
            (
                writing.mandates[effect.decision],
                effect.case.id,
                action.claim,
                compact(notice.iban),
                None if notice.own_account else notice.account_holder,
                notice.recurrence,
                notice.signed_on,
                "active",
                action.creditor,
                notice.mandate_text,
                effect.decision,
            )
        )
    copy_rows(writing.cursor, "mandate", MANDATE, rows)


def revoke_mandate(writing: Writing, effects: Sequence[Effect]) -> None:
    """The mandate may no longer be used; one that was revoked meanwhile is an error."""
    rows = [(each.case.id, each.action.reference, each.decision) for each in effects]  # type: ignore[attr-defined]
    writing.cursor.execute(REVOKE, (writing.occasion.business_day, *columns_of(rows)))
    ensure(writing.cursor.rowcount == len(rows), where="revoke_mandate", what="das Mandat ist nicht gültig")


def open_work_item(writing: Writing, effects: Sequence[Effect]) -> None:
    """A task for the team that does it; its notice, with all answers, is in the decision's record."""
    occasion, items = writing.occasion, []
    for effect in effects:
        action: actions.OpenWorkItem = effect.action  # type: ignore[assignment]
        team = routing.BASKETS.route_one(action.task)
        items.append(
            workitems.Item(
                basket=team.basket,
                task=action.task,
                kind="member",
                key=f"{action.contract}/{action.claim}",
                decision=effect.decision,
                contract=action.contract,
                claim=action.claim,
                reasons=[],
                priority=action.priority,
                open_from=occasion.business_day,
                due_on=add_working_days(occasion.business_day, team.due_days, occasion.federal_state),
                created_on=occasion.business_day,
            )
        )
    workitems.open_items(writing.cursor, items)


def send_letter(writing: Writing, effects: Sequence[Effect]) -> None:
    """Letter orders; rendering follows after commit."""
    orders = [
        letters.Order(
            each.id,
            each.decision,
            each.action.template,  # type: ignore[attr-defined]
            LINE,
            each.action.contract,  # type: ignore[attr-defined]
            each.action.claim,  # type: ignore[attr-defined]
            each.case.id,
            each.parameters.legal_entity,
        )
        for each in effects
    ]
    letters.order(writing.cursor, orders, business_day=writing.occasion.business_day)


def undo(writing: Writing, effects: Sequence[Effect]) -> None:
    """See ``reversal``."""
    reversal.apply(writing.cursor, writing.occasion, effects)


#: in the order in which the rows must be written
ALL: dict[type[Any], Applier] = {
    actions.FileNotice: file_notice,
    actions.RecordTaxId: record_tax_id,
    actions.RecordMandate: record_mandate,
    actions.RevokeMandate: revoke_mandate,
    actions.OpenWorkItem: open_work_item,
    actions.SendLetter: send_letter,
    actions.Undo: undo,
}
