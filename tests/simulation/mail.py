"""Events from outside: notices of every channel, the same again, contradictions; what the core system says."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from .book import digest_of
from .events import event
from .notices import LINES_NOBODY_READS
from .register import DAY, add_months
from .scene import CLAIMS, INSURED, Scene
from .stories import some_mail
from .world import SCANNERS, Broken, World

ALL = "SELECT number FROM contract ORDER BY id"
#: what a second examiner looks at just now
PENDING = """
    SELECT DISTINCT split_part(split_part(part, '/', 1), ' · ', 1) AS number FROM proposal, unnest(parts) AS part
    WHERE state = 'pending'
    ORDER BY 1
"""
CHANNELS = ("scan", "mail", "eau")


@event(9, beside=True)
def deliver(world: World, rng: Random) -> None:
    """Some new notices, in any order; now and then a line that nobody can read among them."""
    scene = Scene(world.day, world.rows(CLAIMS), world.rows(INSURED), world.book.next_name)
    notes = some_mail(rng, scene, rng.randint(2, 9))
    lines = [json.dumps(note).encode() for note in notes]
    unreadable = rng.choices(LINES_NOBODY_READS, k=rng.choices([0, 1, 2], (85, 12, 3))[0])
    hand_in(world, rng, notes, [*lines, *unreadable], refused=len(unreadable))


@event(4, beside=True)
def deliver_again(world: World, rng: Random) -> None:
    """The same notes once more: by the same channel, or by another."""
    if not world.book.texts:
        return
    keys = rng.sample(sorted(world.book.texts), min(len(world.book.texts), rng.randint(1, 5)))
    channel = rng.choice(CHANNELS)
    notes = [world.book.texts[key] for key in keys]
    hand_in(world, rng, notes, [json.dumps(note).encode() for note in notes], channel=channel)


@event(1.5)
def deliver_other_content(world: World, rng: Random) -> None:
    """A known id that says something else: refused."""
    if not world.book.texts:
        return
    key = rng.choice(sorted(world.book.texts))
    note = {**world.book.texts[key], "received_on": (world.day + timedelta(days=rng.randint(41, 90))).isoformat()}
    hand_in(world, rng, [note], [json.dumps(note).encode()], channel=key[0])


def hand_in(
    world: World, rng: Random, notes: list[Any], lines: list[bytes], *, refused: int = 0, channel: str | None = None
) -> None:
    """``inbox add``, and what it must answer."""
    channel, actor = channel or rng.choice(CHANNELS), rng.choice(SCANNERS)
    expected = [0, 0, refused]
    for note in notes:
        key, digest = (channel, note["id"]), digest_of(note)
        known = world.book.delivered.get(key)
        expected[0 if known is None else 1 if known == digest else 2] += 1
        if known is None:
            world.book.delivered[key], world.book.texts[key] = digest, note
            world.book.attempts[key] = 1
            world.book.touch(key, actor)
    for name, count in zip(("delivered", "delivered again", "delivery refused"), expected, strict=True):
        world.counts[name] += count
    world.tell(f"  {len(notes)} notes by {channel} from {actor}")
    if rng.random() < 0.06:
        disturb(world, rng, lines, channel=channel, actor=actor)
        expected = [0, expected[0] + expected[1], expected[2]]
    added = world.receive(lines, channel=channel, actor=actor)
    if list(added) != expected:
        raise Broken(f"inbox: added, known, refused are {added}, expected {tuple(expected)}")


def disturb(world: World, rng: Random, lines: list[bytes], *, channel: str, actor: str) -> None:
    """The same file is taken by two programs at once, of which one is killed now and then."""
    children = [world.home.fork(partial(world.receive, lines, channel=channel, actor=actor)) for _n in range(2)]
    if rng.random() < 0.4:
        time.sleep(rng.random() * 0.02)
        world.counts["deliveries killed"] += children.pop().kill()
    faults = [fault for fault in [each.wait() for each in children] if fault]
    if faults:
        raise Broken(f"inbox: {faults[0][-1500:]}")
    world.counts["deliveries at once"] += 1


@event(1.2, beside=True)
def core_system(world: World, rng: Random) -> None:
    """The core system says something new about a contract, or sends an old file again."""
    book = world.book
    if book.files and rng.random() < 0.2:
        faults = world.load([rng.choice(book.files)])
        world.counts["old case file loaded" if not faults else "old case file refused"] += 1
        return
    if rng.random() < 0.25:
        line = json.dumps(world.register.household()).encode()
        what = "new_household"
    else:
        contract = rng.choice(world.rows(PENDING if rng.random() < 0.4 else ALL) or world.rows(ALL))["number"]
        said = exported(contract)
        what, line = rng.choice(NEWS)(world, rng, said), json.dumps(said).encode()
    book.files.append(line)
    faults = world.load([line])
    world.tell(f"  {what}: {faults or 'taken over'}")
    world.counts[f"core system: {what}" if not faults else "case file refused"] += 1


@event(0.8, beside=True)
def overtake_proposal(world: World, rng: Random) -> None:
    """While a proposal waits, its facts change: the contract gets a reminder, the payee's account is blocked."""
    waiting = world.rows(PENDING)
    if waiting:
        said = exported(rng.choice(waiting)["number"])
        what = rng.choice([arrears, blocked])(world, rng, said)
        faults = world.load([json.dumps(said).encode()])
        world.tell(f"  {what} of {said['key']}: {faults or 'taken over'}")
        world.counts["facts of a proposal changed"] += not faults


