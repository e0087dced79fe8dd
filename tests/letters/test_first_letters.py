"""Letters about first notices: the claim is not in the case file yet, it stands in actions and notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import product
from typing import Any

import msgspec
import pytest
from letter_support import (
    Thing,
    accepted,
    act,
    case_file,
    content_of,
    engine,
    new,
    opened_content,
    page,
    released,
    unopened,
)

from dunkelwerk.lines.address import AddressFault
from dunkelwerk.lines.credit_protection.letters import samples
from dunkelwerk.lines.credit_protection.letters.content import content
from dunkelwerk.lines.credit_protection.letters.documents import missing_pieces
from dunkelwerk.lines.credit_protection.letters.matter import Matter, Missing, note_of
from dunkelwerk.lines.credit_protection.processes.first_sick_note.decide import missing_documents
from dunkelwerk.lines.credit_protection.processes.first_sick_note.notice import FirstSickNote

Say = Callable[..., str]
NOTE = samples.FIRST_NOTE
NAMED = samples.NAMED
PROOF: Thing = {**NAMED, "unemployed_since": "2026-08-24", "proven_on": "2026-10-30", "award_notice": True}
TWO = ("2026-10-15", "2026-11-15")
REPORTED = [new("open_claim", status="reported")]
OTHER = {"number": "RS-2"}


@pytest.fixture(scope="module")
def say() -> Say:
    """The printed words of a letter about the claim that a notice opens."""
    made = engine()

    def told(template: str, actions: list[Thing], **kwargs: Any) -> str:
        return page(made, template, opened_content(template, actions, **kwargs))

    return told


def test_an_acceptance_says_what_is_paid_and_when_the_next_proof_is_due(say: Say) -> None:
    text = say("acceptance", accepted(*TWO), notice=NOTE)
    assert (
        "Anerkannt: Wir zahlen 625,00 € für Sie Sehr geehrter Herr Groß, Ihre Meldung ist am 19. Oktober 2026" in text
    )
    assert "Leistungsfall: DW-17" in text
    assert (
        "Beginn der Arbeitsunfähigkeit ist der 24. August 2026. Bis zum 4. Oktober 2026 dauert die Karenzzeit" in text
    )
    assert "Fällige Raten zahlen Sie dann bitte selbst: am 15. September 2026." in text
    assert "Ihre Leistung beginnt am 5. Oktober 2026. Sie bekommen sie zunächst bis zum 30. November 2026." in text
    assert "höchstens 24 Monate, längstens bis zum 4. Oktober 2028" in text
    assert "15.10.2026 312,50 € 15.11.2026 312,50 € Zusammen 625,00 €" in text
    assert "Die nächste Rate ist am 15. Dezember 2026 fällig" in text
    assert "nächste Arbeitsunfähigkeitsbescheinigung, sobald Sie sie haben, spätestens bis zum 28. Februar 2027" in text
    assert "§ 28 Absatz 4" in text


@pytest.mark.parametrize(("due", "told"), [("2026-11-02", True), ("2026-11-03", False)])
def test_who_may_have_paid_an_instalment_already_is_told_to_ask_the_bank(say: Say, due: str, told: bool) -> None:
    assert ("schon selbst bezahlt?" in say("acceptance", accepted(due), notice=NOTE)) is told


def test_an_acceptance_without_a_due_instalment_names_the_next_one(say: Say) -> None:
    actions = [*accepted(since="2026-11-16"), new("record_proof", until="2026-11-30")]
    text = say("acceptance", [*actions, new("extend_benefit", until="2026-11-30")], notice=NOTE)
    assert "Wir haben Ihre Meldung anerkannt" in text
    assert "keine Rate fällig" in text
    assert "Die nächste Rate ist am 15. Dezember 2026 fällig" in text


def test_an_acceptance_says_so_if_the_benefit_ends_already(say: Say) -> None:
    actions = [*accepted(*TWO), new("close_claim", reason="recovered")]
    text = say("acceptance", actions, notice=NOTE)
    assert "Sie endet am 30. November 2026." in text
    assert "endet Ihre Arbeitsunfähigkeit am 30. November 2026. Mit diesem Tag endet auch Ihre Leistung" in text
    assert "Weitere Nachweise brauchen Sie uns für diesen Leistungsfall nicht zu schicken" in text
    assert "Raten wieder selbst. Die nächste ist am 15. Dezember 2026" in text
    assert "weiter arbeitsunfähig?" not in text
    assert "zunächst" not in text
    assert "BaFin" in text


@pytest.mark.parametrize(("used", "told"), [(3, True), (0, False)])
def test_a_relapse_has_no_deferred_period_and_counts_the_months_before(say: Say, used: int, told: bool) -> None:
    text = say("acceptance", accepted(*TWO, since="2026-08-24", used=used), notice=NOTE)
    assert "Deshalb beginnt keine neue Karenzzeit" in text
    assert "dauert die Karenzzeit" not in text
    assert ("zählt mit: 3 Monate" in text) is told


def test_a_tariff_without_deferred_period_speaks_of_no_relapse(say: Say) -> None:
    file = unopened(cover={"deferred_days": 0})
    text = say("acceptance", accepted(*TWO, since="2026-08-24"), notice=NOTE, file=file)
    assert "Karenzzeit" not in text


def test_daily_settlement_shows_the_days_of_the_new_claim(say: Say) -> None:
    file = unopened(cover={"settlement": "daily"}, contract={"instalment": "300.00"})
    text = say("acceptance", accepted("2026-10-15"), notice=NOTE, file=file)
    assert "15.10.2026 05.10.2026–31.10.2026 27" in text


FURTHER: list[tuple[list[Thing], str | None]] = [
    ([OTHER], "Auch der Vertrag RS-2 versichert Sie bei Arbeitsunfähigkeit"),
    ([OTHER, {"number": "RS-3"}], "Auch die Verträge RS-2 und RS-3 versichern Sie"),
    ([OTHER | {"status": "ended"}], None),
    ([OTHER | {"insured": ["P-2"]}], None),
    ([OTHER | {"claims": [samples.CLAIM]}], None),
    ([OTHER | {"claims": [samples.CLAIM | {"status": "closed"}]}], "Auch der Vertrag RS-2"),
    ([OTHER | {"claims": [samples.CLAIM | {"person": "P-2"}]}], "Auch der Vertrag RS-2"),
    ([], None),
]


@pytest.mark.parametrize(("others", "told"), FURTHER)
@pytest.mark.parametrize("template", ["acceptance", "deferred_period", "documents_requested"])
def test_further_contracts_with_the_cover_are_named(say: Say, template: str, others: Any, told: str | None) -> None:
    actions = {"acceptance": accepted(*TWO), "deferred_period": [*accepted(), new("record_proof", until="2026-09-30")]}
    missing = {"documents": []} if template == "documents_requested" else {}
    text = say(template, actions.get(template, REPORTED), notice=NOTE | missing, file=unopened(others=others))
    if told is None:
        assert "RS-2" not in text
        assert "weiteren Verträge" not in text
    else:
        assert told in text
        assert "Ihre Meldung gilt nur für den Vertrag RS-100001" in text


def test_follow_ups_name_no_further_contracts(say: Say) -> None:
    whole = msgspec.to_builtins(case_file())
    whole["contracts"] = [*whole["contracts"], samples.CONTRACT | OTHER | {"claims": []}]
    file = msgspec.convert(whole, type(case_file()))
    actions = [act("record_proof", until="2026-03-31")]
    assert content_of("deferred_period", actions, file=file)["further"] is None


def test_a_first_note_in_the_deferred_period_is_accepted_and_begins_later(say: Say) -> None:
    text = say("deferred_period", [*accepted(), new("record_proof", until="2026-09-30")], notice=NOTE)
    assert "Ihre Meldung ist anerkannt: Leistung ab dem 5. Oktober 2026" in text
    assert "Wir haben sie geprüft und anerkannt. Das ist keine Ablehnung." in text
    assert "Karenzzeit von 42 Tagen" in text
    assert "Erste Zahlung, die möglich ist 15. Oktober 2026" in text


def test_a_first_note_that_ends_in_the_deferred_period_paid_nothing(say: Say) -> None:
    actions = [*accepted(), new("record_proof", until="2026-09-13"), new("close_claim", reason="recovered")]
    text = say("benefit_end", actions, notice=NOTE | {"incapacity_until": "2026-09-13"})
    assert "Ihre Meldung ist am" in text
    assert "Ihre Leistung endet am 13. September 2026" in text
    assert "lief noch die Karenzzeit" in text
    assert "beginnt keine neue Karenzzeit" not in text, "a relapse follows a benefit"
    assert "Bitte zahlen Sie Ihre Raten weiter selbst. Die erste war am 15. September 2026 fällig" in text


# Decided late: no day that has passed is told as one to come


def told_on(on: date, actions: list[Thing], template: str = "acceptance") -> str:
    """The words of an acceptance that is printed on a day; its proof reaches to the end of November."""
    at = {"contract": "RS-100001", "claim": samples.NUMBER}
    data = content(template, case_file=unopened(), **at, actions=actions, notice=NOTE, on=on, reminder_days=14)
    return page(engine(), template, data)


@pytest.mark.parametrize(
    ("on", "by"),
    [
        (date(2026, 11, 23), "28. Februar 2027"),
        (date(2027, 2, 14), "28. Februar 2027"),  # 90 days after 30 November are two weeks away
        (date(2027, 2, 15), "1. März 2027"),
        (date(2027, 6, 10), "24. Juni 2027"),
    ],
)
def test_the_next_proof_is_never_asked_for_by_a_day_that_has_passed(on: date, by: str) -> None:
    text = told_on(on, accepted(*TWO))
    assert f"nächste Arbeitsunfähigkeitsbescheinigung, sobald Sie sie haben, spätestens bis zum {by}." in text


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (date(2026, 12, 14), "Die nächste Rate ist am 15. Dezember 2026 fällig. Wir zahlen sie, wenn"),
        (date(2026, 12, 15), "Die nächste Rate war am 15. Dezember 2026 fällig. Wir zahlen sie nach, wenn"),
    ],
)
def test_an_instalment_that_fell_due_meanwhile_is_told_as_past(on: date, told: str) -> None:
    assert told in told_on(on, accepted(*TWO))


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (date(2026, 12, 1), "Am 2. Dezember 2026 prüfen wir, ob wir auch den Rest zahlen"),
        (date(2026, 12, 2), "In den nächsten Tagen prüfen wir, ob wir auch den Rest zahlen"),
    ],
)
def test_a_review_whose_day_is_there_is_told_for_the_next_days(on: date, told: str) -> None:
    assert told in told_on(on, [*accepted(*TWO), new("review_on", on="2026-12-02")])


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (date(2026, 12, 14), "Die nächste ist am 15. Dezember 2026 fällig"),
        (date(2026, 12, 15), "Die erste war am 15. Dezember 2026 fällig"),
    ],
)
def test_the_first_instalment_of_ones_own_may_have_been_due(on: date, told: str) -> None:
    assert told in told_on(on, [*accepted(*TWO), new("close_claim", reason="recovered")])


def test_a_settlement_that_is_decided_late_gives_time_as_well() -> None:
    at = {**samples.AT, "actions": released("2026-11-15"), "notice": samples.NOTICE, "reminder_days": 14}
    told = content("settlement", case_file=case_file(), on=date(2027, 6, 10), **at)
    assert told["proof_by"] == "24.\N{NO-BREAK SPACE}Juni\N{NO-BREAK SPACE}2027"


# Unemployment


def test_unemployment_asks_for_the_agencys_proof_not_for_a_sick_note(say: Say) -> None:
    for template, actions in (
        ("acceptance", accepted(*TWO)),
        ("deferred_period", [*accepted(), new("record_proof", until="2026-09-30")]),
    ):
        text = say(template, actions, notice=PROOF)
        assert "Arbeitslosigkeit" in text
        assert "nächste Bescheinigung der Agentur für Arbeit oder des Jobcenters" in text
        assert "Der Bewilligungsbescheid allein reicht dafür nicht" in text
        assert "Haben Sie wieder Arbeit? Dann sagen Sie uns bitte gleich, ab welchem Tag" in text
        assert "unfähig" not in text.casefold()


def test_a_new_job_ends_the_benefit_with_the_day_before(say: Say) -> None:
    notice = PROOF | {"new_job_on": "2026-12-01"}
    actions = [*accepted(*TWO), new("close_claim", reason="new_job")]
    text = say("acceptance", actions, notice=notice)
    assert "Sie haben ab dem 1. Dezember 2026 wieder Arbeit. Ihre Leistung endet deshalb am 30. November 2026" in text
    assert "Verlieren Sie diese Arbeit wieder?" in text
    file = case_file(claim={"cause": "unemployment"})
    told = content_of("benefit_end", [act("close_claim", reason="new_job")], file=file, notice=notice)
    assert told["subject"].replace("\N{NO-BREAK SPACE}", " ") == "Ihre Leistung endet am 30. November 2026"


def test_an_end_for_another_reason_is_the_last_day_paid_not_the_longest_possible() -> None:
    told = content_of("benefit_end", [act("close_claim", reason="withdrawn")])
    assert told["end"].replace("\N{NO-BREAK SPACE}", " ") == "30. Oktober 2026"


# The claim that is taken up, and what cannot be told


def test_a_reported_claim_that_is_taken_up_gets_its_days_from_the_acceptance() -> None:
    blank = {"status": "reported", "benefit_from": None, "benefit_limit": None, "released_until": None}
    file = case_file(claim=blank | {"proven_until": None, "instalments": [], "onset": "2026-08-24"})
    actions = [each | samples.AT for each in accepted(*TWO) if each["type"] != "open_claim"]
    told = content_of("acceptance", actions, file=file, notice=NOTE)
    assert (told["claim"], told["benefit_from"]) == ("C-1", "5.\N{NO-BREAK SPACE}Oktober\N{NO-BREAK SPACE}2026")
    assert len(told["rows"]) == 2


def test_actions_of_other_claims_and_contracts_are_not_told_for_the_new_one() -> None:
    strange = [
        act("release_instalment", due="2026-11-20", amount="99.00"),
        new("release_instalment", due="2026-11-20", amount="99.00") | {"contract": "RS-2"},
    ]
    told = opened_content("acceptance", [*accepted(*TWO), *strange], notice=NOTE, file=case_file())
    assert len(told["rows"]) == 2


def test_a_preview_has_no_number_of_the_claim_yet() -> None:
    at = {"contract": "RS-100001", "claim": None}
    told = content("acceptance", case_file=unopened(), **at, actions=accepted(*TWO), notice=NOTE, on=samples.ON)
    assert told["claim"] is None
    assert page(engine(), "acceptance", told).count("Leistungsfall:") == 0


@pytest.mark.parametrize("notice", [{}, NOTE | {"last_name": "Anders"}, NOTE | {"contract": "RS-9"}, samples.NOTICE])
def test_a_claim_that_neither_file_nor_notice_holds_is_missing(notice: Thing) -> None:
    with pytest.raises(Missing, match="claim"):
        opened_content("acceptance", accepted(*TWO), notice=notice)


# Documents

DOCUMENTS = ("claim_form", "sick_note", "employer_confirmation")
PIECES = {
    "claim_form": "Schadenanzeige",
    "sick_note": "Arbeitsunfähigkeitsbescheinigung:",
    "employer_confirmation": "Bestätigung Ihres Arbeitgebers",
    "diagnosis": "der ICD-Schlüssel",
}


@pytest.mark.parametrize("template", ["documents_requested", "documents_reminder"])
@pytest.mark.parametrize("missing", [("claim_form",), ("sick_note", "diagnosis"), tuple(PIECES)])
def test_each_missing_piece_is_named_and_no_other(say: Say, template: str, missing: tuple[str, ...]) -> None:
    notice = NOTE | {"documents": [each for each in DOCUMENTS if each not in missing]}
    text = say(template, REPORTED, notice=notice | ({"icd": []} if "diagnosis" in missing else {}))
    assert [piece for piece, words in PIECES.items() if words in text] == list(missing)
    assert "Abgelehnt ist nichts." in text
    assert "bis zum 16. November 2026" in text
    assert "per Post: Beispiel Versicherung AG, Musterallee 1, 12345 Musterstadt" in text
    assert "Vertrag RS-100001 und den Leistungsfall DW-17" in text
    assert ("schon einmal geschrieben" in text) is (template == "documents_reminder")


def test_what_the_letter_names_is_what_the_process_misses() -> None:
    codes: list[list[str]] = [[], ["M54.5"], ["  "]]
    for occupation, icd, flags in product(
        ("employed", "civil_servant", "self_employed", "none"), codes, product((True, False), repeat=3)
    ):
        documents = [name for name, is_there in zip(DOCUMENTS, flags, strict=True) if is_there]
        raw = NOTE | {"occupation": occupation, "documents": documents, "icd": icd}
        note = msgspec.convert(
            raw | {"issued_on": "2026-10-19", "formally_correct": True, "first_treated_on": None}, FirstSickNote
        )
        wanted = len(missing_documents(note))
        matter = matter_of(raw)
        assert (len(missing_pieces(matter)) if wanted else 0) == wanted


def matter_of(notice: Thing) -> Matter:
    return Matter(file=unopened(), contract="RS-100001", claim=None, acts=(), note=note_of(notice), on=samples.ON)


def test_where_nothing_is_missing_nothing_is_asked_for() -> None:
    for notice in (NOTE, PROOF, samples.DEATH):
        with pytest.raises(Missing, match="documents"):
            opened_content("documents_requested", REPORTED, notice=notice)


def test_a_civil_servant_has_no_employer(say: Say) -> None:
    text = say("documents_requested", REPORTED, notice=NOTE | {"occupation": "civil_servant", "documents": []})
    assert "Bestätigung Ihres Dienstherrn" in text
    assert "Arbeitgeber" not in text


def test_the_award_notice_is_asked_for(say: Say) -> None:
    text = say("documents_requested", REPORTED, notice=PROOF | {"award_notice": False})
    assert "Uns fehlt noch eine Unterlage zu Ihrer Meldung" in text
    assert "Bewilligungsbescheid: der Bescheid der Agentur für Arbeit oder des Jobcenters, alle Seiten." in text


def test_the_insurer_sets_after_how_many_days_it_asks_again() -> None:
    tell = partial(
        content, "documents_requested", case_file=unopened(), contract="RS-100001", claim=None, on=samples.ON
    )
    told = tell(actions=REPORTED, notice=NOTE | {"documents": []}, reminder_days=30)
    assert told["by"].replace("\N{NO-BREAK SPACE}", " ") == "2. Dezember 2026"


# Deaths


def deceased(template: str, actions: list[Thing], *, file: Any = None, **notice: Any) -> Thing:
    return opened_content(template, actions, file=file or unopened(), notice=samples.DEATH | notice)


def died(amount: str | None = "16562.50", *more: Thing) -> list[Thing]:
    paid = [new("pay_lump_sum", amount=amount)] if amount else []
    ends = new("end_contract", on="2026-10-12")
    return [new("open_claim", status="accepted"), new("accept_claim"), *paid, *more, ends]


def test_a_death_settlement_goes_to_the_relatives_and_says_what_is_paid_to_whom(say: Say) -> None:
    more = [act("cancel_instalments"), act("close_claim", reason="death")]
    data = deceased("death_settlement", died("16562.50", *more), file=case_file())
    assert data["recipient"][:2] == ["An die Angehörigen und Erben von", "Jürgen Groß"]
    text = page(engine(), "death_settlement", data)
    assert "Sehr geehrte Angehörige, wir haben erfahren, dass Jürgen Groß am 12. Oktober 2026 verstorben ist" in text
    assert "aufrichtiges Beileid" in text
    assert "zahlen wir 16.562,50 € an Beispielbank AG, Konto DE** **** **** **** **20 51 (Darlehen 4711)" in text
    assert "53 Raten zu je 312,50 €, fällig nach dem Todestag" in text
    assert "Der Versicherungsvertrag RS-100001 endet am 12. Oktober 2026" in text
    assert "Laufende Leistungen aus diesem Vertrag enden mit dem Todestag" in text
    assert "an ihre Stelle tritt der Betrag oben" in text
    assert "Mit stillem Gruß" in text
    assert not [word for word in ("Herr", "Frau", "Freundliche", "weitere versicherte Person") if word in text]


def test_a_death_settlement_without_running_benefit_speaks_of_none(say: Say) -> None:
    text = page(engine(), "death_settlement", deceased("death_settlement", died()))
    assert "Laufende Leistungen" not in text
    assert "an ihre Stelle" not in text


@pytest.mark.parametrize(("amount", "capped"), [("19562.50", False), ("19562.49", True)])
def test_a_capped_lump_sum_shows_the_whole_and_who_hears_complaints(amount: str, capped: bool) -> None:
    file = unopened(contract={"final_instalment": "3000.00"})
    text = page(engine(), "death_settlement", deceased("death_settlement", died(amount), file=file))
    assert "53 Raten zu je 312,50 € und die Schlussrate von 3.000,00 €, fällig nach dem Todestag" in text
    assert ("Zusammen sind das 19.562,50 €. Der Vertrag versichert davon 19.562,49 €" in text) is capped
    assert ("BaFin" in text) is capped


def test_a_death_after_the_last_instalment_pays_nothing() -> None:
    file = unopened(contract={"end": "2026-10-14"})
    text = page(engine(), "death_settlement", deceased("death_settlement", died(None), file=file))
    assert "Deshalb ist nichts zu zahlen" in text
    assert "€" not in text


def test_the_other_insured_person_is_told_that_the_contract_ends() -> None:
    file = unopened(contract={"insured": ["P-1", "P-2"]})
    text = page(engine(), "death_settlement", deceased("death_settlement", died(), file=file))
    assert "endet am 12. Oktober 2026, auch für die weitere versicherte Person" in text


def test_the_same_person_is_found_on_the_other_contracts_of_a_death() -> None:
    other = {"contract": "RS-2", "claim": None}
    actions = [each | other for each in died("16562.50")]
    file = unopened(others=[OTHER])
    told = content("death_settlement", case_file=file, **other, actions=actions, notice=samples.DEATH, on=samples.ON)
    assert (told["contract"], told["deceased"]) == ("RS-2", "Jürgen Groß")


@pytest.mark.parametrize(("held", "told"), [([act("hold_instalments")], True), ([], False)])
def test_the_certificate_is_asked_for_with_condolence(held: list[Thing], told: bool) -> None:
    data = deceased("documents_requested", [*REPORTED, *held], file=case_file(), certificate=False)
    text = page(engine(), "documents_requested", data)
    assert data["recipient"][0] == "An die Angehörigen und Erben von"
    assert "aufrichtiges Beileid" in text
    assert "brauchen wir die Sterbeurkunde" in text
    assert "Stimmt die Nachricht nicht? Dann rufen Sie uns bitte gleich an" in text
    assert ("überweisen wir bis dahin nicht" in text) is told
    assert not [word for word in ("Herr", "§ 28", "Freundliche") if word in text]
    reminder = page(engine(), "documents_reminder", deceased("documents_reminder", REPORTED, certificate=False))
    assert "Wir wissen, dass jetzt vieles zugleich zu regeln ist" in reminder
    assert "bis zum 16. November 2026" in reminder


def test_a_benefit_that_ends_with_death_is_told_to_the_relatives() -> None:
    file = case_file(person={"deceased_on": "2026-10-12"})
    data = content_of("benefit_end", [act("close_claim", reason="death")], file=file)
    text = page(engine(), "benefit_end", data)
    assert data["subject"] == "Ende der Leistung für Jürgen Groß"
    assert "am 12. Oktober 2026 verstorben ist" in text
    assert "endet mit dem Todestag" in text
    assert not [word for word in ("Herr", "Ihre Leistung", "wieder arbeitsunfähig", "BaFin") if word in text]


@pytest.mark.parametrize("template", ["settlement", "deferred_period", "benefit_end", "correction"])
def test_nobody_who_died_gets_a_letter_that_was_ordered_before(template: str) -> None:
    file = case_file(person={"deceased_on": "2026-10-12"})
    with pytest.raises(AddressFault, match="die versicherte Person ist verstorben"):
        content_of(template, samples.CASES[template].actions, file=file)


def test_a_death_already_in_the_register_keeps_its_own_letters() -> None:
    file = unopened(person={"deceased_on": "2026-10-12"})
    assert deceased("death_settlement", died(), file=file)["name"] == "Angehörigen und Erben von Jürgen Groß"
