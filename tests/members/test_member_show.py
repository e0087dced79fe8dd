"""``dunkelwerk show person`` of a member: what is kept, what is open, how it came; never the tax ID."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import pytest
from member_support import ON, OWN_IBAN, TAX_IDS, Members, mandate, member, notice
from work_support import household, write_lines

Show = Callable[..., CompletedProcess[str]]


@pytest.fixture
def show(world: Members, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Show:
    """The command inside the test."""
    from dunkelwerk.cli import main

    monkeypatch.setenv("DUNKELWERK_TODAY", ON.isoformat())

    def show(*arguments: str, wide: int = 100) -> CompletedProcess[str]:
        world.enter()
        monkeypatch.setenv("COLUMNS", str(wide))
        monkeypatch.setattr(sys, "argv", ["dunkelwerk", "show", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return CompletedProcess(arguments, int(end.value.code or 0), said.out, said.err)

    return show


def fill(world: Members) -> None:
    """A loaded mandate is replaced, a tax ID recorded, an accident handed over; and a notice of somebody else."""
    world.load(member(1, mandate("MD-1"), kvnr="A123456780"), member(2))
    world.receive(
        notice("tax_id", 1), notice("sepa_mandate", 1), notice("accident", 1), notice("tax_id", 2, tax_id=None)
    )
    world.work()
    world.confirm("sepa_mandate-1")


def test_the_page_of_a_member(world: Members, show: Show) -> None:
    fill(world)
    done = show("person", "M-1", wide=160)
    assert (done.returncode, done.stderr) == (0, "")
    page = " ".join(done.stdout.split())
    for said in (
        "Person M-1: Vorname1 Nachname1",
        "• Regress M-1/accident",
        "Krankenversichertennummer A123456780",
        "Steuer-ID gespeichert am 23.11.2026 (Entscheidung 1)",
        "MD-1 DE … 4931",
        "22.11.2026 gültig, wiederkehrend 5",
        "15.01.2025 SEPA-Mandat MD-1 unterschrieben (Bestandssystem)",
        "12.10.2026 Unfall, privat, Verkehr",
        "→ Steuer-ID gespeichert",
        "Bestätigung des SEPA-Mandats",
        "„geprüft“ (weber)",
    ):
        assert said in page, said
    assert [word for word in (TAX_IDS[0], OWN_IBAN, "M-2", "tax_id-2") if word in page] == []


def test_what_the_core_system_revoked_stands_on_its_day(world: Members, show: Show) -> None:
    world.load(member(1, mandate("MD-1")))
    world.load(member(1, mandate("MD-1", status="revoked")))
    world.run("UPDATE mandate SET revoked_on = '2026-11-20'")
    page = " ".join(show("person", "M-1", wide=160).stdout.split())
    assert "20.11.2026 SEPA-Mandat MD-1 widerrufen (Bestandssystem)" in page
    assert "widerrufen am 20.11.2026" in page


def test_the_same_as_json(world: Members, show: Show) -> None:
    fill(world)
    page: dict[str, Any] = json.loads(show("person", "M-1", "--json").stdout)
    assert (page["kind"], page["key"], page["person"]["last_name"]) == ("person", "M-1", "Nachname1")
    assert [sheet["title"] for sheet in page["sheets"]] == ["SEPA-Mandate", "Aufgaben aus Unfällen"]
    assert {each["external_id"] for each in page["papers"]["notices"]} == {"tax_id-1", "sepa_mandate-1", "accident-1"}
    assert {each["template"] for each in page["papers"]["letters"]} == {"mandate_confirmation"}


def test_a_member_without_anything(world: Members, show: Show) -> None:
    world.load(member(1))
    page = show("person", "M-1").stdout
    assert ("nicht gespeichert" in page, "SEPA-Mandate" in page, "Nichts ist offen." in page) == (True, False, True)
    assert show("person", "M-7").returncode == 1


def test_an_id_that_two_lines_have_needs_the_line(world: Members, show: Show) -> None:
    from dunkelwerk.lines.credit_protection.intake.loading import load_files

    world.load(member(2, number="P-1") | {"key": "P-1"})
    load_files(
        [write_lines(world.folder / "households.jsonl", [household(1)])],
        actor="test",
        complain=print,
        advance=lambda count: None,
    )
    refused = show("person", "P-1")
    assert (refused.returncode, "--line" in refused.stderr) == (1, True)
    assert "Nachname2" in show("person", "P-1", "--line", "members").stdout
    assert "Nachname1" in show("person", "P-1", "--line", "credit_protection").stdout
    unknown = show("person", "P-1", "--line", "cars")
    assert (unknown.returncode, "cars" in unknown.stderr) == (2, True)
