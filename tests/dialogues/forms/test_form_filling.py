"""A form being filled in: visibility, reading, confirming, what is missing, rows and notice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from forms_support import PERSON, TODAY, TYPE, form, on, question, read, small
from hypothesis import given, settings
from hypothesis import strategies as st

from dunkelwerk.dialogues.forms.filling import Form, notice_of
from dunkelwerk.infra.i18n import speaking

ACCIDENT = {"accident": "yes", "place": "work", "injuries": ["arm", "head"], **on("happened_on", "2026-09-30")}


def pages(filled: Form) -> list[str]:
    return [page.name for page in filled.pages]


def asked(filled: Form, page: str) -> list[str]:
    found = TYPE.page(page)
    assert found is not None
    return [question.name for question in filled.questions(found)]


def complete() -> Form:
    """The form answered to its end."""
    filled = form()
    for page, posted in (
        ("accident", ACCIDENT),
        ("work", {"employer": "ACME", "hours": "40", "salary__confirm": "yes", "head_injury": "no"}),
        (
            "person",
            {
                "account": "DE02120300000000202051",
                "tax_number__unknown": "yes",
                "mail": "anna@beispiel.de",
                "home__street": "Lindenstr.",
                "home__postal_code": "50667",
                "home__city": "Köln",
            },
        ),
        ("family", {"has_family": "no"}),
    ):
        reading = read(filled, page, **posted)
        assert reading.complete, reading
        filled = filled.with_answers(reading.answers)
    filled = filled.with_files({"files": [7, 8]})
    return filled.with_answers(read(filled, "proof", truth="yes", signed="Anna Groß").answers)


def test_a_page_and_a_question_appear_by_their_conditions() -> None:
    assert pages(form()) == ["accident", "person", "family", "proof"]
    assert asked(form(), "accident") == ["accident"]
    filled = form({"accident": True, "place": "road"})
    assert pages(filled) == ["accident", "work", "person", "family", "proof"]
    assert asked(filled, "accident") == ["accident", "happened_on", "place", "injuries"]
    assert asked(form({"accident": None}), "accident") == ["accident"]


def test_removing_an_answer_drops_all_that_hung_on_it() -> None:
    filled = complete()
    assert {"place", "injuries", "employer", "salary.confirm", "head_injury", "files"} <= filled.answers.keys()
    reading = read(filled, "accident", accident="no")
    assert reading.complete
    gone = {"happened_on", "place", "injuries", "employer", "hours", "salary.confirm", "head_injury"}
    assert gone & reading.answers.keys() == set()
    # the proof is asked of those without an accident, too
    assert reading.answers["files"] == [7, 8]
    assert "files" not in read(filled, "accident", **(ACCIDENT | {"place": "road"})).answers


def test_what_is_hidden_read_only_or_unknown_cannot_be_written_and_is_named() -> None:
    reading = read(form(), "accident", accident="no", place="work", employer="ACME", files="99", **{"Nö!": "x"})
    assert reading.answers == {"accident": False}
    assert reading.ignored == ("?", "employer", "files", "place")
    assert read(form(), "accident", accident="no", place="", csrf="t").ignored == ("csrf",)
    page = TYPE.page("accident")
    assert page is not None
    assert form().read(page, {"accident": ["no"], "csrf": ["t"]}, own=["csrf"]).ignored == ()


def test_a_hidden_page_takes_nothing() -> None:
    reading = read(form(), "work", employer="ACME", hours="40")
    assert (reading.answers, reading.ignored) == ({}, ("employer", "hours"))


def test_a_prefilled_value_is_never_overwritten() -> None:
    filled = form({"accident": True, "place": "work"})
    posted = {"employer": "A", "hours": "40", "salary": "5000"}
    reading = read(filled, "work", **posted)
    assert [fault.field for fault in reading.faults] == ["salary.confirm"]
    assert "salary" in reading.ignored
    kept = filled.with_answers(read(filled, "work", **posted, salary__confirm="yes").answers)
    assert "salary" not in kept.answers
    assert (kept.value("salary"), kept.answers["salary.confirm"]) == ("1200.00", True)
    other = filled.with_answers(read(filled, "work", **posted, salary__confirm="no").answers)
    assert (other.value("salary"), other.answers["salary.confirm"]) == ("5000.00", False)
    assert other.prefill["income"] == "1200.00"
    assert read(filled, "work", employer="A", hours="40", salary__confirm="no").faults[0].field == "salary"


def test_without_a_value_in_the_core_system_it_is_an_ordinary_question() -> None:
    filled = form({"accident": True, "place": "work"}, income=None)
    assert filled.prefilled(question("salary")) is None
    assert read(filled, "work", employer="A", hours="4", salary="500").answers["salary"] == "500.00"


def test_faults_name_question_field_and_label_in_the_order_of_the_page() -> None:
    reading = read(form(), "accident", accident="yes", **on("happened_on", "2026-2-31"))
    assert [(fault.question, fault.field, fault.label) for fault in reading.faults] == [
        ("happened_on", "happened_on.day", "Wann?"),
        ("place", "place", "Wo?"),
        ("injuries", "injuries", "Was wurde verletzt?"),
    ]
    assert reading.answers == {"accident": True}


def test_what_the_page_had_not_shown_is_no_fault_of_the_person() -> None:
    reading = read(form(), "accident", accident="yes", asked=["accident"])
    assert (reading.faults, reading.complete) == ((), False)
    assert reading.appeared == ("happened_on", "place", "injuries")
    shown = ["accident", "happened_on", "place", "injuries"]
    reading = read(form(), "accident", accident="yes", asked=shown)
    assert [fault.question for fault in reading.faults] == ["happened_on", "place", "injuries"]


@pytest.mark.parametrize(
    ("day", "wrong"), [("1980-02-28", True), ("1980-02-29", False), ("2026-11-22", False), ("2026-11-23", True)]
)
def test_days_have_their_limits(day: str, wrong: bool) -> None:
    reading = read(form(treated_on=None), "accident", **(ACCIDENT | on("happened_on", day)))
    assert bool(reading.faults) is wrong


def test_a_check_is_an_error_at_its_question() -> None:
    posted = ACCIDENT | on("happened_on", "2026-10-03")
    (fault,) = read(form(), "accident", **posted).faults
    assert (fault.question, fault.sentence) == ("happened_on", "Der Unfall liegt nach der Behandlung.")
    assert read(form(), "accident", **(posted | on("happened_on", "2026-10-02"))).faults == ()
    assert read(form(treated_on=None), "accident", **posted).faults == ()


def test_a_warning_is_confirmed_and_the_confirmation_goes_with_its_cause() -> None:
    posted = ACCIDENT | on("happened_on", "2025-11-21")
    reading = read(form(), "accident", **posted)
    assert [warning.check for warning in reading.warnings] == ["long_ago"]
    reading = read(form(), "accident", **posted, confirm__long_ago="yes")
    assert reading.complete
    assert reading.answers["confirm.long_ago"] is True
    filled = form(reading.answers)
    again = read(filled, "accident", **posted)
    assert [warning.check for warning in again.warnings] == ["long_ago"]
    recent = read(filled, "accident", **ACCIDENT, confirm__long_ago="yes")
    assert "confirm.long_ago" not in recent.answers


def test_a_doubtful_account_is_a_warning_only() -> None:
    posted = {"account": "DE44500105175407324931", "tax_number__unknown": "yes", "mail": "a@b.de"}
    posted |= {"home__street": "A", "home__postal_code": "50667", "home__city": "K"}
    reading = read(form(), "person", **posted)
    assert [(warning.check, warning.field) for warning in reading.warnings] == [("account", "account")]
    assert read(form(), "person", **posted, confirm__account="yes").complete


def test_required_by_condition() -> None:
    filled = form(phone="0221123456")
    assert filled.required(question("mail"))
    filled = filled.with_answers({"telephone.confirm": True})
    assert not filled.required(question("mail"))


def test_dont_know_is_an_answer_of_its_own() -> None:
    reading = read(form(), "person", tax_number__unknown="yes")
    assert reading.answers["tax_number"] is None
    both = read(form(), "person", tax_number="86095742719", tax_number__unknown="yes")
    assert "entweder" in next(fault.sentence for fault in both.faults if fault.question == "tax_number")
    assert read(form(), "accident", accident="unknown").answers == {"accident": None}
    assert "accident" not in read(form(), "accident", accident="unknown" * 2).answers
    # not allowed here
    assert "has_family" not in read(form(), "family", has_family="unknown").answers


CHILD = {"members__0__first_name": "Kim", "members__0__works": "no", **on("members__0__born", "2015-01-02")}


def test_persons_of_a_list() -> None:
    reading = read(form(), "family", has_family="yes", **CHILD)
    assert reading.answers["members"] == [{"first_name": "Kim", "born": "2015-01-02", "works": False}]
    two = CHILD | {"members__5__first_name": "Lea", "members__7__first_name": " "}
    reading = read(form(), "family", has_family="yes", **two)
    assert [(fault.field, fault.label) for fault in reading.faults] == [
        ("members.5.born.day", "Kind 2: Geboren"),
        ("members.5.works", "Kind 2: Eigenes Einkommen?"),
    ]
    assert [row["first_name"] for row in reading.answers["members"]] == ["Kim", "Lea"]
    assert [fault.field for fault in read(form(), "family", has_family="yes").faults] == ["members"]


def test_what_is_hidden_within_a_row_is_not_stored() -> None:
    reading = read(form(), "family", has_family="yes", **CHILD, members__0__earns="100", members__0__nix="x")
    assert "earns" not in reading.answers["members"][0]
    assert reading.ignored == ("members.0.earns", "members.0.nix")
    filled = form({"has_family": True, "members": [{"works": False, "earns": "5.00"}]})
    assert filled.answers["members"] == [{"works": False}]


def test_a_row_has_limits_of_its_own() -> None:
    early = CHILD | on("members__0__born", "1992-02-28")
    assert read(form(), "family", has_family="yes", **early).faults[0].field == "members.0.born.day"
    assert read(form(), "family", has_family="yes", **(CHILD | on("members__0__born", "1992-02-29"))).complete


def test_more_persons_than_allowed() -> None:
    many: dict[str, Any] = {}
    for number in range(1000):
        many |= {name.replace("__0__", f"__{number}__"): value for name, value in CHILD.items()}
    reading = read(form(), "family", has_family="yes", **many)
    assert "höchstens 3" in reading.faults[0].sentence
    assert len(reading.answers["members"]) == 3


def test_sums_over_a_list() -> None:
    earning = CHILD | {"members__0__works": "yes", "members__0__earns": "1500,01"}
    assert [fault.sentence for fault in read(form(), "family", has_family="yes", **earning).faults] == [
        "Zusammen zu viel."
    ]
    allowed = read(form(), "family", has_family="yes", **(earning | {"members__0__earns": "1500"}))
    assert (allowed.faults, [each.check for each in allowed.warnings]) == ((), ["young_earners"])


def test_before_submission_everything_again() -> None:
    filled = complete()
    assert (filled.missing(), filled.first_open()) == ((), None)
    open_page = form().first_open()
    assert open_page is not None
    assert open_page.name == "accident"
    assert {fault.question for fault in form().missing()} >= {"accident", "account", "has_family", "truth", "signed"}
    without = filled.with_answers({name: value for name, value in filled.answers.items() if name != "signed"})
    (fault,) = without.missing()
    assert (fault.field, without.page_of(fault)) == ("signed", TYPE.page("proof"))


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("place", "moon", "place"),
        ("happened_on", "2027-01-01", "happened_on.day"),
        ("account", "DE03120300000000202051", "account"),
        ("hours", 81, "hours"),
        ("happened_on", "2020-01-01", "happened_on.day"),
        ("members", [{"first_name": "Kim"}], None),
    ],
)
def test_a_draft_that_somebody_tampered_with_does_not_pass(name: str, value: Any, field: str | None) -> None:
    """Whatever got into the draft: before submission every value is read again."""
    filled = complete()
    faults = filled.with_answers(filled.answers | {name: value}).missing()
    assert [fault.field for fault in faults][:1] == ([field] if field else [])


def test_time_passes_until_submission() -> None:
    filled = complete()
    late = Form(TYPE, filled.answers, prefill=filled.prefill, person=PERSON, today=date(2027, 11, 22))
    assert [fault.sentence for fault in late.missing()] == ["Das ist mehr als ein Jahr her."]


def test_uploads_are_answers_of_visible_upload_questions_only() -> None:
    hidden = form({"accident": True, "place": "road"}).with_files({"files": [1], "signed": [2]})
    assert not {"files", "signed"} & hidden.answers.keys()
    assert hidden.with_answers({"accident": False}).answers["files"] == [1], "it was there all the time"
    there = form({"accident": False})
    assert there.with_files({"files": [1, 2]}).answers["files"] == [1, 2]
    assert "files" not in form({"accident": False, "files": [1]}).with_files({}).answers


def test_steps_forward_and_back() -> None:
    filled = form({"accident": False})
    first, second = filled.pages[0], filled.pages[1]
    assert (filled.step(first), filled.step(second)) == ((1, 5), (2, 5))
    assert (filled.after(first), filled.before(second), filled.before(first)) == (second, first, None)
    assert filled.after(filled.pages[-1]) is None


def test_who_fills_it_in() -> None:
    filled = form()
    assert notice_of(filled, reference="R", submitted_on=TODAY)["filled_by"] == "self"
    assert filled.filled_by("representative") == {"filled_by": "representative"}
    assert filled.with_answers(filled.filled_by("representative")).filled_by("self") == {}
    with pytest.raises(KeyError):
        filled.filled_by("nobody")


def test_everything_as_worded() -> None:
    filled = complete()
    rows = {row.label: row for page in filled.rows() for row in page.rows}
    assert rows["Wann?"].text == "30.09.2026"
    assert rows["Um wie viel Uhr?"].text == "keine Angabe"
    assert rows["Gehalt"].text == "1.200,00 € (bestätigt)"
    assert rows["Steuer-ID"].text == "Weiß ich nicht"
    assert rows["Fotos"].text == "2 Dateien"
    assert rows["Ich erkläre"].detail == "Alles stimmt."
    corrected = filled.with_answers(filled.answers | {"salary.confirm": False, "salary": "9.00"})
    texts = [row.text for page in corrected.rows() for row in page.rows]
    assert "9,00 € (berichtigt)\nbisher: 1.200,00 €" in texts
    with speaking("en"):
        assert [page.title for page in filled.rows()][:2] == ["The accident", "Work"]
    listed = form({"has_family": True, "members": [{"first_name": "Kim"}, {"first_name": "Lea"}]})
    groups = [(row.group, row.label, row.text) for page in listed.rows() for row in page.rows if row.group]
    assert groups[0] == ("Kind 1", "Vorname", "Kim")
    assert ("Kind 2", "Geboren", "keine Angabe") in groups


def test_slots_of_texts() -> None:
    filled = form({"accident": True, "place": "work"})
    assert filled.say({"de": "{person.last_name}, {person.birth_date}"}) == "Groß, 29.02.1980"
    assert filled.say({"de": "{prefill.treated_on} {prefill.income}"}) == "02.10.2026 1.200,00 €"
    assert filled.say({"de": "{answer.place} {answer.injuries} {nix}"}) == "Bei der Arbeit – {nix}"
    assert filled.say(None) == ""


def test_a_text_of_the_person_is_never_taken_for_a_slot() -> None:
    filled = form({"accident": True, "place": "work", "employer": "{person.last_name}"})
    assert filled.say({"de": "Bei {answer.employer}"}) == "Bei {person.last_name}"
    assert [row.text for page in filled.rows() for row in page.rows if row.question == "employer"] == [
        "{person.last_name}"
    ]


def test_the_notice() -> None:
    said = notice_of(complete(), reference="R-1", submitted_on=TODAY)
    assert said == {
        "id": "R-1",
        "process": "sepa_mandate",
        "received_on": "2026-11-22",
        "member": "M-1",
        "last_name": "Groß",
        "first_name": "Anna",
        "birth_date": "1980-02-29",
        "filled_by": "self",
        "iban": "DE02120300000000202051",
        "own_account": True,
        "recurrence": "one_off",
        "signed_name": "Anna Groß",
        "signed_on": "2026-11-22",
        "mandate_text": "2026-1",
        "comment": None,
    }


def test_all_answers_in_a_notice_tell_confirmed_from_corrected() -> None:
    type = small(
        "[{name: p, title: {de: P}, questions: ["
        "{name: a, kind: amount, label: {de: A}, prefill: x}, {name: b, kind: yes_no, label: {de: B}}]}]",
        more="prefill: {x: {kind: amount, label: {de: X}}}",
        notice="{all: {answers: all}, a: {answer: a}, ok: {confirmed: a}, never: {holds: {answer: b, is: yes}}}",
    )
    filled = form({"a.confirm": True}, type=type, x="5.00")
    said = notice_of(filled, reference="R", submitted_on=TODAY)
    assert said["all"] == {"a": "5.00", "a.confirm": True, "filled_by": "self"}
    assert (said["a"], said["ok"], said["never"]) == ("5.00", True, None)
    said = notice_of(form({"a.confirm": False, "a": "6.00"}, type=type, x="5.00"), reference="R", submitted_on=TODAY)
    assert said["all"] == {"a": "6.00", "a.confirm": False, "filled_by": "self"}
    assert (said["a"], said["ok"]) == ("6.00", False)


NAMES = [
    *("accident", "place", "injuries", "employer", "hours", "salary", "salary.confirm", "head_injury", "has_family"),
    *("happened_on.day", "happened_on.month", "happened_on.year", "account", "tax_number.unknown", "files", "asked"),
    *("members.0.first_name", "members.0.works", "members.0.earns", "members.1.born.day", "confirm.long_ago", "nix"),
]
TEXTS = st.sampled_from(["", "yes", "no", "unknown", "work", "road", "head", "1", "2024", "x\x00", "𝔘", "9" * 300])


@settings(max_examples=150, deadline=None)
@given(
    posts=st.lists(
        st.tuples(
            st.sampled_from([page.name for page in TYPE.pages]),
            st.dictionaries(st.sampled_from(NAMES), st.lists(TEXTS, max_size=3)),
        ),
        max_size=6,
    )
)
def test_whatever_is_posted_nothing_hidden_is_stored(posts: list[tuple[str, dict[str, list[str]]]]) -> None:
    filled = form()
    for name, posted in posts:
        page = TYPE.page(name)
        assert page is not None
        filled = filled.with_answers(filled.read(page, posted).answers)
        visible = {each.name for page in filled.pages for each in filled.questions(page)}
        roots = {key.removesuffix(".confirm") for key in filled.answers if not key.startswith("confirm.")}
        assert roots <= visible
        # settled: the same answers again change nothing
        assert form(filled.answers).answers == filled.answers
        # what is stored reads as what was stored
        for shown in filled.pages:
            assert filled.read(shown, filled.page_fields(shown)).answers == filled.answers
    filled.missing()
    filled.rows()
