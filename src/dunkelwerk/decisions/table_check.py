"""Checks of a whole decision table: gaps, overlaps, rows that can never be reached. Exact, and pure.

The domain of each input is cut into atoms: sets of values that no condition of the table tells apart (a boundary,
the values between two boundaries, a listed text, the texts with a listed beginning, any other text, unknown). One
sample stands for its atom; what holds for every combination of samples holds for every input there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Context, Decimal
from functools import reduce
from itertools import pairwise
from operator import and_, or_
from typing import Any, Final, Literal, TypeAlias

import msgspec

from dunkelwerk.decisions.cells import Choice, Column, Condition, Interval, Known, Value, show
from dunkelwerk.infra.i18n import _

Policy: TypeAlias = Literal["first", "unique"]
#: A set of rows, bit i standing for the i-th: combining two conditions is then one `&`.
RowSet: TypeAlias = int

MAX_COMBINATIONS: Final = 200_000
_MAX_NAMED: Final = 5
_LAST_DAY: Final = date.max.toordinal()
#: Midpoints must be exact whatever the context of the caller; literals have 23 digits at most.
_EXACT: Final = Context(prec=60)


class Row(msgspec.Struct, frozen=True):
    """One row: the line it starts on, its label, a condition for each input, a value for each output."""

    line: int
    label: str
    conditions: tuple[Condition, ...]
    outputs: dict[str, Any]


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with a table: where it stands (row: line in the file), what it is, what to do."""

    file: str
    text: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        """The German sentence that names file, row and column."""
        row = "" if self.row is None else _(", Zeile {row}").format(row=self.row)
        column = "" if self.column is None else _(", Spalte {column}").format(column=self.column)
        return f"{self.file}{row}{column}: {self.text}."


class Atom(msgspec.Struct, frozen=True):
    """Values of one input that no condition tells apart: the rows they meet, and how to name them."""

    rows: RowSet
    text: str


class TooManyCombinations(Exception):
    """The table has more combinations of inputs than can be checked."""


def find_problems(
    *, file: str, policy: Policy, inputs: tuple[Column, ...], rows: tuple[Row, ...], whole: bool
) -> list[Problem]:
    """All problems of well-formed rows; gaps only where `whole`, as rows that could not be read leave gaps."""
    atoms = [_atoms(column, index, rows) for index, column in enumerate(inputs)]
    dead = _find_dead_rows(file, inputs, atoms, rows)
    meetings = _Meetings(file, inputs, atoms, rows)
    problems = [*dead, *meetings.find_overlaps()] if policy == "unique" else dead
    try:
        gap, reached = _Walk(inputs, atoms, rows).run()
    except TooManyCombinations:
        return [*problems, _too_large(file)]
    if policy == "first":
        problems += meetings.find_unreached(reached, without={problem.row for problem in dead})
    if whole and gap is not None:
        text = _("Kein Treffer für {example}; eine Zeile für diesen Fall ergänzen").format(example=gap)
        problems.append(Problem(file=file, text=text))
    return problems


def _too_large(file: str) -> Problem:
    text = _(
        "Die Tabelle hat mehr als {limit} Kombinationen von Eingaben und lässt sich nicht auf Lücken prüfen; "
        "sie in mehrere Tabellen mit weniger Eingangsspalten aufteilen"
    )
    return Problem(file=file, text=text.format(limit=f"{MAX_COMBINATIONS:,}".replace(",", ".")))


def _find_dead_rows(
    file: str, inputs: tuple[Column, ...], atoms: list[list[Atom]], rows: tuple[Row, ...]
) -> list[Problem]:
    """RowSet with a condition that no value meets, e.g. a day after the last one of the calendar."""
    text = _("Diese Bedingung trifft auf keinen Wert zu, die Zeile nie; sie berichtigen oder die Zeile löschen")
    alive = [reduce(or_, (atom.rows for atom in column), 0) for column in atoms]
    return [
        Problem(file=file, row=row.line, column=inputs[column].name, text=text)
        for bit, row in enumerate(rows)
        for column, mask in enumerate(alive)
        if not mask >> bit & 1
    ]


