"""Checking, submitting once, and what is shown afterwards."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pypdfium2
import pytest
from test_questions import CHOICES, END, NUMBERS, WRITING, answer, photo, stored, text


def fill(client: Any) -> None:
    """Everything is answered."""
    answer(client, 1, CHOICES)
    answer(client, 2, WRITING)
    answer(client, 3, {**NUMBERS, "phone": "0221 999999"})
    answer(client, 4, {})
    client.post("/fragen/5", {"papers": photo(), "go": "upload:papers"})
    assert answer(client, 6, END)["Location"] == "/pruefen"


def revision(client: Any) -> str:
    found = re.search(r'name="revision" value="(\d+)"', client.get("/pruefen").content.decode())
    assert found
    return found[1]


def submit(client: Any) -> Any:
    return client.post("/pruefen", {"go": "submit", "revision": revision(client)})


def test_the_page_to_check_shows_every_answer_with_a_link_to_change_it(logged_in: Any) -> None:
    client, _given = logged_in()
    fill(client)
    page = text(client.get("/pruefen"))
    assert "Schritt 7 von 7" in page
    for said in ("Rot", "20.02.2026", "40 Stunden je Woche", "Deutsche Kreditbank", "foto.jpg", "Erika Mustermann"):
        assert said in page
    assert [f"/fragen/{number}?then=check" in page for number in range(1, 7)] == [True] * 6


def test_whoever_changes_something_comes_back_to_the_check(logged_in: Any) -> None:
    client, _given = logged_in()
    fill(client)
    assert 'name="then" value="check"' in text(client.get("/fragen/1?then=check"))
    assert answer(client, 1, CHOICES, then="check")["Location"] == "/pruefen"
    assert answer(client, 1, CHOICES, go="back", then="check")["Location"] == "/pruefen"
    assert answer(client, 1, {**CHOICES, "driver": "yes", "plate": "K-1"}, then="check")["Location"] == "/pruefen"


def test_what_is_missing_is_listed_and_nothing_can_be_submitted(logged_in: Any) -> None:
    client, given = logged_in()
    answer(client, 1, CHOICES)
    page = text(client.get("/pruefen"))
    assert "Das fehlt noch" in page
    assert '<a href="/fragen/2?then=check#day.day">' in page
    assert 'value="submit"' not in page
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    assert client.post("/pruefen", {"go": "submit", "revision": found[1]}).status_code == 200
    assert stored(given)["colour"] == "red"


def test_what_was_typed_wrong_and_left_is_not_silently_dropped(logged_in: Any) -> None:
    client, _given = logged_in()
    fill(client)
    answer(client, 3, {**NUMBERS, "phone": "0221 999999", "health": "falsch"}, go="back")
    page = text(client.get("/pruefen"))
    assert "Diese Versichertennummer stimmt nicht." in page
    assert 'value="submit"' not in page


def test_submitting_gives_a_reference_and_a_receipt(logged_in: Any) -> None:
    client, given = logged_in()
    fill(client)
    assert submit(client)["Location"] == "/fertig"
    page = text(client.get("/fertig"))
    assert "Vielen Dank, Ihre Angaben sind angekommen" in page
    assert given.reference in page
    assert "Wir lesen es." in page
    receipt = client.get("/quittung")
    assert receipt["Content-Type"] == "application/pdf"
    assert given.reference in receipt["Content-Disposition"]
    assert receipt["Cache-Control"] == "no-store"
    said = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(receipt.content))
    assert given.reference in said
    assert "Fahren Sie Auto?" in said


def test_the_same_login_shows_the_state_afterwards_and_nothing_can_be_changed(logged_in: Any) -> None:
    client, given = logged_in()
    fill(client)
    submit(client)
    client.post("/abmelden")
    client.post("/", given.secrets)
    for path in ("/start", "/fragen/1", "/pruefen", "/ausgang/not_me"):
        assert client.get(path)["Location"] == "/stand"
    assert answer(client, 1, {"colour": "blue"})["Location"] == "/stand"
    page = text(client.get("/stand"))
    assert "Ihre Angaben sind bei uns" in page
    assert "14 Tage" in page
    assert client.get("/quittung").status_code == 200


def test_of_two_who_submit_one_wins_and_the_other_is_told_kindly(logged_in: Any) -> None:
    from portal_support import PageClient

    one, given = logged_in()
    fill(one)
    other = PageClient(headers={"accept-language": "de"})
    other.post("/", given.secrets)
    number = revision(other)
    assert submit(one)["Location"] == "/fertig"
    assert other.post("/pruefen", {"go": "submit", "revision": number})["Location"] == "/stand"
    assert "Ihre Angaben sind bei uns" in text(other.get("/stand"))


def test_what_changed_since_it_was_shown_is_shown_again(logged_in: Any) -> None:
    client, _given = logged_in()
    fill(client)
    number = revision(client)
    answer(client, 1, {**CHOICES, "colour": "blue"})
    answered = client.post("/pruefen", {"go": "submit", "revision": number})
    assert answered.status_code == 409
    assert "vielleicht auf einem anderen Gerät" in text(answered)
    assert "Blau" in text(answered)
    assert submit(client)["Location"] == "/fertig"


def test_the_receipt_is_nobodys_business_before_and_elsewhere(logged_in: Any, new_dialogue: Any) -> None:
    client, _given = logged_in()
    fill(client)
    assert client.get("/quittung")["Location"] == "/start"
    submit(client)
    client.post("/abmelden")
    assert client.get("/quittung")["Location"] == "/sitzung-beendet"


@pytest.mark.parametrize(
    ("kind", "after", "again"),
    [
        ("not_me", "Danke für den Hinweis.", False),
        ("deceased", "Danke, dass Sie es uns gesagt haben.", False),
        ("on_paper", "kommt in den nächsten Tagen mit der Post", True),
    ],
)
def test_a_way_out_is_explained_confirmed_and_taken(logged_in: Any, kind: str, after: str, again: bool) -> None:
    client, given = logged_in()
    page = text(client.get(f"/ausgang/{kind}"))
    assert "Zurück zum Fragebogen" in page
    assert given.reference not in page
    assert client.get("/start").status_code == 200, "looking is not leaving"
    assert after in unescape(client.post(f"/ausgang/{kind}", {"words": "unbekannt verzogen"}).content.decode())
    assert client.get("/start")["Location"] == "/sitzung-beendet"
    assert (client.post("/", given.secrets).status_code == 302) is again


def test_who_fills_in_for_somebody_says_so_and_goes_on(logged_in: Any) -> None:
    client, given = logged_in()
    assert client.post("/ausgang/representative", {"go": "leave"})["Location"] == "/start"
    assert stored(given)["filled_by"] == "representative"
    assert "Sie füllen den Fragebogen für Erika Mustermann aus." in text(client.get("/start"))
    client.post("/ausgang/representative", {"go": "self"})
    assert "filled_by" not in stored(given)


def test_a_way_out_that_the_type_does_not_have_is_not_there(logged_in: Any) -> None:
    client, _given = logged_in()
    assert client.get("/ausgang/nonsense").status_code == 404
