"""One's own dialogue and nothing else; what a page does not ask for is not taken; two who submit at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import httpx
import pytest
from browser_support import missing_headers
from PIL import Image
from route_support import OTHER_TAX_ID, TAX_ID, words_of
from site_support import Letter, Site
from web_support import TOKEN as FORM_TOKEN
from web_support import Person, guess, sentence

#: every page that anybody may ask for, and those of somebody who is logged in
OPEN_PAGES = [
    "/",
    "/sitzung-beendet",
    "/hilfe",
    "/datenschutz",
    "/barrierefreiheit",
    "/impressum",
    "/danke",
    "/nirgends",
]
OWN_PAGES = [
    "/start",
    "/fragen/1",
    "/fragen/2",
    "/pruefen",
    "/ausgang/not_me",
    "/stand",
    "/fertig",
    "/quittung",
    "/datei/1",
]
STATE_CHANGING = [
    "/",
    "/abmelden",
    "/weiter",
    "/sprache",
    "/fragen/1",
    "/fragen/1/ansicht",
    "/fragen/1/merken",
    "/pruefen",
    "/ausgang/not_me",
]


def picture() -> bytes:
    """A small photo."""
    stream = BytesIO()
    Image.new("RGB", (300, 400), "white").save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture
def owner(site: Site) -> tuple[Person, Letter]:
    """Somebody logged in to a tax ID's form."""
    letter, person = site.letter("tax_id"), Person(site)
    person.log_in(letter)
    return person, letter


def test_every_page_has_the_headers(site: Site, owner: tuple[Person, Letter]) -> None:
    person, _letter = owner
    found = [person.http.get(path) for path in OPEN_PAGES + OWN_PAGES]
    wrong = [missing for answer in found for missing in missing_headers(answer.headers, answer.url.path)]
    assert wrong == []
    assert not any(answer.headers.get("set-cookie", "").startswith("visit=") for answer in found)
    for cookie in person.http.cookies.jar:
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "Strict"


def test_whoever_is_not_logged_in_sees_nothing(site: Site) -> None:
    with Person(site) as stranger:
        for path in OWN_PAGES:
            answer = stranger.http.get(path)
            assert (path, answer.status_code, answer.headers.get("location")) == (path, 302, "/sitzung-beendet")
            assert answer.content == b""
        stranger.http.cookies.set("visit", "x" * 43)
        assert stranger.http.get("/start").headers["location"] == "/sitzung-beendet"


@pytest.mark.parametrize("path", STATE_CHANGING)
def test_a_form_without_its_token_is_refused(site: Site, owner: tuple[Person, Letter], path: str) -> None:
    person, letter = owner
    for token in ({}, {"csrfmiddlewaretoken": "x" * 64}):
        answer = person.http.post(path, data={"go": "submit", **token})
        assert answer.status_code == 403
        assert "Bitte öffnen Sie die Seite noch einmal" in answer.text
        assert missing_headers(answer.headers, path) == []
    assert site.state(letter) == "opened"


def test_a_foreign_page_cannot_post(site: Site, owner: tuple[Person, Letter]) -> None:
    """A foreign origin is refused even with the token."""
    person, letter = owner
    for headers in ({"Origin": "https://boese.example"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}):
        assert person.answer(1, {"asked": "tax_id", "tax_id": TAX_ID}, headers=headers).status_code == 403
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert person.answer(1, {"asked": "tax_id", "tax_id": TAX_ID}, headers=own).status_code == 302
    assert site.state(letter) == "opened"


