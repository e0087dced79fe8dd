"""Every page beside the questions, and every way in which one is refused: usable by everybody, on both screens."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from browser_support import DESK, NARROW, Visitor
from playwright.sync_api import Browser
from route_support import OTHER_TAX_ID, ROUTES, TAX_ID, travel
from site_support import Site
from walk_support import DEVICES, WIDTHS
from web_support import NEUTRAL, Person, guess

#: seconds; a test walks many pages, and the machine may have much else to do
pytestmark = pytest.mark.timeout(900)

TEXTS = {
    "/": "Ihren Brief online beantworten",
    "/hilfe": "Hilfe",
    "/datenschutz": "Datenschutz",
    "/barrierefreiheit": "Barrierefreiheit",
    "/impressum": "Impressum",
    "/danke": "Sie sind abgemeldet",
    "/sitzung-beendet": "Ihren Brief online beantworten",
    "/nirgends": "Diese Seite gibt es nicht",
}
#: colours, and whether there is script
LOOKS = [("light", True), ("dark", True), ("light", False)]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("scheme", "script"), LOOKS, ids=["day", "night", "without script"])
def test_pages_for_everybody(
    site: Site, browser: Browser, visitors: list[Visitor], width: int, scheme: str, script: bool
) -> None:
    """By day and by night, in German and in English."""
    visitor = Visitor(site, browser, width=width, script=script)
    visitors.append(visitor)
    visitor.expected.add(404)
    visitor.forgiven.append("404")
    visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path, heading in TEXTS.items():
        visitor.open(path)
        assert heading in visitor.heading
    visitor.open("/hilfe")
    visitor.press("English")
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    for path in TEXTS:
        visitor.open(path)


@pytest.mark.parametrize(("width", "script"), DEVICES)
def test_what_the_login_refuses(
    site: Site, browser: Browser, visitors: list[Visitor], width: int, script: bool
) -> None:
    """Nothing filled in, a slip, something wrong, too often: each summary has the focus and leads to its field."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser, width=width, script=script)
    visitors.append(visitor)
    visitor.expected.add(429)
    visitor.forgiven.append("429")
    visitor.open("/")
    visitor.press("Anmelden")
    assert list(visitor.errors()) == ["pin", "birth.day"]
    assert visitor.focused() == "errors"
    slip = letter.pin[:-1] + ("2" if letter.pin[-1] != "2" else "3")
    for number, pin in enumerate([slip, *(guess(letter.pin, number) for number in range(6))]):
        for name, value in {"pin": pin, **letter.birth}.items():
            visitor.field(name).fill(value)
        visitor.press("Anmelden")
        told = visitor.page.locator("#errors").inner_text()
        assert ("Da ist ein Tippfehler" if number == 0 else NEUTRAL if number < 6 else "Das waren viele") in told
        assert visitor.focused() == "errors"
    site.change("DELETE FROM login_guard")


