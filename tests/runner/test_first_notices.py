"""First notices on the database: claims opened and accepted, documents awaited, follow-ups that come too early."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from first_support import covered, first_note, first_proof, insured
from work_support import ON, Thing, World, claim, contract, note

from dunkelwerk.infra.errors import CommandError

CLAIM = """
    SELECT cause, status, onset, icd, benefit_from, benefit_limit, proven_until, released_until, months_used_before
    FROM claim ORDER BY id
"""
FOLLOW_UP: Thing = {
    **{"name": "F-1", "incapacity_from": "2026-09-01", "incapacity_until": "2026-12-10"},
    **{"issued_on": "2026-11-20", "received_on": "2026-11-22"},
}


def someone(actor: str = "kurz", words: str = "geprüft", **overrides: Any) -> Any:
    """Who acts."""
    from dunkelwerk.runner.acting import Person

    return Person(actor, ON, words, overrides)


def letters(world: World) -> list[str]:
    """The templates of all letter orders."""
    return [row["template"] for row in world.rows("SELECT template FROM letter_order ORDER BY id")]


def test_a_first_sick_note_opens_accepts_and_pays(world: World) -> None:
    world.load(insured(1))
    world.receive(first_note(1))
    assert world.work() == {"settled": 1}
    (opened,) = world.rows(CLAIM)
    assert opened == {
        **{"cause": "illness", "status": "accepted", "onset": date(2026, 9, 1), "icd": ["M54.5 G"]},
        **{"benefit_from": date(2026, 10, 13), "benefit_limit": date(2028, 10, 12), "months_used_before": 0},
        **{"proven_until": date(2026, 11, 20), "released_until": date(2026, 11, 20)},
    }
    paid = world.rows("SELECT due, amount::text, status FROM instalment ORDER BY due")
    assert [(row["due"].isoformat(), row["amount"]) for row in paid] == [
        ("2026-10-15", "312.50"),
        ("2026-11-15", "312.50"),
    ]
    assert world.rows("SELECT DISTINCT legal_entity FROM posting") == [{"legal_entity": "Leben AG"}]
    assert letters(world) == ["acceptance"]
    assert world.broken() == []


def test_a_first_unemployment_proof_is_carried_by_its_own_legal_entity(world: World) -> None:
    """Settled by the day: 31 days of October, 30 of November, all with benefit."""
    world.load(insured(1))
    world.receive(first_proof(1))
    assert world.work() == {"settled": 1}
    posted = world.rows("SELECT debit, amount::text, legal_entity FROM posting ORDER BY id")
    assert [tuple(row.values()) for row in posted] == [
        ("claims_expense:unemployment", "312.50", "Sach AG"),
        ("claims_expense:unemployment", "312.50", "Sach AG"),
    ]
    assert world.value("SELECT released_until FROM claim") == date(2026, 11, 30)
    assert world.broken() == []


def test_the_numbers_of_claims_that_one_batch_opens_differ(world: World) -> None:
    world.load(*(insured(n) for n in range(1, 6)))
    world.receive(*(first_note(n) for n in range(1, 6)))
    assert world.work() == {"settled": 5}
    assert world.value("SELECT count(DISTINCT number) FROM claim") == 5
    assert world.broken() == []


def test_a_relapse_waits_for_a_second_person_and_counts_the_months(world: World) -> None:
    closed = {
        "status": "closed",
        "closed_on": "2026-08-20",
        "recovered_on": "2026-08-20",
        "closing_reason": "recovered",
    }
    former = claim("C-1", 1, **closed, released_until="2026-08-12", proven_until="2026-08-20")
    world.load(covered(contract("RS-1", [1], former)))
    world.receive(first_note(1))
    assert world.work() == {"proposed": 1}
    from dunkelwerk.runner import second_check

    assert second_check.confirm(1, someone("weber")).state == "confirmed"
    opened = world.rows(CLAIM)[1]
    assert (opened["benefit_from"], opened["months_used_before"]) == (date(2026, 9, 1), 4)
    assert world.broken() == []


def test_a_follow_up_waits_for_the_first_note(world: World) -> None:
    """In the inbox behind it, or joined to its proposal: it is decided after it."""
    world.load(insured(1))
    world.receive(first_note(1), note(1, **FOLLOW_UP))
    assert world.work(mode="second_check") == {"proposed": 1, "joined": 1}
    from dunkelwerk.runner import second_check

    assert second_check.confirm(1, someone("weber", mode="second_check")).state == "confirmed"
    assert world.states() == {"E-1": "settled", "F-1": "waiting"}
    assert world.work() == {"settled": 1}
    assert world.value("SELECT released_until FROM claim") == date(2026, 12, 10)
    assert world.broken() == []


@pytest.mark.parametrize(("size", "expected"), [(500, {"settled": 2}), (1, {"settled": 2})])
def test_a_follow_up_in_the_same_delivery_is_decided_after_it(world: World, size: int, expected: Thing) -> None:
    world.load(insured(1))
    world.receive(first_note(1), note(1, **FOLLOW_UP))
    assert world.work(size=size) == expected
    assert world.broken() == []


def waiting(world: World) -> None:
    """A first note without the employer's confirmation."""
    world.load(insured(1))
    world.receive(first_note(1, documents=["claim_form", "sick_note"]))
    assert world.work() == {"settled": 1}


