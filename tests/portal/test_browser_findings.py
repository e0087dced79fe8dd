"""The script in a real browser: what is typed is saved when the page goes out of sight, and no link breaks it."""

from __future__ import annotations

import time
from typing import Any

HIDE = """() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_what_is_typed_is_saved_when_the_page_goes_out_of_sight(
    live_portal: str, browser: Any, new_dialogue: Any
) -> None:
    from dunkelwerk.dialogues.answers import load_draft

    given = new_dialogue()
    page = browser.new_context(locale="de-DE").new_page()
    page.goto(f"{live_portal}/#{given.pin}")
    for name, value in given.secrets.items():
        page.fill(f"[name='{name}']", value)
    page.click("main form button")
    page.goto(f"{live_portal}/fragen/1")
    page.evaluate(HIDE)
    page.check("#colour")
    with page.expect_response("**/fragen/1/merken") as saved:
        page.evaluate(HIDE)
    assert saved.value.status == 204
    draft = load_draft(given.id)
    assert draft.answers["colour"] == "red"
    assert draft.revision == 1, "nothing was saved while nothing was typed"
    page.evaluate(HIDE)
    time.sleep(0.5)
    assert load_draft(given.id).revision == 1
    page.context.close()


def test_a_strange_end_of_the_link_does_not_break_the_page(live_portal: str, browser: Any) -> None:
    page = browser.new_context(locale="de-DE").new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{live_portal}/#%")
    page.locator("#pin").press_sequentially("abcde")
    assert page.input_value("#pin") == "ABCD-E", "the rest of the script runs"
    assert troubles == []
    page.context.close()
