"""Conditions as small data: ``{answer: amount, more_than: 100}``, ``{all: [...]}``, ``{not: ...}``. Pure, three-valued.

A comparison with a literal is a cell of a decision table (`cells`), so both have one grammar: ``matches: "> 100"`` says
the same as ``more_than: 100``. Compiled once, evaluated often. Source: docs/form-language.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from dunkelwerk.decisions.cells import (
    ORDERED,
    Anything,
    CellError,
    Choice,
    Column,
    Interval,
    Unknown,
    parse_condition,
    parse_literal,
)
from dunkelwerk.decisions.condition_nodes import (
    COMPARE,
    AllOf,
    AnyOf,
    Compared,
    Given,
    Has,
    IsUnknown,
    Matched,
    Node,
    Not,
)
from dunkelwerk.decisions.operands import (
    AGGREGATES,
    PREFIXES,
    ConditionError,
    Kind,
    Kinds,
    Opaque,
    Operand,
    Rows,
    Several,
    Values,
    column_of,
    compile_operand,
    is_operand,
    number_type,
    refuse_unknown,
    source_of,
    total,
)
from dunkelwerk.infra.i18n import _

__all__ = ["Condition", "ConditionError", "Kind", "Kinds", "Opaque", "Rows", "Several", "compile_condition"]
__all__ += ["AllOf", "AnyOf", "Compared", "Given", "Has", "IsUnknown", "Matched", "Node", "Not", "compile_side"]

#: deeper than anybody reads; keeps a hostile file from exhausting the stack
DEEPEST: Final = 20
_SIGNS: Final = {"less_than": "<", "at_most": "<=", "more_than": ">", "at_least": ">="}
OPERATORS: Final = (*COMPARE, "in", "matches", "given", "has")


class Condition:
    """A compiled condition: evaluated as often as one likes, and cut into nodes by the static check."""

    __slots__ = ("_names", "holds", "node")

    def __init__(self, node: Node, names: frozenset[str]) -> None:
        self.node, self._names = node, names
        #: (values, today) -> true, false, or None where it is not known
        self.holds: Callable[[Values, date], bool | None] = node.test

    def names(self) -> frozenset[str]:
        """What it reads: ``Q``, ``prefill.P``, ``person.birth_date``, ``confirmed.Q``."""
        return self._names


def compile_condition(data: object, kinds: Kinds, path: str = "") -> Condition:
    """The condition that is written as data; raises ConditionError with path and what to do."""
    names: set[str] = set()
    return Condition(_Compiler(kinds, names).node(data, path, 0), frozenset(names))


def compile_side(data: object, column: Column, kinds: Kinds, path: str = "") -> Operand:
    """A limit such as ``not_before``: a literal of the column's type, or an operand of it; raises ConditionError."""
    return _Compiler(kinds, set()).side(data, column, path)


