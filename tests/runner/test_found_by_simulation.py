"""What simulated insurers found (docs/simulation.md), each as small as it can be said."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from first_support import covered, death, first_note, insured
from reversal_support import confirm, propose, reverse
from steering_support import someone
from work_support import ON, Thing, World, case_file, claim, contract, household, note

from dunkelwerk.infra.errors import CommandError

SICK, DEATH = "first_sick_note", "death_notice"
PER_CLAIM: Thing = {"isolation": "per_claim"}
#: what makes the part that goes on a proposal
LOW: Thing = {**PER_CLAIM, "authority_limit": "400.00"}
PROVE: Thing = {"type": "record_proof", "until": "2026-11-30"}
EXTEND: Thing = {"type": "extend_benefit", "until": "2026-11-30"}


def two_contracts() -> Thing:
    """A person with two claims; the second contract has open recourse, so that its claim is left out."""
    return case_file(
        contract("RS-1", [1], claim("C-1", 1)), contract("RS-2", [1], claim("C-2", 1), recourse_open="5.00")
    )


def act(item: int, *wanted: Thing, actor: str = "berg") -> Any:
    """What ``work-items act --yes`` does."""
    from dunkelwerk.runner import handling

    return handling.act(item, wanted, someone(actor))


def referrals(world: World) -> list[tuple[str | None, str]]:
    """Claim and state of every referral."""
    return [(each["claim"], each["state"]) for each in world.items() if each["task"] == "referral"]


def item_of(world: World, task: str, claim: str | None = None) -> int:
    """The newest work item of a task that is not done."""
    found = [each["id"] for each in world.items() if (each["task"], each["claim"]) == (task, claim)]
    return found[-1]


def test_a_discarded_proposal_leaves_one_basket_for_all(world: World) -> None:
    """The claim that was left out had a referral of its own: it goes with the whole notice now."""
    from dunkelwerk.runner import second_check

    world.load(two_contracts())
    world.receive(note(1))
    assert world.work(**LOW) == {"proposed": 1}
    second_check.discard(1, someone("weber", "Unterschrift fehlt"))
    assert referrals(world) == [("C-2", "done"), (None, "open")]
    assert world.states() == {"N-1": "referred"}
    assert world.broken() == []


def test_what_replaces_a_stale_proposal_has_the_left_out_claims_once(world: World) -> None:
    world.load(two_contracts())
    world.receive(note(1))
    assert world.work(**LOW) == {"proposed": 1}
    changed = two_contracts()
    changed["contracts"][0]["instalment"] = "410.00"
    world.load(changed)
    from dunkelwerk.runner import second_check
    from dunkelwerk.runner.acting import Person

    assert second_check.confirm(1, Person("weber", ON, "", LOW)).state == "stale"
    assert referrals(world) == [("C-2", "done"), ("C-2", "open")]
    assert world.broken() == []


def test_what_a_person_did_for_a_left_out_claim_is_reversed_alone(world: World) -> None:
    """The process's own part stays in effect, so the notice stays partly settled; the item is open again."""
    world.load(two_contracts())
    world.receive(note(1))
    assert world.work(**PER_CLAIM) == {"partial": 1}
    done = act(item_of(world, "referral", "C-2"), PROVE, EXTEND)
    assert confirm(world, done.proposal, "weber").state == "confirmed"
    assert referrals(world) == [("C-2", "done")]
    (manual,) = [row["id"] for row in world.rows("SELECT id FROM decision_record WHERE kind = 'manual' AND effective")]
    assert confirm(world, propose(world, manual).proposals[0], "neu").state == "confirmed"
    assert world.states() == {"N-1": "partial"}
    assert referrals(world) == [("C-2", "open")]
    assert world.broken() == []


