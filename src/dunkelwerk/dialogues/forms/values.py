"""Which answers count: what is hidden is dropped, in one walk over the pages from the front. Pure.

A condition may only look back (`checking` holds that), so one walk reaches the fixpoint: by the time a question is
looked at, everything that decides on it is settled. In a type that breaks this rule the later answer is not known
yet, and the question stays hidden.

Stored answers: ``NAME`` the value, or None for "weiß ich nicht"; ``NAME.confirm`` True where the prefilled value was
confirmed, False where it is corrected by ``NAME``; ``confirm.CHECK`` True for a confirmed warning; ``filled_by``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from dunkelwerk.dialogues.forms.kind import EMPTY
from dunkelwerk.dialogues.forms.kinds import KINDS
from dunkelwerk.dialogues.forms.language import FILLED_BY, FILLED_BY_VALUES, DialogueType
from dunkelwerk.dialogues.forms.plan import BIRTH_DATE, PlannedPage, PlannedQuestion, plan_of

Answers = Mapping[str, Any]
#: the stored answer of a question: a value, None or EMPTY; called once for each visible question, in order
Ask = Callable[[PlannedPage, PlannedQuestion, "Walk"], Any]
CONFIRM: Final = ".confirm"
CONFIRM_CHECK: Final = "confirm."


class Walk:
    """One walk: afterwards ``answers`` is what is stored, ``values`` what conditions see, ``pages`` what is visible."""

    def __init__(
        self, type: DialogueType, *, prefill: Mapping[str, Any], person: Mapping[str, Any], today: date
    ) -> None:
        self.plan, self.prefill, self.today = plan_of(type), prefill, today
        self.answers: dict[str, Any] = {}
        self.pages: list[tuple[PlannedPage, tuple[PlannedQuestion, ...]]] = []
        self.values: dict[str, Any] = {f"person.{field}": value for field, value in person.items() if value}
        if isinstance(born := person.get(BIRTH_DATE), str):
            self.values[f"person.{BIRTH_DATE}"] = date.fromisoformat(born)
        for name, field in type.prefill.items():
            if (value := prefill.get(name)) is not None:
                self.values[f"prefill.{name}"] = typed(field.kind, value)

    def run(self, answers: Answers, ask: Ask) -> None:
        """Walk over all pages; ``ask`` gives each visible question's stored answer."""
        filled_by = answers.get(FILLED_BY)
        self.values[FILLED_BY] = FILLED_BY_VALUES[0]
        if filled_by in FILLED_BY_VALUES[1:]:
            self.answers[FILLED_BY] = self.values[FILLED_BY] = filled_by
        for page in self.plan.pages:
            if self.is_visible(page):
                self._page(page, ask)
        for page, _questions in self.pages:
            for planned in page.checks:
                if answers.get(key := CONFIRM_CHECK + planned.check.name) is True:
                    self.keep_confirmed(key, planned.when.holds(self.values, self.today))
            for each in page.questions:
                if answers.get(key := CONFIRM_CHECK + each.name) is True:
                    value = self.answers.get(each.name)
                    self.keep_confirmed(key, value is not None and each.kind.doubt(value) is not None)

    def keep_confirmed(self, key: str, holds: bool | None) -> None:
        """Keep the confirmation of a warning as long as there is something to confirm."""
        if holds:
            self.answers[key] = True

    def is_visible(self, planned: PlannedPage | PlannedQuestion) -> bool:
        """Whether its condition is true; not known is not visible."""
        return planned.visible is None or planned.visible(self.values, self.today) is True

    def _page(self, page: PlannedPage, ask: Ask) -> None:
        shown = []
        for each in page.questions:
            if self.is_visible(each):
                shown.append(each)
                self._keep(each, ask(page, each, self))
        if shown:
            self.pages.append((page, tuple(shown)))

    def _keep(self, each: PlannedQuestion, value: Any) -> None:
        if each.rows and isinstance(value, list):
            value, known = self.settle_rows(each, value)
            self.answers[each.name], self.values[each.name] = value, known
            return
        if value is not EMPTY:
            self.answers[each.name] = value
            self.values[each.name] = None if value is None else each.kind.typed(value)
        elif self.confirmed(each):
            self.values[each.name] = self.values.get(f"prefill.{each.question.prefill}")
        if (confirmed := self.answers.get(each.name + CONFIRM)) is not None:
            self.values[f"confirmed.{each.name}"] = confirmed

    def prefilled(self, each: PlannedQuestion) -> Any:
        """The value of the core system that is to be confirmed or corrected; None: none."""
        name = each.question.prefill
        return None if name is None else self.prefill.get(name)

    def confirmed(self, each: PlannedQuestion) -> bool:
        """Whether the prefilled value counts."""
        return self.answers.get(each.name + CONFIRM) is True

    def settle_rows(self, each: PlannedQuestion, rows: list[Any]) -> tuple[list[Any], list[Any]]:
        """(rows as stored, rows as conditions see them), what is hidden within a row dropped."""
        settled = [self.settle_row(each, row) for row in rows if isinstance(row, dict)]
        return [stored for stored, _known in settled], [known for _stored, known in settled]

    def settle_row(self, each: PlannedQuestion, row: Answers) -> tuple[dict[str, Any], dict[str, Any]]:
        """(the row as stored, the row as conditions see it)."""
        stored: dict[str, Any] = {}
        known: dict[str, Any] = {}
        for sub in self.visible_in(each, known):
            if sub.name in row:
                value = stored[sub.name] = row[sub.name]
                known[sub.name] = None if value is None else sub.kind.typed(value)
        return stored, known

    def visible_in(self, each: PlannedQuestion, known: dict[str, Any]) -> Any:
        """The visible questions of a row, one after the other: ``known`` grows meanwhile by the caller's hand."""
        for sub in each.rows:
            if sub.visible is None or sub.visible({**self.values, **known}, self.today) is True:
                yield sub


def stored(answers: Answers) -> Ask:
    """Asks what is stored."""

    def ask(page: PlannedPage, each: PlannedQuestion, walk: Walk) -> Any:
        if walk.prefilled(each) is not None:
            confirmed = answers.get(each.name + CONFIRM)
            if not isinstance(confirmed, bool):
                return EMPTY
            walk.answers[each.name + CONFIRM] = confirmed
            if confirmed:
                return EMPTY
        return answers.get(each.name, EMPTY)

    return ask


def typed(kind: str, value: Any) -> Any:
    """A prefilled value as conditions compare it."""
    return KINDS[kind].typed(value)
