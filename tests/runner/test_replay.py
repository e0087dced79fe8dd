"""Stored cases decided again: the same under the same version, exactly the right changes under another."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from replay_support import mail, make, outcomes, portfolio, replayed, tamper
from work_support import ON, Thing, World, household, note, write_lines

from dunkelwerk.runner.offline import Task, decide_files
from dunkelwerk.runner.replay_tally import Tally


@pytest.fixture
def worked(world: World) -> World:
    """The portfolio with all notes decided under the product's parameters."""
    return make(world)


def decide(world: World, parameters: dict[str, Any]) -> dict[str, Thing]:
    """What ``dunkelwerk decide`` says to the same files."""
    cases = write_lines(world.folder / "c", portfolio())
    notices = write_lines(world.folder / "n", mail())
    task = Task("follow_up_sick_note", cases, notices, parameters, ON)
    return {one["notice"]: one for chunk in decide_files(task) for one in map(json.loads, chunk.lines)}


def essence(decision: Thing) -> tuple[Any, ...]:
    reasons = [(each["code"], each["claim"], each["evidence"]) for each in decision["reasons"]]
    return decision["outcome"], reasons, decision["actions"], decision["referred"]


def test_the_same_version_gives_the_same_decisions(worked: World) -> None:
    tally = replayed(worked)
    assert (tally.decisions, tally.verified, tally.changed, tally.not_reproducible) == (8, 8, 0, 0)
    assert {group: cell.count for group, cell in tally.cells.items()} == {
        ("apply", "apply"): 3,
        ("second_check", "second_check"): 1,
        ("refer", "refer"): 4,
    }
    assert (tally.cases, tally.broken, tally.skipped.total()) == ([], [], 0)


UNIDENTIFIED = ("contract_unknown", "person_not_insured", "technical_failure")


def test_what_could_not_be_identified_is_the_same_again(world: World) -> None:
    """No case file; nobody of that name; a claim that lacks what must be there."""
    world.load(household(1), household(2, proven_until=None))
    world.receive(note(1, on="RS-404", name="unknown"), note(1, name="nobody", last_name="X"), note(2))
    world.work()
    assert [*world.reasons().values()] == [[code] for code in UNIDENTIFIED]
    tally = replayed(world)
    assert (tally.decisions, tally.verified, tally.not_reproducible) == (3, 3, 0)


@pytest.mark.parametrize(
    "parameters",
    [
        {"gap_tolerance": 1},
        {"gap_tolerance": 2},
        {"authority_limit": "999.99"},
        {"authority_limit": "1000.00"},
        {"isolation": "per_claim"},
        {"dispositions": {"formally_defective": "ignore"}, "isolation": "per_claim"},
        {"mode": "second_check"},
    ],
    ids=str,
)
def test_changes_are_those_that_decide_shows(worked: World, parameters: dict[str, Any]) -> None:
    before, after = decide(worked, {}), decide(worked, parameters)
    changed = {name for name in before if essence(before[name]) != essence(after[name])}
    tally = replayed(worked, overrides=parameters)
    assert outcomes(tally.cases) == {name: (before[name]["outcome"], after[name]["outcome"]) for name in changed}
    assert tally.changed == len(changed)
    assert sum(cell.count for cell in tally.cells.values()) == len(before)
    for case in tally.cases:
        for side, decision in ((case.before, before[case.notice or ""]), (case.after, after[case.notice or ""])):
            assert side is not None
            assert side.actions == decision["actions"]
            assert side.referred == decision["referred"]
            assert [(each.code, each.claim) for each in side.reasons] == [
                (each["code"], each["claim"]) for each in decision["reasons"]
            ]


def test_euros_before_and_after(worked: World) -> None:
    """The instalment of 1,000 goes from dark to a proposal; the four of 2,400 were one before."""
    tally = replayed(worked, overrides={"authority_limit": "999.99"})
    dark, second = ("apply", "partial"), ("second_check",)
    assert tally.euros(before=True, outcomes=dark) == {"release_instalment": Decimal("1625.00")}
    assert tally.euros(before=False, outcomes=dark) == {"release_instalment": Decimal("625.00")}
    assert tally.euros(before=True, outcomes=second) == {"release_instalment": Decimal("9600.00")}
    assert tally.euros(before=False, outcomes=second) == {"release_instalment": Decimal("10600.00")}
    assert (tally.appeared, tally.gone, tally.differing) == ({"above_authority": 1}, {}, {"above_authority": 1})


def test_a_value_that_starts_later_changes_nothing_before(worked: World) -> None:
    for start, changed in ((ON, 2), (date(2026, 11, 3), 0)):
        dated = {"gap_tolerance": {date(2000, 1, 1): 0, start: 2}}
        assert len(replayed(worked, overrides=dated).cases) == changed, start


