"""The cells of a decision table: value types, literals, and the conditions a row states about its inputs.

Pure. A condition is data (so that `table_check` can cut it into atoms) and knows how to match a value. Matching is
three-valued: an unknown input, None, is matched by `unknown` and by "any" alone, never by a comparison.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, cast

import msgspec

from dunkelwerk.infra.i18n import _

TypeName: TypeAlias = Literal["text", "integer", "decimal", "date", "boolean", "one of"]
Known: TypeAlias = str | int | Decimal | date | bool
Value: TypeAlias = Known | None

ORDERED: Final = frozenset({"integer", "decimal", "date"})
_PYTHON_TYPES: Final[dict[str, type]] = {
    "text": str,
    "integer": int,
    "decimal": Decimal,
    "date": date,
    "boolean": bool,
    "one of": str,
}
_EXPECTED: Final[dict[str, str]] = {
    "integer": "eine ganze Zahl wie 14 eintragen, höchstens 18 Stellen",
    "decimal": "eine Zahl mit Punkt wie 12.50 eintragen, höchstens 15 Stellen davor und 8 danach",
    "date": "ein Datum wie 2026-01-31 eintragen",
    "boolean": "ja oder nein eintragen",
}
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,8})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ONE_OF: Final = re.compile(r"one\s+of\s+(.+)", re.DOTALL)
_IN: Final = re.compile(r"in\s")
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')
# Text that an analyst may have meant as syntax, typed in capitals or "corrected" by a word processor, is never taken
# for a literal in silence: it has to be quoted.
_SYNTAX: Final = re.compile(
    r'[<>=!≤≥–—„“”]|(?:in|not)$|(?i:in|not)\s|(?i:unknown)$|-$|.*(?:\.\.|[*|"])',
    re.DOTALL,
)
_NO_OUTPUT: Final = frozenset({"-", "–", "—", "unknown"})
_BOOLEANS: Final = {"ja": True, "true": True, "nein": False, "false": False}


class CellError(ValueError):
    """A cell or header that cannot be understood: a German clause saying what is wrong, and what to do."""

    def __init__(self, text: str, /, **slots: str) -> None:
        super().__init__(text.format(**slots))


class Column(msgspec.Struct, frozen=True):
    """One input or output: its name, the type of its values and, for `one of`, the closed domain."""

    name: str
    type: TypeName
    domain: tuple[str, ...] = ()

    def takes(self, value: object) -> bool:
        """True for None and for a value of exactly this type: no bool as integer, no datetime, no NaN."""
        if value is None:
            return True
        if type(value) is Decimal and not value.is_finite():
            return False
        return type(value) is _PYTHON_TYPES[self.type]

    def contains(self, value: object) -> bool:
        """False for a text outside the closed domain of a `one of`; such an input meets no row."""
        return value is None or not self.domain or value in self.domain


class Anything(msgspec.Struct, frozen=True):
    """The cell `-` or an empty one: every value, and unknown."""

    def matches(self, value: Value) -> bool:
        """Always true."""
        return True


class Unknown(msgspec.Struct, frozen=True):
    """The cell `unknown`: the input is None."""

    def matches(self, value: Value) -> bool:
        """True for None only."""
        return value is None


class Choice(msgspec.Struct, frozen=True):
    """The cells `X`, `= X`, `X*` and `in A|B*`: one of some values, or a text with one of some beginnings."""

    values: frozenset[Known]
    prefixes: tuple[str, ...] = ()

    def matches(self, value: Value) -> bool:
        """True for a listed value or beginning, never for None."""
        return value in self.values or (isinstance(value, str) and value.startswith(self.prefixes))


class Interval(msgspec.Struct, frozen=True):
    """The cells `< X`, `<= X`, `> X`, `>= X` and `X..Y`; a bound of None is no bound."""

    # Any: both bounds and the value are of one ordered type, which mypy cannot say for a union.
    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    def matches(self, value: Any) -> bool:
        """True between the bounds, never for None."""
        if value is None:
            return False
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return self.high is None or value < self.high or (not self.high_open and bool(value == self.high))


Condition: TypeAlias = Anything | Unknown | Choice | Interval


def parse_column(name: str, type_text: str) -> Column:
    """Read the NAME and TYPE of a header cell; raises CellError."""
    if not _NAME.fullmatch(name):
        raise CellError(_("„{name}“ ist kein Name; Buchstaben a–z, Ziffern und _ verwenden"), name=_short(name))
    if closed := _ONE_OF.fullmatch(type_text):
        return Column(name=name, type="one of", domain=_parse_domain(closed[1]))
    if type_text not in _PYTHON_TYPES or type_text == "one of":
        raise CellError(
            _("„{type}“ ist keine Art von Werten; text, integer, decimal, date, boolean oder one of a|b|c eintragen"),
            type=_short(type_text),
        )
    return Column(name=name, type=cast(TypeName, type_text))


def _parse_domain(text: str) -> tuple[str, ...]:
    domain = [_read_text(item) for item in _split_list(text)]
    _refuse_duplicates(domain)
    return tuple(domain)


def parse_output(cell: str, column: Column) -> Value:
    """Read an output cell: a literal of the column's type, None where it is empty; raises CellError."""
    text = cell.strip()
    if not text:
        return None
    if text in _NO_OUTPUT:
        raise CellError(
            _("„{text}“ ist kein Ergebnis; die Zelle leer lassen oder den Text in Anführungszeichen setzen"), text=text
        )
    if column.type == "text" and not text.startswith('"'):
        return text
    return parse_literal(text, column)


