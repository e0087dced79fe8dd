"""Dates, times, amounts, numbers, as people in Germany write them. Pure."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from dunkelwerk.decisions.money import LARGEST, cents, euros
from dunkelwerk.dialogues.forms.kind import EMPTY, Fields, Kind, Result, fault
from dunkelwerk.dialogues.forms.language import PrefillField, Question
from dunkelwerk.dialogues.forms.posted import Posted, joined, say
from dunkelwerk.infra.i18n import _

FIRST_YEAR, LAST_YEAR = 1900, 2199
PARTS: Final = ("day", "month", "year")
_CELL_DATE: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})|(\d{1,2})\.(\d{1,2})\.(\d{4})", re.A)
_SHORT: Final = re.compile(r"[0-9]{1,2}")
_YEAR: Final = re.compile(r"[0-9]{4}")
_TIME: Final = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(?:uhr)?")
#: 1.234,50 with points for thousands; 1234,5; 1234.50 as on an English keyboard
_GERMAN: Final = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{3}){1,4}|-?[0-9]{1,15})(?:,([0-9]{1,2}))?")
_ENGLISH: Final = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,2}")
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}|-?[0-9]{1,3}(?:\.[0-9]{3}){1,4}")


class Date(Kind):
    """A day in three fields: ``NAME.day``, ``NAME.month``, ``NAME.year``. Stored as ``2026-03-02``."""

    type = "date"

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        texts = {part: posted.text(f"{name}.{part}").rstrip(".") for part in PARTS}
        if not any(texts.values()):
            return EMPTY
        for part in PARTS:
            if sentence := _flaw_of(part, texts[part]):
                return fault(question, f"{name}.{part}", sentence)
        try:
            return date(*(int(texts[part]) for part in reversed(PARTS))).isoformat()
        except ValueError:
            return fault(question, f"{name}.day", _("Diesen Tag gibt es nicht. Bitte prüfen Sie Tag und Monat."))

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return f"{self.typed(value):%d.%m.%Y}"

    def fields(self, value: Any, name: str) -> Fields:
        year, month, day = value.split("-")
        return {f"{name}.day": [day], f"{name}.month": [month], f"{name}.year": [year]}

    def typed(self, value: Any) -> date:
        return date.fromisoformat(value)

    def first_field(self, name: str) -> str:
        return f"{name}.day"

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie Tag, Monat und Jahr ein.")

    def cell_fields(self, text: str) -> Fields:
        match = _CELL_DATE.fullmatch(text.strip())
        if match is None:
            return {"x.day": [text]}
        day, month, year = match.groups()[3:]
        found = (match["day"] or day, match["month"] or month, match["year"] or year)
        return {f"x.{part}": [text] for part, text in zip(PARTS, found, strict=True)}


def _flaw_of(part: str, text: str) -> str | None:
    """What is wrong with day, month or year alone."""
    if part == "year":
        if not text:
            return _("Bitte tragen Sie auch das Jahr ein.")
        if not _YEAR.fullmatch(text):
            return _("Bitte tragen Sie das Jahr mit vier Ziffern ein, zum Beispiel 2026.")
        inside = FIRST_YEAR <= int(text) <= LAST_YEAR
        return None if inside else _("Bitte prüfen Sie das Jahr.")
    if part == "month":
        if not text:
            return _("Bitte tragen Sie auch den Monat ein.")
        inside = bool(_SHORT.fullmatch(text)) and 1 <= int(text) <= 12
        return None if inside else _("Bitte tragen Sie den Monat als Zahl von 1 bis 12 ein.")
    if not text:
        return _("Bitte tragen Sie auch den Tag ein.")
    inside = bool(_SHORT.fullmatch(text)) and 1 <= int(text) <= 31
    return None if inside else _("Bitte tragen Sie den Tag als Zahl von 1 bis 31 ein.")


class Time(Kind):
    """A time of day, stored as ``08:30``."""

    can_be_prefilled = False

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        text = posted.text(name).lower().replace(" ", "")
        if not text:
            return EMPTY
        match = _TIME.fullmatch(text)
        hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
        if hour > 23 or minute > 59:
            return fault(question, name, _("Bitte tragen Sie die Uhrzeit so ein: 14:30."))
        return f"{hour:02d}:{minute:02d}"

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return _("{time} Uhr").format(time=value)

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie die Uhrzeit so ein: 14:30.")


class Amount(Kind):
    """Euros, stored as ``312.50``."""

    type = "decimal"

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        text = posted.text(name).replace(" ", "").removesuffix("€").lower().removesuffix("eur").removesuffix("euro")
        if not text:
            return EMPTY
        amount = parse_amount(text)
        if amount is None or abs(amount) > LARGEST:
            return fault(question, name, _("Bitte tragen Sie einen Betrag ein, zum Beispiel 312,50."))
        least, most = _bound(question.minimum), _bound(question.maximum)
        if least is None and amount < 0:
            return fault(question, name, _("Bitte tragen Sie den Betrag ohne Minuszeichen ein."))
        return _outside(question, name, amount, least, most) or f"{amount:.2f}"

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return euros(Decimal(value))

    def fields(self, value: Any, name: str) -> Fields:
        return {name: [value.replace(".", ",")]}

    def typed(self, value: Any) -> Decimal:
        return Decimal(value)

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie einen Betrag ein, zum Beispiel 312,50.")


def parse_amount(text: str) -> Decimal | None:
    """``1.234,50``, ``1234,5`` or ``1234.50`` without blanks; None for anything else."""
    if match := _GERMAN.fullmatch(text):
        return cents(Decimal(f"{match[1].replace('.', '')}.{match[2] or 0}"))
    return cents(Decimal(text)) if _ENGLISH.fullmatch(text) else None


def _bound(limit: int | str | None) -> Decimal | None:
    return None if limit is None else Decimal(limit)


def _outside(
    question: Question, name: str, value: Decimal | int, least: Decimal | None, most: Decimal | None
) -> Any | None:
    """The fault of a value below or above its limits, or None."""
    written = euros if question.kind == "amount" else _plain
    if least is not None and value < least:
        return fault(question, name, _("Bitte tragen Sie mindestens {least} ein.").format(least=written(least)))
    if most is not None and value > most:
        return fault(question, name, _("Bitte tragen Sie höchstens {most} ein.").format(most=written(most)))
    return None


def _plain(value: Decimal) -> str:
    return f"{value:f}"


class Number(Kind):
    """A whole number."""

    type = "integer"

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        text = posted.text(name).replace(" ", "")
        if not text:
            return EMPTY
        if not _WHOLE.fullmatch(text):
            return fault(question, name, self.wanted(question))
        value = int(text.replace(".", ""))
        least = _bound(question.minimum)
        if least is None and value < 0:
            return fault(question, name, _("Bitte tragen Sie die Zahl ohne Minuszeichen ein."))
        return _outside(question, name, value, least, _bound(question.maximum)) or value

    def show(self, question: Question | PrefillField, value: Any) -> str:
        unit = say(question.unit) if isinstance(question, Question) else ""
        return joined((str(value), unit), " ")

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie eine ganze Zahl ein.")
