"""What must be true after every day of claims that arose, of deaths, and of what somebody waits for.

Like ``rules``: neither the product's code nor its invariants; each rule yields sentences about what is wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .facts import Facts
from .register import DAY, TARIFFS, add_months, birthday
from .world import World

Rule = Callable[[World, Facts], Iterator[str]]
COVERS = {each["id"]: each for each in TARIFFS}
LIVE = ("released", "paid", "offset")


def standing(facts: Facts, action: str) -> list[dict[str, Any]]:
    """The movements of an action that nobody took back."""
    undone = {each["previous"] for each in facts.movements if each["flag"] == "S"}
    return [
        each
        for each in facts.movements
        if each["action"] == action and each["flag"] == "I" and each["id"] not in undone
    ]


def by_name(facts: Facts) -> dict[str, dict[str, Any]]:
    """The claims by CONTRACT/CLAIM."""
    return {each["name"]: each for each in facts.claims}


def reported_in_hand(world: World, facts: Facts) -> Iterator[str]:
    """A claim that we opened and that is still reported is waited for, or lies in a basket, or a person let it be."""
    ours = {each["name"] for each in facts.movements if each["action"] == "open_claim"}
    waited = {each["claim_id"] for each in facts.waits if each["ended_on"] is None and each["item"] != "done"}
    left = {each["key"] for each in facts.closings}
    items = {each["name"] for each in facts.items if each["state"] != "done"}
    named: defaultdict[str, set[int]] = defaultdict(set)
    notices = {each["id"]: each["notice"] for each in facts.decisions}
    for each in facts.movements:
        named[each["name"]].add(notices[each["decision"]])
    for each in facts.claims:
        if each["status"] != "reported" or each["name"] not in ours:
            continue
        if each["id"] in waited or each["name"] in items:
            continue
        if not in_hand(facts, named[each["name"]], left):
            yield f"{each['name']} is reported, and nobody has it in hand"


def in_hand(facts: Facts, notices: set[int], left: set[str]) -> bool:
    """Whether one of the notices waits for a decision or a person, or a person closed an item of theirs."""
    about = {notice["id"]: notice for notice in facts.notices}
    keys = {(about[each]["channel"], about[each]["external_id"]) for each in notices}
    every = {each["id"]: each["state"] for each in facts.notices if (each["channel"], each["external_id"]) in keys}
    if any(state in ("waiting", "proposed", "joined", "referred", "partial") for state in every.values()):
        return True
    decisions = {each["id"] for each in facts.decisions if each["notice"] in every}
    items = [each for each in facts.items if each["decision"] in decisions]
    return any(each["state"] != "done" or str(each["id"]) in left for each in items)


def dead_get_nothing(world: World, facts: Facts) -> Iterator[str]:
    """What a process settled as a death pays nothing more of the person's running benefits that fall due after it."""
    claims = by_name(facts)
    for each in standing(facts, "end_contract"):
        if each["kind"] != "decision":
            continue
        death = claims[each["name"]]
        for row in running(facts, death):
            late = row["due"] > each["period_until"] and row["decision"] < each["decision"]
            if late and row["status"] == "released":
                yield f"{death['name']}: instalment {row['id']} of {row['due']} is still released"
            if late and row["status"] == "paid" and row["id"] not in world.book.memory.get("paid", ()):
                yield f"{death['name']}: instalment {row['id']} of {row['due']} was paid after the death"


