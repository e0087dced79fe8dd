"""Legal holds: what is held stays whatever its term, and nothing beside it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from retention_support import close_claim, delete, fill, left
from work_support import World, case_file, claim, contract, household, note

from gates import PATIENCE, wait_until

#: sessions that wait for a lock in this database
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def hold(world: World, kind: str, key: str, *, actor: str = "r.echt") -> int:
    """Place a hold."""
    world.enter()
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.lines.terms import Hold
    from dunkelwerk.runner.acting import Person
    from dunkelwerk.runner.retention_holds import place

    return place(Hold(kind, key), Person(actor, business_day("2026-11-02"), "Klage anhängig"))


def lift(world: World, number: int) -> None:
    """Lift it."""
    world.enter()
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.runner.acting import Person
    from dunkelwerk.runner.retention_holds import lift as lift_hold

    lift_hold(number, Person("r.echt", business_day("2026-11-02"), "Klage abgewiesen"))


def couple(world: World) -> World:
    """RS-1 insures P-1 and P-2, each ill; RS-3 insures P-1 alone; RS-4 is somebody else's. All closed."""
    joint = case_file(
        contract("RS-1", [1, 2], claim("C-1", 1), claim("C-2", 2)), contract("RS-3", [1], claim("C-3", 1))
    )
    world.load(joint, household(4))
    world.receive(note(1), note(2, on="RS-1"), note(1, on="RS-3", name="N-3", formally_correct=False), note(4))
    world.work(isolation="per_claim", dispositions={"second_person_overlap": "ignore"})
    world.run(
        "UPDATE notice SET received_at = '2026-11-02'",
        "UPDATE notice SET state = 'handled' WHERE state = 'referred'",
        "UPDATE work_item SET state = 'done'",
        "UPDATE letter_order SET state = 'cancelled'",
    )
    for number in (1, 2, 3, 4):
        close_claim(world, number)
    return world


@pytest.mark.parametrize(
    ("kind", "key", "kept"),
    [
        ("contract", "RS-1", {"N-1", "N-2"}),
        ("contract", "RS-3", {"N-1", "N-3"}),
        ("contract", "RS-4", {"N-4"}),
        ("claim", "RS-1/C-1", {"N-1"}),
        ("claim", "RS-1/C-2", {"N-2"}),
        ("person", "P-1", {"N-1", "N-3"}),
        ("person", "P-2", {"N-2"}),
        ("person", "P-4", {"N-4"}),
    ],
)
def test_what_is_held_stays_and_nothing_else(world: World, kind: str, key: str, kept: set[str]) -> None:
    """N-1 settled C-1 and C-3 (one person's, on two contracts), N-2 settled C-2; N-3 was referred: no claim."""
    couple(world)
    number = hold(world, kind, key)
    report = delete(world, "2126-01-01")
    assert left(world) == kept
    assert sum(counts["held"] for (_line, term), counts in report.terms.items() if term != "letter") == len(kept)
    lift(world, number)
    delete(world, "2126-01-01")
    assert left(world) == set()


def test_a_held_letter_stays_too(world: World) -> None:
    close_claim(fill(world), 2, on="2026-11-02")
    hold(world, "contract", "RS-2")
    delete(world, "2034-01-01")
    assert world.value("SELECT count(*) FROM letter_order WHERE contract = 'RS-2'") == 1
    assert (world.folder / "letters" / "index.csv").exists()


def test_every_hold_is_a_deed_in_own_words(world: World, run_cli: Any) -> None:
    fill(world)
    said = run_cli("retention", "hold", "add", "--person", "P-2", "--actor", "r.echt", "--reason", "Klage der Bank")
    assert (said.returncode, said.stdout) == (0, "Aufbewahrungssperre 1 gilt für P-2.\n")
    listed = run_cli("retention", "hold", "list").stdout
    assert "P-2" in listed
    assert "r.echt" in listed
    lifted = run_cli("retention", "hold", "lift", 1, "--actor", "r.echt", "--reason", "vorbei")
    assert (lifted.returncode, lifted.stderr) == (0, "")
    assert "P-2" not in run_cli("retention", "hold", "list").stdout
    assert "P-2" in run_cli("retention", "hold", "list", "--all").stdout
    deeds = world.rows("SELECT deed, actor, key, words FROM deed WHERE kind = 'hold' ORDER BY id")
    assert [(each["deed"], each["actor"], each["key"]) for each in deeds] == [
        ("held", "r.echt", "1"),
        ("lifted", "r.echt", "1"),
    ]
    assert all(each["words"] and b"Bank" not in each["words"] for each in deeds)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--person", "P-99", "--reason", "x"], 1, "P-99 gibt es im Register nicht."),
        (["--claim", "RS-2/C-99", "--reason", "x"], 1, "RS-2/C-99 gibt es im Register nicht."),
        (["--claim", "RS-2", "--reason", "x"], 2, "--claim: erwartet VERTRAG/FALL."),
        (["--person", "P-2"], 2, "Eine Aufbewahrungssperre braucht einen Grund"),
        (["--person", "P-2", "--contract", "RS-2", "--reason", "x"], 2, "Bitte genau eines angeben"),
        (["--reason", "x"], 2, "Bitte genau eines angeben"),
    ],
)
def test_a_hold_that_cannot_be(world: World, run_cli: Any, arguments: list[str], code: int, sentence: str) -> None:
    world.load(household(2))
    done = run_cli("retention", "hold", "add", *arguments, "--actor", "r.echt")
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert world.value("SELECT count(*) FROM legal_hold") == 0


def test_nothing_is_held_twice_or_lifted_twice(world: World) -> None:
    from dunkelwerk.infra.errors import CommandError

    world.load(household(2))
    first = hold(world, "contract", "RS-2")
    with pytest.raises(CommandError, match="schon gesperrt"):
        hold(world, "contract", "RS-2")
    lift(world, first)
    with pytest.raises(CommandError, match="nicht in Kraft"):
        lift(world, first)
    assert hold(world, "contract", "RS-2") > first


def test_the_deed_of_a_hold_in_force_outlives_its_term(world: World) -> None:
    fill(world)
    number = hold(world, "contract", "RS-2")
    delete(world, "2126-01-01")
    assert world.value("SELECT count(*) FROM deed WHERE kind = 'hold'") == 1
    lift(world, number)
    delete(world, "2126-01-01")
    assert world.value("SELECT count(*) FROM deed WHERE kind = 'hold'") == 0
    assert world.value("SELECT count(*) FROM legal_hold") == 0


@pytest.mark.usefixtures("patient_sessions")
def test_a_hold_waits_for_the_batch_that_deletes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was told that it is held can rely on it: the hold is placed before or after a batch, never during one."""
    close_claim(fill(world), 5)
    from dunkelwerk.runner import retention

    order = []
    judged = retention.treat

    def treat(*arguments: Any) -> None:
        judged(*arguments)
        placing.start()
        wait_until(lambda: world.value(BLOCKED) or not placing.is_alive())
        order.append("deleted")

    def placed() -> None:
        from django.db import connections

        hold(world, "contract", "RS-5")
        order.append("held")
        connections.close_all()

    placing = threading.Thread(target=placed)
    monkeypatch.setattr(retention, "treat", treat)
    delete(world, "2126-01-01")
    placing.join(PATIENCE)
    assert order == ["deleted", "held"]