def exported(contract: str) -> Any:
    """The case file of a contract as it stands."""
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.lines.credit_protection.queries import case_file_lines

    with snapshot():
        return json.loads(b"".join(line for batch in case_file_lines(contract) for line in batch))


def named_contract(said: Any) -> Any:
    """The contract that a case file is about."""
    return next(each for each in said["contracts"] if each["number"] == said["key"])


def arrears(world: World, rng: Random, said: Any) -> str:
    """A premium reminder begins or ends."""
    contract = named_contract(said)
    reminder = {"reminded_on": world.day.isoformat(), "deadline": (world.day + timedelta(days=14)).isoformat()}
    contract["arrears"] = None if contract.get("arrears") else reminder
    return "arrears"


def blocked(world: World, rng: Random, said: Any) -> str:
    """The payee's account is blocked, or free again."""
    payee = named_contract(said)["payee"]
    payee["blocked_since"] = None if payee.get("blocked_since") else world.day.isoformat()
    return "blocked account"


def new_claim(world: World, rng: Random, said: Any) -> str:
    """Another claim: sometimes of another cause, and its days may meet ours."""
    contract = named_contract(said)
    cause = rng.choice(["illness", "unemployment"])
    tariff = next(each for each in said["tariffs"] if each["id"] == contract["tariff"])
    if cause not in tariff or tariff[cause] is None or contract["status"] != "active":
        return arrears(world, rng, said)
    world.register.people.update({each["id"]: each for each in said["persons"]})
    person = rng.choice(contract["insured"])
    contract["claims"].append(world.register.claim(contract, person, cause, open_=rng.random() < 0.7))
    return f"new {cause} claim"


def shortened(world: World, rng: Random, said: Any) -> str:
    """The contract ends earlier or later than it did."""
    contract = named_contract(said)
    end = max(world.day + DAY * rng.randint(5, 60), date.fromisoformat(contract["start"]))
    contract["end"] = end.isoformat() if rng.random() < 0.5 else add_months(end, 24).isoformat()
    return "other end"


def replaced(world: World, rng: Random, said: Any) -> str:
    """The core system says that its own returned instalments were paid again."""
    for claim in named_contract(said)["claims"]:
        for each in list(claim["instalments"]):
            if each["status"] == "returned" and not each["id"].startswith("DW-"):
                again = {**each, "id": f"{each['id']}-R", "status": "paid", "replaces": each["id"]}
                if all(one["id"] != again["id"] for one in claim["instalments"]):
                    claim["instalments"].append(again)
    return "replaced instalments"


NEWS = (arrears, blocked, new_claim, new_claim, shortened, replaced)