def test_what_a_person_did_on_a_review_is_reversed_on_the_review(world: World) -> None:
    """The notice had been handled on an item of its own, and stays so."""
    world.load(household(1))
    world.receive(note(1, formally_correct=False))
    assert world.work() == {"referred": 1}
    act(item_of(world, "referral"), {"type": "review_on", "on": ON.isoformat()})
    assert world.states() == {"N-1": "handled"}
    review = item_of(world, "review", "C-1")
    done = act(review, PROVE, EXTEND)
    assert confirm(world, done.proposal, "weber").state == "confirmed"
    newest = max(row["id"] for row in world.rows("SELECT id FROM decision_record WHERE kind = 'manual' AND effective"))
    assert confirm(world, propose(world, newest).proposals[0], "neu").state == "confirmed"
    assert world.states() == {"N-1": "handled"}
    assert [(each["task"], each["state"]) for each in world.items() if each["id"] == review] == [("review", "open")]
    assert world.broken() == []


def test_nothing_is_corrected_while_a_proposal_for_a_part_waits(world: World) -> None:
    """The partial decision was reversed while a clerk's proposal for the left-out claim was pending."""
    from dunkelwerk.runner import handling

    world.load(two_contracts())
    world.receive(note(1))
    assert world.work(**PER_CLAIM) == {"partial": 1}
    waiting = act(item_of(world, "referral", "C-2"), PROVE, EXTEND).proposal
    assert confirm(world, propose(world, 1).proposals[0], "neu").state == "confirmed"
    assert world.states() == {"N-1": "referred"}
    whole = item_of(world, "referral")
    with pytest.raises(CommandError, match="wartet ein Vorschlag auf Zweitprüfung"):
        handling.correct(whole, {"final": True}, someone("berg"))
    assert confirm(world, waiting, "weber").state == "confirmed"
    handling.correct(whole, {"final": True}, someone("berg"))
    assert world.rows("SELECT attempt, state FROM notice ORDER BY id") == [
        {"attempt": 1, "state": "replaced"},
        {"attempt": 2, "state": "waiting"},
    ]
    assert world.broken() == []


def test_a_corrected_notice_leaves_nothing_to_do(world: World) -> None:
    """After the reversal of a partial decision the clerk corrects the notice: the left-out item goes with it."""
    from dunkelwerk.runner import handling

    world.load(two_contracts())
    world.receive(note(1))
    assert world.work(**PER_CLAIM) == {"partial": 1}
    reverse(world, 1)
    handling.correct(item_of(world, "referral"), {"final": True}, someone("berg"))
    assert {state for _claim, state in referrals(world)} == {"done"}
    assert world.broken() == []


@pytest.mark.parametrize(
    ("due", "allowed"), [("2026-10-30", False), ("2026-10-31", True), ("2026-11-30", True), ("2026-12-01", False)]
)
def test_a_clerks_own_instalment_falls_due_within_the_released_days(world: World, due: str, allowed: bool) -> None:
    """Outside them another release has that due date, or will have it."""
    world.load(household(1))
    world.receive(note(1, formally_correct=False))
    world.work()
    wanted = (EXTEND, {"type": "release_instalment", "due": due, "amount": "10.00"})
    if allowed:
        assert act(item_of(world, "referral"), *wanted).proposal is not None
        return
    with pytest.raises(CommandError, match="die Fälligkeit liegt nicht in den Tagen"):
        act(item_of(world, "referral"), *wanted)


def test_a_request_that_was_taken_back_is_not_followed_by_a_reminder(world: World) -> None:
    """The notice is a clerk's again; nobody waits for documents that were asked for in error."""
    world.load(insured(1))
    world.receive(first_note(1, documents=["claim_form"]))
    assert world.work() == {"settled": 1}
    reverse(world, 1)
    assert world.states() == {"E-1": "referred"}
    world.work(on="2026-12-20")
    templates = [row["template"] for row in world.rows("SELECT template FROM letter_order ORDER BY id")]
    assert "documents_reminder" not in templates
    assert world.value("SELECT count(*) FROM document_wait WHERE ended_on IS NULL") == 0
    assert [each["state"] for each in world.items() if each["task"] == "documents"] == ["done"]
    assert world.broken() == []


