"""Static check: the mapping fills the process's notice: each required field, no unknown one, the right types. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct

from dunkelwerk.decisions.conditions import ConditionError, compile_condition
from dunkelwerk.dialogues.forms.language import (
    FILLED_BY,
    FILLED_BY_VALUES,
    PERSON_FIELDS,
    DialogueType,
    Question,
    Source,
)
from dunkelwerk.dialogues.forms.plan import BIRTH_DATE, kinds_in, questions_of, sources_in
from dunkelwerk.dialogues.forms.problem import Problem
from dunkelwerk.infra.i18n import _

#: put in by ``notice_of``
ALWAYS: Final = frozenset({"id", "process", "received_on"})
#: what makes it the notice of this dialogue for this process, and nothing else
GIVEN: Final = frozenset({"id", "process"})
SOURCES: Final = ("answer", "prefill", "person", "submitted", "answers", "first", "holds", "confirmed")
DAY: Final = "2026-01-31"
#: a value of each kind, as it is stored
SAMPLES: Final[dict[str, Any]] = {
    "yes_no": True,
    "date": DAY,
    "time": "14:30",
    "amount": "312.50",
    "number": 1,
    "iban": "DE02120300000000202051",
    "tax_id": "86095742719",
    "address": {"street": "A", "house_number": "1", "postal_code": "50667", "city": "Köln", "country": "DE"},
    "person_list": [{}],
    "declaration": True,
    "upload": [1],
}


class NoticeFields(Struct, frozen=True):
    """The fields of a process's notice, with their types where these are known."""

    required: Collection[str]
    optional: Collection[str] = ()
    types: Mapping[str, Any] = {}


def notice_fields(kind: type[Struct]) -> NoticeFields:
    """The fields of a notice struct; what ``notice_of`` always gives need not be mapped."""
    fields = msgspec.structs.fields(kind)
    return NoticeFields(
        required=tuple(field.name for field in fields if field.required and field.name not in ALWAYS),
        optional=tuple(field.name for field in fields if not field.required or field.name in ALWAYS),
        types={field.name: field.type for field in fields},
    )


def notice_problems(type: DialogueType, notice: NoticeFields | None) -> Iterator[Problem]:
    """Sources that are none, and what does not fit the process's notice."""
    kinds = kinds_in(type)
    questions = {question.name: question for question in questions_of(type)}
    for name, mapped in type.notice.items():
        for source in sources_in(mapped):
            for text in source_texts(type, source, questions, kinds):
                yield Problem(f"notice.{name}", text)
    if notice is None:
        return
    for name in sorted(set(notice.required) - type.notice.keys()):
        text = _("Das Pflichtfeld {name} des Prozesses fehlt; sagen, woher es kommt.").format(name=name)
        yield Problem("notice", text)
    for name, mapped in type.notice.items():
        if name in GIVEN:
            yield Problem(f"notice.{name}", _("Dieses Feld setzt das Programm selbst; es entfernen."))
        elif name not in notice.required and name not in notice.optional:
            yield Problem(f"notice.{name}", _("Dieses Feld kennt der Prozess nicht; es entfernen."))
        elif name in notice.required and not takes_null(notice, name) and may_be_empty(type, mapped, questions, kinds):
            text = _("Das Pflichtfeld kann leer bleiben; mit first einen weiteren Wert angeben.")
            yield Problem(f"notice.{name}", text)
        elif name in notice.types and not fits(type, mapped, notice.types[name], questions):
            text = _("Diese Werte nimmt der Prozess nicht an; Art oder Antworten der Frage angleichen.")
            yield Problem(f"notice.{name}", text)


def takes_null(notice: NoticeFields, name: str) -> bool:
    """Whether a field says something by being null, e.g. a sick note without an end."""
    if name not in notice.types:
        return False
    try:
        msgspec.convert(None, notice.types[name])
    except msgspec.ValidationError:
        return False
    return True


def source_texts(
    type: DialogueType, source: Source, questions: Mapping[str, Question], kinds: Mapping[str, Any]
) -> Iterator[str]:
    """What is wrong with one source by itself."""
    given = [key for key in SOURCES if getattr(source, key) is not None]
    if len(given) + (source.value is not UNSET) != 1:
        yield _("Genau eines von {keys} angeben.").format(keys=", ".join((*SOURCES, "value")))
    for name in (source.answer, source.confirmed):
        if name is not None and name not in questions and name != FILLED_BY:
            yield _("Die Frage {name} gibt es nicht; den Namen berichtigen.").format(name=name)
    if source.confirmed is not None and f"confirmed.{source.confirmed}" not in kinds:
        yield _("Die Frage {name} hat keine Vorbelegung zu bestätigen.").format(name=source.confirmed)
    if source.prefill is not None and source.prefill not in type.prefill:
        yield _("Das Vorbelegungsfeld {name} gibt es nicht; den Namen berichtigen.").format(name=source.prefill)
    if source.person is not None and source.person not in PERSON_FIELDS:
        known = ", ".join(PERSON_FIELDS)
        yield _("{name} ist kein Feld der Person; eines von {known} nennen.").format(name=source.person, known=known)


def may_be_empty(
    type: DialogueType, source: Source, questions: Mapping[str, Question], kinds: Mapping[str, Any]
) -> bool:
    """Whether a source can give nothing, although the form is complete."""
    if source.first is not None:
        return all(may_be_empty(type, each, questions, kinds) for each in source.first)
    if source.answer is not None:
        return not is_always_answered(type, source.answer)
    if source.prefill is not None:
        field = type.prefill.get(source.prefill)
        return field is not None and not field.required
    if source.holds is not None:
        try:
            names = compile_condition(source.holds, kinds).names()
        except ConditionError:
            return False
        return any(name in questions and not is_always_answered(type, name) for name in names)
    return source.confirmed is not None or source.value is None


def is_always_answered(type: DialogueType, name: str) -> bool:
    """Whether a complete form has a value for it: asked of everybody, required, without "weiß ich nicht"."""
    for page in type.pages:
        for each in page.questions:
            if each.name == name:
                asked = page.visible_if is None and each.visible_if is None
                return asked and each.required and each.required_if is None and not each.unknown
    return True


def fits(type: DialogueType, source: Source, wanted: Any, questions: Mapping[str, Question]) -> bool:
    """Whether the process's field takes what the source can give."""
    for sample in samples_of(type, source, questions):
        try:
            msgspec.convert(sample, wanted)
        except msgspec.ValidationError:
            return False
    return True


def samples_of(type: DialogueType, source: Source, questions: Mapping[str, Question]) -> list[Any]:
    """Values that a source can give; [] where it is wrong by itself."""
    if source.first is not None:
        return [sample for each in source.first for sample in samples_of(type, each, questions)]
    if source.answer == FILLED_BY:
        return list(FILLED_BY_VALUES)
    if source.answer is not None or source.prefill is not None:
        part = questions.get(source.answer) if source.answer else type.prefill.get(source.prefill or "")
        if part is None:
            return []
        names = [option.name for option in part.options]
        if part.kind == "one_of":
            return list(names)
        return [names] if part.kind == "some_of" else [SAMPLES.get(part.kind, "x")]
    if source.person is not None:
        return [DAY if source.person == BIRTH_DATE else "x"]
    if source.submitted is not None:
        return [DAY]
    if source.answers is not None:
        return [{}]
    return [True] if source.value is UNSET else [source.value]
