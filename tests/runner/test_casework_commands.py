"""What clerks and second examiners type: outputs to read, exit codes, one clear sentence for what cannot be."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from work_support import TODAY, World, case_file, claim, contract, household, note

#: under these, a note on RS-2 and one on RS-4 wait for an examiner; the second closes its claim
RULES = 'adverse_needs_human: true\nauthority_limit: "600.00"\ndispositions: {recourse_open: second_check}\n'
RECOURSE = case_file(contract("RS-2", [2], claim("C-2", 2), recourse_open="100.00"))
#: what tells who somebody is, or how ill
PERSONAL = ("Nachname", "Vorname", "1971", "1972", "1973", "M54")
Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """The command as it is installed, inside the test: ``run("proposals", "list")``."""
    from dunkelwerk.cli import main

    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES, "utf-8")
    monkeypatch.setenv("DUNKELWERK_TODAY", TODAY)
    monkeypatch.setenv("DUNKELWERK_PARAMETERS", str(rules))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: object) -> CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["dunkelwerk", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return CompletedProcess(arguments, int(end.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def basket(world: World, run: Run) -> Run:
    """N-1 lies with a clerk (item 1); proposal 1 is N-2's, with recourse; proposal 2 closes N-4's claim."""
    world.load(household(1), RECOURSE, household(3), household(4, benefit_limit="2026-11-29"))
    world.receive(note(1, formally_correct=False), note(2), note(3), note(4))
    done = run("work", "--once")
    assert done.stdout == "4 Meldungen: 1 dunkel erledigt, 2 zur Zweitprüfung, 1 ausgesteuert\n"
    return run


def lines(done: CompletedProcess[str]) -> list[str]:
    """The lines of what succeeded; every decision is called N: a look takes a number as well."""
    assert (done.returncode, done.stderr) == (0, "")
    return numberless(done.stdout)


def numberless(said: str) -> list[str]:
    """The lines, with every decision called N."""
    return re.sub(r"\(Entscheidung \d+\)", "(Entscheidung N)", said).splitlines()


def refused(done: CompletedProcess[str], code: int) -> str:
    """The one sentence of what did not."""
    assert (done.returncode, done.stdout) == (code, "")
    (sentence,) = done.stderr.splitlines()
    return sentence


def test_the_list_of_proposals(basket: Run) -> None:
    said = lines(basket("proposals", "list"))
    assert said == [
        "Nr.  Meldung  Art      Fall      Gründe           Freigabe  Fällig      Stand",
        "1    N-2      Prozess  RS-2/C-2  Offener Regress  312,50 €  04.11.2026  offen",
        "2    N-4      Prozess  RS-4/C-4  nachteilig       312,50 €  04.11.2026  offen",
    ]
    rows = [json.loads(line) for line in lines(basket("proposals", "list", "--json"))]
    assert [(row["id"], row["reasons"], row["adverse"]) for row in rows] == [
        (1, ["recourse_open"], False),
        (2, [], True),
    ]
    assert not any(word in json.dumps(rows) + str(said) for word in PERSONAL)


def test_a_proposal_shows_the_notice_the_world_before_and_after_and_what_follows(basket: Run) -> None:
    said = lines(basket("proposals", "show", 1))
    assert said[:3] == [
        "Vorschlag 1: offen",
        "  Meldung N-2 · RS-2/C-2 · fällig am 04.11.2026",
        "  vom Prozess follow-up-sick-note",
    ]
    start = said.index("Gründe:")
    assert "  formally_correct=true" in said[:start]
    assert said[start : start + 16] == [
        "Gründe:",
        "  • Offener Regress von 100,00 € auf dem Vertrag (recourse_open, RS-2/C-2)",
        "Geschäftsvorfälle:",
        "  • RS-2/C-2: Nachweis anerkannt bis 30.11.2026",
        "  • RS-2/C-2: Leistung verlängert bis 30.11.2026",
        "  • RS-2/C-2: Rate freigegeben 312,50 €, fällig am 15.11.2026",
        "  • RS-2/C-2: Brief – Abrechnungsbrief",
        "",
        "   RS-2/C-2           vorher      nachher",
        "   Status             offen       offen",
        "►  Nachgewiesen bis   30.10.2026  30.11.2026",
        "►  Freigegeben bis    30.10.2026  30.11.2026",
        "   Ende gemeldet zum  –           –",
        "   Geschlossen am     –           –",
        "   Offener Regress    100,00 €    100,00 €",
        "►  Rate 15.11.2026    –           312,50 € freigegeben",
    ]
    assert "Rate freigegeben  Aufwand Krankheit  Verbindlichkeit  312,50 €" in said


def test_an_adverse_proposal_says_that_words_are_needed_and_keeps_them(basket: Run) -> None:
    said = basket("proposals", "show", 2).stdout
    assert "Bestätigen braucht eine Begründung in eigenen Worten" in said
    assert "Leistungsfall geschlossen – Höchstdauer erreicht" in said
    assert "(Höchstdauer erreicht)" in said
    assert "eigenen Worten" in refused(basket("proposals", "confirm", 2, "--actor", "weber"), 2)
    done = basket("proposals", "confirm", 2, "--actor", "weber", "--reason", "24 Monate sind um")
    assert lines(done) == ["Vorschlag 2 ist bestätigt und wirksam (Entscheidung N)."]
    after = lines(basket("proposals", "show", 2))
    assert after[0] == "Vorschlag 2: bestätigt"
    assert after[-1].endswith(" weber: bestätigt – 24 Monate sind um")
    assert lines(basket("proposals", "list", "--all"))[2].endswith("bestätigt")


def test_several_are_confirmed_and_one_that_cannot_be_does_not_keep_the_others(basket: Run) -> None:
    done = basket("proposals", "confirm", 1, 99, 2, "--actor", "weber", "--reason", "geprüft")
    assert done.returncode == 1
    assert numberless(done.stdout) == [
        "Vorschlag 1 ist bestätigt und wirksam (Entscheidung N).",
        "Vorschlag 2 ist bestätigt und wirksam (Entscheidung N).",
    ]
    assert done.stderr == "99: Den Vorschlag 99 gibt es nicht.\n"
    assert lines(basket("proposals", "list")) == ["Kein Vorschlag wartet auf Zweitprüfung."]


def test_a_stale_proposal_is_told_with_why_and_its_successor(world: World, basket: Run) -> None:
    world.run("UPDATE contract SET recourse_open = 50 WHERE number = 'RS-2'")
    assert "Überholt: Die Tatsachen oder Parameter haben sich geändert" in basket("proposals", "show", 1).stdout
    done = basket("proposals", "confirm", 1, "--actor", "weber")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "Vorschlag 1 ist überholt; an seiner Stelle wartet Vorschlag 3.\n"
    assert lines(basket("proposals", "show", 1))[-1].endswith("weber: zu bestätigen versucht; war überholt")
    world.run("UPDATE proposal SET rules = 'older' WHERE id = 3")
    assert "Überholt: Seither gilt ein anderer Regelstand" in basket("proposals", "show", 3).stdout


def test_a_notice_that_joined_is_counted_and_a_discarded_proposal_goes_to_a_clerk(world: World, basket: Run) -> None:
    world.receive(note(2, name="N-5", incapacity_until="2026-12-03"))
    basket("work", "--once")
    assert lines(basket("proposals", "list"))[1].endswith("offen, 1 angehängt")
    done = basket("proposals", "discard", 1, "--actor", "weber", "--reason", "Attest unleserlich")
    assert lines(done) == ["Vorschlag 1 ist verworfen."]
    assert world.states()["N-2"] == "referred"
    (item,) = (line for line in lines(basket("work-items", "list")) if "Offener Regress" in line)
    assert "Aussteuerung" in item


#: what an examiner types in vain, with the exit code and the beginning of the sentence
EXAMINING: list[tuple[tuple[object, ...], int, str]] = [
    (("show", 99), 1, "Den Vorschlag 99 gibt es nicht."),
    (("confirm", 99, "--actor", "weber"), 1, "Den Vorschlag 99 gibt es nicht."),
    (("confirm", 1), 2, "--actor: bitte sagen, wer handelt (ein Name von 1 bis 100 Zeichen)."),
    (("confirm", 1, "--actor", " "), 2, "--actor: bitte sagen, wer handelt (ein Name von 1 bis 100 Zeichen)."),
    (("confirm", "--actor", "weber"), 2, "Bitte entweder Vorschläge nennen oder mit --run die einer Rücknahme."),
    (("confirm", 1, "--run", 1, "--actor", "w"), 2, "Bitte entweder Vorschläge nennen oder mit --run die einer"),
    (("confirm", 1, "--actor", "test"), 1, "test hat diese Meldung schon bearbeitet"),
    (("discard", 1, "--actor", "weber"), 2, "Ein Vorschlag wird nur mit Grund verworfen"),
    (("confirm", 1, "--actor", "weber", "--on", "2.11.2026"), 2, "--on: kein Datum"),
]


def test_what_an_examiner_cannot_do_is_one_sentence(world: World, basket: Run) -> None:
    before = world.picture()
    for arguments, code, sentence in EXAMINING:
        assert refused(basket("proposals", *arguments), code).startswith(sentence)
    assert world.picture() == before


def test_the_basket_of_today_and_the_whole(world: World, basket: Run) -> None:
    said = lines(basket("work-items", "list", "--basket", "Leistung AU"))
    assert said == [
        "Nr.  Prio  Fällig      Postkorb     Aufgabe       Fall  Gründe                      Stand",
        "1    3     09.11.2026  Leistung AU  Aussteuerung  RS-1  Nachweis formal mangelhaft  offen",
    ]
    rows = [json.loads(line) for line in lines(basket("work-items", "list", "--json"))]
    assert [(row["id"], row["task"], row["reasons"]) for row in rows] == [
        *((2, "second_check", ["recourse_open"]), (3, "second_check", [])),
        (1, "referral", ["formally_defective"]),
    ]
    assert not any(word in json.dumps(rows) + str(said) for word in PERSONAL)
    assert lines(basket("work-items", "list", "--basket", "Technik")) == ["Nichts zu tun."]
    basket("work-items", "close", 1, "--actor", "kurz", "--reason", "doppelt")
    assert "1  " not in [line[:3] for line in lines(basket("work-items", "list"))]
    assert lines(basket("work-items", "list", "--all"))[-1].endswith("erledigt")


def test_no_line_of_a_list_is_wider_than_the_terminal(basket: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for what in (("work-items", "list", "--all"), ("proposals", "list"), ("processes", "list"), ("decisions", "find")):
        assert max(map(len, lines(basket(*what)))) <= 80


def test_an_item_tells_why_and_what_the_notice_says(basket: Run) -> None:
    said = lines(basket("work-items", "show", 1))
    assert said[:5] == [
        "Postkorbeintrag 1, Fassung 1",
        "  Leistung AU · Aussteuerung · RS-1 · offen",
        "  fällig am 09.11.2026, Priorität 3",
        "Gründe:",
        "  • Dem Nachweis fehlt Unterschrift oder Stempel (formally_defective, RS-1)",
    ]
    assert {"  formally_correct=false", "  issued_on=2026-10-30", "  icd=[]"} <= set(said)
    trace = lines(basket("work-items", "show", 1, "--trace"))
    assert "    ✗ formally_defective (formally_correct: nein)" in trace
    assert "    ✓ proof_gap (days: 0, proven_until: 30.10.2026, issued_on: 30.10.2026)" in trace


def test_a_correction_with_its_words_is_decided_again(world: World, basket: Run) -> None:
    words = ("--actor", "kurz", "--reason", "Stempel auf der Rückseite")
    done = basket("work-items", "correct", 1, "--set", "formally_correct=true", "--set", "icd=[]", *words)
    assert lines(done) == ["Die berichtigte Meldung wartet im Posteingang (Nummer 5); Eintrag 1 ist erledigt."]
    assert basket("work", "--once").stdout == "1 Meldung: 1 dunkel erledigt, 0 ausgesteuert\n"
    assert lines(basket("work-items", "show", 1))[-1].endswith(" kurz: berichtigt – Stempel auf der Rückseite")
    assert refused(basket("work-items", "close", 1, *words), 1) == "Der Postkorbeintrag 1 ist schon erledigt."
    assert world.broken() == []


def test_acting_shows_first_and_asks_and_money_goes_to_a_second_person(world: World, basket: Run) -> None:
    act = ("work-items", "act", 1, "--action", "extend-benefit until=2026-11-30", "--actor", "kurz")
    said = lines(basket(*act))
    assert said[:3] == [
        "Geschäftsvorfälle:",
        "  • RS-1/C-1: Leistung verlängert bis 30.11.2026",
        "  • RS-1/C-1: Rate freigegeben 312,50 €, fällig am 15.11.2026",
    ]
    assert said[-2:] == [
        "Das bewegt Geld oder ist nachteilig: Es geht zur Zweitprüfung.",
        "Nichts wurde geändert. Mit --yes wird es gemacht.",
    ]
    assert world.states()["N-1"] == "referred"
    wordless = basket(*act, "--yes")
    assert (wordless.returncode, wordless.stderr.count("\n")) == (2, 1)
    assert "Begründung" in wordless.stderr
    said = lines(basket(*act, "--yes", "--reason", "Praxis hat bestätigt"))
    assert said[-1] == "Vorschlag 3 wartet auf die Zweitprüfung."
    shown = lines(basket("proposals", "show", 3))
    assert shown[2] == "  von Hand, vorgeschlagen von kurz"
    assert any(line.endswith("kurz: von Hand bearbeitet – Praxis hat bestätigt") for line in shown)
    assert "KURZ hat diese" in refused(basket("proposals", "confirm", 3, "--actor", "KURZ", "--reason", "ja"), 1)
    done = basket("proposals", "confirm", 3, "--actor", "weber", "--reason", "stimmt")
    assert lines(done) == ["Vorschlag 3 ist bestätigt und wirksam (Entscheidung N)."]
    assert world.states()["N-1"] == "handled"
    assert world.broken() == []


def test_what_neither_pays_nor_harms_takes_effect_at_once(world: World, basket: Run) -> None:
    action = json.dumps({"type": "record_proof", "contract": "RS-1", "claim": "C-1", "until": "2026-11-30"})
    said = lines(basket("work-items", "act", 1, "--action", action, "--actor", "kurz", "--yes"))
    assert said[-2:] == ["Das wird ohne Zweitprüfung wirksam.", "Erledigt (Entscheidung N)."]
    assert world.states()["N-1"] == "handled"


ACT = ("act", 1, "--actor", "kurz", "--action")


#: what a clerk types in vain
WORKING: list[tuple[tuple[object, ...], int, str]] = [
    (("show", 99), 1, "Den Postkorbeintrag 99 gibt es nicht."),
    (("close", 1, "--actor", "kurz"), 2, "Ein Postkorbeintrag wird nur mit Grund geschlossen"),
    (("close", 2, "--actor", "kurz", "--reason", "weg"), 1, "Das ist eine Zweitprüfung"),
    (("close", 1, "--reason", "weg"), 2, "--actor: bitte sagen, wer handelt"),
    (("close", 1, "--actor", "kurz", "--reason", "w", "--version", 7), 1, "Der Postkorbeintrag 1 wurde inzwischen"),
    (("correct", 1, "--actor", "kurz"), 2, "Bitte mit --set sagen, was zu berichtigen ist"),
    (("correct", 1, "--actor", "kurz", "--set", "final"), 2, "--set: erwartet FELD=WERT, gefunden final."),
    (("correct", 1, "--actor", "kurz", "--set", "icd=[M54"), 2, "--set: kein lesbares JSON: [M54"),
    (("correct", 1, "--actor", "kurz", "--set", "colour=red"), 2, "Die Berichtigung ist nicht lesbar: das Feld"),
    (
        ("correct", 1, "--actor", "kurz", "--set", "final=ja"),
        2,
        "Die Berichtigung ist nicht lesbar: final: erwartet",
    ),
    (("act", 1, "--actor", "kurz"), 2, "Bitte mit --action mindestens einen Geschäftsvorfall angeben."),
    ((*ACT, " "), 2, "Bitte mit --action mindestens einen Geschäftsvorfall angeben."),
    ((*ACT, "fly_away"), 2, "Geschäftsvorfall fly_away: type: kein erlaubter Wert."),
    ((*ACT, "extend_benefit 2026-11-30"), 2, "--action: erwartet FELD=WERT, gefunden 2026-11-30."),
    ((*ACT, "extend_benefit until=30.11.2026"), 2, "Geschäftsvorfall extend_benefit: until: kein gültiges Datum"),
    ((*ACT, '{"type": "extend_benefit"'), 2, "--action: kein lesbares JSON-Objekt"),
    ((*ACT, '["extend_benefit"]'), 2, "--action: kein lesbares JSON-Objekt"),
    (
        (*ACT, "extend_benefit until=2026-10-01"),
        1,
        "extend_benefit für RS-1/C-1: bis zu diesem Tag ist nichts mehr",
    ),
    ((*ACT, "close_claim reason=tired"), 1, "close_claim für RS-1/C-1: reason ist eines von recovered"),
    (("act", 2, *ACT[2:], "file_notice"), 1, "Eine Zweitprüfung wird nicht von Hand bearbeitet"),
]


def test_what_a_clerk_cannot_do_is_one_sentence(world: World, basket: Run) -> None:
    before = world.picture()
    for arguments, code, sentence in WORKING:
        assert refused(basket("work-items", *arguments), code).startswith(sentence)
    assert world.picture() == before


def test_decisions_are_found_and_their_reversal_is_proposed_once(world: World, basket: Run) -> None:
    assert lines(basket("decisions", "find"))[-1] == "Entscheidungen: 1, freigegeben 312,50 €."
    (row,) = (json.loads(line) for line in lines(basket("decisions", "find", "--json")))
    assert (row["external_id"], row["released"]) == ("N-3", "312.50")
    looked = lines(basket("decisions", "reverse", row["id"]))
    assert "  • RS-3/C-3: Leistung verlängert bis 30.11.2026: zurückgenommen" in looked
    assert "Rate storniert  Verbindlichkeit  Aufwand Krankheit  312,50 €" in looked
    assert looked[-1].startswith("Nichts wurde geändert.")
    who = ("--actor", "kurz", "--reason", "falsche Akte")
    assert "Rücknahmen zur Zweitprüfung: 1." in lines(basket("decisions", "reverse", row["id"], "--propose", *who))[-1]
    (listed,) = (line for line in lines(basket("proposals", "list")) if "Rücknahme" in line)
    assert "-312,50 €" in listed
    run_number = json.loads(lines(basket("proposals", "list", "--json"))[-1])["run"]
    assert len(lines(basket("proposals", "list", "--run", run_number))) == 2
    shown = lines(basket("proposals", "show", 3))
    assert shown[2] == f"  Rücknahme der Entscheidung {row['id']}, vorgeschlagen von kurz, Lauf {run_number}"
    assert any(line.endswith("kurz: Rücknahme vorgeschlagen – falsche Akte") for line in shown)
    again = basket("decisions", "reverse", row["id"], "--propose", *who)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)


def test_how_a_process_runs_is_set_stopped_and_started_in_words(basket: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    name, leader = "follow-up-sick-note", ("--actor", "leitung", "--reason", "Prüfung der Tabelle")
    band = ("--cases-per-day", 200, "--euros-per-day", "50000", "--dark-rate", "0.40:0.95", "--mean-amount", ":900")
    assert lines(basket("processes", "set", name, "--sample", 20, *band, *leader)) == [f"{name} ist eingestellt."]
    assert lines(basket("processes", "stop", name, *leader)) == [f"{name} ist angehalten; seine Meldungen warten."]
    said = " ".join(" ".join(lines(basket("processes", "list"))).split())
    assert "1 von 20" in said
    assert "angehalten von leitung" in said
    assert said.endswith(
        "Bremse follow-up-sick-note: höchstens 200 dunkle Fälle am Tag, höchstens 50.000,00 € am Tag, "
        "Quote 40% bis 95%, mittlerer Betrag – bis 900,00 €, über die letzten 200 Meldungen"
    )
    assert lines(basket("processes", "start", name, *leader)) == [f"{name} läuft wieder."]


def test_every_command_of_people_has_help_with_an_example(run: Run) -> None:
    commands: dict[str, Any] = {
        "proposals": ("list", "show", "confirm", "discard"),
        "work-items": ("list", "show", "correct", "act", "close"),
        "decisions": ("find", "reverse"),
        "processes": ("list", "set", "stop", "start"),
    }
    for group, names in commands.items():
        for name in names:
            said = "\n".join(lines(run(group, name, "--help")))
            assert "Beispiel" in said
            assert f"dunkelwerk {group} {name}" in said


def test_shadow_in_words(world: World, run: Run) -> None:
    world.load(household(1))
    run("processes", "set", "follow-up-sick-note", "--mode", "shadow", "--actor", "leitung")
    world.receive(note(1))
    run("work", "--once")
    said = lines(run("shadow", "--since", TODAY))
    assert "noch nicht bearbeitet                 1" in said
    assert refused(run("shadow", "--since", "1.11.2026"), 2) == "--since: kein Datum der Form JJJJ-MM-TT."
    assert refused(run("shadow", "--since", TODAY, "--process", "nix"), 2).startswith("Den Prozess nix gibt es nicht")
    assert lines(run("shadow", "--since", "2026-11-03")) == ["Seit diesem Tag lief nichts im Schatten."]


def test_a_list_in_an_outage_is_one_sentence(run_cli: Any, database_url: str) -> None:
    """Reading is no session of a person: the database falls under it."""
    import psycopg

    with psycopg.connect(database_url) as owner:
        owner.execute("LOCK TABLE proposal IN ACCESS EXCLUSIVE MODE")
        told = run_cli("proposals", "list")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("Die Datenbank arbeitet gerade nicht: ")
    assert told.stderr.count("\n") == 1
