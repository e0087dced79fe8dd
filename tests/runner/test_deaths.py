"""Deaths on the database: lump sums, instalments held and cancelled, contracts ended, everything reversed again."""

from __future__ import annotations

from datetime import date
from typing import Any

from first_support import covered, death, insured
from work_support import ON, Thing, World, claim, contract, note

DARK: Thing = {"mode": "dark", "authority_limit": "50000.00"}
LATER = [
    {"id": "I-1", "due": "2026-10-15", "amount": "312.50", "status": "released"},
    {"id": "I-2", "due": "2026-11-15", "amount": "312.50", "status": "released"},
]


def someone(actor: str = "kurz", words: str = "geprüft", **overrides: Any) -> Any:
    """Who acts."""
    from dunkelwerk.runner.acting import Person

    return Person(actor, ON, words, {**DARK, **overrides})


def ill(number: int, **changes: Any) -> Thing:
    """Somebody with an open claim and two released instalments, one of them due after the death."""
    return covered(contract(f"RS-{number}", [number], claim(f"C-{number}", number, instalments=LATER), **changes))


def register(world: World) -> list[Thing]:
    """Claims with their contracts."""
    return world.rows(
        """SELECT k.number, k.status AS contract, k.ends_on, c.cause, c.status, c.closing_reason
           FROM claim c JOIN contract k ON k.id = c.contract_id ORDER BY c.id"""
    )


def test_a_death_waits_for_a_second_person_and_pays_the_lump_sum(world: World) -> None:
    """52 due dates from 15 November 2026 to 15 February 2031."""
    from dunkelwerk.runner import second_check

    world.load(insured(1))
    world.receive(death(1))
    assert world.work() == {"proposed": 1}
    who = someone("weber", mode="second_check", authority_limit="5000.00")
    assert second_check.confirm(1, who).state == "confirmed"
    paid = world.rows("SELECT due, amount::text, status, release FROM instalment")
    assert paid == [{"due": ON, "amount": "16250.00", "status": "released", "release": None}]
    posted = world.rows("SELECT event, debit, credit, amount::text, legal_entity FROM posting")
    assert [tuple(row.values()) for row in posted] == [
        ("lump_sum_released", "claims_expense:death", "payable", "16250.00", "Leben AG")
    ]
    assert world.value("SELECT deceased_on FROM person") == date(2026, 10, 20)
    assert world.broken() == []


def test_running_benefits_end_and_what_is_due_later_is_cancelled(world: World) -> None:
    world.load(ill(1))
    world.receive(death(1))
    assert world.work(**DARK) == {"settled": 1}
    assert register(world) == [
        {
            **{"number": "RS-1", "contract": "ended", "ends_on": date(2026, 10, 20), "cause": "illness"},
            **{"status": "closed", "closing_reason": "death"},
        },
        {
            **{"number": "RS-1", "contract": "ended", "ends_on": date(2026, 10, 20), "cause": "death"},
            **{"status": "accepted", "closing_reason": None},
        },
    ]
    statuses = world.rows("SELECT due, status FROM instalment WHERE decision IS NULL ORDER BY due")
    assert [row["status"] for row in statuses] == ["released", "cancelled"]
    assert world.broken() == []


def test_ours_are_mirrored_in_the_books_when_they_are_cancelled(world: World) -> None:
    """The note frees November's instalment dark; then the death is reported."""
    world.load(covered(contract("RS-1", [1], claim("C-1", 1), recourse_open="0.00")))
    world.receive(note(1))
    assert world.work() == {"settled": 1}
    world.receive(death(1))
    assert world.work(**DARK) == {"settled": 1}
    events = world.rows("SELECT event, amount::text FROM posting ORDER BY id")
    assert [row["event"] for row in events] == ["instalment_released", "lump_sum_released", "instalment_cancelled"]
    balance = "SELECT account, balance::text FROM trial_balance ORDER BY 1"
    assert "claims_expense:illness" not in {
        row["account"] for row in world.rows(balance) if row["balance"] not in ("0.00", "0")
    }
    assert world.broken() == []


def test_without_a_certificate_what_is_due_later_is_held(world: World) -> None:
    world.load(ill(1))
    world.receive(death(1, certificate=False))
    assert world.work(mode="dark") == {"settled": 1}
    held = world.rows("SELECT due FROM instalment WHERE held_by IS NOT NULL")
    assert held == [{"due": date(2026, 11, 15)}]
    assert [row["status"] for row in register(world)] == ["accepted", "reported"]
    assert world.broken() == []
    from dunkelwerk.runner.handling import complete

    complete(world.value("SELECT id FROM notice"), ["certificate"], {}, someone())
    assert world.work(**DARK) == {"settled": 1}
    assert [row["status"] for row in register(world)] == ["closed", "accepted"]
    assert world.value("SELECT count(*) FROM claim WHERE cause = 'death'") == 1
    assert world.broken() == []


def test_every_active_contract_is_settled(world: World) -> None:
    world.load(covered(contract("RS-1", [1]), contract("RS-2", [1, 2]), contract("RS-3", [1], status="cancelled")))
    world.receive(death(1))
    assert world.work(**DARK) == {"settled": 1}
    ended = world.rows("SELECT number, status FROM contract ORDER BY number")
    assert [row["status"] for row in ended] == ["ended", "ended", "cancelled"]
    assert world.broken() == []


def test_a_death_reported_twice_is_paid_once(world: World) -> None:
    world.load(insured(1))
    world.receive(death(1), death(1, id="D-widow", reported_by="Witwe"))
    assert world.work(**DARK) == {"settled": 1, "referred": 1}
    assert "claim_exists" in world.reasons()["D-widow"]
    assert world.value("SELECT count(*) FROM instalment") == 1
    assert world.broken() == []


def test_a_note_after_the_death_is_referred(world: World) -> None:
    world.load(ill(1))
    world.receive(death(1), note(1))
    assert world.work(**DARK) == {"settled": 1, "referred": 1}
    assert world.reasons()["N-1"] == ["no_open_claim"]


def test_a_wrong_death_is_taken_back_whole(world: World) -> None:
    """Person, contract, claim and instalments are as they were; the death claim stays, reported."""
    from dunkelwerk.runner import reversing, second_check

    world.load(ill(1))
    before = register(world), world.rows("SELECT due, status FROM instalment ORDER BY id")
    world.receive(death(1))
    world.work(**DARK)
    found = reversing.find_with_following(reversing.Wanted(process="death_notice"))
    run = reversing.propose(found, someone(words="verwechselt"))
    assert second_check.confirm(run.proposals[0], someone("weber")).state == "confirmed"
    after = register(world)
    assert after[:1] == before[0]
    assert (after[1]["cause"], after[1]["status"]) == ("death", "reported")
    assert world.rows("SELECT due, status FROM instalment WHERE decision IS NULL ORDER BY id") == before[1]
    assert world.value("SELECT deceased_on FROM person") is None
    assert world.broken() == []
