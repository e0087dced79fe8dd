"""Static check: every text in every language of the type, and no slot that nothing fills. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, structs

from dunkelwerk.dialogues.forms.filled import PART
from dunkelwerk.dialogues.forms.language import PERSON_FIELDS, DialogueType, step_texts
from dunkelwerk.dialogues.forms.plan import questions_of
from dunkelwerk.dialogues.forms.problem import Problem
from dunkelwerk.infra.i18n import _

#: fields that hold a text, or a list of texts, in every language
TEXTS: Final = frozenset(
    {
        "title",
        "about",
        "label",
        "hint",
        "why",
        "text",
        "unit",
        "item",
        "intro",
        "privacy",
        "error",
        "warning",
        "subject",
    }
)
LISTS: Final = frozenset({"paragraphs", "closing", "next_steps"})
STEPS: Final = "next_steps"
_SLOT: Final = re.compile(r"\{([^{}]*)\}")
_BRACKETS: Final = re.compile(r"\[\[|\]\]")


def text_problems(type: DialogueType) -> Iterator[Problem]:
    """Missing, empty and superfluous languages; slots of unknown names."""
    slots = {f"person.{field}" for field in PERSON_FIELDS} | {f"prefill.{name}" for name in type.prefill}
    slots |= {f"answer.{question.name}" for question in questions_of(type)}
    for path, texts in texts_in(type, ""):
        for language in type.languages:
            if not texts.get(language, "").strip():
                yield Problem(path, _("Der Text fehlt in der Sprache {language}; ergänzen.").format(language=language))
        for language in texts.keys() - set(type.languages):
            text = _("Die Sprache {language} hat diese Vorgangsart nicht; sie in languages ergänzen.")
            yield Problem(path, text.format(language=language))
        for slot in {match[1] for each in texts.values() for match in _SLOT.finditer(each)} - slots:
            text = _("Für {slot} gibt es keinen Wert; prefill.NAME, person.NAME oder answer.NAME verwenden.")
            yield Problem(path, text.format(slot=f"{{{slot}}}"))
        if not all(is_balanced(each) for each in texts.values()):
            yield Problem(path, _("[[…]] braucht einen Wert in geschweiften Klammern und zwei Klammern an jedem Ende."))


def is_balanced(text: str) -> bool:
    """Whether each part in ``[[…]]`` is whole, without another inside it, and has a slot to depend on."""
    rest = PART.sub(lambda match: "" if _SLOT.search(match["said"]) else match[0], text)
    return not _BRACKETS.search(rest)


def texts_in(part: Struct, path: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every text of a part and of what is inside it, with where it stands."""
    for field in structs.fields(part):
        value, place = getattr(part, field.name), f"{path}.{field.name}".lstrip(".")
        if field.name in TEXTS and isinstance(value, dict):
            yield place, value
        elif field.name in LISTS:
            texts = map(step_texts, value) if field.name == STEPS else value
            yield from ((f"{place}[{number}]", each) for number, each in enumerate(texts))
        else:
            yield from _inside(value, place)


def _inside(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    if isinstance(value, Struct):
        yield from texts_in(value, path)
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            if isinstance(each, Struct):
                yield from texts_in(each, f"{path}.{getattr(each, 'name', number)}")
    elif isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, Struct):
                yield from texts_in(each, f"{path}.{name}")
