"""Static check: every page, question and check can be reached, whatever is answered before. Pure.

The answers before are tried in all combinations that conditions can tell apart: yes and no, each option, the values
around each limit, "weiß ich nicht", and none where none is possible. What cannot be tried (days relative to today,
sums) counts as both true and false. Beyond `MOST` combinations a question is taken as reachable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import chain, combinations
from typing import Any, Final

from msgspec import Struct

from dunkelwerk.decisions.cells import Choice, Column, Interval
from dunkelwerk.decisions.condition_nodes import (
    AllOf,
    AnyOf,
    Given,
    Has,
    IsUnknown,
    Matched,
    Node,
    Not,
)
from dunkelwerk.decisions.conditions import compile_condition
from dunkelwerk.decisions.operands import Several
from dunkelwerk.dialogues.forms.check_conditions import LAST, Place, places_of
from dunkelwerk.dialogues.forms.language import FILLED_BY, STEP_IF, ConditionData, DialogueType, Question
from dunkelwerk.dialogues.forms.plan import kinds_in, row_kinds
from dunkelwerk.dialogues.forms.problem import Problem
from dunkelwerk.infra.i18n import _

MOST: Final = 100_000
#: no answer; another value than any that conditions name
ABSENT: Final = object()
OTHER: Final = object()
STEPS: Final = {"integer": 1, "decimal": Decimal("0.01"), "date": timedelta(days=1)}
#: options of one question that are tried in all combinations
MOST_OPTIONS: Final = 8


class Asked(Struct, frozen=True):
    """What must be true for a question to be asked, and whether it may stay without answer then."""

    conditions: tuple[Node, ...]
    may_be_absent: bool = True
    may_be_unknown: bool = False


class Map(Struct, frozen=True):
    """The type's questions with what leads to them, and what their values can be."""

    kinds: Mapping[str, Any]
    asked: Mapping[str, Asked]
    places: Mapping[str, Place]


def reach_problems(type: DialogueType) -> list[Problem]:
    """What can never be reached. The conditions of the type must be sound."""
    kinds = kinds_in(type)
    every = dict(kinds)
    asked: dict[str, Asked] = {}
    targets: list[tuple[str, tuple[Node, ...], str]] = []
    never, useless = (
        _("Dazu kommt es nie, was auch geantwortet wird; die Bedingung berichtigen."),
        _("Diese Prüfung trifft nie zu; die Bedingung berichtigen oder die Prüfung entfernen."),
    )
    for page in type.pages:
        path, way = f"pages.{page.name}", nodes(page.visible_if, kinds)
        targets.append((path, way, never))
        for question in page.questions:
            here = way + nodes(question.visible_if, kinds)
            asked[question.name] = of(question, here)
            targets.append((f"{path}.{question.name}", here, never))
            every |= (inner := row_kinds(question, kinds)) if question.questions else {}
            for sub in question.questions:
                inside = here + nodes(sub.visible_if, inner)
                asked[sub.name] = of(sub, inside)
                targets.append((f"{path}.{question.name}.{sub.name}", inside, never))
        for each in page.checks:
            targets.append((f"{path}.{each.name}", way + nodes(each.when, kinds), useless))
    for number, step in enumerate(type.next_steps):
        targets.append((f"next_steps[{number}]", nodes(step.get(STEP_IF), kinds), never))
    found = Map(kinds=every, asked=asked, places=places_of(type))
    return list(unreached(found, targets))


def nodes(data: ConditionData | str | None, kinds: Mapping[str, Any]) -> tuple[Node, ...]:
    """The condition's node, if there is one."""
    return () if data is None else (compile_condition(data, kinds).node,)


def of(question: Question, conditions: tuple[Node, ...]) -> Asked:
    """What leads to a question."""
    optional = not question.required or question.required_if is not None
    return Asked(conditions=conditions, may_be_absent=optional, may_be_unknown=question.unknown)


def unreached(found: Map, targets: Iterable[tuple[str, tuple[Node, ...], str]]) -> Iterator[Problem]:
    """The targets that nothing leads to; what lies inside an unreachable page is not told again."""
    told: list[str] = []
    for path, conditions, text in targets:
        if (
            conditions
            and not any(path.startswith(f"{each}.") for each in told)
            and not _Search(found, conditions).met()
        ):
            told.append(path)
            yield Problem(path, text)


