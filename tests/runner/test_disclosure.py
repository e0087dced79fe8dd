"""A person is told all that is stored about them, and nothing about anybody else."""

from __future__ import annotations

import copy
import json
import stat
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from work_support import TODAY, Thing, World, case_file, claim, contract, household, note

#: of the partner on the joint contract: each occurs nowhere else
PARTNER = {"first_name": "Ottokar", "last_name": "Wolkenstein", "birth_date": "1961-07-13"}
SECRETS = ("Wolkenstein", "Ottokar", "1961-07-13", "13.07.1961", "F43.2", "C-2", "P-2")
STAFF = ("k.lotz", "m.engel", "d.schutz")


def couple(*, partner_overlaps: bool = False) -> Thing:
    """P-1 and P-2 on RS-1, each ill; P-1 alone on RS-3. The partner's claim is paid ahead where they overlap."""
    theirs = {"proven_until": "2026-12-31", "released_until": "2026-12-31"} if partner_overlaps else {}
    line = case_file(
        contract("RS-1", [1, 2], claim("C-1", 1), claim("C-2", 2, icd=["F43.2"], **theirs)),
        contract("RS-3", [1], claim("C-3", 1)),
    )
    line["persons"][1] |= PARTNER
    return line


def fill(world: World, *, partner_overlaps: bool = False) -> World:
    """Both sent a note; RS-4 is somebody else's."""
    world.load(couple(partner_overlaps=partner_overlaps), household(4))
    world.receive(note(2, on="RS-1", icd=["F43.2"]) | PARTNER, note(1, icd=["M54.5"]), note(4), channel="scan")
    world.work(dispositions={} if partner_overlaps else {"second_person_overlap": "ignore"})
    return world


def disclose(world: World, key: str, folder: Path, **options: str) -> Thing:
    """The line's part of the JSON that the command's functions write."""
    world.enter()
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.insight.disclosure import Asked
    from dunkelwerk.insight.disclosure import disclose as collect
    from dunkelwerk.insight.disclosure_files import prepare_folder, write_disclosure
    from dunkelwerk.insight.disclosure_texts import read_texts
    from dunkelwerk.lines.terms import read_terms
    from dunkelwerk.runner.acting import Person

    told = collect(Asked(key), Person("d.schutz", business_day(TODAY), options.get("words", "")))
    write_disclosure(told, prepare_folder(folder, key), terms=read_terms(), texts=read_texts())
    said = json.loads((folder / "auskunft.json").read_text("utf-8"))
    line: Thing = said["lines"]["credit_protection"]
    return line


def texts(folder: Path) -> str:
    """Everything that was written."""
    return "".join((folder / name).read_text("utf-8") for name in ("auskunft.json", "auskunft.html"))


def test_everything_about_a_person_is_told(world: World, tmp_path: Path) -> None:
    fill(world)
    told = disclose(world, "P-1", tmp_path / "out")
    assert told["person"]["last_name"] == "Nachname1"
    assert {each["number"]: each["other_insured"] for each in told["contracts"]} == {"RS-1": 1, "RS-3": 0}
    claims = {claim["number"]: claim for contract in told["contracts"] for claim in contract["claims"]}
    assert set(claims) == {"C-1", "C-3"}
    first = claims["C-1"]
    assert first["icd"] == ["M54.5"]
    assert [(each["until"], each["decision"] is None) for each in first["proofs"]] == [
        ("2026-10-30", True),
        ("2026-11-30", False),
    ]
    assert [each["last_day"] for each in first["releases"]] == ["2026-10-30", "2026-11-30"]
    assert [(each["due"], each["amount"]) for each in first["instalments"]] == [("2026-11-15", "312.50")]
    (notice,) = told["notices"]
    assert (notice["external_id"], notice["content"]["icd"], notice["state"]) == ("N-1", ["M54.5"], "settled")
    (decision,) = notice["decisions"]
    assert (decision["outcome"], decision["effective"]) == ("apply", True)
    assert {action["type"] for action in decision["actions"]} >= {"record_proof", "release_instalment", "send_letter"}
    assert [each["subject"]["claim"] for each in decision["trace"]] == [None, "C-1", "C-3"]
    assert decision["case_file"]["persons"][0]["id"] == "P-1"
    assert {each["claim"] for each in told["movements"]} == {"C-1", "C-3"}
    assert {each["claim"]: each["amount"] for each in told["postings"]} == {"C-1": "312.50", "C-3": "312.50"}
    assert {each["claim"] for each in told["letters"]} == {"C-1", "C-3"}
    assert told["left_out"] == {"notices_of_others": 1, "unclear_notices": []}


