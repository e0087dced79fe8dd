"""The type of the tests, and short ways to fill it in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from dunkelwerk.dialogues.forms.filling import Form, Reading
from dunkelwerk.dialogues.forms.language import DialogueType, Question
from dunkelwerk.dialogues.forms.reading import load, parse

FILE = Path(__file__).with_name("every_kind.yaml")
TYPE = load(FILE)
TODAY = date(2026, 11, 22)
PERSON = {"external_id": "M-1", "first_name": "Anna", "last_name": "Groß", "birth_date": "1980-02-29"}
PREFILL = {"member": "M-1", "treated_on": "2026-10-02", "income": "1200.00"}


def form(answers: dict[str, Any] | None = None, *, type: DialogueType = TYPE, **prefill: Any) -> Form:
    """The form of the one person, on the one day."""
    return Form(type, answers or {}, prefill=PREFILL | prefill, person=PERSON, today=TODAY)


def read(filled: Form, page: str, **posted: Any) -> Reading:
    """Post to a page: ``happened_on__day`` stands for ``happened_on.day``, a list for several texts."""
    fields = {name.replace("__", "."): value if isinstance(value, list) else [value] for name, value in posted.items()}
    found = filled.type.page(page)
    assert found is not None
    return filled.read(found, fields)


def on(name: str, day: str) -> dict[str, str]:
    """The three fields of a day, by the names of ``read``."""
    year, month, date = day.split("-")
    return {f"{name}__day": date, f"{name}__month": month, f"{name}__year": year}


def question(name: str, type: DialogueType = TYPE) -> Question:
    """A question, be it in a row."""
    for page in type.pages:
        for each in page.questions:
            for one in (each, *each.questions):
                if one.name == name:
                    return one
    raise KeyError(name)


def small(pages: str, *, more: str = "", notice: str = "{}") -> DialogueType:
    """A type with these pages (YAML), for one rule at a time."""
    text = f"""
name: small
title: {{de: Klein}}
languages: [de]
process: tax_id
valid_days: 30
letter: {{subject: {{de: Post}}, paragraphs: []}}
notice: {notice}
{more}
pages: {pages}
"""
    return parse(text.encode(), source="small.yaml")
