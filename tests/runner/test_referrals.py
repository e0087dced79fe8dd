"""What is left to a person: the right basket, priority and day, for each part that did not go on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from work_support import ACTIONS, ON, Thing, World, case_file, claim, contract, household, note

ITEMS = """
    SELECT task, kind, key, basket, contract, claim, reasons, priority, open_from, due_on, state
    FROM work_item ORDER BY id"""
BLOCKED = {"name": "Beispielbank AG", "blocked_since": "2026-06-01"}
ARREARS = {"reminded_on": "2026-09-01", "deadline": "2026-09-15"}


def several(**changes: Thing) -> Thing:
    """Person P-1 with three contracts RS-1, RS-2, RS-3 and their claims; ``changes`` by contract: ``RS_2={…}``."""
    return case_file(*(contract(f"RS-{n}", [1], claim(f"C-{n}", 1), **changes.get(f"RS_{n}", {})) for n in (1, 2, 3)))


def item(world: World, **expected: Any) -> Thing:
    """The only work item; what is expected of it stands first."""
    (found,) = world.rows(ITEMS)
    return {name: found[name] for name in expected}


def test_an_unknown_contract_is_for_indexing(world: World) -> None:
    world.receive(note(1, on="RS-404"))
    assert world.work() == {"referred": 1}
    expected = {
        **{"task": "referral", "kind": "notice", "basket": "Nachindexierung", "contract": "RS-404", "claim": None},
        **{"reasons": ["contract_unknown"], "priority": 2, "open_from": ON, "due_on": date(2026, 11, 4)},
    }
    assert item(world, **expected) == expected
    assert world.broken() == []


def test_a_notice_that_its_process_can_read_no_more_is_for_the_technicians(world: World) -> None:
    """It was received by an older version, say."""
    deliver(world, b'{"id": "N-1", "contract": "RS-1", "birth_date": "1971-02-02", "retired": true}')
    world.load(household(1))
    assert world.work() == {"referred": 1}
    expected = {
        **{"task": "referral", "kind": "notice", "basket": "Technik", "contract": "RS-1", "claim": None},
        **{"reasons": ["technical_failure"], "priority": 1, "open_from": ON, "due_on": date(2026, 11, 3)},
    }
    assert item(world, **expected) == expected
    (reason,) = world.decisions()["N-1"]["reasons"]
    assert reason["contract"] == "RS-1"
    assert "1971" not in str(reason)
    assert world.broken() == []


def deliver(world: World, text: bytes) -> None:
    """Put a text into the inbox past the door."""
    world.enter()
    import json

    from django.db import connection

    from dunkelwerk.inbox.door import Delivery, digest_of
    from dunkelwerk.inbox.operations import Origin, receive
    from dunkelwerk.infra.keys import Vault

    delivery = Delivery("here", "N-1", "follow_up_sick_note", "RS-1", digest_of(json.loads(text)), text)
    with connection.cursor() as cursor:
        vault = Vault(cursor, on=ON)
    assert sum(each.added for each in receive([delivery], Origin("scan", "test"), vault)) == 1


@pytest.mark.parametrize(
    ("changes", "basket", "priority", "days"),
    [
        ({"formally_correct": False}, "Leistung AU", 3, 5),
        ({"first_name": "Otto"}, "Sonderprüfung", 1, 1),
        ({"incapacity_from": "2026-03-03", "formally_correct": False}, "Leistung AU", 3, 5),
    ],
)
def test_the_basket_is_that_of_the_most_urgent_reason(
    world: World, changes: Thing, basket: str, priority: int, days: int
) -> None:
    world.load(household(1))
    world.receive(note(1, **changes))
    world.work()
    due = {1: date(2026, 11, 3), 5: date(2026, 11, 9)}[days]
    expected = {"basket": basket, "priority": priority, "due_on": due}
    assert item(world, **expected) == expected


@pytest.mark.parametrize(
    ("on", "state", "due"),
    [
        ("2026-12-22", None, date(2026, 12, 28)),  # 24 December to 27 December: no working day
        ("2027-01-05", None, date(2027, 1, 7)),
        ("2027-01-05", "BY", date(2027, 1, 8)),  # Epiphany
        ("2026-10-30", None, date(2026, 11, 3)),  # a weekend
    ],
)
def test_due_in_two_working_days_of_the_federal_state(world: World, on: str, state: str | None, due: date) -> None:
    world.receive(note(1, on="RS-404", issued_on="2026-10-30", received_on="2026-10-30"))
    world.work(on=on, federal_state=state)
    expected = {"open_from": date.fromisoformat(on), "due_on": due}
    assert item(world, **expected) == expected


def test_all_or_nothing_one_item_for_the_whole_notice(world: World) -> None:
    world.load(several(RS_2={"payee": BLOCKED}, RS_3={"arrears": ARREARS}))
    world.receive(note(1))
    assert world.work() == {"referred": 1}
    expected = {
        **{"contract": "RS-1", "claim": None, "reasons": ["premium_in_arrears", "payment_returned"]},
        **{"basket": "Zahlungsverkehr", "priority": 2},
    }
    assert item(world, **expected) == expected
    assert world.value("SELECT count(*) FROM movement") == 0


def test_selective_one_item_per_claim_left_out_and_the_rest_is_applied(world: World) -> None:
    world.load(several(RS_2={"payee": BLOCKED}, RS_3={"arrears": ARREARS}))
    world.receive(note(1))
    assert world.work(isolation="per_claim") == {"partial": 1}
    keys = ("task", "basket", "contract", "claim", "reasons", "priority", "due_on")
    assert [tuple(row[key] for key in keys) for row in world.rows(ITEMS)] == [
        ("referral", "Zahlungsverkehr", "RS-2", "C-2", ["payment_returned"], 2, date(2026, 11, 4)),
        ("referral", "Forderungen", "RS-3", "C-3", ["premium_in_arrears"], 3, date(2026, 11, 9)),
    ]
    moved = world.rows("SELECT action, contract FROM movement ORDER BY id")
    assert [(row["action"], row["contract"]) for row in moved] == [(action, "RS-1") for action in ACTIONS]
    assert world.broken() == []


def test_selective_beside_a_proposal(world: World) -> None:
    """Above the authority: what goes on is proposed, what is left out is for a clerk at once."""
    world.load(several(RS_2={"payee": BLOCKED}))
    world.receive(note(1))
    assert world.work(isolation="per_claim", authority_limit="600.00") == {"proposed": 1}
    keys = ("task", "basket", "contract", "claim", "reasons")
    assert [tuple(row[key] for key in keys) for row in world.rows(ITEMS)] == [
        ("second_check", "Zweitprüfung", "RS-1", None, ["payment_returned", "above_authority"]),
        ("referral", "Zahlungsverkehr", "RS-2", "C-2", ["payment_returned"]),
    ]
    (proposal,) = world.rows("SELECT parts, state FROM proposal")
    assert proposal == {"parts": ["RS-1/C-1", "RS-2/C-2", "RS-3/C-3"], "state": "pending"}
    assert world.value("SELECT count(*) FROM movement") == 0
    assert world.broken() == []


@pytest.mark.parametrize(("until", "reviewed"), [("2026-12-04", False), ("2026-12-05", True)])
def test_a_review_opens_on_its_day_after_a_cut_note(world: World, until: str, reviewed: bool) -> None:
    """The table extends by 35 days from the issue: up to Friday, 4 December."""
    world.load(household(1))
    world.receive(note(1, incapacity_until=until))
    assert world.work() == {"settled": 1}
    expected = {
        **{"task": "review", "kind": "claim", "key": "RS-1/C-1", "basket": "Leistung AU", "reasons": []},
        **{"contract": "RS-1", "claim": "C-1", "priority": 3, "open_from": date(2026, 12, 5)},
        **{"due_on": date(2026, 12, 9), "state": "open"},
    }
    if reviewed:
        assert item(world, **expected) == expected
    else:
        assert world.rows(ITEMS) == []
    assert world.value("SELECT released_until FROM claim") == date(2026, 12, 4)
    assert world.broken() == []


def test_a_final_note_closes_and_dates_the_recovery_once(world: World) -> None:
    """A recovery that somebody reported stays as it was reported."""
    world.load(household(1), household(2, recovered_on="2026-11-20"))
    world.receive(*(note(n, incapacity_until="2026-11-20", final=True) for n in (1, 2)))
    assert world.work() == {"settled": 2}
    closed = world.rows("SELECT status, closed_on, closing_reason, recovered_on FROM claim ORDER BY id")
    day = date(2026, 11, 20)
    assert closed == [{"status": "closed", "closed_on": ON, "closing_reason": "recovered", "recovered_on": day}] * 2
    assert world.broken() == []
