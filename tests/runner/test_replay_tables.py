"""Own tables in ``decide``, ``work`` and ``replay``: in worker processes too; refused before anything is decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from work_support import TODAY, World, household, note, write_lines

OWN = "first,in chapter text,out days integer\n1,M,7\n2,-,9\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """M: 7 days, where ours has 35."""
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "extension_days.csv").write_text(OWN, "utf-8")
    return folder


def files(folder: Path) -> tuple[Path, Path]:
    cases = write_lines(folder / "cases", [household(number) for number in range(1, 4)])
    return cases, write_lines(folder / "notes", [note(number) for number in range(1, 4)])


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("by", ["option", "environment"])
def test_decide(run_cli: Any, tmp_path: Path, own: Path, workers: int, by: str) -> None:
    cases, notes = files(tmp_path)
    command = ["decide", "follow-up-sick-note", "--case-files", cases, "--notices", notes, "--workers", workers]
    option, environment = (["--tables", own], {}) if by == "option" else ([], {"DUNKELWERK_TABLES": str(own)})
    found = {}
    for name, done in (
        ("ours", run_cli(*command, DUNKELWERK_TODAY=TODAY)),
        ("own", run_cli(*command, *option, DUNKELWERK_TODAY=TODAY, **environment)),
    ):
        assert done.returncode == 0, done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        found[name] = {(line["actions"][1]["until"], line["versions"]["rules"]) for line in lines}
    ((ours, ours_rules),), ((until, rules),) = found["ours"], found["own"]
    assert (ours, until) == ("2026-11-30", "2026-11-06")
    assert rules != ours_rules


@pytest.mark.parametrize("command", ["decide", "work", "replay"])
def test_an_unknown_table_is_one_sentence_before_anything_is_decided(
    world: World, run_cli: Any, tmp_path: Path, own: Path, command: str
) -> None:
    (own / "tea.csv").write_text(OWN, "utf-8")
    world.load(household(1))
    world.receive(note(1))
    cases, notes = files(tmp_path)
    more = {"decide": ["follow-up-sick-note", "--case-files", cases, "--notices", notes], "work": ["--once"]}
    done = run_cli(command, *more.get(command, []), "--tables", own, DUNKELWERK_TODAY=TODAY)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{own / 'tea.csv'}: keine Tabelle dieses Namens" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert world.states() == {"N-1": "waiting"}


@pytest.mark.parametrize("workers", [1, 2])
def test_worked_and_replayed(world: World, run_cli: Any, own: Path, workers: int) -> None:
    """Decided by own tables: the same by them again; by ours the report shows the difference."""
    world.load(*(household(number) for number in range(1, 4)))
    world.receive(*(note(number) for number in range(1, 4)))
    done = run_cli("work", "--once", "--workers", workers, "--tables", own, DUNKELWERK_TODAY=TODAY)
    assert done.returncode == 0, done.stderr
    assert {str(row["released_until"]) for row in world.rows("SELECT released_until FROM claim")} == {"2026-11-06"}
    again = run_cli("replay", "--workers", workers, "--tables", own, DUNKELWERK_TODAY=TODAY)
    assert "Nachvollziehbar: 3" in again.stdout
    assert "Eigene Tabellen: " in again.stdout
    assert "follow_up_sick_note/extension_days" in again.stdout
    ours = run_cli("replay", "--workers", workers, DUNKELWERK_TODAY=TODAY)
    assert ours.returncode == 0
    assert "3 gingen anders aus, 0 blieben gleich" in ours.stdout
    assert "andere Regeln" in ours.stdout
    assert "0,00 € → 312,50 €" in ours.stdout
