"""Two letters in one browser, and a page that is sent after its session: nothing into another's form, nothing lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from test_questions import CHOICES, load, photo, stored, text
from test_review import fill

ANOTHER = "gehört zu einem anderen Brief"
LATER = "Bitte melden Sie sich noch einmal an"
OWN = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def browser(client: Any) -> Any:
    """A browser as it is: without a mark of its own, with the token of forms checked."""
    from django.test import Client

    return Client(enforce_csrf_checks=True, headers={"accept-language": "de"})


def fields_of(page: str) -> dict[str, list[str]]:
    """The hidden fields of a page's form."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page[page.index("<main") :]):
        found.setdefault(name, []).append(unescape(value))
    return found


def log_in(browser: Any, given: Any) -> None:
    token = fields_of(browser.get("/").content.decode())["csrfmiddlewaretoken"]
    answered = browser.post("/", {"csrfmiddlewaretoken": token, **given.secrets})
    assert answered["Location"] == "/start"


def beside(given: Any) -> dict[str, str]:
    """What one types to log in where what was posted waits."""
    return {f"~{name}": value for name, value in given.secrets.items()}


def form_of(browser: Any, path: str) -> dict[str, Any]:
    """What the form of a page posts by itself."""
    page = browser.get(path).content.decode()
    form = page[page.index('<form method="post"', page.index("<main")) :] if "<main" in page else page
    return fields_of("<main" + form)


def test_what_one_typed_never_gets_into_the_form_of_another(browser: Any, new_dialogue: Any) -> None:
    his, hers = new_dialogue(), new_dialogue()
    log_in(browser, his)
    sent = {**form_of(browser, "/fragen/1"), **CHOICES, "go": "next"}
    log_in(browser, hers)
    refused = browser.post("/fragen/1", sent, headers=OWN)
    assert refused.status_code == 403
    again = fields_of(refused.content.decode())
    assert again["colour"] == ["red"]
    refused = browser.post("/fragen/1", again, headers=OWN)
    assert (refused.status_code, ANOTHER in text(refused)) == (403, True)
    assert [stored(each) for each in (his, hers)] == [{}, {}]
    # and once more from there, with the letter to which it belongs
    saved = browser.post("/fragen/1", {**fields_of(refused.content.decode()), **beside(his)}, headers=OWN)
    assert saved["Location"] == "/fragen/2"
    assert [stored(each).get("colour") for each in (his, hers)] == ["red", None]


@pytest.mark.parametrize("path", ["/fragen/1", "/fragen/1/merken", "/fragen/1/ansicht"])
def test_a_page_of_another_letter_saves_and_says_nothing_of_this_one(
    browser: Any, new_dialogue: Any, path: str
) -> None:
    his, hers = new_dialogue(), new_dialogue()
    log_in(browser, his)
    mark = form_of(browser, "/fragen/1")["~whose"]
    log_in(browser, hers)
    own = form_of(browser, "/fragen/1")
    for whose in ({"~whose": mark}, {"~whose": ""}):
        refused = browser.post(path, {**own, **whose, "colour": "blue", "driver": "no"}, headers=OWN)
        assert (refused.status_code, ANOTHER in text(refused)) == (403, True)
        assert "data-question" not in text(refused)
    without = {name: value for name, value in own.items() if name != "~whose"}
    assert browser.post(path, {**without, "colour": "blue"}, headers=OWN).status_code == 403
    assert [load(each).revision for each in (his, hers)] == [0, 0]


def test_nobody_leaves_or_submits_for_another(browser: Any, new_dialogue: Any) -> None:
    from dunkelwerk.dialogues import queries

    his, hers = new_dialogue(), new_dialogue()
    states = lambda: [queries.find(each.reference).state for each in (his, hers)]  # noqa: E731
    for each in (his, hers):
        from portal_support import PageClient

        person = PageClient(headers={"accept-language": "de"})
        person.post("/", each.secrets)
        fill(person)
    log_in(browser, his)
    sent = {path: form_of(browser, path) for path in ("/pruefen", "/ausgang/deceased")}
    log_in(browser, hers)
    assert form_of(browser, "/pruefen")["revision"] == sent["/pruefen"]["revision"]
    for path, form in sent.items():
        refused = browser.post(path, {**form, "go": "submit"}, headers=OWN)
        refused = browser.post(path, fields_of(refused.content.decode()), headers=OWN)
        assert (refused.status_code, ANOTHER in text(refused)) == (403, True)
    assert states() == ["opened", "opened"]


