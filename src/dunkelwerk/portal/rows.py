"""Rows of a person list while they are typed: their numbers, and what is in one of them so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UnsetType

from dunkelwerk.dialogues.forms.kinds import kind_of
from dunkelwerk.dialogues.forms.language import Question
from dunkelwerk.dialogues.forms.posted import Fault, Posted

Texts = Mapping[str, Sequence[str]]


def row_numbers(texts: Texts, name: str) -> list[int]:
    """The numbers of the rows that were posted, ascending; they need not be without gaps."""
    return Posted(texts).rows(name)


def read_row(question: Question, number: int, texts: Texts) -> dict[str, Any]:
    """What can be understood of a row: enough to know which of its questions are visible."""
    posted, values = Posted(texts), {}
    for sub in question.questions:
        value = kind_of(sub).read(sub, posted, f"{question.name}.{number}.{sub.name}")
        if not isinstance(value, Fault | UnsetType):
            values[sub.name] = value
    return values


def without_row(texts: Texts, place: str) -> dict[str, list[str]]:
    """The texts without a row, ``children.2``."""
    return {name: list(each) for name, each in texts.items() if not name.startswith(f"{place}.")}
