"""What a replay found: complete counts, and the cases in which something changes. Tallies of chunks add up."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

Euros = dict[str, Decimal]


class Shown(Struct, frozen=True):
    """A reason as a report shows it: no diagnosis, and so on (``replay_case.show_reason``)."""

    code: str
    contract: str | None
    claim: str | None
    text: str
    evidence: dict[str, Any]
    disposition: str


class View(Struct, frozen=True):
    """One side of a case: what was decided, or would be."""

    outcome: str
    reasons: list[Shown]
    actions: list[dict[str, Any]]
    referred: list[dict[str, Any]]
    rules: str
    parameters: str


class Case(Struct, frozen=True):
    """A stored decision in which something changes. ``fault``: why it is not reproducible, or None."""

    decision: int
    notice_id: int
    notice: str | None
    channel: str | None
    contract: str | None
    process: str
    business_day: date
    mode: str
    #: whether its euros count: it is the last decision on its notice
    counts: bool
    before: View | None
    after: View | None
    fault: str | None = None

    @property
    def group(self) -> tuple[str, str]:
        """The outcomes before and after."""
        return (self.before.outcome if self.before else "", self.after.outcome if self.after else "")


class Cell(Struct):
    """All decisions with one outcome before and one after; euros by type of action."""

    count: int = 0
    changed: int = 0
    before: Euros = {}
    after: Euros = {}

    def add(self, other: Cell) -> None:
        """Add another one."""
        self.count += other.count
        self.changed += other.changed
        self.before = sum_euros(self.before, other.before)
        self.after = sum_euros(self.after, other.after)


class Tally(Struct):
    """Counts, always complete; ``cases`` and ``broken`` may be bounded by who merges them."""

    decisions: int = 0
    #: decisions by business day
    days: Counter[date] = msgspec.field(default_factory=Counter)
    #: decisions that were followed by another one on the same notice: their euros do not count
    earlier: int = 0
    #: decided under the same versions, and the same to the byte
    verified: int = 0
    cells: dict[tuple[str, str], Cell] = {}
    appeared: Counter[str] = msgspec.field(default_factory=Counter)
    gone: Counter[str] = msgspec.field(default_factory=Counter)
    differing: Counter[str] = msgspec.field(default_factory=Counter)
    #: reasons with another disposition, in cases that change by it
    treated: Counter[str] = msgspec.field(default_factory=Counter)
    #: process, rules version, parameters version under which was decided
    versions: Counter[tuple[str, str, str]] = msgspec.field(default_factory=Counter)
    #: why not decided again
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    not_reproducible: int = 0
    cases: list[Case] = []
    broken: list[Case] = []

    @property
    def changed(self) -> int:
        """Decisions in which something changes."""
        return sum(cell.changed for cell in self.cells.values())

    def euros(self, *, before: bool, outcomes: tuple[str, ...]) -> Euros:
        """The euros of all decisions with one of these outcomes, by type of action."""
        side = 0 if before else 1
        found = [cell for outcome, cell in self.cells.items() if outcome[side] in outcomes]
        total: Euros = {}
        for cell in found:
            total = sum_euros(total, cell.before if before else cell.after)
        return total

    def merge(self, other: Tally, *, keep: int) -> None:
        """Add the tally of a later chunk, keeping the first so many cases of each group."""
        self.decisions += other.decisions
        self.earlier += other.earlier
        self.verified += other.verified
        self.not_reproducible += other.not_reproducible
        for group, cell in other.cells.items():
            self.cells.setdefault(group, Cell()).add(cell)
        for name in ("days", "appeared", "gone", "differing", "treated", "versions", "skipped"):
            getattr(self, name).update(getattr(other, name))
        held = Counter(case.group for case in self.cases)
        for case in other.cases:
            if held[case.group] < keep:
                held[case.group] += 1
                self.cases.append(case)
        self.broken += other.broken[: max(0, keep - len(self.broken))]


def sum_euros(one: Euros, other: Euros) -> Euros:
    """Both, type by type."""
    return {name: one.get(name, Decimal(0)) + other.get(name, Decimal(0)) for name in {**one, **other}}
