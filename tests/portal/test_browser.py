"""Whole journeys in a real browser, on the real server: with script and without, narrow and wide, every page by axe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

#: seconds; a test walks many pages, and the machine may have much else to do
pytestmark = pytest.mark.timeout(900)

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: where the page's script is off no timer fires: axe's own go on at once
TIMERS = """() => {
    window.setTimeout = (then, after, ...more) => {
        if (!(after > 99)) Promise.resolve().then(() => then(...more));
        return 0;
    };
}"""
#: a finger needs so many pixels
FINGER = 44
TARGETS = "button, summary, input:not([type=hidden]), select, textarea, .tools a"
SMALL = f"""() => [...document.querySelectorAll("{TARGETS}")]
    .filter((each) => each.checkVisibility() && !each.closest(".tile, .kern-sr-only") && each.tabIndex >= 0)
    .filter((each) => !each.matches("[type=file]"))
    .map((each) => [each.outerHTML.slice(0, 80), Math.round(each.getBoundingClientRect().height)])
    .filter(([_what, height]) => height < {FINGER})"""
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Person:
    """Somebody with a browser, who looks at every page for what keeps others from using it."""

    def __init__(self, browser: Any, address: str, *, width: int, script: bool = True, dark: bool = False) -> None:
        self.script, self.address = script, address
        self.context = browser.new_context(
            viewport={"width": width, "height": 844},
            java_script_enabled=script,
            locale="de-DE",
            color_scheme="dark" if dark else "light",
        )
        self.page = self.context.new_page()
        self.troubles: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda said: self.troubles.append(said.text) if "Content Security" in said.text else 0)
        self.page.on("request", lambda sent: self.elsewhere.append(sent.url) if address not in sent.url else 0)

    def log_in(self, given: Any) -> None:
        """With the link of the letter."""
        self.page.goto(f"{self.address}/#{given.pin}")
        if self.script:
            assert self.page.input_value("#pin") == given.pin
            assert self.page.url == f"{self.address}/"
        else:
            self.page.fill("#pin", given.pin)
        for name, value in given.secrets.items():
            if name != "pin":
                self.page.fill(f"[name='{name}']", value)
        self.press("main form button")

    def press(self, where: str = "main form button.kern-btn--primary") -> None:
        """Press a button and look at what comes."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.click(where)
        self.look()

    def look(self) -> None:
        """Nothing may keep anybody from using this page."""
        if not self.script:
            self.page.evaluate(TIMERS)
        else:  # what is measured before its letters have come is another page
            self.page.evaluate("() => document.fonts.ready.then(() => true)")
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("(how) => axe.run(document, how)", {"runOnly": RULES, "preload": self.script})
        told = [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]]
        assert told == [], self.page.url
        assert self.page.evaluate(SMALL) == [], self.page.url
        assert not self.page.evaluate(TOO_WIDE), self.page.url


@pytest.fixture
def person(browser: Any, live_portal: str) -> Any:
    people: list[Person] = []

    def come(**how: Any) -> Person:
        people.append(Person(browser, live_portal, **how))
        return people[-1]

    yield come
    for each in people:
        each.context.close()
        assert each.troubles == []
        assert each.elsewhere == [], "no page asks anybody else for anything"


