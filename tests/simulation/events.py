"""The kinds of events, how often each comes, and the plan of a day.

Every event has a seed of its own: left out or not, it changes nothing about the dice of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

Deed = Callable[["World", Random], None]


@dataclass(frozen=True)
class Kind:
    """One kind of event. ``weight``: how often, against the others.

    ``person``: one person's deed, which may meet a falling server; ``beside``: may happen while workers work.
    ``aside``: drawn apart from the others, up to ``weight`` times a day.
    """

    name: str
    deed: Deed
    weight: float
    person: bool = False
    beside: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Event:
    """One event of a day."""

    number: int
    kind: str
    seed: int

    def __str__(self) -> str:
        return f"{self.number}:{self.kind}"


KINDS: dict[str, Kind] = {}


def event(weight: float, *, person: bool = False, beside: bool = False, aside: bool = False) -> Callable[[Deed], Deed]:
    """Register a kind of event by its function's name."""

    def register(deed: Deed) -> Deed:
        name = deed.__name__.rstrip("_")
        KINDS[name] = Kind(name, deed, weight, person, beside or person, aside)
        return deed

    return register


def plan_day(rng: Random) -> list[Event]:
    """The events of a day; nearly always somebody works at its end."""
    aside = Random(f"{rng.getstate()[1][:9]}")  # what was added later changes nothing about the dice of the others
    kinds = [each for each in KINDS.values() if not each.aside]
    chosen = rng.choices(kinds, [each.weight for each in kinds], k=rng.randint(8, 26))
    names = ["deliver", *(each.name for each in chosen)]
    if rng.random() < 0.85:
        names.append("work")
    events = [Event(number, name, rng.getrandbits(40)) for number, name in enumerate(names, 1)]
    more = [each.name for each in KINDS.values() if each.aside for _n in range(round(each.weight * aside.random()))]
    for number, name in enumerate(more, len(events) + 1):
        events.insert(aside.randint(1, len(events) - 1), Event(number, name, aside.getrandbits(40)))
    return events


def befall(world: World, event: Event) -> None:
    """Let it happen."""
    world.tell(str(event))
    KINDS[event.kind].deed(world, Random(event.seed))
