"""The nodes of a compiled condition, each with its three-valued test. Pure. Source: docs/form-language.md section 4."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeAlias

from msgspec import Struct

from dunkelwerk.decisions.cells import Choice, Interval
from dunkelwerk.decisions.operands import Operand, Values

COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "is": operator.eq,
    "less_than": operator.lt,
    "at_most": operator.le,
    "more_than": operator.gt,
    "at_least": operator.ge,
}


class AllOf(Struct, frozen=True):
    """True where every part is, false where one is false."""

    parts: tuple[Node, ...]

    def test(self, values: Values, today: date) -> bool | None:
        """Three-valued and."""
        known = True
        for part in self.parts:
            found = part.test(values, today)
            if found is False:
                return False
            known = known and found is not None
        return True if known else None


class AnyOf(Struct, frozen=True):
    """True where one part is, false where every one is false."""

    parts: tuple[Node, ...]

    def test(self, values: Values, today: date) -> bool | None:
        """Three-valued or."""
        known = True
        for part in self.parts:
            found = part.test(values, today)
            if found:
                return True
            known = known and found is not None
        return False if known else None


class Not(Struct, frozen=True):
    """The opposite; what is not known stays it."""

    part: Node

    def test(self, values: Values, today: date) -> bool | None:
        """Three-valued not."""
        found = self.part.test(values, today)
        return None if found is None else not found


class Matched(Struct, frozen=True):
    """A value against a cell of a decision table; ``operator`` and ``data`` as written."""

    left: Operand
    cell: Choice | Interval
    operator: str
    data: Any

    def test(self, values: Values, today: date) -> bool | None:
        """None where the value is not known."""
        value = self.left.get(values, today)
        return None if value is None else self.cell.matches(value)


class Compared(Struct, frozen=True):
    """Two values of one type."""

    left: Operand
    right: Operand
    operator: str

    def test(self, values: Values, today: date) -> bool | None:
        """None where one of the two is not known."""
        one, other = self.left.get(values, today), self.right.get(values, today)
        return None if one is None or other is None else COMPARE[self.operator](one, other)


class Given(Struct, frozen=True):
    """Whether there is a value: always known. "Weiß ich nicht" is none."""

    name: str
    wanted: bool

    def test(self, values: Values, today: date) -> bool | None:
        """True or false."""
        return (values.get(self.name) is not None) is self.wanted


class IsUnknown(Struct, frozen=True):
    """Whether "weiß ich nicht" was answered: always known, and false where nothing was answered yet."""

    name: str

    def test(self, values: Values, today: date) -> bool | None:
        """True or false."""
        return values.get(self.name, False) is None


class Has(Struct, frozen=True):
    """Whether one of several chosen answers is this one."""

    left: Operand
    option: str

    def test(self, values: Values, today: date) -> bool | None:
        """None where nothing was answered."""
        chosen = self.left.get(values, today)
        return None if chosen is None else self.option in chosen


Node: TypeAlias = AllOf | AnyOf | Not | Matched | Compared | Given | IsUnknown | Has
