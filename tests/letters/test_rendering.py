"""The engine: characters without glyph, an insurer's own templates, faults that say where and nothing of the person."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from letter_support import case_file, content_of, engine, print_letter, released, words

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.letters import fonts
from dunkelwerk.letters.insurer import TEMPLATES
from dunkelwerk.letters.rendering import LetterFault, text_of
from dunkelwerk.lines.credit_protection.letters import samples
from dunkelwerk.runner.lettering import engine_of, letters_text, sources

SETTLED = released("2026-11-15")
INSURER = """
name: Nordlicht Lebensversicherung AG
address: [Hafenstraße 3, 20457 Hamburg]
phone: 040 123456
email: post@nordlicht.example
legal_entities:
  leben: {name: Nordlicht Pension AG}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An insurer's folder with its data."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "insurer.yaml").write_text(INSURER, "utf-8")
    monkeypatch.setenv("DUNKELWERK_LETTERS", str(folder))
    return folder


@pytest.mark.parametrize(("name", "code"), [("Groß 😀", "U+1F600"), ("王", "U+738B"), ("Gro\x07ß", "U+0007")])
def test_a_character_that_no_font_has_is_named_by_its_code_alone(name: str, code: str) -> None:
    data = content_of("settlement", SETTLED, file=case_file(person={"last_name": name}))
    with pytest.raises(LetterFault, match=code.replace("+", r"\+")) as raised:
        print_letter(engine(), "settlement", data)
    assert "Groß" not in raised.value.fault


@pytest.mark.parametrize(
    "name", ["Žižek-Łącki", "Ğülşen Đurić", "Иванова", "Παπαδοπούλου", "Gu\u0308nther", "Na\u00adme"]
)
def test_names_of_europe_are_printed(name: str) -> None:
    text = words(engine(), "settlement", SETTLED, file=case_file(person={"last_name": name}))
    assert name.replace("u\u0308", "ü").replace("\u00ad", "") in text.replace("\u00ad", "")


@pytest.mark.parametrize("name", ["#panic(1)", "*fett* $x$ @ref", '"] } \\', "</script>"])
def test_markup_in_a_name_is_only_text(name: str) -> None:
    assert f"Sehr geehrter Herr {name}," in words(
        engine(), "settlement", SETTLED, file=case_file(person={"last_name": name})
    )


def test_the_insurers_data_goes_before_ours_and_differs_by_legal_entity(own: Path) -> None:
    data = content_of("settlement", SETTLED)
    made = engine()
    text = text_of(print_letter(made, "settlement", data).pdf)
    assert "Nordlicht Lebensversicherung AG" in text
    assert "Beispiel Versicherung" not in text
    pension = made.render("settlement", made.fill(data, legal_entity="leben"), on=samples.ON)
    assert "Nordlicht Pension AG" in text_of(pension.pdf)


def test_one_own_template_goes_before_ours_and_the_others_stay(own: Path) -> None:
    (own / "settlement.typ").write_text(
        '#import "letter.typ": letter\n#let data = json(bytes(sys.inputs.data))\n'
        "#show: letter.with(data)\nEigene Vorlage",
        "utf-8",
    )
    made = engine()
    assert "Eigene Vorlage" in words(made, "settlement", SETTLED)
    assert "Eigene Vorlage" not in words(made, "correction", [])
    assert made.version != version_without(own)


def version_without(own: Path) -> str:
    (own / "settlement.typ").rename(own / "settlement.off")
    return engine().version


def test_an_own_letterhead(own: Path) -> None:
    head = (TEMPLATES / "letterhead.typ").read_text("utf-8")
    (own / "letterhead.typ").write_text(head.replace("#text(size: 15pt", "#text(size: 9pt)[Seit 1825]#text(size: 15pt"))
    assert "Seit 1825" in words(engine(), "settlement", SETTLED)


def test_own_fonts_are_used(own: Path) -> None:
    (own / "fonts").mkdir()
    shutil.copy(fonts.FONTS / "FiraSans_400Regular.ttf", own / "fonts" / "own.ttf")
    assert "Fragen?" in words(engine(), "settlement", SETTLED)
    (own / "fonts" / "broken.ttf").write_bytes(b"no font")
    with pytest.raises(CommandError, match=r"broken\.ttf: diese Schriftdatei ist nicht lesbar"):
        engine()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("name: [", "insurer.yaml"),
        ("name: X\naddress: []\nphone: ''\n", "email"),
        (INSURER + "fax: 1\n", "fax"),
        (INSURER.replace("name: Nordlicht Pension AG", "nam: X"), "nam"),
    ],
)
def test_unusable_data_of_the_insurer_are_one_sentence(own: Path, content: str, named: str) -> None:
    (own / "insurer.yaml").write_text(content, "utf-8")
    with pytest.raises(CommandError, match=named) as raised:
        engine()
    assert "\n" not in str(raised.value)


def test_a_folder_that_is_not_there_is_one_sentence(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_LETTERS", str(own / "nowhere"))
    with pytest.raises(CommandError, match="nowhere gibt es nicht"):
        engine()


@pytest.mark.parametrize(
    "template", ["#let x = (", '#import "gone.typ": y', "#let data = json(bytes(sys.inputs.data))\n#data.nothing"]
)
def test_an_own_template_that_cannot_be_set_stops_before_any_letter(own: Path, template: str) -> None:
    (own / "settlement.typ").write_text(template, "utf-8")
    with pytest.raises(CommandError, match=r"settlement\.typ:\d lässt sich nicht setzen"):
        engine_of(sources()["credit_protection"])


@pytest.mark.parametrize("code", ["#panic(data.name)", "#panic(data.name.at(0))", "#data.at(data.name)"])
def test_a_fault_of_a_template_keeps_the_persons_data_to_itself(own: Path, code: str) -> None:
    (own / "settlement.typ").write_text(f"#let data = json(bytes(sys.inputs.data))\n{code}", "utf-8")
    with pytest.raises(LetterFault) as raised:
        print_letter(engine(), "settlement", content_of("settlement", SETTLED))
    assert raised.value.fault == "settlement.typ:2 lässt sich nicht setzen: Fehler der Vorlage"


def test_without_fonts_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FONTS", tmp_path)
    with pytest.raises(CommandError, match="make setup"):
        engine()


def test_previews_need_no_database_and_tell_what_cannot_be_printed() -> None:
    from dunkelwerk.lines.credit_protection.line import CREDIT_PROTECTION

    letter = {"type": "send_letter", **samples.AT, "template": "settlement"}
    missing = {**letter, "template": "no_such"}
    said = {"case_file": case_file(), "notice": samples.NOTICE, "on": samples.ON}
    printed, unknown = letters_text(CREDIT_PROTECTION, actions=[*SETTLED, letter, missing], **said)
    assert "Wir zahlen 312,50 € für Sie" in printed
    assert unknown == "Dieser Brief lässt sich nicht drucken: die Vorlage no_such gibt es nicht."
    assert letters_text(CREDIT_PROTECTION, actions=SETTLED, **said) == []
