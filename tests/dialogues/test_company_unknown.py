"""Nothing goes out in the name of a company that the insurer does not list: no type, import, reminder, letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from dialogue_support import TYPE, import_rows, person_row, publish_proof, read_csv, write_csv

INSURER = """
name: Nordlicht Versicherung AG
address: [Hafenstraße 3, 20457 Hamburg]
phone: 040 123456
email: post@nordlicht.example
"""
LISTED = {"listed as itself": "legal_entities: {fund: {}}", "by its name": "legal_entities: {fund: {name: Nord-BKK}}"}
SENTENCE = "die Gesellschaft fund steht nicht in insurer.yaml; dort unter legal_entities eintragen"


@pytest.fixture
def insurer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The insurer's own data, which list no company."""
    own = folder / "insurer"
    own.mkdir()
    (own / "insurer.yaml").write_text(INSURER, "utf-8")
    monkeypatch.setenv("DUNKELWERK_LETTERS", str(own))
    return own / "insurer.yaml"


def count(url: str) -> int:
    """How many dialogues there are."""
    with psycopg.connect(url) as database:
        [found] = database.execute("SELECT count(*) FROM dialogue").fetchone() or [0]
    return int(found)


def test_a_type_of_an_unlisted_company_is_not_published(folder: Path, proof: str, insurer: Path, run_cli: Any) -> None:
    path = folder / "fund.yaml"
    path.write_text(TYPE.read_text("utf-8").replace("name: proof\n", "name: proof\nlegal_entity: fund\n"), "utf-8")
    assert "legal_entity: fund" in path.read_text("utf-8")
    for command in (["check"], ["publish", "--actor", "f.admin"]):
        done = run_cli("types", *command, path)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert SENTENCE in done.stderr
        assert "legal_entity" in done.stderr
    for listed in LISTED.values():
        insurer.write_text(INSURER + listed, "utf-8")
        assert run_cli("types", "check", path).returncode == 0


@pytest.mark.parametrize("listed", LISTED.values(), ids=list(LISTED))
def test_an_import_is_refused_as_a_whole_until_the_company_is_listed(
    folder: Path, proof: str, insurer: Path, run_cli: Any, listed: str
) -> None:
    insurer.write_text(INSURER + listed, "utf-8")
    publish_proof(legal_entity="fund")
    insurer.write_text(INSURER, "utf-8")
    persons = write_csv(folder / "persons.csv", [person_row(1), person_row(2)])
    order = ["dialogues", "import", "proof", persons, "--pins-out", folder / "out.csv"]
    done = run_cli(*order)
    assert done.returncode == 1
    assert SENTENCE in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (folder / "out.csv").exists()
    assert count(proof) == 0
    insurer.write_text(INSURER + listed, "utf-8")
    done = run_cli(*order)
    assert done.returncode == 0, done.stderr
    assert len(read_csv(folder / "out.csv")) == count(proof) == 2


def test_a_letter_is_not_printed_and_a_reminder_kills_no_pin(
    folder: Path, proof: str, insurer: Path, run_cli: Any
) -> None:
    insurer.write_text(INSURER + LISTED["by its name"], "utf-8")
    publish_proof(legal_entity="fund", reminder_days=14)
    import_rows(folder, [person_row(1)])
    insurer.write_text(INSURER, "utf-8")
    before = secrets_of(proof)
    printed = run_cli("dialogues", "letters", folder / "out.csv", "--out", folder / "letters")
    assert printed.returncode == 1
    assert SENTENCE in printed.stderr
    assert list((folder / "letters").glob("*.pdf")) == []
    reminder = ["dialogues", "remind", "proof", "--pins-out", folder / "again.csv"]
    reminded = run_cli(*reminder, DUNKELWERK_TODAY="2026-12-10")
    assert reminded.returncode == 1
    assert SENTENCE in reminded.stderr
    assert not (folder / "again.csv").exists()
    assert secrets_of(proof) == before
    insurer.write_text(INSURER + LISTED["by its name"], "utf-8")
    assert run_cli("dialogues", "letters", folder / "out.csv", "--out", folder / "letters").returncode == 0
    assert len(list((folder / "letters").glob("*.pdf"))) == 1


def secrets_of(url: str) -> list[tuple[Any, ...]]:
    """What makes a PIN good."""
    with psycopg.connect(url) as database:
        return database.execute("SELECT selector, pin_hash, reminded_at FROM dialogue ORDER BY id").fetchall()
