"""The script in a real browser: what is typed is saved when the page goes out of sight, and no link breaks it."""

from __future__ import annotations

from typing import Any

from test_questions import photo

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
    log_in(page, live_portal, given)
    page.goto(f"{live_portal}/fragen/1")
    page.evaluate(HIDE)
    page.check("#colour")
    with page.expect_response("**/fragen/1/merken") as saved:
        page.evaluate(HIDE)
    assert saved.value.status == 204
    draft = load_draft(given.id)
    assert draft.answers["colour"] == "red"
    assert draft.revision == 1, "nothing was saved while nothing was typed"
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url.removeprefix(live_portal)))
    page.evaluate(HIDE)
    with page.expect_response("**/da"):  # whatever was sent before it has been seen too
        page.evaluate("() => fetch('/da')")
    assert sent == ["/da"]
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


def log_in(page: Any, live_portal: str, given: Any) -> None:
    page.goto(f"{live_portal}/")
    for name, value in given.secrets.items():
        page.fill(f"[name='{name}']", value)
    with page.expect_navigation(url="**/start"):  # else the next page asked for is there before the session
        page.click("main form button")


def test_an_upload_is_read_out_where_one_goes_on(live_portal: str, browser: Any, new_dialogue: Any) -> None:
    page = browser.new_context(locale="de-DE").new_page()
    log_in(page, live_portal, new_dialogue())
    page.goto(f"{live_portal}/fragen/5")
    picture = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo().getvalue()}
    page.set_input_files("#papers", files=[picture])
    page.wait_for_url("**/fragen/5?hochgeladen=papers#uploaded")
    page.wait_for_function("document.activeElement.id === 'uploaded'")
    assert page.inner_text("#uploaded") == "Hochgeladen. Dateien bisher: 1."
    page.context.close()


def test_the_dialog_says_so_where_the_page_could_not_be_saved(
    live_portal: str, browser: Any, new_dialogue: Any
) -> None:
    """Somebody logs in with another letter meanwhile; a little before the end the page is to be saved."""
    from dunkelwerk.dialogues.answers import load_draft

    his, hers = new_dialogue(), new_dialogue()
    context = browser.new_context(locale="de-DE")
    page, other = context.new_page(), context.new_page()
    log_in(page, live_portal, his)
    page.clock.install()
    page.goto(f"{live_portal}/fragen/1")
    page.check("#colour")
    log_in(other, live_portal, hers)
    with page.expect_response("**/merken") as refused:
        page.clock.fast_forward(1_500_000)
    assert refused.value.status == 403
    page.wait_for_selector("[data-unsaved]")
    assert "konnten wir gerade nicht speichern" in page.inner_text("#session")
    assert "ist schon gespeichert" not in page.inner_text("#session")
    tried: list[str] = []
    page.on("response", lambda response: tried.append(response.url))
    # a minute before the end it is tried once more, and at the end for the last time
    with page.expect_response(lambda answer: [answer.url, *tried].count(f"{live_portal}/fragen/1/merken") >= 2):
        page.clock.fast_forward(310_000)
    assert page.url == f"{live_portal}/fragen/1", "what was typed stays where it is"
    assert page.is_checked("#colour")
    assert [load_draft(each.id).revision for each in (his, hers)] == [0, 0]
    context.close()


def test_a_page_that_is_saved_is_left_at_the_end(live_portal: str, browser: Any, new_dialogue: Any) -> None:
    from dunkelwerk.dialogues.answers import load_draft

    given = new_dialogue()
    page = browser.new_context(locale="de-DE").new_page()
    log_in(page, live_portal, given)
    page.clock.install()
    page.goto(f"{live_portal}/fragen/1")
    page.check("#colour")
    with page.expect_response("**/merken") as saved:
        page.clock.fast_forward(1_500_000)
    assert saved.value.status == 204
    page.wait_for_selector("#session[open] [data-saved]")
    assert load_draft(given.id).answers["colour"] == "red"
    page.clock.fast_forward(310_000)
    page.wait_for_url("**/sitzung-beendet")
    page.context.close()
