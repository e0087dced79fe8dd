"""What builds upon a decision is reversed first, each once, by two persons, and only what is still so."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from reversal_support import (
    DECEMBER,
    IN_DECEMBER,
    IN_JANUARY,
    JANUARY,
    PAID,
    POSTINGS,
    balances,
    chain,
    claim_of,
    confirm,
    effective,
    found,
    preview,
    propose,
    reverse,
    send,
    settled,
    three_months,
)
from steering_support import RATE, someone
from work_support import Thing, World, case_file, claim, contract, household, note

from dunkelwerk.infra.errors import CommandError

# The preview


def test_the_preview_shows_before_and_after_and_changes_nothing(world: World) -> None:
    first, _second, third = three_months(world)
    world.run("UPDATE letter_order SET state = 'rendered' WHERE id = (SELECT min(id) FROM letter_order)")
    before = world.picture()
    for decision, end in ((first, "30.10.2026"), (third, "31.12.2026")):
        view = preview(world, decision)
        (part,) = view.before
        assert (view.before[part]["Freigegeben bis"], view.after[part]["Freigegeben bis"]) == ("31.01.2027", end)
        assert (view.stale, view.fault) == (False, None)
        assert [row[0] for row in view.postings] == ["instalment_cancelled"]
    assert world.picture() == before
    assert world.rows("SELECT FROM deed") == []


def test_the_preview_of_another_rule_version_is_not_called_stale(world: World) -> None:
    """To reverse what an old version decided is what a reversal is for."""
    decision = settled(world)
    world.run("UPDATE decision_record SET rules = 'abcdef'")
    assert preview(world, decision).stale is False


def test_what_is_reversed_has_no_preview(world: World) -> None:
    decision = settled(world)
    reverse(world, decision)
    with pytest.raises(CommandError, match=f"Entscheidung {decision} ist nicht wirksam"):
        preview(world, decision)


# Chains


def test_what_builds_upon_a_decision_is_reversed_first(world: World) -> None:
    first, second, third = three_months(world)
    assert [(each.id, each.follows) for each in chain(world, first)] == [
        *((third, True), (second, True)),
        (first, False),
    ]
    assert [each.id for each in chain(world, second)] == [third, second]
    done = propose(world, first)
    newest, middle, oldest = done.proposals
    for early, later in ((oldest, f"{second}, {third}"), (middle, str(third))):
        with pytest.raises(CommandError, match=rf"Auf Entscheidung \d+ bauen spätere auf \({later}\)"):
            confirm(world, early)
    ends = []
    for each in (newest, middle, oldest):
        assert confirm(world, each).state == "confirmed"
        ends.append(claim_of(world)["released_until"])
        assert world.broken() == []
    assert ends == ["2026-12-31", "2026-11-30", "2026-10-30"]
    assert balances(world) == {}


def test_the_newest_alone_leaves_those_before(world: World) -> None:
    *_, third = three_months(world)
    reverse(world, third)
    assert claim_of(world)["released_until"] == "2026-12-31"
    assert balances(world)["claims_expense:illness"] == 2 * RATE


def test_a_chain_goes_on_from_claim_to_claim(world: World) -> None:
    """The second extends both claims, the third only the other one: it builds upon the second, not upon the first."""
    ahead = claim("C-2", 1, proven_until="2026-11-30", released_until="2026-11-30")
    world.load(case_file(contract("RS-1", [1], claim("C-1", 1)), contract("RS-2", [1], ahead)))
    for n, (changes, on) in enumerate((({}, "2026-11-02"), (DECEMBER, IN_DECEMBER), (JANUARY, IN_JANUARY)), 1):
        if n == 3:
            world.run("UPDATE contract SET status = 'cancelled' WHERE number = 'RS-1'")
        world.receive(note(1, name=f"N-{n}", **changes))
        world.work(on=on, isolation="per_claim")
    assert list(world.states().values()) == ["settled", "settled", "partial"]
    first, second, third = effective(world)
    assert [each.id for each in chain(world, first)] == [third, second, first]
    reverse(world, first)
    assert [claim_of(world, each)["released_until"] for each in ("C-1", "C-2")] == ["2026-10-30", "2026-11-30"]
    assert balances(world) == {}
    assert world.broken() == []


def test_what_was_decided_after_the_proposal_is_reversed_first(world: World) -> None:
    decision = settled(world)
    (proposal,) = propose(world, decision).proposals
    world.run("UPDATE proposal SET state = 'discarded'")  # so that the next note does not join it
    world.receive(note(1, name="N-2", **DECEMBER))
    assert world.work(on=IN_DECEMBER) == {"settled": 1}
    world.run("UPDATE proposal SET state = 'pending'")
    with pytest.raises(CommandError, match="bauen spätere auf"):
        confirm(world, proposal)


# Four eyes, stale, twice


def test_who_proposes_does_not_confirm(world: World) -> None:
    (proposal,) = propose(world, settled(world)).proposals
    for who in ("kurz", "KURZ ", "test"):  # "test" brought the notice
        with pytest.raises(CommandError, match="hat diese Meldung schon bearbeitet"):
            confirm(world, proposal, who)
    from dunkelwerk.runner import second_check

    with pytest.raises(CommandError, match="in eigenen Worten"):
        second_check.confirm(proposal, someone("weber", " "))
    assert claim_of(world)["released_until"] == "2026-11-30"
    assert confirm(world, proposal).state == "confirmed"


def test_a_reversal_needs_a_reason(world: World) -> None:
    decision = settled(world)
    from dunkelwerk.runner import reversing

    with pytest.raises(CommandError, match="in eigenen Worten"):
        reversing.propose(chain(world, decision), someone("kurz", " "))
    assert world.rows("SELECT FROM proposal UNION ALL SELECT FROM deed") == []


def test_a_discarded_reversal_changes_nothing_and_can_be_proposed_again(world: World) -> None:
    decision = settled(world)
    before = claim_of(world)
    (proposal,) = propose(world, decision).proposals
    from dunkelwerk.runner import second_check

    second_check.discard(proposal, someone("weber"))
    assert (claim_of(world), world.states(), balances(world)["payable"]) == (before, {"N-1": "settled"}, -RATE)
    assert world.broken() == []
    again = propose(world, decision).proposals[0]
    with pytest.raises(CommandError, match="weber hat diese Meldung schon bearbeitet"):
        confirm(world, again)
    assert confirm(world, again, "neu").state == "confirmed"


@pytest.mark.parametrize(
    ("change", "after"),
    [
        pytest.param(lambda world: world.run(PAID), {"recourse_open": RATE}, id="paid meanwhile"),
        pytest.param(send, {"recourse_open": Decimal("0.00")}, id="sent meanwhile"),
    ],
)
def test_what_changed_since_it_was_proposed_is_shown_again(
    world: World, change: Callable[[World], None], after: Thing
) -> None:
    (proposal,) = propose(world, settled(world)).proposals
    before = claim_of(world)
    change(world)
    result = confirm(world, proposal)
    assert (result.state, claim_of(world), len(world.rows(POSTINGS))) == ("stale", before, 0)
    from dunkelwerk.runner import second_check

    assert second_check.view(result.successor, someone("weber")).stale is False
    with pytest.raises(CommandError, match="kurz hat diese Meldung schon bearbeitet"):  # still whose it was
        confirm(world, result.successor, "kurz")
    assert confirm(world, result.successor).state == "confirmed"
    assert {name: claim_of(world)[name] for name in after} == after
    assert world.broken() == []


def test_nothing_is_proposed_twice_and_done_again_it_goes_on(world: World) -> None:
    world.load(*(household(n) for n in (1, 2)))
    world.receive(note(1), note(2))
    world.work()
    first, second = effective(world)
    assert propose(world, first).refused == {}
    again = propose(world, first, second)
    assert (len(again.proposals), list(again.refused)) == (1, [first])
    assert "wartet schon Vorschlag 1" in again.refused[first]
    assert world.value("SELECT count(*) FROM proposal WHERE state = 'pending'") == 2


def test_nothing_is_reversed_twice(world: World) -> None:
    decision = settled(world)
    stale = chain(world, decision)
    reverse(world, decision)
    assert (chain(world, decision), found(world)) == ([], [])
    from dunkelwerk.runner import reversing

    done = reversing.propose(stale, someone("kurz"))
    assert (done.proposals, done.refused) == ((), {decision: f"Entscheidung {decision} ist nicht wirksam."})
    assert world.broken() == []


def test_what_changed_nothing_has_nothing_to_undo(world: World) -> None:
    decision = settled(world, incapacity_until="2026-10-30")
    done = propose(world, decision)
    assert (done.proposals, done.empty, done.refused) == ((), (decision,), {})


def test_a_note_that_comes_while_a_reversal_is_pending_waits_for_it(world: World) -> None:
    (proposal,) = propose(world, settled(world)).proposals
    world.receive(note(1, name="N-2", **DECEMBER))
    assert world.work(on=IN_DECEMBER) == {"joined": 1}
    confirm(world, proposal)
    assert world.states()["N-2"] == "waiting"
    assert world.work(on=IN_DECEMBER) == {"settled": 1}
    assert claim_of(world)["released_until"] == "2026-12-31"
    assert world.value("SELECT sum(amount) FROM posting WHERE event = 'instalment_released'") == 3 * RATE
    assert world.broken() == []


def test_an_extract_from_before_a_reversal_brings_nothing_back(world: World) -> None:
    """The core system saw our release; then it was reversed. The older extract is refused, the present one is not."""
    decision = settled(world)
    before = extract(world)
    reverse(world, decision)
    with pytest.raises(AssertionError):
        world.load(before)
    world.load(extract(world))
    assert str(claim_of(world)["released_until"]) == "2026-10-30"
    assert world.broken() == []


def extract(world: World) -> Thing:
    """The case file as it now stands."""
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.lines.credit_protection.queries import case_file_lines

    with snapshot():
        ((line,),) = case_file_lines("RS-1")
    case: Thing = json.loads(line)
    return case
