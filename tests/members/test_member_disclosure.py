"""A member is told everything that is kept about them, their dialogues included, and nothing about anybody else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from member_support import ON, OTHER_IBAN, OWN_IBAN, TAX_IDS, Members, mandate, member, notice
from work_support import Thing

ME = member(1)["member"]
#: of another member: each occurs nowhere else
OTHER = {"first_name": "Ottokar", "last_name": "Wolkenstein", "birth_date": "1961-07-13"}
SECRETS = ("Wolkenstein", "Ottokar", "1961-07-13", "13.07.1961", TAX_IDS[2], "M-2")
STAFF = ("weber", "d.schutz", "k.import")
COLUMNS = ("salutation", "first_name", "last_name", "street", "house_number", "postal_code", "city")


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of these tests, and letters whose PINs nobody uses."""
    monkeypatch.setenv("DUNKELWERK_TODAY", ON.isoformat())
    for name in ("PEPPER", "PEPPERS", "PORTAL_URL"):
        monkeypatch.delenv(f"DUNKELWERK_{name}", raising=False)


def fill(world: Members) -> Members:
    """M-1 has a loaded mandate, gives a tax ID and another mandate, and had an accident; M-2 gives a tax ID."""
    world.load(member(1, mandate("MD-1")), member(2, **OTHER))
    world.receive(
        notice("tax_id", 1),
        notice("sepa_mandate", 1),
        notice("accident", 1),
        notice("tax_id", 2, tax_id=TAX_IDS[2], **OTHER),
    )
    world.work()
    world.confirm("sepa_mandate-1")
    return world


def create(world: Members, external_id: str, *, type: str = "tax_id", who: Thing = ME, **prefill: str) -> str:
    """A dialogue with somebody; its reference."""
    world.enter()
    from dunkelwerk.dialogues.operations import create_dialogue
    from dunkelwerk.dialogues.records import Person

    born = date.fromisoformat(who["birth_date"])
    person = Person(external_id=external_id, birth_date=born, **{name: who[name] or "" for name in COLUMNS})
    return create_dialogue(type, person, prefill=prefill, actor="k.import").reference


def answer(world: Members, reference: str, *, submits: bool = True, **answers: Any) -> None:
    """Save answers, and submit them."""
    world.enter()
    from dunkelwerk.dialogues import answers as drafts
    from dunkelwerk.dialogues.forms.filling import Form
    from dunkelwerk.dialogues.queries import find
    from dunkelwerk.infra.businessday import now

    dialogue = find(reference)
    revision = drafts.save_draft(dialogue.id, answers, revision=drafts.load_draft(dialogue.id).revision)
    form = Form(dialogue.form, answers, prefill=dialogue.prefill, person=dialogue.facts, today=ON)
    if submits:
        sealed = {"receipt": b"%PDF-receipt", "receipt_sha256": "ab" * 32, "language": "de", "at": now()}
        drafts.submit(dialogue, form, revision=revision, **sealed)


def disclose(world: Members, key: str | None, folder: Path, *dialogues: str, line: str | None = None) -> Thing:
    """The JSON that the command's functions write."""
    world.enter()
    from dunkelwerk.insight.disclosure import Asked
    from dunkelwerk.insight.disclosure import disclose as collect
    from dunkelwerk.insight.disclosure_files import folder_for, write_disclosure
    from dunkelwerk.insight.disclosure_texts import read_texts
    from dunkelwerk.lines.terms import read_terms
    from dunkelwerk.runner.acting import Person

    asked = Asked(key, line, dialogues)
    with folder_for(folder, asked.name) as out:
        told = collect(asked, Person("d.schutz", ON, "Antrag"))
        write_disclosure(told, out, terms=read_terms(), texts=read_texts())
    found: Thing = json.loads((folder / "auskunft.json").read_text("utf-8"))
    return found


def texts(folder: Path) -> str:
    """Everything that was written for reading."""
    return "".join((folder / name).read_text("utf-8") for name in ("auskunft.json", "auskunft.html"))


def references(told: Thing) -> list[str]:
    """The dialogues that are told."""
    return [each["reference"] for each in told["dialogues"]["dialogues"]]


