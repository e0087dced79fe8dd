"""What a clerk types to record something, and reads: what it was, what it is now, who must confirm."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest
from work_support import TODAY, World, case_file, claim, contract, note

IBAN = "DE89370400440532013000"
Run = Callable[..., CompletedProcess[str]]
ADDRESS = ("--street", "Domstr.", "--house-number", "7", "--postal-code", "50667", "--city", "Köln")


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command as it is installed, inside the test, on a register with RS-1 and C-1."""
    from dunkelwerk.cli import main

    monkeypatch.setenv("DUNKELWERK_TODAY", TODAY)
    monkeypatch.setenv("COLUMNS", "100")
    world.load(case_file(contract("RS-1", [1], claim("C-1", 1))))

    def run(*arguments: object) -> CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["dunkelwerk", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return CompletedProcess(arguments, int(end.value.code or 0), said.out, said.err)

    return run


def words(done: CompletedProcess[str]) -> list[list[str]]:
    """The words of each line that says something."""
    return [line.split() for line in done.stdout.splitlines() if line.strip()]


def test_what_it_was_and_is_now(run: Run, world: World) -> None:
    done = run("register", "set", "recovery", "RS-1/C-1", "--on", "2026-10-31", "--actor", "kurz")
    assert done.returncode == 0
    (name,) = world.states()
    assert words(done) == [
        ["RS-1/C-1", "vorher", "nachher"],
        ["►", "Ende", "gemeldet", "zum", "–", "31.10.2026"],
        ["Eingetragen", "(Meldung", f"{name},", "Entscheidung", "1)."],
    ]
    assert "Ende gemeldet zum 31.10.2026" in run("show", "claim", "RS-1/C-1").stdout
    shown = run("show", "notice", name).stdout
    assert "Eintragung ins Register" in shown
    assert "von Hand bearbeitet" not in shown


def test_a_payee_says_who_must_confirm(run: Run, world: World) -> None:
    said = ("--name", "Neue Bank AG", "--iban", "DE89 3704 0044 0532 0130 00", "--reason", "Brief", "--actor", "kurz")
    done = run("register", "set", "payee", "RS-1", *said)
    assert done.returncode == 0
    assert ["►", "Name", "Beispielbank", "AG", "Neue", "Bank", "AG"] in words(done)
    assert "Noch nicht wirksam" in done.stdout
    assert "jemand anderen als kurz" in done.stdout
    assert "Zahlungsempfänger: Neue Bank AG" in run("proposals", "show", "1").stdout
    assert run("proposals", "confirm", "1", "--actor", "kurz", "--reason", "ja").returncode == 1
    assert run("proposals", "confirm", "1", "--actor", "weber", "--reason", "ja").returncode == 0
    line = json.loads(run("export", "case-files", "--contract", "RS-1").stdout)
    assert line["contracts"][0]["payee"]["iban"] == IBAN
    assert run("check").returncode == 0


def test_every_kind_stands_in_the_exported_case_file(run: Run) -> None:
    kinds = (
        ("blocked", "RS-1", "--since", "2026-11-01"),
        ("arrears", "RS-1", "--reminded", "2026-10-20", "--deadline", "2026-11-03"),
        ("recourse", "RS-1", "--amount", "120,00"),
        ("address", "P-1", *ADDRESS),
    )
    for kind in kinds:
        assert run("register", "set", *kind, "--actor", "kurz").returncode == 0
    line = json.loads(run("export", "case-files", "--contract", "RS-1").stdout)
    (made,) = line["contracts"]
    assert made["payee"]["blocked_since"] == "2026-11-01"
    assert made["arrears"] == {"reminded_on": "2026-10-20", "deadline": "2026-11-03"}
    assert made["recourse_open"] == "120.00"
    assert line["persons"][0]["street"] == "Domstr."
    page = run("show", "contract", "RS-1").stdout
    for told in ("Konto gesperrt seit 01.11.2026", "gemahnt am 20.10.2026", "Anschrift von P-1", "120,00 €"):
        assert told in page
    for kind in (("blocked", "RS-1"), ("arrears", "RS-1")):
        assert run("register", "set", *kind, "--lift", "--actor", "kurz").returncode == 0
    assert "Kontosperre aufgehoben" in run("show", "contract", "RS-1").stdout
    assert run("check").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("recovery", "RS-1/C-9", "--on", "2026-10-31"), 1, "Leistungsfall RS-1/C-9 gibt es nicht"),
        (("recovery", "RS-1/C-1", "--on", "31.10.2026"), 2, "--on: kein Datum"),
        (("recovery", "RS-1/C-1"), 2, "entweder --on angeben oder --lift"),
        (("recovery", "RS-1/C-1", "--on", "2026-10-31", "--lift"), 2, "entweder --on angeben oder --lift"),
        (("payee", "RS-9", "--name", "B", "--reason", "x"), 1, "Vertrag RS-9 gibt es nicht"),
        (("payee", "RS-1", "--reason", "x"), 2, "--name, --iban oder --reference"),
        (("payee", "RS-1", "--iban", "DE89370400440532013001", "--reason", "x"), 1, "keine gültige IBAN"),
        (("blocked", "RS-1", "--lift"), 1, "steht das schon so"),
        (("recourse", "RS-1", "--amount", "12.345"), 1, "höchstens zwei Nachkommastellen"),
        (("recourse", "RS-1", "--amount", "1.000,50"), 2, "--amount: keine Zahl"),
        (("address", "P-9", *ADDRESS), 1, "Person P-9 gibt es nicht"),
    ],
)
def test_bad_input_is_one_sentence(run: Run, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    done = run("register", "set", *arguments, "--actor", "kurz")
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Nachname" not in done.stderr


def test_nobody_records_without_a_name(run: Run, world: World) -> None:
    assert run("register", "set", "blocked", "RS-1", "--since", "2026-11-01").returncode == 2
    assert world.states() == {}


@pytest.mark.parametrize("kind", ["recovery", "payee", "blocked", "arrears", "recourse", "address"])
def test_help_has_an_example(run: Run, kind: str) -> None:
    done = run("register", "set", kind, "--help")
    assert done.returncode == 0
    assert f"dunkelwerk register set {kind}" in " ".join(done.stdout.split())


def test_a_disclosure_tells_what_was_recorded_and_that_a_person_did_it(run: Run, world: World) -> None:
    assert run("register", "set", "address", "P-1", *ADDRESS, "--actor", "kurz").returncode == 0
    world.receive(note(1))
    out = world.folder / "auskunft"
    assert run("persons", "disclose", "P-1", "--actor", "d.schutz", "--out", out).returncode == 0
    page = (out / "auskunft.html").read_text("utf-8")
    assert "Domstr." in page
    assert "Hier entscheidet immer ein Mensch" in page
