"""Around the pages: headers, proxies, logs, what goes wrong, static files."""

from __future__ import annotations

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from test_questions import CHOICES, answer, stored, text

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.site.addresses import allowed_hosts, client_address, parse_networks, portal_url

HOSTS = ("portal.example", "inside.example", "127.0.0.1", "evil.example")
PROXIES = parse_networks("10.0.0.0/8, 192.0.2.7")


@pytest.mark.parametrize("path", ["/", "/hilfe", "/nothing-here", "/start"])
def test_every_answer_has_the_headers(client: Any, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    for said in (
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "script-src 'self'",
    ):
        assert said in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_by_tls_cookies_are_bound_to_the_host_and_browsers_told_to_stay(
    client: Any, new_dialogue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.site import settings

    given = new_dialogue()
    monkeypatch.setenv("DUNKELWERK_PORTAL_URL", "https://portal.example")
    settings.configure()
    answered = client.post("/", given.secrets, secure=True, headers={"host": "portal.example"})
    assert "max-age" in answered["Strict-Transport-Security"]
    cookie = client.cookies["__Host-visit"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert client.cookies["__Host-csrf"]["secure"] is True
    assert client.get("/", headers={"host": "portal.example"}, secure=True).status_code == 200


def test_no_page_has_a_style_or_script_of_its_own_or_anything_from_elsewhere(logged_in: Any) -> None:
    client, _given = logged_in(phone="+49221123456")
    for path in ("/", "/start", *(f"/fragen/{number}" for number in range(1, 7)), "/pruefen", "/hilfe", "/impressum"):
        page = client.get(path).content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*src=)", page), path
        loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', page)
        assert loaded
        assert all(each.startswith("/static/") for each in loaded), loaded


def test_no_address_names_a_dialogue_and_no_page_the_pin(logged_in: Any) -> None:
    client, given = logged_in()
    for path in ("/start", "/fragen/1", "/pruefen"):
        page = client.get(path).content.decode()
        assert given.reference not in page
        assert given.pin not in page


def test_the_log_says_method_path_status_and_time_and_nothing_personal(logged_in: Any, capsys: Any) -> None:
    client, given = logged_in()
    answer(client, 1, {**CHOICES, "driver": "yes", "plate": "K-GEHEIM"})
    client.get(f"/{given.pin}")
    client.get("/hilfe?pin=GEHEIM")
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {tuple(sorted(line)) for line in logged} == {("at", "method", "ms", "path", "status")}
    assert [line["path"] for line in logged][-3:] == ["/fragen/1", "-", "/hilfe"]
    said = json.dumps(logged)
    assert not [each for each in (given.pin, "GEHEIM", "1957", given.reference) if each in said]


def test_an_exception_is_logged_without_what_it_says(
    logged_in: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _given = logged_in()
    client.raise_request_exception = False

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise ValueError("Erika GEHEIM")

    monkeypatch.setattr("dunkelwerk.portal.questions.find_page", fail)
    answered = client.get("/fragen/1")
    assert answered.status_code == 500
    assert "Da ist bei uns etwas schiefgegangen" in text(answered)
    logged = capsys.readouterr().err
    assert '"error": "ValueError"' in logged
    assert "GEHEIM" not in logged + text(answered)


def test_while_the_database_is_away_nothing_that_was_typed_is_lost(
    logged_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    client, given = logged_in()

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError("the database is away")

    with monkeypatch.context() as outage:
        outage.setattr("dunkelwerk.portal.visits.access.session_of", fail)
        answered = answer(client, 1, CHOICES)
    assert (answered.status_code, answered["Retry-After"]) == (503, "10")
    page = text(answered)
    assert "Noch einmal senden" in page
    again: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page):
        if name in (*CHOICES, "go"):
            again.setdefault(name, []).append(value)
    assert client.post("/fragen/1", again)["Location"] == "/fragen/2"
    assert stored(given)["pets"] == ["cat"]


def test_an_outage_that_one_thread_met_is_over_for_all(logged_in: Any, django_database: str) -> None:
    """Each thread of the server has its own connection: only the first request after a restart fails."""
    from django.db import connections

    client, _given = logged_in()

    def ask() -> int:
        return int(client.get("/start").status_code)

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        assert [each.submit(ask).result() for each in (one, other)] == [200, 200]
        with psycopg.connect(django_database) as database:
            query = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database()"
            database.execute(query + " AND pid <> pg_backend_pid()")
        assert [each.submit(ask).result() for each in (one, other, one, other)] == [503, 200, 200, 200]
        for each in (one, other):
            each.submit(connections.close_all).result()
    connections.close_all()


def test_during_an_outage_secrets_are_not_put_into_a_page(
    client: Any, new_dialogue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    given = new_dialogue()

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr("dunkelwerk.portal.login.access.log_in", fail)
    answered = client.post("/", given.secrets)
    assert answered.status_code == 503
    assert given.pin not in text(answered)
    assert "Noch einmal versuchen" in text(answered)


def test_a_page_that_is_not_there_says_so_in_both_languages(client: Any) -> None:
    assert "Diese Seite gibt es nicht" in text(client.get("/nichts"))
    assert "no such page" in text(client.get("/nichts", headers={"accept-language": "en"})).lower()


def test_a_form_from_elsewhere_is_refused(django_database: str, client: Any) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "de"})
    page = strict.get("/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    form = {"pin": "", "csrfmiddlewaretoken": token[1]}
    assert strict.post("/", {"pin": ""}).status_code == 403
    assert strict.post("/", form, headers={"origin": "https://evil.example"}).status_code == 403
    assert strict.post("/", form, headers={"origin": "null", "sec-fetch-site": "cross-site"}).status_code == 403
    assert strict.post("/", form, headers={"origin": "null", "sec-fetch-site": "same-origin"}).status_code == 200
    assert strict.post("/", form, headers={"origin": "null"}).status_code == 200


def test_what_an_own_page_sent_with_an_old_token_can_be_sent_again(new_dialogue: Any, client: Any) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "de"})
    for site, repeated in (("same-origin", True), ("cross-site", False), ("", False)):
        page = text(strict.post("/fragen/1", {"colour": "red"}, headers={"sec-fetch-site": site}))
        assert ('name="colour" value="red"' in page) is repeated


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "6.6.6.6, 198.51.100.1, 192.0.2.7", "198.51.100.1"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "nonsense", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.1, nonsense", "10.1.2.3"),
        ("::ffff:10.1.2.3", "2001:db8::1", "2001:db8::1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_only_trusted_proxies_say_who_comes(peer: str, forwarded: str, found: str) -> None:
    assert client_address(peer=peer, forwarded=forwarded, trusted=PROXIES) == found


def test_without_trusted_proxies_nobody_says_who_comes() -> None:
    assert client_address(peer="10.1.2.3", forwarded="1.1.1.1", trusted=()) == "10.1.2.3"


@pytest.mark.parametrize("url", ["portal.example", "ftp://portal.example", "https://portal.example/path", "https://"])
def test_a_wrong_address_of_the_portal_is_one_clear_error(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_PORTAL_URL", url)
    with pytest.raises(CommandError, match="DUNKELWERK_PORTAL_URL"):
        portal_url()


@pytest.mark.parametrize("url", ["", "http://portal.example"])
def test_in_production_people_come_by_tls(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_MODE", "production")
    monkeypatch.setenv("DUNKELWERK_PORTAL_URL", url)
    with pytest.raises(CommandError, match="https"):
        portal_url()


def test_a_request_comes_under_the_portals_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUNKELWERK_PORTAL_URL", raising=False)
    assert allowed_hosts() == ["*"]
    monkeypatch.setenv("DUNKELWERK_PORTAL_URL", "https://portal.example:8443/")
    monkeypatch.setenv("DUNKELWERK_ALLOWED_HOSTS", "inside.example")
    assert allowed_hosts() == ["portal.example", "localhost", "127.0.0.1", "[::1]", "inside.example"]


def test_a_wrong_proxy_is_one_clear_error() -> None:
    with pytest.raises(CommandError, match="nonsense"):
        parse_networks("10.0.0.1, nonsense")


def test_texts_of_the_insurer_go_before_ours(client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    from dunkelwerk.portal.house import read_house

    (tmp_path / "imprint.de.md").write_text("# Unser Impressum\n\n{name}\n<script>alert(1)</script>\n", "utf-8")
    monkeypatch.setenv("DUNKELWERK_PORTAL", str(tmp_path))
    read_house.cache_clear()
    try:
        page = client.get("/impressum").content.decode()
    finally:
        monkeypatch.undo()
        read_house.cache_clear()
    assert "Unser Impressum" in page
    assert "Beispiel Versicherung AG" in page
    assert "<script>alert" not in page


def test_while_versions_change_a_file_is_found_under_its_old_address(client: Any) -> None:
    from dunkelwerk.portal.assets import prefix
    from dunkelwerk.site.app import current

    assert current("/static/000000000000/vendor/kern.min.css") == f"{prefix()}vendor/kern.min.css"
    assert current(f"{prefix()}portal.css") == f"{prefix()}portal.css"
    assert [current(path) for path in ("/static", "/static/x", "/fragen/1", "/", "")] == [
        "/static",
        "/static/x",
        "/fragen/1",
        "/",
        "",
    ]


def test_a_request_under_another_name_is_refused_whatever_it_asks_for(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.site import settings

    monkeypatch.setenv("DUNKELWERK_PORTAL_URL", "http://portal.example")
    monkeypatch.setenv("DUNKELWERK_ALLOWED_HOSTS", "inside.example")
    settings.configure()
    for path in ("/", "/hilfe", "/start", "/api/v1/openapi.json", "/nichts"):
        status = {host: client.get(path, headers={"host": host}).status_code for host in HOSTS}
        assert status["evil.example"] == 400, path
        assert 400 not in (status["portal.example"], status["inside.example"], status["127.0.0.1"]), path
    assert "konnten wir nicht lesen" in text(client.get("/", headers={"host": "evil.example"}))
    assert client.get("/health/live", headers={"host": "10.1.2.3"}).status_code == 200, "balancers name the process"


def test_texts_lead_back_into_the_form_whoever_is_logged_in(logged_in: Any) -> None:
    client, _given = logged_in()
    for path in ("/hilfe", "/datenschutz", "/barrierefreiheit", "/impressum"):
        page = text(client.get(path))
        assert re.search(r'href="/start">\s*Zurück zum Fragebogen', page), path
        assert "Zur Anmeldung" not in page
    client.post("/abmelden")
    assert re.search(r'href="/">\s*Zur Anmeldung', text(client.get("/hilfe")))


def test_a_refused_upload_is_noted_by_question_and_reason(logged_in: Any, capsys: Any) -> None:
    client, _given = logged_in()
    bad = io.BytesIO(b"GEHEIM, and no picture")
    bad.name = "geheim.jpg"
    client.post("/fragen/5", {"papers": bad, "go": "upload:papers"})
    (noted,) = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "upload refused" in line]
    assert (noted["question"], "path" in noted) == ("papers", False)
    assert noted["refused"]
    assert "geheim" not in json.dumps(noted).lower()


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/api/v1/health/live", "/api/v1/health/ready"])
def test_balancers_may_ask_for_the_head_alone(client: Any, path: str) -> None:
    assert [client.get(path).status_code, client.head(path).status_code] == [200, 200]
    assert client.head(path).content == b""
