"""Events of clerks who record in the register: recovery, payee, block, arrears, recourse, address.

What the product may take and must refuse is reckoned here, from docs/register.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from .events import event
from .recorded import PAYEE, Payee
from .world import CLERKS, LAST_POSTING, Broken, World

NEW_NOTICES = """
    SELECT n.id, n.external_id AS name, n.decision, n.state, p.id AS proposal
    FROM notice n LEFT JOIN proposal p ON p.notice = n.id AND p.state = 'pending'
    WHERE n.channel = 'register' ORDER BY n.id
"""
WAITING_ON = "SELECT id FROM proposal WHERE state = 'pending' AND %s = ANY(parts)"
CLAIM = """
    SELECT k.number || '/' || c.number AS name, c.onset, c.recovered_on, c.status
    FROM claim c JOIN contract k ON k.id = c.contract_id ORDER BY c.id
"""
CONTRACT = "SELECT id, number AS name, starts_on, recourse_open FROM contract ORDER BY id"
IBANS = ("DE02120300000000202051", "DE89370400440532013000", "AT611904300234573201", "NL91 ABNA 0417 1643 00")
WRONG_IBANS = ("DE03120300000000202051", "DE0212030000000020205", "?")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """What a clerk wants to record. ``allowed``: whether it must be taken; None: others may change it meanwhile."""

    kind: str
    name: str
    change: dict[str, Any]
    allowed: bool | None
    words: str = ""

    @property
    def action(self) -> str:
        """What it must lead to."""
        return str(self.change["type"])

    @property
    def contract(self) -> str:
        """The contract, or the person's key."""
        return self.name.partition("/")[0]


@event(4, person=True, aside=True)
def record(world: World, rng: Random) -> None:
    """A clerk records something, possible or not."""
    entry, actor = some_entry(world, rng), rng.choice(CLERKS)
    done = world.ask("record", lambda: write(world, entry, actor))
    world.tell(f"  {actor} records {entry.change} of {entry.name}: {done is not None}")
    unsure = "Datenbank arbeitet" in world.last_refusal or "änderte sich gerade" in world.last_refusal
    if entry.allowed is not None and not unsure and entry.allowed != (done is not None):
        raise Broken(f"{entry} must be {'taken' if entry.allowed else 'refused'}: {world.last_refusal}")
    note_new(world, entry, actor, expected=done is not None, unsure=unsure)


@event(0.7, beside=True, aside=True)
def record_killed(world: World, rng: Random) -> None:
    """A clerk's program is killed while it records: the entry is there whole, or not at all."""
    entry, actor = some_entry(world, rng), rng.choice(CLERKS)
    child = world.home.fork(lambda: world.ask("record", lambda: write(world, entry, actor)))
    time.sleep(rng.random() * 0.05)
    world.counts["recordings killed"] += child.kill()
    child.wait()
    world.tell(f"  {actor} records {entry.change} of {entry.name}, and is killed")
    note_new(world, entry, actor, expected=False, unsure=True)


def some_entry(world: World, rng: Random) -> Entry:
    """Anything that may be recorded."""
    kinds = (recovery, payee, blocked, arrears, recourse, address)
    return rng.choices(kinds, (5, 5, 4, 4, 4, 2))[0](world, rng)


def write(world: World, entry: Entry, actor: str) -> Any:
    """As ``dunkelwerk register set`` does."""
    from django.db import connection

    from dunkelwerk.lines.credit_protection.register import PROCESS, standing
    from dunkelwerk.runner import register

    find: Callable[[Any, str], Any] = getattr(standing, f"find_{entry.kind}")

    def place() -> Any:
        with connection.cursor() as cursor:
            return find(cursor, entry.name)

    found = world.read(place)
    said = {**entry.change, "contract": found.contract, "claim": found.claim}
    return register.record(PROCESS, said, world.person(actor, entry.words))


def note_new(world: World, entry: Entry, actor: str, *, expected: bool, unsure: bool) -> None:
    """Remember what is there now; raises Broken where more is there than was recorded, or less."""
    known = world.book.recorded.notices
    new = [each for each in world.rows(NEW_NOTICES) if each["name"] not in known]
    if len(new) > 1 or (not unsure and len(new) != expected):
        raise Broken(f"{entry}: answered {expected}, new notices are {new}")
    for row in new:
        key = "register", row["name"]
        world.book.attempts[key] = 1
        world.book.touch(key, actor)
        world.counts[f"recorded: {entry.action}"] += 1
        if row["proposal"] is not None:
            propose(world, entry, row)
        elif entry.action not in APPLY:
            raise Broken(f"{entry} took effect without a second check")
        else:
            known[row["name"]] = entry.action
            APPLY[entry.action](world, entry, row)