def test_everything_about_a_member_is_told_and_nobody_else(world: Members, tmp_path: Path) -> None:
    told = disclose(fill(world), "M-1", tmp_path / "out")["lines"]["members"]
    assert told["person"]["last_name"] == "Nachname1"
    assert [(each["tax_id"], each["cancelled_on"]) for each in told["tax_ids"]] == [(TAX_IDS[0], None)]
    mandates = {each["iban"]: (each["status"], each["revoked_by"] is None) for each in told["mandates"]}
    assert mandates == {OTHER_IBAN: ("revoked", False), OWN_IBAN: ("active", True)}
    notices = {each["external_id"]: each for each in told["notices"]}
    assert set(notices) == {"tax_id-1", "sepa_mandate-1", "accident-1"}
    assert notices["accident-1"]["content"]["occurred_on"] == "2026-10-12"
    assert [each["outcome"] for each in notices["sepa_mandate-1"]["decisions"]] == ["second_check"] * 2
    assert [each["task"] for each in notices["accident-1"]["work_items"]] == ["recourse"]
    assert {each["action"] for each in told["movements"]} >= {"record_tax_id", "record_mandate", "open_work_item"}
    assert [each["template"] for each in told["letters"]] == ["mandate_confirmation"]
    law = told["law"]
    assert {process["process"] for process in law["processes"]} == {"tax_id", "sepa_mandate", "accident"}
    assert next(each["years"] for each in law["terms"] if "Steuer-ID" in each["name"]) == 7
    written = texts(tmp_path / "out")
    assert [word for word in (*SECRETS, *STAFF) if word in written] == []
    for word in (TAX_IDS[0], OWN_IBAN, "Unfall", "SEPA-Mandat", "Mitgliedsnummer"):
        assert word in (tmp_path / "out" / "auskunft.html").read_text("utf-8")


def test_a_notice_that_names_the_member_but_somebody_else_is_left_to_a_person(world: Members, tmp_path: Path) -> None:
    world.load(member(1))
    world.receive(notice("tax_id", 1, **OTHER), notice("tax_id", 1, name="married", last_name="Groß"))
    world.work()
    told = disclose(world, "M-1", tmp_path / "out")["lines"]["members"]
    assert [each["external_id"] for each in told["notices"]] == ["married"]
    assert len(told["left_out"]["unclear_notices"]) == 1
    assert "Wolkenstein" not in texts(tmp_path / "out")


def test_dialogues_are_found_by_member_number_notice_and_id(world: Members, tmp_path: Path) -> None:
    fill(world)
    submitted, open_one = create(world, "M-1"), create(world, "F-77", type="accident", member="M-1")
    answer(world, submitted, tax_id=TAX_IDS[0], correct=True)
    answer(world, open_one, submits=False, accident=True)
    theirs = create(world, "M-2", who=ME | OTHER)
    world.work()
    told = disclose(world, "M-1", tmp_path / "out")
    assert references(told) == [submitted, open_one]
    assert theirs not in texts(tmp_path / "out")
    first, second = told["dialogues"]["dialogues"]
    assert (first["state"], first["outcome"], first["answers"]["tax_id"]) == ("processed", "settled", TAX_IDS[0])
    assert {"question": "Wie lautet Ihre Steuer-Identifikationsnummer?", "answer": "86 095 742 719"}.items() <= first[
        "answered"
    ][0].items()
    assert (second["answers"], second["saved"], second["prefill"]) == (
        None,
        {"accident": True},
        [{"field": "Mitgliedsnummer", "value": "M-1"}],
    )
    assert [each["letter"] for each in first["letters"]] == ["invitation"]
    assert (tmp_path / "out" / "dateien" / f"{submitted}-receipt.pdf").read_bytes() == b"%PDF-receipt"
    actors = {each["actor"] for each in first["events"]} | {
        each["actor"] for notice in told["lines"]["members"]["notices"] for each in notice["handled_by"]
    }
    assert "Sie selbst" in actors
    assert [word for word in STAFF if word in texts(tmp_path / "out")] == []