@pytest.mark.parametrize(
    "how",
    [{"width": 390}, {"width": 1280, "dark": True}, {"width": 390, "script": False}],
    ids=["narrow", "wide and dark", "without script"],
)
def test_everything_from_the_letter_to_the_receipt(person: Any, new_dialogue: Any, tmp_path: Path, how: Any) -> None:
    given, somebody = new_dialogue(phone="+49221123456"), person(**how)
    page = somebody.page
    somebody.log_in(given)
    somebody.press("main a.kern-btn--primary")

    somebody.press()
    assert page.locator("#errors a").count() == 3
    page.check("#driver")
    page.check("#colour")
    page.check("#pets")
    if somebody.script:
        page.wait_for_selector("#plate")
        assert page.is_checked("#colour"), "what was there stays untouched"
    else:
        somebody.press()
        assert page.locator("#errors").count() == 0
    page.fill("#plate", "K-AB 12")
    somebody.press()

    page.fill("[name='day.day']", "31")
    page.fill("[name='day.month']", "2")
    page.fill("[name='day.year']", "2026")
    page.fill("#hours", "60")
    somebody.press()
    if somebody.script:
        assert page.evaluate("document.activeElement.id") == "errors"
        page.click("#errors a")
        assert page.evaluate("document.activeElement.id") == "day.day"
    somebody.press("button[value=back]")
    somebody.press()
    assert page.input_value("[name='day.day']") == "31"
    page.fill("[name='day.day']", "20")
    somebody.press()
    page.check("[id='confirm.long_hours']")
    somebody.press()

    page.fill("#account", "DE02120300000000202051")
    page.check("[id='tax_id.unknown']")
    page.check("[id='phone.confirm']")
    for end, text in (("street", "Weg"), ("house_number", "1"), ("postal_code", "50667"), ("city", "Köln")):
        page.fill(f"[name='home.{end}']", text)
    somebody.press()

    somebody.press("button[value='add:children']")
    page.fill("[name='children.0.first_name']", "Anna")
    somebody.press()
    assert page.locator("#errors a").count() == 2
    for end, text in (("day", "1"), ("month", "2"), ("year", "2015")):
        page.fill(f"[name='children.0.born.{end}']", text)
    page.check("[name='children.0.at_school'] >> nth=1")
    somebody.press()

    Image.new("RGB", (300, 400), "white").save(tmp_path / "foto.jpg")
    (tmp_path / "brief.txt").write_text("hello")
    with page.expect_navigation(wait_until="load"):
        page.set_input_files("#papers", [tmp_path / "foto.jpg", tmp_path / "brief.txt"])
        if not somebody.script:
            page.click("#papers-send")
    assert page.locator("#errors").count() == 1
    assert page.locator(".file").count() == 1
    somebody.look()
    somebody.press()

    page.check("#correct")
    page.fill("#signed", "Erika Mustermann")
    somebody.press()
    assert page.url.endswith("/pruefen")
    somebody.press("a[href*='fragen/1']")
    page.check("#driver-no")
    somebody.press()
    assert page.url.endswith("/pruefen")
    somebody.press("button[value=submit]")
    assert given.reference in page.inner_text("main")
    with page.expect_download() as download:
        page.click("a[href='/quittung']")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_other_pages_are_for_everybody(person: Any, new_dialogue: Any, dark: bool) -> None:
    somebody = person(width=390, dark=dark)
    for path in ("/", "/hilfe", "/datenschutz", "/barrierefreiheit", "/impressum", "/nichts", "/sitzung-beendet"):
        somebody.page.goto(somebody.address + path)
        somebody.look()
    somebody.press("a.brand")
    somebody.press("main form button")
    assert somebody.page.locator("#errors a").count() == 2
    somebody.log_in(new_dialogue())
    for kind in ("not_me", "representative", "deceased", "on_paper"):
        somebody.page.goto(f"{somebody.address}/ausgang/{kind}")
        somebody.look()
    somebody.press("main form button.kern-btn--primary")
    assert "mit der Post" in somebody.page.inner_text("main")


def test_the_session_asks_before_it_ends_and_saves_what_is_typed(person: Any, new_dialogue: Any) -> None:
    given, somebody = new_dialogue(), person(width=390)
    page = somebody.page
    page.clock.install()
    somebody.log_in(given)
    somebody.press("main a.kern-btn--primary")
    page.clock.pause_at(page.evaluate("() => Math.ceil(Date.now() / 1000) + 600"))
    page.reload()  # its thirty minutes begin while the clock stands
    page.check("#colour")
    page.clock.fast_forward("24:59")
    assert not page.is_visible("#session")
    page.clock.fast_forward("00:02")
    page.wait_for_selector("#session[open]")
    page.clock.resume()
    somebody.look()
    from dunkelwerk.dialogues.answers import load_draft

    assert load_draft(given.id).answers["colour"] == "red"
    page.click("#session button")
    page.wait_for_selector("#session", state="hidden")
    assert page.url.endswith("/fragen/1")
    page.clock.fast_forward("31:00")
    page.wait_for_url("**/sitzung-beendet")


def test_another_language_keeps_what_is_typed(person: Any, new_dialogue: Any) -> None:
    somebody = person(width=390)
    somebody.log_in(new_dialogue())
    somebody.press("main a.kern-btn--primary")
    somebody.page.check("#colour")
    somebody.press("text=English")
    assert "Which colour?" in somebody.page.inner_text("main")
    assert somebody.page.is_checked("#colour")


def test_enter_in_a_field_means_next(person: Any, new_dialogue: Any) -> None:
    """Not another language, not logging out: those buttons stand before the field."""
    somebody = person(width=390)
    somebody.log_in(new_dialogue("tax_id"))
    somebody.press("main a.kern-btn--primary")
    somebody.page.fill("#tax_id", "86 095 742 719")
    somebody.page.press("#tax_id", "Enter")
    somebody.page.wait_for_url("**/fragen/2")
