"""What the simulation itself knows: who touched what, what was delivered, what people decided, how processes were set.

Kept beside the product, from what was asked of it and answered. ``rules`` compares it with the database.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .recorded import Recorded

Key = tuple[str, str]


def digest_of(said: dict[str, Any]) -> str:
    """What a delivery says, whatever the order of its fields."""
    text = json.dumps({name: value for name, value in said.items() if value is not None}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Steering:
    """How a process is set, and how loosely it was limited at any moment of the day."""

    mode: str | None = None
    sample: int | None = None
    seed: str = ""
    cases: int | None = None
    euros: Decimal | None = None
    stopped: bool = False
    touched_on: date | None = None
    loosest_cases: int | None = None
    loosest_euros: Decimal | None = None

    def begin_day(self) -> None:
        """What holds in the morning."""
        self.loosest_cases, self.loosest_euros = self.cases, self.euros

    def change(self, today: date, **changes: Any) -> None:
        """Somebody set something."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.touched_on = today
        for name in ("cases", "euros"):
            before, now = getattr(self, f"loosest_{name}"), getattr(self, name)
            setattr(self, f"loosest_{name}", None if now is None or before is None else max(before, now))


@dataclass
class Book:
    """The memory of one world. Copied with a snapshot of the database."""

    delivered: dict[Key, str] = field(default_factory=dict)
    texts: dict[Key, dict[str, Any]] = field(default_factory=dict)
    attempts: Counter[Key] = field(default_factory=Counter)
    touchers: defaultdict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    reversed: set[int] = field(default_factory=set)
    #: proposals in which a person named the instalments
    named: set[int] = field(default_factory=set)
    steering: defaultdict[str, Steering] = field(default_factory=lambda: defaultdict(Steering))
    overrides: dict[str, Any] = field(default_factory=dict)
    overrides_changed_on: date | None = None
    #: what the core system last said to be open on a contract, and the last posting before that
    recourse: dict[int, tuple[Decimal, int]] = field(default_factory=dict)
    recorded: Recorded = field(default_factory=Recorded)
    files: list[bytes] = field(default_factory=list)
    sequence: int = 0
    #: what the rules remember of the day before
    memory: dict[str, Any] = field(default_factory=dict)

    def next_name(self) -> str:
        """A notice id."""
        self.sequence += 1
        return f"N-{self.sequence}"

    def touch(self, key: Key, actor: str) -> None:
        """Somebody had the notice in hand."""
        self.touchers[key].add(actor.strip().casefold())

    def has_touched(self, key: Key, actor: str) -> bool:
        """Whether somebody may not examine it."""
        return actor.strip().casefold() in self.touchers[key]
