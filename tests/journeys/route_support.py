"""Helpers of the journeys: the way through a form, with the mistakes that people make on it, and its receipt."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from browser_support import Answers, Visitor
from site_support import PATIENCE, TODAY, Letter

VERAPDF = Path(__file__).parents[1] / "letters" / "verapdf.py"
#: valid ones, nobody's; the first is not the example that the page itself shows
TAX_ID, OTHER_TAX_ID = "65929970489", "86095742719"
IBAN = "DE02120300000000202051"
#: the pages of each way through a type, in their order
Route = Sequence[Answers]


def day(name: str, when: object) -> dict[str, str]:
    """A date in its three fields."""
    year, month, number = str(when).split("-")
    return {f"{name}.day": str(int(number)), f"{name}.month": str(int(month)), f"{name}.year": year}


HAPPENED: Answers = {
    "accident": True,
}
COURSE: Answers = {
    **day("occurred_on", TODAY.replace(year=TODAY.year - 1, day=7)),
    "place": "Köln, Neumarkt",
    "injury.confirm": True,
    "severity-hospital": True,
    "still_treated-no": True,
    "incapacity": True,
}
PRIVATE: Answers = {"setting-private": True}
DECLARED: Answers = {"correct": True}
ROUTES: dict[str, Route] = {
    "tax_id": [{"tax_id": "65 929 970 489"}, DECLARED],
    "sepa_mandate": [
        {"iban": "de02 1203 0000 0000 2020 51", "own_account": True},
        {"recurrence": True, "mandate": True, "signed_name": "Vorname Nachname"},
    ],
    "no_accident": [{"accident-no": True, "no_accident_reason": True}, DECLARED],
    "own_fault": [
        HAPPENED,
        COURSE,
        PRIVATE,
        {"kind-fall": True},
        {"owner": "mir selbst", "defect-no": True},
        {"third_party_involved-no": True, "own_fault": True},
        DECLARED,
    ],
    "traffic": [
        HAPPENED,
        COURSE,
        PRIVATE,
        {"kind": True},
        {
            **{"own_role-bicycle": True, "opponent": True, "opponent_name": "Ella Wolkenstein, Bonn"},
            **{"opponent_plate.unknown": True, "police": True, "police_file": "PI Mitte 4711/26"},
        },
        {"third_party_involved": True, "same_household-no": True},
        {"lawyer-no": True, "settlement_paid-no": True},
        DECLARED,
    ],
    "work": [
        HAPPENED,
        COURSE,
        {"setting": True},
        {"employer": "Dachdeckerei Sturmfels, Köln", "transit_doctor": True, "statutory_insurer.unknown": True},
        DECLARED,
    ],
    "declined": [HAPPENED, COURSE, PRIVATE, {"kind-declined": True}, {}, DECLARED],
    "after_violence": [HAPPENED, COURSE, PRIVATE, {"kind-assault": True}, {"not_about_this": True}, {}, DECLARED],
}


def travel(visitor: Visitor, letter: Letter, route: Route, *, stumble: bool = False) -> None:
    """From the letter to the page to check; ``stumble``: each page is sent empty first."""
    visitor.begin(letter)
    for answers in route:
        if stumble:
            send_empty(visitor)
        visitor.answer(answers)
    assert visitor.path == "/pruefen", visitor.text


def send_empty(visitor: Visitor) -> None:
    """Send a page with nothing in it: the summary stands on top, has the focus, and leads to each field."""
    path = visitor.path
    visitor.press("Weiter")
    assert visitor.path == path, "an empty page was taken"
    found = visitor.errors()
    assert found, visitor.text
    assert visitor.page.title().startswith("Fehler:")
    for field in found:
        assert visitor.field(field).count() == 1, field
    assert visitor.focused() == "errors"
    visitor.page.locator("#errors a").first.click()
    assert visitor.focused() == next(iter(found))
    invalid = visitor.page.locator("[aria-invalid=true], fieldset[aria-describedby$=-error]")
    assert invalid.count() >= len(found)


def shown(visitor: Visitor, answers: Answers) -> dict[str, str | bool]:
    """What stands in those fields of the page that were answered."""
    found: dict[str, str | bool] = {}
    for name, value in answers.items():
        field = visitor.field(name)
        found[name] = field.is_checked() if value is True else field.input_value()
    return found


def go_back(visitor: Visitor, route: Route) -> None:
    """From the page to check back to the first and forth again, by the pages' own buttons: every answer stands."""
    for answers in reversed(route):
        visitor.press("Zurück")
        seen = {name: plain(value) for name, value in shown(visitor, answers).items()}
        assert seen == {name: plain(value) for name, value in answers.items()}
    for _page in route:
        visitor.press("Weiter")
    assert visitor.path == "/pruefen"


def plain(value: str | bool) -> str | bool:
    """A text without blanks and case, which are the portal's to choose."""
    return value if isinstance(value, bool) else value.replace(" ", "").upper()


def words_of(pdf: bytes) -> str:
    """The text of all pages, in one line."""
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(document[at].get_textpage().get_text_bounded() for at in range(len(document)))
    return re.sub(r"\s+", " ", re.sub("[\u00ad\u200b\ufffe]", "", text))


def attached(pdf: bytes) -> dict[str, bytes]:
    """The files inside a PDF, by name."""
    document = pypdfium2.PdfDocument(pdf)
    found = (document.get_attachment(at) for at in range(document.count_attachments()))
    return {each.get_name(): bytes(each.get_data()) for each in found}


def faults_of(folder: Path, *receipts: bytes) -> list[str]:
    """What veraPDF finds wrong with any of them."""
    paths = [folder / f"receipt-{at}.pdf" for at in range(len(receipts))]
    for path, content in zip(paths, receipts, strict=True):
        path.write_bytes(content)
    command = [sys.executable, str(VERAPDF), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=2 * PATIENCE, check=True)
    found = json.loads(done.stdout)
    assert len(found) == len(receipts)
    return [fault for faults in found.values() for fault in faults]
