"""A type compiled once: its questions in order, their conditions and limits ready to be evaluated. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from msgspec import Struct

from dunkelwerk.decisions.cells import Column
from dunkelwerk.decisions.conditions import Condition, Kinds, compile_condition, compile_side
from dunkelwerk.dialogues.forms.kind import Kind
from dunkelwerk.dialogues.forms.kinds import kind_of
from dunkelwerk.dialogues.forms.language import (
    FILLED_BY,
    FILLED_BY_VALUES,
    PERSON_FIELDS,
    STEP_IF,
    Check,
    ConditionData,
    DialogueType,
    Page,
    Question,
    Source,
    step_texts,
)

Test = Callable[[Mapping[str, Any], date], bool | None]
Side = Callable[[Mapping[str, Any], date], Any]

#: types that are kept compiled
MOST: Final = 64
BIRTH_DATE: Final = "birth_date"


class PlannedQuestion(Struct, frozen=True, kw_only=True):
    """A question with what was compiled of it. ``visible`` None: always."""

    question: Question
    kind: Kind
    visible: Test | None
    required: Test | None
    not_before: Side | None
    not_after: Side | None
    rows: tuple[PlannedQuestion, ...]

    @property
    def name(self) -> str:
        """The question's name."""
        return self.question.name


class PlannedCheck(Struct, frozen=True, kw_only=True):
    """A check with its condition; ``at``: the question that its sentence is shown at."""

    check: Check
    when: Condition
    at: str


class PlannedPage(Struct, frozen=True, kw_only=True):
    """A page with what was compiled of it."""

    page: Page
    visible: Test | None
    questions: tuple[PlannedQuestion, ...]
    checks: tuple[PlannedCheck, ...]


class Plan(Struct, frozen=True, kw_only=True):
    """A compiled type. ``every``: the questions of rows, too; ``holds``: the notice's conditions, by their identity."""

    type: DialogueType
    pages: tuple[PlannedPage, ...]
    questions: dict[str, PlannedQuestion]
    every: dict[str, PlannedQuestion]
    holds: dict[int, Test]
    #: what happens next: each step's texts, and its condition (None: always)
    steps: tuple[tuple[dict[str, str], Test | None], ...]


_PLANS: dict[int, Plan] = {}


def plan_of(type: DialogueType) -> Plan:
    """The compiled type; raises ConditionError for one that ``checking.check`` would refuse."""
    plan = _PLANS.get(id(type))
    # The plan holds the type, so its identity cannot have been given to another one.
    if plan is None or plan.type is not type:
        plan = _compile(type)
        if len(_PLANS) >= MOST:
            _PLANS.clear()
        _PLANS[id(type)] = plan
    return plan


def kinds_in(type: DialogueType) -> dict[str, Any]:
    """Everything that conditions may name, with what they may do with it; rows are inside their list."""
    kinds: dict[str, Any] = {FILLED_BY: Column(name=FILLED_BY, type="one of", domain=FILLED_BY_VALUES)}
    for field in PERSON_FIELDS:
        key = f"person.{field}"
        kinds[key] = Column(name=key, type="date" if field == BIRTH_DATE else "text")
    for name, prefill in type.prefill.items():
        kinds[f"prefill.{name}"] = kind_of(prefill).condition_kind(prefill, f"prefill.{name}")
    for question in questions_of(type):
        kinds[question.name] = kind_of(question).condition_kind(question, question.name)
        if question.prefill:
            kinds[f"confirmed.{question.name}"] = Column(name=f"confirmed.{question.name}", type="boolean")
    return kinds


def questions_of(type: DialogueType) -> Iterator[Question]:
    """The questions of all pages in order, not those of rows."""
    return (question for page in type.pages for question in page.questions)


def row_kinds(question: Question, kinds: Kinds) -> dict[str, Any]:
    """What the conditions within a row may name: the row's own questions, and everything outside."""
    return {**kinds, **{sub.name: kind_of(sub).condition_kind(sub, sub.name) for sub in question.questions}}


def _compile(type: DialogueType) -> Plan:
    kinds = kinds_in(type)
    pages = tuple(_page(page, kinds, f"pages.{page.name}") for page in type.pages)
    questions = {each.name: each for page in pages for each in page.questions}
    sources = (source for mapped in type.notice.values() for source in sources_in(mapped))
    holds = {id(each.holds): compile_condition(each.holds, kinds, "notice").holds for each in sources if each.holds}
    every = {sub.name: sub for each in questions.values() for sub in each.rows} | questions
    steps = tuple((step_texts(each), _test(each.get(STEP_IF), kinds, STEP_IF)) for each in type.next_steps)
    return Plan(type=type, pages=pages, questions=questions, every=every, holds=holds, steps=steps)


def sources_in(source: Source) -> Iterator[Source]:
    """The source and those that it chooses from."""
    yield source
    for each in source.first or ():
        yield from sources_in(each)


def _page(page: Page, kinds: Kinds, path: str) -> PlannedPage:
    return PlannedPage(
        page=page,
        visible=_test(page.visible_if, kinds, f"{path}.visible_if"),
        questions=tuple(_question(each, kinds, f"{path}.{each.name}") for each in page.questions),
        checks=tuple(_check(each, page, kinds, f"{path}.{each.name}") for each in page.checks),
    )


def _question(question: Question, kinds: Kinds, path: str) -> PlannedQuestion:
    inner = row_kinds(question, kinds) if question.questions else kinds
    return PlannedQuestion(
        question=question,
        kind=kind_of(question),
        visible=_test(question.visible_if, kinds, f"{path}.visible_if"),
        required=_test(question.required_if, kinds, f"{path}.required_if"),
        not_before=_side(question.not_before, kinds, f"{path}.not_before"),
        not_after=_side(question.not_after, kinds, f"{path}.not_after"),
        rows=tuple(_question(each, inner, f"{path}.{each.name}") for each in question.questions),
    )


def _test(data: ConditionData | str | None, kinds: Kinds, path: str) -> Test | None:
    return None if data is None else compile_condition(data, kinds, path).holds


def _side(data: str | ConditionData | None, kinds: Kinds, path: str) -> Side | None:
    return None if data is None else compile_side(data, Column(name=path, type="date"), kinds, path).get


def _check(check: Check, page: Page, kinds: Kinds, path: str) -> PlannedCheck:
    when = compile_condition(check.when, kinds, f"{path}.when")
    here = [question.name for question in page.questions]
    at = check.at or next((name for name in here if name in when.names()), here[0])
    return PlannedCheck(check=check, when=when, at=at)
