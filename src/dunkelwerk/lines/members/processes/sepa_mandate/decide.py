"""SEPA-Mandat, from top to bottom: whom it concerns, what may stand against it, what is done.

Source: docs/members.md section 3. No account number stands in a reason or its evidence.
"""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.identifiers import compact
from dunkelwerk.decisions.process import Process, Stop
from dunkelwerk.decisions.reasons import SECOND_CHECK
from dunkelwerk.lines.members import actions, checks, reasons
from dunkelwerk.lines.members.casefile import CaseFile, Mandate, Recurrence
from dunkelwerk.lines.members.identification import Identified, Part, find_member
from dunkelwerk.lines.members.identifiers import iban_fault
from dunkelwerk.lines.members.line import MEMBERS
from dunkelwerk.lines.members.parameters import SepaMandateParameters as Parameters
from dunkelwerk.lines.members.processes.sepa_mandate.notice import SepaMandateNotice as Notice
from dunkelwerk.lines.members.reasons import MEMBER
from dunkelwerk.lines.members.signatures import is_name_of, same_name

CONFIRMATION = "mandate_confirmation"
PROCESS: Process[Notice, Part, Identified, Parameters] = Process(
    "sepa_mandate",
    title="SEPA-Mandat",
    line=MEMBERS,
    notice=Notice,
    folder=Path(__file__).parent,
    parameters=Parameters,
)
finds = PROCESS.finds


# Whom it concerns


@PROCESS.identifies
def member_named(notice: Notice, file: CaseFile, p: Parameters) -> Identified | Stop:
    """The member, by number, names and birth date."""
    facts = {"covered_by": [each.reference for each in file.mandates if covers(each, notice)]}
    return find_member(notice, file, actions.MANDATE, facts=facts)


def covers(mandate: Mandate, notice: Notice) -> bool:
    """Whether an active mandate allows already what the notice would: the same account, at least as often.

    A one-off mandate is used up by one collection, so it covers none but itself, given twice on one day.
    """
    same = mandate.recurrence.value == notice.recurrence and mandate.signed_on == notice.signed_on
    often = mandate.recurrence is Recurrence.RECURRING or same
    return mandate.is_active and compact(mandate.iban) == compact(notice.iban) and often


def other_accounts(notice: Notice, case: Identified) -> list[Mandate]:
    """The active mandates for other accounts."""
    return [each for each in case.mandates if each.is_active and compact(each.iban) != compact(notice.iban)]


def is_member(name: str, case: Identified) -> bool:
    """Whether a typed name is the member's."""
    return is_name_of(name, first_name=case.member.first_name, last_name=case.member.last_name)


# What may stand against it

finds(reasons.PERSON_DECEASED, scope=MEMBER)(checks.person_deceased)
finds(reasons.FILLED_BY_REPRESENTATIVE, scope=MEMBER)(checks.filled_by_representative)
finds(reasons.FREE_TEXT, scope=MEMBER)(checks.free_text)


@finds(reasons.IBAN_INVALID, scope=MEMBER)
def iban_invalid(notice: Notice, case: Identified, p: Parameters) -> Looked:
    fault = iban_fault(notice.iban)
    return when(fault is not None, fault=fault)


@finds(reasons.ACCOUNT_OUTSIDE_SEPA, scope=MEMBER)
def account_outside_sepa(notice: Notice, case: Identified, p: Parameters) -> Looked | None:
    if iban_fault(notice.iban):
        return None
    country = compact(notice.iban)[:2]
    return when(country not in p.sepa_countries, country=country)


@finds(reasons.ACCOUNT_HOLDER_UNCLEAR, scope=MEMBER)
def account_holder_unclear(notice: Notice, case: Identified, p: Parameters) -> Looked:
    holder = (notice.account_holder or "").strip()
    finding = None
    if notice.own_account and holder and not is_member(holder, case):
        finding = "das eigene Konto ist angekreuzt, aber jemand anderes als Inhaber genannt"
    elif not notice.own_account and not holder:
        finding = "ein fremdes Konto ist angekreuzt, aber kein Inhaber genannt"
    elif not notice.own_account and is_member(holder, case):
        finding = "ein fremdes Konto ist angekreuzt, aber der Name des Mitglieds als Inhaber genannt"
    return when(finding is not None, finding=finding)


@finds(reasons.OTHER_ACCOUNT_HOLDER, scope=MEMBER, default=SECOND_CHECK)
def other_account_holder(notice: Notice, case: Identified, p: Parameters) -> Looked:
    signed_by = "das Mitglied" if is_member(notice.signed_name, case) else "jemand anderes"
    return when(not notice.own_account, own_account=notice.own_account, signed_by=signed_by)


@finds(reasons.SIGNATURE_MISMATCH, scope=MEMBER)
def signature_mismatch(notice: Notice, case: Identified, p: Parameters) -> Looked:
    by_holder = not notice.own_account and same_name(notice.signed_name, notice.account_holder or "")
    return when(not (is_member(notice.signed_name, case) or by_holder), own_account=notice.own_account)


@finds(reasons.MANDATE_TEXT_UNKNOWN, scope=MEMBER)
def mandate_text_unknown(notice: Notice, case: Identified, p: Parameters) -> Looked:
    known = list(p.mandate_texts)
    return when(notice.mandate_text not in known, mandate_text=notice.mandate_text, known=known)


@finds(reasons.OTHER_CREDITOR, scope=MEMBER)
def other_creditor(notice: Notice, case: Identified, p: Parameters) -> Looked | None:
    signed_for = notice.creditor_identifier
    if signed_for is None:
        return None
    other = compact(signed_for) != compact(p.creditor_identifier)
    return when(other, signed_for=signed_for, creditor=p.creditor_identifier)


@finds(reasons.SIGNED_AFTER_RECEIPT, scope=MEMBER)
def signed_after_receipt(notice: Notice, case: Identified, p: Parameters) -> Looked:
    late = notice.signed_on > notice.received_on
    return when(late, signed_on=notice.signed_on, received_on=notice.received_on)


@finds(reasons.SIGNED_LONG_AGO, scope=MEMBER)
def signed_long_ago(notice: Notice, case: Identified, p: Parameters) -> Looked:
    days = (notice.received_on - notice.signed_on).days
    return when(
        days > p.mandate_receipt_days,
        signed_on=notice.signed_on,
        received_on=notice.received_on,
        days=days,
        allowed=p.mandate_receipt_days,
    )


@finds(reasons.OTHER_MANDATE_ACTIVE, scope=MEMBER, default=SECOND_CHECK)
def other_mandate_active(notice: Notice, case: Identified, p: Parameters) -> Looked | None:
    if case.part.facts["covered_by"]:
        return None
    references = [each.reference for each in other_accounts(notice, case)]
    return when(bool(references), references=references)


# What is done


@PROCESS.proposes
def record(notice: Notice, part: Part, case: Identified, p: Parameters) -> tuple[actions.Action, ...]:
    """Record it and confirm it by letter; a recurring one takes the place of recurring ones for other accounts."""
    at = {"contract": case.member.number, "claim": actions.MANDATE}
    if part.facts["covered_by"]:
        return (actions.FileNotice(**at),)
    replaced = [
        actions.RevokeMandate(**at, reference=each.reference)
        for each in other_accounts(notice, case)
        if each.recurrence is Recurrence.RECURRING and notice.recurrence == each.recurrence.value
    ]
    mandate = actions.RecordMandate(**at, creditor=p.creditor_identifier)
    return (mandate, *replaced, actions.SendLetter(**at, template=CONFIRMATION))
