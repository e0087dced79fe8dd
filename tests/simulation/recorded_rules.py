"""What must be true after every day of what clerks recorded: it stands, and what is decided heeds it.

Like ``rules``: neither the product's code nor its invariants. What heeds means is asked of the runner alone, and of
contracts of which nothing but the runner changed anything today; people may decide otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

from .facts import Facts
from .recorded import CLAIMS, CONTRACTS, PERSONS
from .world import World

Rule = Callable[[World, Facts], Iterator[str]]
PAYS = ("release_instalment", "pay_lump_sum")
RECORDED = ("record_recovery", "set_payee", "block_account", "set_arrears", "set_recourse", "set_address")


def stands_as_recorded(world: World, facts: Facts) -> Iterator[str]:
    """Payee, block, arrears, address and recovery are what was recorded, confirmed or loaded last, and nothing else."""
    recorded = world.book.recorded
    for known, query in ((recorded.contracts, CONTRACTS), (recorded.persons, PERSONS)):
        for row in world.rows(query):
            expected = known.get(row["name"])
            if row != expected:
                yield f"{row['name']} is {row}, expected {expected}"
    closed = {each["name"]: each["id"] for each in facts.movements if each["action"] == "close_claim"}
    told = {each["name"]: each["id"] for each in facts.movements if each["action"] == "record_recovery"}
    for row in world.rows(CLAIMS):
        if row["name"] not in recorded.recovered:
            continue
        expected = recorded.recovered[row["name"]]
        # a closing sets the day that nobody had recorded, and goes with it again
        since = closed.get(row["name"], 0) > told.get(row["name"], 0)
        if row["recovered_on"] != expected and not (since and expected is None):
            yield f"{row['name']} recovered on {row['recovered_on']}, recorded was {expected}"


def recorded_once(world: World, facts: Facts) -> Iterator[str]:
    """Each entry that took effect is one decision with one movement; what waits or was let go has left none."""
    notices = {each["id"]: each["external_id"] for each in facts.notices if each["channel"] == "register"}
    found: defaultdict[str, list[str]] = defaultdict(list)
    by_decision = {each["id"]: notices.get(each["notice"]) for each in facts.decisions}
    for each in facts.movements:
        name = by_decision[each["decision"]]
        if name is not None:
            found[name].append(each["action"])
        elif each["action"] in RECORDED:
            yield f"movement {each['id']} is {each['action']}, and nobody recorded it"
    for name, action in world.book.recorded.notices.items():
        if found[name] != [action] * (action is not None):
            yield f"{name} led to {found[name]}, expected {action}"


def decided_alone(facts: Facts) -> set[int]:
    """The decisions of today that no person had a part in."""
    return {each["id"] for each in facts.today if ":" in each["worker"] and each["effective"]}


def heeds_block_and_arrears(world: World, facts: Facts) -> Iterator[str]:
    """Nothing is paid dark on a contract whose account was blocked all day, or whose premium was in arrears."""
    recorded, alone = world.book.recorded, decided_alone(facts)
    for each in facts.movements:
        if each["decision"] not in alone or each["action"] not in PAYS or each["contract"] in recorded.unsteady:
            continue
        row = recorded.contracts[each["contract"]]
        if row["blocked_since"] or row["in_arrears"]:
            why = "its account is blocked" if row["blocked_since"] else "its premium is in arrears"
            yield f"decision {each['decision']} pays {each['amount']} on {each['contract']}, although {why}"


def heeds_recourse(world: World, facts: Facts) -> Iterator[str]:
    """Dark is paid with open recourse only where it is ignored, or is set off as far as it goes."""
    if world.book.overrides_changed_on == world.day:
        return
    disposition = world.book.overrides.get("dispositions", {}).get("recourse_open", "refer")
    if disposition == "ignore":
        return
    alone, ids = decided_alone(facts), {each["number"]: each["id"] for each in facts.contracts}
    paid: defaultdict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for each in facts.movements:
        if each["decision"] in alone and each["action"] in PAYS and each["flag"] == "I":
            paid[each["decision"], each["contract"]] += each["amount"]
    for (decision, contract), amount in paid.items():
        if contract in world.book.recorded.unsteady:
            continue
        open_, set_off = recourse_before(world, facts, ids[contract], decision)
        expected = min(open_, amount) if disposition == "offset" else Decimal(0)
        if set_off != expected:
            yield f"decision {decision} on {contract} set off {set_off}, expected {expected} of {open_} for {amount}"
        if open_ > 0 and disposition != "offset":
            yield f"decision {decision} pays {amount} on {contract}, although recourse of {open_} is open"
        world.counts["recourse set off dark"] += set_off > 0


def recourse_before(world: World, facts: Facts, contract: int, decision: int) -> tuple[Decimal, Decimal]:
    """What was open before a decision on a contract, and what the decision set off."""
    signs = {"offset": -1, "offset_cancelled": 1, "instalment_recovered": 1}
    open_, last = world.book.recourse[contract]
    set_off = Decimal(0)
    for each in facts.postings:
        if each["contract"] != contract or each["id"] <= last:
            continue
        if each["decision"] < decision:
            open_ += signs.get(each["event"], 0) * each["amount"]
        elif each["decision"] == decision and each["event"] == "offset":
            set_off += each["amount"]
    return open_, set_off


def heeds_recovery(world: World, facts: Facts) -> Iterator[str]:
    """No day after a recorded recovery is released dark."""
    recorded, alone = world.book.recorded, decided_alone(facts)
    for each in facts.movements:
        day = recorded.recovered.get(each["name"])
        if day is None or each["decision"] not in alone or each["name"] in recorded.unsteady:
            continue
        if each["action"] == "extend_benefit" and each["period_until"] > day:
            yield f"decision {each['decision']} extends {each['name']} to {each['period_until']}, recovered on {day}"


RECORDED_RULES: tuple[Rule, ...] = (
    *(stands_as_recorded, recorded_once, heeds_block_and_arrears, heeds_recourse, heeds_recovery),
)


def count_standing(world: World, facts: Facts) -> None:
    """How often something was there to be heeded."""
    alone = {each["id"] for each in facts.today if ":" in each["worker"]}
    for reason in ("payment_returned", "premium_in_arrears", "recourse_open", "recovery_recorded"):
        heeded = sum(each["id"] in alone and reason in each["reasons"] for each in facts.today)
        world.counts[f"heeded: {reason}"] += heeded
