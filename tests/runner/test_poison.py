"""One notice whose effects cannot be written is referred alone; the others of its batch are settled."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from work_support import ACTIONS, TARIFF, World, case_file, claim, contract, household, note, person

from dunkelwerk.decisions.failures import TechnicalFailure
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.lines.credit_protection import actions
from dunkelwerk.lines.credit_protection.processes.follow_up_sick_note.decide import PROCESS
from dunkelwerk.lines.credit_protection.store import ALL as APPLIERS
from dunkelwerk.lines.credit_protection.writing import row_of

HOUSEHOLDS = range(1, 51)
#: days of a claim that stand in nobody's books but the constraint's: whoever releases them is refused
CONFLICT = """
    WITH new AS (SELECT nextval('release_id_seq') AS id)
    INSERT INTO release (id, claim_id, contract, person, cause, days, origin)
    SELECT new.id, c.id, contract_id, person_id, cause, '[2026-11-10,2026-11-11)', new.id
    FROM claim c, new WHERE number = 'C-{}'
"""


def fill(world: World) -> None:
    """Fifty households, each with a note that settles."""
    world.load(*(household(number) for number in HOUSEHOLDS))
    world.receive(*(note(number) for number in HOUSEHOLDS))


def assert_only_these_failed(world: World, *numbers: int) -> list[dict[str, Any]]:
    """The others are settled with all their actions; these have no effect, and one item each. The evidence."""
    failed = {f"N-{number}" for number in numbers}
    states = world.states()
    assert {name for name, state in states.items() if state != "settled"} == failed
    assert {states[name] for name in failed} == {"referred"}
    assert world.value("SELECT count(*) FROM decision_record") == len(HOUSEHOLDS)
    assert world.value("SELECT count(*) FROM movement") == len(ACTIONS) * (len(HOUSEHOLDS) - len(failed))
    items = world.rows(
        """SELECT n.external_id, w.basket, w.priority, w.reasons FROM work_item w JOIN notice n ON n.id::text = w.key"""
    )
    wanted = {"basket": "Technik", "priority": 1, "reasons": ["technical_failure"]}
    assert sorted(items, key=str) == sorted(({"external_id": name, **wanted} for name in failed), key=str)
    decisions = world.decisions()
    reasons = [reason for name in sorted(failed) for reason in decisions[name]["reasons"]]
    assert [decisions[name]["actions"] for name in failed] == [[]] * len(failed)
    return [reason["evidence"] for reason in reasons]


def assert_silent(evidence: list[dict[str, Any]]) -> None:
    """No value of a row: no name, diagnosis, and no date at all."""
    text = str(evidence)
    assert not re.search(r"name\d|M54|19\d\d-|20\d\d-", text, re.IGNORECASE), text


@pytest.mark.parametrize("numbers", [(1,), (17, 18), (50,), (3, 44)])
def test_days_that_the_database_refuses_to_release_again(world: World, numbers: tuple[int, ...]) -> None:
    fill(world)
    world.run(*(CONFLICT.format(number) for number in numbers))
    assert world.work() == {"settled": 50 - len(numbers), "referred": len(numbers)}
    evidence = assert_only_these_failed(world, *numbers)
    refused = {"where": "release_once_per_claim", "what": "die Datenbank lehnt ab (23P01)"}
    assert evidence == [refused] * len(numbers)


def test_what_a_check_constraint_refuses(world: World) -> None:
    fill(world)
    world.run("ALTER TABLE instalment ADD CONSTRAINT small CHECK (amount < 400)")
    world.run("UPDATE contract SET instalment = 450 WHERE number IN ('RS-7', 'RS-8')")
    world.work()
    evidence = assert_only_these_failed(world, 7, 8)
    assert evidence == [{"where": "small", "what": "die Datenbank lehnt ab (23514)"}] * 2
    assert world.broken() == []


def test_what_a_deferred_constraint_refuses_is_found_before_the_commit(world: World) -> None:
    fill(world)
    world.run(
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF NEW.number = 'C-9' THEN RAISE EXCEPTION 'icd %', NEW.icd USING ERRCODE = '23000'; END IF; RETURN NULL;
           END $$""",
        """CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON claim DEFERRABLE INITIALLY DEFERRED
           FOR EACH ROW EXECUTE FUNCTION refuse()""",
    )
    world.work()
    assert_silent(assert_only_these_failed(world, 9))
    assert world.broken() == []


