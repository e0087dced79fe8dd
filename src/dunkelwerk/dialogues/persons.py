"""The rules of a person whom a dialogue asks: one set, for a row of an import and a request to the API alike. Pure.

What is wrong is a ``Flaw``; each way in says it in its own language, and none says a value.

Source: docs/dialogues.md section 5.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, Literal
from unicodedata import category

from msgspec import Struct

from dunkelwerk.dialogues.postal import is_postal_code

Kind = Literal["unreadable", "control", "invisible", "missing", "long", "no_letter", "postal_code"]

LONGEST: Final = {"external_id": 200, "postal_code": 12, "house_number": 20, "salutation": 40}
LONGEST_TEXT: Final = 120
OLDEST: Final = date(1890, 1, 1)
#: as long as any type may give
LONGEST_TERM: Final = timedelta(days=730)
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
#: stands where a byte was no letter of the file's encoding
UNREADABLE: Final = "\ufffd"
#: a place to divide a word; it misleads nobody
SOFT_HYPHEN: Final = "\u00ad"
#: nothing is to be seen of them, or each reader sees something else: marks of direction, private, unassigned
INVISIBLE: Final = frozenset({"Cf", "Co", "Cn"})


class Flaw(Struct, frozen=True):
    """What is wrong with a field; ``limit``: how many characters it may have."""

    field: str
    kind: Kind
    limit: int = 0


def even(text: str) -> str:
    """A text with single spaces, and none around it."""
    return " ".join(text.split())


def character_flaws(cells: Mapping[str, str]) -> Iterator[Flaw]:
    """Characters that no column could hold, that were read wrongly, or that nobody sees."""
    for name, cell in cells.items():
        if UNREADABLE in cell:
            yield Flaw(name, "unreadable")
        elif CONTROL.search(cell):
            yield Flaw(name, "control")
        elif has_invisible(cell, allowed="" if name == "external_id" else SOFT_HYPHEN):
            yield Flaw(name, "invisible")


def has_invisible(text: str, *, allowed: str = "") -> bool:
    """Whether a text holds a character that nobody sees: with it, it is another text that looks the same."""
    if text.isascii() or text.isprintable():
        return False
    return any(category(char) in INVISIBLE and char not in allowed for char in text)


def person_flaws(texts: Mapping[str, str], *, needed: Collection[str]) -> Iterator[Flaw]:
    """What is missing, too long, or nothing that a letter could be sent with; the texts are even."""
    for name, text in texts.items():
        longest = LONGEST.get(name, LONGEST_TEXT)
        if not text and name in needed:
            yield Flaw(name, "missing")
        elif len(text) > longest:
            yield Flaw(name, "long", longest)
        elif text and name == "last_name" and not any(map(str.isalpha, text)):
            yield Flaw(name, "no_letter")
        elif text and name == "postal_code" and not is_postal_code(text):
            yield Flaw(name, "postal_code")


def is_birth_date(day: date, *, on: date) -> bool:
    """Whether somebody who lives ``on`` that day may have been born then."""
    return OLDEST <= day <= on


def is_within_term(day: date, *, on: date) -> bool:
    """Whether a last day is no further away than any type allows."""
    return day <= on + LONGEST_TERM
