"""Actions composed by a person: checked against notice and case file, then applied like a process's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from stdnum.eu import at_02

from dunkelwerk.decisions.decision import Action
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.members import actions
from dunkelwerk.lines.members.identifiers import iban_fault, tax_id_fault

TEMPLATES = ("mandate_confirmation",)
#: as a process proposes them
ORDER = (
    actions.RecordTaxId,
    actions.RecordMandate,
    actions.RevokeMandate,
    actions.OpenWorkItem,
    actions.SendLetter,
    actions.FileNotice,
)


def topic_of(wanted: Sequence[Mapping[str, Any]]) -> str:
    """The topic that actions mean which name none: that of the first that has one."""
    return next(
        (actions.TOPIC_OF[each["type"]] for each in wanted if each.get("type") in actions.TOPIC_OF), actions.TAX_ID
    )


def compose(case: Any, wanted: Sequence[Action], notice: Any) -> tuple[Action, ...]:
    """The actions in order, each with its topic; raises CommandError for what cannot be, saying why."""
    if not wanted:
        raise CommandError(_("Kein Geschäftsvorfall angegeben; bitte mindestens einen nennen."))
    composed = [check(case, notice, action, wanted) for action in wanted]
    once = [type(each) for each in composed if not isinstance(each, actions.RevokeMandate)]
    if twice := next((each for each in composed if once.count(type(each)) > 1), None):
        raise refused(twice, _("nur einmal je Meldung"))
    return tuple(sorted(composed, key=lambda each: ORDER.index(type(each))))


def check(case: Any, notice: Any, action: Any, together: Sequence[Action]) -> Any:
    """The action with its topic; raises CommandError for one that cannot be."""
    if not isinstance(action, ORDER):
        raise refused(action, _("von Hand nicht möglich"))
    if action.contract != case.file.member.number:
        raise refused(action, _("diese Meldung ist die eines anderen Mitglieds"))
    mandates = {each.reference: each for each in case.file.mandates}
    records = any(isinstance(each, actions.RecordMandate) for each in together)
    match action:
        case actions.RecordTaxId() if tax_id_fault(getattr(notice, "told", None) or "") is not None:
            raise refused(action, _("die Meldung nennt keine gültige Steuer-ID; bitte zuerst berichtigen (correct)"))
        case actions.RecordMandate() if iban_fault(getattr(notice, "iban", "")) is not None:
            raise refused(action, _("die Meldung nennt keine gültige IBAN; bitte zuerst berichtigen (correct)"))
        case actions.RecordMandate() if not at_02.is_valid(action.creditor):
            raise refused(action, _("creditor ist keine gültige Gläubiger-Identifikationsnummer"))
        case actions.RevokeMandate() if action.reference not in mandates or not mandates[action.reference].is_active:
            raise refused(action, _("ein gültiges Mandat mit dieser Referenz hat das Mitglied nicht"))
        case actions.SendLetter() if action.template not in TEMPLATES:
            raise refused(action, _("template ist eines von {known}").format(known=", ".join(TEMPLATES)))
        case actions.SendLetter() if not records:
            raise refused(action, _("der Brief bestätigt ein Mandat: bitte zusammen mit record_mandate"))
    topic = actions.TOPIC_OF.get(str(type(action).__struct_config__.tag), action.claim)
    return msgspec.structs.replace(action, claim=topic)


def refused(action: Any, what: str) -> CommandError:
    """The sentence for an action that cannot be."""
    name = str(type(action).__struct_config__.tag)
    return CommandError(_("{name} für {where}: {what}.").format(name=name, where=action.contract, what=what))
