"""Question kinds as fields of a page: which control each has, and what a browser should know about it."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from dunkelwerk.dialogues.forms.language import Question
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.i18n import _

FOLDER: Final = "portal/questions"
UNKNOWN: Final = "unknown"
YES: Final = "yes"


class Look(Struct, frozen=True, kw_only=True):
    """How one line is typed: ``machine``: no spelling help; ``capitals``: the keyboard shows capitals."""

    type: str = "text"
    mode: str = ""
    width: str = ""
    machine: bool = False
    capitals: bool = False
    autocomplete: str = "off"


TEMPLATES: Final = {
    "yes_no": "choice",
    "one_of": "choice",
    "some_of": "choice",
    "long_text": "lines",
    "date": "parts",
    "address": "parts",
    "declaration": "declaration",
    "person_list": "persons",
    "upload": "upload",
}
LOOKS: Final = {
    "short_text": Look(),
    "signature": Look(autocomplete="name", machine=True),
    "time": Look(type="time", width="width-8"),
    "amount": Look(mode="decimal", width="width-8", machine=True),
    "number": Look(mode="numeric", width="width-4", machine=True),
    "iban": Look(width="code", machine=True, capitals=True),
    "tax_id": Look(mode="numeric", width="width-16 code", machine=True),
    "kvnr": Look(width="width-16 code", machine=True, capitals=True),
    "pension_number": Look(width="width-16 code", machine=True, capitals=True),
    "phone": Look(type="tel", width="width-16", autocomplete="tel", machine=True),
    "e_mail": Look(type="email", autocomplete="email", machine=True),
}
#: kinds that are several fields under one heading
GROUPED: Final = frozenset({"date", "address"})


def template_of(question: Question) -> str:
    """The template of a question's field."""
    return f"{FOLDER}/{TEMPLATES.get(question.kind, 'line')}.html"


def look_of(question: Question) -> Look:
    """How it is typed; an ordinary line where nothing is special about it."""
    return LOOKS.get(question.kind, Look())


class Choice(Struct, frozen=True, kw_only=True):
    """One answer to choose."""

    value: str
    label: str
    id: str
    hint: str = ""
    checked: bool = False
    is_unknown: bool = False


class PartOf(Struct, frozen=True, kw_only=True):
    """One field of a date or an address."""

    name: str
    label: str
    value: str
    shape: str
    mode: str = ""
    autocomplete: str = "off"
    invalid: bool = False


def parts_of(question: Question) -> list[tuple[str, str, str, str]]:
    """The fields of a date or an address: suffix of the name, label, shape, keyboard."""
    if question.kind == "date":
        return [
            ("day", _("Tag"), "day", "numeric"),
            ("month", _("Monat"), "month", "numeric"),
            ("year", _("Jahr"), "year", "numeric"),
        ]
    return [
        ("street", _("Straße"), "long", ""),
        ("house_number", _("Hausnummer"), "short", ""),
        ("postal_code", _("Postleitzahl"), "short", ""),
        ("city", _("Ort"), "long", ""),
        ("country", _("Land"), "country", ""),
    ]


def options_of(question: Question, say: Any) -> list[tuple[str, str, str]]:
    """The answers to choose from: value, label, hint."""
    if question.kind == "yes_no":
        return [(YES, _("Ja"), ""), ("no", _("Nein"), "")]
    return [(option.name, say(option.label), say(option.hint)) for option in question.options]


def hint_of(question: Question) -> str:
    """The hint that a kind has by itself, where the type says nothing."""
    hints = {
        "date": _("Zum Beispiel 24 12 {year}").format(year=business_day().year - 1),
        "iban": _("Sie finden sie auf Ihrer Bankkarte oder dem Kontoauszug. Leerzeichen stören nicht."),
        "tax_id": _("11 Ziffern. Leerzeichen stören nicht."),
        "kvnr": _("Ein Buchstabe und neun Ziffern; sie steht auf der Gesundheitskarte."),
        "amount": _("In Euro, zum Beispiel 312,50"),
        "some_of": _("Sie können mehrere Antworten wählen."),
    }
    return hints.get(question.kind, "")