def propose(world: World, entry: Entry, row: dict[str, Any]) -> None:
    """A payee waits for the second check."""
    recorded = world.book.recorded
    recorded.notices[row["name"]] = None
    if entry.action != "set_payee":
        raise Broken(f"{entry} waits for a second check")
    seen, overrides = recorded.facts_of_payee(entry.contract), dict(world.book.overrides)
    wanted = wanted_payee(recorded.contracts[entry.contract], entry.change)
    recorded.payees[row["proposal"]] = Payee(entry.contract, wanted, seen, overrides)


def note_examined(world: World, row: dict[str, Any], state: str, successor: int | None) -> None:
    """What became of a payee's proposal; raises Broken where it counts although its facts changed, or the reverse."""
    recorded = world.book.recorded
    proposal = recorded.payees.get(row["id"])
    if proposal is None:
        return
    same = recorded.facts_of_payee(proposal.contract) == proposal.seen
    world.counts[f"payee {state}"] += 1
    if state == "confirmed":
        if not same:
            raise Broken(f"proposal {row['id']} of a payee was confirmed, although its facts changed: {proposal}")
        recorded.set_payee(proposal)
        recorded.notices[row["external_id"]] = "set_payee"
    if state == "stale":
        if same and proposal.overrides == world.book.overrides:
            raise Broken(f"proposal {row['id']} of a payee is stale, although nothing changed: {proposal}")
        if successor is None:
            raise Broken(f"proposal {row['id']} of a payee is stale, and nothing is in its place")
        seen = recorded.facts_of_payee(proposal.contract)
        recorded.payees[successor] = Payee(proposal.contract, proposal.wanted, seen, dict(world.book.overrides))


# What somebody may want to record, and whether it can be


def recovery(world: World, rng: Random) -> Entry:
    """The last day of a claim, most often of one that runs; now and then it is lifted."""
    claims = world.rows(CLAIM)
    pools = [each for each in claims if each["status"] == "accepted"], [each for each in claims if each["recovered_on"]]
    claim = rng.choice(rng.choice([pool for pool in (*pools[:1] * 3, *pools[1:], claims) if pool]))
    day = mostly(rng, world.day - DAY * rng.randint(0, 20), claim["onset"] - DAY, world.day + DAY)
    on = None if claim["recovered_on"] and rng.random() < 0.4 else day
    allowed: bool | None = on != claim["recovered_on"] and (on is None or claim["onset"] <= on <= world.day)
    if world.rows(WAITING_ON, claim["name"]) or claim["status"] == "accepted":
        allowed = None if allowed else False  # a proposal about the claim may wait, or come just now
    return Entry("claim", claim["name"], {"type": "record_recovery", "on": said(on)}, allowed)


def payee(world: World, rng: Random) -> Entry:
    """Another name, account or reference; or none that can be."""
    contract = some_contract(world, rng)
    change: dict[str, Any] = {"type": "set_payee", "name": None, "iban": None, "reference": None}
    if rng.random() < 0.75:
        change["iban"] = rng.choice(IBANS * 3 + WRONG_IBANS)
    if change["iban"] is None or rng.random() < 0.3:
        change[rng.choice(["name", "reference"])] = rng.choice(["Neue Bank AG", f"D {rng.randint(1, 99)}", "x" * 141])
    words = "Schreiben der Bank" if rng.random() < 0.93 else " "
    before = world.book.recorded.contracts[contract["name"]]
    after = wanted_payee(before, change)
    can_be = change["iban"] not in WRONG_IBANS and all(len(each or "") <= 140 for each in after.values())
    waits = world.rows(WAITING_ON, f"{contract['name']} · Zahlungsempfänger")
    allowed = can_be and words.strip() != "" and not waits and after != {name: before[name] for name in PAYEE}
    return Entry("contract", contract["name"], change, allowed, words)