@pytest.mark.parametrize("overlaps", [False, True])
def test_a_partner_is_kept_out(world: World, tmp_path: Path, overlaps: bool) -> None:
    fill(world, partner_overlaps=overlaps)
    disclose(world, "P-1", tmp_path / "out")
    written = texts(tmp_path / "out")
    assert [secret for secret in SECRETS if secret in written] == []
    disclose(world, "P-2", tmp_path / "theirs")
    heard = texts(tmp_path / "theirs")
    assert [secret for secret in SECRETS if secret not in heard] == []
    assert "Nachname1" not in heard


def test_a_reason_that_lies_in_the_partner_is_withheld_whole(world: World, tmp_path: Path) -> None:
    fill(world, partner_overlaps=True)
    assert "second_person_overlap" in world.reasons()["N-1"]
    told = disclose(world, "P-1", tmp_path / "out")
    (decision,) = told["notices"][0]["decisions"]
    (reason,) = decision["reasons"]
    assert (reason["code"], "andere Person" in reason["text"]) == (None, True)
    assert [item["reasons"] for item in told["notices"][0]["work_items"]] == [[]]
    found = [each["code"] for traced in decision["trace"] for each in traced["checks"] if each["found"]]
    assert found == []


def test_what_staff_wrote_is_told_and_who_is_not(world: World, tmp_path: Path) -> None:
    world.load(couple())
    world.receive(note(1, formally_correct=False))
    world.work(dispositions={"second_person_overlap": "ignore"})
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.runner import handling
    from dunkelwerk.runner.acting import Person

    (item,) = world.items()
    words = "Frau Wolkenstein rief an, Stempel fehlt wirklich"
    handling.close(item["id"], Person("k.lotz", business_day(TODAY), words))
    told = disclose(world, "P-1", tmp_path / "out")
    (work_item,) = told["notices"][0]["work_items"]
    (deed,) = work_item["deeds"]
    assert deed["words"] == "Frau [andere Person] rief an, Stempel fehlt wirklich"
    assert deed["actor"].startswith("Mitarbeiter")
    assert [name for name in STAFF if name in texts(tmp_path / "out")] == []


def test_whose_notice_it_is() -> None:
    from dunkelwerk.lines.credit_protection.disclosure.redaction import Redactor

    line = couple()
    mine = {"first_name": "Vorname1", "last_name": "Nachname1", "birth_date": line["persons"][0]["birth_date"]}
    redactor = Redactor("P-1", line, ["RS-1", "RS-3"])
    assert redactor.whose(mine, "RS-1") == "mine"
    assert redactor.whose(PARTNER, "RS-1") == "others"
    assert redactor.whose(mine | {"birth_date": "1900-01-01"}, "RS-1") == "mine"
    assert redactor.whose(mine | {"birth_date": PARTNER["birth_date"]}, "RS-1") == "mine"
    assert redactor.whose(PARTNER | {"birth_date": mine["birth_date"]}, "RS-1") == "others"
    assert redactor.whose({"first_name": "?", "last_name": "?", "birth_date": "1900-01-01"}, "RS-1") == "unclear"
    alone = household(1)
    assert Redactor("P-1", alone, ["RS-1"]).whose({"first_name": "?"}, "RS-1") == "mine"


def test_scrubbing_leaves_other_words_and_numbers_alone() -> None:
    from dunkelwerk.lines.credit_protection.disclosure.redaction import Redactor

    line = copy.deepcopy(couple())
    line["persons"][1] |= {"id": "17", "last_name": "Lang", "first_name": "Mai"}
    redactor = Redactor("P-1", line, ["RS-1"])
    said = "Herr Lang, LANG: 17 Tage lang im Mai-Urlaub; Langer, F43.2, F43.21, 13.07.1961"
    told = redactor.scrub(said).replace("[andere Person]", "#")
    assert told == "Herr #, #: 17 Tage lang im Mai-Urlaub; Langer, #, F43.21, #"


