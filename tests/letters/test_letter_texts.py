"""What each letter says, read from the printed page. Limits come in pairs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from letter_support import act, case_file, content_of, engine, released, words

from dunkelwerk.lines.credit_protection.letters import samples
from dunkelwerk.lines.credit_protection.letters.content import TELLERS

Say = Callable[..., str]
UNEMPLOYED = {"claim": {"cause": "unemployment"}}
DAILY = {"settlement": "daily"}


@pytest.fixture(scope="module")
def say() -> Say:
    """The words of a letter."""
    return partial(words, engine())


def test_every_template_has_a_sample() -> None:
    assert set(samples.CASES) == set(TELLERS)


def test_a_settlement_says_what_is_paid_when_and_to_whom(say: Say) -> None:
    text = say("settlement", released("2026-11-15"))
    assert "Wir zahlen 312,50 € für Sie" in text
    assert "Sehr geehrter Herr Groß," in text
    assert "Ihr Nachweis ist am 2. November 2026 bei uns angekommen" in text
    assert "Fällig am Betrag 15.11.2026 312,50 €" in text
    assert "Beispielbank AG, Konto DE** **** **** **** **20 51 (Darlehen 4711)" in text
    assert "Die nächste Rate ist am 15. Dezember 2026 fällig" in text
    assert "spätestens bis zum 28. Februar 2027" in text
    assert "höchstens 24 Monate, längstens bis zum 12. April 2028. Davon sind jetzt 7 Monate verbraucht" in text
    assert "§ 28 Absatz 4" in text
    assert "fordern wir den Betrag zurück" in text


def test_two_instalments_are_summed_and_one_is_not(say: Say) -> None:
    two = say("settlement", released("2026-11-15", "2026-12-15", until="2026-12-31"))
    assert "15.11.2026 312,50 € 15.12.2026 312,50 € Zusammen 625,00 €" in two
    assert "Zusammen" not in say("settlement", released("2026-11-15"))


def test_without_an_instalment_the_next_due_date_is_named(say: Say) -> None:
    text = say("settlement", released(until="2026-11-14"))
    assert "In dieser Zeit ist keine Rate fällig" in text
    assert "Die nächste Rate ist am 15. November 2026 fällig" in text
    assert "Ihr Nachweis ist angekommen" in text


@pytest.mark.parametrize(("limit", "reached"), [("2026-12-15", True), ("2026-12-14", False)])
def test_the_next_due_date_is_named_only_where_the_claim_reaches_it(say: Say, limit: str, reached: bool) -> None:
    text = say("settlement", released("2026-11-15"), file=case_file(claim={"benefit_limit": limit}))
    assert ("Die nächste Rate ist am 15. Dezember 2026 fällig" in text) is reached
    assert ("wird keine weitere Rate fällig" in text) is not reached


def test_what_is_set_off_is_shown_gross_set_off_and_net(say: Say) -> None:
    actions = [*released("2026-11-15"), act("offset_recourse", due="2026-11-15", amount="100.00")]
    text = say("settlement", actions, file=case_file(contract={"recourse_open": "150.00"}))
    assert "Wir zahlen 212,50 € für Sie" in text
    assert "Fällig am Rate Verrechnet Auszahlung 15.11.2026 312,50 € 100,00 € 212,50 €" in text
    assert "Forderung von 150,00 € zu. Davon ziehen wir 100,00 € ab. Danach sind noch 50,00 € offen" in text
    assert "Verrechnet" not in say("settlement", released("2026-11-15"))


def test_all_set_off_leaves_nothing_to_promise(say: Say) -> None:
    actions = [*released("2026-11-15"), act("offset_recourse", due="2026-11-15", amount="312.50")]
    text = say("settlement", actions, file=case_file(contract={"recourse_open": "312.50"}))
    assert "Wir zahlen" not in text.partition("Sehr geehrter")[0]
    assert "312,50 € 312,50 € 0,00 €" in text


def test_a_note_that_was_cut_says_when_the_rest_is_looked_at(say: Say) -> None:
    actions = [
        act("record_proof", until="2026-12-31"),
        *released("2026-11-15")[1:],
        act("review_on", on="2026-12-01"),
    ]
    text = say("settlement", actions)
    assert (
        "reicht bis zum 31. Dezember 2026. Wir zahlen zunächst bis zum 30. November 2026. Am 1. Dezember 2026" in text
    )
    assert "Sind Sie nach dem 31. Dezember 2026 weiter arbeitsunfähig?" in text
    assert "zunächst" not in say("settlement", released("2026-11-15"))


def test_daily_settlement_shows_days_and_rate(say: Say) -> None:
    file = case_file(cover=DAILY, contract={"instalment": "300.00"})
    text = say("settlement", released("2026-11-15", amount="150.00", until="2026-11-15"), file=file)
    assert "Fällig am Zeitraum Tage Betrag 15.11.2026 01.11.2026–15.11.2026 15 150,00 €" in text
    assert "10,00 € je Tag, im vollen Monat 300,00 €" in text
    assert "Für die Tage danach zahlen wir, sobald Ihr nächster Nachweis da ist" in text
    assert "Die nächste Rate ist" not in text


@pytest.mark.parametrize(("instalment", "capped"), [("2500.00", False), ("2500.01", True)])
def test_a_capped_instalment_says_what_the_customer_pays(say: Say, instalment: str, capped: bool) -> None:
    file = case_file(contract={"instalment": instalment})
    text = say("settlement", released("2026-11-15", amount="2500.00"), file=file)
    assert ("Ihr Tarif deckt davon höchstens 2.500,00 € im Monat" in text) is capped


def test_unemployment_is_called_by_its_name(say: Say) -> None:
    text = say("settlement", released("2026-11-15"), file=case_file(**UNEMPLOYED))
    assert "weiter arbeitslos?" in text
    assert "Bescheinigung der Agentur für Arbeit" in text
    assert "arbeitsunfähig" not in text.casefold()


def test_the_deferred_period_is_no_rejection(say: Say) -> None:
    claim = {"released_until": None, "proven_until": "2026-03-16", "instalments": []}
    text = say("deferred_period", [act("record_proof", until="2026-03-31")], file=case_file(claim=claim))
    assert "Das ist keine Ablehnung" in text
    assert "Karenzzeit von 42 Tagen" in text
    assert "Beginn der Arbeitsunfähigkeit 2. März 2026" in text
    assert "Karenzzeit 2. März 2026 bis 12. April 2026" in text
    assert "Erster Tag mit Leistung 13. April 2026" in text
    assert "Erste Zahlung, die möglich ist 15. April 2026" in text
    assert "zahlen Sie Ihre Raten bitte selbst, fällig am 15. März 2026" in text
    assert "Sind Sie nach dem 31. März 2026 weiter arbeitsunfähig?" in text


@pytest.mark.parametrize(("due_day", "own"), [(12, "12. März 2026 und 12. April 2026"), (13, "13. März 2026")])
def test_who_pays_the_instalment_at_the_end_of_the_deferred_period(due_day: int, own: str) -> None:
    file = case_file(contract={"due_day": due_day}, claim={"released_until": None, "instalments": []})
    data = content_of("deferred_period", [act("record_proof", until="2026-03-31")], file=file)
    assert data["own_dues"].replace("\N{NO-BREAK SPACE}", " ") == own


ENDS: list[tuple[str, dict[str, Any], str]] = [
    ("recovered", {}, "endet Ihre Arbeitsunfähigkeit am 30. November 2026. Mit diesem Tag endet auch Ihre Leistung"),
    ("max_duration", {"claim": {"benefit_limit": "2026-11-30"}}, "höchstens 24 Monate für einen Leistungsfall"),
    ("contract_end", {"contract": {"end": "2026-11-30"}}, "Ihr Versicherungsvertrag endet am 30. November 2026"),
    (
        "age_limit",
        {"claim": {"benefit_limit": "2026-11-30"}, "person": {"birth_date": "1961-12-01"}},
        "bis zum 65. Geburtstag. Den erreichen Sie am 1. Dezember 2026",
    ),
]


@pytest.mark.parametrize(("reason", "changes", "why"), ENDS, ids=[each[0] for each in ENDS])
def test_the_end_of_a_benefit_says_why(say: Say, reason: str, changes: dict[str, Any], why: str) -> None:
    actions = [*released("2026-11-15"), act("close_claim", reason=reason)]
    text = say("benefit_end", actions, file=case_file(**changes))
    assert why in text
    assert "Ihre Leistung endet am 30. November 2026" in text
    assert "Der letzte Tag mit Leistung ist der 30. November 2026" in text
    assert "zusammen 2.500,00 €" in text
    assert "Weitere Nachweise brauchen Sie uns für diesen Leistungsfall nicht zu schicken" in text
    assert "Versicherungsombudsmann" in text
    assert "BaFin" in text


def test_a_payment_that_came_back_and_was_made_again_counts_once() -> None:
    paid = [
        {"id": "I-1", "due": "2026-09-15", "amount": "312.50", "status": "returned"},
        {"id": "I-2", "due": "2026-09-15", "amount": "312.50", "status": "paid", "replaces": "I-1"},
        {"id": "I-3", "due": "2026-10-15", "amount": "312.50", "status": "cancelled"},
    ]
    data = content_of(
        "benefit_end", [act("close_claim", reason="recovered")], file=case_file(claim={"instalments": paid})
    )
    assert data["total_paid"] == "312,50\N{NO-BREAK SPACE}€"


def test_a_benefit_that_ends_in_the_deferred_period_paid_nothing(say: Say) -> None:
    claim = {"released_until": None, "proven_until": None, "instalments": []}
    notice = {"received_on": "2026-03-20", "incapacity_until": "2026-03-31"}
    actions = [act("record_proof", until="2026-03-31"), act("close_claim", reason="recovered")]
    text = say("benefit_end", actions, file=case_file(claim=claim), notice=notice)
    assert "In der Karenzzeit" in text or "lief noch die Karenzzeit" in text
    assert "Das haben Sie bekommen" not in text
    assert "Ihre Leistung endet am 31. März 2026" in text


def test_the_customer_pays_again_unless_the_contract_is_over(say: Say) -> None:
    actions = [*released("2026-11-15"), act("close_claim", reason="recovered")]
    assert "Die nächste ist am 15. Dezember 2026 fällig" in say("benefit_end", actions)
    actions = [*released("2026-11-15"), act("close_claim", reason="contract_end")]
    over = say("benefit_end", actions, file=case_file(contract={"end": "2026-11-30"}))
    assert "Bitte zahlen Sie Ihre Raten wieder selbst" not in over


def undo(action: str, how: str, **fields: Any) -> dict[str, Any]:
    return act("undo", movement=1, action=action, how=how, **fields)


def test_a_correction_lists_what_is_stopped_and_what_is_owed_back(say: Say) -> None:
    actions = [
        undo("release_instalment", "cancelled", due="2026-12-15", amount="312.50"),
        undo("release_instalment", "recovered", due="2026-11-15", amount="312.50"),
        undo("release_instalment", "recovered", due="2026-10-15", amount="312.50"),
        undo("extend_benefit", "cancelled", until="2026-12-31"),
        undo("close_claim", "cancelled"),
        act("send_letter", template="correction"),
    ]
    text = say("correction", actions, notice={})
    assert "Das tut uns leid" in text
    assert "Das zahlen wir vorerst nicht Fällig am Betrag 15.12.2026 312,50 € Diese" in text
    assert "15.10.2026 312,50 € 15.11.2026 312,50 € Zusammen 625,00 €" in text
    assert "Bitte zahlen Sie noch nichts zurück" in text
    assert "entscheidet jetzt neu" in text
    assert "Ihr Leistungsfall ist wieder offen" in text


def test_a_correction_without_payments_talks_of_none(say: Say) -> None:
    text = say("correction", [undo("record_proof", "cancelled", until="2026-12-31")], notice={})
    assert "Fällig am" not in text
    assert "zurück, bevor" not in text
    assert "wieder offen" not in text


@pytest.mark.parametrize("template", sorted(TELLERS))
def test_no_letter_tells_a_diagnosis_a_birth_date_or_the_whole_account(say: Say, template: str) -> None:
    case = samples.CASES[template]
    file = case_file(claim=case.claim | {"icd": ["F32.1"]})
    codes = [f"{code}.1 G" for code in ("F32",) if case.notice.get("icd") != []]
    text = say(template, case.actions, file=file, notice=case.notice | {"icd": codes})
    assert "Groß" in text
    assert not [word for word in ("F32", "1980", "DE02", "1203", "0000002020") if word in text]


def test_only_the_actions_of_the_claim_are_told(say: Say) -> None:
    other = {"type": "release_instalment", "contract": "RS-2", "claim": "C-1", "due": "2026-11-20", "amount": "99.00"}
    assert "99,00" not in say("settlement", [*released("2026-11-15"), other])
