"""A form being filled in: what is asked, what was answered, what is wrong. Pure: answers and today come in.

Sentences are in the language of ``i18n.speaking``. The names that a page posts are in docs/form-language.md section 7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from dunkelwerk.dialogues.forms.filled import Filled
from dunkelwerk.dialogues.forms.kind import EMPTY, Fields
from dunkelwerk.dialogues.forms.kinds_text import NO, YES
from dunkelwerk.dialogues.forms.language import FILLED_BY, FILLED_BY_VALUES, Check, Page, Question
from dunkelwerk.dialogues.forms.notices import notice_of
from dunkelwerk.dialogues.forms.plan import PlannedQuestion
from dunkelwerk.dialogues.forms.posted import Fault, Posted
from dunkelwerk.dialogues.forms.taking import UNKNOWN, Reading, Taker, Warning, is_required
from dunkelwerk.dialogues.forms.telling import PageRows, Row, page_rows
from dunkelwerk.dialogues.forms.values import CONFIRM, CONFIRM_CHECK

__all__ = ["Fault", "Form", "PageRows", "Reading", "Row", "Warning", "notice_of"]


class Form(Filled):
    """A type filled in by one person, page by page."""

    def questions(self, page: Page) -> tuple[Question, ...]:
        """The visible questions of a page; () for a hidden one."""
        _page, shown = self.shown.get(page.name, (None, ()))
        return tuple(each.question for each in shown)

    def step(self, page: Page) -> tuple[int, int]:
        """(2, 5) for "Schritt 2 von 5", among the pages that are visible now and the check page, which is the last."""
        return self.pages.index(page) + 1, len(self.pages) + 1

    def after(self, page: Page) -> Page | None:
        """The next visible page; None: the check page comes."""
        at = self.pages.index(page) + 1
        return self.pages[at] if at < len(self.pages) else None

    def before(self, page: Page) -> Page | None:
        """The visible page before; None: the beginning."""
        at = self.pages.index(page)
        return self.pages[at - 1] if at else None

    def first_open(self) -> Page | None:
        """The first page that is not complete, where somebody who comes back goes on; None: the check page."""
        return next((page for page in self.pages if not self._again(page).complete), None)

    def required(self, question: Question) -> bool:
        """Whether an answer is wanted now."""
        return is_required(self.plan.every[question.name], self.walk.values, self.walk)

    def fields(self, question: Question) -> Fields:
        """What the page would have posted for the stored answer: names, as for ``read``."""
        each = self.plan.questions[question.name]
        found: Fields = {}
        confirmed = self.answers.get(each.name + CONFIRM)
        if confirmed is not None:
            found[each.name + CONFIRM] = [YES if confirmed else NO]
        if self.answers.get(CONFIRM_CHECK + each.name):
            found[CONFIRM_CHECK + each.name] = [YES]
        return found | _fields(each, each.name, self.answers.get(each.name, EMPTY))

    def page_fields(self, page: Page) -> Fields:
        """``fields`` of every visible question of a page, with the confirmations of its warnings."""
        found: Fields = {}
        for question in self.questions(page):
            found |= self.fields(question)
        confirmed = [check.name for check in page.checks if self.confirmed(check)]
        return found | {CONFIRM_CHECK + name: [YES] for name in confirmed}

    def confirmed(self, check: Check) -> bool:
        """Whether the warning of this check was confirmed."""
        return self.answers.get(CONFIRM_CHECK + check.name) is True

    def read(self, page: Page, posted: Mapping[str, Sequence[str]], *, own: Collection[str] = ()) -> Reading:
        """Read a posted page; the other pages' answers stay. ``own``: names of the portal's own fields."""
        fields = Posted(posted)
        if page.name not in self.shown:
            return Reading(answers=self.answers, ignored=fields.ignored(own))
        taker = Taker(self.shown[page.name][0], self.filed(self.answers), fields, self.say)
        walk = self.new_walk()
        walk.run(taker.confirmations(), taker.ask)
        shown = next((shown for planned, shown in walk.pages if planned is taker.page), ())
        faults, warnings = taker.examine(walk, shown) if shown else ([], [])
        return Reading(
            answers=walk.answers,
            faults=tuple(faults),
            warnings=tuple(warnings),
            appeared=tuple(taker.appeared),
            ignored=fields.ignored(own),
        )

    def with_answers(self, answers: Mapping[str, Any]) -> Form:
        """The same form with other answers."""
        return self._anew(answers, self.files)

    def with_files(self, files: Mapping[str, Sequence[int]]) -> Form:
        """The same form with these uploads, ids by question; those of hidden questions are no answers."""
        return self._anew(self.answers, files)

    def _anew(self, answers: Mapping[str, Any], files: Mapping[str, Sequence[int]] | None) -> Form:
        return Form(self.type, answers, prefill=self.prefill, person=self.person, today=self.today, files=files)

    def filled_by(self, who: str) -> dict[str, Any]:
        """The whole new answers after the exit ``representative``: "representative", or "self" to take it back."""
        if who not in FILLED_BY_VALUES:
            raise KeyError(who)
        return self.with_answers(self.answers | {FILLED_BY: who}).answers

    def _again(self, page: Page) -> Reading:
        """The stored answers of a page, read as if they were posted now."""
        return self.read(page, self.page_fields(page))

    def missing(self) -> tuple[Fault, ...]:
        """Everything again over all visible pages, before submission; a warning not confirmed is a fault as well."""
        found: list[Fault] = []
        for page in self.pages:
            reading = self._again(page)
            found += reading.faults
            found += (Fault(None, warning.field, warning.sentence) for warning in reading.warnings)
        return tuple(found)

    def page_of(self, fault: Fault) -> Page | None:
        """Where a fault is mended."""
        name = fault.question or fault.field.partition(".")[0]
        found = (page.page for page, shown in self.walk.pages for each in shown if each.name == name)
        return next(found, None)

    def rows(self) -> tuple[PageRows, ...]:
        """Everything asked and answered, as worded, for the check page and the receipt."""
        return tuple(page_rows(self, page.page, shown) for page, shown in self.walk.pages)


def _fields(each: PlannedQuestion, name: str, value: Any) -> Fields:
    """What a browser would post for a stored value."""
    if value is EMPTY:
        return {}
    if value is None:
        return {name: [UNKNOWN]} if each.kind.has_choices else {f"{name}.{UNKNOWN}": [YES]}
    return dict(_row_fields(each, name, value)) if each.rows else each.kind.fields(value, name)


def _row_fields(each: PlannedQuestion, name: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    for number, row in enumerate(rows):
        for sub in each.rows:
            yield from _fields(sub, f"{name}.{number}.{sub.name}", row.get(sub.name, EMPTY)).items()
