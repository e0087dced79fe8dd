"""Identifiers and ways to reach somebody: IBAN, tax ID, KVNR, pension number, phone, e-mail, address. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

from dunkelwerk.decisions.identifiers import compact, is_iban, is_kvnr, is_pension_number, is_tax_id
from dunkelwerk.dialogues.forms.iban import bank_name, grouped, is_doubtful
from dunkelwerk.dialogues.forms.kind import EMPTY, Fields, Kind, Result, fault
from dunkelwerk.dialogues.forms.language import PrefillField, Question
from dunkelwerk.dialogues.forms.posted import Fault, Posted, joined
from dunkelwerk.infra.i18n import _

ADDRESS: Final = ("street", "house_number", "postal_code", "city", "country")
LONGEST: Final = {"street": 100, "house_number": 20, "postal_code": 12, "city": 100, "country": 2}
HOME: Final = "DE"
_GERMAN_CODE: Final = re.compile(r"[0-9]{5}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_PHONE: Final = re.compile(r"\+?[0-9]{5,17}")
_PHONE_SIGNS: Final = re.compile(r"[\s()/.\-–]+")
_MAILBOX: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@(?P<domain>[^\s@<>()\[\],;:\\\"]{1,251})")
_DOMAIN: Final = re.compile(r"(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_](?:[\w-]{0,61}[\w])")
LONGEST_MAILBOX: Final = 254


class Iban(Kind):
    """An account, stored compact; a bank's own account check is a doubt, no fault."""

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        iban = compact(posted.text(name))
        if not iban or is_iban(iban):
            return iban or EMPTY
        sentence = _("Diese IBAN stimmt nicht. Bitte vergleichen Sie sie mit Ihrer Bankkarte oder einem Kontoauszug.")
        return fault(question, name, sentence)

    def show(self, question: Question | PrefillField, value: Any) -> str:
        bank = bank_name(value)
        return f"{grouped(value)} ({bank})" if bank else grouped(value)

    def fields(self, value: Any, name: str) -> Fields:
        return {name: [grouped(value)]}

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie die IBAN ein. Sie steht auf Ihrer Bankkarte.")

    def doubt(self, value: Any) -> str | None:
        if not is_doubtful(value):
            return None
        return _("Diese Kontonummer ist bei der Bank ungewöhnlich. Bitte prüfen Sie jede Ziffer der IBAN noch einmal.")


class TaxId(Kind):
    """The tax identification number: eleven digits."""

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        number = compact(posted.text(name))
        if not number or is_tax_id(number):
            return number or EMPTY
        return fault(question, name, _flaw_of_tax_id(number))

    def show(self, question: Question | PrefillField, value: Any) -> str:
        """In the groups of the tax office's letters: ``86 095 742 719``."""
        return f"{value[:2]} {value[2:5]} {value[5:8]} {value[8:]}"

    def fields(self, value: Any, name: str) -> Fields:
        return {name: [f"{value[:2]} {value[2:5]} {value[5:8]} {value[8:]}"]}

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie Ihre Steuer-ID ein: elf Ziffern.")


def _flaw_of_tax_id(number: str) -> str:
    if not (number.isascii() and number.isdigit()) or len(number) != 11:
        return _("Die Steuer-ID hat genau elf Ziffern. Bitte prüfen Sie Ihre Eingabe.")
    return _("Diese Steuer-ID stimmt nicht. Bitte vergleichen Sie jede Ziffer mit Ihrem Steuerbescheid.")


class Kvnr(Kind):
    """The number on the health card: a letter and nine digits."""

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        number = compact(posted.text(name))
        if not number or is_kvnr(number):
            return number or EMPTY
        sentence = _(
            "Diese Versichertennummer stimmt nicht. Sie steht auf der Gesundheitskarte: ein Buchstabe, neun Ziffern."
        )
        return fault(question, name, sentence)

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie die Versichertennummer ein. Sie steht auf der Gesundheitskarte.")


class PensionNumber(Kind):
    """The number of the statutory pension insurance, e.g. ``65170839J003``."""

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        number = compact(posted.text(name))
        if not number or is_pension_number(number):
            return number or EMPTY
        sentence = _(
            "Diese Rentenversicherungsnummer stimmt nicht. Sie hat acht Ziffern, einen Buchstaben und drei Ziffern."
        )
        return fault(question, name, sentence)

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return f"{value[:2]} {value[2:8]} {value[8]} {value[9:]}"

    def fields(self, value: Any, name: str) -> Fields:
        return {name: [f"{value[:2]} {value[2:8]} {value[8]} {value[9:]}"]}

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie die Rentenversicherungsnummer ein.")


class Phone(Kind):
    """A telephone number, stored as digits, with + for another country's."""

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        text = posted.text(name)
        if not text:
            return EMPTY
        number = _PHONE_SIGNS.sub("", text.replace("(0)", "") if text.startswith(("+", "00")) else text)
        number = f"+{number[2:]}" if number.startswith("00") else number
        if not _PHONE.fullmatch(number):
            return fault(question, name, self.wanted(question))
        return number

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie eine Telefonnummer ein, zum Beispiel 0221 123456.")


class EMail(Kind):
    """An e-mail address."""

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        text = posted.text(name)
        if not text:
            return EMPTY
        match = _MAILBOX.fullmatch(text)
        if match is None or len(text) > LONGEST_MAILBOX or not _DOMAIN.fullmatch(match["domain"]) or ".." in text:
            return fault(question, name, self.wanted(question))
        return text[: match.start("domain")] + match["domain"].lower()

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie eine E-Mail-Adresse ein, zum Beispiel name@beispiel.de.")


class Address(Kind):
    """A postal address in five fields: ``NAME.street`` and so on, as in ``ADDRESS``."""

    type = None
    can_be_prefilled = False

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        found = {part: posted.text(f"{name}.{part}") for part in ADDRESS}
        found["country"] = found["country"].upper() or HOME
        if not any(text for part, text in found.items() if part != "country"):
            return EMPTY
        return _flaw_of_address(question, found, name) or found

    def show(self, question: Question | PrefillField, value: Any) -> str:
        street = joined((value["street"], value["house_number"]), " ")
        city = joined((value["postal_code"], value["city"]), " ")
        return joined((street, city, "" if value["country"] == HOME else value["country"]))

    def fields(self, value: Any, name: str) -> Fields:
        return {f"{name}.{part}": [value[part]] for part in ADDRESS}

    def first_field(self, name: str) -> str:
        return f"{name}.street"

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie die Anschrift ein.")


def _flaw_of_address(question: Question, found: dict[str, str], name: str) -> Fault | None:
    missing = {
        "street": _("Bitte tragen Sie die Straße ein."),
        "postal_code": _("Bitte tragen Sie die Postleitzahl ein."),
        "city": _("Bitte tragen Sie den Ort ein."),
    }
    for part, text in found.items():
        if not text and part in missing:
            return fault(question, f"{name}.{part}", missing[part])
        if len(text) > LONGEST[part]:
            sentence = _("Bitte kürzen Sie auf {longest} Zeichen.").format(longest=LONGEST[part])
            return fault(question, f"{name}.{part}", sentence)
    if not _COUNTRY.fullmatch(found["country"]):
        return fault(question, f"{name}.country", _("Bitte wählen Sie das Land."))
    if found["country"] == HOME and not _GERMAN_CODE.fullmatch(found["postal_code"]):
        return fault(question, f"{name}.postal_code", _("Die Postleitzahl hat fünf Ziffern."))
    return None
