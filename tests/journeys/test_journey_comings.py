"""Coming and going: another device, a session that ends, the way back, the keyboard alone, another language."""

from __future__ import annotations

import pytest
from browser_support import DESK, PHONE, Visitor
from playwright.sync_api import Browser
from route_support import ROUTES, TAX_ID, words_of
from site_support import Site
from walk_support import age, log_in_on_the_way

#: seconds; a test walks many pages, and the machine may have much else to do
pytestmark = pytest.mark.timeout(900)


def test_another_device_finds_every_answer(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """Begun on the telephone, ended at the desk; the telephone is told so."""
    letter = site.letter("sepa_mandate")
    phone, desk = Visitor(site, browser, width=PHONE), Visitor(site, browser, width=DESK, script=False)
    visitors += [phone, desk]
    account, mandate = ROUTES["sepa_mandate"]
    phone.begin(letter)
    phone.answer(account)
    desk.log_in(letter)
    assert desk.heading == "Willkommen zurück"
    desk.press("Weiter ausfüllen")
    assert desk.heading == "Das Mandat"
    desk.answer({**mandate, "signed_name": letter.name})
    desk.submit()
    phone.press("Weiter")
    assert phone.path == "/stand"
    late = Visitor(site, browser)
    visitors.append(late)
    late.log_in(letter)
    assert late.path == "/stand"
    assert letter.reference in words_of(late.download_receipt())
    assert phone.heading == "Ihre Angaben sind bei uns"
    assert (
        site.value(
            "SELECT count(*) FROM dialogue_submission s JOIN dialogue d ON d.id = s.dialogue WHERE d.reference = %s",
            letter.reference,
        )
        == 1
    )


def test_a_session_ends_and_nothing_is_lost(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """After 25 minutes it goes on; after 31 one logs in again, and what was typed before and after is there."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser)
    visitors.append(visitor)
    visitor.begin(letter)
    age(site, letter, 25)
    visitor.answer({"tax_id": "12345678901"})
    assert list(visitor.errors()) == ["tax_id"]
    age(site, letter, 31)
    other = Visitor(site, browser, width=DESK, script=False)
    visitors.append(other)
    other.log_in(letter)
    other.press("Weiter ausfüllen")
    assert other.field("tax_id").input_value() == "12345678901"
    visitor.fill({"tax_id": TAX_ID})
    log_in_on_the_way(visitor, letter, "Weiter")
    assert visitor.heading == "Bestätigung", "what was typed after the end is not lost"
    visitor.answer({"correct": True})
    visitor.submit()


def test_before_the_session_ends_somebody_is_asked(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """Five minutes before the end a dialog asks, what stands on the page is saved, and a button goes on."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser)
    visitors.append(visitor)
    clock = visitor.page.clock
    clock.install()
    visitor.begin(letter)
    clock.pause_at(visitor.page.evaluate("() => Math.ceil(Date.now() / 1000) + 600"))
    visitor.page.reload()  # its thirty minutes begin while the clock stands
    visitor.fill({"tax_id": "86 095"})
    clock.run_for((30 * 60 - 301) * 1000)
    assert not visitor.page.locator("#session").is_visible()
    with visitor.page.expect_response("**/merken"):
        clock.run_for(2000)
    visitor.page.locator("#session").wait_for()
    clock.resume()
    visitor.look()
    with visitor.page.expect_response("**/weiter"):
        visitor.page.locator("#session").get_by_role("button", name="Weiter ausfüllen").click()
    visitor.page.locator("#session").wait_for(state="hidden")
    other = Visitor(site, browser, script=False)
    visitors.append(other)
    other.log_in(letter)
    other.press("Weiter ausfüllen")
    assert other.field("tax_id").input_value() == "86 095"
    with visitor.page.expect_navigation(url="**/sitzung-beendet"):
        visitor.page.clock.run_for(31 * 60 * 1000)


def test_the_browsers_own_way_back(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """The browser's back button shows what was saved; after the submission nothing can be sent again."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser)
    visitors.append(visitor)
    visitor.begin(letter)
    visitor.answer({"tax_id": TAX_ID})
    visitor.page.go_back()
    visitor.look()
    assert visitor.field("tax_id").input_value().replace(" ", "") == TAX_ID
    visitor.press("Weiter")
    visitor.answer({"correct": True})
    visitor.submit()
    visitor.page.go_back()
    assert visitor.path == "/stand"
    assert site.value("SELECT count(*) FROM notice WHERE external_id = %s", letter.reference) == 1


def tab_to(visitor: Visitor, identity: str) -> None:
    """Press Tab until the field or button has the focus, and it must be seen there."""
    for _press in range(60):
        visitor.page.keyboard.press("Tab")
        here = "() => { const at = document.activeElement; return at.id || at.innerText.trim() || at.name; }"
        if visitor.page.evaluate(here) == identity:
            assert visitor.page.evaluate("() => document.activeElement.matches(':focus-visible')")
            assert visitor.page.evaluate(SEEN), f"{identity} has the focus and shows nothing"
            return
    raise AssertionError(f"{identity} is not reached by Tab on {visitor.path}")


#: the focus shows as an outline or shadow at the field, or at the label of a choice that covers it
SEEN = """() => {
    const at = document.activeElement, near = [at, at.nextElementSibling, at.parentElement].filter(Boolean);
    return near.some(each => { const look = getComputedStyle(each);
        return (look.outlineStyle !== 'none' && look.outlineWidth !== '0px') || look.boxShadow !== 'none'; });
}"""


def test_the_keyboard_alone(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """A whole questionnaire by Tab, Space and Enter, with an error on the way."""
    letter, visitor = site.letter("accident"), Visitor(site, browser, width=DESK)
    visitors.append(visitor)
    keys = visitor.page.keyboard
    visitor.open(f"/#{letter.pin}")
    assert visitor.focused() == "birth.day"
    for number, (name, value) in enumerate(letter.birth.items()):
        if number:
            tab_to(visitor, name)
        keys.type(value)
    enter(visitor)
    tab_to(visitor, "Los geht’s")
    enter(visitor)
    tab_to(visitor, "Weiter")
    enter(visitor)
    assert visitor.focused() == "errors"
    keys.press("Tab")
    keys.press("Enter")
    assert visitor.focused() == "accident"
    with visitor.page.expect_response("**/ansicht"):
        keys.press("ArrowDown")
    visitor.field("no_accident_reason").wait_for()
    keys.press("Tab")
    keys.press("Space")
    enter(visitor)
    tab_to(visitor, "correct")
    keys.press("Space")
    enter(visitor)
    assert visitor.path == "/pruefen"
    tab_to(visitor, "Verbindlich absenden")
    enter(visitor)
    assert visitor.path == "/fertig"


def enter(visitor: Visitor) -> None:
    """Press Enter, which leads on."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.look()


def test_in_english(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """Another language in the middle of a page keeps what was typed; the receipt is in it."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser)
    visitors.append(visitor)
    visitor.begin(letter)
    visitor.fill({"tax_id": "8609574271"})
    visitor.press("English")
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    assert visitor.field("tax_id").input_value() == "8609574271"
    visitor.fill({"tax_id": TAX_ID})
    visitor.press_main()
    visitor.fill({"correct": True})
    visitor.press_main()
    visitor.press_main()
    assert visitor.path == "/fertig"
    assert "What is your tax" in words_of(visitor.download_receipt())


def test_the_ways_out(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """Each exit is explained and confirmed first; what it means for the dialogue holds afterwards."""
    ends = {"Ich bin nicht diese Person": "revoked", "Die Person ist verstorben": "revoked", "Lieber auf Papier": None}
    for link, state in ends.items():
        letter, visitor = site.letter("tax_id"), Visitor(site, browser)
        visitors.append(visitor)
        visitor.log_in(letter)
        visitor.press(link, exact=False)
        assert site.state(letter) == "opened"
        visitor.press_main()
        assert "Danke" in visitor.text or "Post" in visitor.text
        if state:
            assert site.state(letter) == state
        visitor.open("/start")
        assert visitor.path == "/sitzung-beendet"
