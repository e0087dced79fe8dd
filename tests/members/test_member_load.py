"""Loading, exporting and enrolling members: again is an update, what is ours is never wound back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from member_support import OTHER_IBAN, OWN_IBAN, TAX_IDS, Members, mandate, member, notice
from work_support import household, write_lines

FULL = {"kvnr": "A123456780", "tax_id": TAX_IDS[0], "deceased_on": None}


def test_what_is_loaded_is_exported_and_loading_that_changes_nothing(world: Members, run_cli: Any) -> None:
    lines = [member(1, mandate("MD-1", account_holder="Otto Groß"), **FULL), member(2), member(3, salutation=None)]
    path = write_lines(world.folder / "lines.jsonl", lines)
    assert run_cli("load", path).stdout == "3 Zeilen, 0 Fehler; Mitglieder: 3 neu, 0 geändert, 0 unverändert\n"
    exported = run_cli("export", "case-files", "--line", "members")
    said = [json.loads(line) for line in exported.stdout.splitlines()]
    given = {line["key"]: line["member"] | {"mandates": line["mandates"]} for line in lines}
    for each in said:
        known = each["member"] | {"mandates": each["mandates"]}
        assert {name: known[name] for name in given[each["key"]]} == given[each["key"]]
    again = Path(world.folder / "again.jsonl")
    again.write_text(exported.stdout, "utf-8")
    assert run_cli("load", again).stdout == "3 Zeilen, 0 Fehler; Mitglieder: 0 neu, 0 geändert, 3 unverändert\n"


def test_one_command_loads_members_and_contracts_each_from_its_file(world: Members, run_cli: Any) -> None:
    members = write_lines(world.folder / "members.jsonl", [member(1)])
    contracts = write_lines(world.folder / "contracts.jsonl", [household(1)])
    done = run_cli("load", contracts, members)
    assert done.returncode == 0
    assert "Verträge: 1 neu" in done.stdout
    assert "Mitglieder: 1 neu" in done.stdout
    assert run_cli("export", "case-files").stdout.count("\n") == 1
    assert run_cli("export", "case-files", "--line", "members").stdout.count("\n") == 1
    missing = run_cli("export", "case-files", "--line", "members", "--contract", "RS-1")
    assert (missing.returncode, missing.stderr) == (1, "Das Mitglied RS-1 gibt es nicht.\n")


def test_the_core_systems_word_holds_for_master_data(world: Members) -> None:
    world.load(member(1, mandate("MD-1"), tax_id=TAX_IDS[0]))
    world.load(member(1, mandate("MD-1", iban=OWN_IBAN, status="revoked"), tax_id=TAX_IDS[1], city="Bonn"))
    (file,) = world.case_files().values()
    assert (file["member"]["city"], file["member"]["tax_id"]) == ("Bonn", TAX_IDS[1])
    assert [(each["iban"], each["status"]) for each in file["mandates"]] == [(OWN_IBAN, "revoked")]
    assert world.broken() == []


def test_an_extract_from_before_a_decision_winds_nothing_back(world: Members) -> None:
    before = member(1)
    world.load(before)
    world.receive(notice("tax_id", 1), notice("sepa_mandate", 1))
    world.work()
    world.load(before)
    (file,) = world.case_files().values()
    assert file["member"]["tax_id"] == TAX_IDS[0]
    assert [each["status"] for each in file["mandates"]] == ["active"]


def test_a_line_that_contradicts_what_was_recorded_here_is_older(world: Members) -> None:
    world.load(member(1, mandate("MD-1")))
    world.receive(notice("tax_id", 1), notice("sepa_mandate", 1))
    world.work()
    world.confirm("sepa_mandate-1")
    ours = next(each for each in world.case_files()["M-1"]["mandates"] if each["reference"].startswith("DW-"))
    for line, fault in (
        (member(1, tax_id=TAX_IDS[1]), "andere Steuer-ID"),
        (member(1, ours | {"iban": OTHER_IBAN}), "anderen Angaben"),
        (member(1, mandate("MD-1")), "widerrufen"),
    ):
        (said,) = world.refusals(line)
        assert fault in said
        assert "aktuellen Abzug" in said
        assert TAX_IDS[1] not in said
    world.load(member(1, ours, mandate("MD-1", status="revoked"), tax_id=TAX_IDS[0]))
    world.load(member(1, ours | {"status": "revoked"}))
    assert {each["status"] for each in world.case_files()["M-1"]["mandates"]} == {"revoked"}
    assert world.broken() == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"key": "M-1", "mandates": []}, "member"),
        (member(1, last_name=None), "member.last_name"),
        (member(1, number=""), "member.number"),
        (member(1, number="M" * 61), "member.number"),
        (member(1, birth_date="1950-02-30"), "member.birth_date"),
        (member(1, deceased_on="1900-01-01"), "member.deceased_on"),
        (member(1, mandate("X" * 36)), "mandates[0].reference"),
        (member(1, mandate("MD-1"), mandate("md-1")), "mandates[0].reference"),
        (member(1, mandate("MD-1", iban="DE03120300000000202051")), "mandates[0].iban"),
        (member(1, mandate("MD-1", status="expired")), "mandates[0].status"),
        (member(1, mandate("MD-1", recurrence="weekly")), "mandates[0].recurrence"),
        (member(1, city="K\0ln"), "Nullzeichen"),
    ],
)
def test_a_line_that_cannot_be_kept_is_refused_by_file_line_and_field(world: Members, line: Any, fault: str) -> None:
    """And the lines around it are loaded."""
    (said,) = world.refusals(member(7), line, member(8))
    assert "members.jsonl, Zeile 2" in said
    assert fault in said
    assert set(world.case_files()) == {"M-7", "M-8"}


def test_two_members_cannot_have_one_reference_nor_one_number(world: Members) -> None:
    world.load(member(1, mandate("MD-1")))
    refused = world.refusals(
        member(2, mandate("md-1")), member(3, mandate("MD-3")), member(4, mandate("MD-3")), member(3, city="Bonn")
    )
    assert len(refused) == 3
    assert set(world.case_files()) == {"M-1", "M-3"}


def test_enrolling_adds_who_is_unknown_and_changes_nobody(world: Members) -> None:
    from datetime import date

    from django.db import connection, transaction

    from dunkelwerk.lines.members.enrolment import Enrolled
    from dunkelwerk.lines.members.store import STORE

    world.load(member(1))
    stood = world.case_files()["M-1"]
    people = [
        Enrolled("M-1", "Herr", "Anders", "Genannt", "Anderswo", "9", "10115", "Berlin", date(1999, 9, 9)),
        Enrolled("M-2", "", "Jürgen", "Groß", None, None, "50667", "Köln", date(1980, 2, 29)),
        Enrolled("X" * 61, "", "Zu", "Lang", None, None, None, None, date(1980, 2, 29)),
        Enrolled("", "", "Ohne", "Nummer", None, None, None, None, date(1980, 2, 29)),
        Enrolled("M-2", "", "Zweiter", "Groß", None, None, None, None, date(1980, 2, 29)),
    ]
    for new in (1, 0):
        with transaction.atomic(), connection.cursor() as cursor:
            assert STORE.enrol(cursor, people) == new
            assert STORE.enrol(cursor, []) == 0
    files = world.case_files()
    assert set(files) == {"M-1", "M-2"}
    assert files["M-1"] == stood
    assert (
        files["M-2"]["member"] | {"first_name": "Jürgen", "salutation": None, "street": None} == files["M-2"]["member"]
    )
    world.receive(
        notice("tax_id", 2, last_name="Groß", first_name="Jürgen", birth_date="1980-02-29"),
    )
    assert world.work() == {"settled": 1}