def test_a_person_without_contracts_or_notices(world: World, tmp_path: Path) -> None:
    world.load(household(4))
    world.run("INSERT INTO person (key, last_name, first_name, birth_date) VALUES ('P-7', 'A', 'B', '1980-01-01')")
    told = disclose(world, "P-7", tmp_path / "seven")
    assert (told["contracts"], told["notices"], told["postings"]) == ([], [], [])
    told = disclose(world, "P-4", tmp_path / "four")
    assert (told["notices"], told["contracts"][0]["number"]) == ([], "RS-4")


def test_after_retention_the_books_are_told_still(world: World, tmp_path: Path) -> None:
    from retention_support import close_claim, delete

    fill(world)
    world.run("UPDATE notice SET received_at = '2026-11-02'", "UPDATE letter_order SET state = 'cancelled'")
    for number in (1, 2, 3, 4):
        close_claim(world, number)
    delete(world, "2126-01-01")
    assert world.states() == {}
    told = disclose(world, "P-1", tmp_path / "out")
    assert (told["notices"], told["letters"]) == ([], [])
    assert {each["claim"] for each in told["movements"]} == {"C-1", "C-3"}
    assert len(told["postings"]) == 2


def test_the_law_is_told_with_the_logic(world: World, tmp_path: Path) -> None:
    fill(world)
    law = disclose(world, "P-1", tmp_path / "out")["law"]
    assert {each["years"] for each in law["terms"]} == {3, 6, 10}
    (process,) = law["processes"]
    assert process["rules"] == [world.value("SELECT rules FROM decision_record LIMIT 1")]
    assert "proof_gap" in {check["code"] for check in process["checks"]}
    assert law["purposes"]
    assert law["recipients"]


def test_the_command_writes_files_for_one_pair_of_eyes(world: World, run_cli: Any, tmp_path: Path) -> None:
    fill(world)
    out = tmp_path / "out"
    options = ("--actor", "d.schutz", "--reason", "Antrag vom 1.11.", "--out", out)
    done = run_cli("persons", "disclose", "P-1", *options, DUNKELWERK_TODAY=TODAY)
    assert (done.returncode, done.stderr) == (0, "")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (out, *out.iterdir())}
    assert modes == {"out": 0o700, "auskunft.json": 0o600, "auskunft.html": 0o600}
    (deed,) = world.rows("SELECT actor, deed, key, words FROM deed WHERE kind = 'person'")
    assert (deed["actor"], deed["deed"], deed["key"]) == ("d.schutz", "disclosed", "P-1")
    assert deed["words"]
    again = run_cli("persons", "disclose", "P-1", *options, DUNKELWERK_TODAY=TODAY)
    assert (again.returncode, again.stderr) == (1, f"{out}: der Ordner ist nicht leer.\n")
    assert world.value("SELECT count(*) FROM deed WHERE kind = 'person'") == 1


