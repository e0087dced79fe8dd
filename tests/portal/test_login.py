"""Coming and going: one neutral answer, kind sentences, cookies that say nothing, a language for everybody."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest


def test_the_login_page_asks_for_pin_and_birth_date(client: Any) -> None:
    page = client.get("/").content.decode()
    assert 'id="pin"' in page
    pin = re.search(r"<input[^>]*id=\"pin\"[^>]*>", page)
    assert pin
    assert 'autocomplete="off"' in pin[0]
    assert 'autocapitalize="characters"' in pin[0]
    assert all(f'name="birth.{part}"' in page for part in ("day", "month", "year"))


def test_whoever_knows_both_secrets_is_in(client: Any, new_dialogue: Any) -> None:
    given = new_dialogue()
    answer = client.post("/", given.secrets)
    assert (answer.status_code, answer["Location"]) == (302, "/start")
    cookie = client.cookies["visit"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Strict", "")
    assert cookie["max-age"] == ""
    assert "Guten Tag Erika" in client.get("/start").content.decode()


@pytest.mark.parametrize("change", [{"birth.year": "1958"}, {"pin": "2222-2222-2222"}])
def test_whatever_is_wrong_the_sentence_is_the_same(client: Any, new_dialogue: Any, change: dict[str, str]) -> None:
    given = new_dialogue()
    page = client.post("/", {**given.secrets, **change}).content.decode()
    assert "PIN oder Geburtsdatum stimmen nicht. Bitte vergleichen Sie die PIN mit dem Brief und prüfen Sie das" in page
    assert page.count('aria-invalid="true"') == 4, "nobody is told which of the fields"
    assert "visit" not in client.cookies


def test_the_postal_code_is_named_where_it_was_typed(client: Any, new_dialogue: Any) -> None:
    page = client.post("/", {"pin": new_dialogue().pin, "postal_code": "50667"}).content.decode()
    assert "PIN oder Postleitzahl stimmen nicht." in page
    assert "PIN oder Geburtsdatum" not in page
    assert '<details class="why" open>' in page
    assert page.count('aria-invalid="true"') == 2


def test_a_typing_error_gets_its_own_sentence_and_costs_nothing(client: Any, new_dialogue: Any) -> None:
    given = new_dialogue()
    wrong = given.pin[:-1] + ("2" if given.pin[-1] != "2" else "3")
    for _attempt in range(8):
        page = client.post("/", {**given.secrets, "pin": wrong}).content.decode()
        assert "Tippfehler in der PIN" in page
    assert client.post("/", given.secrets).status_code == 302


@pytest.mark.parametrize(
    ("missing", "field"), [("pin", "#pin"), ("birth.day", "#birth.day"), ("birth.year", "#birth.day")]
)
def test_what_is_missing_is_said_at_its_field(client: Any, new_dialogue: Any, missing: str, field: str) -> None:
    page = client.post("/", {**new_dialogue().secrets, missing: ""}).content.decode()
    assert f'<a href="{field}">' in page
    assert 'aria-invalid="true"' in page
    assert "<title>Fehler:" in page


def test_many_failures_make_one_wait(client: Any, new_dialogue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_LOGIN_FIRST_WAIT", "900")  # no machine is so slow that it is over meanwhile
    given, begun = new_dialogue(), time.monotonic()
    codes = [client.post("/", {**given.secrets, "birth.year": "1900"}).status_code for _attempt in range(7)]
    assert codes[0] == 200
    assert codes[-1] == 429
    waits = client.post("/", given.secrets)
    page = waits.content.decode()
    assert re.search(r"<title>\s*Bitte warten Sie einen Augenblick", page)
    assert "Bitte prüfen Sie Ihre Angaben" not in page, "nothing is wrong with them"
    assert 899 - (time.monotonic() - begun) <= int(waits["Retry-After"]) <= 900


@pytest.mark.parametrize("how", ["revoke", "answered_on_paper", "returned_by_post"])
def test_an_end_is_no_fault_of_the_fields(client: Any, new_dialogue: Any, how: str) -> None:
    from dunkelwerk.dialogues import operations

    given = new_dialogue()
    reason = {"reason": "irrtümlich"} if how == "revoke" else {}
    getattr(operations, how)(given.reference, actor="test", **reason)
    answered = client.post("/", given.secrets)
    page = answered.content.decode()
    assert (answered.status_code, "Retry-After" in answered) == (200, False)
    assert re.search(r"<title>\s*Dieser Fragebogen ist beendet", page)
    assert [said for said in ("Bitte prüfen Sie", "Fehler:", 'aria-invalid="true"', given.pin) if said in page] == []


def test_pages_of_a_dialogue_are_for_who_is_logged_in(client: Any) -> None:
    for path in ("/start", "/fragen/1", "/pruefen", "/stand", "/fertig", "/quittung", "/datei/1", "/ausgang/not_me"):
        assert client.get(path)["Location"] == "/sitzung-beendet", path
    assert "Bitte melden Sie sich noch einmal an" in client.post("/fragen/1", {"go": "next"}).content.decode()


def test_logging_out_ends_the_session_itself(logged_in: Any) -> None:
    client, _given = logged_in()
    token = client.cookies["visit"].value
    assert client.post("/abmelden")["Location"] == "/danke"
    client.cookies["visit"] = token
    assert client.get("/start")["Location"] == "/sitzung-beendet"


def test_a_session_can_be_renewed_and_only_a_living_one(logged_in: Any) -> None:
    client, _given = logged_in()
    assert client.post("/weiter").status_code == 204
    client.post("/abmelden")
    assert client.post("/weiter").status_code == 401


def test_a_session_ends_after_its_time_and_everything_is_still_there(
    logged_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, given = logged_in()
    client.post("/fragen/1", {"driver": "no", "colour": "red", "pets": ["cat"], "go": "next"})
    with monkeypatch.context() as later:
        later.setattr("dunkelwerk.dialogues.sessions.session_seconds", lambda: 0)
        assert client.get("/fragen/2")["Location"] == "/sitzung-beendet"
        assert "Was gespeichert war, ist noch da" in client.get("/sitzung-beendet").content.decode()
    client.post("/", given.secrets)
    page = client.get("/start").content.decode()
    assert "Willkommen zurück" in page
    assert 'href="/fragen/2"' in page


def test_the_language_is_the_browsers_and_then_the_persons_choice(client: Any) -> None:
    assert '<html lang="de">' in client.get("/").content.decode()
    assert '<html lang="en">' in client.get("/", headers={"accept-language": "en-GB,de"}).content.decode()
    answer = client.post("/sprache", {"language": "en", "here": "/hilfe"})
    assert answer["Location"] == "/hilfe"
    assert "Help and contact" in client.get("/hilfe").content.decode()


@pytest.mark.parametrize("here", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_nobody_is_led_elsewhere(client: Any, here: str) -> None:
    assert client.post("/sprache", {"language": "en", "here": here})["Location"] == "/"


def test_who_is_still_logged_in_can_go_on_from_the_first_page(logged_in: Any) -> None:
    client, _given = logged_in()
    assert "Sie sind noch angemeldet." in client.get("/").content.decode()