def test_files_are_told_by_name_and_copied_until_they_are_deleted(world: Members, tmp_path: Path) -> None:
    fill(world)
    reference = create(world, "M-1")
    world.enter()
    from dunkelwerk.dialogues.answers import add_upload
    from dunkelwerk.dialogues.queries import find

    add_upload(find(reference).id, question="letter", name="Bescheid.pdf", content=b"%PDF-1", pages=1)
    told = disclose(world, "M-1", tmp_path / "out")["dialogues"]["dialogues"][0]
    assert [(each["name"], each["submitted"]) for each in told["uploads"]] == [("Bescheid.pdf", False)]
    assert (tmp_path / "out" / "dateien" / told["uploads"][0]["file"]).read_bytes() == b"%PDF-1"
    world.run("DELETE FROM dialogue_upload")
    assert disclose(world, "M-1", tmp_path / "later")["dialogues"]["dialogues"][0]["uploads"] == []
    assert "Bescheid.pdf" not in texts(tmp_path / "later")


@pytest.mark.parametrize(
    ("external_id", "changes", "prefill"),
    [
        ("F-1", {}, {}),
        ("F-1", {}, {"member": "M-9"}),
        ("M-1", {"birth_date": "1951-03-03"}, {}),
        ("M-1", {"first_name": "Vera"}, {}),
    ],
)
def test_what_fits_in_part_is_left_to_a_person(
    world: Members, tmp_path: Path, external_id: str, changes: Thing, prefill: dict[str, str]
) -> None:
    """Same name and birth date without the number; the number with another birth date or first name."""
    fill(world)
    reference = create(world, external_id, who=ME | changes, **prefill)
    told = disclose(world, "M-1", tmp_path / "out")
    assert (references(told), told["dialogues"]["unclear"]) == ([], [reference])
    assert "unklar" in (tmp_path / "out" / "auskunft.html").read_text("utf-8")


@pytest.mark.parametrize("changes", [OTHER, {"first_name": "Vera", "birth_date": "1999-01-01"}])
def test_a_number_that_another_person_has_elsewhere_leads_to_nobody(
    world: Members, tmp_path: Path, changes: Thing
) -> None:
    """A case number of the core system may look like a member number."""
    fill(world)
    create(world, "M-1", type="accident", who=ME | changes, member="M-2")
    told = disclose(world, "M-1", tmp_path / "out")
    assert (references(told), told["dialogues"]["unclear"]) == ([], [])


def test_a_person_may_say_whose_a_dialogue_is_but_not_against_what_it_says(world: Members, tmp_path: Path) -> None:
    from dunkelwerk.infra.errors import CommandError

    fill(world)
    doubtful, theirs = create(world, "F-1"), create(world, "M-2", who=ME | OTHER)
    told = disclose(world, "M-1", tmp_path / "out", doubtful.lower())
    assert (references(told), told["dialogues"]["unclear"]) == ([doubtful], [])
    with pytest.raises(CommandError, match=theirs):
        disclose(world, "M-1", tmp_path / "theirs", theirs)
    assert not (tmp_path / "theirs").exists()


def test_once_its_person_is_deleted_the_notice_leads_to_it_and_an_id_alone_does_not(
    world: Members, tmp_path: Path
) -> None:
    fill(world)
    submitted, silent = create(world, "M-1"), create(world, "M-1", type="sepa_mandate")
    answer(world, submitted, tax_id=TAX_IDS[0], correct=True)
    world.work()
    world.run("UPDATE dialogue SET person = NULL, prefill = NULL, selector = NULL, pin_hash = NULL, pepper = NULL")
    told = disclose(world, "M-1", tmp_path / "out")
    assert (references(told), told["dialogues"]["unclear"]) == ([submitted], [silent])
    assert told["dialogues"]["dialogues"][0]["answered"][0]["answer"] == "86 095 742 719"
    assert "gelöscht" in (tmp_path / "out" / "auskunft.html").read_text("utf-8")


def test_a_dialogue_alone_is_told_to_whom_no_register_knows(world: Members, tmp_path: Path) -> None:
    reference, other = create(world, "X-1"), create(world, "X-2", who=ME | OTHER)
    world.run("DELETE FROM member")
    told = disclose(world, None, tmp_path / "out", reference)
    assert (references(told), told["lines"]) == ([reference], {})
    assert "Krankenkasse" in told["dialogues"]["law"]["members"]["controller"]
    (deed,) = world.rows("SELECT kind, key, actor FROM deed")
    assert deed == {"kind": "dialogue", "key": reference, "actor": "d.schutz"}
    from dunkelwerk.infra.errors import CommandError

    with pytest.raises(CommandError, match=other):
        disclose(world, None, tmp_path / "both", reference, other)