def running(facts: Facts, death: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The instalments of other claims of the person who died, on that contract."""
    same = {
        each["id"]
        for each in facts.claims
        if (each["contract_id"], each["person_id"]) == (death["contract_id"], death["person_id"])
        and each["cause"] != "death"
    }
    for each in [*facts.instalments, *({**row, "decision": 0} for row in facts.loaded)]:
        if each["claim_id"] in same:
            yield each


def closed_by_death(world: World, facts: Facts) -> Iterator[str]:
    """On a contract that ended by a death the person's claims, as they were then, are closed."""
    claims = by_name(facts)
    closed = {(each["decision"], each["name"]) for each in facts.movements if each["action"] == "close_claim"}
    for each in standing(facts, "end_contract"):
        if each["kind"] != "decision" or each["business_day"] != world.day:
            continue
        death = claims[each["name"]]
        for other in facts.claims:
            same = (other["contract_id"], other["person_id"]) == (death["contract_id"], death["person_id"])
            before = other["id"] in world.book.memory.get("proven", {})
            still = other["status"] in ("accepted", "reported") and other["cause"] != "death"
            if same and before and still and (each["decision"], other["name"]) not in closed:
                yield f"{other['name']} is {other['status']}, although {death['name']} was settled today"


def held_back(world: World, facts: Facts) -> Iterator[str]:
    """What is held is not paid; a death reported today holds everything of its claims that falls due later."""
    for each in [*facts.instalments, *facts.loaded]:
        if each["held_by"] is not None and each["status"] == "paid":
            yield f"instalment {each['id']} is held, and was paid"
        if each["held_by"] is not None and each["held_by"] in facts.reversed:
            yield f"instalment {each['id']} is held by decision {each['held_by']}, which was taken back"
    claims = by_name(facts)
    died = {each["decision"]: claims[each["name"]]["onset"] for each in facts.movements if each["cause"] == "death"}
    resumed = {each["name"]: each["decision"] for each in facts.movements if each["action"] == "resume_instalments"}
    for each in standing(facts, "hold_instalments"):
        later = resumed.get(each["name"], 0) > each["decision"]
        if each["business_day"] == world.day and each["decision"] in died and not later:
            claim = claims[each["name"]]["id"]
            for row in [*facts.instalments, *facts.loaded]:
                due = row["claim_id"] == claim and row["due"] > died[each["decision"]]
                earlier = row.get("decision", 0) < each["decision"]
                if due and earlier and row["status"] == "released" and row["held_by"] is None:
                    yield f"instalment {row['id']} of {each['name']} is not held"


def lump_sum_once(world: World, facts: Facts) -> Iterator[str]:
    """A death is paid once, per claim, and per person and contract; a process pays what the loan still owed."""
    claims = {each["id"]: each for each in facts.claims}
    live = [each for each in facts.instalments if claims[each["claim_id"]]["cause"] == "death"]
    live = [each for each in live if each["status"] in LIVE]
    for what, names in (("claim", ("id",)), ("person", ("contract_id", "person_id"))):
        paid = Counter(tuple(claims[each["claim_id"]][name] for name in names) for each in live)
        for key, count in paid.items():
            if count > 1:
                yield f"{what} {key} has {count} lump sums"
    names = by_name(facts)
    ends = {(each["decision"], each["name"]): each for each in facts.movements if each["action"] == "end_contract"}
    for each in standing(facts, "pay_lump_sum"):
        ended = ends.get((each["decision"], each["name"]))
        if each["kind"] == "decision" and ended is not None:
            expected = owed(names[each["name"]], until=ended["period_from"])
            if each["amount"] != expected:
                yield f"{each['name']}: lump sum {each['amount']}, expected {expected}"


def owed(death: dict[str, Any], *, until: date) -> Decimal:
    """The instalments due after the death and by a day, and the final one, as far as the tariff's cap."""
    count, due = 0, death["onset"].replace(day=death["due_day"])
    while due <= until:
        count += due > death["onset"]
        due = add_months(due, 1)
    total = death["instalment"] * count + (death["final_instalment"] or 0)
    cap = COVERS[death["tariff"]]["death"].get("cap")
    return Decimal(total if cap is None else min(total, Decimal(cap)))


def terms_right(world: World, facts: Facts) -> Iterator[str]:
    """A claim that a process accepted today has the days that its terms give it, a relapse without deferred period."""
    claims = by_name(facts)
    for each in standing(facts, "accept_claim"):
        claim = claims[each["name"]]
        if each["kind"] != "decision" or each["business_day"] != world.day or claim["cause"] == "death":
            continue
        cover = COVERS[claim["tariff"]][claim["cause"]]
        relapse = "relapse" in each["reasons"] and not ignores_relapse(world)
        first = claim["onset"] if relapse else claim["onset"] + timedelta(days=cover["deferred_days"])
        if each["period_from"] != first:
            yield f"{each['name']}: benefit from {each['period_from']}, expected {first}"
        used = claim["months_used_before"]
        if used and not relapse:
            yield f"{each['name']} has used {used} months, and is no relapse"
        limit = min(add_months(first, cover["max_months"] - used) - DAY, claim["ends_on"])
        if "age_limit" in cover:
            limit = min(limit, birthday(claim["birth_date"], cover["age_limit"]) - DAY)
        unchanged = world.book.memory.get("contracts", {}).get(claim["contract_id"]) == claim["ends_on"]
        if unchanged and each["period_until"] != limit:
            yield f"{each['name']}: benefit until {each['period_until']}, expected {limit}"


def ignores_relapse(world: World) -> bool:
    """Whether relapses are ignored, or were within today."""
    ignored = world.book.overrides.get("dispositions", {}).get("relapse") == "ignore"
    return bool(ignored)


def opened_once(world: World, facts: Facts) -> Iterator[str]:
    """No two claims of a person, cause and onset on a contract were both opened by processes, and stand.

    Unless an examiner was shown that there is one already, and wanted the second (an insurer may have set so).
    """
    claims, seen = by_name(facts), dict[tuple[Any, ...], str]()
    for each in facts.movements:
        if each["action"] != "open_claim" or each["kind"] != "decision" or "claim_exists" in each["reasons"]:
            continue
        claim = claims[each["name"]]
        if claim["status"] in ("reported", "accepted"):
            key = tuple(claim[name] for name in ("contract_id", "person_id", "cause", "onset"))
            if key in seen:
                yield f"{each['name']} and {seen[key]} are one claim"
            seen[key] = each["name"]


def one_cause_a_month(world: World, facts: Facts) -> Iterator[str]:
    """By due dates: no due date of a person on a contract has instalments of two causes, if one of them is ours."""
    claims = {each["id"]: each for each in facts.claims}
    found: dict[tuple[Any, ...], str] = {}
    for each in facts.instalments:
        claim = claims[each["claim_id"]]
        cover = COVERS[claim["tariff"]].get(claim["cause"])
        if claim["cause"] == "death" or each["status"] not in LIVE or cover is None:
            continue
        if cover["settlement"] == "due_date":
            key = claim["contract_id"], claim["person_id"], each["due"]
            if found.setdefault(key, claim["cause"]) != claim["cause"]:
                yield f"{claim['name']}: the instalment of {each['due']} was released for two causes"


def waits_right(world: World, facts: Facts) -> Iterator[str]:
    """A wait ends with its claim's acceptance, closing or taking back; reminded is once, and not too early."""
    claims = {each["id"]: each for each in facts.claims}
    records = {each["id"]: each for each in facts.decisions}
    open_ = Counter(each["claim_id"] for each in facts.waits if each["ended_on"] is None)
    for each in facts.waits:
        claim = claims[each["claim_id"]]
        if each["ended_on"] is None and open_[each["claim_id"]] > 1:
            yield f"{claim['name']} is waited for twice"
        if each["ended_on"] is None and claim["status"] != "reported":
            yield f"{claim['name']} is {claim['status']}, and still waited for"
        # what a person did on the item and took back is to be done on it again
        if each["ended_on"] is not None and each["item"] != "done" and claim["status"] != "reported":
            yield f"{claim['name']}: the wait is over, its item is {each['item']}"
        if each["reminded_by"] is not None:
            reminder = records[each["reminded_by"]]
            if reminder["business_day"] < each["remind_on"]:
                yield f"{claim['name']} was reminded before {each['remind_on']}"
            if reminder["kind"] != "daily" or not reminder["effective"]:
                yield f"{claim['name']}: reminded by decision {reminder['id']}, which is none"
    reminders = Counter(each["reminded_by"] for each in facts.waits if each["reminded_by"])
    for each in facts.decisions:
        if each["kind"] == "daily" and reminders[each["id"]] != 1:
            yield f"decision {each['id']} reminded of {reminders[each['id']]} waits"


CLAIM_RULES: tuple[Rule, ...] = (
    *(reported_in_hand, dead_get_nothing, closed_by_death, held_back, lump_sum_once, terms_right, opened_once),
    *(one_cause_a_month, waits_right),
)