class _Meetings:
    """Which rows can match the same input. That is known column by column, without any combination."""

    def __init__(self, file: str, inputs: tuple[Column, ...], atoms: list[list[Atom]], rows: tuple[Row, ...]) -> None:
        self.file, self.inputs, self.atoms, self.rows = file, inputs, atoms, rows

    def find_overlaps(self) -> list[Problem]:
        """One problem for each row that shares an input with an earlier row, naming all of these."""
        return [self._overlap(bit, earlier) for bit in range(len(self.rows)) if (earlier := self._earlier(bit))]

    def find_unreached(self, reached: RowSet, *, without: set[int | None]) -> list[Problem]:
        """One problem for each row before which earlier rows take every input."""
        return [
            self._unreached(bit, self._earlier(bit))
            for bit, row in enumerate(self.rows)
            if not reached >> bit & 1 and row.line not in without
        ]

    def _earlier(self, bit: int) -> RowSet:
        """The rows before this one that share an input with it."""
        shared = ((atom.rows for atom in column if atom.rows >> bit & 1) for column in self.atoms)
        return reduce(and_, (reduce(or_, masks, 0) for masks in shared), (1 << bit) - 1)

    def _overlap(self, bit: int, earlier: RowSet) -> Problem:
        text = _(
            "Die Zeile überschneidet sich mit {others}, zum Beispiel bei {example}; "
            "die Bedingungen enger fassen oder als Trefferregel first verwenden"
        )
        example = self._example(earlier & -earlier | 1 << bit)
        return self._problem(bit, text.format(example=example, others=self._name(earlier)))

    def _unreached(self, bit: int, earlier: RowSet) -> Problem:
        text = _(
            "Die Zeile wird nie erreicht, weil alle ihre Fälle schon vergeben sind ({others}); "
            "sie löschen oder weiter oben einfügen"
        )
        return self._problem(bit, text.format(others=self._name(earlier)))

    def _problem(self, bit: int, text: str) -> Problem:
        return Problem(file=self.file, row=self.rows[bit].line, text=text)

    def _example(self, both: RowSet) -> str:
        met = (next(atom for atom in column if atom.rows & both == both) for column in self.atoms)
        return _tell(zip(self.inputs, met, strict=True))

    def _name(self, rows: RowSet) -> str:
        lines = [_("Zeile {row}").format(row=row.line) for bit, row in enumerate(self.rows) if rows >> bit & 1]
        more = len(lines) - _MAX_NAMED
        rest = [_("{count} weitere").format(count=more)] if more > 0 else []
        return _(" und ").join([*lines[:_MAX_NAMED], *rest])


class _Walk:
    """Every combination of atoms, column by column, with the set of rows that still match.

    A branch ends early where the rest cannot change the answer: no row is left (a gap), or the first row left takes
    all that follows. Branches that arrive at one column with the same rows are walked once.
    """

    def __init__(self, inputs: tuple[Column, ...], atoms: list[list[Atom]], rows: tuple[Row, ...]) -> None:
        self.inputs, self.everyone = inputs, (1 << len(rows)) - 1
        self.atoms = [_merge(column) for column in atoms]
        self.indifferent = [self._indifferent_from(depth) for depth in range(len(inputs) + 1)]
        self.seen: set[tuple[int, RowSet]] = set()
        self.looked_at = 0
        self.gap: str | None = None
        self.reached: RowSet = 0

    def _indifferent_from(self, depth: int) -> RowSet:
        """The rows that match whatever stands in this column and all after it."""
        return reduce(and_, (atom.rows for column in self.atoms[depth:] for atom in column), self.everyone)

    def run(self) -> tuple[str | None, RowSet]:
        """An example that no row matches, or None; and the rows that are the first match of some input."""
        waiting: list[tuple[RowSet, tuple[Atom, ...]]] = [(self.everyone, ())]
        while waiting:
            rows, chosen = waiting.pop()
            if self._goes_on(rows, chosen):
                following = self.atoms[len(chosen)]
                self._count(len(following))
                waiting += [(rows & atom.rows, (*chosen, atom)) for atom in reversed(following)]
        return self.gap, self.reached

    def _goes_on(self, rows: RowSet, chosen: tuple[Atom, ...]) -> bool:
        first = rows & -rows
        if not rows:
            self.gap = self.gap or _tell(zip(self.inputs, chosen, strict=False))
            return False
        if first & self.indifferent[len(chosen)]:
            self.reached |= first
            return False
        known = (len(chosen), rows) in self.seen
        self.seen.add((len(chosen), rows))
        return not known

    def _count(self, combinations: int) -> None:
        self.looked_at += combinations
        if self.looked_at > MAX_COMBINATIONS:
            raise TooManyCombinations


