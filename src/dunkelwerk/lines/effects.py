"""What the runner hands to a line: case files loaded with their references, and actions that take effect."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from msgspec import Struct

from dunkelwerk.decisions.decision import Action, Decision, Subject


class LoadedCase(Protocol):
    """A case file with what is needed to write back to its rows."""

    @property
    def file(self) -> Any: ...


class Effect(Struct, frozen=True):
    """One action that takes effect. ``id`` is the action's, and its movement's."""

    id: int
    decision: int
    action: Action
    notice: Any
    case: Any
    mode: str
    process: str
    rules: str
    reasons: tuple[str, ...]
    #: the number of the notice in the inbox, and the parameters it was decided under
    received: int = 0
    parameters: Any = None


class Occasion(Struct, frozen=True):
    """When and by which batch effects are written."""

    batch: int
    business_day: date
    booked_at: datetime
    #: whose holidays count for due dates
    federal_state: str | None = None


class Routing(Struct, frozen=True):
    """The basket that a person's task goes to; priority 1 is the most urgent, ``due_days`` are working days."""

    basket: str
    priority: int
    due_days: int


class Task(Struct, frozen=True):
    """Something that is due on a day without any notice coming: actions on the case of an earlier notice."""

    id: int
    notice: int
    actions: tuple[Action, ...]
    parts: tuple[str, ...]


class Undone(Struct, frozen=True):
    """How a decision is reversed: the actions that do it, and the subjects they concern."""

    actions: tuple[Action, ...]
    parts: tuple[str, ...]


class Store(Protocol):
    """The database side of a line: one object per line, found by the registry."""

    def prepare(self) -> None:
        """Read the tables that applying needs; raises CommandError for an insurer's table that cannot be used."""

    def find_closures(self, cursor: Any, keys: Iterable[str]) -> dict[str, frozenset[int]]:
        """For each key the ids of all contracts in its case file; a key that is unknown is left out."""

    def lock(self, cursor: Any, closures: Mapping[str, frozenset[int]]) -> None:
        """Lock everything in the case files, always in the same order, until the transaction ends."""

    def load(self, cursor: Any, keys: Sequence[str]) -> Mapping[str, LoadedCase]:
        """The case files of these keys; a key that is unknown is left out."""

    def apply(self, cursor: Any, effects: Sequence[Effect], occasion: Occasion) -> None:
        """Make the actions true: the register, postings, letter orders, movements, work items."""

    def route(self, codes: Iterable[str]) -> Routing:
        """The basket for a referral with these reasons."""

    def compose(self, case: Any, wanted: Sequence[Action], notice: Any) -> tuple[Action, ...]:
        """A person's actions on a notice's case, checked and completed; raises CommandError for what cannot be."""

    def meant_claim(self, case: Any, contract: str, wanted: Sequence[Mapping[str, Any]]) -> str | None:
        """The claim that actions mean which name none."""

    def facts(self, case: Any, parts: Iterable[str]) -> bytes:
        """What a person's proposal rests on: the parts as they stand."""

    def world(self, cursor: Any, parts: Collection[str]) -> dict[str, dict[str, str]]:
        """For each part what stands in the database, as German labels and values."""

    def undo(self, cursor: Any, decision: int) -> Undone:
        """How a decision that took effect is reversed."""

    def later(self, cursor: Any, decisions: Sequence[int]) -> dict[int, list[int]]:
        """For each decision the later ones in effect that build upon it: they must be reversed before it."""

    def due(self, cursor: Any, day: date) -> list[Task]:
        """What is due on a business day."""

    def done(self, cursor: Any, task: Task, decision: int) -> None:
        """A task was done by this decision."""

    def describe(self, subject: Subject) -> str:
        """The name by which work items and proposals refer to a subject."""

    def released(self, decision: Decision) -> Any:
        """The euros that a decision's actions release."""