def test_reasons_that_go(worked: World) -> None:
    tally = replayed(worked, overrides={"gap_tolerance": 5})
    assert (tally.gone, tally.appeared) == ({"proof_gap": 2}, {})
    treated = replayed(worked, overrides={"isolation": "per_claim", "dispositions": {"contract_not_active": "ignore"}})
    assert treated.treated["contract_not_active"] == 1


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2026-11-02", None, {"N-1", "N-2"}),
        ("2026-11-03", None, {"N-2"}),
        ("2026-11-04", None, set()),
        (None, "2026-11-03", {"N-1", "N-2"}),
        (None, "2026-11-02", {"N-1"}),
        (None, "2026-11-01", set()),
    ],
)
def test_business_days(world: World, since: str | None, until: str | None, found: set[str]) -> None:
    world.load(household(1), household(2))
    for number, on in ((1, "2026-11-02"), (2, "2026-11-03")):
        world.receive(note(number))
        world.work(on=on)
    days = {name: date.fromisoformat(text) for name, text in (("since", since), ("until", until)) if text}
    tally = replayed(world, overrides={"mode": "second_check"}, **days)
    assert set(outcomes(tally.cases)) == found


def test_another_process_alone(worked: World) -> None:
    assert replayed(worked, process="follow_up_sick_note").decisions == 8
    assert replayed(worked, process="death_notice").decisions == 0


# What is not reproducible


def altered(content: Thing) -> None:
    content["decision"]["actions"][2]["amount"] = "999.99"


def reworded(content: Thing) -> None:
    content["decision"]["trace"][1]["facts"]["proven_until"] = "2026-10-31"


@pytest.mark.parametrize("change", [altered, reworded])
def test_another_decision_under_the_same_version_is_not_reproducible(worked: World, change: Any) -> None:
    identity = tamper(worked, "N-1", change)
    tally = replayed(worked)
    assert (tally.not_reproducible, tally.verified) == (1, 7)
    (case,) = tally.broken
    assert (case.decision, case.notice, case.contract) == (identity, "N-1", "RS-1")
    assert case.fault == "Dieselbe Eingabe gibt unter derselben Version eine andere Entscheidung."


@pytest.mark.parametrize(
    "column",
    ["outcome = 'refer'", "reasons = '{proof_gap}'", "released = 0"],
)
@pytest.mark.parametrize("parameters", [{}, {"report_months": 7}], ids=str)
def test_a_row_that_says_other_than_its_sealed_record(worked: World, column: str, parameters: Any) -> None:
    """The open columns are not sealed: figures and lists are made of them."""
    worked.run(f"UPDATE decision_record d SET {column} FROM notice n WHERE n.id = d.notice AND n.external_id = 'N-1'")
    expected = 0 if parameters and "released" in column else 1  # the sum is known to the same rules alone
    assert replayed(worked, overrides=parameters).not_reproducible == expected


def test_a_record_that_does_not_open_stops_nobody_else(worked: World) -> None:
    worked.run(
        "UPDATE decision_record d SET payload = d.payload || '\\x00' FROM notice n"
        " WHERE n.id = d.notice AND n.external_id = 'N-2'"
    )
    tally = replayed(worked)
    assert (tally.not_reproducible, tally.verified) == (1, 7)
    assert [case.fault for case in tally.broken] == ["Der gespeicherte Satz lässt sich nicht öffnen."]


def test_other_rules_are_no_fault(worked: World) -> None:
    """A decision of other rules need not be the same; the report says how many there are."""

    def older(content: Thing) -> None:
        content["decision"]["versions"]["rules"] = content["versions"]["rules"] = "0123456789ab"
        altered(content)

    tamper(worked, "N-1", older, columns=", rules = '0123456789ab'")
    tally = replayed(worked)
    assert (tally.not_reproducible, tally.verified, tally.changed) == (0, 7, 1)
    assert {rules: n for (_p, rules, _v), n in tally.versions.items()}["0123456789ab"] == 1


@pytest.mark.parametrize("at_writing", [True, False])
def test_a_failure_at_writing_is_not_compared(worked: World, at_writing: bool) -> None:
    """The database refused what was decided: the input does not tell. A failure at deciding must come again."""
    failure = {"code": "technical_failure", "contract": "RS-1", "claim": None, "scope": "person", "text": "x"}

    def failed(content: Thing) -> None:
        reasons = [{**failure, "evidence": {"where": "x", "what": "y"}, "disposition": "refer"}]
        content["decision"] |= {"outcome": "refer", "reasons": reasons, "actions": [], "trace": []}
        if at_writing:
            content["failed_at_writing"] = True

    tamper(worked, "N-1", failed, columns=", outcome = 'refer', reasons = '{technical_failure}', released = 0")
    tally = replayed(worked)
    assert (tally.skipped, tally.not_reproducible) == (({"technical_failure": 1}, 0) if at_writing else ({}, 1))
    assert tally.verified == 7


