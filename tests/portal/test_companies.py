"""Whose pages they are: the company that the letter came from, with its telephone; before the login all of them."""

from __future__ import annotations

from typing import Any

import pytest

INSURER, FUND = "Beispiel Versicherung AG", "Beispiel Krankenkasse"
CALL_INSURER, CALL_FUND = 'href="tel:08000000000"', 'href="tel:08000000001"'


def test_before_the_login_every_company_is_named(client: Any) -> None:
    for path in ("/", "/hilfe", "/impressum"):
        page = client.get(path).content.decode()
        assert all(each in page for each in (INSURER, FUND, CALL_INSURER, CALL_FUND)), path


def test_the_imprint_says_everything_once(client: Any) -> None:
    page = client.get("/impressum").content.decode().split("</main>")[0]
    assert page.count("Musterallee 1") == page.count("Gesundheitsplatz 1") == 1
    assert "Vorsitz Aufsichtsrat" in page
    assert page.count("<h1") == 1
    assert page.count("Beschwerden") == 1


@pytest.mark.parametrize(
    ("type", "prefill", "own", "other", "call", "about"),
    [
        ("tax_id", {}, FUND, INSURER, CALL_FUND, "Erika Mustermann"),
        ("accident", {"treated_on": "2026-10-12"}, FUND, INSURER, CALL_FUND, "Behandlung am 12.10.2026<br>"),
        ("sick_note_upload", {"contract": "RS-1"}, INSURER, FUND, CALL_INSURER, "Vertrag RS-1<br>"),
    ],
)
def test_who_is_logged_in_sees_who_wrote_and_what_about(
    logged_in: Any, type: str, prefill: dict[str, str], own: str, other: str, call: str, about: str
) -> None:
    client, _given = logged_in(type, **prefill)
    page = client.get("/start").content.decode()
    assert all(each in page for each in (own, call, about))
    assert other not in page


@pytest.mark.parametrize(("type", "more"), [("accident", True), ("tax_id", False)])
def test_only_a_form_that_branches_promises_more_or_fewer_steps(logged_in: Any, type: str, more: bool) -> None:
    client, _given = logged_in(type)
    page = client.get("/start").content.decode()
    assert "kurze Schritte" in page
    assert ("mehr oder weniger" in page) is more


def test_hours_are_told_in_the_persons_language(client: Any) -> None:
    assert "Montag bis Freitag" in client.get("/").content.decode()
    english = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "Monday to Friday" in english
    assert "Montag" not in english


def test_a_correction_is_labelled_by_its_question(logged_in: Any) -> None:
    client, _given = logged_in("sepa_mandate", iban="DE02120300000000202051")
    page = client.get("/fragen/1").content.decode()
    assert 'Richtig ist<span class="unseen">: Von welchem Konto dürfen wir abbuchen?</span>' in page


def test_an_iban_comes_back_in_groups(logged_in: Any) -> None:
    client, _given = logged_in("sepa_mandate")
    answer = client.post(
        "/fragen/1", {"asked": ["iban", "own_account"], "iban": "de02120300000000202051", "go": "next"}
    )
    page = client.get(answer["Location"]).content.decode() if answer.status_code == 302 else answer.content.decode()
    assert 'value="DE02 1203 0000 0000 2020 51"' in page
