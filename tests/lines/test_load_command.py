"""``dunkelwerk load``: what the run records, warns of and prints."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Any

import pytest
from load_support import Loader, Thing, case, other_case, write


@pytest.fixture
def loader(tmp_path: Path, django_database: str) -> Loader:
    return Loader(tmp_path, django_database)


def test_the_run_is_recorded_with_actor_and_files(loader: Loader) -> None:
    paths = [write(loader.folder / name, other_case(name)) for name in ("b.jsonl", "a.jsonl")]
    loader.load_files(*paths)
    (run,) = loader.rows("SELECT id, actor, files, finished_at >= started_at AS finished FROM register_load")
    assert (run["actor"], run["files"], run["finished"]) == ("test", [str(path) for path in paths], True)
    assert {row["load"] for row in loader.rows("SELECT load FROM contract")} == {run["id"]}


def test_an_overlap_of_causes_is_loaded_and_reported(loader: Loader) -> None:
    file = case()
    other = case()["contracts"][0]["claims"][0] | {"number": "C-2", "cause": "unemployment", "instalments": []}
    other |= {"benefit_from": "2026-06-30"}
    file["contracts"][0]["claims"].append(other)
    totals = loader.load(file, file)
    assert (totals.refused, totals.overlaps, totals.overlapping) == (0, 1, [("RS-1", "C-1", "C-2")])
    assert loader.value("SELECT count(*) FROM release") == 2


@pytest.mark.parametrize(
    "change",
    [{"benefit_from": "2026-07-01", "released_until": "2026-07-31"}, {"cause": "illness"}, {"person": "P2"}],
    ids=["the day after", "same cause", "other person"],
)
def test_no_overlap(loader: Loader, change: Thing) -> None:
    file = case()
    file["persons"].append(file["persons"][0] | {"id": "P2"})
    other = case()["contracts"][0]["claims"][0] | {"number": "C-2", "cause": "unemployment", "instalments": []}
    file["contracts"][0]["claims"].append(other | change)
    assert loader.load(file).overlaps == 0


def test_the_command(tmp_path: Path, run_cli: Any, database_url: str) -> None:
    good = write(tmp_path / "gut.jsonl", case(), other_case("RS-2", person="P2"))
    done = run_cli("load", good)
    assert (done.returncode, done.stderr) == (0, "")
    expected = (
        "2 Zeilen, 0 Fehler; Verträge: 2 neu, 0 geändert, 0 unverändert; Personen: 2 neu, 0 geändert, 0 unverändert\n"
    )
    assert done.stdout == expected

    file = case()
    claims = file["contracts"][0]["claims"]
    claims.append(claims[0] | {"number": "C-2", "cause": "unemployment", "instalments": []})
    bad = write(tmp_path / "schlecht.jsonl", "{", file)
    done = run_cli("load", bad, "--actor", "Erika M.")
    assert done.returncode == 1
    fault, warning = done.stderr.splitlines()
    assert fault.startswith(f"{bad}, Zeile 1: kein lesbares JSON")
    assert warning.startswith("Warnung: in 1 Fällen")
    assert "RS-1: C-1 und C-2" in warning
    assert done.stdout.startswith("2 Zeilen, 1 Fehler; Verträge: 0 neu, 1 geändert,")
    loader = Loader(tmp_path, database_url)
    actors = [row["actor"] for row in loader.rows("SELECT actor FROM register_load ORDER BY id")]
    assert actors == [getpass.getuser(), "Erika M."]


def test_a_file_name_may_hold_any_bytes(loader: Loader) -> None:
    path = loader.folder / os.fsdecode(b"akt\xe4en.jsonl")
    totals = loader.load_files(write(path, case(), "{"))
    assert (totals.contracts.new, totals.refused) == (1, 1)
    assert loader.value("SELECT load_line FROM contract") == f"{loader.folder}/akt?en.jsonl, Zeile 1"


def test_without_an_actor_nothing_is_loaded(tmp_path: Path, run_cli: Any) -> None:
    done = run_cli("load", write(tmp_path / "gut.jsonl", case()), "--actor", " ")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--actor: bitte 1 bis 100 lesbare Zeichen angeben.\n"