def test_a_reported_claim_waits_is_reminded_and_then_given_to_a_clerk(world: World) -> None:
    """Requested on 2 November: reminded on the 16th, in the basket on the 30th, urgent on 2 December."""
    waiting(world)
    (opened,) = world.rows(CLAIM)
    assert (opened["status"], opened["benefit_from"], opened["released_until"]) == ("reported", None, None)
    (item,) = world.items()
    assert (item["task"], item["open_from"], item["priority"]) == ("documents", date(2026, 11, 30), 3)
    assert world.work(on="2026-11-15") == {}
    assert letters(world) == ["documents_requested"]
    for _again in range(2):
        assert world.work(on="2026-11-16") == {}
        assert letters(world) == ["documents_requested", "documents_reminder"]
    assert world.broken() == []
    world.work(on="2026-12-01")
    assert world.items()[0]["priority"] == 3
    world.work(on="2026-12-02")
    assert world.items()[0]["priority"] == 1
    assert letters(world) == ["documents_requested", "documents_reminder"]
    assert world.broken() == []


def test_the_missing_piece_runs_the_notice_again_and_ends_the_wait(world: World) -> None:
    from dunkelwerk.runner.handling import complete

    waiting(world)
    notice = world.value("SELECT id FROM notice")
    with pytest.raises(CommandError, match="documents"):
        complete(notice, ["passport"], {}, someone())
    complete(notice, ["employer_confirmation"], {}, someone())
    assert world.work() == {"settled": 1}
    (opened,) = world.rows(CLAIM)
    assert (opened["status"], opened["released_until"]) == ("accepted", date(2026, 11, 20))
    assert letters(world) == ["documents_requested", "acceptance"]
    assert [each["state"] for each in world.items()] == ["done"]
    assert world.work(on="2026-11-30") == {}
    assert letters(world) == ["documents_requested", "acceptance"]
    assert world.broken() == []


def test_no_reminder_while_the_piece_is_in_the_inbox(world: World) -> None:
    """It arrived, but its process is stopped."""
    from dunkelwerk.runner.handling import complete

    waiting(world)
    complete(world.value("SELECT id FROM notice"), ["employer_confirmation"], {}, someone())
    world.run(
        "INSERT INTO process_setting (process, mode, seed, watched, tally_from, version)"
        " VALUES ('first_sick_note', 'off', '', 200, 0, 1)"
    )
    assert world.work(on="2026-11-20") == {}
    assert letters(world) == ["documents_requested"]