def _merge(atoms: list[Atom]) -> list[Atom]:
    """Atoms that meet the same rows as one, named by the first of them."""
    merged: dict[RowSet, Atom] = {}
    for atom in atoms:
        merged.setdefault(atom.rows, atom)
    return list(merged.values())


def _tell(chosen: Iterator[tuple[Column, Atom]]) -> str:
    return ", ".join(f"{column.name} = {atom.text}" for column, atom in chosen)


def _atoms(column: Column, index: int, rows: tuple[Row, ...]) -> list[Atom]:
    """The atoms of one input, unknown last."""
    conditions = [row.conditions[index] for row in rows]
    choices = [condition for condition in conditions if isinstance(condition, Choice)]
    intervals = [condition for condition in conditions if isinstance(condition, Interval)]
    texts = {**dict(_samples(column, choices, intervals)), None: show(None)}
    met: dict[Value, RowSet] = dict.fromkeys(texts, 0)
    for bit, condition in enumerate(conditions):
        # Each listed value is a sample: a plain list needs no look at the others (tables of some thousand codes).
        touched: Iterable[Value] = condition.values if isinstance(condition, Choice) and not condition.prefixes else met
        for sample in touched:
            met[sample] |= condition.matches(sample) << bit
    return [Atom(rows=met[sample], text=text) for sample, text in texts.items()]


def _samples(column: Column, choices: list[Choice], intervals: list[Interval]) -> list[tuple[Value, str]]:
    """A value of each atom but unknown, with its German name."""
    if column.type == "text":
        return _text_samples(choices)
    values: list[Known] = [value for choice in choices for value in choice.values]
    known: list[Known]
    match column.type:
        case "one of":
            known = list(column.domain)
        case "boolean":
            known = [True, False]
        case "decimal":
            known = _decimal_samples(values, intervals)
        case _:
            known = _discrete_samples(column, values, intervals)
    return [(value, show(value)) for value in known]


def _text_samples(choices: list[Choice]) -> list[tuple[Value, str]]:
    """Each literal; for each beginning a text that is no literal and has no longer beginning; any other text."""
    literals = sorted({str(value) for choice in choices for value in choice.values})
    beginnings = sorted({prefix for choice in choices for prefix in choice.prefixes} - {""})
    used = set("".join([*literals, *beginnings]))
    fresh = next(letter for letter in map(chr, range(ord("x"), 0x10FFFF)) if letter not in used)
    other = _("ein anderer Text") if literals or beginnings else _("ein Text")
    return [
        *((literal, show(literal)) for literal in literals),
        *((text + fresh, _("ein anderer Text mit dem Anfang {text}").format(text=show(text))) for text in beginnings),
        (fresh, other),
    ]


def _decimal_samples(values: list[Known], intervals: list[Interval]) -> list[Known]:
    """Each boundary, a point in each open interval between two, and one beyond either end."""
    bounds = [bound for each in intervals for bound in (each.low, each.high) if bound is not None]
    points = sorted({*bounds, *(value for value in values if isinstance(value, Decimal))}) or [Decimal(0)]
    middles = [_EXACT.divide(_EXACT.add(a, b), Decimal(2)) for a, b in pairwise(points)]
    ends = [_EXACT.subtract(points[0], Decimal(1)), _EXACT.add(points[-1], Decimal(1))]
    return sorted([*points, *middles, *ends])


def _discrete_samples(column: Column, values: list[Known], intervals: list[Interval]) -> list[Known]:
    """The first number or day of each stretch on which no condition changes."""
    dates = column.type == "date"
    cuts: set[int] = set()
    for value in values:
        cuts |= {_ordinal(value), _ordinal(value) + 1}
    for each in intervals:
        if each.low is not None:
            cuts.add(_ordinal(each.low) + each.low_open)
        if each.high is not None:
            cuts.add(_ordinal(each.high) + (not each.high_open))
    if dates:
        return [date.fromordinal(cut) for cut in sorted({1, *cuts}) if 1 <= cut <= _LAST_DAY]
    return [min(cuts, default=0) - 1, *sorted(cuts)]


def _ordinal(value: Any) -> int:
    return value.toordinal() if isinstance(value, date) else int(value)
