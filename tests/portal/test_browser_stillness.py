"""Nothing moves the button that somebody is about to press: what an answer brings has its room, or waits."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

#: bank names of 58 letters, the longest there are in Germany, and of 11
LONGEST, SHORT = "DE43 7635 0000 0000 2020 51", "DE68 3704 0044 0000 2020 51"
NEXT = "main form button.kern-btn--primary"


def open_page(browser: Any, address: str, given: Any, *, width: int, number: int) -> Any:
    """A page of the form, logged in."""
    page = browser.new_context(locale="de-DE", viewport={"width": width, "height": 844}).new_page()
    page.goto(f"{address}/")
    for name, value in given.secrets.items():
        page.fill(f"[name='{name}']", value)
    with page.expect_navigation(url="**/start"):  # else the next page asked for is there before the session
        page.click("main form button")
    page.goto(f"{address}/fragen/{number}")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    return page


def top_of(page: Any) -> float:
    """Where the button stands in the page, whatever is in sight."""
    found: float = page.locator(NEXT).evaluate("(each) => each.getBoundingClientRect().top + scrollY")
    return found


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("iban", [LONGEST, SHORT], ids=["longest name", "short name"])
def test_the_name_of_the_bank_moves_nothing(
    live_portal: str, browser: Any, new_dialogue: Any, width: int, iban: str
) -> None:
    page = open_page(browser, live_portal, new_dialogue("sepa_mandate"), width=width, number=1)
    before = top_of(page)
    page.fill("#iban", iban)
    page.locator("#iban").blur()
    note = page.locator("[data-live=iban] .note")
    expect(note).to_be_visible(timeout=30_000)
    assert top_of(page) == before
    page.fill("#iban", "DE")
    page.locator("#iban").blur()
    expect(note).to_have_count(0, timeout=30_000)
    assert top_of(page) == before
    page.context.close()


def test_a_question_that_appears_waits_until_the_button_is_let_go(
    live_portal: str, browser: Any, new_dialogue: Any
) -> None:
    """The pointer goes down on the button; what the field says that it leaves is answered before it goes up."""
    page = open_page(browser, live_portal, new_dialogue("everything"), width=390, number=1)
    page.locator("#driver").evaluate("(each) => { each.checked = true; }")
    button = page.locator(NEXT)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = top_of(page)
    page.mouse.down()
    with page.expect_response("**/fragen/1/*") as looked:
        page.locator("#driver").dispatch_event("change")
    looked.value.finished()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)))")
    assert page.locator("#plate").count() == 0
    assert top_of(page) == before
    with page.expect_navigation():
        page.mouse.up()
    assert page.url.endswith("nochmal=1"), "the click was taken, and the page says what is missing"
    assert page.locator("#errors").count() == 1
    page.context.close()


def test_a_question_appears_once_the_pointer_is_up(live_portal: str, browser: Any, new_dialogue: Any) -> None:
    page = open_page(browser, live_portal, new_dialogue("everything"), width=390, number=1)
    page.mouse.move(5, 300)
    page.mouse.down()
    with page.expect_response("**/fragen/1/*"):
        page.locator("#driver").evaluate(
            "(e) => { e.checked = true; e.dispatchEvent(new Event('change', {bubbles: true})); }"
        )
    page.mouse.up()
    expect(page.locator("#plate")).to_be_visible(timeout=30_000)
    page.context.close()