SETTLE: tuple[Thing, ...] = (
    {"type": "open_claim", "status": "accepted", "claim": None},
    {"type": "accept_claim", "claim": None},
    {"type": "pay_lump_sum", "amount": "100.00", "claim": None},
)


def test_a_death_is_not_paid_once_more_by_hand(world: World) -> None:
    """Reported by a second person with another day: its clerk cannot release the lump sum again."""
    dark = {"mode": "dark", "authority_limit": "50000.00"}
    world.load(covered(contract("RS-1", [1])))
    world.receive(death(1), death(1, id="D-son", died_on="2026-10-19", reported_by="Sohn"))
    assert world.work(**dark) == {"settled": 1, "referred": 1}
    item = item_of(world, "referral")
    with pytest.raises(CommandError, match="eine Todesfallleistung schon freigegeben"):
        act(item, *SETTLE)
    again = {"type": "pay_lump_sum", "amount": "100.00", "claim": world.value("SELECT number FROM claim")}
    with pytest.raises(CommandError, match="eine Todesfallleistung schon freigegeben"):
        act(item, again)
    reverse(world, 1)
    world.run("UPDATE claim SET status = 'declined'")
    assert act(item, *SETTLE).proposal is not None


@pytest.mark.parametrize(("running", "locked", "left"), [((SICK,), "E-1", 0), ((SICK, DEATH), "D-1", 1)])
def test_nobody_waits_for_what_another_worker_cannot_decide_either(
    world: World, running: tuple[str, ...], locked: str, left: int
) -> None:
    """Of a queue behind a stopped process each of two workers holds a part: none of it will be free in a moment."""
    from django.db import connection, transaction

    from dunkelwerk.lines.registry import lines, store_of
    from dunkelwerk.runner.picking import pick

    world.load(insured(1))
    world.receive(death(1), first_note(1), first_note(1, id="E-2"))
    with psycopg.connect(world.url) as other:
        other.execute("SELECT FROM notice WHERE external_id = %s FOR UPDATE", (locked,))
        with transaction.atomic(), connection.cursor() as cursor:
            picked = pick(cursor, store_of(lines()["credit_protection"]), running, size=1)
            assert (picked.notices, picked.left) == ([], left)


def test_a_reminder_is_taken_back_alone(world: World) -> None:
    """Nobody had decided it: the notice stays settled, its claim is waited for, and no second reminder follows."""
    world.load(insured(1))
    world.receive(first_note(1, documents=["claim_form"]))
    world.work()
    world.work(on="2026-11-16")
    reminder = world.value("SELECT id FROM decision_record WHERE kind = 'daily'")
    reverse(world, reminder)
    assert world.states() == {"E-1": "settled"}
    world.work(on="2026-11-17")
    letters = world.rows("SELECT template, state FROM letter_order ORDER BY id")
    assert [(row["template"], row["state"]) for row in letters] == [
        ("documents_requested", "ordered"),
        ("documents_reminder", "cancelled"),
    ]
    assert [each["state"] for each in world.items() if each["task"] == "documents"] == ["open"]
    assert world.broken() == []


def test_an_acceptance_is_taken_back_after_what_was_released_on_it(world: World) -> None:
    """The first note was accepted in its deferred period; a follow-up released."""
    world.load(insured(1))
    world.receive(first_note(1, incapacity_until="2026-10-01", issued_on="2026-09-20"))
    follow = {"incapacity_from": "2026-09-01", "incapacity_until": "2026-11-30", "issued_on": "2026-10-01"}
    world.receive(note(1, **follow))
    assert world.work() == {"settled": 2}
    reverse(world, 1)
    assert world.value("SELECT status FROM claim") == "reported"
    assert world.value("SELECT count(*) FROM release WHERE cancelled_on IS NULL") == 0
    assert world.broken() == []
