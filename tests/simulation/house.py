"""Events of the house: how processes run, parameters, payments, keys, letters."""

from __future__ import annotations

import time
from decimal import Decimal
from random import Random
from typing import Any

from .events import event
from .world import PROCESSES, World, quiet

ACTOR = "leitung"
OVERRIDES: tuple[dict[str, Any], ...] = (
    {},
    {"isolation": "per_claim"},
    {"adverse_needs_human": True},
    {"mode": "second_check"},
    {"dispositions": {"proof_gap": "second_check", "different_onset": "second_check"}},
    {"dispositions": {"premium_in_arrears": "second_check", "payment_returned": "second_check"}},
    {"dispositions": {"recourse_open": "offset"}},
    {"dispositions": {"recourse_open": "offset", "proof_gap": "second_check"}, "isolation": "per_claim"},
    {"gap_tolerance": 3, "authority_limit": "700.00"},
    {"gap_tolerance": 5, "dispositions": {"different_onset": "ignore", "second_person_overlap": "second_check"}},
    {"isolation": "per_claim", "adverse_needs_human": True, "dispositions": {"above_authority": "refer"}},
    {"federal_state": "BY", "proof_reach_days": 20, "dispositions": {"recourse_open": "ignore"}},
    {"mode": "dark", "authority_limit": "60000.00", "reminder_days": 7},
    {"mode": "dark", "authority_limit": "60000.00", "dispositions": {"relapse": "ignore", "month_of_death": "ignore"}},
    {"isolation": "per_claim", "mode": "dark", "authority_limit": "60000.00", "reminder_days": 4},
    {"reminder_days": 2, "excluded_icd": ["F", "z7"], "dispositions": {"joint_remainder": "refer"}},
    {"dispositions": {"documents_missing": "refer", "claim_exists": "second_check", "reported_late": "ignore"}},
)


@event(0.5)
def parameters(world: World, rng: Random) -> None:
    """The insurer runs by other parameters from now on."""
    world.book.overrides = rng.choice(OVERRIDES)
    world.book.overrides_changed_on = world.day
    world.counts["parameters changed"] += 1
    world.tell(f"  {world.book.overrides}")


@event(0.8, beside=True)
def steer(world: World, rng: Random) -> None:
    """Mode, sample, limits or bands of a process are set."""
    from dunkelwerk.runner import steering

    process = some_process(rng)
    changes = rng.choice(
        [
            {"mode": rng.choice([None, "dark", "shadow", "second_check", "off"])},
            {"mode": None},
            {"mode": "dark"},
            {"sample": rng.choice([None, 2, 5]), "seed": rng.choice(["", "x", "y"])},
            {"cases_per_day": rng.choice([None, 0, 3, 10])},
            {"euros_per_day": rng.choice([None, Decimal(500), Decimal(3000)])},
            {"cases_per_day": None, "euros_per_day": None},
            {"dark_rate_low": rng.choice([None, Decimal("0.3")]), "watched": 20},
            {"mean_amount_high": rng.choice([None, Decimal(500)]), "watched": 20},
            {"dark_rate_low": None, "mean_amount_high": None},
        ]
    )
    world.ask("steer", lambda: steering.change(process, changes, world.person(ACTOR, "")) or True)
    ours = {"cases_per_day": "cases", "euros_per_day": "euros", "mode": "mode", "sample": "sample", "seed": "seed"}
    world.book.steering[process].change(world.day, **{ours[n]: v for n, v in changes.items() if n in ours})
    world.tell(f"  {process}: {changes}")


def some_process(rng: Random) -> str:
    """Any of them, the one with the most notices most often."""
    return rng.choices(PROCESSES, (5, 2, 1, 1, 2))[0]


@event(0.25, beside=True)
def stop(world: World, rng: Random) -> None:
    """The emergency brake."""
    from dunkelwerk.runner import steering

    process = some_process(rng)
    if world.ask("stop", lambda: steering.stop(process, world.person(ACTOR, "Prüfung")) or True):
        world.book.steering[process].change(world.day, stopped=True)


@event(0.8, beside=True)
def start_(world: World, rng: Random) -> None:
    """It runs again, or one runs that was off."""
    from dunkelwerk.runner import steering

    resting = world.rows(
        "SELECT process, mode FROM process_setting WHERE stopped_at IS NOT NULL OR mode = 'off' ORDER BY 1"
    )
    row = rng.choice(resting) if resting and rng.random() < 0.9 else {"process": some_process(rng), "mode": None}
    process = row["process"]
    if row["mode"] == "off":
        world.ask("steer", lambda: steering.change(process, {"mode": None}, world.person(ACTOR, "")) or True)
        world.book.steering[process].change(world.day, mode=None)
    if world.ask("start", lambda: steering.start(process, world.person(ACTOR, "geklärt")) or True):
        world.book.steering[process].change(world.day, stopped=False)


@event(1.5, person=True)
def pay(world: World, rng: Random) -> None:
    """The payout run, which is not there yet: what is due and not held is paid; now and then something comes back."""
    due = world.rows(DUE, world.day)
    paid = [each["id"] for each in due if rng.random() < 0.8]
    change = "UPDATE instalment SET status = %s WHERE id = ANY(%s) AND status = %s AND held_by IS NULL"
    world.counts["paid"] += world.home.run(change, "paid", paid, "released")
    if rng.random() < 0.12:
        rows = world.rows("SELECT id FROM instalment WHERE decision IS NOT NULL AND status = 'paid' ORDER BY id")
        if rows:
            world.counts["returned"] += world.home.run(change, "returned", [rng.choice(rows[-20:])["id"]], "paid")


DUE = """
    SELECT id FROM instalment
    WHERE decision IS NOT NULL AND status = 'released' AND held_by IS NULL AND due <= %s ORDER BY id
"""


@event(0.2, beside=True)
def rotate(world: World, rng: Random) -> None:
    """A new master key."""
    from dunkelwerk.cli.keys import rotate_keys

    with quiet():
        rotate_keys()
    world.counts["keys rotated"] += 1


@event(0.25)
def letters(world: World, rng: Random) -> None:
    """What is ordered is rendered; sometimes somebody kills it, and it is done again."""
    before = len(world.rows(RENDERED))
    if rng.random() < 0.4:
        started = world.start_command("letters", "render")
        time.sleep(0.6 + rng.random() * 0.6)
        world.counts["letter runs killed"] += world.end_command(started, kill=True)
    world.end_command(world.start_command("letters", "render", *["--retry-failed"] * (rng.random() < 0.2)))
    count = len(world.rows(RENDERED)) - before
    world.counts["letters rendered"] += count
    world.tell(f"  {count} letters")


RENDERED = "SELECT id FROM letter_order WHERE state = 'rendered'"
