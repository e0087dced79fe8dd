"""When things break: the server is killed, the database goes away. Nothing is lost, and all goes on by itself."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress

import httpx
import pytest
from browser_support import Visitor, missing_headers
from outage_support import database_away
from playwright.sync_api import Browser
from route_support import TAX_ID
from site_support import Site, wait_until
from web_support import Person

#: seconds; a test walks many pages, and the machine may have much else to do
pytestmark = pytest.mark.timeout(900)

WRITTEN = """
    SELECT d.state,
        (SELECT count(*) FROM dialogue_submission s WHERE s.dialogue = d.id) AS submissions,
        (SELECT count(*) FROM notice n WHERE n.channel = 'dialogue' AND n.external_id = d.reference) AS notices,
        (SELECT count(*) FROM dialogue_event e WHERE e.dialogue = d.id AND e.event = 'submitted') AS events,
        (SELECT count(*) FROM outbox_message o WHERE o.key = d.reference) AS messages,
        (SELECT count(*) FROM dialogue_draft t WHERE t.dialogue = d.id) AS drafts
    FROM dialogue d WHERE d.reference = %s
"""
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
ALL = {"state": "submitted", "submissions": 1, "notices": 1, "events": 1, "messages": 1, "drafts": 0}
NOTHING = {"state": "opened", "submissions": 0, "notices": 0, "events": 0, "messages": 0, "drafts": 1}


def test_killed_between_submission_and_processing(site: Site) -> None:
    letter = site.letter("tax_id")
    with Person(site) as person:
        person.log_in(letter)
        person.answer_tax_id(TAX_ID)
        assert person.submit().headers["location"] == "/fertig"
        site.stop(signal.SIGKILL)
        assert site.rows(WRITTEN, letter.reference) == [ALL]
        site.work()
        site.start()
        page = person.http.get("/stand").text
    assert "Erledigt" in page
    assert site.notice(letter)["state"] == "settled"


@pytest.mark.parametrize("milliseconds", [5, 60, 150])
def test_killed_while_somebody_submits(site: Site, milliseconds: int) -> None:
    """All of a submission is there, or nothing of it; then the person submits again, and it is there once."""
    letter = site.letter("tax_id")
    with Person(site) as person:
        person.log_in(letter)
        person.answer_tax_id(TAX_ID)
        revision = person.revision()

        def submit() -> None:
            with suppress(httpx.TransportError):  # that is what is tried here
                person.post("/pruefen", {"go": "submit", "revision": revision})

        sending = threading.Thread(target=submit)
        sending.start()
        time.sleep(milliseconds / 1000)  # the moment of the kill is what is varied
        site.stop(signal.SIGKILL)
        sending.join()
        # a commit that the database has begun goes on without the server
        wait_until(lambda: not site.value(OTHERS), lambda: "a session of the killed server stays")
        found = site.rows(WRITTEN, letter.reference)
        assert found in ([ALL], [NOTHING])
        site.start()
        if found == [NOTHING]:
            assert person.submit().headers["location"] == "/fertig"
    assert site.rows(WRITTEN, letter.reference) == [ALL]


def test_the_database_goes_away_and_comes_back(site: Site, browser: Browser, visitors: list[Visitor]) -> None:
    """A clear page, what was typed stands in it, and it is sent again from there."""
    letter, visitor = site.letter("tax_id"), Visitor(site, browser)
    visitors.append(visitor)
    visitor.expected.add(503)
    visitor.forgiven.append("503")
    visitor.page.clock.install()
    visitor.begin(letter)
    with database_away(site):
        visitor.fill({"tax_id": TAX_ID})
        visitor.press("Weiter")
        assert visitor.heading == "Kleine Unterbrechung"
        assert "Senden Sie sie einfach noch einmal" in visitor.text
        with visitor.page.expect_response("**/da"):
            visitor.page.clock.run_for(5100)
        assert not visitor.page.get_by_text("Wir sind wieder da").is_visible()
    # the page's own clock goes on too: it may have asked before it is told to
    visitor.page.clock.run_for(5100)
    visitor.page.get_by_text("Wir sind wieder da").wait_for()
    assert 204 in {answer.status for answer in visitor.responses if answer.url.endswith("/da")}
    visitor.look()
    visitor.press_main()
    assert visitor.heading == "Bestätigung"
    visitor.answer({"correct": True})
    assert "65 929 970 489" in visitor.text
    visitor.submit()


def test_what_is_there_without_the_database(site: Site) -> None:
    """Login, page, receipt and submission say 503 and when to come again; help is there; a PIN is in no page."""
    letter = site.letter("tax_id")
    with Person(site) as person:
        person.log_in(letter)
        person.answer_tax_id(TAX_ID)
        revision = person.revision()
        with database_away(site):
            answers = {
                path: person.http.get(path) for path in ("/start", "/fragen/1", "/pruefen", "/stand", "/quittung")
            }
            answers["submit"] = person.post("/pruefen", {"go": "submit", "revision": revision})
            answers["login"] = person.post("/", {"pin": letter.pin, **letter.birth})
            ready, alive = person.http.get("/health/ready"), person.http.get("/health/live")
            help_page = person.http.get("/hilfe")
            api = person.http.get("/api/v1/work-items", headers={"Authorization": "Bearer dwk_x"})
        for answer in answers.values():
            assert (answer.status_code, answer.headers.get("retry-after")) == (503, "10")
            assert "Kleine Unterbrechung" in answer.text
            assert missing_headers(answer.headers, answer.url.path) == []
            assert letter.pin not in answer.text
            assert "psycopg" not in answer.text
        assert (ready.status_code, alive.status_code, help_page.status_code) == (503, 200, 200)
        assert (api.status_code, api.headers["content-type"]) == (503, "application/problem+json")
        assert site.rows(WRITTEN, letter.reference) == [NOTHING]
        assert person.http.get("/start").status_code == 200
        assert person.submit().headers["location"] == "/fertig"
    assert site.rows(WRITTEN, letter.reference) == [ALL]