def test_guessed_addresses_of_others_papers(site: Site, owner: tuple[Person, Letter]) -> None:
    """A file or receipt of another dialogue is not there, and neither is a file that does not exist: no difference."""
    letter = site.letter("sick_note_upload")
    with Person(site) as other:
        other.log_in(letter)
        sent = {"asked": ["sick_note", "complete"], "go": "upload:sick_note"}
        assert other.post("/fragen/1", sent, files={"sick_note": ("foto.jpg", picture())}).status_code == 302
        number = site.value("SELECT max(id) FROM dialogue_upload")
        assert other.http.get(f"/datei/{number}").headers["content-type"] == "application/pdf"
        person, _own = owner
        theirs, nobodys = person.http.get(f"/datei/{number}"), person.http.get(f"/datei/{number + 999}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        seen = [FORM_TOKEN.sub("", each.text).replace(each.url.path, "") for each in (theirs, nobodys)]
        assert seen[0] == seen[1]
        gone = person.post("/fragen/1", {"go": f"drop:{number}", "asked": "tax_id"})
        assert gone.status_code == 302
        assert site.value("SELECT count(*) FROM dialogue_upload WHERE id = %s", number) == 1
        assert other.http.get("/quittung").headers["location"] == "/start"
    person.answer_tax_id(TAX_ID)
    assert person.submit().headers["location"] == "/fertig"
    assert person.http.get("/quittung").content.startswith(b"%PDF-")
    assert person.http.get(f"/datei/{number}").status_code in (302, 404)


def test_what_is_hidden_or_known_is_not_written(site: Site) -> None:
    """Fields of other pages, of hidden questions, prefilled values: ignored, and logged by name alone."""
    letter = site.letter("accident")
    with Person(site) as person:
        person.log_in(letter)
        hidden = {"employer": "Geheimbetrieb", "kind": "assault", "prefill.member": "M-FREMD", "filled_by": "Fremdling"}
        sent = {"asked": ["accident", "no_accident_reason", *hidden], "accident": "no", "no_accident_reason": "illness"}
        assert person.answer(1, {**sent, **hidden}).status_code == 302
        assert person.answer(11, {"asked": "employer", **hidden}).status_code in (302, 404)
        review = person.http.get("/pruefen").text
        assert "Geheimbetrieb" not in review
        assert person.http.get("/fragen/4").status_code == 302
        last = next(number for number in range(2, 25) if person.http.get(f"/fragen/{number}").status_code == 200)
        sent = {"asked": ["correct", "course", "comment"], "correct": "yes", "course": "Geheimtext"}
        assert person.answer(last, sent).status_code == 302
        assert person.submit().headers["location"] == "/fertig"
        receipt = person.http.get("/quittung").content
    ignored = {name for note in site.notes() for name in note.get("ignored", ())}
    assert {"employer", "kind", "course"} <= ignored
    assert not [word for word in ("Geheimbetrieb", "Geheimtext", "M-FREMD", "Fremdling") if word in site.logs()]
    assert [word for word in ("Geheim", "Fremdling", "assault") if word in words_of(receipt)] == []
    site.work()
    assert site.notice(letter)["case_key"] == letter.external_id
    assert site.notice(letter)["state"] == "settled", "a free text that was hidden reached the process"


def test_two_devices_submit_at_once(site: Site) -> None:
    """Again and again: one submission, one notice, and whoever was second is told where it stands."""
    for _round in range(5):
        letter = site.letter("tax_id")
        people = [Person(site), Person(site)]
        for person in people:
            person.log_in(letter)
        people[0].answer_tax_id(TAX_ID)
        gate, revision = threading.Barrier(2), people[0].revision()

        def submit(person: Person, gate: threading.Barrier = gate, revision: str = revision) -> httpx.Response:
            gate.wait()
            return person.post("/pruefen", {"go": "submit", "revision": revision})

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(submit, people))
        assert [answer.status_code for answer in answers] == [302, 302]
        assert sorted(answer.headers["location"] for answer in answers) == ["/fertig", "/stand"]
        assert site.value("SELECT count(*) FROM notice WHERE external_id = %s", letter.reference) == 1
        for person in people:
            assert letter.reference in person.http.get("/stand").text


def test_who_submits_what_changed_meanwhile_is_told(site: Site) -> None:
    letter = site.letter("tax_id")
    with Person(site) as phone, Person(site) as desk:
        phone.log_in(letter)
        desk.log_in(letter)
        phone.answer_tax_id(TAX_ID)
        stale = phone.revision()
        assert desk.answer(1, {"asked": "tax_id", "tax_id": OTHER_TAX_ID}).status_code == 302
        answer = phone.post("/pruefen", {"go": "submit", "revision": stale})
        assert answer.status_code == 409
        assert "inzwischen geändert" in sentence(answer)
        assert site.state(letter) == "opened"
        assert phone.submit().headers["location"] == "/fertig"


def test_a_stranger_cannot_say_where_they_come_from(site: Site) -> None:
    """Without a trusted proxy, ``X-Forwarded-For`` changes nothing: five failures here, then this machine waits."""
    letter = site.letter("tax_id")
    statuses = []
    with Person(site) as person:
        person.token()
        for number in range(12):
            fields = {"pin": guess(letter.pin, number), **letter.birth}
            statuses.append(person.post("/", fields, headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code)
    assert statuses == [200] * 5 + [429] * 7


def test_an_address_to_go_on_stays_here(site: Site) -> None:
    """The change of language leads back to a page of the site, wherever it is told to."""
    with Person(site) as person:
        for here in ("https://boese.example/", "//boese.example", "/\\boese.example", "javascript:alert(1)"):
            answer = person.post("/sprache", {"language": "en", "here": here})
            assert answer.headers["location"] == "/"
