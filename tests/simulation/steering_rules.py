"""What must be true after every day of how processes were set: modes, sample, limits, stops."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from .book import Steering
from .facts import Facts
from .world import DONE, PROCESSES, World

Rule = Callable[[World, Facts], Iterator[str]]


def brake_held(world: World, facts: Facts) -> Iterator[str]:
    """A day's limits hold; a process that was stopped or off all day decided nothing."""
    for process in PROCESSES:
        setting = world.book.steering[process]
        decided = [each for each in facts.today if by_worker(each) and each["process"] == process]
        dark = [each for each in decided if each["effective"] and each["mode"] == "dark"]
        euros = sum((each["released"] for each in dark), Decimal(0))
        if setting.loosest_cases is not None and len(dark) > setting.loosest_cases:
            yield f"{process}: {len(dark)} dark cases, allowed were {setting.loosest_cases}"
        if setting.loosest_euros is not None and euros > setting.loosest_euros:
            yield f"{process}: {euros} EUR dark, allowed were {setting.loosest_euros}"
        rests = setting.mode == "off" or setting.stopped
        if rests and setting.touched_on != world.day and decided:
            yield f"{process}: {len(decided)} decisions although stopped or off"


def by_worker(row: dict[str, Any]) -> bool:
    """Whether the runner decided it, not a person."""
    return ":" in row["worker"]


def mode_as_set(world: World, facts: Facts) -> Iterator[str]:
    """Every decision of the runner was taken in the mode that was set, or drawn, for it."""
    book = world.book
    names = {each["id"]: f"{each['channel']}:{each['external_id']}" for each in facts.notices}
    for each in facts.today:
        setting = book.steering[each["process"]]
        if not by_worker(each) or world.day in (setting.touched_on, book.overrides_changed_on):
            continue
        drawn = setting.sample is not None and is_drawn(setting, each["process"], names[each["notice"]])
        mode = setting.mode or book.overrides.get("mode") or DEFAULT_MODES.get(each["process"], "dark")
        expected = "second_check" if drawn or mode == "second_check" else "dark"
        expected = "shadow" if setting.mode == "shadow" else expected
        world.counts["drawn for the sample"] += drawn and expected == "second_check"
        if each["mode"] != expected:
            yield f"decision {each['id']} was taken in mode {each['mode']}, expected {expected}"
        if expected != "dark" and each["effective"]:
            yield f"decision {each['id']} took effect in mode {expected}"


#: what a process's own parameters say: a person looks at every death
DEFAULT_MODES = {"death_notice": "second_check"}


def is_drawn(setting: Steering, process: str, notice: str) -> bool:
    """Whether the random sample holds a notice; as docs/operations.md promises, the same for the same seed."""
    number = int.from_bytes(hashlib.sha256(f"{setting.seed}:{process}:{notice}".encode()).digest()[:8])
    return setting.sample is not None and number % setting.sample == 0


def all_done(world: World, facts: Facts) -> Iterator[str]:
    """After work nothing waits, unless a process rests or reached its limit: others' notices may wait for its own."""
    if not world.told or world.told[-1] != DONE:
        return
    settings = world.rows("SELECT process, mode, stopped_at, limit_reached_on FROM process_setting")
    rests = {
        each["process"]
        for each in settings
        if each["mode"] == "off" or each["stopped_at"] or each["limit_reached_on"] == world.day
    }
    waiting = [each for each in facts.notices if each["state"] == "waiting"]
    if waiting and not any(each["process"] in rests for each in waiting):
        yield f"{len(waiting)} notices still wait: {[each['id'] for each in waiting[:9]]}"
    if not waiting:
        yield from reminders_sent(world, facts)


def reminders_sent(world: World, facts: Facts) -> Iterator[str]:
    """What was due today without a notice was done: reminders, and what became urgent."""
    reported = {each["id"] for each in facts.claims if each["status"] == "reported"}
    again = {
        (each["channel"], each["external_id"]): each["attempt"] for each in facts.notices if each["state"] in UNDECIDED
    }
    for each in facts.waits:
        # of a claim that is open already a clerk asked, who sees to it
        if each["ended_on"] is not None or each["item"] != "open" or each["claim_id"] not in reported:
            continue
        if each["decision"] in facts.reversed:
            yield f"wait {each['id']} goes on, although decision {each['decision']} was taken back"
        undecided = again.get((each["channel"], each["external_id"]), 0) > each["attempt"]
        if each["reminded_by"] is None and each["remind_on"] <= world.day and not undecided:
            yield f"wait {each['id']} was to be reminded on {each['remind_on']}"
        if each["urgent_on"] <= world.day and each["priority"] != 1:
            yield f"wait {each['id']} is urgent since {each['urgent_on']}, its item is not"


UNDECIDED = ("waiting", "proposed", "joined", "referred")


STEERING_RULES: tuple[Rule, ...] = (brake_held, mode_as_set, all_done)
