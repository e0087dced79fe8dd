"""What a visitor of the demonstration is told: which form a PIN opens, letters and tasks by their names."""

from __future__ import annotations

from datetime import date

import pytest

from dunkelwerk.cli.demo import demo_home, with_addresses
from dunkelwerk.cli.demo_dialogues import name_of, offer, title_of
from dunkelwerk.cli.demo_people import Asked


def test_each_pin_says_which_form_it_opens(capsys: pytest.CaptureFixture[str]) -> None:
    person = Asked({}, date(1980, 2, 29), {}, {})
    offer(
        "http://127.0.0.1:1", {"tax_id": (person, {"pin": "PIN-1"}), "accident": (person, {"pin": "PIN-2"})}, stay=False
    )
    lines = [line for line in capsys.readouterr().out.splitlines() if "PIN-" in line]
    assert [title_of(kind) in line for kind, line in zip(("tax_id", "accident"), lines, strict=True)] == [True, True]
    assert title_of("tax_id") != title_of("accident") != "accident"
    assert "29.02.1980" in lines[0]


def test_what_went_out_is_named_in_german() -> None:
    assert name_of("letter", "mandate_confirmation") == "Bestätigung des SEPA-Mandats"
    assert name_of("item", "dialogues / paper_form") == "Dialoge / Papierbogen senden"
    assert name_of("message", "dialogue.processed") == "fertig bearbeitet"


def test_a_second_demonstration_has_a_home_of_its_own() -> None:
    homes = [demo_home(), demo_home()]
    try:
        assert homes[0] != homes[1]
        assert all(home.stat().st_mode & 0o777 == 0o700 for home in homes)
    finally:
        for home in homes:
            home.rmdir()


def test_everybody_in_a_scenario_gets_an_address_that_letters_need() -> None:
    known = {"id": "P-1", "street": "Ringstr.", "house_number": "3", "postal_code": "01067", "city": "Dresden"}
    persons = with_addresses({"key": "K", "persons": [known, {"id": "P-2", "street": None}]})["persons"]
    assert persons[0] == known
    assert all(persons[1][name] for name in ("street", "house_number", "postal_code", "city"))


def test_every_scenario_with_an_address_can_still_be_loaded() -> None:
    from dunkelwerk.lines.credit_protection.synthetic.staged import is_readable, stage
    from dunkelwerk.lines.registry import processes

    process = processes()["death_notice"]
    files = [with_addresses(each.case_file) for each in stage(process)]
    assert files
    assert all(is_readable(each, process.line.case_file) for each in files)
