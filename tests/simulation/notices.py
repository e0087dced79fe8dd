"""Random notes about the claims as they stand: what follows on, and everything that does not fit. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

Thing = dict[str, Any]
Twist = Callable[[Random, Thing, Thing, date], None]
LINES_NOBODY_READS = (
    b'{"process": "follow_up_sick_note", "id": "X',
    b'{"process": "follow_up_sick_note", "id": 7, "contract": "RS-1"}',
    b'{"process": "death_notice", "id": "X-4", "contract": "RS-1", "certificate": "maybe"}',
    b'{"process": "unknown_process", "id": "X-2", "contract": "RS-1"}',
    b'["no", "object"]',
    b"\xff\xfe",
    b'{"process": "follow_up_sick_note", "id": "X-3", "contract": "RS-1", "surprise": true}',
)


def make_note(rng: Random, claims: Sequence[Thing], today: date, *, name: str) -> Thing:
    """A note of somebody, most often one that goes on where the last ended."""
    claim = choose(rng, claims, today)
    note = follow_on(rng, claim, today, name=name)
    for twist in rng.choices([(), (rng.choice(TWISTS),), rng.sample(TWISTS, 2)], (60, 34, 6))[0]:
        twist(rng, note, claim, today)
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in note.items()}


def choose(rng: Random, claims: Sequence[Thing], today: date) -> Thing:
    """A claim: mostly an open one whose proof runs out about now."""
    sick = [each for each in claims if each["cause"] == "illness" and each["status"] == "accepted"]
    due = [each for each in sick if each["proven_until"] and abs((each["proven_until"] - today).days) <= 6]
    pools = [pool for pool in (due, due, due, sick, sick, list(claims)) if pool]
    return rng.choice(rng.choice(pools))


def follow_on(rng: Random, claim: Thing, today: date, *, name: str) -> Thing:
    """The note that a doctor writes when the last one runs out."""
    proven = claim["proven_until"] or claim["onset"]
    issued = today if proven >= today else min(today, proven + timedelta(days=rng.choice([0, 0, 1])))
    return {
        **{"process": "follow_up_sick_note", "id": name, "contract": claim["contract"]},
        **{"last_name": claim["last_name"], "first_name": claim["first_name"], "birth_date": claim["birth_date"]},
        **{"incapacity_from": claim["onset"], "issued_on": issued, "received_on": today, "formally_correct": True},
        **{"incapacity_until": max(proven, issued) + timedelta(days=rng.randint(5, 40)), "final": False, "icd": []},
    }


def overlap(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """It ends among days that are proven already, or shortly after."""
    note["incapacity_until"] = note["issued_on"] + timedelta(days=rng.randint(0, 12))


def gap(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """Some days stand between the last proof and this one."""
    note["issued_on"] = min(today, note["issued_on"] + timedelta(days=rng.randint(2, 9)))


def late(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """An earlier note arrives late."""
    note["issued_on"] -= timedelta(days=rng.randint(20, 60))
    note["incapacity_until"] = note["issued_on"] + timedelta(days=rng.randint(5, 25))


def contradict(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """Another onset than the register's."""
    note["incapacity_from"] = claim["onset"] + timedelta(days=rng.choice([-3, -1, 1, 2]))


def implausible(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """Dates that cannot be."""
    note["issued_on"] = today + timedelta(days=rng.randint(1, 9))


def final(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """The last one: well again afterwards."""
    note["final"] = True
    note["incapacity_until"] = note["issued_on"] + timedelta(days=rng.randint(-2, 14))


def open_ended(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """Bis auf weiteres."""
    note["incapacity_until"] = None


def electronic(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """An eAU does not state the onset, but says codes."""
    note["incapacity_from"] = None
    note["icd"] = [rng.choice(["M54.5 G", "f32.1", " J06.9", "O80"])]


def stranger(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """Not the insured person's."""
    note[rng.choice(["last_name", "first_name"])] = rng.choice(["Fremd", "Unbekannt", ""])


def other_spelling(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """The same person, as another office spells it."""
    note["last_name"] = note["last_name"].upper().replace("Ü", "UE").replace("Ö", "OE").replace("Ä", "AE")
    note["first_name"] = f"Dr. {note['first_name']}"


def unsigned(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """Without signature or stamp."""
    note["formally_correct"] = False


def no_contract(rng: Random, note: Thing, claim: Thing, today: date) -> None:
    """A contract that nobody knows."""
    note["contract"] = f"RS-0{rng.randint(1, 3)}"


TWISTS: tuple[Twist, ...] = (
    *(overlap, overlap, gap, late, contradict, implausible, final, final, open_ended, open_ended, electronic),
    *(electronic, stranger, other_spelling, other_spelling, unsigned, no_contract),
)
