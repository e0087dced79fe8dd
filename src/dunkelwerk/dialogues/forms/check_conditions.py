"""Static check: every condition can be understood, looks back only, and there is no cycle. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from dunkelwerk.decisions.cells import Column
from dunkelwerk.decisions.conditions import ConditionError, compile_condition, compile_side
from dunkelwerk.dialogues.forms.language import STEP_IF, DialogueType, Page, Question
from dunkelwerk.dialogues.forms.plan import kinds_in, row_kinds, sources_in
from dunkelwerk.dialogues.forms.problem import Problem
from dunkelwerk.infra.i18n import _

#: (page, question, place in its row); a condition may name what stands before its own place
Place = tuple[int, int, int]
LAST: Final = 1_000_000
CONFIRMED: Final = "confirmed."


class Rule(Struct, frozen=True):
    """A condition or limit as written, with what it may name. ``owner``: the question whose visibility it decides."""

    path: str
    data: Any
    kinds: Mapping[str, Any]
    before: Place
    #: the questions that become visible by it
    shows: tuple[str, ...] = ()
    #: the question that it belongs to, and that it therefore cannot name
    own: str = ""
    is_limit: bool = False

    def names(self) -> frozenset[str]:
        """The questions that it names; raises ConditionError."""
        if self.is_limit:
            found = compile_side(self.data, Column(name="date", type="date"), self.kinds, self.path).names
        else:
            found = compile_condition(self.data, self.kinds, self.path).names()
        return frozenset(name.removeprefix(CONFIRMED) for name in found)


def condition_problems(type: DialogueType) -> list[Problem]:
    """What cannot be understood; cycles; what looks ahead."""
    problems: list[Problem] = []
    understood: list[tuple[Rule, frozenset[str]]] = []
    for rule in rules_of(type):
        try:
            understood.append((rule, rule.names()))
        except ConditionError as error:
            problems.append(Problem(error.path, error.text + "."))
    graph: dict[str, set[str]] = {}
    for rule, names in understood:
        for shown in rule.shows:
            graph.setdefault(shown, set()).update(names)
    places = places_of(type)
    cycles = cycles_in(graph)
    inside = {name for cycle in cycles for name in cycle}
    for cycle in cycles:
        chain = " → ".join([*cycle, cycle[0]])
        text = _("Die Bedingungen drehen sich im Kreis ({chain}); eine davon entfernen.")
        problems.append(Problem(f"questions.{cycle[0]}", text.format(chain=chain)))
    for rule, names in understood:
        problems += ahead(rule, names, places, inside)
    return problems


def ahead(rule: Rule, names: frozenset[str], places: Mapping[str, Place], inside: set[str]) -> Iterator[Problem]:
    """What a rule names although it is asked only later."""
    for name in sorted(names):
        if name == rule.own:
            if not rule.shows:
                yield Problem(rule.path, _("Die Frage nennt sich selbst; eine andere nennen."))
        elif name in places and places[name] >= rule.before and not (rule.shows and name in inside):
            text = _("{name} wird erst später gefragt; die Frage vorziehen oder die Bedingung ändern.")
            yield Problem(rule.path, text.format(name=name))


def places_of(type: DialogueType) -> dict[str, Place]:
    """Where every question stands; what the form knows from the beginning has no place."""
    places: dict[str, Place] = {}
    for at, page in enumerate(type.pages):
        for number, question in enumerate(page.questions):
            places.setdefault(question.name, (at, number, LAST))
            for row, sub in enumerate(question.questions):
                places.setdefault(sub.name, (at, number, row))
    return places


def rules_of(type: DialogueType) -> Iterator[Rule]:
    """Every condition and limit of the type."""
    kinds = kinds_in(type)
    for at, page in enumerate(type.pages):
        path = f"pages.{page.name}"
        if page.visible_if is not None:
            shown = tuple(question.name for question in page.questions)
            yield Rule(f"{path}.visible_if", page.visible_if, kinds, (at, 0, 0), shown)
        for number, question in enumerate(page.questions):
            yield from question_rules(question, kinds, (at, number, 0), f"{path}.{question.name}")
            inner = row_kinds(question, kinds)
            for row, sub in enumerate(question.questions):
                yield from question_rules(sub, inner, (at, number, row), f"{path}.{question.name}.{sub.name}")
        yield from check_rules(page, kinds, at, path)
    yield from notice_rules(type, kinds)
    for number, step in enumerate(type.next_steps):
        if STEP_IF in step:
            yield Rule(f"next_steps[{number}].{STEP_IF}", step[STEP_IF], kinds, (LAST, 0, 0))


def question_rules(question: Question, kinds: Mapping[str, Any], place: Place, path: str) -> Iterator[Rule]:
    """Those of one question: what shows it looks back, its limits may name anything of its page."""
    if question.visible_if is not None:
        yield Rule(f"{path}.visible_if", question.visible_if, kinds, place, (question.name,), question.name)
    later = (place[0] + 1, 0, 0)
    if question.required_if is not None:
        yield Rule(f"{path}.required_if", question.required_if, kinds, later, (), question.name)
    if question.kind == "date":
        for field in ("not_before", "not_after"):
            if (data := getattr(question, field)) is not None:
                yield Rule(f"{path}.{field}", data, kinds, later, (), question.name, is_limit=True)


def check_rules(page: Page, kinds: Mapping[str, Any], at: int, path: str) -> Iterator[Rule]:
    """Those of a page's checks: up to this page."""
    for each in page.checks:
        yield Rule(f"{path}.{each.name}.when", each.when, kinds, (at + 1, 0, 0))


def notice_rules(type: DialogueType, kinds: Mapping[str, Any]) -> Iterator[Rule]:
    """Those of the mapping of the notice: anything."""
    for name, mapped in type.notice.items():
        for source in sources_in(mapped):
            if source.holds is not None:
                yield Rule(f"notice.{name}.holds", source.holds, kinds, (LAST, 0, 0))


def cycles_in(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Each cycle once, as far as one walk finds them."""
    done: set[str] = set()
    found: list[list[str]] = []

    def walk(name: str, way: list[str]) -> None:
        if name in way:
            found.append(way[way.index(name) :])
        elif name not in done and name in graph:
            for after in sorted(graph[name]):
                walk(after, [*way, name])
            done.add(name)

    for name in graph:
        walk(name, [])
    return found
