"""Deaths: with certificate or without, reported twice, by different people who say different things. Pure."""

from __future__ import annotations

from datetime import date
from random import Random

from .scene import Scene, Thing, Twist, choose, days, twisted

WHO = ("Witwe", "Sohn", "Bestatter", "Bank", None)


def death(rng: Random, scene: Scene) -> list[Thing]:
    """Somebody died; a third of the deaths are reported by a second person, too."""
    notes = one_death(rng, scene)
    if notes and rng.random() < 0.35:
        again = {**notes[0], "id": scene.name(), "reported_by": rng.choice(WHO), "certificate": rng.random() < 0.5}
        if rng.random() < 0.3:
            again["died_on"] -= days(rng.choice([1, 2, 30]))
        notes.append(again)
    return notes


def one_death(rng: Random, scene: Scene) -> list[Thing]:
    """One notice; now and then of somebody whose death was reported before."""
    paid_ahead = {
        (each["contract"], each["person"])
        for each in [*scene.open_claims("illness"), *scene.open_claims("unemployment")]
        if each["released_until"] and each["released_until"] > scene.today
    }
    living = scene.living()
    paid = [each for each in living if (each["contract"], each["person"]) in paid_ahead]
    reported = [each for each in scene.claims if each["cause"] == "death" and each["status"] != "declined"]
    who = choose(rng, *[paid] * 5, *[living] * 2, reported)
    if who is None:
        return []
    died = who["onset"] if who.get("cause") == "death" else scene.today - days(rng.choice([0, 1, 1, 2, 3, 5, 9, 30]))
    note = {
        **scene.start("death_notice", who),
        **{"died_on": died, "certificate": rng.random() < 0.55, "reported_by": rng.choice(WHO)},
        "cause_known": rng.choices(["natural", "accident", "suicide", "unknown"], (70, 15, 7, 8))[0],
    }
    return [twisted(rng, note, TWISTS, scene.today, share=0.12)]


def tomorrow(rng: Random, note: Thing, today: date) -> None:
    """Nobody knows that yet."""
    note["died_on"] = today + days(rng.randint(1, 5))


def long_ago(rng: Random, note: Thing, today: date) -> None:
    """Reported late: much was paid since."""
    note["died_on"] = today - days(rng.randint(60, 200))


TWISTS: tuple[Twist, ...] = (tomorrow, long_ago)
