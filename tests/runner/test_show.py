"""``dunkelwerk show``: what a clerk looks up is there, is about the right person, and stays readable."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from subprocess import CompletedProcess
from typing import Any

import pytest
from first_support import covered, death, first_note
from reversal_support import DECEMBER, confirm, propose
from steering_support import someone, steer
from work_support import TODAY, Thing, World, case_file, claim, contract, household, note

from dunkelwerk.insight.show_calendar import draw, legend
from dunkelwerk.lines.portraying import CANCELLED, DEFERRED, LIMIT, OPEN, PROVEN, RELEASED, Span

Show = Callable[..., CompletedProcess[str]]
JOINT = case_file(
    contract("RS-1", [1, 2], claim("C-1", 1), claim("C-2", 2, onset="2026-01-05", benefit_from="2026-02-16")),
    contract("RS-9", [1], claim("C-9", 1)),
)

CHANGED = """
    UPDATE decision_record SET payload = payload || '\\x00' WHERE id = (SELECT min(id) FROM decision_record)
"""


@pytest.fixture
def show(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Show:
    """The command inside the test: ``show("contract", "RS-1", wide=80)``."""
    from dunkelwerk.cli import main

    monkeypatch.setenv("DUNKELWERK_TODAY", TODAY)

    def show(*arguments: str, wide: int = 100) -> CompletedProcess[str]:
        world.enter()
        monkeypatch.setenv("COLUMNS", str(wide))
        monkeypatch.setattr(sys, "argv", ["dunkelwerk", "show", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return CompletedProcess(arguments, int(end.value.code or 0), said.out, said.err)

    return show


def read(done: CompletedProcess[str]) -> str:
    """What succeeded, spaces and line breaks as one space each."""
    assert (done.returncode, done.stderr) == (0, "")
    return " ".join(done.stdout.split())


def section(done: CompletedProcess[str], heading: str) -> str:
    """The part of a page under a heading, spaces as one."""
    read(done)
    _before, _sign, rest = done.stdout.partition(f"\n{heading}\n{'─' * len(heading)}\n")
    return " ".join(rest.partition("\n\n")[0].split())


def data(show: Show, *arguments: str) -> Thing:
    """The page as JSON: one object in one line."""
    done = show(*arguments, "--json")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    found: Thing = json.loads(done.stdout)
    return found


def test_a_claim_shows_what_a_note_released_and_what_comes_next(world: World, show: Show) -> None:
    world.load(household(1))
    world.receive(note(1))
    assert world.work() == {"settled": 1}
    page = data(show, "claim", "RS-1/C-1")
    (shown,) = page["claims"]
    assert [(each["start"], each["end"], each["loaded"]) for each in shown["releases"]] == [
        ("2026-04-13", "2026-10-30", True),
        ("2026-10-31", "2026-11-30", False),
    ]
    decision = page["papers"]["decisions"][0]["id"]
    assert page["proofs"] == {
        "RS-1/C-1": [{"until": "2026-10-30", "decision": None}, {"until": "2026-11-30", "decision": decision}]
    }
    assert page["balances"] == {"RS-1/C-1": {"claims_expense:illness": "312.50", "payable": "-312.50"}}
    assert [each["template"] for each in page["papers"]["letters"]] == ["settlement"]
    done = show("claim", "RS-1/C-1")
    assert section(done, "Offen") == "Nichts ist offen."
    assert section(done, "Als Nächstes").startswith("• 15.11.2026 RS-1/C-1: 312,50 € fällig • 12.04.2028")
    assert "Gebucht Aufwand Krankheit 312,50 € · Verbindlichkeit 312,50 €" in read(done)
    told = section(done, "Verlauf")
    assert "Meldung N-1 eingegangen: Folgeattest AU (Kanal scan" in told
    assert "dunkel erledigt" in told
    assert "→ Leistung verlängert bis 30.11.2026" in told
    assert "→ Rate freigegeben 312,50 €, fällig 15.11.2026" in told
    assert "→ Brief – Abrechnungsbrief" in told


def test_a_claim_is_found_by_its_number_alone_where_it_is_the_only_one(world: World, show: Show) -> None:
    world.load(household(1), case_file(contract("RS-2", [2], claim("C-1", 2), claim("C-2", 2))))
    assert data(show, "claim", "C-2")["key"] == "RS-2/C-2"
    done = show("claim", "C-1")
    sentence = "Leistungsfälle C-1 gibt es 2: RS-1/C-1, RS-2/C-1; bitte VERTRAG/FALL angeben.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)


def test_a_number_may_hold_a_slash_itself(world: World, show: Show) -> None:
    world.load(case_file(contract("RS/1", [1], claim("C/1", 1))))
    assert data(show, "claim", "RS/1/C/1")["key"] == "RS/1/C/1"
    assert data(show, "claim", "C/1")["key"] == "RS/1/C/1"


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("contract", "Den Vertrag X/9 gibt es nicht.\n"),
        ("person", "Die Person X/9 gibt es nicht.\n"),
        ("claim", "Den Leistungsfall X/9 gibt es nicht.\n"),
        ("notice", "Die Meldung X/9 gibt es nicht.\n"),
    ],
)
def test_what_there_is_not_is_one_sentence(world: World, show: Show, kind: str, sentence: str) -> None:
    world.load(household(1))
    world.receive(note(1))
    done = show(kind, "X/9")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)


@pytest.mark.parametrize("name", ["0", "99999999999999999999999", "٣", "", "'; DROP TABLE notice"])
def test_a_strange_name_of_a_notice_is_no_notice(world: World, show: Show, name: str) -> None:
    world.receive(note(1))
    done = show("notice", name)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Die Meldung {name} gibt es nicht.\n"


def test_on_a_joint_contract_each_person_has_their_own_notices(world: World, show: Show) -> None:
    world.load(JOINT)
    world.receive(note(1), note(2, on="RS-1", incapacity_from="2026-01-05"), note(1, name="N-9", on="RS-9", **DECEMBER))
    world.work()

    def names(page: Thing) -> list[str]:
        return [each["external_id"] for each in page["papers"]["notices"]]

    assert names(data(show, "contract", "RS-1")) == ["N-1", "N-2", "N-9"]
    assert names(data(show, "person", "P-1")) == ["N-1", "N-9"]
    assert names(data(show, "person", "P-2")) == ["N-2"]
    assert names(data(show, "claim", "RS-1/C-1")) == ["N-1", "N-9"]
    assert names(data(show, "claim", "RS-1/C-2")) == ["N-2"]
    assert names(data(show, "contract", "RS-9")) == ["N-1", "N-9"]
    assert names(data(show, "claim", "C-9")) == ["N-1", "N-9"]
    mine = read(show("person", "P-2"))
    assert "Leistungsfall RS-1/C-2" in mine
    assert "Leistungsfall RS-1/C-1" not in mine
    assert "RS-1/C-1" not in json.dumps(data(show, "claim", "RS-1/C-2")["papers"])


def test_what_names_no_claim_is_shown_to_the_person_it_names(world: World, show: Show) -> None:
    """A referral before any claim was found: by the notice's names it is the first person's."""
    world.load(JOINT)
    world.run("UPDATE claim SET status = 'closed'")
    world.receive(note(1))
    assert world.work() == {"referred": 1}
    assert [each["external_id"] for each in data(show, "person", "P-1")["papers"]["notices"]] == ["N-1"]
    assert data(show, "person", "P-2")["papers"]["notices"] == []
    assert "Aussteuerung N-1 (RS-1" in section(show("contract", "RS-1"), "Offen")


def test_a_second_check_is_open_until_it_is_confirmed(world: World, show: Show) -> None:
    world.load(household(1))
    world.receive(note(1))
    assert world.work(mode="second_check") == {"proposed": 1}
    done = show("claim", "C-1")
    assert "• Zweitprüfung N-1 (RS-1) · Vorschlag 1 (Prozess)" in section(done, "Offen")
    assert "geplant: Leistung verlängert bis 30.11.2026" in read(done)
    assert "Buchungen" not in done.stdout
    world.enter()
    from dunkelwerk.runner.second_check import confirm as say_yes

    assert say_yes(1, someone("weber", "Geprüft [und] gut")).state == "confirmed"
    done = show("claim", "C-1")
    assert section(done, "Offen") == "Nichts ist offen."
    told = section(done, "Verlauf")
    assert "Vorschlag 1: bestätigt" in told
    assert "„Geprüft [und] gut“ (weber)" in told
    assert "geplant:" not in told
    assert told.count("Leistung verlängert bis 30.11.2026") == 1


def test_work_by_hand_is_told_once_with_the_words_of_both(world: World, show: Show) -> None:
    world.load(household(1))
    world.receive(note(1, formally_correct=False))
    world.work()
    world.enter()
    from dunkelwerk.runner.handling import act

    wanted = [{"type": "extend_benefit", "until": "2026-11-30"}]
    done = act(world.items()[0]["id"], wanted, someone("kurz", "Attest telefonisch bestätigt"))
    page = show("claim", "C-1")
    assert f"Vorschlag {done.proposal} (von Hand)" in section(page, "Offen")
    assert "Bearbeitung von Hand vorgeschlagen" in section(page, "Verlauf")
    confirm(world, done.proposal or 0)
    told = section(show("claim", "C-1"), "Verlauf")
    assert told.count("„Attest telefonisch bestätigt“ (kurz)") == 1
    assert told.count("„aus gutem Grund“ (weber)") == 1
    assert told.count("→ Leistung verlängert bis 30.11.2026") == 1


def test_a_discarded_proposal_says_why_and_is_with_a_clerk(world: World, show: Show) -> None:
    world.load(household(1))
    world.receive(note(1))
    world.work(mode="second_check")
    world.enter()
    from dunkelwerk.runner.second_check import discard

    discard(1, someone("weber", "Bank prüft noch"))
    done = show("notice", "N-1")
    assert "Vorschlag 1 verworfen weber" in section(done, "Verlauf")
    assert "„Bank prüft noch“" in section(done, "Verlauf")
    assert "Aussteuerung N-1 (RS-1)" in section(done, "Offen")


def test_a_reversal_shows_in_bar_instalments_books_and_time_line(world: World, show: Show) -> None:
    world.load(household(1))
    world.receive(note(1))
    world.work()
    before = data(show, "claim", "C-1")
    decision = before["papers"]["decisions"][0]["id"]
    (proposal,) = propose(world, decision).proposals
    confirm(world, proposal)
    page = data(show, "claim", "C-1")
    reversal = page["papers"]["decisions"][-1]
    assert [each["reversed_by"] for each in page["papers"]["decisions"]] == [reversal["id"], None, None]
    assert page["balances"] == {"RS-1/C-1": {"claims_expense:illness": "0.00", "payable": "0.00"}}
    assert {"kind": "cancelled", "start": "2026-10-31", "end": "2026-11-30"} in page["claims"][0]["days"]
    done = show("claim", "C-1")
    assert "███ ×××" in done.stdout
    assert f"zurückgenommen durch Entscheidung {reversal['id']}" in read(done)
    assert "15.11.2026 312,50 € storniert" in read(done)
    assert "→ Leistung verlängert bis 30.11.2026 – zurückgenommen" in section(done, "Verlauf")


def test_a_shadow_run_is_told_nowhere_while_a_clerk_works(world: World, show: Show) -> None:
    world.load(household(1))
    world.receive(note(1, formally_correct=False))
    steer(world, mode="shadow")
    assert world.work() == {"referred": 1}
    for name in (("notice", "N-1"), ("claim", "C-1"), ("contract", "RS-1"), ("person", "P-1")):
        (decision,) = data(show, *name)["papers"]["decisions"]
        assert (decision["hidden"], decision["outcome"], decision["reasons"], decision["actions"]) == (True, "", [], [])
        assert "formal" not in show(*name, "--json").stdout.replace("formally_correct", "")
        assert "Schattenlauf (wird erst gezeigt" in read(show(*name))
    world.enter()
    from dunkelwerk.runner.handling import close

    close(world.items()[0]["id"], someone("kurz", "telefonisch geklärt"))
    (decision,) = data(show, "notice", "N-1")["papers"]["decisions"]
    assert [each["code"] for each in decision["reasons"]] == ["formally_defective"]
    assert "„telefonisch geklärt“" in read(show("notice", "N-1"))


def test_every_attempt_of_a_notice_and_what_differs(world: World, show: Show) -> None:
    world.load(household(1))
    world.receive(note(1, formally_correct=False))
    world.work()
    world.enter()
    from dunkelwerk.runner.handling import correct

    correct(world.items()[0]["id"], {"formally_correct": True}, someone("kurz", "Stempel kam nach"))
    first, second = (each["id"] for each in data(show, "notice", "N-1")["papers"]["notices"])
    assert data(show, "notice", str(second))["papers"]["notices"][0]["id"] == first
    done = show("notice", str(first))
    told = section(done, "Meldung N-1, Versuch 2: wartet auf Bearbeitung")
    assert "Unterschrift und Stempel ja Sonst wie im Versuch davor" in told
    assert "Nachname" not in told
    assert section(done, "Offen") == "• Meldung N-1 wartet auf die Bearbeitung"
    assert "Meldung N-1 berichtigt: Versuch 2" in section(done, "Verlauf")
    assert section(done, "Verlauf").count("„Stempel kam nach“") == 1


def test_one_external_id_in_two_channels_is_two_notices(world: World, show: Show) -> None:
    world.load(household(1), household(2))
    world.receive(note(1, name="7-A"))
    world.receive(note(2, name="7-A"), channel="mail")
    assert [each["channel"] for each in data(show, "notice", "7-A")["papers"]["notices"]] == ["scan", "mail"]


def test_a_number_goes_before_an_external_id(world: World, show: Show) -> None:
    world.receive(note(1, name="N-1"), note(2, name="1"))
    ids = {row["external_id"]: row["id"] for row in world.rows("SELECT id, external_id FROM notice")}
    assert data(show, "notice", str(ids["N-1"]))["papers"]["notices"][0]["external_id"] == "N-1"


def test_a_first_note_and_a_death_in_words(world: World, show: Show) -> None:
    world.load(covered(contract("RS-1", [1])), covered(contract("RS-2", [2])))
    world.receive(first_note(1), first_note(2, documents=["claim_form"]), death(1))
    world.work()
    told = read(show("contract", "RS-1"))
    assert "Leistungsfall angenommen – Leistung 13.10.2026 bis längstens" in told
    assert "geplant: RS-1/neu: Todesfallleistung freigegeben 16.250,00 €" in told
    waiting = show("contract", "RS-2")
    assert "Unterlagen angefordert am 02.11.2026" in read(waiting)
    assert "Erinnerung an Unterlagen" in section(waiting, "Als Nächstes")
    assert "wird dringend (§ 14 VVG)" in section(waiting, "Als Nächstes")
    assert "dringend seit" not in read(show("contract", "RS-2", "--on", "2026-12-02"))
    late = show("contract", "RS-2", "--on", "2026-12-03")
    assert "dringend seit 02.12.2026 (§ 14 VVG)" in read(late)
    assert "wird dringend" not in read(late)


def test_instalments_that_are_held_stand_at_the_top(world: World, show: Show) -> None:
    rows = [{"due": "2026-11-15", "amount": "312.50", "status": "released"}]
    world.load(household(1, instalments=rows))
    assert "angehalten" not in read(show("claim", "C-1"))
    world.run("UPDATE instalment SET held_by = 1")
    done = show("claim", "C-1")
    assert "RS-1/C-1: 1 Raten angehalten" in section(done, "Offen")
    assert "15.11.2026 312,50 € angehalten" in read(done)
    assert "15.11.2026" not in section(done, "Als Nächstes")


def months(count: int) -> Iterator[date]:
    """Due dates, a month apart."""
    yield from (date(2021 + number // 12, number % 12 + 1, 15) for number in range(count))


@pytest.mark.parametrize("wide", [80, 120])
def test_sixty_instalments_stay_readable(world: World, show: Show, wide: int) -> None:
    rows = [{"due": day.isoformat(), "amount": "312.50", "status": "paid"} for day in months(60)]
    start = {"onset": "2020-10-01", "benefit_from": "2020-11-12", "benefit_limit": "2030-11-11"}
    world.load(case_file(contract("RS-1", [1], claim("C-1", 1, instalments=rows, **start), start="2018-01-01")))
    short, full = show("contract", "RS-1", wide=wide), show("contract", "RS-1", "--all", wide=wide)
    assert "… 48 weitere, ältere (--all)" in short.stdout
    assert short.stdout.count("312,50 €  gezahlt") == 12
    assert full.stdout.count("312,50 €  gezahlt") == 60
    assert "60 Zahlungen fällig seit 15.01.2021: zusammen 18.750,00 € (gezahlt)" in read(short)
    assert max(map(len, short.stdout.splitlines())) <= wide
    assert len(data(show, "contract", "RS-1")["claims"][0]["instalments"]) == 60


def test_a_record_that_somebody_changed_keeps_nobody_from_the_rest(world: World, show: Show) -> None:
    world.load(household(1))
    world.receive(note(1), note(1, name="N-2", incapacity_until="2026-12-31", issued_on="2026-11-01"))
    world.work()
    world.run(CHANGED)
    told = read(show("contract", "RS-1"))
    assert "Ein verschlüsselter Satz ist verändert" in told
    assert "N-2" in told


def test_what_people_wrote_does_nothing_to_a_terminal(world: World, show: Show) -> None:
    world.load(household(1))
    world.receive(note(1, formally_correct=False))
    world.work()
    world.run("UPDATE person SET last_name = E'Groß\\x1b[31m [red]'", "UPDATE contract SET payee_name = '[/]'")
    world.enter()
    from dunkelwerk.runner.handling import close

    close(world.items()[0]["id"], someone("kurz", "\x1b]0;neu\x07 [bold]geklärt"))
    done = show("contract", "RS-1")
    assert "Groß�[31m [red]" in read(done)
    assert "„�]0;neu� [bold]geklärt“" in read(done)
    assert section(done, "Vertrag").count("[/]") == 1
    assert "\x1b" not in done.stdout


def test_looking_changes_nothing(world: World, show: Show) -> None:
    world.load(JOINT)
    world.receive(note(1))
    world.work()
    before, touched = world.picture(), world.value("SELECT count(*) FROM toucher")
    for name in (("notice", "N-1"), ("claim", "C-1"), ("contract", "RS-1"), ("person", "P-1")):
        read(show(*name))
    assert (world.picture(), world.value("SELECT count(*) FROM toucher")) == (before, touched)
    assert world.value("SELECT count(*) FROM deed") == 0


def span(kind: str, start: str, end: str) -> Span:
    """Days of one kind."""
    return Span(kind, date.fromisoformat(start), date.fromisoformat(end))


def year_of(*spans: Span) -> str:
    """The first year's row, without its label."""
    return draw(spans)[1][9:]