def test_the_pages_that_leave_the_form(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """Each exit explains itself; filling in for somebody is noted, can be taken back, and leads to a person."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser)
    visitors.append(visitor)
    visitor.log_in(letter)
    for kind in ("not_me", "deceased", "on_paper", "representative"):
        visitor.open(f"/ausgang/{kind}")
        assert visitor.heading
    visitor.press_main()
    assert visitor.path == "/start"
    assert letter.name in visitor.text
    travel_on(visitor)
    visitor.submit()
    site.work()
    assert [each["task"] for each in site.items(letter)] == ["referral"]
    visitor.open("/stand")
    assert "kümmert sich" in visitor.text


def travel_on(visitor: Visitor) -> None:
    """From the first page of the tax ID's form, however it is reached, to the page to check."""
    visitor.open("/fragen/1")
    for answers in ROUTES["tax_id"]:
        visitor.answer(answers)


def test_a_known_value_is_corrected(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """What the insurer knows is corrected, and the correction taken back; people are added and removed."""
    letter, visitor = site.letter("accident"), Visitor(site, browser, width=NARROW)
    visitors.append(visitor)
    visitor.begin(letter)
    first, course, *rest = ROUTES["traffic"]
    visitor.answer(first)
    assert "Handgelenk" in visitor.text
    corrected = {name: value for name, value in course.items() if name != "injury.confirm"}
    visitor.answer({**corrected, "injury.confirm-no": True, "injury": "Ellenbogen"})
    for answers in rest[:-3]:
        visitor.answer(answers)
    visitor.fill(rest[-3])
    visitor.press("Person hinzufügen")
    visitor.fill({"witnesses.0.name": "Tilda Zeugin"})
    visitor.press("Noch jemanden hinzufügen")
    visitor.fill({"witnesses.1.name": "Zweiter Zeuge"})
    visitor.press("Entfernen", exact=False)
    assert visitor.page.locator('[id^="witnesses."][id$=".name"]').count() == 1
    visitor.press("Weiter")
    for answers in rest[-2:]:
        visitor.answer(answers)
    assert "Ellenbogen" in visitor.text
    assert "Zweiter Zeuge" in visitor.text
    assert "Tilda" not in visitor.text
    visitor.change("Was ist passiert?")
    visitor.answer({"injury.confirm": True}, button="Übernehmen")
    assert "Ellenbogen" not in visitor.text
    assert "Handgelenk" in visitor.text
    visitor.submit()


def test_a_new_pin_kills_the_old_one_and_keeps_the_answers(
    site: Site, browser: Browser, visitors: list[Visitor], tmp_path: Path
) -> None:
    """The letter was lost: the desk gives a new PIN, the old one opens nothing, what was answered is there."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser)
    visitors.append(visitor)
    visitor.begin(letter)
    visitor.answer(ROUTES["tax_id"][0])
    out = tmp_path / "neu.csv"
    said = ("--reason", "Brief verloren", "--actor", "desk", "--pins-out", str(out))
    site.run("dialogues", "reissue", letter.reference, *said)
    with out.open(encoding="utf-8", newline="") as stream:
        [row] = csv.DictReader(stream, delimiter=";")
    old, letter.pin = letter.pin, row["pin"]
    letter.link = f"{site.address}/#{letter.pin}"
    with Person(site) as finder:
        assert NEUTRAL in finder.try_pin(old, letter.birth).text
    other = Visitor(site, browser, width=DESK)
    visitors.append(other)
    other.log_in(letter)
    other.press("Weiter ausfüllen")
    assert other.heading == "Bestätigung"


def test_revoked_while_somebody_answers(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """Whoever is on a page is told at the next one, and nothing more is saved."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser)
    visitors.append(visitor)
    travel(visitor, letter, ROUTES["tax_id"])
    site.run("dialogues", "revoke", letter.reference, "--reason", "erledigt", "--actor", "desk")
    visitor.expected.add(403)
    visitor.forgiven.append("403")
    visitor.press("Verbindlich absenden")
    assert visitor.heading == "Bitte melden Sie sich noch einmal an"
    assert site.state(letter) == "revoked"
    assert site.value("SELECT count(*) FROM notice WHERE external_id = %s", letter.reference) == 0


@pytest.mark.parametrize(("width", "script"), DEVICES)
def test_what_goes_wrong_on_the_way(
    site: Site, browser: Browser, visitors: list[Visitor], width: int, script: bool
) -> None:
    """A letter that has ended, no cookies, a fault of ours, answers of another device: each page is for everybody."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser, width=width, script=script)
    visitors.append(visitor)
    visitor.expected |= {403, 409, 500}
    visitor.forgiven += ["403", "409", "500"]
    ended = site.letter("tax_id")
    site.change("UPDATE dialogue SET valid_until = valid_until - 100 WHERE reference = %s", ended.reference)
    visitor.log_in(ended)
    assert "Die Frist für diesen Fragebogen ist abgelaufen" in visitor.page.locator("#errors").inner_text()
    visitor.context.clear_cookies()
    visitor.press("Anmelden")
    assert visitor.heading == "Bitte öffnen Sie die Seite noch einmal"
    visitor.begin(letter)
    visitor.fill({"tax_id": TAX_ID})
    site.change("ALTER TABLE dialogue_draft RENAME TO gone")
    visitor.press("Weiter")
    site.change("ALTER TABLE gone RENAME TO dialogue_draft")
    assert visitor.heading == "Da ist bei uns etwas schiefgegangen"
    visitor.press("Zum Fragebogen")
    travel_on(visitor)
    with Person(site) as desk:
        desk.log_in(letter)
        assert desk.answer(1, {"asked": "tax_id", "tax_id": OTHER_TAX_ID}).headers["location"] == "/fragen/2"
    visitor.press("Verbindlich absenden")
    assert "inzwischen geändert" in visitor.text
    assert site.state(letter) == "opened"


@pytest.mark.parametrize(("width", "script"), DEVICES)
def test_what_was_typed_before_another_login_is_not_lost(
    site: Site, browser: Browser, visitors: list[Visitor], width: int, script: bool
) -> None:
    """Two tabs: the second logs in anew, so that the first one's form is refused; it can be sent again from there."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser, width=width, script=script)
    visitors.append(visitor)
    visitor.expected.add(403)
    visitor.forgiven.append("403")
    visitor.begin(letter)
    visitor.fill({"tax_id": TAX_ID})
    first, visitor.page = visitor.page, visitor.context.new_page()
    visitor.log_in(letter)
    visitor.page = first
    visitor.press("Weiter")
    assert visitor.heading == "Bitte noch einmal senden"
    visitor.press("Noch einmal senden")
    assert visitor.heading == "Bestätigung"
