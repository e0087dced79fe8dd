"""The keys outside the database: rotated between runs, missing, or those of somebody else."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from work_support import TODAY, World, household, note

COMMAND = Path(sys.executable).with_name("dunkelwerk")
#: in infra/keys.py, which is not the runner's


@pytest.fixture
def key_file() -> Path:
    """Where the keys are in this test."""
    return Path(os.environ["DUNKELWERK_HOME"]) / "keys.json"


def sealed(world: World) -> list[Any]:
    """Every row that has to do with keys, and the notices' states."""
    return [
        world.rows(query)
        for query in (
            "SELECT * FROM data_key ORDER BY id",
            "SELECT id, payload, state FROM notice ORDER BY id",
            "SELECT id, payload FROM decision_record ORDER BY id",
            "SELECT * FROM batch",
        )
    ]


def fill(world: World) -> None:
    """One notice decided, one that waits."""
    world.load(household(1), household(2))
    world.receive(note(1))
    world.work()
    world.receive(note(2))


def masters(key_file: Path) -> list[str]:
    """The ids of the keys in the file, the active one last."""
    content = json.loads(key_file.read_text())
    return [*(each for each in content["keys"] if each != content["active"]), content["active"]]


def test_rotated_between_two_runs_old_records_still_open(world: World, run_cli: Any, key_file: Path) -> None:
    fill(world)
    (old,) = masters(key_file)
    listed = run_cli("keys", "list")
    assert (listed.returncode, listed.stdout) == (0, f"{old}  aktiv  1 Datenschlüssel\n")
    before = sealed(world)
    rotated = run_cli("keys", "rotate")
    assert (rotated.returncode, rotated.stderr) == (0, "")
    kept, new = masters(key_file)
    assert kept == old
    assert new in rotated.stdout
    assert {row["master"] for row in world.rows("SELECT master FROM data_key")} == {new}
    assert sealed(world)[1:] == before[1:]
    ended = run_cli("work", "--once", "--on", TODAY)
    assert ended.stdout == "1 Meldung: 1 dunkel erledigt, 0 ausgesteuert\n"
    exported = run_cli("export", "decisions")
    assert [json.loads(line)["notice"] for line in exported.stdout.splitlines()] == ["N-1", "N-2"]
    assert run_cli("check").returncode == 0
    listed = run_cli("keys", "list")
    assert listed.stdout == f"{new}  aktiv  1 Datenschlüssel\n{old}  abgelöst  0 Datenschlüssel\n"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_two_rotations_at_once_lose_no_key(world: World, key_file: Path) -> None:
    fill(world)
    rotating = [subprocess.Popen([COMMAND, "keys", "rotate"], stdout=subprocess.PIPE) for _ in range(3)]
    assert [each.communicate(timeout=240) and each.returncode for each in rotating] == [0, 0, 0]
    assert len(masters(key_file)) == 4
    assert world.broken() == []
    assert world.work() == {"settled": 1}


def test_the_keys_of_somebody_else(world: World, run_cli: Any, key_file: Path) -> None:
    fill(world)
    (old,) = masters(key_file)
    before, other = sealed(world), other_keys(key_file, "k1-00000000")
    for command in (("work", "--once", "--on", TODAY), ("export", "decisions"), ("keys", "rotate")):
        refused = run_cli(*command)
        assert refused.returncode == 1, command
        wanted = f"{key_file}: der Hauptschlüssel {old} fehlt; bitte die richtige Schlüsseldatei verwenden.\n"
        assert refused.stderr.endswith(wanted), command
        assert "Traceback" not in refused.stderr
    listed = run_cli("keys", "list")
    assert listed.returncode == 1
    assert f"{old} fehlt" in listed.stderr
    assert key_file.read_text() == other
    assert sealed(world)[1:] == before[1:]


def test_another_key_by_the_same_name(world: World, run_cli: Any, key_file: Path) -> None:
    fill(world)
    (old,) = masters(key_file)
    before, other = sealed(world), other_keys(key_file, old)
    for command in (("work", "--once", "--on", TODAY), ("keys", "rotate")):
        refused = run_cli(*command)
        expected = f"{key_file}: der Hauptschlüssel {old} passt nicht zu den Daten.\n"
        assert (refused.returncode, refused.stderr) == (1, expected), command
    assert key_file.read_text() == other
    assert sealed(world) == before


def other_keys(key_file: Path, identity: str) -> str:
    """Replace the file by one with another key; its text."""
    text = json.dumps({"active": identity, "keys": {identity: "A" * 43 + "="}})
    key_file.write_text(text)
    return text


def test_a_key_file_that_is_damaged(world: World, run_cli: Any, key_file: Path) -> None:
    fill(world)
    before = sealed(world)
    key_file.write_text(key_file.read_text()[:40])
    for command in (("work", "--once", "--on", TODAY), ("keys", "list"), ("keys", "rotate")):
        refused = run_cli(*command)
        assert refused.returncode == 1
        assert refused.stderr.startswith(f"{key_file}: die Schlüsseldatei ist nicht lesbar"), command
        assert len(refused.stderr.splitlines()) == 1
    assert sealed(world) == before


@pytest.mark.parametrize(
    "command",
    [("keys", "list"), ("keys", "rotate"), ("work", "--once", "--on", TODAY), ("export", "decisions")],
    ids=" ".join,
)
def test_no_key_is_made_for_records_that_have_one(
    world: World, run_cli: Any, key_file: Path, command: tuple[str, ...]
) -> None:
    fill(world)
    before = sealed(world)
    key_file.unlink()
    refused = run_cli(*command)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"{key_file}: die Schlüsseldatei fehlt; bitte aus der Sicherung zurückholen.\n"
    assert not key_file.exists()
    assert sealed(world) == before


def test_the_first_rotation_needs_no_records(world: World, run_cli: Any, key_file: Path) -> None:
    rotated = run_cli("keys", "rotate")
    assert rotated.returncode == 0, rotated.stderr
    assert len(masters(key_file)) == 2
    fill(world)
    assert world.work() == {"settled": 1}


def test_a_foreign_key_file_leaves_nothing_behind(world: World, run_cli: Any, key_file: Path) -> None:
    fill(world)
    before = sealed(world)
    other_keys(key_file, "k1-foreign0")
    refused = run_cli("work", "--once", "--on", TODAY)
    assert refused.returncode == 1
    assert "fehlt" in refused.stderr
    assert sealed(world) == before
