"""The shipped types' way with people: never pressed after violence, and words that fit what is known."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from forms_support import small

from dunkelwerk.dialogues.forms.check_texts import text_problems
from dunkelwerk.dialogues.forms.filling import Form
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.shipped import read_name_or_file
from dunkelwerk.infra.i18n import speaking
from dunkelwerk.letters.insurer import read_insurer

TODAY = date(2026, 11, 22)
TYPES = ("accident", "sepa_mandate", "sick_note_upload", "tax_id")
ASSAULT: dict[str, Any] = {
    **{"accident": True, "occurred_on": None, "injury": "Handgelenk", "severity": "hospital", "still_treated": False},
    **{"incapacity": False, "setting": "private", "kind": "assault"},
}


def filled(answers: dict[str, Any], type: str = "accident", **prefill: Any) -> Form:
    """A shipped form with these answers."""
    return Form(read_name_or_file(type), answers, prefill=prefill, person={}, today=TODAY)


def asked(form: Form) -> dict[str, bool]:
    """Every question that is asked now, and whether it wants an answer."""
    return {each.name: form.required(each) for page in form.pages for each in form.questions(page)}


def test_whoever_does_not_write_about_violence_is_asked_nothing_more() -> None:
    before, after = asked(filled(ASSAULT)), asked(filled(ASSAULT | {"not_about_this": True}))
    assert {name for name in after.keys() - ASSAULT.keys() if not name.startswith(("occurred", "place"))} == {
        *("not_about_this", "call_me", "correct")
    }
    assert not after["call_me"]
    assert {"offender_known", "charge", "third_party_involved"} < before.keys()
    assert "call_me" not in before


def test_it_is_the_first_thing_that_is_asked_about_violence() -> None:
    page = filled(ASSAULT).type.page("assault")
    assert page is not None
    assert page.questions[0].name == "not_about_this"


@pytest.mark.parametrize("more", [{"third_party_involved": True}, {"third_party_involved": None}, {}])
def test_after_violence_nothing_about_others_is_required(more: dict[str, Any]) -> None:
    form = filled(ASSAULT | {"not_about_this": False, "correct": True} | more)
    assert form.missing() == ()
    fall = filled(ASSAULT | {"kind": "fall", "owner": None, "defect": False, "correct": True} | more)
    assert fall.missing() != ()


@pytest.mark.parametrize(("kind", "known"), [("traffic", {"opponent": True, "opponent_name": "Ella"}), ("home", {})])
def test_who_it_was_is_asked_once(kind: str, known: dict[str, Any]) -> None:
    names = asked(filled(ASSAULT | {"kind": kind, "third_party_involved": True} | known))
    assert ("third_party" in names) == (not known)


def test_the_treatment_is_named_where_it_is_known() -> None:
    known, unknown = filled({}, treated_on="2026-10-12", injury="Handgelenk"), filled({})
    letter = known.type.letter
    assert "am 12.10.2026 behandelt worden (Handgelenk), und wir" in known.say(letter.paragraphs[0])
    assert unknown.say(letter.paragraphs[0]).startswith("Sie sind vor Kurzem behandelt worden, und wir")
    assert known.say(known.type.about) == "Behandlung am 12.10.2026"
    assert unknown.say(unknown.type.about) == ""
    with speaking("en"):
        assert "treated on 12.10.2026 (Handgelenk), and" in known.say(letter.paragraphs[0])


def test_the_contract_is_named() -> None:
    form = filled({}, "sick_note_upload", contract="RS-1")
    assert form.say(form.type.about) == "Vertrag RS-1"


@pytest.mark.parametrize("name", TYPES)
def test_a_reminder_says_so_and_goes_on_after_its_own_first_sentence(name: str) -> None:
    reminder = read_name_or_file(name).reminder
    assert reminder is not None
    assert reminder.subject["de"].startswith("Erinnerung: ")
    first = re.sub(r"\[\[.*?\]\]", "", reminder.paragraphs[0]["de"])
    assert first[:1].isupper()


def test_the_mandate_names_the_creditor_that_the_letter_comes_from() -> None:
    type = read_name_or_file("sepa_mandate")
    fund = read_insurer(None).company(type.legal_entity)
    (text,) = (each.text for page in type.pages for each in page.questions if each.kind == "declaration" and each.text)
    for words in text.values():
        assert ", ".join((fund.name, *fund.address)) in words
    assert "Musterkasse" not in " ".join(text.values())


@pytest.mark.parametrize("name", TYPES)
def test_members_hear_from_their_fund_and_customers_from_the_insurer(name: str) -> None:
    assert read_name_or_file(name).legal_entity == ("" if name == "sick_note_upload" else "health_fund")


def of_intro(text: str) -> DialogueType:
    """A small type with this text."""
    more = f"prefill: {{day: {{kind: date, label: {{de: Tag}}}}}}\nintro: {{de: '{text}'}}"
    return small("[{name: a, title: {de: A}, questions: [{name: q, kind: yes_no, label: {de: Q}}]}]", more=more)


@pytest.mark.parametrize(
    ("text", "given", "missing"),
    [
        ("Es war[[ am {prefill.day}]].", "Es war am 12.10.2026.", "Es war."),
        ("Es war [[am {prefill.day}|neulich]].", "Es war am 12.10.2026.", "Es war neulich."),
        ("[[{prefill.day}|?]] und [[{prefill.day}|!]]", "12.10.2026 und 12.10.2026", "? und !"),
        ("Am {prefill.day}.", "Am 12.10.2026.", "Am –."),
    ],
)
def test_a_part_is_said_only_with_its_value(text: str, given: str, missing: str) -> None:
    type = of_intro(text)
    said = [
        Form(type, {}, prefill=prefill, person={}, today=TODAY).say(type.intro)
        for prefill in ({"day": "2026-10-12"}, {})
    ]
    assert said == [given, missing]
    assert list(text_problems(type)) == []


@pytest.mark.parametrize(
    "text", ["Es war [[am {prefill.day}].", "Es war ]]", "[[am]] Tag", "[[a [[{prefill.day}]] b]]"]
)
def test_a_part_that_is_not_whole_is_a_problem(text: str) -> None:
    assert [each.path for each in text_problems(of_intro(text))] == ["intro"]
