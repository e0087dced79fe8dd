"""From the letter to the settled benefit with no clerk: a photographed sick note of a credit-protection customer."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from browser_support import DESK, PHONE, Visitor
from playwright.sync_api import Browser
from route_support import attached, day, words_of
from sick_note_support import DATES, ISSUED, hand_in, photo
from site_support import DUE, FIRST, UNTIL, Letter, Site
from walk_support import WIDTHS, hand_over, receipts_are_right, stand_of, walk_at

#: seconds; a test walks a dozen pages many times, and the machine may have much else to do
pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_photo_settles_the_benefit(
    site: Site, browser: Browser, visitors: list[Visitor], tmp_path: Path, width: int
) -> None:
    """With script and without, the note is uploaded, its dates typed, the benefit extended, and nobody looked at it."""
    walked = walk_at(site, browser, visitors, "sick_note_upload", width=width)
    for _letter, visitor in walked:
        visitor.change("Angaben aus der Bescheinigung")
        visitor.answer(day("incapacity_until", UNTIL), button="Übernehmen")
    letters, receipts = [letter for letter, _visitor in walked], hand_over(walked)
    dates = [f"{each.day:02d}.{each.month:02d}.{each.year}" for each in (ISSUED, UNTIL, FIRST)]
    receipts_are_right(tmp_path, letters, receipts, *dates, "IMG_0815.jpg")
    for letter, receipt in zip(letters, receipts, strict=True):
        holds_what_was_sent(site, letter, receipt)
    site.work()
    assert [stand_of(visitor) for _letter, visitor in walked] == ["Erledigt"] * 2
    for letter in letters:
        benefit_is_extended(site, letter.row["prefill.contract"], site.notice(letter)["decision"])
        assert site.items(letter) == []


def holds_what_was_sent(site: Site, letter: Letter, receipt: bytes) -> None:
    """The receipt names the one file that is kept by its hash, and has the dates as data in it."""
    (said,) = [json.loads(content) for name, content in attached(receipt).items() if name.endswith(".json")]
    assert UNTIL.isoformat() in json.dumps(said)
    kept = site.rows(
        "SELECT u.* FROM dialogue_upload u JOIN dialogue d ON d.id = u.dialogue WHERE d.reference = %s",
        letter.reference,
    )
    assert [each["submitted"] for each in kept] == [True]
    assert kept[0]["sha256"] in re.sub("[ -]", "", words_of(receipt))


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


@pytest.mark.parametrize(("width", "script"), [(PHONE, True), (DESK, False)], ids=["phone", "desk without script"])
def test_a_doubtful_answer_is_confirmed_once(
    site: Site, browser: Browser, visitors: list[Visitor], width: int, script: bool
) -> None:
    """More than a month is unusual: asked about, confirmed, not asked again; an impossible order is refused."""
    letter, visitor = site.letter("sick_note_upload"), Visitor(site, browser, width=width, script=script)
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
