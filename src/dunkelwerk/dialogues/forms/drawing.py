"""The flow of a type's pages as text, conditions in German words: for ``dunkelwerk types show``. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dunkelwerk.dialogues.forms.conditions_in_words import condition_in_words, side_in_words
from dunkelwerk.dialogues.forms.language import STEP_IF, Check, DialogueType, Page, Question, step_texts
from dunkelwerk.dialogues.forms.plan import questions_of
from dunkelwerk.dialogues.forms.posted import say
from dunkelwerk.infra.i18n import _

STEP: Final = "    "


def draw(type: DialogueType) -> str:
    """Pages, questions with kind, conditions in words, checks, exits."""
    return "\n".join(lines_of(type)) + "\n"


def lines_of(type: DialogueType) -> Iterator[str]:
    """The lines of the drawing."""
    labels = labels_of(type)
    yield f"{say(type.title)} ({type.name}) → {type.process}"
    for number, page in enumerate(type.pages, start=1):
        yield ""
        yield from page_lines(page, number, labels)
    yield ""
    yield _("Prüfen und absenden")
    for step in type.next_steps:
        yield f"{STEP}→ {say(step_texts(step))}"
        if condition := step.get(STEP_IF):
            yield STEP * 2 + _("nur wenn {condition}").format(condition=condition_in_words(condition, labels))
    if type.exits:
        yield _("Ausgänge: {names}").format(names=", ".join(exit_words()[each.name] for each in type.exits))


def labels_of(type: DialogueType) -> dict[str, dict[str, str]]:
    """What conditions name, in words: questions with "" for the label, and their options."""
    found: dict[str, dict[str, str]] = {}
    for question in questions_of(type):
        for each in (question, *question.questions):
            found[each.name] = {"": say(each.label)} | {option.name: say(option.label) for option in each.options}
    for name, field in type.prefill.items():
        found[f"prefill.{name}"] = {"": say(field.label)} | {each.name: say(each.label) for each in field.options}
    return found


def page_lines(page: Page, number: int, labels: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """One page."""
    yield f"{number} {say(page.title)} [{page.name}]"
    if page.visible_if is not None:
        yield STEP + _("nur wenn {condition}").format(condition=condition_in_words(page.visible_if, labels))
    for question in page.questions:
        yield from (STEP + line for line in question_lines(question, labels))
    for check in page.checks:
        yield STEP + check_line(check, labels)


def question_lines(question: Question, labels: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """One question, and those of its rows."""
    yield f"• {say(question.label)} [{question.name}: {', '.join(notes_of(question, labels))}]"
    if question.visible_if is not None:
        yield STEP + _("nur wenn {condition}").format(condition=condition_in_words(question.visible_if, labels))
    for option in question.options:
        yield f"{STEP}○ {say(option.label)} [{option.name}]"
    for sub in question.questions:
        yield from (STEP + line for line in question_lines(sub, labels))


def notes_of(question: Question, labels: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Kind, whether it may stay empty, limits."""
    yield question.kind
    if question.required_if is not None:
        yield _("Pflicht, wenn {condition}").format(condition=condition_in_words(question.required_if, labels))
    elif not question.required:
        yield _("freiwillig")
    if question.unknown:
        yield _("„Weiß ich nicht“ möglich")
    if question.prefill:
        yield _("vorbelegt aus {name}").format(name=question.prefill)
    if question.not_before is not None:
        yield _("frühestens {day}").format(day=side_in_words(question.not_before, labels))
    if question.not_after is not None:
        yield _("spätestens {day}").format(day=side_in_words(question.not_after, labels))
    limits = {"minimum": question.minimum, "maximum": question.maximum, "max_items": question.max_items}
    yield from (f"{name} {value}" for name, value in limits.items() if value is not None)


def check_line(check: Check, labels: Mapping[str, Mapping[str, str]]) -> str:
    """One check: what is said when."""
    kind = _("Fehler") if check.error is not None else _("Hinweis")
    condition = condition_in_words(check.when, labels)
    return _("{kind}, wenn {condition}: {text}").format(
        kind=kind, condition=condition, text=say(check.error or check.warning)
    )


def exit_words() -> dict[Any, str]:
    """The exits in words."""
    return {
        "not_me": _("Ich bin nicht diese Person"),
        "representative": _("Ich fülle für jemanden aus"),
        "deceased": _("Person ist verstorben"),
        "on_paper": _("Lieber auf Papier"),
    }
