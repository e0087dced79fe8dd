"""What happens next is told to whom it concerns: the language, its static check, and the shipped types' steps."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
from forms_support import small

from dunkelwerk.dialogues.forms.changes import compare
from dunkelwerk.dialogues.forms.checking import check
from dunkelwerk.dialogues.forms.drawing import draw
from dunkelwerk.dialogues.forms.filling import Form
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.dialogues.forms.reading import TypeFileError, decode, encode
from dunkelwerk.dialogues.forms.schema import schema
from dunkelwerk.dialogues.shipped import read_name_or_file
from dunkelwerk.infra.i18n import speaking

TODAY = date(2026, 11, 22)
PAGES = """[{name: p, title: {de: P}, questions: [
  {name: a, kind: yes_no, label: {de: A}, unknown: yes}, {name: d, kind: date, label: {de: D}, required: no}]}]"""
YES = "{de: Bei Ja., visible_if: {answer: a, is: yes}}"


def of_steps(steps: str) -> DialogueType:
    """A small type with these steps (YAML)."""
    return small(PAGES, more=f"next_steps: [{steps}]")


def steps_of(type: DialogueType, answers: dict[str, Any], **prefill: Any) -> list[str]:
    """The steps that are told with these answers."""
    return Form(type, answers, prefill=prefill, person={}, today=TODAY).next_steps()


def test_a_step_is_told_only_where_its_condition_is_true() -> None:
    type = of_steps(
        f"{{de: Immer.}}, {YES}, {{de: Bei Nein., visible_if: {{answer: a, is: no}}}}, "
        "{de: Unbekannt., visible_if: {answer: a, is: unknown}}, "
        "{de: 'Am {answer.d}.', visible_if: {answer: d, given: yes}}, "
        "{de: Früher., visible_if: {answer: d, less_than: {today: -1}}}"
    )
    assert check(type) == []
    assert steps_of(type, {"a": True}) == ["Immer.", "Bei Ja."]
    assert steps_of(type, {"a": False}) == ["Immer.", "Bei Nein."]
    assert steps_of(type, {"a": None}) == ["Immer.", "Unbekannt."]
    assert steps_of(type, {"d": "2026-11-20"}) == ["Immer.", "Am 20.11.2026.", "Früher."]
    assert steps_of(type, {"d": "2026-11-21"}) == ["Immer.", "Am 21.11.2026."]
    assert steps_of(type, {}) == ["Immer."], "what is not known concerns nobody"


@pytest.mark.parametrize(
    ("step", "path", "text"),
    [
        ("{de: X., visible_if: {answer: nobody, is: yes}}", "next_steps[0].visible_if.answer", "nobody"),
        ("{de: X., visible_if: {answer: a, is: red}}", "next_steps[0].visible_if.is", "red"),
        ("{de: X., visible_if: yes it is}", "next_steps[0].visible_if", "eine Bedingung eintragen"),
        ("{de: X., visible_if: {all: [{answer: a, is: yes}, {answer: a, is: no}]}}", "next_steps[0]", "kommt es nie"),
        ("{visible_if: {answer: a, is: yes}}", "next_steps[0]", "fehlt in der Sprache de"),
        ("{de: {answer: a}}", "next_steps[0]", "fehlt in der Sprache de"),
        ("{de: X., en: Y.}", "next_steps[0]", "Die Sprache en"),
        ("{de: 'X {x}.'}", "next_steps[0]", "Für {x} gibt es"),
    ],
)
def test_what_is_wrong_with_a_step_is_told_at_publishing(step: str, path: str, text: str) -> None:
    problems = check(of_steps(step))
    assert [problem.path for problem in problems] == [path]
    assert text in problems[0].text


@pytest.mark.parametrize("step", ["{de: X., shown_if: {answer: a, is: yes}}", "{deu: X.}", "{de: 3}", "X."])
def test_what_is_no_step_cannot_be_read(step: str) -> None:
    with pytest.raises(TypeFileError, match=r"next_steps\[0\]"):
        of_steps(step)


def test_the_schema_knows_the_condition_and_a_type_without_one_stays_byte_for_byte() -> None:
    validator = jsonschema_rs.validator_for(schema())
    type = of_steps(YES)
    data = json.loads(encode(type))
    assert validator.is_valid(data)
    for wrong in ({"de": {"answer": "a"}}, {"de": "X.", "visible_if": "a"}, {"de": "X.", "shown_if": {}}):
        assert not validator.is_valid(data | {"next_steps": [wrong]})
    assert decode(encode(type)) == type
    assert b'"next_steps":[{"de":"X."}]' in encode(of_steps("{de: X.}"))


def test_another_condition_is_wording_for_nothing_that_is_asked_changes() -> None:
    change = compare(of_steps("{de: Bei Ja.}"), of_steps(YES))
    assert (change.structural, len(change.words)) == (False, 1)


def test_the_drawing_says_whom_a_step_concerns() -> None:
    lines = [line.strip() for line in draw(of_steps(f"{{de: Immer.}}, {YES}")).splitlines()]
    at = lines.index("→ Immer.")
    assert lines[at + 1 : at + 3] == ["→ Bei Ja.", "nur wenn „A“ ist Ja"]


# The shipped types

GOES_ON = "Müssen wir mit einer anderen Versicherung sprechen"
READ, DONE, NO_MONEY = "Ein Mensch bei uns liest", "ist für Sie damit alles erledigt", "keine Abfindung"
CALLED, NOT_CALLED = "Darunter ruft ein Mensch Sie an", "Ohne Nummer rufen wir Sie nicht an"
PRIVATE: dict[str, Any] = {"accident": True, "setting": "private"}
OWN_FAULT = PRIVATE | {"kind": "home", "third_party_involved": False, "own_fault": True}
PICTURE = PRIVATE | {"kind": "traffic", "third_party_involved": False, "own_fault": True, "sketch": [1]}
OTHER = {"filled_by": "representative"}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"accident": False}, [DONE]),
        ({"accident": False, "comment": "Rufen Sie mich an"}, [READ]),
        ({"accident": False} | OTHER, [READ]),
        (OWN_FAULT, [DONE]),
        (OWN_FAULT | {"course": "Leiter"}, [READ]),
        (OWN_FAULT | OTHER, [READ]),
        (PICTURE, [READ]),
        (OWN_FAULT | {"own_fault": False}, [READ, GOES_ON]),
        (OWN_FAULT | {"own_fault": None}, [READ, GOES_ON]),
        (OWN_FAULT | {"kind": "malpractice"}, [READ, GOES_ON]),
        (PRIVATE | {"kind": "animal", "third_party_involved": True}, [READ, GOES_ON, NO_MONEY]),
        (PRIVATE | {"kind": "animal", "third_party_involved": None}, [READ, GOES_ON, NO_MONEY]),
        ({"accident": True, "setting": "work"}, [READ, GOES_ON, NO_MONEY]),
        ({"accident": True, "setting": "declined"}, [READ, NOT_CALLED]),
        ({"accident": True, "setting": "declined", "call_me": "+49221123456"}, [READ, CALLED]),
        (PRIVATE | {"kind": "declined"}, [READ, NOT_CALLED]),
        (PRIVATE | {"kind": "assault"}, [READ]),
        (PRIVATE | {"kind": "assault", "not_about_this": True}, [READ, NOT_CALLED]),
        (PRIVATE | {"kind": "assault", "not_about_this": True, "call_me": "+49221123456"}, [READ, CALLED]),
        (PRIVATE | {"kind": "assault", "third_party_involved": True}, [READ, GOES_ON, NO_MONEY]),
    ],
)
def test_after_the_accident_form(answers: dict[str, Any], told: list[str]) -> None:
    steps = steps_of(read_name_or_file("accident"), answers)
    assert len(steps) == len(told), steps
    assert all(words in step for words, step in zip(told, steps, strict=True)), steps


@pytest.mark.parametrize(
    ("name", "answers", "told"),
    [
        ("tax_id", {"tax_id": "86095742719"}, ["Wir prüfen die Nummer", "schon eine andere Nummer"]),
        ("tax_id", {"tax_id": None}, ["Bundeszentralamt"]),
        ("tax_id", {"tax_id": None} | OTHER, ["für jemand anderen geantwortet", "Bundeszentralamt"]),
        ("sepa_mandate", {"own_account": True, "recurrence": "recurring"}, ["Bestätigung", "Vor der ersten Abbuchung"]),
        ("sepa_mandate", {"own_account": True, "recurrence": "one_off"}, ["Bestätigung", "Vor der Abbuchung"]),
        (
            "sepa_mandate",
            {"own_account": False, "recurrence": "recurring"},
            ["ob diese Person einverstanden ist", "Bestätigung", "Vor der ersten Abbuchung"],
        ),
        (
            "sick_note_upload",
            {"complete": True, "incapacity_until": "2026-12-31"},
            ["geben wir die nächsten Raten sofort frei", "Brief mit der Abrechnung"],
        ),
        ("sick_note_upload", {"complete": True, "incapacity_until": None}, ["bevor wir Raten freigeben", "Brief"]),
        (
            "sick_note_upload",
            {"complete": False, "incapacity_until": "2026-12-31"},
            ["bevor wir Raten freigeben", "Brief"],
        ),
    ],
)
def test_after_the_other_forms(name: str, answers: dict[str, Any], told: list[str]) -> None:
    type = read_name_or_file(name)
    steps = steps_of(type, answers)
    assert len(steps) == len(told), steps
    assert all(words in step for words, step in zip(told, steps, strict=True)), steps
    with speaking("en"):
        english = steps_of(type, answers)
    assert len(english) == len(steps)
    assert not set(english) & set(steps)