class _Search:
    """Tries answers, in the order in which they are asked, until the conditions are met."""

    def __init__(self, found: Map, conditions: tuple[Node, ...]) -> None:
        self.map, self.conditions, self.left = found, conditions, MOST
        self.needed = self.closure()
        leaves = [leaf for node in self.every_condition() for leaf in leaves_of(node)]
        self.free = list({key: None for leaf in leaves if (key := free_key(leaf))})
        plain = {name for leaf in leaves if (name := plain_name(leaf))}
        self.names = sorted(plain, key=lambda name: (found.places.get(name, (-1, 0, LAST)), name))
        self.values = {name: self.candidates(name, leaves) for name in self.names}

    def closure(self) -> list[str]:
        """The questions that the conditions name, those that lead to these, and so on."""
        todo, seen = list(names_in(self.conditions)), set[str]()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += names_in(self.map.asked[name].conditions) if name in self.map.asked else ()
        return sorted(seen)

    def every_condition(self) -> Iterator[Node]:
        yield from self.conditions
        for name in self.needed:
            if name in self.map.asked:
                yield from self.map.asked[name].conditions

    def candidates(self, name: str, leaves: Iterable[Node]) -> list[Any]:
        """The values that the conditions can tell apart, and those that stand for no value."""
        own = [leaf for leaf in leaves if plain_name(leaf) == name]
        found = list(values_of(self.map.kinds[name], own))
        asked = self.map.asked.get(name)
        if asked is None:
            return found if name == FILLED_BY else [*found, ABSENT]
        return found + [None] * asked.may_be_unknown + [ABSENT] * asked.may_be_absent

    def met(self) -> bool:
        """Whether some answers meet the conditions; true, too, where there are too many to try."""
        return self.with_free({}, 0)

    def with_free(self, world: dict[str, Any], at: int) -> bool:
        if at == len(self.free):
            return self.with_names(world, 0)
        return any(self.with_free({**world, self.free[at]: value}, at + 1) for value in (True, False))

    def with_names(self, world: dict[str, Any], at: int) -> bool:
        self.left -= 1
        if self.left < 0:
            return True
        if at == len(self.names):
            return all(truth(node, world) is True for node in self.conditions)
        name = self.names[at]
        asked = self.map.asked.get(name)
        hidden = asked is not None and not all(truth(node, world) is True for node in asked.conditions)
        values = [ABSENT] if hidden else self.values[name]
        return any(self.with_names({**world, name: value}, at + 1) for value in values)


def leaves_of(node: Node) -> Iterator[Node]:
    """The comparisons of a condition."""
    if isinstance(node, AllOf | AnyOf):
        for part in node.parts:
            yield from leaves_of(part)
    elif isinstance(node, Not):
        yield from leaves_of(node.part)
    else:
        yield node


def names_in(conditions: Iterable[Node]) -> set[str]:
    """The names that can be tried; what is computed of others counts as free."""
    return {name for node in conditions for leaf in leaves_of(node) if (name := plain_name(leaf))}


def plain_name(leaf: Node) -> str | None:
    """The name whose value alone decides the comparison; None for one that is free."""
    if isinstance(leaf, Given | IsUnknown):
        return leaf.name
    return leaf.left.plain if isinstance(leaf, Matched | Has) else None


def free_key(leaf: Node) -> str | None:
    """What tells one free comparison from another; None for one that can be tried."""
    if plain_name(leaf) is not None or isinstance(leaf, AllOf | AnyOf | Not | Given | IsUnknown):
        return None
    right = leaf.right.data if not isinstance(leaf, Matched | Has) else getattr(leaf, "data", None)
    return f"{leaf.left.data} {getattr(leaf, 'operator', '')} {right}"


def truth(node: Node, world: Mapping[str, Any]) -> bool | None:
    """The condition in a world of tried values."""
    if isinstance(node, AllOf | AnyOf):
        parts = [truth(part, world) for part in node.parts]
        decisive = isinstance(node, AnyOf)
        return decisive if decisive in parts else None if None in parts else not decisive
    if isinstance(node, Not):
        part = truth(node.part, world)
        return None if part is None else not part
    name = plain_name(node)
    if name is None:
        return bool(world.get(free_key(node) or "", True))
    value = world.get(name, ABSENT)
    if isinstance(node, Given):
        return (value is not None and value is not ABSENT) is node.wanted
    if isinstance(node, IsUnknown):
        return value is None
    if value is None or value is ABSENT:
        return None
    return node.option in value if isinstance(node, Has) else isinstance(node, Matched) and holds(node.cell, value)


def holds(cell: Choice | Interval, value: Any) -> bool:
    """Whether a tried value meets a cell; any other value meets none that names values."""
    return value is not OTHER and cell.matches(value)


def values_of(kind: Any, leaves: Iterable[Node]) -> Iterator[Any]:
    """The values of a kind that these comparisons can tell apart."""
    if isinstance(kind, Several):
        named = sorted({leaf.option for leaf in leaves if isinstance(leaf, Has)})[:MOST_OPTIONS]
        yield from chain.from_iterable(combinations(named, size) for size in range(len(named) + 1))
    elif isinstance(kind, Column) and kind.type == "boolean":
        yield from (True, False)
    elif isinstance(kind, Column) and kind.domain:
        yield from kind.domain
    else:
        yield OTHER
        step = STEPS.get(kind.type) if isinstance(kind, Column) else None
        yield from (value for leaf in leaves if isinstance(leaf, Matched) for value in around(leaf.cell, step))


def around(cell: Choice | Interval, step: Any) -> Iterator[Any]:
    """The values that a cell names, and their neighbours."""
    if isinstance(cell, Choice):
        yield from cell.values
        yield from cell.prefixes
        return
    for bound in (cell.low, cell.high):
        if bound is not None:
            yield from (bound - step, bound, bound + step)
