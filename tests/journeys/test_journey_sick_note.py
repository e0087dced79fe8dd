"""From the letter to the settled benefit with no clerk: a photographed sick note of a credit-protection customer."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from browser_support import DESK, PHONE, Answers, Visitor
from PIL import Image, ImageDraw
from playwright.sync_api import Browser
from route_support import attached, day, faults_of, go_back, send_empty, words_of
from site_support import DUE, FIRST, PROVEN, UNTIL, Site

PLACE = "Hinterhof links"
CAMERA_MAKER, DESCRIPTION = 0x010F, 0x010E
ISSUED = PROVEN
DATES: Answers = {
    **day("issued_on", ISSUED),
    "incapacity_from.confirm": True,
    **day("incapacity_until", UNTIL),
    "final-no": True,
}


def photo() -> bytes:
    """What a telephone's camera makes: a JPEG that knows more than one sees."""
    image = Image.new("RGB", (1200, 1600), "white")
    ImageDraw.Draw(image).multiline_text((80, 80), "Arbeitsunfähigkeitsbescheinigung", fill="black", font_size=48)
    data = Image.Exif()
    data[CAMERA_MAKER], data[DESCRIPTION] = "Telefonwerk", PLACE
    stream = BytesIO()
    image.save(stream, "JPEG", exif=data.tobytes())
    return stream.getvalue()


def hand_in(visitor: Visitor, content: bytes, *, name: str = "IMG_0815.jpg", kind: str = "image/jpeg") -> None:
    """Choose a file; with script it is sent at once, else by its button."""
    field = visitor.field("sick_note")
    file: Any = {"name": name, "mimeType": kind, "buffer": content}
    if visitor.script:
        with visitor.page.expect_navigation():
            field.set_input_files(file)
        visitor.look()
    else:
        field.set_input_files(file)
        visitor.press("Hochladen")


@pytest.mark.parametrize(("width", "script"), [(PHONE, True), (DESK, False)], ids=["phone", "desk"])
def test_a_photo_settles_the_benefit(
    site: Site, browser: Browser, visitors: list[Visitor], tmp_path: Path, width: int, script: bool
) -> None:
    letter, visitor = site.letter("sick_note_upload"), Visitor(site, browser, width=width, script=script)
    visitors.append(visitor)
    visitor.begin(letter)
    send_empty(visitor)
    hand_in(visitor, b"MZ this is a program", name="bescheinigung.jpg")
    assert list(visitor.errors()) == ["sick_note"]
    assert "bescheinigung.jpg" in visitor.errors()["sick_note"]
    hand_in(visitor, photo())
    assert "IMG_0815.jpg" in visitor.text
    visitor.answer({"complete": True})
    send_empty(visitor)
    visitor.answer(DATES)
    visitor.answer({"correct": True})
    go_back(visitor, [{"complete": True}, DATES, {"correct": True}])
    visitor.change("Die Daten daraus")
    visitor.answer(day("incapacity_until", UNTIL), button="Übernehmen")
    assert visitor.submit() == letter.reference
    receipt = visitor.download_receipt()
    shown = [f"{each.day:02d}.{each.month:02d}.{each.year}" for each in (ISSUED, UNTIL, FIRST)]
    assert [each for each in [*shown, "IMG_0815.jpg"] if each not in words_of(receipt)] == []
    (said,) = [json.loads(content) for name, content in attached(receipt).items() if name.endswith(".json")]
    assert UNTIL.isoformat() in json.dumps(said)
    assert faults_of(tmp_path, receipt) == []
    kept = site.rows(
        "SELECT u.* FROM dialogue_upload u JOIN dialogue d ON d.id = u.dialogue WHERE d.reference = %s",
        letter.reference,
    )
    assert [each["submitted"] for each in kept] == [True]
    assert kept[0]["sha256"] in re.sub("[ -]", "", words_of(receipt))
    site.work()
    visitor.open("/stand")
    assert visitor.heading == "Erledigt"
    benefit_is_extended(site, letter.row["prefill.contract"], site.notice(letter)["decision"])
    assert site.items(letter) == []


def benefit_is_extended(site: Site, contract: str, decision: int) -> None:
    """Proven and released to the note's last day, the one instalment due until then released, booked, and told."""
    claim = site.rows("SELECT c.* FROM claim c JOIN contract k ON k.id = c.contract_id WHERE k.number = %s", contract)[
        0
    ]
    assert (claim["proven_until"], claim["released_until"]) == (UNTIL, UNTIL)
    paid = site.rows("SELECT due, status FROM instalment WHERE decision = %s", decision)
    assert [(each["due"], each["status"]) for each in paid] == [(DUE, "released")]
    posted = site.rows("SELECT event FROM posting WHERE decision = %s", decision)
    assert [each["event"] for each in posted] == ["instalment_released"]
    assert [each["state"] for each in site.rows("SELECT state FROM letter_order WHERE decision = %s", decision)] == [
        "ordered"
    ]


def test_what_is_unclear_goes_to_a_person_with_the_paper(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """Until further notice, and not stamped: no machine decides, and the status page says so."""
    letter, visitor = site.letter("sick_note_upload"), Visitor(site, browser)
    visitors.append(visitor)
    visitor.begin(letter)
    hand_in(visitor, photo())
    visitor.answer({"complete-no": True})
    visitor.answer(
        {
            **day("issued_on", ISSUED),
            "incapacity_from.confirm": True,
            "incapacity_until.unknown": True,
            "final-no": True,
        }
    )
    visitor.answer({"correct": True})
    visitor.submit()
    site.work()
    visitor.open("/stand")
    assert visitor.heading == "Ihre Angaben sind bei uns"
    assert "kümmert sich" in visitor.text
    assert [each["task"] for each in site.items(letter)] == ["referral"]


def test_a_doubtful_answer_is_confirmed_once(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """More than a month is unusual: asked about, confirmed, not asked again; an impossible order is refused."""
    letter, visitor = site.letter("sick_note_upload"), Visitor(site, browser)
    visitors.append(visitor)
    visitor.begin(letter)
    hand_in(visitor, photo())
    visitor.answer({"complete": True})
    wrong = {**DATES, **day("incapacity_until", FIRST - timedelta(days=1))}
    visitor.answer(wrong)
    assert list(visitor.errors()) == ["incapacity_until.day"]
    far = {**DATES, **day("incapacity_until", ISSUED + timedelta(days=32))}
    visitor.answer(far)
    assert visitor.page.locator("#errors.warnings").count() == 1
    assert visitor.field("confirm.very_long").is_checked() is False
    visitor.answer({"confirm.very_long": True})
    visitor.answer({"correct": True})
    assert visitor.path == "/pruefen"
    visitor.press("Zurück")
    visitor.press("Zurück")
    visitor.press("Weiter")
    assert visitor.heading == "Bestätigung"