def raiser(error: Exception, *numbers: int) -> Callable[..., None]:
    """The applier of proofs, but it raises where one of these claims is among them."""
    inner = APPLIERS[actions.RecordProof]

    def apply(writing: Any, effects: Any) -> None:
        if {row_of(each).claim.number for each in effects} & {f"C-{number}" for number in numbers}:
            raise error
        inner(writing, effects)

    return apply


FAILURES = [
    KeyError("Nachname5 1975-06-06 M54.5"),
    ZeroDivisionError("Vorname5"),
    TechnicalFailure(where="booking_rules", what="keine Buchungsregel passt"),
]


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_an_applier_that_raises(world: World, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    fill(world)
    monkeypatch.setitem(APPLIERS, actions.RecordProof, raiser(error, 5, 31))
    world.work()
    evidence = assert_only_these_failed(world, 5, 31)
    assert_silent(evidence)
    if isinstance(error, TechnicalFailure):
        assert evidence == [error.evidence] * 2
    else:
        assert type(error).__name__ in str(evidence)
    assert world.broken() == []


@pytest.mark.parametrize("error", [MemoryError(), CommandError("Die Schlüsseldatei fehlt.")], ids=["memory", "command"])
def test_what_no_notice_can_help_stops_the_run_and_all_wait(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    fill(world)
    monkeypatch.setitem(APPLIERS, actions.RecordProof, raiser(error, 5))
    with pytest.raises(type(error)):
        world.work()
    assert set(world.states().values()) == {"waiting"}
    assert world.value("SELECT count(*) FROM work_item") == 0


def test_a_process_that_raises(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a customer's process does wrong reaches no other notice."""
    fill(world)
    propose = PROCESS._propose

    def fail_on_two(sick_note: Any, part: Any, situation: Any, parameters: Any) -> Any:
        if sick_note.contract in ("RS-20", "RS-21"):
            raise ValueError(f"{sick_note.last_name}, born {sick_note.birth_date}")
        return propose(sick_note, part, situation, parameters)

    monkeypatch.setattr(PROCESS, "_propose", fail_on_two)
    world.work()
    evidence = assert_only_these_failed(world, 20, 21)
    assert [each["what"] for each in evidence] == ["unexpected ValueError"] * 2
    assert_silent(evidence)
    assert world.broken() == []


def test_a_sealed_notice_that_somebody_changed(world: World) -> None:
    fill(world)
    world.run("UPDATE notice SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1) WHERE external_id = 'N-30'")
    world.work()
    (evidence,) = assert_only_these_failed(world, 30)
    assert evidence["what"] == "der verschlüsselte Satz ist verändert"
    assert world.broken() == ["sealed_notices"]


def test_a_poison_among_proposals_and_referrals(world: World) -> None:
    """Narrowing down writes every other end again, and each only once."""
    second = case_file(contract("RS-9", [9], claim("C-9", 9), instalment="6000.00"))
    second["tariffs"] = [TARIFF | {"id": "RSV-X", "illness": {**TARIFF["illness"], "monthly_cap": None}}]
    second["contracts"][0]["tariff"] = "RSV-X"
    world.load(household(1), household(2), second)
    world.receive(note(1), note(2), note(3), note(9), note(2, on="RS-2", name="N-4", formally_correct=False))
    world.run(CONFLICT.format(1))
    assert world.work() == {"referred": 3, "settled": 1, "proposed": 1}
    assert world.value("SELECT count(*) FROM work_item") == 4
    assert world.value("SELECT count(*) FROM proposal") == 1
    assert set(world.broken()) == {"released_until", "release_origin"}  # the conflict that the test made


def test_the_reason_of_a_poison_names_its_contract(world: World) -> None:
    world.load(household(1))
    world.receive(note(1))
    world.run(CONFLICT.format(1))
    world.work()
    (reason,) = world.decisions()["N-1"]["reasons"]
    assert (reason["code"], reason["contract"], reason["claim"]) == ("technical_failure", "RS-1", None)
    assert person(1)["last_name"] not in str(reason)
