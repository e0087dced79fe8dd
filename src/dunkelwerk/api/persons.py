"""Whom a dialogue asks, as a request says it: the same rules as for a row of an import, in the API's words."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from dunkelwerk.api.problems import Problem
from dunkelwerk.dialogues.importing.candidates import CONTROL, LONGEST, LONGEST_TEXT, OLDEST, UNREADABLE
from dunkelwerk.dialogues.records import Person

#: no letter without them; the other parts of an address may be known to whoever sends it
NEEDED = ("external_id", "last_name")
#: as long as any type may give
LONGEST_TERM = timedelta(days=730)
#: they turn the direction of what follows, and with it what a reader sees
DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def read_person(fields: Mapping[str, Any], *, on: date) -> Person:
    """The person; spaces in names are evened out. Raises Problem naming what does not fit, without its value."""
    cells = {name: value for name, value in fields.items() if isinstance(value, str)}
    faults = [*text_faults(cells), *person_faults(fields, cells, on)]
    if faults:
        raise Problem(422, "; ".join(faults))
    return msgspec.convert({**fields, **{name: even(cell) for name, cell in cells.items()}}, Person)


def even(text: str) -> str:
    """A text with single spaces, and none around it."""
    return " ".join(text.split())


def text_faults(cells: Mapping[str, str]) -> Iterator[str]:
    """Characters that no letter can show, or that mislead."""
    for name, cell in cells.items():
        if CONTROL.search(cell) or DIRECTION.search(cell):
            yield f"{name}: control characters (e.g. NUL) and direction marks are not allowed."
        elif UNREADABLE in cell:
            yield f"{name}: an unreadable character (U+FFFD) is not allowed."


def person_faults(fields: Mapping[str, Any], cells: Mapping[str, str], on: date) -> Iterator[str]:
    """What is missing, too long, or no birth date of anybody alive."""
    for name, cell in cells.items():
        longest = LONGEST.get(name, LONGEST_TEXT)
        if name in NEEDED and not even(cell):
            yield f"{name}: it must not be blank."
        elif len(even(cell)) > longest:
            yield f"{name}: at most {longest} characters."
    if cells["external_id"] != even(cells["external_id"]):
        yield "external_id: no spaces around it, and no two in a row."
    if not OLDEST <= fields["birth_date"] <= on:
        yield f"birth_date: a day from {OLDEST} until today is expected."


def ensure_term(valid_until: date | None, *, on: date) -> None:
    """Raise Problem for a last day that is further away than any type allows."""
    if valid_until is not None and valid_until > on + LONGEST_TERM:
        raise Problem(422, f"valid_until: at most {LONGEST_TERM.days} days from today.")


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
