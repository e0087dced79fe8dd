"""Whom a dialogue asks, as a request says it: the same rules as for a row of an import, in the API's words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from dunkelwerk.api.problems import Problem
from dunkelwerk.dialogues import persons
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.persons import even
from dunkelwerk.dialogues.records import Person

#: no letter without them; the other parts of an address may be known to whoever sends it
NEEDED = ("external_id", "last_name")
#: by what is wrong with a text
WORDS = {
    "unreadable": "{name}: an unreadable character (U+FFFD) is not allowed.",
    "control": "{name}: control characters (e.g. NUL) are not allowed.",
    "invisible": "{name}: invisible characters and direction marks are not allowed.",
    "missing": "{name}: it must not be blank.",
    "long": "{name}: at most {limit} characters.",
    "no_letter": "{name}: a name with at least one letter is expected.",
    "postal_code": "{name}: five digits are expected; one of another country with its sign, e.g. A-1010.",
}


def read_person(fields: Mapping[str, Any], *, on: date) -> Person:
    """The person; spaces in names are evened out. Raises Problem naming what does not fit, without its value."""
    cells = {name: value for name, value in fields.items() if isinstance(value, str)}
    faults = [*text_faults(cells), *person_faults(fields, cells, on)]
    if faults:
        raise Problem(422, "; ".join(faults))
    return msgspec.convert({**fields, **{name: even(cell) for name, cell in cells.items()}}, Person)


def text_faults(cells: Mapping[str, str]) -> Iterator[str]:
    """Characters that no letter can show, or that mislead."""
    return map(in_words, persons.character_flaws(cells))


def person_faults(fields: Mapping[str, Any], cells: Mapping[str, str], on: date) -> Iterator[str]:
    """What is missing, too long, or no birth date of anybody alive."""
    evened = {name: even(cell) for name, cell in cells.items()}
    yield from map(in_words, persons.person_flaws(evened, needed=NEEDED))
    if cells["external_id"] != evened["external_id"]:
        yield "external_id: no spaces around it, and no two in a row."
    if not persons.is_birth_date(fields["birth_date"], on=on):
        yield f"birth_date: a day from {persons.OLDEST} until today is expected."


def in_words(flaw: persons.Flaw) -> str:
    """What is wrong with a field, in one sentence."""
    return WORDS[flaw.kind].format(name=flaw.field, limit=flaw.limit)


def secret_faults(form: DialogueType, person: Person) -> Iterator[str]:
    """A second secret that the person does not have: nobody could log in."""
    if form.second_secret == "postal_code" and not person.postal_code:
        yield f"postal_code: the type {form.name} asks for it at the login; it must not be blank."


def ensure_term(valid_until: date | None, *, on: date) -> None:
    """Raise Problem for a last day that is further away than any type allows."""
    if valid_until is not None and not persons.is_within_term(valid_until, on=on):
        raise Problem(422, f"valid_until: at most {persons.LONGEST_TERM.days} days from today.")


def read_cells(prefill: Mapping[str, Any]) -> dict[str, str]:
    """Prefilled values as the cells of a file; raises Problem for one that no cell can be."""
    cells = {f"prefill.{name}": written(name, value) for name, value in prefill.items()}
    if faults := list(text_faults(cells)):
        raise Problem(422, "; ".join(faults))
    return {name: cells[f"prefill.{name}"] for name in prefill}


def written(name: str, value: Any) -> str:
    """A text, number, or yes/no as a file has it; raises Problem."""
    if isinstance(value, Mapping | list) or (isinstance(value, float) and not math.isfinite(value)):
        raise Problem(422, f"prefill.{name}: a text, a number, true, false or null is expected.")
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
