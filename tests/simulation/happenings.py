"""How often what happened to claims: opened, accepted, relapsed, closed, held, resumed, reminded, taken back."""

from __future__ import annotations

from .facts import Facts
from .world import World


def count_happenings(world: World, facts: Facts) -> None:
    """Count the movements since yesterday, and what follows from them."""
    memory, counts = world.book.memory, world.counts
    reasons = {each["name"]: each["closing_reason"] for each in facts.claims}
    for each in facts.movements:
        if each["id"] <= memory.get("movements", 0):
            continue
        about = f"{each['action']} {each['cause']}" if each["action"] in BY_CAUSE else each["action"]
        counts[f"{'did' if each['flag'] == 'I' else 'took back'}: {about}"] += 1
        counts["relapses accepted"] += each["action"] == "accept_claim" and "relapse" in each["reasons"]
        closed = each["action"] == "close_claim" and each["flag"] == "I"
        counts[f"closed: {reasons.get(each['name'])}"] += closed and reasons.get(each["name"]) is not None
        counts["instalments resumed"] += (each["action"], each["flag"]) in RESUMED
    held = [*facts.instalments, *facts.loaded]
    counts["days with held instalments"] += any(each["held_by"] for each in held)
    reminded = sum(each["reminded_by"] is not None for each in facts.waits)
    counts["reminded"] += reminded - memory.get("reminded", 0)
    count_waits(world, facts)


RESUMED = (("hold_instalments", "S"), ("resume_instalments", "I"))
BY_CAUSE = ("open_claim", "accept_claim", "close_claim")


def count_waits(world: World, facts: Facts) -> None:
    """How many waits for documents ended or became urgent, and how many there were."""
    seen: dict[str, int] = world.book.memory.get("waits", {})
    now = {
        "waits begun": len(facts.waits),
        "waits ended": sum(each["ended_on"] is not None for each in facts.waits),
        "waits urgent": sum(each["urgent_on"] <= world.day for each in facts.waits if not each["ended_on"]),
    }
    for name, count in now.items():
        world.counts[name] += max(0, count - seen.get(name, 0))
    world.book.memory["waits"] = now
