"""By hand: instalments that were held back go on, a merely reported claim is closed, no claim is opened twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from first_support import covered, death, first_note, insured
from test_deaths import LATER
from work_support import ON, Thing, World, claim, contract

from dunkelwerk.infra.errors import CommandError

HELD = "SELECT count(*) FROM instalment WHERE held_by IS NOT NULL"
RESUME = {"type": "resume_instalments", "claim": "C-1"}


def someone(actor: str = "kurz", words: str = "Person lebt, Verwechslung") -> Any:
    """A clerk."""
    from dunkelwerk.runner.acting import Person

    return Person(actor, ON, words, {})


def act(item: int, *wanted: Thing) -> Any:
    """What ``work-items act --yes`` does."""
    from dunkelwerk.runner import handling

    return handling.act(item, wanted, someone())


def confirm(identity: int) -> Any:
    """What ``proposals confirm`` does."""
    from dunkelwerk.runner import second_check

    return second_check.confirm(identity, someone("weber"))


def item_of(world: World, task: str) -> int:
    """The newest work item of a task."""
    number: int = max(each["id"] for each in world.items() if each["task"] == task)
    return number


def hold(world: World) -> int:
    """A death without certificate: one instalment is held; the item that waits for the certificate."""
    world.load(covered(contract("RS-1", [1], claim("C-1", 1, instalments=LATER))))
    world.receive(death(1, certificate=False))
    assert world.work(mode="dark") == {"settled": 1}
    assert world.value(HELD) == 1
    return item_of(world, "documents")


def test_held_instalments_go_on_after_a_second_person_agreed(world: World) -> None:
    item = hold(world)
    done = act(item, RESUME)
    assert (done.proposal is not None, world.value(HELD)) == (True, 1)
    assert confirm(done.proposal).state == "confirmed"
    assert world.value(HELD) == 0
    assert world.value("SELECT count(*) FROM movement WHERE action = 'resume_instalments'") == 1
    assert world.broken() == []


def test_where_nothing_is_held_nothing_goes_on(world: World) -> None:
    item = hold(world)
    world.run("UPDATE instalment SET held_by = NULL")
    with pytest.raises(CommandError, match="keine Rate ist angehalten"):
        act(item, RESUME)


def test_resuming_is_not_reversed(world: World) -> None:
    from dunkelwerk.runner import reversing

    item = hold(world)
    done = confirm(act(item, RESUME).proposal)
    with pytest.raises(CommandError, match="gab angehaltene Raten frei"):
        reversing.preview(done.decision, someone())
    assert world.value(HELD) == 0


def reported(world: World) -> int:
    """A first note without its form: a claim merely reported; the item that waits for the form."""
    world.load(insured(1))
    world.receive(first_note(1, documents=["sick_note", "employer_confirmation"]))
    assert world.work() == {"settled": 1}
    return item_of(world, "documents")


def test_a_reported_claim_is_closed_by_hand_and_opened_again_by_reversing(world: World) -> None:
    from dunkelwerk.runner import reversing

    item = reported(world)
    (number,) = (row["number"] for row in world.rows("SELECT number FROM claim"))
    done = act(item, {"type": "close_claim", "claim": number, "reason": "withdrawn"})
    closed = world.rows("SELECT status, closing_reason FROM claim")
    assert closed == [{"status": "closed", "closing_reason": "withdrawn"}]
    assert world.value("SELECT count(*) FROM document_wait WHERE ended_on IS NULL") == 0
    assert world.broken() == []
    found = reversing.find(reversing.Wanted(decisions=[done.decision]))
    proposed = reversing.propose(found, someone())
    assert confirm(proposed.proposals[0]).state == "confirmed"
    assert world.value("SELECT status FROM claim") == "reported"
    assert world.broken() == []


@pytest.mark.parametrize("reason", ["max_duration", "contract_end", "age_limit"])
def test_a_benefit_that_never_began_does_not_run_out(world: World, reason: str) -> None:
    item = reported(world)
    number = world.value("SELECT number FROM claim")
    with pytest.raises(CommandError, match="nur gemeldet"):
        act(item, {"type": "close_claim", "claim": number, "reason": reason})


def test_a_claim_that_is_reported_already_is_not_opened_beside_it(world: World) -> None:
    reported(world)
    number = world.value("SELECT number FROM claim")
    world.receive(first_note(1, formally_correct=False) | {"id": "E-2"})
    assert world.work() == {"referred": 1}
    item = item_of(world, "referral")
    with pytest.raises(CommandError, match=f"schon {number} gemeldet.*accept_claim claim={number}"):
        act(item, {"type": "open_claim", "status": "reported"})
    assert world.value("SELECT count(*) FROM claim") == 1


def test_with_another_onset_another_claim_may_be_opened(world: World) -> None:
    reported(world)
    world.receive(first_note(1, incapacity_from="2026-10-01", formally_correct=False) | {"id": "E-2"})
    assert world.work() == {"referred": 1}
    act(item_of(world, "referral"), {"type": "open_claim", "status": "reported"})
    assert world.value("SELECT count(*) FROM claim WHERE status = 'reported'") == 2
    assert world.broken() == []


def test_the_register_is_not_changed_by_acting_on_an_item(world: World) -> None:
    item = reported(world)
    with pytest.raises(CommandError, match="dunkelwerk register set"):
        act(item, {"type": "set_recourse", "amount": "1.00", "claim": None})


REQUEST = {"type": "send_letter", "template": "documents_requested"}
WAITS = "SELECT count(*) FROM document_wait WHERE ended_on IS NULL"


def test_documents_are_not_requested_for_a_claim_that_is_accepted(world: World) -> None:
    """Nothing would end the wait for them: it ends when the claim is accepted."""
    world.load(insured(1))
    world.receive(first_note(1), first_note(1, id="E-2", formally_correct=False))
    assert world.work() == {"settled": 1, "referred": 1}
    item = item_of(world, "referral")
    with pytest.raises(CommandError, match="nur zu einem gemeldeten Leistungsfall angefordert, dieser ist offen"):
        act(item, REQUEST | {"claim": world.value("SELECT number FROM claim")})
    assert (world.value(WAITS), world.value("SELECT count(*) FROM letter_order")) == (0, 1)


def test_documents_are_not_requested_with_the_acceptance_itself(world: World) -> None:
    item = reported(world)
    number = world.value("SELECT number FROM claim")
    days = {"benefit_from": "2026-10-13", "benefit_limit": "2028-10-12", "months_used_before": 0}
    with pytest.raises(CommandError, match="dieser ist offen"):
        act(item, {"type": "accept_claim", "claim": number, **days}, REQUEST | {"claim": number})


def test_documents_are_not_requested_while_the_claim_is_closed(world: World) -> None:
    item = reported(world)
    about = {"claim": world.value("SELECT number FROM claim")}
    with pytest.raises(CommandError, match="zugleich geschlossen"):
        act(item, REQUEST | about, {"type": "close_claim", "reason": "withdrawn"} | about)


def test_documents_are_requested_again_for_a_claim_that_is_reported(world: World) -> None:
    item = reported(world)
    act(item, REQUEST | {"claim": world.value("SELECT number FROM claim")})
    assert world.value(WAITS) == 1
    assert world.rows("SELECT ended_on FROM document_wait ORDER BY id") == [{"ended_on": ON}, {"ended_on": None}]
    assert world.broken() == []


def test_documents_are_not_requested_where_none_is_missing(world: World) -> None:
    """The letter could name none."""
    world.load(insured(1))
    world.receive(first_note(1, formally_correct=False))
    assert world.work() == {"referred": 1}
    item = item_of(world, "referral")
    with pytest.raises(CommandError, match="alle Unterlagen da"):
        act(item, {"type": "open_claim", "status": "reported"}, REQUEST)
    act(item, {"type": "open_claim", "status": "reported"})
    assert world.value(WAITS) == 0


def test_documents_are_requested_with_the_notice_that_began_the_claim(world: World) -> None:
    """A note about another illness lacks its own pieces, not those of this claim."""
    reported(world)
    number = world.value("SELECT number FROM claim")
    world.receive(first_note(1, id="E-2", incapacity_from="2026-10-01", documents=[]))
    assert world.work() == {"referred": 1}
    with pytest.raises(CommandError, match="zu der Meldung an, mit der der Leistungsfall begann"):
        act(item_of(world, "referral"), REQUEST | {"claim": number})


def test_a_wait_ends_when_its_item_is_closed_by_hand(world: World) -> None:
    """The next business day takes note of it; the item was not opened again."""
    from dunkelwerk.runner import handling

    item = reported(world)
    handling.close(item, someone())
    world.work(on="2026-11-30")
    assert world.value(WAITS) == 0
    assert world.value("SELECT count(*) FROM letter_order WHERE template = 'documents_reminder'") == 0
    assert world.broken() == []


@pytest.mark.parametrize("status", ["declined", "closed"])
def test_a_wait_ends_when_the_core_system_takes_the_claim_on(world: World, status: str) -> None:
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.lines.credit_protection.queries import case_file_lines

    item = reported(world)
    with snapshot():
        (file,) = [json.loads(line) for batch in case_file_lines("RS-1") for line in batch]
    file["contracts"][0]["claims"][0] |= {"status": status, "closed_on": "2026-11-02", "closing_reason": "withdrawn"}
    world.load(file)
    assert (world.value(WAITS), world.value(f"SELECT state FROM work_item WHERE id = {item}")) == (0, "done")
    assert world.broken() == []