def test_what_is_sent_after_the_session_waits_and_is_saved_by_logging_in(browser: Any, new_dialogue: Any) -> None:
    from django.db import connection

    given = new_dialogue()
    log_in(browser, given)
    sent = {**form_of(browser, "/fragen/1"), **CHOICES, "go": "next"}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_session SET seen_at = seen_at - interval '31 minutes'")
    waits = browser.post("/fragen/1", sent)
    assert (waits.status_code, LATER in text(waits)) == (403, True)
    assert "noch nicht gespeichert" in text(waits)
    wrong = {**beside(given), "~birth.year": "1958"}
    waits = browser.post("/fragen/1", {**fields_of(waits.content.decode()), **wrong})
    assert "PIN oder Geburtsdatum stimmen nicht" in text(waits)
    assert stored(given) == {}
    held = fields_of(waits.content.decode())
    assert not [name for name in held if name.startswith(("~pin", "~birth"))], "no secret is repeated by itself"
    assert browser.post("/fragen/1", {**held, **beside(given)})["Location"] == "/fragen/2"
    assert stored(given) == {"driver": False, "colour": "red", "pets": ["cat"]}
    assert browser.get("/fragen/2").status_code == 200


def test_a_new_pin_while_a_page_is_open_loses_nothing(browser: Any, new_dialogue: Any) -> None:
    from dunkelwerk.dialogues import operations

    given = new_dialogue()
    log_in(browser, given)
    sent = {**form_of(browser, "/fragen/1"), **CHOICES, "go": "leave"}
    pin = operations.reissue(given.reference, actor="test", reason="Brief verloren").pin
    waits = browser.post("/fragen/1", sent)
    left = browser.post("/fragen/1", {**fields_of(waits.content.decode()), **beside(given), "~pin": pin})
    assert left["Location"] == "/danke"
    assert stored(given)["colour"] == "red"
    assert browser.get("/start")["Location"] == "/sitzung-beendet", "whoever wanted to leave has left"


def test_who_logs_in_with_another_letter_there_saves_nothing(browser: Any, new_dialogue: Any) -> None:
    his, hers = new_dialogue(), new_dialogue()
    log_in(browser, his)
    sent = {**form_of(browser, "/fragen/1"), **CHOICES, "go": "next"}
    browser.cookies.pop("visit")
    waits = browser.post("/fragen/1", sent)
    refused = browser.post("/fragen/1", {**fields_of(waits.content.decode()), **beside(hers)})
    assert (refused.status_code, ANOTHER in text(refused)) == (403, True)
    assert browser.get("/start")["Location"] == "/sitzung-beendet"
    assert [stored(each) for each in (his, hers)] == [{}, {}]


def test_a_file_that_came_too_late_is_asked_for_again(browser: Any, new_dialogue: Any) -> None:
    given = new_dialogue()
    log_in(browser, given)
    sent = form_of(browser, "/fragen/5")
    browser.cookies.pop("visit")
    waits = browser.post("/fragen/5", {**sent, "papers": photo(), "go": "upload:papers"})
    assert "Die Datei wählen Sie danach bitte noch einmal aus." in text(waits)
    plain = browser.post("/fragen/5", {**sent, "go": "next"})
    assert "Die Datei" not in text(plain)
    back = browser.post("/fragen/5", {**fields_of(waits.content.decode()), **beside(given)})
    assert back["Location"] == "/fragen/5#question-papers"


def test_every_form_that_writes_into_a_dialogue_says_whose_it_is(logged_in: Any) -> None:
    client, given = logged_in()
    fill(client)
    marks = set()
    for path in ("/fragen/1", "/fragen/5", "/pruefen", "/ausgang/not_me", "/ausgang/representative"):
        page = client.get(path).content.decode()
        forms = [each.split("</form>")[0] for each in page.split('<form method="post"')[1:]]
        own = [each for each in forms if f'action="{path}"' in each]
        assert own, path
        for each in own:
            found = re.findall(r'name="~whose" value="([0-9a-f]{16})"', each)
            assert len(found) == 1, path
            marks.update(found)
    assert len(marks) == 1
    assert given.reference not in marks
