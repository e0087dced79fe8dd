"""Events of clerks: they correct, act by hand, close, take decisions back, and look."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from .events import event
from .people import PENDING, key_of, words
from .wishes import corrections, wish
from .world import CLERKS, Broken, World

ITEMS = """
    SELECT w.id, w.task, w.kind, w.key, w.contract, w.claim, w.version, w.state, n.id AS notice, n.channel,
           n.external_id, n.process
    FROM work_item w JOIN decision_record d ON d.id = w.decision JOIN notice n ON n.id = d.notice
    WHERE w.task IN ('referral', 'review', 'documents') AND w.state <> 'done' ORDER BY w.id
"""
EFFECTIVE = """
    SELECT id FROM decision_record d WHERE effective AND kind <> 'reversal' AND business_day >= %s
      AND NOT EXISTS (SELECT FROM decision_record r WHERE r.reverses = d.id AND r.effective) ORDER BY id
"""


def pick_item(world: World, rng: Random) -> dict[str, Any] | None:
    """An open item, most often a fresh one."""
    items = world.rows(ITEMS)
    if not items:
        return None
    return rng.choice(items[-12:] if rng.random() < 0.7 else items)


def version_of(rng: Random, item: dict[str, Any]) -> int | None:
    """The state of the item that the clerk saw; sometimes an older one."""
    seen: int | None = rng.choices([None, item["version"], item["version"] - 1], (60, 33, 7))[0]
    return seen


@event(2.5, person=True)
def correct(world: World, rng: Random) -> None:
    """A clerk corrects a notice, and it runs again."""
    from dunkelwerk.runner import handling

    item = pick_item(world, rng)
    if item is None:
        return
    actor = rng.choice(CLERKS)
    changes = rng.choice(corrections(rng, item["process"], world.day))
    person, version = world.person(actor, words(rng)), version_of(rng, item)
    before = world.rows(ATTEMPTS, *key_of(item))[0]["last"]
    result = world.ask("correct", lambda: handling.correct(item["id"], changes, person, version=version))
    after = world.rows(ATTEMPTS, *key_of(item))[0]["last"]
    if after > before:
        world.book.attempts[key_of(item)] = after
        world.book.touch(key_of(item), actor)
        world.tell(f"  {actor} corrects item {item['id']}: {changes}")
    if (result is not None) != (after > before) and "Datenbank arbeitet" not in world.last_refusal:
        raise Broken(f"correct: item {item['id']} answered {result}, attempts went from {before} to {after}")


ATTEMPTS = "SELECT max(attempt) AS last FROM notice WHERE channel = %s AND external_id = %s"


@event(4, person=True)
def act(world: World, rng: Random) -> None:
    """A clerk works on an item by hand, after a look at what it would do."""
    from dunkelwerk.runner import handling

    item = pick_item(world, rng)
    if item is None:
        return
    actor, person = "", None
    wanted = wish(world, rng, item)
    if not wanted:
        return
    actor = rng.choice(CLERKS)
    person = world.person(actor, words(rng))
    if rng.random() < 0.4:
        world.ask("preview", lambda: handling.preview(item["id"], wanted, person))
    world.last_refusal = ""
    done = world.ask("act", lambda: handling.act(item["id"], wanted, person, version=version_of(rng, item)))
    if done is None:
        if "Datenbank arbeitet" in world.last_refusal:
            settle_unsure_act(world, item, actor)
        return
    world.tell(f"  {actor} on item {item['id']}: {wanted} -> {done}")
    world.book.touch(key_of(item), actor)
    world.counts["act proposed" if done.proposal else "act done"] += 1
    if done.proposal and any(each["type"] == "release_instalment" for each in wanted):
        world.book.named.add(done.proposal)


def settle_unsure_act(world: World, item: dict[str, Any], actor: str) -> None:
    """The server fell while a clerk acted: the database says whether it was done."""
    query = """SELECT p.id FROM toucher t LEFT JOIN proposal p ON p.notice = t.notice AND p.kind = 'manual'
               WHERE t.notice = %s AND t.actor = %s AND t.deed = 'acted'"""
    for row in world.rows(query, item["notice"], actor):
        world.book.touch(key_of(item), actor)
        if row["id"]:
            world.book.named.add(row["id"])


@event(1.5, person=True)
def close(world: World, rng: Random) -> None:
    """A clerk closes an item."""
    from dunkelwerk.runner import handling

    item = pick_item(world, rng)
    if item is None:
        return
    actor = rng.choice(CLERKS)
    person = world.person(actor, words(rng))
    done = world.ask("close", lambda: handling.close(item["id"], person, version=version_of(rng, item)) or True)
    unsure = "Datenbank arbeitet" in world.last_refusal
    if done or (unsure and world.rows("SELECT 1 FROM work_item WHERE id = %s AND state = 'done'", item["id"])):
        world.tell(f"  {actor} closes item {item['id']}")
        if item["kind"] == "notice":
            world.book.touch(key_of(item), actor)


@event(1.2, person=True)
def reverse(world: World, rng: Random) -> None:
    """Somebody proposes to take decisions back: one, or those of some days."""
    effective = world.rows(EFFECTIVE, world.day - timedelta(days=rng.choice([3, 20, 400])))
    if effective:
        taken = rng.sample(effective, min(len(effective), rng.choice([1, 1, 3])))
        propose_reversal(world, rng, [each["id"] for each in taken])


def propose_reversal(world: World, rng: Random, decisions: list[int]) -> None:
    """Somebody proposes to take these back, and what builds upon them."""
    from dunkelwerk.runner import reversing
    from dunkelwerk.runner.reversing import Wanted

    actor = rng.choice(CLERKS)
    person = world.person(actor, words(rng))
    found = world.read(lambda: reversing.find_with_following(Wanted(decisions=decisions)))
    if rng.random() < 0.5:
        world.ask("preview reversal", lambda: reversing.preview(decisions[0], person))
    before = world.rows("SELECT coalesce(max(id), 0) AS last FROM proposal")[0]["last"]
    world.ask("reverse", lambda: reversing.propose(found, person))
    query = """SELECT n.channel, n.external_id, p.id FROM proposal p JOIN notice n ON n.id = p.notice
               WHERE p.id > %s AND p.kind = 'reversal' AND p.proposed_by = %s"""
    for row in world.rows(query, before, actor):  # those before a refusal stay
        world.book.touch(key_of(row), actor)
        world.counts["reversal proposed"] += 1
    world.tell(f"  {actor} proposes to reverse {[each.id for each in found]}")


@event(1, person=True)
def look(world: World, rng: Random) -> None:
    """Somebody only looks: a proposal, an item, a reversal."""
    from dunkelwerk.runner import handling, second_check

    person = world.person("x.zuschauer", "")
    waiting, item = world.rows(PENDING), pick_item(world, rng)
    if waiting:
        row = rng.choice(waiting)
        world.ask("look at proposal", lambda: second_check.view(row["id"], person))
    if item:
        world.ask("look at item", lambda: handling.look(item["id"], person))
