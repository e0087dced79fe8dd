"""Comparing names as a clerk would: spelling of umlauts, titles, dashes and case do not matter.

Source: docs/rules.md section 2, in exactly that order.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = str.maketrans("", "", "'’‘´ʼ`")
LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"}
)
TITLE = re.compile(r"(?:dr\.|prof\.|(?:dr|prof)(?= |$)) ?")


@lru_cache(maxsize=65536)
def comparable(name: str) -> str:
    """The form in which two names are compared; empty for a name of titles and blanks only."""
    plain = unicodedata.normalize("NFKC", name.translate(APOSTROPHES))
    folded = unicodedata.normalize("NFKC", plain.casefold())
    return without_titles(single_blanks(without_marks(folded.translate(LETTERS))))


def without_marks(text: str) -> str:
    """Combining marks removed: é becomes e, a lone mark vanishes."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char)[0] != "M")


def single_blanks(text: str) -> str:
    """Every dash (Unicode category Pd) and run of blanks as one blank, trimmed."""
    return " ".join("".join(" " if unicodedata.category(char) == "Pd" else char for char in text).split())


def without_titles(text: str) -> str:
    """Leading titles removed, repeatedly."""
    while title := TITLE.match(text):
        text = text[title.end() :]
    return text


def same_last_name(one: str, other: str) -> bool:
    """Whether two last names are equal; an empty name equals none."""
    return comparable(one) != "" and comparable(one) == comparable(other)


def same_first_name(one: str, other: str) -> bool:
    """Whether the first words of two first names are equal; an empty name equals none."""
    return first_word(one) != "" and first_word(one) == first_word(other)


def same_whole_first_name(one: str, other: str) -> bool:
    """Whether two first names are equal in all their words."""
    return comparable(one) == comparable(other)


def first_word(name: str) -> str:
    """The first word of the comparable form."""
    return comparable(name).partition(" ")[0]