@pytest.mark.parametrize(
    ("end", "sign"),
    [("2026-01-05", "█"), ("2026-01-04", "-"), ("2026-01-10", "█")],
    ids=["half is enough", "less than half", "all"],
)
def test_a_sign_says_what_most_days_are(end: str, sign: str) -> None:
    drawn = year_of(span(OPEN, "2026-01-01", "2026-12-31"), span(RELEASED, "2026-01-01", end))
    assert drawn[0] == sign
    assert drawn[1] == "-"


def test_later_spans_cover_earlier_ones_and_a_limit_always_shows() -> None:
    drawn = draw(
        [
            span(OPEN, "2026-02-01", "2026-05-20"),
            span(PROVEN, "2026-02-01", "2026-04-30"),
            span(CANCELLED, "2026-02-11", "2026-03-31"),
            span(RELEASED, "2026-02-01", "2026-02-20"),
            span(DEFERRED, "2026-01-21", "2026-01-31"),
            span(LIMIT, "2026-05-20", "2026-05-20"),
        ]
    )
    assert drawn[0] == "         Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez"
    assert drawn[1] == "2026       · ██× ××× ▒▒▒ -|"
    assert legend("".join(drawn)) == [
        "· Karenz",
        "█ freigegeben",
        "▒ belegt, nicht freigegeben",
        "× zurückgenommen",
        "- noch nicht belegt",
        "| letzter Leistungstag",
    ]


def test_years_in_which_nothing_happens_are_one_row() -> None:
    drawn = draw([span(OPEN, "2026-01-01", "2031-06-30"), span(RELEASED, "2026-01-01", "2026-12-31")])
    assert [line[:9].strip() for line in drawn] == ["", "2026", "2027–30", "2031"]
    assert draw([]) == []


def test_february_ends_when_it_ends() -> None:
    leap: Any = year_of(span(RELEASED, "2028-02-29", "2028-02-29"))
    assert leap.rstrip() == "      █"