def wanted_payee(before: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The payee as it will be: what is not named stays."""
    named = {name: change[name.removeprefix("payee_")] for name in PAYEE}
    after = {name: before[name] if value is None else value for name, value in named.items()}
    return {**after, "payee_iban": (after["payee_iban"] or "").replace(" ", "") or None}


def blocked(world: World, rng: Random) -> Entry:
    """The account is blocked, or free again."""
    contract = some_contract(world, rng)
    before = world.book.recorded.contracts[contract["name"]]["blocked_since"]
    since = mostly(rng, world.day - DAY * rng.randint(0, 9), world.day + DAY, contract["starts_on"] - DAY)
    after = None if rng.random() < (0.6 if before else 0.1) else since
    allowed = after != before and (after is None or contract["starts_on"] <= after <= world.day)
    return Entry("contract", contract["name"], {"type": "block_account", "since": said(after)}, allowed)


def arrears(world: World, rng: Random) -> Entry:
    """A reminder for premium, or it is paid."""
    contract = some_contract(world, rng)
    row = world.book.recorded.contracts[contract["name"]]
    before = row["reminded_on"], row["arrears_deadline"]
    reminded = mostly(rng, world.day - DAY * rng.randint(0, 30), world.day + DAY)
    deadline = reminded + DAY * rng.choice([14, 14, 14, 14, 0, -1])
    after = (None, None) if rng.random() < (0.6 if row["in_arrears"] else 0.1) else (reminded, deadline)
    allowed = row["in_arrears"] if after[0] is None else after != before
    if after[0] is not None:
        allowed = allowed and contract["starts_on"] <= after[0] <= world.day and deadline >= reminded
    change = {"type": "set_arrears", "reminded_on": said(after[0]), "deadline": said(after[1])}
    return Entry("contract", contract["name"], change, allowed)


def recourse(world: World, rng: Random) -> Entry:
    """So much is open: more, less, nothing; or an amount that cannot be."""
    contract = some_contract(world, rng)
    amount = mostly(rng, Decimal(rng.randint(1, 90000)) / 100, Decimal(0), Decimal("-0.01"), Decimal("1.005"))
    allowed: bool | None = amount >= 0 and amount == round(amount, 2)
    if allowed and amount in (0, contract["recourse_open"]):
        allowed = None  # a worker may use up the rest just now
    return Entry("contract", contract["name"], {"type": "set_recourse", "amount": str(amount)}, allowed)


def address(world: World, rng: Random) -> Entry:
    """Somebody moved; now and then without a code that can be."""
    person = rng.choice(sorted(world.book.recorded.persons))
    before = world.book.recorded.persons[person]
    code = mostly(rng, "10115", "5066")
    after = {"street": f"Neue Str. {rng.randint(1, 40)}", "house_number": None, "postal_code": code, "city": "Köln"}
    after["country"] = "DE"
    same = after == {name: before[name] for name in after}
    return Entry("person", person, {"type": "set_address", "person": person, **after}, not same and len(code) == 5)


def some_contract(world: World, rng: Random) -> dict[str, Any]:
    """A contract: often one with something to lift, or with a payee that waits."""
    rows, known = world.rows(CONTRACT), world.book.recorded.contracts
    marked = [each for each in rows if known[each["name"]]["blocked_since"] or known[each["name"]]["in_arrears"]]
    waiting = {payee.contract for payee in world.book.recorded.payees.values()}
    pools = [rows, rows, marked, [each for each in rows if each["name"] in waiting]]
    return rng.choice(rng.choice([pool for pool in pools if pool]))


def mostly(rng: Random, usual: Any, *others: Any) -> Any:
    """The usual, but now and then something that cannot be."""
    return usual if rng.random() < 0.8 else rng.choice(others)


def said(day: date | None) -> str | None:
    """A day as JSON says it."""
    return day.isoformat() if day else None


# What holds once it is recorded


def day_of(text: str | None) -> date | None:
    """A day of JSON."""
    return date.fromisoformat(text) if text else None


def apply_recourse(world: World, entry: Entry, row: dict[str, Any]) -> None:
    """From here on set-offs count from the new amount."""
    [found] = world.rows(LAST_POSTING, row["decision"], entry.contract)
    world.book.recourse[found["id"]] = Decimal(entry.change["amount"]), found["last"]
    world.book.recorded.unsteady.add(entry.contract)


def apply_arrears(world: World, entry: Entry, row: dict[str, Any]) -> None:
    """A reminder stands, or none."""
    reminded, deadline = day_of(entry.change["reminded_on"]), day_of(entry.change["deadline"])
    columns = {"in_arrears": reminded is not None, "reminded_on": reminded, "arrears_deadline": deadline}
    world.book.recorded.set_contract(entry.contract, **columns)


def apply_address(world: World, entry: Entry, row: dict[str, Any]) -> None:
    """The whole address."""
    names = ("street", "house_number", "postal_code", "city", "country")
    world.book.recorded.set_person(entry.name, **{name: entry.change[name] for name in names})


Apply = Callable[[World, Entry, dict[str, Any]], None]
APPLY: dict[str, Apply] = {
    "record_recovery": lambda world, entry, row: world.book.recorded.set_recovered(
        entry.name, day_of(entry.change["on"])
    ),
    "block_account": lambda world, entry, row: world.book.recorded.set_contract(
        entry.contract, blocked_since=day_of(entry.change["since"])
    ),
    "set_arrears": apply_arrears,
    "set_recourse": apply_recourse,
    "set_address": apply_address,
}
