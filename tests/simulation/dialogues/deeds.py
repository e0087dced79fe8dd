"""The kinds of events, how often each comes, and the plan of a day; each event has a seed of its own."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ..events import Event
from .place import Place

Deed = Callable[[Place, Random], None]
DEEDS: dict[str, tuple[Deed, float]] = {}
#: what people do, also while the server falls and processes work
PEOPLE: dict[str, float] = {}


def deed(weight: float, *, person: bool = False) -> Callable[[Deed], Deed]:
    """Register a kind of event by its function's name."""

    def register(function: Deed) -> Deed:
        name = function.__name__.rstrip("_")
        DEEDS[name] = function, weight
        if person:
            PEOPLE[name] = weight
        return function

    return register


def plan_day(rng: Random) -> list[Event]:
    """The events of a day: mostly the jobs in the morning and a worker in the evening."""
    names = ["import_persons"] * rng.randint(0, 3)
    names += ["deadlines"] * (rng.random() < 0.85) + ["retention"] * (rng.random() < 0.8)
    names += rng.choices(list(DEEDS), [weight for _deed, weight in DEEDS.values()], k=rng.randint(10, 30))
    if rng.random() < 0.8:
        names += ["work", "outcomes"]
    return [Event(number, name, rng.getrandbits(40)) for number, name in enumerate(names, 1)]


def befall(place: Place, event: Event) -> None:
    """Let it happen."""
    place.tell(str(event))
    DEEDS[event.kind][0](place, Random(event.seed))
    place.counts[f"event {event.kind}"] += 1
