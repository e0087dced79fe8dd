"""Events of papers: what was missing arrives, wholly or in part, or never; a reported death turns out wrong."""

from __future__ import annotations

from random import Random

from .clerks import ATTEMPTS, propose_reversal
from .events import event
from .people import key_of
from .world import SCANNERS, Broken, World

WAITING = """
    SELECT d.notice AS id, d.decision, n.channel, n.external_id, n.process
    FROM document_wait d JOIN notice n ON n.id = d.notice WHERE d.ended_on IS NULL ORDER BY d.id
"""
SOME = """
    SELECT id, channel, external_id, process FROM notice WHERE state <> 'waiting' ORDER BY id DESC LIMIT 30
"""
PIECES = {
    "first_sick_note": ("claim_form", "sick_note", "employer_confirmation"),
    "first_unemployment_proof": ("award_notice",),
    "death_notice": ("certificate",),
}


@event(3, person=True)
def complete(world: World, rng: Random) -> None:
    """Somebody brings what was missing; now and then to a notice that waits for nothing."""
    from dunkelwerk.runner import handling

    waiting = world.rows(WAITING) if rng.random() < 0.92 else world.rows(SOME)
    if not waiting:
        return
    row = rng.choice(waiting)
    actor, key = rng.choice(SCANNERS), key_of(row)
    known = PIECES.get(row["process"], ("certificate",))
    pieces = list(known) if rng.random() < 0.8 else rng.sample(known, 1)
    changes = {"icd": ["M54.5 G"]} if row["process"] == "first_sick_note" and rng.random() < 0.5 else {}
    before = world.rows(ATTEMPTS, *key)[0]["last"]
    person = world.person(actor, "")
    done = world.ask("complete", lambda: handling.complete(row["id"], pieces, changes, person))
    after = world.rows(ATTEMPTS, *key)[0]["last"]
    if after > before:
        world.book.attempts[key] = after
        world.book.touch(key, actor)
        world.tell(f"  {actor} completes notice {row['id']} ({row['process']}): {pieces} {changes}")
    if (done is not None) != (after > before) and "Datenbank arbeitet" not in world.last_refusal:
        raise Broken(f"complete: notice {row['id']} answered {done}, attempts went from {before} to {after}")


@event(0.7, person=True)
def refute(world: World, rng: Random) -> None:
    """Somebody who was reported dead lives: what was held runs again, if somebody else confirms."""
    wrong = world.rows(HELD)
    if wrong:
        world.counts["deaths refuted"] += 1
        propose_reversal(world, rng, [rng.choice(wrong)["decision"]])


#: deaths that were reported or settled, and stand
HELD = """
    SELECT d.id AS decision FROM decision_record d
    WHERE d.process = 'death_notice' AND d.effective AND d.kind = 'decision'
      AND NOT EXISTS (SELECT FROM decision_record r WHERE r.reverses = d.id AND r.effective) ORDER BY d.id
"""