class _Compiler:
    """Compiles one condition, and collects the names that it reads."""

    def __init__(self, kinds: Kinds, names: set[str]) -> None:
        self.kinds, self.names = kinds, names

    def node(self, data: object, path: str, depth: int) -> Node:
        if not isinstance(data, Mapping) or not data:
            text = _("eine Bedingung eintragen, zum Beispiel {{answer: NAME, given: yes}}")
            raise ConditionError(path, text)
        if depth > DEEPEST:
            raise ConditionError(path, _("die Bedingung ist zu tief verschachtelt; sie aufteilen"))
        for key, kind in (("all", AllOf), ("any", AnyOf)):
            if key in data:
                refuse_unknown(data, {key}, path)
                return kind(self.parts(data[key], f"{path}.{key}", depth))
        if "not" in data:
            refuse_unknown(data, {"not"}, path)
            return Not(self.node(data["not"], f"{path}.not", depth + 1))
        return self.atom(data, path)

    def parts(self, data: object, path: str, depth: int) -> tuple[Node, ...]:
        if not isinstance(data, list | tuple) or not data:
            raise ConditionError(path, _("eine Liste von mindestens einer Bedingung eintragen"))
        return tuple(self.node(part, f"{path}[{number}]", depth + 1) for number, part in enumerate(data))

    def atom(self, data: Mapping[str, Any], path: str) -> Node:
        found = [key for key in OPERATORS if key in data]
        if len(found) != 1:
            raise ConditionError(path, _("genau eines von {keys} angeben"), keys=", ".join(OPERATORS))
        sign = found[0]
        left = self.operand({key: value for key, value in data.items() if key != sign}, path)
        right, place = data[sign], f"{path}.{sign}"
        if sign == "given":
            return self.given(left, right, place)
        if sign == "has":
            return self.has(left, right, place)
        if right == "unknown" and sign in ("is", "matches"):
            return IsUnknown(self.plain(left, place))
        column = column_of(left, path)
        right = today_as_operand(right, column)
        if is_operand(right) and sign in COMPARE:
            return self.compared(left, sign, right, column, place)
        return Matched(left, self.cell(sign, right, column, place), sign, right)

    def given(self, left: Operand, wanted: object, path: str) -> Given:
        if not isinstance(wanted, bool):
            raise ConditionError(path, _("yes oder no eintragen"))
        return Given(self.plain(left, path), wanted)

    def plain(self, left: Operand, path: str) -> str:
        if left.plain is None:
            raise ConditionError(path, _("das geht nur bei einem einzelnen Wert, nicht bei einem berechneten"))
        return left.plain

    def has(self, left: Operand, option: object, path: str) -> Has:
        if not isinstance(left.kind, Several):
            raise ConditionError(path, _("has geht nur bei Fragen mit mehreren Antworten; in: [..] verwenden"))
        if option not in left.kind.domain:
            text = _("{option} gehört nicht zu {name}; einen der Werte {domain} eintragen")
            raise ConditionError(path, text, option=option, name=left.kind.name, domain="|".join(left.kind.domain))
        return Has(left, str(option))

    def compared(self, left: Operand, sign: str, right: object, column: Column, path: str) -> Compared:
        if sign != "is" and column.type not in ORDERED:
            raise ConditionError(path, _("größer und kleiner gibt es nur bei Zahlen und Tagen; auf Gleichheit prüfen"))
        return Compared(left, self.side(right, column, path), sign)

    def side(self, data: object, column: Column, path: str) -> Operand:
        """The right side: an operand of the same type, or a literal."""
        data = today_as_operand(data, column)
        if not is_operand(data):
            value = literal(data, column, path)
            return Operand(column, frozenset(), data, lambda values, today: value)
        right = self.operand(data, path)
        other = column_of(right, path)
        if {column.type, other.type} not in ({column.type}, {"integer", "decimal"}, {"text", "one of"}):
            text = _("{one} ({first}) lässt sich nicht mit {other} ({second}) vergleichen; gleiche Arten verwenden")
            slots = {"one": column.name, "first": column.type, "other": other.name, "second": other.type}
            raise ConditionError(path, text, **slots)
        return right

    def cell(self, sign: str, right: object, column: Column, path: str) -> Choice | Interval:
        try:
            found = parse_condition(cell_text(sign, right, column, path), column)
        except CellError as error:
            raise ConditionError(path, "{error}", error=error) from None
        if isinstance(found, Anything | Unknown):
            raise ConditionError(path, _("ein Wert fehlt; ihn eintragen oder given verwenden"))
        return found

    def operand(self, data: object, path: str) -> Operand:
        if not isinstance(data, Mapping):
            raise ConditionError(path, _("genau eines von {keys} angeben"), keys=", ".join(PREFIXES))
        source = source_of(data, path)
        found = self.aggregate(source, data, path) if source in AGGREGATES else compile_operand(data, self.kinds, path)
        self.names |= found.names
        return found

    def aggregate(self, source: str, data: Mapping[str, Any], path: str) -> Operand:
        if source == "count":
            refuse_unknown(data, {"count", "where"}, path)
            return self.count(data, path)
        refuse_unknown(data, {"sum", "missing"}, path)
        listed = data["sum"] if isinstance(data["sum"], list | tuple) else [data["sum"]]
        parts = [self.summand(each, f"{path}.sum") for each in listed]
        missing = data.get("missing")
        if missing is not None and (type(missing) is not int or missing != 0):
            raise ConditionError(f"{path}.missing", _("0 eintragen oder die Angabe entfernen"))
        add = total([(name, column) for name, column, _type in parts], None if missing is None else Decimal(0))
        column = Column(name="sum", type=number_type([type for _name, _column, type in parts]))
        names = frozenset(name for name, _column, _type in parts)
        return Operand(column, names, dict(data), lambda values, today: add(values))

    def summand(self, name: object, path: str) -> tuple[str, str | None, Any]:
        """(name, column of its rows or None, type) of something that can be added up."""
        first, _dot, column = str(name).partition(".")
        kind = self.kinds.get(first)
        found = kind.columns.get(column) if isinstance(kind, Rows) else None if column else kind
        if not isinstance(found, Column) or found.type not in ("integer", "decimal"):
            raise ConditionError(path, _("{name} ist keine Zahl; eine Zahl oder LISTE.ZAHL nennen"), name=name)
        return first, column or None, found.type

    def count(self, data: Mapping[str, Any], path: str) -> Operand:
        name, where = data["count"], data.get("where")
        kind = self.kinds.get(name) if isinstance(name, str) else None
        if not (isinstance(kind, Rows | Several) or (isinstance(kind, Opaque) and kind.is_list)):
            raise ConditionError(f"{path}.count", _("{name} ist keine Liste; eine Liste nennen"), name=name)
        if where is None:
            return Operand(*self._counted(name), lambda values, today: _length(values.get(name)))
        if not isinstance(kind, Rows):
            raise ConditionError(f"{path}.where", _("where geht nur bei Personenlisten; die Angabe entfernen"))
        inner = compile_condition(where, {**self.kinds, **kind.columns}, f"{path}.where")
        outside = frozenset({name}) | (inner.names() - kind.columns.keys())
        column = Column(name="count", type="integer")
        return Operand(column, outside, dict(data), lambda values, today: _matching(inner, name, values, today))

    def _counted(self, name: str) -> tuple[Column, frozenset[str], Any]:
        return Column(name="count", type="integer"), frozenset({name}), {"count": name}


