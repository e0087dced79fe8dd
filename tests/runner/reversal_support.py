"""Reversing inside a test: find, propose, confirm; the accounts, and what a decision left behind."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from steering_support import someone
from work_support import ON, Thing, World, case_file, claim, contract, household, note

#: later notes of one claim; each frees the instalment of one month more
DECEMBER, JANUARY = (
    {"incapacity_until": "2026-12-31", "issued_on": "2026-11-30", "received_on": "2026-12-01"},
    {"incapacity_until": "2027-01-31", "issued_on": "2026-12-30", "received_on": "2026-12-31"},
)
IN_DECEMBER, IN_JANUARY = "2026-12-01", "2026-12-31"
PAID = "UPDATE instalment SET status = 'paid' WHERE decision IS NOT NULL AND status = 'released'"
POSTINGS = "SELECT event, debit, credit, amount FROM posting WHERE event <> 'instalment_released' ORDER BY id"
EFFECTIVE = "SELECT id FROM decision_record WHERE effective AND kind <> 'reversal' ORDER BY id"


def found(world: World, **wanted: Any) -> list[Any]:
    """What ``decisions find`` lists."""
    world.enter()
    from dunkelwerk.runner.reversing import Wanted, find

    return find(Wanted(**wanted))


def chain(world: World, *decisions: int, **wanted: Any) -> list[Any]:
    """What ``decisions reverse`` would reverse, newest first."""
    world.enter()
    from dunkelwerk.runner.reversing import Wanted, find_with_following

    return find_with_following(Wanted(decisions=list(decisions) or None, **wanted))


def propose(world: World, *decisions: int, actor: str = "kurz") -> Any:
    """What ``decisions reverse --propose`` does."""
    world.enter()
    from dunkelwerk.runner import reversing

    return reversing.propose(chain(world, *decisions), someone(actor))


def preview(world: World, decision: int) -> Any:
    """What ``decisions reverse`` shows."""
    world.enter()
    from dunkelwerk.runner import reversing

    return reversing.preview(decision, someone("kurz"))


def confirm(world: World, proposal: int, actor: str = "weber") -> Any:
    """What ``proposals confirm`` does."""
    world.enter()
    from dunkelwerk.runner import second_check

    return second_check.confirm(proposal, someone(actor))


def reverse(world: World, *decisions: int) -> Any:
    """Propose, and confirm in order; all must take effect."""
    done = propose(world, *decisions)
    assert done.refused == {}
    for each in done.proposals:
        assert confirm(world, each).state == "confirmed"
    return done


def effective(world: World) -> list[int]:
    """The decisions that took effect, oldest first."""
    return [row["id"] for row in world.rows(EFFECTIVE)]


def balances(world: World) -> dict[str, Decimal]:
    """The trial balance: debits less credits, by account; none that is even."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in world.rows("SELECT debit, credit, amount FROM posting"):
        sums[row["debit"]] += row["amount"]
        sums[row["credit"]] -= row["amount"]
    return {account: amount for account, amount in sums.items() if amount}


def claim_of(world: World, number: str = "C-1") -> Thing:
    """A claim as it stands, with its contract's open recourse."""
    (row,) = world.rows(
        f"""SELECT c.status, c.proven_until::text, c.released_until::text, c.recovered_on::text, c.closed_on::text,
                   c.closing_reason, k.recourse_open
            FROM claim c JOIN contract k ON k.id = c.contract_id WHERE c.number = '{number}'"""
    )
    return row


def owing(number: int, amount: str, **changes: Any) -> Thing:
    """A household whose contract has open recourse."""
    return case_file(contract(f"RS-{number}", [number], claim(f"C-{number}", number), recourse_open=amount, **changes))


def settled(world: World, **changes: Any) -> int:
    """A household whose note was settled dark; the decision."""
    world.load(household(1))
    world.receive(note(1, **changes))
    assert world.work() == {"settled": 1}
    return effective(world)[-1]


def three_months(world: World) -> list[int]:
    """A claim that was extended three times; the decisions."""
    world.load(household(1))
    for name, changes, on in (("N-1", {}, None), ("N-2", DECEMBER, IN_DECEMBER), ("N-3", JANUARY, IN_JANUARY)):
        world.receive(note(1, name=name, **changes))
        assert world.work(on=on or "2026-11-02") == {"settled": 1}
    return effective(world)


def send(world: World) -> None:
    """Render what is ordered."""
    from dunkelwerk.runner import letter_runs

    world.run("UPDATE person SET street = 'Lindenstr.', house_number = '7', postal_code = '50667', city = 'Köln'")
    ends = letter_runs.render(world.folder / "out", on=ON, retry=False, workers=1, complain=print)
    assert set(ends) == {"rendered"}
