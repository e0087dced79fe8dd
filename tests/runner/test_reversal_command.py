"""Finding decisions, and the commands that reverse them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import typer
from reversal_support import (
    claim_of,
    found,
    propose,
    settled,
    three_months,
)
from work_support import ON, Thing, World, household, note

from dunkelwerk.cli import decisions as command
from dunkelwerk.cli import proposals
from dunkelwerk.infra.errors import CommandError

FINDS: list[tuple[Callable[[Thing], Thing], str]] = [
    (lambda row: {}, "123"),
    (lambda row: {"version": row["rules"]}, "123"),
    (lambda row: {"version": row["rules"][:4]}, "123"),
    (lambda row: {"version": row["parameters"][:6]}, "1"),
    (lambda row: {"version": row["rules"][1:]}, ""),
    (lambda row: {"version": "%"}, ""),
    (lambda row: {"process": "follow_up_sick_note"}, "123"),
    (lambda row: {"process": "other"}, ""),
    (lambda row: {"since": date(2026, 12, 1)}, "23"),
    (lambda row: {"since": date(2026, 12, 2)}, "3"),
    (lambda row: {"until": date(2026, 12, 1)}, "12"),
    (lambda row: {"until": date(2026, 11, 30)}, "1"),
    (lambda row: {"since": date(2026, 12, 1), "until": date(2026, 12, 1)}, "2"),
    (lambda row: {"reason": "above_authority"}, ""),
]


def test_finding_by_version_process_reason_and_days_in_pairs(world: World) -> None:
    decisions = three_months(world)
    world.receive(note(1, name="N-4", formally_correct=False))  # has no effect: never found
    world.work()
    row = world.rows("SELECT rules, parameters FROM decision_record ORDER BY id LIMIT 1")[0]
    world.run(f"UPDATE decision_record SET parameters = 'later' WHERE id > {decisions[0]}")
    for wanted, numbers in FINDS:
        assert [each.id for each in found(world, **wanted(row))] == [decisions[int(n) - 1] for n in numbers]


def test_finding_by_a_reason_that_was_confirmed(world: World) -> None:
    world.load(household(1), household(2))
    world.receive(note(1))
    world.work(authority_limit="300.00")
    from dunkelwerk.runner import second_check
    from dunkelwerk.runner.acting import Person

    assert found(world) == []
    second_check.confirm(1, Person("berg", ON, "geprüft", {"authority_limit": "300.00"}))
    world.receive(note(2))
    world.work()
    (one,) = found(world, reason="above_authority")
    assert (one.external_id, one.mode, one.reasons) == ("N-1", "second_check", ["above_authority"])
    assert len(found(world)) == 2


# The command


def reverse_by_command(*decisions: int, **options: Any) -> None:
    """What a person types."""
    command.reverse(list(decisions), **{"on": "2026-11-02", **options})


def test_the_command_finds_shows_and_proposes(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = three_months(world)
    capsys.readouterr()
    command.find()
    assert "937,50 €" in capsys.readouterr().out.splitlines()[-1]
    command.find(since="2026-12-01", as_json=True)
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [second, third]
    before = world.picture()
    reverse_by_command(second)
    out = capsys.readouterr().out
    for words in ("baut darauf auf", "Rate storniert", "Nichts wurde geändert", "312,50 € storniert"):
        assert words in out
    assert world.picture() == before
    reverse_by_command(second, propose=True, actor="kurz", reason="falsche Tabelle")
    assert "--run" in capsys.readouterr().out.splitlines()[-1]
    assert world.value("SELECT count(*) FROM proposal") == 2
    with pytest.raises(typer.Exit):
        reverse_by_command(first, propose=True, actor="kurz", reason="falsche Tabelle")
    complaints = capsys.readouterr().err
    assert [line.split(":")[0] for line in complaints.splitlines()] == [str(third), str(second), str(first)]


def test_a_run_is_confirmed_in_order(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    first, *_ = three_months(world)
    run = propose(world, first).run
    proposals.confirm(None, run=run, actor="weber", reason="geprüft", on="2026-11-02")
    assert capsys.readouterr().out.count("ist bestätigt und wirksam") == 3
    assert claim_of(world)["released_until"] == "2026-10-30"
    assert found(world) == []


@pytest.mark.parametrize(
    ("call", "sentence", "code"),
    [
        (reverse_by_command, "Bitte sagen, welche Entscheidungen", 2),
        (lambda: reverse_by_command(version=""), "--version: bitte etwas angeben", 2),
        (lambda: reverse_by_command(code=" "), "--reason-code: bitte etwas angeben", 2),
        (lambda: reverse_by_command(since="gestern"), "--since", 2),
        (lambda: reverse_by_command(process="no-such"), "Den Prozess no-such gibt es nicht", 2),
        (lambda: reverse_by_command(1, propose=True), "--actor", 2),
        (lambda: reverse_by_command(1, propose=True, actor="kurz", reason=" "), "in eigenen Worten", 2),
        (lambda: reverse_by_command(99), "Keine wirksame Entscheidung passt dazu", 1),
        (lambda: reverse_by_command(1, 99), "Entscheidung 99 ist nicht wirksam", 1),
    ],
)
def test_wrong_calls_of_the_command(world: World, call: Callable[[], None], sentence: str, code: int) -> None:
    settled(world)
    with pytest.raises(CommandError, match=sentence) as refused:
        call()
    assert refused.value.code == code
    assert world.rows("SELECT FROM proposal") == []
