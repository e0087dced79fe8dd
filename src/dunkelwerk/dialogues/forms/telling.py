"""What was asked and answered, as worded, for the check page and the receipt; slots in texts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from dunkelwerk.dialogues.forms.filled import Filled
from dunkelwerk.dialogues.forms.kinds import KINDS
from dunkelwerk.dialogues.forms.language import Page, Question
from dunkelwerk.dialogues.forms.plan import PlannedQuestion
from dunkelwerk.dialogues.forms.values import CONFIRM
from dunkelwerk.infra.i18n import _


class Row(Struct, frozen=True, kw_only=True):
    """One line: the question as worded and the answer as shown.

    ``group``: the heading of one person of a list ("Kind 1"); ``detail``: what was declared or signed.
    """

    question: str
    label: str
    text: str
    group: str | None = None
    detail: str | None = None


class PageRows(Struct, frozen=True, kw_only=True):
    """A page as the check page and the receipt show it."""

    page: str
    title: str
    rows: tuple[Row, ...]


def page_rows(form: Filled, page: Page, shown: Sequence[PlannedQuestion]) -> PageRows:
    """The rows of one visible page."""
    rows = tuple(row for each in shown for row in rows_of(form, each))
    return PageRows(page=page.name, title=form.say(page.title), rows=rows)


def rows_of(form: Filled, each: PlannedQuestion) -> Iterator[Row]:
    """One row, or those of every person of a list."""
    question, value = each.question, form.answers.get(each.name)
    if each.rows and value:
        for number, row in enumerate(value, start=1):
            yield from person_rows(form, each, number, row)
        return
    yield Row(
        question=each.name,
        label=form.say(question.label),
        text=answer_of(form, each),
        detail=form.say(question.text) or None,
    )


def person_rows(form: Filled, each: PlannedQuestion, number: int, row: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of one person of a list."""
    group = f"{form.say(each.question.item) or form.say(each.question.label)} {number}"
    for sub in form.sub_questions(each.question, row):
        text = shown(sub, row[sub.name]) if sub.name in row else no_answer()
        yield Row(question=each.name, label=form.say(sub.label), text=text, group=group)


def answer_of(form: Filled, each: PlannedQuestion) -> str:
    """The answer, and whether it was confirmed or corrected."""
    question, name = each.question, each.name
    before = form.show_prefilled(question)
    if form.walk.confirmed(each):
        return _("{value} (bestätigt)").format(value=before)
    text = shown(question, form.answers[name]) if name in form.answers else no_answer()
    if form.answers.get(name + CONFIRM) is False:
        if text == before:
            return _("{value} (bestätigt)").format(value=before)
        return _("{value} (berichtigt)\nbisher: {before}").format(value=text, before=before)
    return text


def shown(question: Question, value: Any) -> str:
    """A stored answer as a person reads it."""
    return _("Weiß ich nicht") if value is None else KINDS[question.kind].show(question, value)


def no_answer() -> str:
    """What stands where nothing was answered."""
    return _("keine Angabe")
