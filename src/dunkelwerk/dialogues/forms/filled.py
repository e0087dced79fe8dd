"""A type with one person's answers: which of them count, and how they are told. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final

from dunkelwerk.dialogues.forms.kinds import KINDS
from dunkelwerk.dialogues.forms.language import PERSON_FIELDS, DialogueType, Page, Question
from dunkelwerk.dialogues.forms.plan import BIRTH_DATE, PlannedPage, PlannedQuestion, plan_of
from dunkelwerk.dialogues.forms.posted import say
from dunkelwerk.dialogues.forms.values import Walk, stored

SLOT: Final = re.compile(r"\{(?P<source>prefill|person|answer)\.(?P<name>[a-z][a-z0-9_]*)\}")
#: said only where every slot in it has a value, else what stands behind ``|``: ``[[am {prefill.day}|vor Kurzem]]``
PART: Final = re.compile(r"\[\[(?P<said>(?:(?!\[\[|\]\]|\|).)*)(?:\|(?P<else>(?:(?!\[\[|\]\]).)*))?\]\]", re.DOTALL)
#: stands in a text for a value that is not there
NOTHING: Final = "–"
NO_QUESTION: Final = Question(name="x", kind="date", label={})


class Filled:
    """A type with answers. ``answers`` is settled at once: what is hidden is not in it.

    ``prefill`` and ``person`` as stored (dates as ISO texts or dates). Cheap to make, the type is compiled once.
    ``files``: the ids of the uploads that are there, by question; they alone are the answers of upload questions,
    whatever ``answers`` names: a file of a question that is hidden and shown again is still there. None: not known.
    """

    def __init__(
        self,
        type: DialogueType,
        answers: Mapping[str, Any],
        *,
        prefill: Mapping[str, Any],
        person: Mapping[str, Any],
        today: date,
        files: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self.type, self.prefill, self.person, self.today, self.files = type, prefill, person, today, files
        self.plan = plan_of(type)
        self.walk = self.new_walk()
        given = self.filed(answers)
        self.walk.run(given, stored(given))
        self.answers: dict[str, Any] = self.walk.answers
        #: visible pages, in order
        self.pages: tuple[Page, ...] = tuple(page.page for page, _shown in self.walk.pages)

    @cached_property
    def uploads(self) -> tuple[str, ...]:
        """The names of its upload questions, visible or not."""
        return tuple(name for name, each in self.plan.questions.items() if each.question.kind == "upload")

    def filed(self, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answers with the files that are there, in place of those they name."""
        if self.files is None:
            return answers
        there = {name: list(ids) for name in self.uploads if (ids := self.files.get(name))}
        return self.without_files(answers) | there

    def without_files(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers as a draft keeps them: files are kept by themselves, never named twice."""
        return {name: value for name, value in answers.items() if name not in self.uploads or value is None}

    def new_walk(self) -> Walk:
        """A walk over the pages that has not begun."""
        return Walk(self.type, prefill=self.prefill, person=self.person, today=self.today)

    @cached_property
    def shown(self) -> dict[str, tuple[PlannedPage, tuple[PlannedQuestion, ...]]]:
        """The visible pages by name, with their visible questions."""
        return {page.page.name: (page, shown) for page, shown in self.walk.pages}

    def sub_questions(self, question: Question, row: Mapping[str, Any]) -> tuple[Question, ...]:
        """The visible questions of one row of a person list, as stored."""
        known: dict[str, Any] = {}
        found = []
        for sub in self.walk.visible_in(self.plan.questions[question.name], known):
            found.append(sub.question)
            if row.get(sub.name) is not None:
                known[sub.name] = sub.kind.typed(row[sub.name])
        return tuple(found)

    def prefilled(self, question: Question) -> Any:
        """The value of the core system to confirm or correct; None: an ordinary question."""
        return self.walk.prefilled(self.plan.questions[question.name])

    def show_prefilled(self, question: Question) -> str:
        """The value of the core system as a person reads it; "" for none."""
        value = self.prefilled(question)
        return "" if value is None else self.plan.questions[question.name].kind.show(question, value)

    def value(self, name: str) -> Any:
        """The value that counts: the answer, or the prefilled one that was confirmed; None: none, or not known."""
        each = self.plan.questions.get(name)
        if each is not None and self.walk.confirmed(each):
            return self.walk.prefilled(each)
        return self.answers.get(name)

    def show(self, question: Question) -> str:
        """The answer that counts, as a person reads it; "" without one. Uploads: how many files."""
        value = self.value(question.name)
        return "" if value is None else self.plan.questions[question.name].kind.show(question, value)

    def say(self, texts: Mapping[str, str] | None) -> str:
        """A text of the type in the person's language, slots filled; "" for None."""
        return self.with_slots(say(texts))

    def next_steps(self) -> list[str]:
        """What happens after submission: each step without a condition, or whose condition is true for this person."""
        walk = self.walk
        concern = (texts for texts, test in self.plan.steps if test is None or test(walk.values, self.today) is True)
        return [self.say(texts) for texts in concern]

    def with_slots(self, text: str) -> str:
        """The text with ``{prefill.NAME}``, ``{person.NAME}`` and ``{answer.NAME}`` in place, and ``[[…]]`` decided."""
        if "{" not in text:
            return text
        text = PART.sub(self.said_part, text)
        return SLOT.sub(lambda match: self.slot(match["source"], match["name"]) or NOTHING, text)

    def said_part(self, part: re.Match[str]) -> str:
        """A part where all its slots have a value; else what is said instead."""
        known = all(self.slot(slot["source"], slot["name"]) for slot in SLOT.finditer(part["said"]))
        return part["said"] if known else part["else"] or ""

    def slot(self, source: str, name: str) -> str:
        """What a slot stands for, as a person reads it; "" where there is nothing."""
        if source == "answer":
            each = self.plan.questions.get(name)
            return self.show(each.question) if each else ""
        if source == "prefill":
            field, value = self.type.prefill.get(name), self.prefill.get(name)
            return "" if field is None or value is None else KINDS[field.kind].show(field, value)
        value = self.person.get(name) if name in PERSON_FIELDS else None
        return KINDS["date"].show(NO_QUESTION, str(value)) if value and name == BIRTH_DATE else str(value or "")