def test_an_id_that_only_dialogues_know_names_them(world: Members, tmp_path: Path) -> None:
    from dunkelwerk.infra.errors import CommandError

    reference = create(world, "X-1")
    world.run("DELETE FROM member")
    with pytest.raises(CommandError, match=f"X-1.*{reference}.*--dialogue"):
        disclose(world, "X-1", tmp_path / "out")
    with pytest.raises(CommandError, match=r"X-2 gibt es nicht\.$"):
        disclose(world, "X-2", tmp_path / "out")


def test_a_dialogue_that_somebody_changed_keeps_nobody_from_being_told(world: Members, run_cli: Any) -> None:
    fill(world)
    mine, changed = create(world, "M-1"), create(world, "M-2", who=ME | OTHER)
    world.run(f"UPDATE dialogue SET person = set_byte(person, 40, 7) WHERE reference = '{changed}'")
    out = world.folder / "out"
    done = run_cli("persons", "disclose", "M-1", "--actor", "d.schutz", "--out", out)
    assert (done.returncode, changed in done.stdout, mine in done.stdout) == (0, True, False)
    assert [
        word for word in (ME["last_name"], TAX_IDS[0], OWN_IBAN, *SECRETS) if word in done.stdout + done.stderr
    ] == []
    assert mine in texts(out)


def test_a_letter_that_named_somebody_elses_contract_is_left_to_a_person(world: Members, tmp_path: Path) -> None:
    """Its notice is the sole insured person's; whom the letter asked is somebody else."""
    from work_support import household, write_lines

    from dunkelwerk.dialogues.matching import Sought, verdict_of
    from dunkelwerk.dialogues.queries import find
    from dunkelwerk.lines.credit_protection.intake.loading import load_files

    path = write_lines(world.folder / "households.jsonl", [household(1)])
    world.enter()
    load_files([path], actor="test", complain=print, advance=lambda count: None)
    reference = create(world, "E-1", type="sick_note_upload", who=ME | OTHER, contract="RS-1")
    who = household(1)["persons"][0]
    names = (who["first_name"], who["last_name"], date.fromisoformat(who["birth_date"]))
    said = Sought("credit_protection", "P-1", *names, frozenset({"RS-1"}), {reference: "mine"}, lambda *_: "mine")
    assert verdict_of(find(reference), said) == "unclear"


def test_who_was_told_is_kept_without_what(world: Members, tmp_path: Path) -> None:
    fill(world)
    reference = create(world, "M-1")
    disclose(world, "M-1", tmp_path / "out")
    (deed,) = world.rows("SELECT actor, key FROM deed WHERE deed = 'disclosed'")
    assert deed == {"actor": "d.schutz", "key": "M-1"}
    where = f"d.reference = '{reference}' AND e.event = 'disclosed'"
    query = f"SELECT e.actor, e.detail FROM dialogue_event e JOIN dialogue d ON d.id = e.dialogue WHERE {where}"
    assert world.rows(query) == [{"actor": "d.schutz", "detail": ""}]
    assert world.broken() == []


def test_what_somebody_else_wrote_at_an_exit_is_withheld(world: Members, tmp_path: Path) -> None:
    fill(world)
    reference = create(world, "M-1")
    world.enter()
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.queries import find

    operations.exit_by_person(find(reference).id, "not_me", note_text="Hier wohnt jetzt Otto Klein.")
    told = disclose(world, "M-1", tmp_path / "out")["dialogues"]["dialogues"][0]
    assert (told["state"], [each["task"] for each in told["work_items"]]) == ("revoked", ["wrong_person"])
    assert "Otto Klein" not in texts(tmp_path / "out")


