"""Whether a change to the register can be, and what it is in full: texts trimmed, what is not named kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from dunkelwerk.decisions.decision import Action
from dunkelwerk.decisions.money import amount_fault, cents
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.credit_protection import actions
from dunkelwerk.lines.credit_protection.casefile import Arrears, Contract, Payee, Person
from dunkelwerk.lines.credit_protection.intake.checks import is_iban
from dunkelwerk.lines.credit_protection.loader import LoadedCase

COUNTRY = re.compile(r"[A-Z]{2}")
GERMAN_CODE = re.compile(r"[0-9]{5}")
#: as long as a payment or an address on an envelope can take it
LONGEST = {"name": 140, "reference": 140, "street": 70, "house_number": 16, "postal_code": 16, "city": 35}


def compose(case: LoadedCase, wanted: Sequence[Action], *, today: date) -> tuple[Action, ...]:
    """The one change in full; raises CommandError, in one sentence, for what cannot be, and for what changes nothing.

    ``today`` is the business day on which it was recorded.
    """
    (action,) = wanted
    contract = next((each for each in case.file.contracts if each.number == getattr(action, "contract", None)), None)
    if contract is None:
        raise CommandError(_("Diesen Vertrag enthält die Akte nicht."))
    match action:
        case actions.RecordRecovery():
            return (recovery(case, action, today),)
        case actions.SetPayee():
            return (payee(contract, action),)
        case actions.BlockAccount():
            return (block(contract, action, today),)
        case actions.SetArrears():
            return (arrears(contract, action, today),)
        case actions.SetRecourse():
            return (recourse(contract, action),)
        case actions.SetAddress():
            return (address(case, action),)
    raise CommandError(_("Dieser Geschäftsvorfall wird nicht ins Register eingetragen."))


def recovery(case: LoadedCase, action: actions.RecordRecovery, today: date) -> actions.RecordRecovery:
    """The day lies within the claim, and not in the future."""
    row = case.rows.get((action.contract, action.claim or ""))
    if row is None:
        message = _("Den Leistungsfall {claim} gibt es im Vertrag {contract} nicht.")
        raise CommandError(message.format(claim=action.claim, contract=action.contract))
    where = f"{action.contract}/{action.claim}"
    if action.on == row.claim.recovered_on:
        raise unchanged(where)
    if action.on is not None:
        ensure_past(action.on, today, what=_("Das Ende"))
        if action.on < row.claim.onset:
            message = _("Das Ende liegt vor dem Eintritt des Leistungsfalls {where} am {onset:%d.%m.%Y}.")
            raise CommandError(message.format(where=where, onset=row.claim.onset))
    return action


def payee(contract: Contract, action: actions.SetPayee) -> actions.SetPayee:
    """A name, an account that can be, and a difference; what is not named stays as it was."""
    before = contract.payee or Payee()
    name = before.name if action.name is None else text("name", action.name)
    reference = before.reference if action.reference is None else text("reference", action.reference)
    account = before.iban if action.iban is None else "".join(action.iban.split()).upper()
    if not name:
        raise CommandError(_("Der Zahlungsempfänger braucht einen Namen (--name)."))
    if account is not None and not is_iban(account):
        raise CommandError(_("Das ist keine gültige IBAN (Prüfziffer oder Länge); bitte noch einmal abtippen."))
    after = msgspec.structs.replace(action, name=name, iban=account, reference=reference or None)
    if (before.name, before.iban, before.reference) == (after.name, after.iban, after.reference):
        raise unchanged(contract.number)
    return after


def block(contract: Contract, action: actions.BlockAccount, today: date) -> actions.BlockAccount:
    """There is an account to block, since a day that was."""
    if contract.payee is None:
        raise CommandError(_("Der Vertrag {contract} hat keinen Zahlungsempfänger.").format(contract=contract.number))
    if contract.payee.blocked_since == action.since:
        raise unchanged(contract.number)
    if action.since is not None:
        ensure_past(action.since, today, what=_("Der Beginn der Sperre"))
        ensure_within(action.since, contract, what=_("Der Beginn der Sperre"))
    return action


def arrears(contract: Contract, action: actions.SetArrears, today: date) -> actions.SetArrears:
    """A reminder that went out, and a deadline after it."""
    if (action.reminded_on is None) != (action.deadline is None):
        raise CommandError(_("Ein Beitragsrückstand braucht beides: den Tag der Mahnung und die Frist."))
    before = contract.arrears
    if action.reminded_on is None or action.deadline is None:
        if before is None:
            raise unchanged(contract.number)
        return action
    if before == Arrears(reminded_on=action.reminded_on, deadline=action.deadline):
        raise unchanged(contract.number)
    ensure_past(action.reminded_on, today, what=_("Die Mahnung"))
    ensure_within(action.reminded_on, contract, what=_("Die Mahnung"))
    if action.deadline < action.reminded_on:
        raise CommandError(_("Die Frist endet vor der Mahnung."))
    return action


def recourse(contract: Contract, action: actions.SetRecourse) -> actions.SetRecourse:
    """Euros and cents, none below zero."""
    if fault := amount_fault(action.amount):
        raise CommandError(_("Offener Regress: {fault}.").format(fault=fault))
    if action.amount == contract.recourse_open:
        raise unchanged(contract.number)
    return msgspec.structs.replace(action, amount=cents(action.amount))


def address(case: LoadedCase, action: actions.SetAddress) -> actions.SetAddress:
    """Street, code and town; a German code has five digits."""
    person = next((each for each in case.file.persons if each.id == action.person), None)
    if person is None:
        raise CommandError(_("Die Person {person} gibt es nicht.").format(person=action.person))
    said = {name: text(name, getattr(action, name) or "") or None for name in address_fields()}
    for name in ("street", "postal_code", "city"):
        if said[name] is None:
            raise CommandError(_("In der Anschrift fehlt: {field}.").format(field=called(name)))
    country = (action.country or "DE").strip().upper()
    if not COUNTRY.fullmatch(country):
        raise CommandError(_("Das Land wird mit zwei Buchstaben angegeben, z. B. DE."))
    if country == "DE" and not GERMAN_CODE.fullmatch(said["postal_code"] or ""):
        raise CommandError(_("Eine deutsche Postleitzahl hat fünf Ziffern."))
    after = msgspec.structs.replace(action, **said, country=country)
    if address_of(person) == address_of(after):
        raise unchanged(person.id)
    return after


def address_fields() -> tuple[str, ...]:
    """The parts of an address but the country."""
    return "street", "house_number", "postal_code", "city"


def address_of(holder: Person | actions.SetAddress) -> tuple[Any, ...]:
    """What makes two addresses the same; no country is Germany."""
    return (*(getattr(holder, name) for name in address_fields()), holder.country or "DE")


def text(name: str, said: str) -> str:
    """A text without blanks around it; raises CommandError for one that no letter or payment can take."""
    clean = " ".join(said.split())
    if len(clean) > LONGEST[name] or not clean.isprintable():
        message = _("{field}: höchstens {longest} druckbare Zeichen.")
        raise CommandError(message.format(field=called(name), longest=LONGEST[name]))
    return clean


def called(name: str) -> str:
    """What a field is called."""
    words = {
        "name": _("Name"),
        "reference": _("Verwendungszweck"),
        "street": _("Straße"),
        "house_number": _("Hausnummer"),
        "postal_code": _("Postleitzahl"),
        "city": _("Ort"),
    }
    return words[name]


def ensure_past(day: date, today: date, *, what: str) -> None:
    """Raise CommandError for a day that is still to come."""
    if day > today:
        message = _("{what} liegt in der Zukunft ({day:%d.%m.%Y}; heute ist der {today:%d.%m.%Y}).")
        raise CommandError(message.format(what=what, day=day, today=today))


def ensure_within(day: date, contract: Contract, *, what: str) -> None:
    """Raise CommandError for a day before the contract began."""
    if day < contract.start:
        message = _("{what} liegt vor dem Beginn des Vertrags {contract} am {start:%d.%m.%Y}.")
        raise CommandError(message.format(what=what, contract=contract.number, start=contract.start))


def unchanged(where: str) -> CommandError:
    """The sentence for a change that changes nothing."""
    return CommandError(_("Zu {where} steht das schon so im Register; nichts wurde geändert.").format(where=where))
