"""Helpers of the journeys: a person with a browser, who looks at every page with axe, and keeps every request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Request, Response
from site_support import PATIENCE, Letter, Site

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "options => axe.run(document, {...options, resultTypes: ['violations']}).then(found => found.violations)"
#: in a page without script no timer ever fires: axe's own go on at once, and its limits never run out
TIMERS = """() => {
    window.setTimeout = (then, after, ...more) => {
        if (!(after > 99)) Promise.resolve().then(() => then(...more));
        return 0;
    };
}"""
#: what is measured or looked at before its letters have come is another page
FONTS = "() => document.fonts.ready.then(() => true)"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: widths of a telephone and of a desk, and of a page enlarged four times, which must still fit (WCAG 1.4.10)
PHONE, DESK, NARROW = 390, 1280, 320
HEIGHTS = {PHONE: 844, DESK: 900, NARROW: 640}
#: headers that every page has
HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
#: pages that were looked at already, each at its width, without what differs every time: tokens, and people's numbers
LOOKED_AT: set[tuple[int | None, str]] = set()
VARIES = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|D-[0-9A-Z]{5}-[0-9A-Z]{5}|\d+')
#: how a question is answered: names of fields with texts, of choices with True
Answers = Mapping[str, str | bool]


class Visitor:
    """One person at one device. What goes wrong on the way, on any page, is collected in ``troubles``."""

    def __init__(self, site: Site, browser: Browser, *, width: int = PHONE, script: bool = True) -> None:
        self.site, self.script = site, script
        size: Any = {"width": width, "height": HEIGHTS[width]}
        self.context = browser.new_context(
            viewport=size, java_script_enabled=script, locale="de-DE", accept_downloads=True
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page: Page = self.context.new_page()
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.said: list[str] = []
        self.page.on("request", self.note_request)
        self.page.on("response", self.note_response)
        self.page.on("console", self.note_message)
        self.page.on("pageerror", self.note_error)
        self.faults: list[str] = []
        #: what the browser says about a failure that the test has made
        self.forgiven: list[str] = []
        self.expected: set[int] = {200, 204, 302, 303, 304}

    def note_request(self, request: Request) -> None:
        """Keep a request. (Playwright cannot call a list's own method.)"""
        self.requests.append(request)

    def note_response(self, response: Response) -> None:
        """Keep an answer."""
        self.responses.append(response)

    def note_message(self, message: ConsoleMessage) -> None:
        """Keep what the browser complains about."""
        if message.type == "error":
            self.said.append(message.text)

    def note_error(self, error: Error) -> None:
        """Keep an error of the script that nothing has caught."""
        self.said.append(f"uncaught: {error}")

    def troubles(self) -> list[str]:
        """What was wrong on any page, of what holds for all: accessibility, headers, foreign hosts, script errors."""
        foreign = {request.url for request in self.requests if not self.is_ours(request.url)}
        wrong = [f"foreign request: {url}" for url in sorted(foreign)]
        for each in self.responses:
            if each.status not in self.expected:
                wrong.append(f"{each.request.method} {urlsplit(each.url).path}: {each.status}")
            if "text/html" in each.headers.get("content-type", ""):
                wrong += missing_headers(each.headers, urlsplit(each.url).path)
        said = [text for text in self.said if not any(each in text for each in self.forgiven)]
        return self.faults + wrong + [f"console: {text}" for text in said]

    def is_ours(self, url: str) -> bool:
        """Whether a request stayed here."""
        return url.startswith((f"{self.site.address}/", "data:"))

    def close(self) -> None:
        """Leave."""
        self.context.close()

    # pages

    def open(self, path: str = "/") -> None:
        """Go to an address of the site."""
        self.page.goto(f"{self.site.address}{path}")
        self.look()

    def look(self) -> None:
        """Look at the page as it stands: nothing may be wrong for anybody, and it fits on the screen."""
        where = f"{urlsplit(self.page.url).path} ({self.page.title()}{'' if self.script else ', without script'})"
        if self.script:
            self.page.evaluate(FONTS)
        if wide := self.page.evaluate(OVERFLOW):
            self.faults.append(f"{where}: {wide} px wider than the screen")
        picture = (self.page.viewport_size or {}).get("width"), VARIES.sub("", self.page.content())
        if picture in LOOKED_AT:
            return
        LOOKED_AT.add(picture)
        for each in self.violations():
            targets = [str(node["target"]) for node in each["nodes"]][:3]
            self.faults.append(f"{where}: {each['id']}: {each['help']} {targets}")

    def violations(self) -> list[dict[str, Any]]:
        """What axe finds on the page. It is called from without, which works also where the page's scripts are off."""
        options: dict[str, Any] = {"runOnly": {"type": "tag", "values": RULES}}
        if not self.script:
            self.page.evaluate(TIMERS)
            options["preload"] = False  # no style sheet is fetched a second time
        self.page.evaluate(AXE.read_text("utf-8"))
        return list(self.page.evaluate(RUN, options))

    def press(self, name: str, *, exact: bool = True) -> None:
        """Press a button or follow a link, by what it says; and look at the page that comes."""
        button = self.page.get_by_role("button", name=name, exact=exact).or_(
            self.page.get_by_role("link", name=name, exact=exact)
        )
        with self.page.expect_navigation():
            if self.script and self.page.locator("form[data-look]").count():
                # what depends on an answer may come this very moment, and move the button from below the pointer
                button.first.press("Enter")
            else:
                button.first.click()
        self.look()

    def press_main(self) -> None:
        """Press the page's main button, whatever it says."""
        with self.page.expect_navigation():
            self.page.locator("main form button.kern-btn--primary:visible").click()
        self.look()

    def change(self, title: str) -> None:
        """Follow "Ändern" beside a page's answers on the page to check."""
        section = self.page.locator("section.review", has=self.page.get_by_role("heading", name=title, exact=True))
        with self.page.expect_navigation():
            section.get_by_role("link", name="Ändern").click()
        self.look()

    @property
    def path(self) -> str:
        """Where we are."""
        return urlsplit(self.page.url).path

    @property
    def heading(self) -> str:
        """What the page says first."""
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()

    def field(self, name: str) -> Locator:
        """A field by its id."""
        return self.page.locator(f'[id="{name}"]')

    # going through the form

    def log_in(self, letter: Letter, *, by_link: bool | None = None) -> None:
        """Log in: by the link in the letter (with script), else by typing the PIN."""
        by_link = self.script if by_link is None else by_link
        if by_link:  # from the page of that very address it would only be another fragment, and no page is asked for
            self.page.goto("about:blank")
        self.open(f"/#{letter.link.partition('#')[2]}" if by_link else "/")
        if not by_link:
            self.field("pin").fill(letter.pin.lower())
        for name, value in letter.birth.items():
            self.field(name).fill(value)
        self.press("Anmelden")

    def begin(self, letter: Letter, **how: Any) -> None:
        """Log in and go to the first question."""
        self.log_in(letter, **how)
        self.press("Los geht’s")

    def fill(self, answers: Answers) -> None:
        """Fill in fields of the page, each when it has appeared."""
        for name, value in answers.items():
            if self.script:
                self.field(name).wait_for()
            if value is True:
                self.field(name).check()
            else:
                self.field(name).fill(str(value))

    def answer(self, answers: Answers, *, button: str = "Weiter") -> None:
        """Fill in fields and go on. Without script, what depends on an answer comes after the first "Weiter"."""
        left = dict(answers)
        while True:
            here = {name: value for name, value in left.items() if self.script or self.field(name).count()}
            assert here or not left, f"{self.path} has none of {sorted(left)}"
            self.fill(here)
            left = {name: value for name, value in left.items() if name not in here}
            before = self.path
            self.press(button)
            if not left:
                break
            assert self.path == before, f"{sorted(left)} never appeared"
        if not self.script and self.path == before and not self.errors():
            self.press(button)  # a question has come up that nobody must answer

    def submit(self) -> str:
        """Submit what stands on the page to check; the reference on the page that thanks."""
        assert self.path == "/pruefen", (self.path, self.text)
        self.press("Verbindlich absenden")
        assert self.path == "/fertig"
        return self.page.locator(".reference").inner_text()

    def download_receipt(self) -> bytes:
        """The receipt, as a file."""
        with self.page.expect_download() as started:
            self.page.locator(".receipt-box a").click()
        assert started.value.suggested_filename.endswith(".pdf")
        return Path(started.value.path()).read_bytes()

    # errors

    def errors(self) -> dict[str, str]:
        """The error summary: each sentence by the id of the field it links to."""
        links = self.page.locator("#errors a")
        return {
            (links.nth(at).get_attribute("href") or "").removeprefix("#"): links.nth(at).inner_text()
            for at in range(links.count())
        }

    def focused(self) -> str:
        """The id of what has the focus."""
        return str(self.page.evaluate("() => document.activeElement.id"))

    def urls(self) -> list[str]:
        """Every address that was asked for, with what was posted and the referrer."""
        return [f"{each.method} {each.url} {each.headers.get('referer', '')}" for each in self.requests]


def missing_headers(headers: Mapping[str, str], where: str) -> list[str]:
    """What a page's headers lack."""
    wrong = [f"{where}: {name} is {headers.get(name)}" for name, value in HEADERS.items() if headers.get(name) != value]
    policy = headers.get("content-security-policy", "")
    if "unsafe" in policy or "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        wrong.append(f"{where}: Content-Security-Policy is {policy!r}")
    return wrong