def test_two_persons_of_one_id_are_never_taken_for_one(world: Members, tmp_path: Path) -> None:
    from work_support import household, write_lines

    from dunkelwerk.infra.errors import CommandError
    from dunkelwerk.lines.credit_protection.intake.loading import load_files

    world.load(member(2, number="P-1") | {"key": "P-1"})
    path = write_lines(world.folder / "households.jsonl", [household(1)])
    load_files([path], actor="test", complain=print, advance=lambda count: None)
    with pytest.raises(CommandError, match=r"P-1.*--line"):
        disclose(world, "P-1", tmp_path / "out")
    for line in ("members", "credit_protection"):
        assert list(disclose(world, "P-1", tmp_path / line, line=line)["lines"]) == [line]


def test_the_page_of_two_lines_loads_nothing_and_names_each_chapter_once(world: Members, tmp_path: Path) -> None:
    """The same person in both lines, of whom a dialogue is told too."""
    from test_disclosure import Outline
    from work_support import household, write_lines

    from dunkelwerk.lines.credit_protection.intake.loading import load_files

    line = household(1)
    names = {name: line["persons"][0][name] for name in ("first_name", "last_name", "birth_date")}
    world.load(member(1, mandate("MD-<b>1</b>"), number="P-1", **names) | {"key": "P-1"})
    path = write_lines(world.folder / "households.jsonl", [line])
    load_files([path], actor="test", complain=print, advance=lambda count: None)
    reference = create(world, "P-1", who=ME | names | {"street": "<script>alert(1)</script>"})
    assert references(disclose(world, "P-1", tmp_path / "out")) == [reference]
    page, outline = (tmp_path / "out" / "auskunft.html").read_text("utf-8"), Outline()
    outline.feed(page)
    assert {"script", "img", "link", "iframe"} & set(outline.tags) == set()
    assert (outline.tags.count("h1"), len(outline.ids)) == (1, len(set(outline.ids)))
    assert outline.links == [f"#{each}" for each in outline.ids if not each.endswith("-title")]
    assert ("Restschuldversicherung: Briefe an Sie" in page, "MD-&lt;b&gt;1" in page) == (True, True)


def test_whoever_holds_a_member_learns_of_their_dialogues(world: Members, run_cli: Any) -> None:
    fill(world)
    mine, doubtful = create(world, "M-1"), create(world, "F-1")
    hold = ("retention", "hold", "add", "--person", "M-1", "--actor", "r.echt", "--reason", "Klage")
    done = run_cli(*hold)
    assert (done.returncode, done.stderr) == (0, "")
    assert [each for each in (mine, doubtful) if each not in done.stdout] == []
    assert "dialogues hold" in done.stdout


#: no query of the line or the runner may read one of these from end to end
TABLES = (
    *("member", "member_tax_id", "mandate", "notice", "decision_record_2026_11", "movement", "letter_order"),
    *("work_item", "deed", "toucher", "proposal"),
)


def test_no_table_is_read_from_end_to_end(world: Members) -> None:
    fill(world)
    world.enter()
    from django.db import connection

    from dunkelwerk.infra.keys import Vault
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.lines.disclosing import disclosers
    from dunkelwerk.lines.members.retention import KEEPER
    from dunkelwerk.runner.disclosure import Collector

    with connection.cursor() as cursor:
        vault = Vault(cursor, on=ON)
    connection.close()  # its figures are still those of the world's making
    with snapshot(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        concerned = disclosers()["members"].find(cursor, "M-1")
        assert concerned is not None
        Collector(cursor, vault, concerned, []).collect()
        KEEPER.standing(cursor, sorted(concerned.decisions))
        cursor.execute("SELECT relname FROM pg_stat_xact_user_tables WHERE seq_scan > 0")
        assert {name for (name,) in cursor.fetchall()} & set(TABLES) == set()


def test_own_texts_of_a_line_leave_the_other_alone(tmp_path: Path) -> None:
    from dunkelwerk.insight.disclosure_texts import read_texts

    own = tmp_path / "texts.yaml"
    own.write_text("transfers: Keine.\nmembers:\n  controller: Die Kasse.\n", "utf-8")
    found = read_texts(own)
    assert {each.transfers for each in found.values()} == {"Keine."}
    assert (found["members"].controller, "Versicherer" in found["credit_protection"].controller) == ("Die Kasse.", True)
