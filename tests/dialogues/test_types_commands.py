"""Versions of types are immutable; a new one serves new dialogues, and open ones only where that does no harm."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from dialogue_support import AT, BORN, TYPE, import_rows, person_row, publish_proof, submit


def versions_of(url: str) -> dict[str, int]:
    query = "SELECT d.external_id, v.version FROM dialogue d JOIN dialogue_type_version v ON v.id = d.version"
    with psycopg.connect(url) as database:
        return dict(database.execute(query).fetchall())


def changed(place: int = 0, **changes: Any) -> dict[str, Any]:
    """The test's type with one question changed."""
    from dunkelwerk.dialogues.forms.reading import load

    form = load(TYPE)
    [page] = form.pages
    questions = list(page.questions)
    questions[place] = msgspec.structs.replace(questions[place], **changes)
    return {"pages": (msgspec.structs.replace(page, questions=tuple(questions)),)}


def test_the_same_content_is_no_new_version(proof: str) -> None:
    assert not publish_proof().is_new
    other = publish_proof(valid_days=31)
    assert (other.version, other.is_new) == (2, True)
    assert publish_proof(valid_days=31).id == other.id
    assert publish_proof().version == 3


def test_a_faulty_type_is_not_published(proof: str, folder: Path, run_cli: Any) -> None:
    path = folder / "faulty.yaml"
    path.write_text(TYPE.read_text().replace("contract: {prefill: contract}", "contract: {prefill: kontrakt}"))
    for command in (["check"], ["publish", "--actor", "f.admin"]):
        done = run_cli("types", *command, path)
        assert done.returncode == 1
        assert "notice.contract" in done.stderr
        assert "Traceback" not in done.stderr
    good = run_cli("types", "check", TYPE)
    assert (good.returncode, good.stderr) == (0, "")


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ("process: follow_up_unemployment_proof", "process: follow_up_unemployment_prof", "process: "),
        (
            "contract: {prefill: contract}",
            "contract: {prefill: contract}\n  process: {value: death_notice}",
            "notice.process",
        ),
    ],
)
def test_a_type_whose_notices_nobody_could_read_is_refused(
    proof: str, folder: Path, run_cli: Any, before: str, after: str, path: str
) -> None:
    faulty = folder / "faulty.yaml"
    faulty.write_text(TYPE.read_text().replace(before, after))
    for command in (["check"], ["publish", "--actor", "f.admin"]):
        done = run_cli("types", *command, faulty)
        assert done.returncode == 1
        assert path in done.stderr
        assert "Traceback" not in done.stderr
    with psycopg.connect(proof) as database:
        assert database.execute("SELECT count(*) FROM dialogue_type_version").fetchall() == [(1,)]


def test_what_was_published_for_a_process_that_there_is_not_can_be_mended(
    proof: str, folder: Path, run_cli: Any
) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.forms import reading
    from dunkelwerk.dialogues.records import Person
    from dunkelwerk.infra.errors import CommandError

    _counts, [letter] = import_rows(folder, [person_row(1)])
    lost = msgspec.structs.replace(reading.load(TYPE), process="no_such_process")
    with psycopg.connect(proof) as database:
        database.execute("ALTER TABLE dialogue_type_version DISABLE TRIGGER USER")
        database.execute("UPDATE dialogue_type_version SET content = %s", (reading.encode(lost),))
    with pytest.raises(CommandError):
        submit(letter["dialogue"])
    with pytest.raises(CommandError, match="types check"):
        import_rows(folder, [person_row(2)], out="more.csv")
    person = Person(external_id="A-1", last_name="Groß", birth_date=date(1980, 2, 29))
    with pytest.raises(CommandError, match="types check"):
        operations.create_dialogue("proof", person, prefill={"contract": "RS-1"}, actor="api:core")
    assert publish_proof(expiry_title="Papierbogen senden").version == 2
    done = run_cli("types", "repin", "proof", "--actor", "f.admin")
    assert "1 Dialoge mit neuem Wortlaut" in done.stdout
    assert submit(letter["dialogue"]).reference == letter["dialogue"]


def test_shipped_types_are_sound_and_published_when_needed(proof: str, run_cli: Any) -> None:
    from dunkelwerk.dialogues.shipped import problems_of, read_name_or_file, shipped_names

    assert [problem for name in shipped_names() for problem in problems_of(read_name_or_file(name))] == []
    done = run_cli("types", "publish", "sick-note-upload", "--actor", "f.admin")
    assert (done.returncode, "Version 1 veröffentlicht" in done.stdout) == (0, True)
    assert "sick_note_upload  1" in run_cli("types", "list").stdout


def test_wording_reaches_every_open_dialogue(proof: str, folder: Path, run_cli: Any) -> None:
    from dunkelwerk.dialogues import access, operations

    _counts, letters = import_rows(folder, [person_row(number) for number in range(3)])
    access.log_in(letters[0]["pin"], BORN, address="10.0.0.1", at=AT)
    operations.revoke(letters[2]["dialogue"], actor="test", reason="irrtümlich")
    publish_proof(**changed(label={"de": "Was beziehen Sie?", "en": "What do you receive?"}))
    assert set(versions_of(proof).values()) == {1}
    done = run_cli("types", "repin", "proof", "--actor", "f.admin")
    assert "2 Dialoge mit neuem Wortlaut, 0 mit neuem Aufbau; 0 bleiben" in done.stdout
    assert versions_of(proof) == {"E-0": 2, "E-1": 2, "E-2": 1}
    with psycopg.connect(proof) as database:
        events = database.execute("SELECT actor, detail FROM dialogue_event WHERE event = 'repinned'").fetchall()
    assert events == [("f.admin", "version 2")] * 2


def test_structure_reaches_only_what_nobody_opened(proof: str, folder: Path, run_cli: Any) -> None:
    from dunkelwerk.dialogues import access

    _counts, letters = import_rows(folder, [person_row(number) for number in range(2)])
    access.log_in(letters[0]["pin"], BORN, address="10.0.0.1", at=AT)
    publish_proof(**changed(1, required=True))
    done = run_cli("types", "repin", "proof", "--actor", "f.admin")
    assert "0 Dialoge mit neuem Wortlaut, 1 mit neuem Aufbau; 1 bleiben" in done.stdout
    assert versions_of(proof) == {"E-0": 1, "E-1": 2}


def test_structure_reaches_no_dialogue_that_lacks_what_it_needs(proof: str, folder: Path, run_cli: Any) -> None:
    from dunkelwerk.dialogues.forms.reading import load

    import_rows(folder, [person_row(1)])
    prefill = load(TYPE).prefill
    needed = msgspec.structs.replace(prefill["remark"], required=True)
    publish_proof(prefill={**prefill, "remark": needed})
    done = run_cli("types", "repin", "proof", "--actor", "f.admin")
    assert "0 mit neuem Aufbau; 1 bleiben" in done.stdout
    assert versions_of(proof) == {"E-1": 1}


def test_show_draws_the_flow(proof: str, run_cli: Any) -> None:
    for said in ("tax_id", "proof", TYPE):
        done = run_cli("types", "show", said)
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 3


def test_a_type_tells_the_columns_of_its_import(proof: str, run_cli: Any) -> None:
    person = "external_id, salutation, first_name, last_name, street, house_number, postal_code, city, birth_date"
    told = f"{person}, prefill.contract; freiwillig: valid_until, prefill.incapacity_from"
    assert run_cli("types", "show", "sick_note_upload").stdout.splitlines()[-1].endswith(told)
    assert "prefill." in run_cli("types", "show", "proof", "--version", "1").stdout.splitlines()[-1]