def parse_condition(cell: str, column: Column) -> Condition:
    """Read an input cell by the grammar of docs/decision-tables.md; raises CellError."""
    text = cell.strip()
    if text in ("", "-"):
        return Anything()
    if text == "unknown":
        return Unknown()
    if _IN.match(text):
        return _parse_list(_split_list(text[2:]), column)
    if text.startswith(("<", ">")):
        return _parse_comparison(text, column)
    if column.type in ORDERED and ".." in text:
        return _parse_range(text, column)
    if text.startswith("="):
        return Choice(values=frozenset({parse_literal(text[1:].strip(), column)}))
    return _parse_list([text], column)


def _parse_list(items: list[str], column: Column) -> Choice:
    """Literals and, for text, beginnings."""
    values: list[Known] = []
    beginnings: list[str] = []
    for item in items:
        if column.type == "text" and item.endswith("*"):
            beginnings.append(_read_beginning(item[:-1].strip()))
        else:
            values.append(parse_literal(item, column))
    _refuse_duplicates(values)
    _refuse_duplicates(beginnings)
    return Choice(values=frozenset(values), prefixes=tuple(beginnings))


def _read_beginning(text: str) -> str:
    """The X of `X*`; a lone `*` is every known text."""
    return _read_text(text) if text else ""


def _split_list(text: str) -> list[str]:
    """The items between the bars that stand outside of quotes."""
    items: list[str] = []
    quoted = False
    for part in text.split("|"):
        if quoted:
            items[-1] += "|" + part
        else:
            items.append(part)
        quoted ^= part.count('"') % 2 == 1
    return [item.strip() for item in items]


def _refuse_duplicates(items: Sequence[Known]) -> None:
    seen: set[Known] = set()
    for item in items:
        if item in seen:
            raise CellError(_("{value} steht doppelt in der Liste; einen der Einträge entfernen"), value=show(item))
        seen.add(item)


def _parse_comparison(text: str, column: Column) -> Interval:
    if column.type not in ORDERED:
        raise CellError(
            _("„{text}“ vergleicht, das geht nur bei Zahlen und Tagen; die Werte nennen oder Anführungszeichen setzen"),
            text=_short(text),
        )
    width = 2 if text[1:2] == "=" else 1
    bound = parse_literal(text[width:].strip(), column)
    if text.startswith("<"):
        return Interval(high=bound, high_open=width == 1)
    return Interval(low=bound, low_open=width == 1)


def _parse_range(text: str, column: Column) -> Interval:
    first, _dots, last = text.partition("..")
    low, high = parse_literal(first.strip(), column), parse_literal(last.strip(), column)
    interval = Interval(low=low, high=high)
    if not interval.matches(low):
        raise CellError(_("Der Bereich „{text}“ läuft rückwärts; den kleineren Wert zuerst nennen"), text=_short(text))
    return interval


def parse_literal(text: str, column: Column) -> Known:
    """Read one value of the column's type; raises CellError."""
    value = _READERS[column.type](text)
    if value is None:
        raise CellError(
            _("„{text}“ ist kein Wert der Art {type}; {expected}"),
            text=_short(text),
            type=column.type,
            expected=_(_EXPECTED[column.type]),
        )
    if not column.contains(value):
        raise CellError(
            _("{value} gehört nicht zu {column}; einen der Werte {domain} eintragen"),
            value=show(value),
            column=column.name,
            domain="|".join(column.domain),
        )
    return value


def _read_text(text: str) -> str:
    if _QUOTED.fullmatch(text):
        return text[1:-1].replace('""', '"')
    if not text:
        raise CellError(_("Ein Wert fehlt; ihn eintragen oder das Zeichen davor oder dahinter entfernen"))
    if _SYNTAX.match(text):
        raise CellError(
            _(
                "„{text}“ ist so weder Text noch Bedingung; die Bedingung berichtigen "
                "(Listen beginnen mit in) oder den Text in Anführungszeichen setzen"
            ),
            text=_short(text),
        )
    return text


def _read_integer(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


def _read_decimal(text: str) -> Decimal | None:
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _read_date(text: str) -> date | None:
    # date.fromisoformat alone would take 20260131 and week dates as well.
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_READERS: Final[dict[str, Callable[[str], Known | None]]] = {
    "text": _read_text,
    "one of": _read_text,
    "integer": _read_integer,
    "decimal": _read_decimal,
    "date": _read_date,
    "boolean": lambda text: _BOOLEANS.get(text.lower()),
}


def show(value: Value) -> str:
    """A value as an analyst reads it in a German message: texts quoted, dates ISO, decimals without exponent."""
    if value is None:
        return _("unbekannt")
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, str):
        return f'"{_short(value)}"'
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
