"""Follow-up unemployment proofs, job starts, and what contradicts them. Pure."""

from __future__ import annotations

from datetime import date
from random import Random

from .scene import Scene, Thing, Twist, choose, days, twisted


def proof(rng: Random, scene: Scene) -> list[Thing]:
    """Still unemployed; mostly of a claim whose proof runs out about now."""
    claim = pick(rng, scene)
    if claim is None:
        return []
    return [twisted(rng, follow_on(rng, scene, claim), TWISTS, scene.today, share=0.3)]


def pick(rng: Random, scene: Scene) -> Thing | None:
    """A claim, nearly always an open one."""
    open_ = scene.open_claims("unemployment")
    due = [each for each in open_ if each["proven_until"] and abs((each["proven_until"] - scene.today).days) <= 8]
    every = [each for each in scene.claims if each["cause"] == "unemployment"]
    return choose(rng, *[due] * 4, *[open_] * 4, every)


def follow_on(rng: Random, scene: Scene, claim: Thing) -> Thing:
    """What the authority says when the last proof runs out."""
    proven = claim["proven_until"] or claim["onset"]
    return {
        **scene.start("follow_up_unemployment_proof", claim),
        **{"unemployed_since": claim["onset"], "proven_on": max(claim["onset"], min(scene.today, proven + days(1)))},
        **{"benefit_kind": "alg1", "entitlement_suspended": False, "new_job_on": None, "formally_correct": True},
        "award_ends_on": rng.choice([None, None, scene.today + days(rng.randint(1, 200))]),
    }


def job_start(rng: Random, scene: Scene) -> list[Thing]:
    """A new job: the claim ends the day before. Sometimes the next proof says that there is none."""
    claim = choose(rng, scene.open_claims("unemployment"))
    if claim is None:
        return []
    note = follow_on(rng, scene, claim)
    last = claim["released_until"] or claim["onset"]
    start = rng.choice([last + days(rng.randint(1, 30)), scene.today + days(rng.randint(-6, 25))])
    note["new_job_on"] = max(start, claim["onset"] + days(1))
    notes = [note]
    if rng.random() < 0.2:
        notes.append({**note, "id": scene.name(), "new_job_on": None})
    return notes


def gap(rng: Random, note: Thing, today: date) -> None:
    """Days without proof."""
    note["proven_on"] = min(today, note["proven_on"] + days(rng.randint(2, 12)))


def other_onset(rng: Random, note: Thing, today: date) -> None:
    """Unemployed since another day than the register knows."""
    note["unemployed_since"] -= days(rng.randint(1, 5))


def suspended(rng: Random, note: Thing, today: date) -> None:
    """The authority pays nothing for a while."""
    note["entitlement_suspended"] = True


def implausible(rng: Random, note: Thing, today: date) -> None:
    """A proof of tomorrow."""
    note["proven_on"] = today + days(rng.randint(1, 9))


def award_over(rng: Random, note: Thing, today: date) -> None:
    """The entitlement has ended."""
    note["award_ends_on"] = note["proven_on"] + days(rng.randint(-10, 3))


TWISTS: tuple[Twist, ...] = (gap, other_onset, suspended, implausible, award_over, award_over)
