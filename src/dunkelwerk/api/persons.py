"""Whom a dialogue asks, as a request says it: the same rules as for a row of an import, in the API's words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from dunkelwerk.api.problems import Fault
from dunkelwerk.dialogues import persons
from dunkelwerk.dialogues.enrolling import Newcomer, key_fault, key_of
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.forms.prefilling import check_prefill
from dunkelwerk.dialogues.persons import even
from dunkelwerk.dialogues.records import Person
from dunkelwerk.lines.registry import processes

#: no letter without them; the other parts of an address may be known to whoever sends it
NEEDED = ("external_id", "last_name")
#: by what is wrong with a text
WORDS = {
    "unreadable": "An unreadable character (U+FFFD) is not allowed.",
    "control": "Control characters (e.g. NUL) are not allowed.",
    "invisible": "Invisible characters and direction marks are not allowed.",
    "missing": "It must not be blank.",
    "long": "At most {limit} characters are allowed.",
    "no_letter": "A name with at least one letter is expected.",
    "postal_code": "Five digits are expected; one of another country with its sign, e.g. A-1010.",
}
#: by what is wrong with a prefilled value
PREFILL_WORDS = {
    "unknown": "The type has no such value.",
    "missing": "The type needs it; it must not be blank.",
    "unfit": "A value of the kind {expected} is expected.",
}


def person_of(fields: Mapping[str, Any]) -> Person:
    """The person; spaces in names are evened out. ``person_faults`` found nothing."""
    return msgspec.convert(
        {name: even(value) if isinstance(value, str) else value for name, value in fields.items()}, Person
    )


def person_faults(fields: Mapping[str, Any], *, on: date) -> Iterator[Fault]:
    """Characters that no letter can show, what is missing or too long, no birth date of anybody alive."""
    cells = {name: value for name, value in fields.items() if isinstance(value, str)}
    evened = {name: even(cell) for name, cell in cells.items()}
    yield from map(in_words, persons.character_flaws(cells))
    yield from map(in_words, persons.person_flaws(evened, needed=NEEDED))
    if cells["external_id"] != evened["external_id"]:
        yield Fault("external_id", "No spaces around it are allowed, and no two in a row.")
    if not persons.is_birth_date(fields["birth_date"], on=on):
        yield Fault("birth_date", f"A day from {persons.OLDEST} until today is expected.")


def in_words(flaw: persons.Flaw) -> Fault:
    """What is wrong with a field, in one sentence."""
    return Fault(flaw.field, WORDS[flaw.kind].format(limit=flaw.limit))


def secret_faults(form: DialogueType, postal_code: str) -> Iterator[Fault]:
    """A second secret that the person does not have: nobody could log in."""
    if form.second_secret == "postal_code" and not postal_code.strip():
        yield Fault("postal_code", f"The type {form.name} asks for it at the login; it must not be blank.")


def term_faults(valid_until: date | None, *, on: date) -> Iterator[Fault]:
    """A last day that is over, or further away than any type allows."""
    if valid_until is not None and not (on <= valid_until and persons.is_within_term(valid_until, on=on)):
        yield Fault("valid_until", f"A day from today until {persons.LONGEST_TERM.days} days from today is expected.")


def read_values(form: DialogueType, prefill: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Prefilled values as they are stored, and what is wrong with the others."""
    cells, faults = read_cells(prefill)
    wrong = {each.field for each in faults}
    values, flaws = check_prefill(form, cells)
    faults += [
        Fault(each.name, PREFILL_WORDS[each.kind].format(expected=each.expected))
        for each in flaws
        if each.name not in wrong
    ]
    return values, faults


def read_cells(prefill: Mapping[str, Any]) -> tuple[dict[str, str], list[Fault]]:
    """Prefilled values as the cells of a file, and what is wrong with those that no cell can hold."""
    faults = [
        Fault(f"prefill.{name}", "A text, a number, true, false or null is expected.")
        for name, value in prefill.items()
        if not is_cell(value)
    ]
    cells = {f"prefill.{name}": written(value) for name, value in prefill.items() if is_cell(value)}
    faults += map(in_words, persons.character_flaws(cells))
    return {name.removeprefix("prefill."): cell for name, cell in cells.items()}, faults


def is_cell(value: Any) -> bool:
    """Whether a cell of a file can hold a value."""
    return not isinstance(value, Mapping | list) and not (isinstance(value, float) and not math.isfinite(value))


def written(value: Any) -> str:
    """A text, number, or yes/no as a file has it."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def key_faults(form: DialogueType, person: Person, values: Mapping[str, Any]) -> Iterator[Fault]:
    """A key of the case file that no inbox takes; it comes from one of the values, or is the external_id."""
    newcomer = Newcomer(person, values)
    if fault := key_fault(form, newcomer):
        process = processes()[form.process]
        key = key_of(form.notice.get(process.line.key), newcomer)
        field = next((f"prefill.{name}" for name, value in values.items() if str(value) == key), "external_id")
        yield Fault(field, f"{fault[:1].upper()}{fault[1:]}.")
