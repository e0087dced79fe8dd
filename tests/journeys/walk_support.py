"""Helpers of the journeys: one letter with everything that comes between it and the receipt, whatever the device.

``walk`` is the same for every type: pages sent empty, something wrong, the browser's own way back, a session that ends,
another device that goes on, the pages' own way back. What differs is a ``Way``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from browser_support import DESK, PHONE, Answers, Visitor
from playwright.sync_api import Browser
from route_support import COURSE, DECLARED, ROUTES, Route, attached, day, faults_of, go_back, plain, send_empty, shown
from route_support import words_of as words_of
from sick_note_support import DATES, hand_in_after_all
from site_support import FIRST, TODAY, Letter, Site

#: how the same form is met: on which screen, with script or none
WIDTHS = [PHONE, DESK]
DEVICES = [(width, script) for width in WIDTHS for script in (True, False)]
AGED = """
    UPDATE portal_session SET seen_at = seen_at - interval '{minutes} minutes'
    WHERE dialogue = (SELECT id FROM dialogue WHERE reference = %s)
"""


class Way(NamedTuple):
    """A way through a type; on page ``at`` something ``wrong`` is ``told`` at a field; on the first page ``first``."""

    pages: Route
    at: int
    wrong: Answers
    told: str
    first: Callable[[Visitor], None] = lambda visitor: None


WAYS = {
    "tax_id": Way(ROUTES["tax_id"], 0, {"tax_id": "65929970488"}, "tax_id"),
    "sepa_mandate": Way(
        ROUTES["sepa_mandate"], 0, {"iban": "DE03 1203 0000 0000 2020 51", "own_account": True}, "iban"
    ),
    "accident": Way(
        ROUTES["traffic"], 1, {**COURSE, **day("occurred_on", TODAY + timedelta(days=1))}, "occurred_on.day"
    ),
    "sick_note_upload": Way(
        [{"complete": True}, DATES, DECLARED],
        1,
        {**DATES, **day("incapacity_until", FIRST - timedelta(days=1))},
        "incapacity_until.day",
        hand_in_after_all,
    ),
}


@contextmanager
def on(width: int, *, script: bool) -> Iterator[None]:
    """What fails in here says on which device."""
    try:
        yield
    except Exception as error:
        error.add_note(f"at {width} px, {'with' if script else 'without'} script")
        raise


def walk_at(
    site: Site,
    browser: Browser,
    visitors: list[Visitor],
    kind: str,
    *,
    width: int,
    ways: Callable[[Letter], Way] | None = None,
) -> list[tuple[Letter, Visitor]]:
    """Two people with a letter each, with script and without, who go on on another device; both are about to submit."""
    walked = []
    for script in (True, False):
        letter = site.letter(kind)
        visitor = Visitor(site, browser, width=width, script=script)
        other = Visitor(site, browser, width=DESK if width == PHONE else PHONE, script=not script)
        visitors += [visitor, other]
        with on(width, script=script):
            walk(visitor, other, letter, ways(letter) if ways else WAYS[kind])
        walked.append((letter, visitor))
    return walked


def walk(visitor: Visitor, other: Visitor, letter: Letter, way: Way) -> None:
    """From the letter to the page to check, with all that may come between."""
    visitor.begin(letter)
    answer_page(visitor, way, 0)
    step_back_and_forth(visitor, way.pages[0])
    let_session_end(visitor, letter)
    for number in range(1, len(way.pages) - 1):
        answer_page(visitor, way, number)
    other.log_in(letter)
    go_on(other)
    assert (other.path, other.heading) == (visitor.path, visitor.heading)
    answer_page(other, way, len(way.pages) - 1)
    assert other.path == "/pruefen", other.text
    visitor.open("/start")
    go_on(visitor)
    assert visitor.path == "/pruefen", visitor.text
    assert review_of(visitor) == review_of(other)
    assert len(review_of(visitor)) == len(way.pages)
    go_back(visitor, way.pages[-2:])


def answer_page(visitor: Visitor, way: Way, number: int) -> None:
    """A page as people fill it in: sent empty first, then with what is wrong, then right."""
    send_empty(visitor)
    path = visitor.path
    if number == 0:
        way.first(visitor)
    if number == way.at:
        visitor.answer(way.wrong)
        assert (visitor.path, list(visitor.errors())) == (path, [way.told])
    visitor.answer(way.pages[number])
    assert visitor.path != path, visitor.errors()


def step_back_and_forth(visitor: Visitor, answers: Answers) -> None:
    """The browser's own way back shows what was saved, and leads forth again."""
    path = visitor.path
    visitor.page.go_back()
    visitor.look()
    seen = {name: plain(value) for name, value in shown(visitor, answers).items()}
    assert seen == {name: plain(value) for name, value in answers.items()}
    visitor.press("Weiter")
    assert visitor.path == path