def test_a_clerk_accepts_a_claim_that_was_reported_late(world: World) -> None:
    from dunkelwerk.runner import handling, second_check

    world.load(insured(1))
    world.receive(first_note(1, incapacity_from="2026-04-01"))
    assert world.work() == {"referred": 1}
    days = {"benefit_from": "2026-05-13", "benefit_limit": "2028-05-12", "months_used_before": 0}
    wanted = [
        {"type": "open_claim", "status": "accepted"},
        {"type": "accept_claim", **days},
        {"type": "record_proof", "until": "2026-11-20"},
        {"type": "extend_benefit", "until": "2026-11-20"},
        {"type": "send_letter", "template": "acceptance"},
    ]
    done = handling.act(1, wanted, someone(words="Verspätung entschuldigt"))
    assert second_check.confirm(done.proposal, someone("weber")).state == "confirmed"
    (opened,) = world.rows(CLAIM)
    assert (opened["status"], opened["onset"], opened["released_until"]) == (
        "accepted",
        date(2026, 4, 1),
        date(2026, 11, 20),
    )
    assert world.states() == {"E-1": "handled"}
    assert world.broken() == []


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ([{"type": "record_proof", "until": "2026-11-20"}], "bitte den Leistungsfall nennen"),
        ([{"type": "open_claim", "status": "accepted", "claim": "C-9"}], "noch keine Nummer"),
        ([{"type": "open_claim", "status": "accepted"}, {"type": "accept_claim"}], "benefit_from und benefit_limit"),
        ([{"type": "open_claim", "status": "maybe"}], "status"),
        ([{"type": "pay_lump_sum", "amount": "1.00"}], "nur zu einer Todesmeldung"),
    ],
)
def test_what_cannot_be_opened_by_hand_is_said(world: World, wanted: list[Thing], sentence: str) -> None:
    from dunkelwerk.runner import handling

    world.load(insured(1))
    world.receive(first_note(1, incapacity_from="2026-04-01"))
    world.work()
    with pytest.raises(CommandError, match=sentence):
        handling.act(1, wanted, someone())
    assert world.rows(CLAIM) == []


def test_a_reversed_acceptance_leaves_a_reported_claim(world: World) -> None:
    from dunkelwerk.runner import reversing, second_check

    world.load(insured(1))
    world.receive(first_note(1))
    world.work()
    found = reversing.find_with_following(reversing.Wanted(process="first_sick_note"))
    run = reversing.propose(found, someone())
    assert second_check.confirm(run.proposals[0], someone("weber")).state == "confirmed"
    (opened,) = world.rows(CLAIM)
    assert (opened["status"], opened["benefit_from"], opened["released_until"]) == ("reported", None, None)
    assert world.broken() == []
    world.receive(first_note(1, id="E-again"))
    assert world.work() == {"settled": 1}
    assert world.rows(CLAIM)[0]["status"] == "accepted"
    assert world.value("SELECT count(*) FROM claim") == 1
    assert world.broken() == []


def test_accepting_alone_needs_a_second_person_and_a_wait_is_worked_by_hand(world: World) -> None:
    """The clerk accepts from the entry that waits for documents; nothing is paid, and yet somebody confirms."""
    from dunkelwerk.runner import handling, second_check

    waiting(world)
    world.work(on="2026-12-02")
    (item,) = world.items()
    days = {"benefit_from": "2026-10-13", "benefit_limit": "2028-10-12", "months_used_before": 0}
    done = handling.act(item["id"], [{"type": "accept_claim", **days}], someone())
    assert done.proposal is not None
    assert second_check.confirm(done.proposal, someone("weber")).state == "confirmed"
    assert world.rows(CLAIM)[0]["status"] == "accepted"
    assert {each["state"] for each in world.items()} == {"done"}
    assert world.broken() == []


def test_who_closed_the_wait_is_not_followed_by_a_reminder(world: World) -> None:
    from dunkelwerk.runner import handling

    waiting(world)
    handling.close(world.items()[0]["id"], someone(words="Kunde zieht zurück"))
    assert world.work(on="2026-11-20") == {}
    assert letters(world) == ["documents_requested"]
