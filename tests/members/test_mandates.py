"""SEPA mandates on the database: references, letters, replacing, reversal, two workers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from member_support import ON, OTHER_IBAN, OWN_IBAN, Members, mandate, member, notice

from dunkelwerk.infra.errors import CommandError
from gates import PATIENCE, start_together

COMMAND = Path(sys.executable).with_name("dunkelwerk")
REFERENCE = re.compile(r"DW-20261123-\d+")


def mandates(world: Members, number: int = 1) -> dict[str, str]:
    """The status of each mandate by its reference."""
    return {each["reference"]: each["status"] for each in world.case_files()[f"M-{number}"]["mandates"]}


def new_reference(world: Members, number: int = 1) -> str:
    (found,) = [each for each in mandates(world, number) if REFERENCE.fullmatch(each)]
    return found


def test_a_mandate_is_recorded_with_its_reference_in_register_movements_and_letter(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("sepa_mandate", 1, iban="de02 1203 0000 0000 2020 51"))
    assert world.work() == {"settled": 1}
    (recorded,) = world.case_files()["M-1"]["mandates"]
    reference = recorded["reference"]
    assert REFERENCE.fullmatch(reference)
    assert len(reference) <= 35
    assert (recorded["iban"], recorded["status"], recorded["signed_on"]) == (OWN_IBAN, "active", "2026-11-22")
    assert world.rows("SELECT creditor, mandate_text FROM mandate") == [
        {"creditor": "DE98ZZZ09999999999", "mandate_text": "2026-1"}
    ]
    moved = world.rows("SELECT action, contract, claim, legal_entity FROM movement ORDER BY id")
    assert [tuple(row.values()) for row in moved] == [
        ("record_mandate", "M-1", reference, "health_fund"),
        ("send_letter", "M-1", reference, "health_fund"),
    ]
    assert world.rows("SELECT template, contract, claim, state FROM letter_order") == [
        {"template": "mandate_confirmation", "contract": "M-1", "claim": reference, "state": "ordered"}
    ]
    assert world.broken() == []


def test_the_decision_names_no_reference_so_that_a_replay_gives_the_same(world: Members, run_cli: Any) -> None:
    world.load(member(1))
    world.receive(notice("sepa_mandate", 1))
    world.work()
    assert "DW-" not in str(world.decisions()["sepa_mandate-1"]["actions"])
    done = run_cli("replay", "--since", "2026-11-23", DUNKELWERK_TODAY="2026-11-23")
    assert "0 gingen anders aus, 1 blieben gleich" in done.stdout


def test_the_same_again_is_filed(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("sepa_mandate", 1), notice("sepa_mandate", 1, name="again"))
    assert world.work() == {"settled": 2}
    assert len(mandates(world)) == 1
    assert world.value("SELECT count(*) FROM letter_order") == 1


def test_references_that_were_loaded_are_never_given_again(world: Members) -> None:
    """Whatever their case: the core system may have taken ours over."""
    taken = [mandate(f"dw-20261123-{number}", iban=OTHER_IBAN, status="revoked") for number in range(1, 30)]
    world.load(member(1, *taken), member(2))
    world.receive(notice("sepa_mandate", 2))
    assert world.work() == {"settled": 1}
    assert new_reference(world, 2).upper() not in {each["reference"].upper() for each in taken}
    assert world.broken() == []


def test_confirmed_by_a_second_person_it_takes_the_place_of_the_old_one(world: Members) -> None:
    world.load(member(1, mandate("MD-1"), mandate("MD-2", recurrence="one_off")))
    world.receive(notice("sepa_mandate", 1))
    assert world.work() == {"proposed": 1}
    assert mandates(world) == {"MD-1": "active", "MD-2": "active"}
    assert world.confirm("sepa_mandate-1") == "confirmed"
    assert mandates(world) == {"MD-1": "revoked", "MD-2": "active", new_reference(world): "active"}
    assert world.broken() == []


def test_reversed_it_is_revoked_and_the_old_one_active_again(world: Members) -> None:
    world.load(member(1, mandate("MD-1")))
    world.receive(notice("sepa_mandate", 1))
    world.work()
    world.confirm("sepa_mandate-1")
    world.reverse("sepa_mandate-1")
    assert mandates(world) == {"MD-1": "active", new_reference(world): "revoked"}
    assert world.rows("SELECT template, state FROM letter_order") == [
        {"template": "mandate_confirmation", "state": "cancelled"}
    ]
    assert world.states() == {"sepa_mandate-1": "referred"}
    assert world.broken() == []


def test_a_mandate_that_another_replaced_is_reversed_after_it(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("sepa_mandate", 1))
    world.work()
    world.receive(notice("sepa_mandate", 1, name="later", iban=OTHER_IBAN))
    world.work()
    world.confirm("later")
    first, second = mandates(world)
    assert mandates(world) == {first: "revoked", second: "active"}
    world.reverse("sepa_mandate-1")
    assert mandates(world) == {first: "revoked", second: "revoked"}
    assert world.states() == {"sepa_mandate-1": "referred", "later": "referred"}
    assert world.broken() == []


def test_a_letter_that_went_out_is_followed_by_another(world: Members, run_cli: Any, tmp_path: Path) -> None:
    world.load(member(1))
    world.receive(notice("sepa_mandate", 1))
    world.work()
    day = {"DUNKELWERK_TODAY": "2026-11-23"}
    assert run_cli("letters", "render", "--out", tmp_path / "one", **day).returncode == 0
    world.reverse("sepa_mandate-1")
    assert run_cli("letters", "render", "--out", tmp_path / "two", **day).returncode == 0
    sent = world.rows("SELECT template, claim, state, fault FROM letter_order ORDER BY id")
    reference = new_reference(world)
    assert sent == [
        {"template": "mandate_confirmation", "claim": reference, "state": "rendered", "fault": None},
        {"template": "mandate_withdrawn", "claim": reference, "state": "rendered", "fault": None},
    ]
    assert world.broken() == []


def test_two_workers_give_no_reference_twice(world: Members, tmp_path: Path) -> None:
    count = 60
    world.load(*(member(number) for number in range(1, count + 1)))
    world.receive(*(notice("sepa_mandate", number) for number in range(1, count + 1)))
    command = [COMMAND, "work", "--once", "--on", ON.isoformat(), "--batch-size", "1"]
    gate = start_together(world.url, waiting=2)
    workers = [subprocess.Popen(command, env={**os.environ, "DATABASE_URL": world.url}) for _ in range(2)]
    assert [each.wait(timeout=PATIENCE) for each in workers] == [0, 0]
    gate.join()
    references = [row["claim"] for row in world.rows("SELECT claim FROM movement WHERE action = 'record_mandate'")]
    assert len(references) == len({each.upper() for each in references}) == count
    assert world.value("SELECT count(DISTINCT worker) FROM batch") == 2
    assert world.broken() == []


def test_two_notices_of_one_member_at_once_make_one_mandate(world: Members) -> None:
    """Both wait; whoever is second finds the mandate there."""
    world.load(member(1))
    world.receive(*(notice("sepa_mandate", 1, name=f"N-{number}") for number in range(6)))
    command = [COMMAND, "work", "--once", "--on", ON.isoformat(), "--batch-size", "1"]
    workers = [subprocess.Popen(command, env={**os.environ, "DATABASE_URL": world.url}) for _ in range(2)]
    assert [each.wait(timeout=PATIENCE) for each in workers] == [0, 0]
    assert list(mandates(world).values()) == ["active"]
    assert set(world.states().values()) == {"settled"}
    assert world.broken() == []


def act(world: Members, *wanted: Any) -> Any:
    from dunkelwerk.runner import handling
    from dunkelwerk.runner.acting import Person

    return handling.act(world.item("sepa_mandate-1"), wanted, Person("kurz", ON, "mit dem Mitglied gesprochen"))


def test_by_hand_a_mandate_needs_creditor_and_a_second_person(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("sepa_mandate", 1, comment="Bitte ab Januar."))
    world.work()
    for wanted, fault in (
        ({"type": "record_mandate"}, "creditor"),
        ({"type": "record_mandate", "creditor": "DE00"}, "Gläubiger"),
        ({"type": "revoke_mandate", "reference": "MD-9"}, "MD-9|Referenz"),
        ({"type": "send_letter", "template": "settlement"}, "template"),
        ({"type": "record_tax_id"}, "Steuer-ID"),
    ):
        with pytest.raises(CommandError, match=fault):
            act(world, wanted)
    done = act(
        world,
        {"type": "record_mandate", "creditor": "DE98ZZZ09999999999"},
        {"type": "send_letter", "template": "mandate_confirmation"},
    )
    assert mandates(world) == {}
    from dunkelwerk.runner import second_check
    from dunkelwerk.runner.acting import Person

    assert second_check.confirm(done.proposal, Person("weber", ON, "geprüft")).state == "confirmed"
    assert mandates(world) == {new_reference(world): "active"}
    assert world.broken() == []


def test_a_proposal_is_shown_with_the_letter_that_it_would_send(world: Members, run_cli: Any) -> None:
    world.load(member(1, mandate("MD-1")))
    world.receive(notice("sepa_mandate", 1))
    world.work()
    done = run_cli("proposals", "show", str(world.proposal("sepa_mandate-1")), DUNKELWERK_TODAY="2026-11-23")
    assert done.returncode == 0, done.stderr
    for piece in ("SEPA-Mandat gespeichert", "SEPA-Mandat widerrufen – MD-1", "noch nicht vergeben", "acht Wochen"):
        assert piece in done.stdout
