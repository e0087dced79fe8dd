"""Events of examiners: they confirm proposals, or let them go; whoever touched the notice must be refused."""

from __future__ import annotations

from random import Random
from typing import Any

from .events import event
from .recording import note_examined
from .world import CLERKS, EXAMINERS, SCANNERS, Broken, World

PENDING = """
    SELECT p.id, p.kind, p.run, p.adverse, p.proposed_by, p.notice, p.work_item, n.channel,
           n.external_id
    FROM proposal p JOIN notice n ON n.id = p.notice WHERE p.state = 'pending' ORDER BY p.id
"""
WORDS = "so geprüft"
ALREADY = "hat diese Meldung schon bearbeitet"


def key_of(row: dict[str, Any]) -> tuple[str, str]:
    """By what the book knows a notice."""
    return row["channel"], row["external_id"]


def words(rng: Random) -> str:
    """A reason in own words; sometimes none."""
    return WORDS if rng.random() < 0.93 else " "


@event(9, person=True)
def confirm(world: World, rng: Random) -> None:
    """Somebody examines some proposals; whoever touched the notice must be refused."""
    waiting = world.rows(PENDING)
    for row in rng.sample(waiting, min(len(waiting), rng.randint(1, 4))):
        confirm_one(world, rng, row)


@event(1.2, person=True)
def confirm_run(world: World, rng: Random) -> None:
    """Somebody confirms the reversals of a run, in their order."""
    waiting = [row for row in world.rows(PENDING) if row["run"]]
    if waiting:
        run = rng.choice(waiting)["run"]
        for row in waiting:
            if row["run"] == run:
                confirm_one(world, rng, row)


def confirm_one(world: World, rng: Random, row: dict[str, Any]) -> None:
    """One confirmation, by somebody who may, or who may not."""
    from dunkelwerk.runner import second_check

    actor, key = examiner_for(world, rng, row), key_of(row)
    forbidden = world.book.has_touched(key, actor)
    person = world.person(actor, words(rng))
    world.last_refusal = ""
    result = world.ask("confirm", lambda: second_check.confirm(row["id"], person))
    ensure_refused(world, row, actor, forbidden=forbidden, done=result is not None)
    if result is None:
        if "Datenbank arbeitet" in world.last_refusal:
            settle_unsure(world, row, actor)
        return
    world.counts[f"{row['kind']} {result.state}"] += 1
    world.tell(f"  {actor} on {row['kind']} proposal {row['id']}: {result.state}, decision {result.decision}")
    note_examined(world, row, result.state, result.successor)
    if result.state == second_check.CONFIRMED:
        note_confirmed(world, row, actor)
    note_successor(world, row)


def examiner_for(world: World, rng: Random, row: dict[str, Any]) -> str:
    """Mostly somebody who never had the notice; now and then anybody."""
    fresh = [each for each in EXAMINERS if not world.book.has_touched(key_of(row), each)]
    if fresh and rng.random() < 0.8:
        return rng.choice(fresh)
    everybody = [*EXAMINERS, *CLERKS, *SCANNERS]
    return rng.choice([each for each in everybody if world.book.has_touched(key_of(row), each)] or everybody)


def ensure_refused(world: World, row: dict[str, Any], actor: str, *, forbidden: bool, done: bool) -> None:
    """Raise Broken where a toucher examined, or where somebody else was taken for one."""
    refused = ALREADY in world.last_refusal
    if forbidden:
        world.counts["examiner refused"] += refused
        if done:
            raise Broken(f"{actor} examined proposal {row['id']} although he or she had touched {key_of(row)}")
    elif refused:
        raise Broken(f"{actor} never touched {key_of(row)}, and was refused all the same")


def settle_unsure(world: World, row: dict[str, Any], actor: str) -> None:
    """The server fell while somebody confirmed: the database says what became of it."""
    state = world.rows("SELECT state FROM proposal WHERE id = %s", row["id"])[0]["state"]
    note_successor(world, row)
    next_one = world.rows("SELECT max(id) AS id FROM proposal WHERE notice = %s AND id > %s", row["notice"], row["id"])
    note_examined(world, row, state, next_one[0]["id"])
    if state == "confirmed":
        note_confirmed(world, row, actor)
    elif state == "discarded":
        world.book.touch(key_of(row), actor)


def note_successor(world: World, row: dict[str, Any]) -> None:
    """What takes the place of a stale proposal has the instalments that a person named, too."""
    if row["id"] in world.book.named:
        query = "SELECT id FROM proposal WHERE id > %s AND notice = %s AND kind = 'manual' AND work_item > %s"
        world.book.named.update(each["id"] for each in world.rows(query, row["id"], row["notice"], row["work_item"]))


def note_confirmed(world: World, row: dict[str, Any], actor: str) -> None:
    """What follows from a confirmation for the memory."""
    world.book.touch(key_of(row), actor)
    if row["kind"] == "reversal":
        found = world.rows(
            "SELECT d.reverses FROM proposal p JOIN decision_record d ON d.id = p.decision WHERE p.id = %s", row["id"]
        )
        world.book.reversed.add(found[0]["reverses"])


@event(1.5, person=True)
def discard(world: World, rng: Random) -> None:
    """Somebody lets a proposal go."""
    from dunkelwerk.runner import second_check

    waiting = world.rows(PENDING)
    if not waiting:
        return
    row = rng.choice(waiting)
    actor = examiner_for(world, rng, row)
    forbidden, person = world.book.has_touched(key_of(row), actor), world.person(actor, words(rng))
    world.last_refusal = ""
    result = world.ask("discard", lambda: second_check.discard(row["id"], person))
    ensure_refused(world, row, actor, forbidden=forbidden, done=result is not None)
    if result is not None:
        world.counts[f"{row['kind']} discarded"] += 1
        world.tell(f"  {actor} discards {row['kind']} proposal {row['id']}")
        world.book.touch(key_of(row), actor)
    elif "Datenbank arbeitet" in world.last_refusal:
        settle_unsure(world, row, actor)