def today_as_operand(data: object, column: Column) -> object:
    """``today`` in place of a day is ``{today: 0}``."""
    return {"today": 0} if data == "today" and column.type == "date" else data


def _length(values: Any) -> int | None:
    return None if values is None else len(values)


def _matching(where: Condition, name: str, values: Values, today: date) -> int | None:
    """How many rows meet a condition; None where one row may or may not."""
    rows = values.get(name)
    if rows is None:
        return None
    found = [where.holds({**values, **row}, today) for row in rows]
    return None if None in found else found.count(True)


def cell_text(sign: str, right: object, column: Column, path: str) -> str:
    """The cell of a decision table that says the same: ``more_than: 100`` is ``> 100``."""
    if sign == "matches":
        if not isinstance(right, str):
            raise ConditionError(path, _('eine Zelle in Anführungszeichen eintragen, zum Beispiel "> 100"'))
        return right
    if sign == "in":
        if not isinstance(right, list | tuple) or not right:
            raise ConditionError(path, _("eine Liste von mindestens einem Wert eintragen"))
        return "in " + "|".join(_written(each, column, path) for each in right)
    return f"{_SIGNS.get(sign, '=')} {_written(right, column, path)}"


def literal(data: object, column: Column, path: str) -> Any:
    """One value of the column's type; raises ConditionError."""
    try:
        return parse_literal(_written(data, column, path), column)
    except CellError as error:
        raise ConditionError(path, "{error}", error=error) from None


def _written(data: object, column: Column, path: str) -> str:
    """A literal as a cell has it. YAML has quoted it already, so a text needs no quotes of its own."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if not isinstance(data, str | int | Decimal | date):
        raise ConditionError(path, _("einen einfachen Wert eintragen: Text, Zahl, Tag, yes oder no"))
    if column.type in ("text", "one of"):
        return '"' + str(data).replace('"', '""') + '"'
    return str(data)


def names_of(conditions: Iterable[Condition | None]) -> frozenset[str]:
    """Everything that these conditions read."""
    return frozenset(name for condition in conditions if condition for name in condition.names())