# Modes, persons, several decisions on one notice


def test_a_second_check_stays_one(world: World) -> None:
    make(world, mode="second_check")
    tally = replayed(world)
    assert (tally.verified, tally.changed, tally.not_reproducible) == (8, 0, 0)
    dark = replayed(world, mode="dark")
    assert (dark.verified, dark.not_reproducible) == (0, 0)
    assert set(outcomes(dark.cases).values()) == {("second_check", "apply")}


@pytest.mark.parametrize("column", ["actor = 'anna'", "reverses = 1", "kind = 'manual'", "mode = 'clerk'"])
def test_what_a_person_decided_is_left_alone(worked: World, column: str) -> None:
    worked.run(f"UPDATE decision_record d SET {column} FROM notice n WHERE n.id = d.notice AND n.external_id = 'N-1'")
    assert replayed(worked).decisions == 7


def test_euros_count_once_per_notice(worked: World) -> None:
    """A second decision on N-1: both are decided again, only the last one's euros count."""
    columns = ", ".join(row["column_name"] for row in worked.rows(COLUMNS) if row["column_name"] != "id")
    first = tamper(worked, "N-1", lambda content: None)
    worked.run(f"INSERT INTO decision_record ({columns}) SELECT {columns} FROM decision_record WHERE id = {first}")
    twin = worked.value("SELECT max(id) FROM decision_record")
    tamper_twin(worked, first, twin)
    tally = replayed(worked)
    assert (tally.decisions, tally.verified, tally.earlier) == (9, 9, 1)
    assert tally.cells["apply", "apply"].count == 4
    assert tally.cells["apply", "apply"].before == {"release_instalment": Decimal("1625.00")}


COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'decision_record'"


def tamper_twin(world: World, first: int, twin: int) -> None:
    """Seal a copied record for its own id."""
    from django.db import connection

    from dunkelwerk.infra.keys import Vault

    with connection.cursor() as cursor:
        vault = Vault(cursor, on=ON)
        cursor.execute("SELECT data_key, payload FROM decision_record WHERE id = %s", (first,))
        key, payload = cursor.fetchone()
        vault.prepare(cursor, {key})
    sealed = vault.seal(vault.open(bytes(payload), key=key, about=f"decision:{first}"), about=f"decision:{twin}")
    with world.connect() as session:
        session.execute(b"UPDATE decision_record SET payload = %s WHERE id = %s", (sealed, twin))


def test_a_joined_notice_is_decided_again_without_its_euros(world: World) -> None:
    world.load(household(1))
    world.receive(note(1, name="first"))
    world.work(mode="second_check")
    world.receive(note(1, name="second", incapacity_until="2026-12-31"))
    world.work(mode="second_check")
    assert world.states() == {"first": "proposed", "second": "joined"}
    tally = replayed(world)
    assert (tally.decisions, tally.verified, tally.earlier) == (2, 2, 1)
    assert tally.cells["second_check", "second_check"].before == {"release_instalment": Decimal("312.50")}


# Bounds


def test_merging_keeps_the_first_of_each_group_and_counts_all(worked: World) -> None:
    full = replayed(worked, overrides={"mode": "second_check"})
    few = replayed(worked, overrides={"mode": "second_check"}, keep=1)
    assert (len(full.cases), full.changed) == (3, 3)
    assert (few.cases, few.changed) == (full.cases[:1], 3)
    twice = Tally()
    twice.merge(full, keep=4)
    twice.merge(full, keep=4)
    assert [case.decision for case in twice.cases] == [*(case.decision for case in full.cases), full.cases[0].decision]
    assert twice.cells["apply", "second_check"].count == 6
    assert full.cells["apply", "second_check"].count == 3


@pytest.mark.parametrize("overrides", [{"authority_limit": "100.00"}, {"mode": "second_check"}], ids=str)
def test_a_confirmed_proposal_counts_once(world: World, overrides: dict[str, Any]) -> None:
    """The record of the examiner's word is left out, the proposal is decided again; so is one that became stale."""
    world.load(household(1), household(2))
    world.receive(note(1), note(2))
    world.work(**overrides)
    from dunkelwerk.runner import second_check
    from dunkelwerk.runner.acting import Person

    examiner = Person("anna", ON, overrides=overrides)
    first, second = (row["id"] for row in world.rows("SELECT id FROM proposal ORDER BY id"))
    assert second_check.confirm(first, examiner).state == "confirmed"
    world.run("UPDATE contract SET instalment = 400 WHERE number = 'RS-2'")
    assert second_check.confirm(second, examiner).state == "stale"
    tally = replayed(world, overrides=overrides)
    assert (tally.decisions, tally.verified, tally.earlier, tally.not_reproducible) == (3, 3, 1, 0)
    assert tally.cells["second_check", "second_check"].before == {"release_instalment": Decimal("712.50")}
