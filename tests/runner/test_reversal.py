"""Reversing a decision: a second person takes back everything it did but the proof; then it can be done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from reversal_support import (
    DECEMBER,
    IN_DECEMBER,
    IN_JANUARY,
    JANUARY,
    balances,
    chain,
    claim_of,
    confirm,
    effective,
    found,
    owing,
    preview,
    propose,
    reverse,
)
from steering_support import RATE, someone
from work_support import ON, TARIFF, Thing, World, case_file, claim, contract, household, note

from dunkelwerk.infra.errors import CommandError

OFFSET: Thing = {"dispositions": {"recourse_open": "offset"}}
PAID = "UPDATE instalment SET status = 'paid' WHERE decision IS NOT NULL AND status = 'released'"
POSTINGS = "SELECT event, debit, credit, amount FROM posting WHERE event <> 'instalment_released' ORDER BY id"
LETTERS = "SELECT template, state FROM letter_order ORDER BY id"


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


# Everything but the proof is taken back


def test_a_reversal_takes_back_all_but_the_proof(world: World) -> None:
    world.load(household(1))
    before = claim_of(world)
    world.receive(note(1))
    world.work()
    (decision,) = effective(world)
    assert claim_of(world)["released_until"] == "2026-11-30"
    reverse(world, decision)
    assert claim_of(world) == before | {"proven_until": "2026-11-30"}
    assert world.rows("SELECT days::text, cancelled_on FROM release WHERE origin <> 0") == [
        {"days": "[2026-10-31,2026-12-01)", "cancelled_on": ON}
    ]
    assert world.rows("SELECT due, status FROM instalment") == [{"due": date(2026, 11, 15), "status": "cancelled"}]
    mirrored = {"event": "instalment_cancelled", "debit": "payable", "credit": "claims_expense:illness"}
    assert world.rows(POSTINGS) == [mirrored | {"amount": RATE}]
    assert balances(world) == {}
    assert world.rows(LETTERS) == [{"template": "settlement", "state": "cancelled"}]
    assert world.states() == {"N-1": "referred"}
    assert [(each["task"], each["state"]) for each in world.items()] == [("second_check", "done"), ("referral", "open")]
    assert world.broken() == []


def test_each_movement_is_cancelled_by_one_that_names_it(world: World) -> None:
    reverse(world, settled(world))
    query = """
        SELECT m.action, s.flag, s.period_from = m.period_from AND s.period_until = m.period_until AS same_days,
               s.amount IS NOT DISTINCT FROM m.amount AS same_amount, s.mode
        FROM movement m LEFT JOIN movement s ON s.previous = m.id WHERE m.flag = 'I' ORDER BY m.id
    """
    cancelled = {"flag": "S", "same_amount": True, "mode": "clerk"}
    assert world.rows(query) == [
        {"action": "record_proof", "flag": None, "same_days": None, "same_amount": True, "mode": None},
        {"action": "extend_benefit", "same_days": True, **cancelled},
        {"action": "release_instalment", "same_days": True, **cancelled},
        {"action": "send_letter", "same_days": None, **cancelled},
    ]


def test_after_it_a_new_note_releases_the_same_days_again(world: World) -> None:
    reverse(world, settled(world))
    world.receive(note(1, name="N-2", issued_on="2026-11-03", received_on="2026-11-03"))
    assert world.work(on="2026-11-03") == {"settled": 1}
    assert claim_of(world)["released_until"] == "2026-11-30"
    live = world.rows("SELECT days::text FROM release WHERE origin <> 0 AND cancelled_on IS NULL")
    assert live == [{"days": "[2026-10-31,2026-12-01)"}]
    assert balances(world) == {"claims_expense:illness": RATE, "payable": -RATE}
    assert world.broken() == []
    reverse(world, effective(world)[-1])
    assert balances(world) == {}
    assert world.broken() == []


def test_what_was_paid_becomes_a_receivable(world: World) -> None:
    decision = settled(world)
    world.run(PAID)
    reverse(world, decision)
    assert claim_of(world)["recourse_open"] == RATE
    recovered = {"event": "instalment_recovered", "debit": "recourse_receivable", "credit": "claims_expense:illness"}
    assert world.rows(POSTINGS) == [recovered | {"amount": RATE}]
    assert balances(world) == {"recourse_receivable": RATE, "payable": -RATE}  # the payment evens the payable
    assert world.broken() == []
    world.receive(note(1, name="N-2"))
    assert world.work() == {"referred": 1}
    assert world.reasons()["N-2"] == ["recourse_open"]


@pytest.mark.parametrize(
    ("owed", "paid", "recourse", "events"),
    [
        pytest.param("100.00", False, "100.00", {"instalment_cancelled": "312.50", "offset_cancelled": "100.00"}),
        pytest.param(
            *("100.00", True, "312.50"),
            {"instalment_cancelled": "100.00", "instalment_recovered": "212.50", "offset_cancelled": "100.00"},
        ),
        pytest.param("400.00", False, "400.00", {"instalment_cancelled": "312.50", "offset_cancelled": "312.50"}),
    ],
    ids=["in part", "in part, the rest paid", "as a whole"],
)
def test_what_was_set_off_is_open_again(
    world: World, owed: str, paid: bool, recourse: str, events: dict[str, str]
) -> None:
    world.load(owing(1, owed))
    world.receive(note(1))
    assert world.work(**OFFSET) == {"proposed": 1}
    from dunkelwerk.runner import second_check
    from dunkelwerk.runner.acting import Person

    assert second_check.confirm(1, Person("berg", ON, "Verrechnung geprüft", OFFSET)).state == "confirmed"
    if paid:
        world.run(PAID)
    reverse(world, effective(world)[-1])
    assert str(claim_of(world)["recourse_open"]) == recourse
    assert {row["event"]: str(row["amount"]) for row in world.rows(POSTINGS) if row["event"] != "offset"} == events
    assert balances(world).get("claims_expense:illness") is None
    assert balances(world) == (
        {"payable": Decimal("-212.50"), "recourse_receivable": Decimal("212.50")} if paid else {}
    )
    assert world.broken() == []


@pytest.mark.parametrize(("known", "after"), [(None, None), ("2026-11-30", "2026-11-30")])
def test_a_closed_claim_is_open_again_and_a_recovery_only_the_closing_knew_is_gone(
    world: World, known: str | None, after: str | None
) -> None:
    world.load(household(1, recovered_on=known))
    before = claim_of(world)
    world.receive(note(1, final=True))
    assert world.work() == {"settled": 1}
    assert claim_of(world) | {"closed_on": "", "released_until": "", "proven_until": ""} == before | {
        **{"status": "closed", "closing_reason": "recovered", "recovered_on": "2026-11-30"},
        **{"closed_on": "", "released_until": "", "proven_until": ""},
    }
    reverse(world, effective(world)[-1])
    assert claim_of(world) == before | {"proven_until": "2026-11-30", "recovered_on": after}
    assert world.broken() == []


def test_a_review_that_nobody_needs_any_more_is_done(world: World) -> None:
    decision = settled(world, incapacity_until="2027-03-31")
    (review,) = [each for each in world.items() if each["task"] == "review"]
    assert review["state"] == "open"
    reverse(world, decision)
    assert [each["state"] for each in world.items() if each["task"] == "review"] == ["done"]
    assert world.broken() == []


@pytest.mark.parametrize("state", ["ordered", "failed"])
def test_a_letter_that_did_not_go_out_never_will(world: World, state: str) -> None:
    decision = settled(world)
    world.run(f"UPDATE letter_order SET state = '{state}'")
    assert preview(world, decision).letters == []
    reverse(world, decision)
    assert world.rows(LETTERS) == [{"template": "settlement", "state": "cancelled"}]


def test_a_letter_that_went_out_is_corrected_by_another(world: World) -> None:
    decision = settled(world)
    send(world)
    (text,) = preview(world, decision).letters
    assert "Wir haben eine Entscheidung zurückgenommen" in text
    assert "312,50" in text
    reverse(world, decision)
    letters = [{"template": "settlement", "state": "rendered"}, {"template": "correction", "state": "ordered"}]
    assert world.rows(LETTERS) == letters
    assert world.broken() == []
    send(world)
    assert world.rows(LETTERS)[-1]["state"] == "rendered"


def test_a_letter_in_a_basket_because_it_failed_is_no_task_any_more(world: World) -> None:
    decision = settled(world)
    world.run(
        "UPDATE letter_order SET state = 'failed'",
        """INSERT INTO work_item (basket, task, kind, key, reasons, priority, open_from, due_on, created_on, state,
                                  version)
           SELECT 'Technik', 'letter', 'letter', id::text, '{}', 1, business_day, business_day, business_day, 'open', 1
           FROM letter_order""",
    )
    reverse(world, decision)
    assert [each["state"] for each in world.items() if each["task"] == "letter"] == ["done"]


def test_a_partial_decision_is_reversed_where_it_took_effect(world: World) -> None:
    world.load(
        case_file(
            contract("RS-1", [1], claim("C-1", 1)),
            contract("RS-2", [1], claim("C-2", 1), status="cancelled"),
        )
    )
    world.receive(note(1))
    assert world.work(isolation="per_claim") == {"partial": 1}
    other = claim_of(world, "C-2")
    reverse(world, effective(world)[0])
    assert claim_of(world)["released_until"] == "2026-10-30"
    assert claim_of(world, "C-2") == other
    assert world.states() == {"N-1": "referred"}
    assert balances(world) == {}
    assert world.broken() == []


def test_two_claims_of_one_decision_are_reversed_together(world: World) -> None:
    world.load(case_file(contract("RS-1", [1], claim("C-1", 1)), contract("RS-2", [1], claim("C-2", 1))))
    world.receive(note(1))
    assert world.work() == {"settled": 1}
    assert balances(world) == {"claims_expense:illness": 2 * RATE, "payable": -2 * RATE}
    world.run(PAID.replace("AND status", "AND claim_id = (SELECT id FROM claim WHERE number = 'C-2') AND status"))
    reverse(world, effective(world)[0])
    assert [claim_of(world, each)["recourse_open"] for each in ("C-1", "C-2")] == [Decimal("0.00"), RATE]
    assert [claim_of(world, each)["released_until"] for each in ("C-1", "C-2")] == ["2026-10-30"] * 2
    assert world.broken() == []


def test_pieces_of_daily_settlement_are_cancelled_and_added_up_again(world: World) -> None:
    daily = {**TARIFF, "id": "RSV-TAG", "illness": {**TARIFF["illness"], "settlement": "daily"}}
    paid = [{"id": "I-1", "due": "2026-10-15", "amount": "312.50", "status": "paid"}]
    released = claim("C-1", 1, proven_until="2026-10-31", released_until="2026-10-31", instalments=paid)
    world.load(case_file(contract("RS-1", [1], released, tariff="RSV-TAG")) | {"tariffs": [daily]})
    for n, until in enumerate(("2026-11-10", "2026-11-20"), 1):
        world.receive(note(1, name=f"N-{n}", incapacity_until=until))
        assert world.work() == {"settled": 1}
    amounts = "SELECT amount, status FROM instalment WHERE decision IS NOT NULL ORDER BY id"
    pieces = [Decimal("104.17"), Decimal("104.16")]  # ten and twenty of thirty days
    assert [row["amount"] for row in world.rows(amounts)] == pieces
    reverse(world, effective(world)[-1])
    assert balances(world) == {"claims_expense:illness": pieces[0], "payable": -pieces[0]}
    assert world.broken() == []
    world.receive(note(1, name="N-3", incapacity_until="2026-11-25"))
    assert world.work() == {"settled": 1}
    assert world.rows(amounts)[-1] == {"amount": Decimal("156.25"), "status": "released"}  # fifteen days
    assert world.broken() == []


def test_what_a_person_did_by_hand_is_reversed_like_anything_else(world: World) -> None:
    world.load(household(1))
    world.receive(note(1, formally_correct=False))
    world.work()
    from dunkelwerk.runner import handling

    wanted = [{"type": "record_proof", "until": "2026-11-30"}, {"type": "extend_benefit", "until": "2026-11-30"}]
    done = handling.act(world.items()[0]["id"], wanted, someone("berg"))
    assert confirm(world, done.proposal, "weber").state == "confirmed"
    (decision,) = effective(world)
    with pytest.raises(CommandError, match="berg hat diese Meldung schon bearbeitet"):
        confirm(world, propose(world, decision).proposals[0], "berg")
    (reversal,) = [row["id"] for row in world.rows("SELECT id FROM proposal WHERE state = 'pending'")]
    assert confirm(world, reversal, "neu").state == "confirmed"
    assert claim_of(world)["released_until"] == "2026-10-30"
    assert (world.states(), effective(world), found(world)) == ({"N-1": "referred"}, [decision], [])
    assert world.broken() == []


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


# Finding


FINDS: list[tuple[Callable[[Thing], Thing], str]] = [
    (lambda row: {}, "123"),
    (lambda row: {"version": row["rules"]}, "123"),
    (lambda row: {"version": row["rules"][:4]}, "123"),
    (lambda row: {"version": row["parameters"][:6]}, "1"),
    (lambda row: {"version": row["rules"][1:]}, ""),
    (lambda row: {"version": "%"}, ""),
    (lambda row: {"process": "follow_up_sick_note"}, "123"),
    (lambda row: {"process": "other"}, ""),
    (lambda row: {"since": date(2026, 12, 1)}, "23"),
    (lambda row: {"since": date(2026, 12, 2)}, "3"),
    (lambda row: {"until": date(2026, 12, 1)}, "12"),
    (lambda row: {"until": date(2026, 11, 30)}, "1"),
    (lambda row: {"since": date(2026, 12, 1), "until": date(2026, 12, 1)}, "2"),
    (lambda row: {"reason": "above_authority"}, ""),
]


def test_finding_by_version_process_reason_and_days_in_pairs(world: World) -> None:
    decisions = three_months(world)
    world.receive(note(1, name="N-4", formally_correct=False))  # has no effect: never found
    world.work()
    row = world.rows("SELECT rules, parameters FROM decision_record ORDER BY id LIMIT 1")[0]
    world.run(f"UPDATE decision_record SET parameters = 'later' WHERE id > {decisions[0]}")
    for wanted, numbers in FINDS:
        assert [each.id for each in found(world, **wanted(row))] == [decisions[int(n) - 1] for n in numbers]


def test_finding_by_a_reason_that_was_confirmed(world: World) -> None:
    world.load(household(1), household(2))
    world.receive(note(1))
    world.work(authority_limit="300.00")
    from dunkelwerk.runner import second_check
    from dunkelwerk.runner.acting import Person

    assert found(world) == []
    second_check.confirm(1, Person("berg", ON, "geprüft", {"authority_limit": "300.00"}))
    world.receive(note(2))
    world.work()
    (one,) = found(world, reason="above_authority")
    assert (one.external_id, one.mode, one.reasons) == ("N-1", "second_check", ["above_authority"])
    assert len(found(world)) == 2
