"""``dunkelwerk load``: lines of one run that disagree about the same person, tariff or contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from load_support import Loader, Thing, case, claim_of, other_case, write


@pytest.fixture
def loader(tmp_path: Path, django_database: str) -> Loader:
    return Loader(tmp_path, django_database)


def other_person(file: Thing) -> None:
    file["persons"][0]["city"] = "Bonn"


def other_tariff(file: Thing) -> None:
    file["tariffs"][0]["illness"]["max_months"] = 12


def other_contract(file: Thing) -> None:
    file["contracts"].append(case()["contracts"][0] | {"due_day": 14})


def other_claim(file: Thing) -> None:
    changed = case()
    claim_of(changed)["icd"] = []
    file["contracts"].append(changed["contracts"][0])


DISAGREEMENTS: dict[str, tuple[Any, str]] = {
    "person": (other_person, "persons: die Person P1 steht anders in"),
    "tariff": (other_tariff, "tariffs: der Tarif RSV-2021 steht anders in"),
    "contract": (other_contract, "contracts: der Vertrag RS-1 steht anders in"),
    "claim": (other_claim, "contracts: der Vertrag RS-1 steht anders in"),
}


@pytest.mark.parametrize("known", [False, True], ids=["new", "known already"])
@pytest.mark.parametrize("name", DISAGREEMENTS)
def test_the_later_line_is_refused_and_names_both_places(loader: Loader, name: str, known: bool) -> None:
    """Also where the first line says nothing new: the second must not pass for an update."""
    change, expected = DISAGREEMENTS[name]
    if known:
        loader.load(case())
    later = other_case("RS-2")
    change(later)
    sentence = loader.refuse(case(), other_case("RS-3"), later)
    path = loader.folder / "akten.jsonl"
    assert sentence.startswith(f"{path}, Zeile 3, ")
    assert f"{expected} {path}, Zeile 1; bitte angleichen" in sentence
    assert [row["number"] for row in loader.rows("SELECT number FROM contract ORDER BY id")] == ["RS-1", "RS-3"]
    assert loader.value("SELECT due_day FROM contract WHERE number = 'RS-1'") == 15


def test_in_two_files(loader: Loader) -> None:
    later = other_case("RS-2")
    other_person(later)
    one, two = write(loader.folder / "eins.jsonl", case()), write(loader.folder / "zwei.jsonl", later)
    assert loader.load_files(one, two).refused == 1
    assert loader.sentences[0].startswith(f"{two}, Zeile 1, persons: die Person P1 steht anders in {one}, Zeile 1;")


def test_across_batches(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dunkelwerk.lines.credit_protection.intake.loading.BATCH_LINES", 2)
    later = other_case("RS-9")
    other_tariff(later)
    sentence = loader.refuse(*(other_case(f"RS-{number}") for number in range(1, 8)), later)
    assert "Zeile 8, tariffs: der Tarif RSV-2021 steht anders in" in sentence
    assert "Zeile 1; bitte" in sentence
    assert loader.value("SELECT max_months FROM cover WHERE cause = 'illness'") == 24


def test_a_refused_line_is_no_standard_for_later_ones(loader: Loader) -> None:
    bad = case()
    other_person(bad)
    bad["contracts"][0]["payee"]["iban"] = "DE00"
    older = case()
    other_tariff(older)
    claim_of(older)["proven_until"] = None
    loader.load(case())
    totals = loader.load(bad, older, other_case("RS-2"))
    assert (totals.refused, totals.contracts.new) == (2, 1), loader.sentences


def test_the_same_contract_in_several_lines_counts_once(loader: Loader) -> None:
    first, second = case(), other_case("RS-2")
    first["contracts"].append(second["contracts"][0])
    second["contracts"].append(first["contracts"][0])
    totals = loader.load(first, second)
    assert (totals.refused, totals.contracts.new, totals.persons.new) == (0, 2, 1)
    assert loader.value("SELECT count(*) FROM claim") == 1
    totals = loader.load(second, first)
    assert (totals.contracts.unchanged, totals.contracts.changed, totals.persons.unchanged) == (2, 0, 1)


def test_in_another_run_the_same_difference_is_an_update(loader: Loader) -> None:
    loader.load(case())
    later = other_case("RS-2")
    for change in (other_person, other_tariff, other_contract):
        change(later)
    totals = loader.load(later)
    assert (totals.refused, totals.persons.changed, totals.contracts.changed) == (0, 1, 1), loader.sentences
