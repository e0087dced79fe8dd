"""What must be true after every day, told by a memory of its own: over time, and against what people asked for.

Every rule is a generator of sentences about what is wrong. Nothing here uses the product's code or its invariants.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from .claim_rules import CLAIM_RULES
from .facts import APPEND_ONLY, FINGERPRINT, Facts
from .happenings import count_happenings
from .recorded_rules import RECORDED_RULES, count_standing
from .register import TARIFFS, due_lines, monthly_of
from .steering_rules import STEERING_RULES
from .world import World

Rule = Callable[[World, Facts], Iterator[str]]


def judge(world: World) -> list[str]:
    """Everything that is wrong today; what the rules will compare with tomorrow is remembered."""
    facts = Facts(world)
    found = [
        f"{rule.__name__}: {what}" for rule in (*RULES, *CLAIM_RULES, *RECORDED_RULES) for what in rule(world, facts)
    ]
    count_happenings(world, facts)
    count_standing(world, facts)
    remember(world, facts)
    for each in facts.today:
        world.counts[f"{each['kind']} in mode {each['mode']}"] += 1
        if each["kind"] == "decision":
            world.counts[f"outcome {each['outcome']}"] += 1
            world.counts[f"process {each['process']}: {each['outcome']}"] += 1
    world.counts["joined"] += sum(each["state"] == "joined" for each in facts.notices)
    return found


def remember(world: World, facts: Facts) -> None:
    """What tomorrow is compared with."""
    prints = {table: world.rows(FINGERPRINT.format(table=table), 2**62)[0] for table in APPEND_ONLY}
    world.book.memory = {
        "proven": {each["id"]: each["proven_until"] for each in facts.claims},
        "released": {each["id"]: each["released_until"] for each in facts.claims},
        "closed": {each["id"] for each in facts.claims if each["status"] == "closed"},
        "settled": {each["id"]: each["decision"] for each in facts.notices if each["state"] in ("settled", "partial")},
        "notices": {each["id"]: notice_identity(each) for each in facts.notices},
        "reversed": set(facts.reversed),
        "rendered": {each["id"]: each["sha256"] for each in facts.letters if each["state"] == "rendered"},
        "prints": prints,
        "contracts": {each["id"]: each["ends_on"] for each in facts.contracts},
        "movements": max((each["id"] for each in facts.movements), default=0),
        "waits": world.book.memory.get("waits", {}),
        "paid": {each["id"] for each in facts.instalments if each["status"] == "paid"},
        "reminded": sum(each["reminded_by"] is not None for each in facts.waits),
        "accepted": {each["id"] for each in facts.claims if each["status"] == "accepted"},
        "decisions": max((each["id"] for each in facts.decisions), default=0),
    }


def notice_identity(row: dict[str, Any]) -> tuple[Any, ...]:
    """What never changes about a notice."""
    return tuple(row[name] for name in ("channel", "external_id", "attempt", "process", "case_key", "digest"))


def never_back(world: World, facts: Facts) -> Iterator[str]:
    """A proof stays; released days and a closing go only with a reversal of today."""
    memory = world.book.memory
    undone = bool(facts.reversed - memory.get("reversed", set()))
    for each in facts.claims:
        before = memory.get("proven", {}).get(each["id"])
        if before and (each["proven_until"] is None or each["proven_until"] < before):
            yield f"{each['name']} was proven until {before}, now {each['proven_until']}"
        before = memory.get("released", {}).get(each["id"])
        if not undone and before and (each["released_until"] is None or each["released_until"] < before):
            yield f"{each['name']} was released until {before}, now {each['released_until']}"
        if not undone and each["id"] in memory.get("closed", ()) and each["status"] != "closed":
            yield f"{each['name']} was closed, now {each['status']}"
        if not undone and each["id"] in memory.get("accepted", ()) and each["status"] not in ("accepted", "closed"):
            yield f"{each['name']} was accepted, now {each['status']}"
    for missing in memory.get("proven", {}).keys() - {each["id"] for each in facts.claims}:
        yield f"claim {missing} is gone"


def only_grows(world: World, facts: Facts) -> Iterator[str]:
    """Append-only tables hold what they held yesterday, and more."""
    for table, before in world.book.memory.get("prints", {}).items():
        now = world.rows(FINGERPRINT.format(table=table), before["last"])[0]
        if now != before:
            yield f"{table} changed: {before} -> {now}"


def each_once(world: World, facts: Facts) -> Iterator[str]:
    """Every delivery that was taken is there once per attempt, unchanged, and nothing else is."""
    attempts: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for each in facts.notices:
        attempts[each["channel"], each["external_id"]].append(each["attempt"])
    for key in attempts.keys() | world.book.attempts.keys():
        if sorted(attempts[key]) != list(range(1, world.book.attempts[key] + 1)):
            yield f"{key}: attempts {attempts[key]}, expected {world.book.attempts[key]}"
    now = {each["id"]: notice_identity(each) for each in facts.notices}
    for identity, before in world.book.memory.get("notices", {}).items():
        if now.get(identity) != before:
            yield f"notice {identity} was {before}, now {now.get(identity)}"


def one_place(world: World, facts: Facts) -> Iterator[str]:
    """Every notice waits, or is in one end state, or in one basket."""
    open_items: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in facts.items:
        if each["kind"] == "notice" and each["state"] != "done":
            open_items[each["key"]][each["task"]] += 1
    reversed_notices = {each["notice"] for each in facts.decisions if each["id"] in facts.reversed}
    pending = {each["work_item"] for each in facts.proposals if each["state"] == "pending"}
    for each in facts.notices:
        items, state = open_items[str(each["id"])], each["state"]
        referrals = items["referral"]
        wrong = {
            "waiting": referrals > 0,
            "settled": referrals > 0,
            "handled": referrals > 0,
            "replaced": referrals > 0,
            "referred": referrals == 0 or (referrals > 1 and each["id"] not in reversed_notices),
            "proposed": items["second_check"] == 0,
            "joined": each["work_item"] not in pending,
            "partial": False,
        }.get(state, True)
        if wrong:
            yield f"notice {each['id']} is {state}, with open items {dict(items)}"


def settled_stays(world: World, facts: Facts) -> Iterator[str]:
    """What took effect stays so, unless it was reversed since."""
    now = {each["id"]: each for each in facts.notices}
    for notice, decision in world.book.memory.get("settled", {}).items():
        state = now[notice]["state"]
        undone = any(each["notice"] == notice and each["id"] in facts.reversed for each in facts.decisions)
        if state not in ("settled", "partial") and not undone:
            yield f"notice {notice} (decision {decision}) was settled, now {state}"


def nothing_without_effect(world: World, facts: Facts) -> Iterator[str]:
    """Of a decision that did not take effect there is no trace; no notice that a person has to do took effect."""
    effective = {each["id"] for each in facts.decisions if each["effective"]}
    for each in facts.effects:
        if each["decision"] not in effective:
            yield f"decision {each['decision']} did not take effect, but something names it"
    undone = ("waiting", "referred", "joined", "proposed", "replaced", "handled")
    open_ = {each["id"]: each["state"] for each in facts.notices if each["state"] in undone}
    for each in facts.decisions:
        stands = each["effective"] and each["kind"] == "decision" and each["id"] not in facts.reversed
        if stands and each["notice"] in open_:
            yield f"notice {each['notice']} is {open_[each['notice']]}, but decision {each['id']} is in effect"


def reversals_as_asked(world: World, facts: Facts) -> Iterator[str]:
    """Reversed is what people confirmed to reverse, and nothing else."""
    if facts.reversed != world.book.reversed:
        yield f"reversed {sorted(facts.reversed ^ world.book.reversed)} differ from what was confirmed"


def as_shown(world: World, facts: Facts) -> Iterator[str]:
    """What took effect by a confirmation is what had been proposed: as many actions, euros, the same reasons."""
    records = {each["id"]: each for each in facts.decisions}
    for each in facts.proposals:
        if each["applied"]:
            one, other = records[each["decision"]], records[each["applied"]]
            for name in ("actions", "released", "reasons", "outcome", "kind", "reverses"):
                if one[name] != other[name]:
                    yield f"proposal {each['id']} had {name} {one[name]}, confirmed was {other[name]}"
        if (each["applied"] is not None) != (each["state"] == "confirmed"):
            yield f"proposal {each['id']} is {each['state']}, applied as {each['applied']}"


def letters_kept(world: World, facts: Facts) -> Iterator[str]:
    """A cancelled letter was never rendered; a rendered one stays what it was."""
    now = {each["id"]: each for each in facts.letters}
    for each in facts.letters:
        if each["state"] == "cancelled" and (each["file"] or each["sha256"]):
            yield f"letter {each['id']} is cancelled, and was rendered"
    for identity, digest in world.book.memory.get("rendered", {}).items():
        if (now[identity]["state"], now[identity]["sha256"]) != ("rendered", digest):
            yield f"letter {identity} was rendered, now {now[identity]['state']}"


def books_agree(world: World, facts: Facts) -> Iterator[str]:
    """The ledger says what the live instalments say, and the open recourse what was loaded, set off and paid back."""
    expense: defaultdict[int, Decimal] = defaultdict(Decimal)
    recourse: defaultdict[int, Decimal] = defaultdict(Decimal)
    signs = {"instalment_released": 1, "instalment_cancelled": -1, "instalment_recovered": -1}
    signs |= {"lump_sum_released": 1, "lump_sum_cancelled": -1}
    owed = {"offset": -1, "offset_cancelled": 1, "instalment_recovered": 1}
    for each in facts.postings:
        expense[each["claim"]] += signs.get(each["event"], 0) * each["amount"]
        if each["id"] > world.book.recourse[each["contract"]][1]:
            recourse[each["contract"]] += owed.get(each["event"], 0) * each["amount"]
    live: defaultdict[int, Decimal] = defaultdict(Decimal)
    for each in facts.instalments:
        if each["status"] != "cancelled":
            live[each["claim_id"]] += each["amount"]
    for claim in expense.keys() | live.keys():
        if expense[claim] != live[claim]:
            yield f"claim {claim}: expense {expense[claim]}, live instalments {live[claim]}"
    for each in facts.contracts:
        expected = world.book.recourse[each["id"]][0] + recourse[each["id"]]
        if each["recourse_open"] != expected:
            yield f"{each['number']}: open recourse {each['recourse_open']}, expected {expected}"


def amounts_right(world: World, facts: Facts) -> Iterator[str]:
    """Every release has the instalments that its days are worth, reckoned here; a person may name others."""
    claims = {each["id"]: each for each in facts.claims}
    by_release: defaultdict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for each in facts.instalments:
        by_release[each["release"]].append((each["due"], each["amount"]))
    named = {each["applied"] for each in facts.proposals if each["id"] in world.book.named}
    tariffs = {each["id"]: each for each in TARIFFS}
    for each in facts.releases:
        # one that was cancelled was looked at while it stood; its claim may have other days now
        if each["origin"] == 0 or each["decision"] in named or each["cancelled_on"] is not None:
            continue
        claim = claims[each["claim_id"]]
        if claim["benefit_from"] is None:
            yield f"{claim['name']} is {claim['status']}, and {each['first']}..{each['last']} are released"
            continue
        cover = tariffs[claim["tariff"]][claim["cause"]]
        expected = due_lines(
            settlement=cover["settlement"],
            monthly=monthly_of(claim["instalment"], cover),
            due_day=claim["due_day"],
            benefit_from=claim["benefit_from"],
            start=each["first"],
            end=each["last"],
        )
        if sorted(by_release[each["id"]]) != expected:
            got = [f"{due} {amount}" for due, amount in sorted(by_release[each["id"]])]
            yield f"{claim['name']} {each['first']}..{each['last']}: {got}, expected {expected}"


def no_day_twice(world: World, facts: Facts) -> Iterator[str]:
    """No day of a claim is released twice, nor of a person on a contract for two causes, if one of them is ours."""
    by_person: defaultdict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for each in facts.releases:
        if each["cancelled_on"] is None:
            by_person[each["contract"], each["person"]].append(each)
    for rows in by_person.values():
        rows.sort(key=lambda row: (row["first"], row["last"]))
        for at, one in enumerate(rows):
            for other in rows[at + 1 :]:
                if other["first"] > one["last"]:
                    break
                same = one["claim_id"] == other["claim_id"] or one["cause"] != other["cause"]
                if same and (one["origin"] or other["origin"]):
                    yield f"releases {one['id']} and {other['id']} share days"


RULES: tuple[Rule, ...] = (
    *(never_back, only_grows, each_once, one_place, settled_stays, nothing_without_effect, reversals_as_asked),
    *(as_shown, letters_kept, books_agree, amounts_right, no_day_twice),
    *STEERING_RULES,
)
