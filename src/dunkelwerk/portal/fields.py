"""What a page shows of each question: a frozen picture for the templates, made of the form and what was typed.

``Builder`` is made for one showing of one page: the visible questions, the texts in their fields (stored ones, or
what was just posted), the faults and warnings that belong to them, and the files that were uploaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from dunkelwerk.dialogues.answers import Attached
from dunkelwerk.dialogues.forms.filling import Fault, Form, Warning
from dunkelwerk.dialogues.forms.iban import bank_name
from dunkelwerk.dialogues.forms.language import Page, Question
from dunkelwerk.dialogues.settings import upload_limits
from dunkelwerk.infra.i18n import _
from dunkelwerk.portal.choices import (
    GROUPED,
    UNKNOWN,
    Choice,
    PartOf,
    hint_of,
    look_of,
    options_of,
    parts_of,
    template_of,
)
from dunkelwerk.portal.countries import countries
from dunkelwerk.portal.rows import read_row, row_numbers
from dunkelwerk.portal.wording import told_size

Texts = Mapping[str, Sequence[str]]
MEBI = 1024 * 1024
LIKE_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")


class File(Struct, frozen=True):
    """An uploaded file as it is listed."""

    id: int
    name: str
    told: str


class Doubt(Struct, frozen=True):
    """A warning to confirm, and whether it was."""

    check: str
    sentence: str
    confirmed: bool


class Row(Struct, frozen=True):
    """One person of a list."""

    number: int
    title: str
    fields: tuple[Field, ...]


class Field(Struct, frozen=True, kw_only=True):
    """One question as a template shows it."""

    name: str
    kind: str
    template: str
    label: str
    #: the legend or label of the control: the question itself, or "Richtig ist:" below a value that is corrected
    caption: str
    hint: str = ""
    #: the hint where it stands at the control and not at the value that is known
    shown_hint: str = ""
    why: str = ""
    text: str = ""
    unit: str = ""
    optional: bool = False
    value: str = ""
    type: str = "text"
    mode: str = ""
    width: str = ""
    autocomplete: str = "off"
    machine: bool = False
    capitals: bool = False
    control: str = "radio"
    choices: tuple[Choice, ...] = ()
    parts: tuple[PartOf, ...] = ()
    countries: tuple[tuple[str, str], ...] = ()
    unknown: bool = False
    is_unknown: bool = False
    note: str = ""
    known: str | None = None
    confirm: str = ""
    confirm_fault: str = ""
    fault: str = ""
    warnings: tuple[Doubt, ...] = ()
    rows: tuple[Row, ...] = ()
    files: tuple[File, ...] = ()
    free: int = 0
    megabytes: int = 0
    #: the number that one more row gets
    next_row: int = 0
    may_add: bool = False
    may_remove: bool = False

    @property
    def error(self) -> str:
        """The id of its fault."""
        return f"{self.name}-error"

    @property
    def confirm_error(self) -> str:
        """The id of the fault of confirming."""
        return f"{self.name}.confirm-error"

    @property
    def described(self) -> str:
        """The ids of what explains it."""
        ids = [(self.text, "-text"), (self.shown_hint, "-hint"), (self.fault, "-error")]
        return " ".join(self.name + end for said, end in ids if said)


class Builder:
    """Makes the fields of one page, once."""

    def __init__(
        self,
        form: Form,
        texts: Texts,
        *,
        faults: Iterable[Fault] = (),
        warnings: Iterable[Warning] = (),
        files: Iterable[Attached] = (),
        extra: str = "",
    ) -> None:
        self.form, self.texts, self.files = form, texts, list(files)
        self.faults = {fault.field: fault.sentence for fault in reversed(list(faults))}
        self.warnings = list(warnings)
        #: the person list that gets one more, empty row
        self.extra = extra

    def fields(self, page: Page) -> list[Field]:
        """The visible questions of a page."""
        return [self.field(question, question.name) for question in self.form.questions(page)]

    def field(self, question: Question, name: str) -> Field:
        """One question, whose fields are posted under ``name``."""
        own = question.name == name
        known = self.known(question) if own else None
        hint = self.form.say(question.hint) or hint_of(question)
        label = self.form.say(question.label)
        optional = not (self.form.required(question) if own else question.required or question.required_if)
        look = look_of(question)
        field = Field(
            name=name,
            kind=question.kind,
            template=template_of(question),
            label=label,
            caption=label if known is None else _("Richtig ist"),
            hint=hint,
            # how to type it stands where it is typed; what to do where it is missing, at what is known
            shown_hint="" if known is not None and optional else hint,
            why=self.form.say(question.why),
            text=self.form.say(question.text),
            unit="€" if question.kind == "amount" else self.form.say(question.unit),
            optional=optional,
            value=self.text(name),
            type=look.type,
            mode=look.mode,
            width=look.width,
            autocomplete=question.autocomplete or (look.autocomplete if own else "off"),
            machine=look.machine,
            capitals=look.capitals,
            unknown=question.unknown,
            is_unknown=bool(self.text(f"{name}.{UNKNOWN}")),
            known=known,
            confirm=self.text(f"{name}.confirm"),
            confirm_fault=self.faults.get(f"{name}.confirm", ""),
            fault=self.fault(question, name),
            warnings=tuple(self.doubts(name)) if own else (),
        )
        return structs.replace(field, **self.special(question, name))

    def special(self, question: Question, name: str) -> dict[str, Any]:
        """What only this kind of question has."""
        if question.kind in ("yes_no", "one_of", "some_of"):
            return self.choices(question, name)
        if question.kind in GROUPED:
            return self.parts(question, name)
        if question.kind == "person_list":
            return self.persons(question)
        if question.kind == "upload":
            return self.uploads(question)
        if question.kind == "iban":
            return {"note": bank_name(compact(self.text(name))) or "", "value": grouped(self.text(name))}
        return {}

    def choices(self, question: Question, name: str) -> dict[str, Any]:
        """The answers to choose from; "weiß ich nicht" is one of them where only one can be chosen."""
        several = question.kind == "some_of"
        options = options_of(question, self.form.say)
        chosen = set(self.texts.get(name, ()))
        if question.unknown and not several:
            options.append((UNKNOWN, _("Weiß ich nicht"), ""))
        found = [
            Choice(
                value=value,
                label=label,
                hint=hint,
                id=name if not at else f"{name}-{value}",
                checked=value in chosen,
                is_unknown=value == UNKNOWN,
            )
            for at, (value, label, hint) in enumerate(options)
        ]
        return {"choices": tuple(found), "control": "checkbox" if several else "radio"}

    def parts(self, question: Question, name: str) -> dict[str, Any]:
        """The fields of a date or an address."""
        found = []
        for end, label, shape, mode in parts_of(question):
            part, wrong = f"{name}.{end}", self.wrong_part(name, end)
            value = self.text(part)
            found.append(PartOf(name=part, label=label, value=value, shape=shape, mode=mode, invalid=wrong))
        named = tuple(countries()) if question.kind == "address" else ()
        return {"parts": tuple(found), "countries": named}

    def persons(self, question: Question) -> dict[str, Any]:
        """The rows of a person list; one empty row where there is none but one is wanted."""
        numbers = row_numbers(self.texts, question.name)
        least = question.min_items or (1 if self.form.required(question) else 0)
        more = self.extra == question.name and (not question.max_items or len(numbers) < question.max_items)
        wanted = max(least, len(numbers) + more)
        numbers += range(number := max(numbers, default=-1) + 1, number + wanted - len(numbers))
        heading = self.form.say(question.item) or _("Person")
        rows = [self.row(question, number, f"{heading} {at}") for at, number in enumerate(numbers, 1)]
        may_add = not question.max_items or len(rows) < question.max_items
        return {
            "rows": tuple(rows),
            "next_row": max(numbers, default=-1) + 1,
            "may_add": may_add,
            "may_remove": len(rows) > least,
        }

    def row(self, question: Question, number: int, title: str) -> Row:
        """One person."""
        values = read_row(question, number, self.texts)
        names = {sub.name for sub in self.form.sub_questions(question, values)}
        shown = [
            self.field(sub, f"{question.name}.{number}.{sub.name}") for sub in question.questions if sub.name in names
        ]
        return Row(number, title, tuple(shown))

    def uploads(self, question: Question) -> dict[str, Any]:
        """The files of an upload."""
        limits = upload_limits()
        found = [
            File(each.id, each.name, told_size(pages=each.pages, size=each.size))
            for each in self.files
            if each.question == question.name
        ]
        free = min(question.max_files or limits.files, limits.files) - len(found)
        return {"files": tuple(found), "free": free, "may_add": free > 0, "megabytes": limits.size // MEBI}

    def known(self, question: Question) -> str | None:
        """What the core system knows, as a person reads it."""
        return None if self.form.prefilled(question) is None else self.form.show_prefilled(question)

    def text(self, name: str) -> str:
        """The first text of a name."""
        texts = self.texts.get(name, ())
        return texts[0] if texts else ""

    def fault(self, question: Question, name: str) -> str:
        """Its sentence, or that of one of its parts."""
        ends = [end for end, *_more in parts_of(question)] if question.kind in GROUPED else []
        names = [name, *(f"{name}.{end}" for end in ends), f"{name}.{UNKNOWN}"]
        return next((self.faults[each] for each in names if each in self.faults), "")

    def wrong_part(self, name: str, end: str) -> bool:
        """Whether this part is what is wrong: the one that is named; where that is empty, every empty one."""
        if name in self.faults or f"{name}.{end}" in self.faults:
            return True
        named = [part for part in self.faults if part.startswith(f"{name}.")]
        return bool(named) and not self.text(named[0]) and not self.text(f"{name}.{end}") and end != "country"

    def doubts(self, name: str) -> Iterable[Doubt]:
        """The warnings to confirm at this question."""
        found = [each for each in self.warnings if each.field == name or each.field.startswith(f"{name}.")]
        return (Doubt(each.check, each.sentence, bool(self.text(f"confirm.{each.check}"))) for each in found)


def compact(iban: str) -> str:
    """An IBAN as it is stored."""
    return iban.replace(" ", "").upper()


def grouped(iban: str) -> str:
    """An IBAN in groups of four, as it is printed everywhere; what does not look like one stays as it was typed."""
    text = compact(iban)
    if not LIKE_IBAN.fullmatch(text):
        return iban
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
