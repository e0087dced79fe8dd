"""Request letters and receipts: scannable, archivable, accessible, and never stopped by what somebody typed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from msgspec import Struct
from msgspec.structs import replace

from dunkelwerk.dialogues.papers.receipt import Answered, File, Receipt, Section, render_receipt
from dunkelwerk.dialogues.papers.request import Request, render_request
from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.letters.rendering import text_of
from dunkelwerk.lines.address import AddressFault

ON = date(2026, 11, 22)
PIN = "ABCD-EFGH-JKMN"
VERAPDF = Path(__file__).parents[2] / "letters" / "verapdf.py"


class Someone(Struct, frozen=True):
    """The recipient."""

    first_name: str = "Jürgen"
    last_name: str = "Groß"
    salutation: str | None = "Herr"
    street: str | None = "Lindenstr."
    house_number: str | None = "7"
    postal_code: str | None = "50667"
    city: str | None = "Köln"
    country: str | None = None
    deceased_on: date | None = None


REQUEST = Request(
    reference="DV-7K3M9Q2A",
    subject="Ihre Steuer-Identifikationsnummer",
    paragraphs=["wir melden Ihre Beiträge dem Finanzamt."],
    closing=["Möchten Sie lieber auf Papier antworten, rufen Sie uns bitte an."],
    second_secret="birth_date",
    pin=PIN,
    link=f"https://antwort.kasse.example/#{PIN}",
    portal="https://antwort.kasse.example/",
    valid_until=date(2027, 1, 3),
)
RECEIPT = Receipt(
    title="Ihre Steuer-Identifikationsnummer",
    reference="DV-7K3M9Q2A",
    form="tax_id",
    version=3,
    person="Jürgen Groß",
    submitted_at=datetime(2026, 11, 22, 23, 30, tzinfo=BERLIN),
    language="de",
    sections=[Section("Ihre Steuer-ID", (Answered("Wie lautet die Nummer?", "86 095 742 719"),))],
    files=[File("Bescheid.pdf", 2, "a1" * 32)],
    answers={"tax_id": "86095742719"},
)


def faults(path: Path) -> list[str]:
    """What veraPDF says against a file."""
    run = subprocess.run([sys.executable, str(VERAPDF), str(path)], capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(run.stdout.splitlines()[-1])
    return found[str(path)]


@pytest.mark.parametrize("resolution", [100, 150, 300])
def test_the_qr_code_leads_to_the_form_with_the_pin_in_the_fragment(resolution: int) -> None:
    letter = render_request(REQUEST, Someone(), on=ON)
    with pypdfium2.PdfDocument(letter.pdf) as document:
        picture = document[0].render(scale=resolution / 72).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [f"https://antwort.kasse.example/#{PIN}"]


def test_the_letter_says_what_to_do() -> None:
    text = text_of(render_request(REQUEST, Someone(), on=ON).pdf)
    for said in (
        PIN,
        "antwort.kasse.example",
        "bis zum 3. Januar 2027",
        "Bestätigen Sie mit Ihrem Geburtsdatum",
        "DV-7K3M9Q2A",
        "Herrn",
    ):
        assert said in text
    assert "#ABCD" not in text
    assert "neue PIN" not in text


def test_the_letter_offers_paper_where_the_type_does() -> None:
    with_paper, without = (replace(REQUEST, closing=[], on_paper=paper) for paper in (True, False))
    assert "auf Papier: 0800 0000000" in text_of(render_request(with_paper, Someone(), on=ON).pdf)
    assert "Papier" not in text_of(render_request(without, Someone(), on=ON).pdf)


def test_letter_and_receipt_are_those_of_the_company() -> None:
    letter = render_request(replace(REQUEST, legal_entity="health_fund"), Someone(), on=ON)
    receipt = render_receipt(replace(RECEIPT, legal_entity="health_fund", about="Vertrag RS-1"))
    for text in (text_of(letter.pdf), text_of(receipt.pdf)):
        assert "Beispiel Krankenkasse" in text
        assert "Beispiel Versicherung AG" not in text
    assert "Vertrag RS-1" in text_of(receipt.pdf)


def test_the_reminder_says_that_the_old_pin_is_dead() -> None:
    text = text_of(render_request(replace(REQUEST, is_reminder=True), Someone(), on=ON).pdf)
    assert "die alte gilt nicht mehr" in text


def test_the_letter_is_one_page_archivable_and_accessible(tmp_path: Path) -> None:
    letter = render_request(REQUEST, Someone(), on=ON)
    path = tmp_path / "request.pdf"
    path.write_bytes(letter.pdf)
    assert letter.pages == 1
    assert faults(path) == []


def test_without_an_address_there_is_no_letter() -> None:
    with pytest.raises(AddressFault, match="Straße"):
        render_request(REQUEST, Someone(street=None), on=ON)


def test_the_receipt_shows_all_that_was_sent() -> None:
    text = text_of(render_receipt(RECEIPT).pdf)
    for said in ("Wie lautet die Nummer?", "86 095 742 719", "Bescheid.pdf", "DV-7K3M9Q2A", "Fassung 3"):
        assert said in text
    assert "22. November 2026, 23:30 Uhr" in text
    assert "a1" * 32 in text.replace("\n", "").replace("\u200b", "")


def test_the_receipt_in_english() -> None:
    text = text_of(render_receipt(replace(RECEIPT, language="en")).pdf)
    assert "22 November 2026, 23:30" in text
    assert "Answers.json" in text
    assert "Please keep it" in text


@pytest.mark.parametrize("files", [RECEIPT.files, []])
def test_the_receipt_is_archivable_and_accessible(tmp_path: Path, files: list[File]) -> None:
    path = tmp_path / "receipt.pdf"
    path.write_bytes(render_receipt(replace(RECEIPT, files=files)).pdf)
    assert faults(path) == []


def test_the_answers_are_attached_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    path.write_bytes(render_receipt(replace(RECEIPT, answers={"note": "schön 😀\n#let"})).pdf)
    with pikepdf.open(path) as pdf:
        attached = json.loads(pdf.attachments["Antworten.json"].get_file().read_bytes())
    assert attached["answers"] == {"note": "schön 😀\n#let"}
    assert attached["submitted_at"] == "2026-11-22T23:30:00+01:00"
    assert attached["files"] == [{"name": "Bescheid.pdf", "pages": 2, "sha256": "a1" * 32}]


def test_whatever_was_typed_is_printed_as_text() -> None:
    typed = 'Zeile 1 😀 漢字\nZeile 2 #panic("x") *fett* $x$ \\ @quelle <a> _u_ `c`'
    section = Section(
        "Noch etwas", (Answered("Was noch?", typed), Answered("Lang", "Wort" * 400), Answered("Leer", ""))
    )
    text = text_of(render_receipt(replace(RECEIPT, sections=[section])).pdf)
    assert '#panic("x") *fett* $x$ \\ @quelle <a> _u_ `c`' in text
    assert "Zeile 1 ? ??" in text
    assert "durch ? ersetzt" in text


def test_the_same_receipt_is_the_same_file() -> None:
    assert render_receipt(RECEIPT).sha256 == render_receipt(RECEIPT).sha256
