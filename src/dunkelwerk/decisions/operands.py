"""What a condition compares: values by name, today, sums and counts; dates moved by days, months, years. Pure.

Everything is three-valued: None is "not known", and stays it. Source: docs/form-language.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from msgspec import Struct

from dunkelwerk.decisions.cells import Column, TypeName
from dunkelwerk.decisions.days import add_months, birthday
from dunkelwerk.infra.i18n import _

Values: TypeAlias = Mapping[str, Any]


class Several(Struct, frozen=True):
    """A value that is a list of names out of a closed domain."""

    name: str
    domain: tuple[str, ...]


class Rows(Struct, frozen=True):
    """A value that is a list of rows; sums and counts go over them."""

    name: str
    columns: Mapping[str, Kind]


class Opaque(Struct, frozen=True):
    """A value of which a condition may only ask whether it is given and, if it is a list, how many."""

    name: str
    is_list: bool = False


Kind: TypeAlias = Column | Several | Rows | Opaque
Kinds: TypeAlias = Mapping[str, Kind]

#: ``prefill: P`` is the value ``prefill.P``; ``answer: Q`` is the value ``Q``
PREFIXES: Final = {"answer": "", "prefill": "prefill.", "person": "person.", "confirmed": "confirmed."}
AGGREGATES: Final = ("sum", "count")
OFFSETS: Final = {"days": 73_000, "months": 2_400, "years": 200}
_TODAY: Final = Column(name="today", type="date")


class ConditionError(ValueError):
    """A condition that cannot be understood: where, what, and what to do, in one German sentence."""

    def __init__(self, path: str, text: str, /, **slots: object) -> None:
        self.path, self.text = path, text.format(**slots)
        super().__init__(f"{path}: {self.text}" if path else self.text)


class Offset(Struct, frozen=True):
    """How far a date is moved: years first, then months, then days."""

    days: int = 0
    months: int = 0
    years: int = 0

    def move(self, day: date) -> date:
        """The day moved; 29 February becomes 1 March in a common year, as for birthdays."""
        if self.years:
            day = birthday(day, self.years)
        return (add_months(day, self.months) if self.months else day) + timedelta(days=self.days)


class Operand(Struct, frozen=True):
    """One side of a comparison. ``kind`` says what values it has; ``names`` what it needs to know."""

    kind: Kind
    names: frozenset[str]
    #: as written, for words and for recognising the same operand again
    data: Any
    get: Callable[[Values, date], Any]
    #: the name of a value as it is, neither moved nor computed; None for all others
    plain: str | None = None


def is_operand(data: object) -> bool:
    """Whether it is written as an operand and not as a literal."""
    return isinstance(data, Mapping)


def source_of(data: Mapping[str, Any], path: str) -> str:
    """The key that says what kind of operand it is; raises ConditionError unless there is exactly one."""
    found = [key for key in (*PREFIXES, "today", *AGGREGATES) if key in data]
    if len(found) != 1:
        text = _("genau eines von {keys} angeben")
        raise ConditionError(path, text, keys=", ".join((*PREFIXES, "today", *AGGREGATES)))
    return found[0]


def compile_operand(data: Mapping[str, Any], kinds: Kinds, path: str) -> Operand:
    """A value by name or today, perhaps moved; sums and counts are compiled by ``conditions``."""
    source = source_of(data, path)
    refuse_unknown(data, {source, *OFFSETS}, path)
    base = _today(data["today"], path) if source == "today" else _named(source, data[source], kinds, path)
    offset = _offset(data, path)
    if offset is None:
        return base
    if not (isinstance(base.kind, Column) and base.kind.type == "date"):
        raise ConditionError(path, _("days, months und years verschieben nur einen Tag; sie hier entfernen"))
    return _moved(base, offset, dict(data))


def refuse_unknown(data: Mapping[str, Any], known: set[str], path: str) -> None:
    """Raise ConditionError for a key that means nothing here."""
    if unknown := sorted(str(key) for key in data if key not in known):
        text = _("{keys} gibt es hier nicht; erlaubt sind {known}")
        raise ConditionError(path, text, keys=", ".join(unknown), known=", ".join(sorted(known)))


def _today(days: object, path: str) -> Operand:
    offset = Offset(days=_whole(days, "days", f"{path}.today"))
    data = {"today": offset.days}
    return Operand(_TODAY, frozenset(), data, lambda values, today: offset.move(today))


def _named(source: str, name: object, kinds: Kinds, path: str) -> Operand:
    key = f"{PREFIXES[source]}{name}"
    if not isinstance(name, str) or key not in kinds:
        text = _("{source} {name} gibt es nicht; den Namen berichtigen")
        raise ConditionError(f"{path}.{source}", text, source=source, name=name)

    def get(values: Values, today: date) -> Any:
        return values.get(key)

    return Operand(kinds[key], frozenset({key}), {source: name}, get, key)


def _offset(data: Mapping[str, Any], path: str) -> Offset | None:
    given = {key: _whole(data[key], key, f"{path}.{key}") for key in OFFSETS if key in data}
    return Offset(**given) if given else None


def _moved(base: Operand, offset: Offset, data: dict[str, Any]) -> Operand:
    def get(values: Values, today: date) -> Any:
        day = base.get(values, today)
        return None if day is None else offset.move(day)

    return Operand(base.kind, base.names, data, get)


def _whole(value: object, unit: str, path: str) -> int:
    if type(value) is not int or abs(value) > OFFSETS[unit]:
        text = _("eine ganze Zahl von -{most} bis {most} eintragen")
        raise ConditionError(path, text, most=OFFSETS[unit])
    return value


def column_of(operand: Operand, path: str) -> Column:
    """The operand's type, where it has one that can be compared; else raises ConditionError."""
    if isinstance(operand.kind, Column):
        return operand.kind
    hints = {
        Several: _("has: VALUE oder count verwenden"),
        Rows: _("sum oder count verwenden"),
        Opaque: _("given: yes verwenden"),
    }
    text = _("{name} lässt sich so nicht vergleichen; {hint}")
    raise ConditionError(path, text, name=operand.kind.name, hint=hints[type(operand.kind)])


def total(parts: list[tuple[str, str | None]], missing: Decimal | None) -> Callable[[Values], Decimal | int | None]:
    """A function that adds up (name, column) pairs; a column of None is the value itself. None: not known.

    ``missing`` is what counts for a value that is absent; a None that was given ("weiß ich nicht") is never known.
    """

    def get(values: Values) -> Decimal | int | None:
        found: list[Any] = []
        for name, column in parts:
            value = values.get(name, missing)
            if column is None or not isinstance(value, list):
                found.append(value)
            else:
                found += [row.get(column, missing) for row in value]
        return None if None in found else sum(found, 0)

    return get


def number_type(types: list[TypeName]) -> TypeName:
    """Integers add up to an integer, everything else to a decimal."""
    return "integer" if set(types) == {"integer"} else "decimal"
