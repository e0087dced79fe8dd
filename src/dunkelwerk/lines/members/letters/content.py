"""A letter's content: the data that its template is filled with, from the decision. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import Struct

from dunkelwerk.lines import german
from dunkelwerk.lines.address import address_lines, country_of, ensure_alive, full_name, salutation
from dunkelwerk.lines.letter_matter import Missing, UnknownTemplate
from dunkelwerk.lines.members.casefile import CaseFile, Member, Recurrence

CONFIRMATION, WITHDRAWN = "mandate_confirmation", "mandate_withdrawn"
#: until the decision took effect the mandate has no reference
NO_REFERENCE = "noch nicht vergeben"


class Signed(Struct, frozen=True):
    """The part of a notice that letters read."""

    iban: str | None = None
    own_account: bool | None = None
    account_holder: str | None = None
    recurrence: str | None = None
    signed_name: str | None = None
    signed_on: date | None = None


class Act(Struct, frozen=True):
    """The part of an action that letters read."""

    type: str
    contract: str | None = None
    claim: str | None = None
    creditor: str | None = None
    reference: str | None = None


class Matter(Struct, frozen=True):
    """What a letter is made from. ``reference``: the mandate's, None before it has one."""

    file: CaseFile
    acts: tuple[Act, ...]
    notice: Signed
    reference: str | None
    on: date


def content(matter: Matter, *, template: str, recipient: Member | None, legal_entity: str) -> dict[str, Any]:
    """What a letter says; ``recipient`` None: as the case file has the member.

    Raises AddressFault, UnknownTemplate, and Missing where the decision lacks what the letter is about.
    """
    if template not in TELLERS:
        raise UnknownTemplate(template)
    to = recipient or matter.file.member
    ensure_alive(to)
    frame = {
        "recipient": address_lines(to),
        "name": full_name(to),
        "country": country_of(to),
        "salutation": salutation(to),
        "date": german.day(matter.on),
        "contract": matter.file.member.number,
        "contract_label": "Mitgliedsnummer",
        "claim": matter.reference or NO_REFERENCE,
        "claim_label": "Mandatsreferenz",
        "legal_entity": legal_entity,
    }
    return frame | TELLERS[template](matter)


def confirm(matter: Matter) -> dict[str, Any]:
    """The content of ``mandate_confirmation.typ``."""
    notice, member = matter.notice, matter.file.member
    record = next((each for each in matter.acts if each.type == "record_mandate"), None)
    if record is None or notice.iban is None or notice.signed_on is None or notice.recurrence is None:
        raise Missing("das Mandat")
    replaced = [each.reference for each in matter.acts if each.type == "revoke_mandate" and each.reference]
    return {
        "subject": "Ihr SEPA-Lastschriftmandat ist gespeichert",
        "reference": matter.reference or NO_REFERENCE,
        "creditor": record.creditor,
        "iban": german.masked_iban(notice.iban),
        "holder": full_name(member) if notice.own_account else notice.account_holder,
        "own_account": notice.own_account is True,
        "recurring": notice.recurrence == Recurrence.RECURRING.value,
        "signed_name": notice.signed_name,
        "signed_on": german.day(notice.signed_on),
        "replaced": german.listed(replaced) if replaced else None,
    }


def withdraw(matter: Matter) -> dict[str, Any]:
    """The content of ``mandate_withdrawn.typ``."""
    if matter.reference is None:
        raise Missing("die Mandatsreferenz")
    mandate = next((each for each in matter.file.mandates if each.reference == matter.reference), None)
    return {
        "subject": "Ihr SEPA-Lastschriftmandat gilt nicht mehr",
        "reference": matter.reference,
        "iban": mandate and german.masked_iban(mandate.iban),
    }


TELLERS: dict[str, Callable[[Matter], dict[str, Any]]] = {CONFIRMATION: confirm, WITHDRAWN: withdraw}