def age(site: Site, letter: Letter, minutes: int) -> None:
    """Let time pass for everybody who is logged in with this letter."""
    site.change(AGED.format(minutes=minutes), letter.reference)


def let_session_end(visitor: Visitor, letter: Letter) -> None:
    """After 31 minutes without a page one logs in again on the page itself, and goes on where one was."""
    path, heading = visitor.path, visitor.heading
    age(visitor.site, letter, 31)
    log_in_on_the_way(visitor, letter, "Weiter")
    assert (visitor.path, visitor.heading) == (path, heading)


def log_in_on_the_way(visitor: Visitor, letter: Letter, button: str) -> None:
    """Press a button of a page whose session has ended, and log in where one is asked to."""
    visitor.expected.add(403)
    # what depends on an answer is not looked up any more
    visitor.forgiven += ["403", "net::ERR_FAILED"]
    visitor.press(button)
    assert visitor.heading == "Bitte melden Sie sich noch einmal an"
    for name, value in {"pin": letter.pin, **letter.birth}.items():
        visitor.field(name).fill(value)
    visitor.press("Anmelden und weitermachen")


def go_on(visitor: Visitor) -> None:
    """Whoever comes back is welcome, and finds the next page."""
    assert visitor.heading == "Willkommen zurück"
    visitor.press("Weiter ausfüllen")


def review_of(visitor: Visitor) -> list[str]:
    """What stands on the page to check, one text for each page of the form."""
    return [" ".join(text.split()) for text in visitor.page.locator("section.review").all_text_contents()]


def hand_over(walked: list[tuple[Letter, Visitor]]) -> list[bytes]:
    """Everybody submits; their receipts. No address ever had the PIN in it."""
    receipts = []
    for letter, visitor in walked:
        assert visitor.submit() == letter.reference
        receipts.append(visitor.download_receipt())
        assert stand_of(visitor) == "Ihre Angaben sind bei uns"
        is_posted_alone(letter.pin, visitor)
    return receipts


def is_posted_alone(pin: str, visitor: Visitor) -> None:
    """The PIN went to the server in what the login posted, on its own page or on that where a session had ended."""
    secret = pin.replace("-", "")
    addresses = "".join(visitor.urls()).upper().replace("-", "").replace("%2D", "")
    assert secret not in addresses
    assert "PIN=" not in addresses
    assert not visitor.script or visitor.page.evaluate("() => location.hash") == ""
    posted = [each.method for each in visitor.requests if "pin=" in (each.post_data or "")]
    assert set(posted) == {"POST"}


def stand_of(visitor: Visitor) -> str:
    """What the page says to whoever comes back."""
    visitor.open("/stand")
    return visitor.heading


def receipts_are_right(folder: Path, letters: list[Letter], receipts: list[bytes], *words: str) -> None:
    """Each receipt is PDF/A-3a and PDF/UA-1, says its reference and these words, and has the answers as JSON in it."""
    for letter, pdf in zip(letters, receipts, strict=True):
        text = words_of(pdf)
        assert [word for word in (letter.reference, *words) if word not in text] == []
        assert any(name.endswith(".json") for name in attached(pdf))
    assert faults_of(folder, *receipts) == []
