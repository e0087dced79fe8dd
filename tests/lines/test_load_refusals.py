"""``dunkelwerk load``: every bad line gets one sentence with its place and no personal value; the others are loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from load_support import CLAIM, Loader, Thing, case, claim_of, other_case, write

from progress_lines import without_progress

Change = Callable[[Thing], Any]
LONG = "x" * 61
INSTALMENT = {"due": "2026-04-15", "amount": "312.50", "status": "paid"}


@pytest.fixture
def loader(tmp_path: Path, django_database: str) -> Loader:
    return Loader(tmp_path, django_database)


def with_claim(**changes: Any) -> Change:
    return lambda file: claim_of(file).update(changes)


def with_contract(**changes: Any) -> Change:
    return lambda file: file["contracts"][0].update(changes)


def with_person(**changes: Any) -> Change:
    return lambda file: file["persons"][0].update(changes)


def with_iban(iban: str) -> Change:
    return lambda file: file["contracts"][0]["payee"].update(iban=iban)


BAD: dict[str, tuple[Change, str]] = {
    "no persons": (lambda file: file.pop("persons"), "das Pflichtfeld persons fehlt"),
    "date": (with_contract(start="2024-02-30"), "contracts[0].start: kein gültiges Datum"),
    "status": (with_claim(status="offen"), "contracts[0].claims[0].status: kein erlaubter Wert"),
    "amount": (with_contract(instalment="0.00"), "die Rate muss größer als null sein"),
    "three decimals": (with_contract(recourse_open="0.001"), "höchstens zwei Nachkommastellen"),
    "birth date": (with_person(birth_date="29.02.1980"), "persons[0].birth_date: kein gültiges Datum"),
    "tariff unknown": (with_contract(tariff="RSV-1999"), "RS-1: der Tarif steht nicht in der Akte"),
    "insured unknown": (with_contract(insured=["P9"]), "RS-1: versicherte Person fehlt in der Akte"),
    "claimant unknown": (with_claim(person="P9"), "RS-1: Person eines Leistungsfalls fehlt"),
    "person twice": (lambda file: file["persons"].append(file["persons"][0]), "persons: eine Kennung steht doppelt"),
    "contract twice": (
        lambda file: file["contracts"].append(case()["contracts"][0]),
        "contracts: eine Kennung steht doppelt",
    ),
    "claim twice": (
        with_contract(claims=[CLAIM, CLAIM]),
        "contracts[0].claims: der Leistungsfall C-1 steht doppelt im Vertrag RS-1",
    ),
    "insured twice": (with_contract(insured=["P1", "P1"]), "contracts[0].insured: die Person P1 steht doppelt"),
    "instalment twice": (
        with_claim(instalments=[INSTALMENT | {"id": "I-1"}] * 2),
        "contracts[0].claims[0].instalments: die Rate I-1 steht doppelt",
    ),
    "replaces nothing": (
        with_claim(instalments=[INSTALMENT | {"id": "I-1"}, INSTALMENT | {"replaces": "I-9"}]),
        "contracts[0].claims[0].instalments[1].replaces: verweist auf keine andere Rate des Leistungsfalls C-1",
    ),
    "replaces itself": (with_claim(instalments=[INSTALMENT | {"id": "I-1", "replaces": "I-1"}]), "[0].replaces:"),
    "German IBAN": (with_iban("DE02120300000000202052"), "contracts[0].payee.iban: keine gültige IBAN"),
    "short IBAN": (with_iban("DE0212030000000020205"), "contracts[0].payee.iban: keine gültige IBAN"),
    "foreign IBAN": (with_iban("NL91ABNA0417164301"), "contracts[0].payee.iban: keine gültige IBAN"),
    "empty IBAN": (with_iban(""), "contracts[0].payee.iban: keine gültige IBAN"),
    "born after the start": (with_contract(start="1980-02-28"), "contracts[0].start: liegt vor der Geburt"),
    "born after the onset": (with_claim(onset="1980-02-28"), "claims[0].onset: liegt vor der Geburt der Person P1"),
    "died before birth": (with_person(deceased_on="1980-02-28"), "persons[0].deceased_on: liegt vor der Geburt"),
    "long number": (with_contract(number=LONG), "contracts[0].number: eine Kennung hat höchstens 60 Zeichen"),
    "blank number": (with_claim(number=" "), "contracts[0].claims[0].number: eine Kennung braucht lesbare Zeichen"),
    "number with a line break": (with_contract(number="RS\n1"), "contracts[0].number: eine Kennung braucht"),
    "long tariff": (lambda file: file["tariffs"][0].update(id=LONG), "tariffs[0].id: eine Kennung hat höchstens 60"),
    "long company": (
        lambda file: file["tariffs"][0]["death"].update(legal_entity="x" * 41),
        "tariffs[0].death.legal_entity: höchstens 40 Zeichen",
    ),
    "power of ten": (with_contract(instalment="3e2"), "contracts[0].instalment: kein gültiger Betrag"),
    "underscore": (with_contract(recourse_open="1_000.00"), "contracts[0].recourse_open: kein gültiger Betrag"),
    "NUL in a text": (with_person(city="K\x00ln"), "ein Text enthält ein Nullzeichen"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_refused_whole_and_the_others_are_loaded(loader: Loader, name: str) -> None:
    change, expected = BAD[name]
    file = case()
    file["contracts"].append(other_case("RS-9")["contracts"][0])
    change(file)
    sentence = loader.refuse(other_case("RS-2", person="P2"), file, other_case("RS-3", person="P3"))
    assert sentence.startswith(f"{loader.folder / 'akten.jsonl'}, Zeile 2")
    assert expected in sentence
    assert sentence.endswith("; bitte berichtigen und die Datei noch einmal laden.")
    assert [row["number"] for row in loader.rows("SELECT number FROM contract ORDER BY id")] == ["RS-2", "RS-3"]
    assert [row["key"] for row in loader.rows("SELECT key FROM person ORDER BY id")] == ["P2", "P3"]


GOOD: dict[str, Change] = {
    "number of 60 characters": with_contract(number="x" * 60),
    "company of 40 characters": lambda file: file["tariffs"][0]["death"].update(legal_entity="x" * 40),
    "born on the day of the start": lambda file: (
        file["contracts"][0].update(start="1980-02-29"),
        claim_of(file).update(onset="1980-02-29"),
        file["persons"][0].update(deceased_on="1980-02-29"),
    ),
    "foreign IBAN": with_iban("NL91ABNA0417164300"),
    "IBAN with blanks": with_iban("DE02 1203 0000 0000 2020 51"),
    "no IBAN": lambda file: file["contracts"][0]["payee"].pop("iban"),
    "backslash u0000": with_person(city="K\\u0000ln"),
    "texts with tabs, quotes and breaks": with_person(city='K\töl\nn\\N "x" ☺', street="\\.", salutation=""),
    "claimant not insured": lambda file: file["contracts"][0].update(insured=[]),
    "released before benefit begins": with_claim(released_until="2026-04-12"),
    "no contracts": lambda file: file.update(contracts=[]),
    "the last day there is": with_claim(released_until="9999-12-31"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_looks_odd_but_is_right_is_loaded(loader: Loader, name: str) -> None:
    file = case()
    GOOD[name](file)
    assert loader.load(file).refused == 0, loader.sentences
    assert loader.rows("SELECT city, street FROM person") == [
        {"city": file["persons"][0]["city"], "street": file["persons"][0]["street"]}
    ]
    assert loader.load(file).refused == 0, "and again"


UNREADABLE = {
    "no JSON": (b"nope", "kein lesbares JSON"),
    "cut": (json.dumps(case()).encode()[:300], "kein lesbares JSON ("),
    "a list": (b"[]", "erwartet Objekt, gefunden Liste"),
    "no UTF-8": (b'{"key": "\xe4"}', "kein UTF-8"),
    "deep": (b'{"x":' + b"[" * 100_000, "zu tief verschachtelt"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_line_that_is_no_case_file(loader: Loader, name: str) -> None:
    text, expected = UNREADABLE[name]
    path = loader.folder / "akten.jsonl"
    path.write_bytes(json.dumps(other_case("RS-2")).encode() + b"\n\n" + text + b"\n" + json.dumps(case()).encode())
    totals = loader.load_files(path)
    (sentence,) = loader.sentences
    assert sentence.startswith(f"{path}, Zeile 3: ")
    assert expected in sentence
    assert (totals.lines, totals.refused, totals.contracts.new) == (3, 1, 2)


def test_an_empty_file_is_refused_and_the_others_are_loaded(loader: Loader) -> None:
    empty, blank = loader.folder / "leer.jsonl", loader.folder / "zeilen.jsonl"
    empty.write_bytes(b"")
    blank.write_bytes(b"\n \n")
    totals = loader.load_files(empty, write(loader.folder / "gut.jsonl", case()), blank)
    assert loader.sentences == [f"{empty}: die Datei ist leer.", f"{blank}: die Datei ist leer."]
    assert (totals.lines, totals.refused, totals.contracts.new) == (1, 2, 1)


def test_a_line_of_200_mb_is_refused_in_bounded_memory(tmp_path: Path, database_url: str) -> None:
    path = tmp_path / "riesig.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"key": "')
        for _ in range(200):
            stream.write(b"x" * 1024 * 1024)
        stream.write(b'"}\n' + json.dumps(case()).encode() + b"\n")
    code = (
        "import resource, sys; limit = 600 * 2**20; resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)); "
        "from dunkelwerk.cli import main; sys.argv = ['dunkelwerk', 'load', sys.argv[1]]; main()"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=240)
    said = without_progress(done.stderr)
    assert said.startswith(f"{path}, Zeile 1: die Zeile ist länger als 16 MiB; bitte berichtigen"), said
    assert (done.returncode, done.stdout[:18]) == (1, "2 Zeilen, 1 Fehler")


def test_what_is_no_file_is_wrong_usage_and_nothing_is_loaded(tmp_path: Path, run_cli: Any, database_url: str) -> None:
    good, missing = write(tmp_path / "gut.jsonl", case()), tmp_path / "fehlt.jsonl"
    done = run_cli("load", good, missing, tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"{missing}: diese Datei gibt es nicht.",
        f"{tmp_path}: das ist ein Verzeichnis, keine Datei.",
    ]
    assert Loader(tmp_path, database_url).value("SELECT count(*) FROM register_load") == 0
    assert run_cli("load").returncode == 2
    assert run_cli("load", good, "--actor", "x" * 101).returncode == 2


def test_many_bad_lines_are_told_in_the_order_of_the_file(loader: Loader) -> None:
    lines: list[Thing | str] = []
    for number in range(1, 41):
        lines.append("{" if number % 3 == 0 else other_case(f"RS-{number}", person=f"P{number}"))
        if number % 5 == 0 and number % 3:
            lines[-1]["contracts"][0]["tariff"] = "X"  # type: ignore[index]
    totals = loader.load(*lines)
    told = [int(sentence.split(", Zeile ")[1].split(":")[0].split(",")[0]) for sentence in loader.sentences]
    assert told == [number for number in range(1, 41) if number % 3 == 0 or number % 5 == 0]
    assert totals.contracts.new == 40 - len(told)


def test_a_line_that_only_the_database_refuses_is_found(loader: Loader) -> None:
    """Whatever no check foresaw: the rule's name stands in the sentence, and the other lines are loaded."""
    loader.run("ALTER TABLE person ADD CONSTRAINT no_p5 CHECK (key <> 'P5')")
    sentence = loader.refuse(*(other_case(f"RS-{number}", person=f"P{number}") for number in range(1, 10)))
    assert ", Zeile 5: die Datenbank nimmt die Zeile nicht an (Regel no_p5); bitte berichtigen" in sentence
    assert loader.value("SELECT count(*) FROM contract") == 8