def test_a_kept_letter_lies_beside_it_and_a_changed_one_does_not(world: World, tmp_path: Path) -> None:
    import hashlib

    fill(world)
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "1.pdf").write_bytes(b"%PDF")
    (folder / "2.pdf").write_bytes(b"changed")
    digest = hashlib.sha256(b"%PDF").hexdigest()
    world.run(
        f"""INSERT INTO letter_run (id, business_day, folder, started_at)
            VALUES (1, '2026-11-02', '{folder}', '2026-11-02')""",
        f"UPDATE letter_order SET run = 1, sha256 = '{digest}', file = '2.pdf'",
        "UPDATE letter_order SET file = '1.pdf' WHERE claim = 'C-1'",
    )
    disclose(world, "P-1", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out" / "briefe").iterdir()] == ["1.pdf"]


def test_an_unknown_person_is_one_sentence(world: World, run_cli: Any, tmp_path: Path) -> None:
    world.load(household(4))
    done = run_cli("persons", "disclose", "P-99", "--actor", "d.schutz", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Die Person P-99 gibt es nicht.\n")
    assert world.value("SELECT count(*) FROM deed") == 0
    assert run_cli("persons", "disclose", "P-4").returncode == 2


@pytest.mark.parametrize("text", ["purposes: 3", "purpose: [x]", "["])
def test_impossible_texts_are_refused(tmp_path: Path, text: str) -> None:
    from dunkelwerk.infra.errors import CommandError
    from dunkelwerk.insight.disclosure_texts import read_texts

    (tmp_path / "own.yaml").write_text(text)
    with pytest.raises(CommandError) as caught:
        read_texts(tmp_path / "own.yaml")
    assert caught.value.code == 2


class Outline(HTMLParser):
    """Tags, headings, ids and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append(tag)
        self.ids += [named["id"]] if named.get("id") else []
        self.links += [value for name in ("href", "src") if (value := named.get(name))]


def test_the_page_loads_nothing_and_has_an_outline(world: World, tmp_path: Path) -> None:
    world.load(household(1))
    world.receive(note(1) | {"id": "<script>alert(1)</script>"})
    world.work()
    disclose(world, "P-1", tmp_path / "out")
    outline = Outline()
    outline.feed((tmp_path / "out" / "auskunft.html").read_text("utf-8"))
    assert {"script", "img", "link", "iframe"} & set(outline.tags) == set()
    assert outline.tags.count("h1") == 1
    assert outline.links == [f"#{each}" for each in outline.ids if not each.endswith("-title")]
    levels = [int(tag[1]) for tag in outline.tags if tag in ("h1", "h2", "h3", "h4")]
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    assert outline.tags.count("table") == outline.tags.count("caption") > 0


def test_on_a_joint_contract_each_is_told_of_their_own_dialogue(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    monkeypatch.setenv("DUNKELWERK_TODAY", TODAY)
    monkeypatch.delenv("DUNKELWERK_PORTAL_URL", raising=False)
    line = couple()
    world.load(line)
    world.enter()
    from dunkelwerk.dialogues.operations import create_dialogue
    from dunkelwerk.dialogues.records import Person

    made = {}
    for who in line["persons"]:
        names = {name: who[name] for name in ("first_name", "last_name")}
        person = Person(external_id=f"E-{who['id']}", birth_date=date.fromisoformat(who["birth_date"]), **names)
        created = create_dialogue("sick_note_upload", person, prefill={"contract": "RS-1"}, actor="k.lotz")
        made[who["id"]] = created.reference
    for key, reference in made.items():
        disclose(world, key, tmp_path / key)
        told = json.loads((tmp_path / key / "auskunft.json").read_text("utf-8"))["dialogues"]
        assert ([each["reference"] for each in told["dialogues"]], told["unclear"]) == ([reference], [])
    assert [secret for secret in SECRETS if secret in texts(tmp_path / "P-1")] == []


#: whatever the size of the tables: no query may read one from end to end
SCANNED = """
    SELECT relname, seq_scan FROM pg_stat_xact_user_tables
    WHERE seq_scan > 0 AND relname = ANY(ARRAY['notice', 'decision_record_2026_11', 'posting', 'movement', 'proof',
        'release', 'instalment', 'claim', 'contract', 'person', 'letter_order', 'work_item', 'deed', 'toucher',
        'proposal', 'insured'])
"""


def test_no_table_is_read_from_end_to_end(world: World) -> None:
    fill(world)
    world.enter()
    from django.db import connection

    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.infra.keys import Vault
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.lines.disclosing import disclosers
    from dunkelwerk.runner.disclosure import Collector

    with connection.cursor() as cursor:
        vault = Vault(cursor, on=business_day(TODAY))
    connection.close()  # its figures are still those of the world's making
    with snapshot(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        concerned = disclosers()["credit_protection"].find(cursor, "P-1")
        assert concerned is not None
        Collector(cursor, vault, concerned, []).collect()
        cursor.execute(SCANNED)
        assert cursor.fetchall() == []
