"""Static check: what a question says fits its kind; limits are possible. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from dunkelwerk.dialogues.forms.kinds import kind_of
from dunkelwerk.dialogues.forms.language import DialogueType, Question
from dunkelwerk.dialogues.forms.problem import Problem
from dunkelwerk.infra.i18n import _

TEXT_KINDS: Final = frozenset({"short_text", "long_text", "signature"})
CHOICES: Final = frozenset({"one_of", "some_of"})
NUMBERS: Final = frozenset({"number", "amount"})
#: for each field, the kinds that may have it
ALLOWED: Final[dict[str, frozenset[str]]] = {
    "options": CHOICES,
    "text": frozenset({"declaration", "signature"}),
    "minimum": NUMBERS,
    "maximum": NUMBERS,
    "not_before": frozenset({"date"}),
    "not_after": frozenset({"date"}),
    "max_length": TEXT_KINDS,
    "unit": frozenset({"number"}),
    "questions": frozenset({"person_list"}),
    "item": frozenset({"person_list"}),
    "min_items": frozenset({"person_list", "some_of"}),
    "max_items": frozenset({"person_list", "some_of"}),
    "max_files": frozenset({"upload"}),
}
#: "weiß ich nicht" means nothing here
NEVER_UNKNOWN: Final = frozenset({"declaration", "signature", "upload", "person_list"})
#: kinds that a row cannot have
NOT_IN_ROWS: Final = frozenset({"person_list", "upload", "declaration", "signature"})
_AMOUNT: Final = re.compile(r"-?[0-9]{1,10}(?:\.[0-9]{1,2})?")


def question_problems(type: DialogueType, question: Question, path: str) -> Iterator[Problem]:
    """What is wrong with one question and those of its rows."""
    for look in LOOKS:
        for text in look(question):
            yield Problem(path, text)
    for text in prefill_texts(type, question):
        yield Problem(path, text)
    for sub in question.questions:
        if sub.kind in NOT_IN_ROWS or sub.prefill:
            text = _("Das geht in einer Personenliste nicht; die Frage außerhalb stellen.")
            yield Problem(f"{path}.{sub.name}", text)
        yield from question_problems(type, sub, f"{path}.{sub.name}")


def fields_of_others(question: Question) -> Iterator[str]:
    """Fields that the kind has no use for."""
    for field, kinds in ALLOWED.items():
        if question.kind not in kinds and getattr(question, field) not in (None, ()):
            text = _("{field} gibt es bei der Art {kind} nicht; die Angabe entfernen.")
            yield text.format(field=field, kind=question.kind)
    if question.unknown and question.kind in NEVER_UNKNOWN:
        yield _("„Weiß ich nicht“ gibt es bei der Art {kind} nicht; die Angabe entfernen.").format(kind=question.kind)


def options(question: Question) -> Iterator[str]:
    """Too few options, doubled ones, one that is taken by "weiß ich nicht"."""
    names = [option.name for option in question.options]
    if question.kind in CHOICES and len(names) < (2 if question.kind == "one_of" else 1):
        yield _("Es fehlen Antworten zur Auswahl; options ergänzen.")
    if len(names) != len(set(names)):
        yield _("Eine Antwort steht zweimal zur Auswahl; eine davon umbenennen.")
    if "unknown" in names:
        yield _("Eine Antwort darf nicht {name} heißen; „Weiß ich nicht“ an der Frage erlauben.").format(name="unknown")


def needed(question: Question) -> Iterator[str]:
    """What the kind cannot do without."""
    if question.kind == "person_list" and not question.questions:
        yield _("Die Liste fragt nichts; questions ergänzen.")
    if question.kind == "declaration" and question.text is None:
        yield _("Es fehlt, was erklärt wird; text ergänzen.")


def numbers(question: Question) -> Iterator[str]:
    """Limits that are no numbers, or cross each other."""
    if question.kind not in NUMBERS:
        return
    least, most = limit(question, question.minimum), limit(question, question.maximum)
    if None in (least, most):
        example = '"312.50"' if question.kind == "amount" else "40"
        yield _("Eine Grenze ist keine Zahl; sie wie {example} schreiben.").format(example=example)
    elif least is not Ellipsis and most is not Ellipsis and least > most:
        yield _("minimum ist größer als maximum; sie tauschen.")


def limit(question: Question, value: int | str | None) -> Any:
    """The limit as a number; Ellipsis for none, None for one that cannot be read."""
    if value is None:
        return ...
    if isinstance(value, int):
        return Decimal(value)
    try:
        return Decimal(value) if question.kind == "amount" and _AMOUNT.fullmatch(value) else None
    except InvalidOperation:
        return None


def items(question: Question) -> Iterator[str]:
    """Numbers of rows or choices that cannot be."""
    least, most = question.min_items or 0, question.max_items
    if most is not None and (most == 0 or least > most):
        yield _("min_items und max_items lassen keine Antwort zu; sie berichtigen.")
    if question.kind == "some_of" and least > len(question.options):
        yield _("min_items verlangt mehr Antworten, als es gibt; die Zahl verkleinern.")


def days(question: Question) -> Iterator[str]:
    """Fixed days that cross each other; whether they are days is seen when they are compiled."""
    first, last = question.not_before, question.not_after
    if not (isinstance(first, str) and isinstance(last, str)):
        return
    try:
        crossed = date.fromisoformat(first) > date.fromisoformat(last)
    except ValueError:
        return
    if crossed:
        yield _("not_before liegt nach not_after; sie tauschen.")


LOOKS: Final[tuple[Callable[[Question], Iterator[str]], ...]] = (
    fields_of_others,
    options,
    needed,
    numbers,
    items,
    days,
)


def prefill_texts(type: DialogueType, question: Question) -> Iterator[str]:
    """A prefill that is not there, or of another kind."""
    if question.prefill is None:
        return
    field = type.prefill.get(question.prefill)
    if field is None:
        text = _("Das Vorbelegungsfeld {name} gibt es nicht; den Namen berichtigen.")
        yield text.format(name=question.prefill)
    elif field.kind != question.kind:
        text = _("Die Frage hat die Art {kind}, ihre Vorbelegung {other}; beiden dieselbe Art geben.")
        yield text.format(kind=question.kind, other=field.kind)
    elif {each.name for each in field.options} - {each.name for each in question.options}:
        yield _("Die Vorbelegung kennt Antworten, die die Frage nicht hat; sie angleichen.")
    elif not kind_of(question).can_be_prefilled:
        yield _("Fragen der Art {kind} lassen sich nicht vorbelegen; prefill entfernen.").format(kind=question.kind)
