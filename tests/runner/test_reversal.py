"""Reversing a decision: a second person takes back everything it did but the proof; then it can be done again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from reversal_support import (
    PAID,
    POSTINGS,
    balances,
    claim_of,
    confirm,
    effective,
    found,
    owing,
    preview,
    propose,
    reverse,
    send,
    settled,
)
from steering_support import RATE, someone
from work_support import ON, TARIFF, Thing, World, case_file, claim, contract, household, note

from dunkelwerk.infra.errors import CommandError

OFFSET: Thing = {"dispositions": {"recourse_open": "offset"}}
LETTERS = "SELECT template, state FROM letter_order ORDER BY id"


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


@pytest.mark.parametrize("state", ["ordered", "failed", "cancelled"])
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
