"""The days of a world: plan, let happen, check; and the shortest list of events by which a day still fails."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from . import clerks, house, labour, mail, papers, people, recording
from .events import KINDS, Event, befall, plan_day
from .home import Hung
from .recorded_rules import RECORDED
from .rules import judge
from .world import DONE, PROCESSES, Broken, World

MODULES = (mail, labour, people, clerks, papers, recording, house)


@dataclass(frozen=True)
class Failure:
    """A day that went wrong: what, and the day's events."""

    day: int
    names: tuple[str, ...]
    what: tuple[str, ...]
    events: tuple[Event, ...]
    told: tuple[str, ...]


def plan(seed: int, number: int) -> list[Event]:
    """The events of a day; the same for the same seed."""
    return plan_day(Random(f"{seed}:{number}"))


def live(world: World, events: Sequence[Event]) -> Failure | None:
    """One day; None where all is well at its end."""
    world.told = []
    wrong: list[str] = []
    world.next_day(Random(f"{world.seed}:calendar:{world.number + 1}"))
    for each in events:
        try:
            befall(world, each)
        except (Broken, Hung) as error:
            wrong.append(f"{each.kind}: {error}")
        except Exception:
            wrong.append(f"{each.kind}: exception {traceback.format_exc(limit=-4)}")
        if wrong:
            break
        world.counts[f"event {each.kind}"] += 1
    if not wrong:
        if events and events[-1].kind == "work":
            world.told.append(DONE)
        wrong = [*examine(world), *judge(world)]
    if not wrong:
        return None
    names = tuple(dict.fromkeys(each.partition(":")[0] for each in wrong))
    return Failure(world.number, names, tuple(wrong), tuple(events), tuple(world.told))


def examine(world: World) -> list[str]:
    """What ``dunkelwerk check`` finds."""
    from django.db import connection

    from dunkelwerk.infra.invariants import examine as ask
    from dunkelwerk.infra.keys import Vault
    from dunkelwerk.runner.invariants import all_groups
    from dunkelwerk.runner.sealed import examine_sealed

    with connection.cursor() as cursor:
        found = [each for group in all_groups() for each in ask(cursor, group.invariants)]
        found += examine_sealed(cursor, Vault(cursor, on=world.day))
    world.counts["invariants checked"] += len(found)
    return [f"{each.name}: {each.count} {list(each.references)}" for each in found if each and not each.hint]


def shorten(
    world: Any,
    morning: tuple[object, ...],
    failure: Failure,
    *,
    seconds: float,
    tell: Callable[[str], None],
    live: Callable[[Any, Sequence[Event]], Failure | None] = live,
) -> Failure:
    """The day with fewer events, as long as it still breaks one of the same rules.

    At most so many seconds; more only until it is shorter at all.
    """
    end, shortest = time.monotonic() + seconds, failure
    step = max(1, len(failure.events) // 2)

    def goes_on() -> bool:
        return time.monotonic() < end or shortest is failure

    while step and goes_on():
        at, shorter = 0, False
        while at < len(shortest.events) and goes_on():
            events = (*shortest.events[:at], *shortest.events[at + step :])
            world.return_to(morning)
            again = live(world, events)
            if again and failure.names[0] in again.names:
                shortest, shorter = again, True
                tell(f"still fails with {len(events)} events")
            else:
                at += step
        step = step // 2 if not shorter or step > 1 else step
    return shortest


def run(
    world: World, days: int, *, tell: Callable[[str], None], only: Sequence[int] | None = None, shrink: float = 90.0
) -> Failure | None:
    """So many days; the failure, shortened, where one went wrong. ``only``: these events of the last day."""
    for number in range(1, days + 1):
        events, began = plan(world.seed, number), time.monotonic()
        if only is not None and number == days:
            events = [each for each in events if each.number in only]
        morning = world.keep()
        failure = live(world, events)
        if failure is not None:
            tell(f"day {number} fails: {', '.join(failure.names)}")
            world.home.revive()
            return shorten(world, morning, failure, seconds=shrink, tell=tell) if shrink else failure
        if number % 10 == 0 or number == days:
            tell(f"day {number} ({world.day}): {world.counts['delivered']} notices, {time.monotonic() - began:.1f} s")
    return None


def never_happened(counts: dict[str, int]) -> list[str]:
    """Kinds of events, and of outcomes, that a simulation must have seen to prove anything."""
    wanted = [f"event {name}" for name in KINDS] + list(OUTCOMES)
    return [name for name in wanted if not counts.get(name)]


OUTCOMES = (
    *("delivered", "delivered again", "delivery refused", "workers killed", "server SIGKILL", "server SIGQUIT"),
    *("confirm", "confirm refused", "examiner refused", "decision confirmed", "decision stale", "decision discarded"),
    *("manual confirmed", "manual discarded", "reversal confirmed", "reversal discarded", "reversal proposed"),
    *("act done", "act proposed", "act refused", "correct", "correct refused", "close", "paid", "returned"),
    *("keys rotated", "letters rendered", "letter runs killed", "stop", "start", "drawn for the sample", "commands"),
    *("deliveries at once", "deliveries killed", "joined", "outcome apply", "outcome partial", "outcome second_check"),
    *("decision in mode shadow", "decision in mode dark", "decision in mode second_check", "commands killed"),
    *("daily in mode dark", "reminded", "waits begun", "waits ended", "waits urgent", "relapses accepted"),
    *("did: open_claim illness", "did: open_claim unemployment", "did: open_claim death", "did: pay_lump_sum"),
    *("did: cancel_instalments", "did: hold_instalments", "did: end_contract", "took back: end_contract"),
    *("took back: pay_lump_sum", "took back: accept_claim illness", "took back: accept_claim unemployment"),
    *("instalments resumed", "days with held instalments", "deaths refuted", "complete", "complete refused"),
    *("closed: recovered", "closed: new_job", "closed: death", "closed: max_duration", "closed: contract_end"),
    *(f"recorded: {action}" for action in RECORDED),
    *("record refused", "recordings killed", "payee confirmed"),
    *("heeded: payment_returned", "heeded: premium_in_arrears", "heeded: recourse_open", "heeded: recovery_recorded"),
    *(f"process {process}: {outcome}" for process in PROCESSES for outcome in ("refer", "second_check")),
    *(f"process {process}: apply" for process in PROCESSES),
)
