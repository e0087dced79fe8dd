"""What a clerk reads of a dialogue: the questions as the person saw them, one line each, and what to do next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

ANSWERS = {
    **{"accident": True, "occurred_on": "2026-10-12", "injury": "Handgelenk", "severity": "hospital"},
    **{"still_treated": False, "incapacity": False, "setting": "private", "kind": "traffic", "own_role": "bicycle"},
    **{"opponent": True, "opponent_name": None, "filled_by": "self"},
}


@pytest.fixture
def reference(proof: str) -> str:
    """A dialogue about an accident."""
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.records import Person

    person = Person(
        **{"external_id": "M-1", "salutation": "Frau", "first_name": "Ada", "last_name": "Beispiel"},
        **{"street": "Musterweg", "house_number": "7", "postal_code": "50667", "city": "Köln"},
        birth_date=date(1980, 2, 29),
    )
    return operations.create_dialogue("accident", person, prefill={}, valid_until=None, actor="test").reference


def notice_of(reference: str) -> dict[str, Any]:
    """What the dialogue became."""
    fields = {name: ANSWERS[name] for name in ("accident", "occurred_on", "injury", "severity", "setting", "kind")}
    who = {"member": "M-1", "last_name": "Beispiel", "first_name": "Ada", "birth_date": "1980-02-29"}
    return {"id": reference, "process": "accident", "lawyer": None, **fields, **who, "answers": ANSWERS}


def told_once(text: str) -> None:
    """The answers in the form's words, nothing in English, nothing twice."""
    assert text.count("Handgelenk") == 1
    assert text.count("12.10.2026") == 1
    assert "Weiß ich nicht" in text
    assert "Rad" in text
    for name in ("own_role", "opponent_name", "still_treated", "Own role", "Opponent", "Still treated"):
        assert name not in text
    assert "dunkelwerk dialogues files" in text


def test_a_notice_is_shown_with_the_labels_of_its_form(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    from dunkelwerk.insight.show_notice import print_notices
    from dunkelwerk.runner.show_things import NoticeShown

    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    first = NoticeShown(1, "dialogue", reference, 1, "accident", "M-1", at, "settled", None, notice_of(reference))
    again = NoticeShown(2, "dialogue", reference, 2, "accident", "M-1", at, "settled", None, {**first.said})
    first.brought_by = "person"
    print_notices([first])
    text = capsys.readouterr().out
    told_once(text)
    assert "der Person selbst" in text
    assert text.index("Nachname") < text.index("Vorname") < text.index("Geburtsdatum") < text.index("Handgelenk")
    again.said["injury"] = "Ellenbogen"
    print_notices([first, again])
    assert capsys.readouterr().out.count("Ellenbogen") == 1


def test_a_work_item_names_the_field_beside_the_answer(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    from dunkelwerk.insight.casework import print_item
    from dunkelwerk.runner.handling import Look

    print_item(Look(item("notice", "7", "recourse"), notice_of(reference), [], [], []), with_trace=False)
    text = capsys.readouterr().out
    told_once(text)
    assert "Handgelenk [injury]" in text
    assert "last_name=Beispiel" in text


@pytest.mark.parametrize(
    ("task", "word", "command"),
    [
        ("paper_form", "Papierbogen senden", "dialogues paper {} --actor"),
        ("wrong_person", "falsche Person", "dialogues reissue {} --despite-exit"),
        ("deceased", "verstorben", "dialogues files {} --out"),
    ],
)
def test_an_exit_says_whom_it_is_about_and_what_comes_next(
    reference: str, capsys: pytest.CaptureFixture[str], task: str, word: str, command: str
) -> None:
    from dunkelwerk.insight.casework import print_item
    from dunkelwerk.runner.handling import Look

    print_item(Look(item("dialogue", reference, task), {}, [], [], []), with_trace=False)
    text = capsys.readouterr().out
    for said in ("Dialoge ·", word, "Ada Beispiel", "Musterweg 7, 50667 Köln", command.format(reference)):
        assert said in text
    assert task not in text


def item(kind: str, key: str, task: str) -> Any:
    """A work item."""
    from dunkelwerk.workitems.operations import Row

    day = date(2026, 11, 22)
    return Row(1, "dialogues", task, kind, key, None, None, None, [], 2, day, day, day, "open", 1)
