"""Steering processes inside a test, several workers at once, and a second process beside the first."""

from __future__ import annotations

import copy
from collections import Counter
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from work_support import ON, Thing, World

PROCESS, OTHER = "follow_up_sick_note", "other_note"
RATE = Decimal("312.50")


def someone(actor: str = "leitung", words: str = "aus gutem Grund", on: Any = ON) -> Any:
    """Who acts."""
    from dunkelwerk.runner.acting import Person

    return Person(actor, on, words)


def steer(world: World, process: str = PROCESS, **changes: Any) -> None:
    """What ``processes set`` does."""
    world.enter()
    from dunkelwerk.runner.steering import change

    change(process, changes, someone())


def stop(world: World, process: str = PROCESS) -> None:
    """What ``processes stop`` does."""
    world.enter()
    from dunkelwerk.runner import steering

    steering.stop(process, someone("betrieb", "Prüfung der Tabelle"))


def start(world: World, process: str = PROCESS) -> None:
    """What ``processes start`` does."""
    world.enter()
    from dunkelwerk.runner import steering

    steering.start(process, someone("betrieb", "geklärt"))


def setting(world: World, process: str = PROCESS) -> Thing:
    """The row of a process."""
    (row,) = world.rows(f"SELECT * FROM process_setting WHERE process = '{process}'")
    return row


def add_process(patch: pytest.MonkeyPatch) -> None:
    """A second installed process, which does what the first does."""
    from dunkelwerk.lines.registry import processes

    other = copy.copy(processes()[PROCESS])
    object.__setattr__(other, "name", OTHER)
    patch.setitem(processes(), OTHER, other)


def work_together(world: World, *, sizes: tuple[int, ...]) -> Counter[str]:
    """One worker for each batch size, all at once, until nothing is left for any of them."""
    world.enter()
    ends: list[Counter[str]] = []
    faults: list[BaseException] = []

    def run(size: int) -> None:
        try:
            ends.append(work_alone(size))
        except BaseException as error:
            faults.append(error)

    threads = [Thread(target=run, args=(size,)) for size in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert not faults, faults
    assert len(ends) == len(sizes)
    return sum(ends, Counter())


def work_alone(size: int) -> Counter[str]:
    """Batch after batch, as a worker does, in this thread."""
    from django.db import connection

    from dunkelwerk.lines.registry import lines
    from dunkelwerk.runner.batches import Batcher

    batcher, ends = Batcher(lines()["credit_protection"], {}, size=size), Counter[str]()
    try:
        while True:
            done = batcher.run(ON)
            ends += done.ends
            if not done.ends and not done.left_waiting:
                return ends
    finally:
        connection.close()
