"""What a person answers in the shipped forms becomes a notice that its process decides as the form promises."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from member_support import OWN_IBAN, TAX_IDS, member

from dunkelwerk.decisions.reading import Raw, Reader, Source
from dunkelwerk.dialogues.forms.filling import Form, notice_of
from dunkelwerk.dialogues.shipped import read_name_or_file
from dunkelwerk.lines.registry import processes

TODAY = date(2026, 11, 22)
WHO = member(1)["member"]
PERSON = {"external_id": "E-1", **{name: WHO[name] for name in ("first_name", "last_name", "birth_date", "salutation")}}
MANDATE = {
    **{"iban": OWN_IBAN, "own_account": True, "recurrence": "recurring", "mandate": True},
    "signed_name": f"{WHO['first_name']} {WHO['last_name']}",
}
ACCIDENT = {
    **{"accident": True, "occurred_on": "2026-10-12", "injury": "Handgelenk", "severity": "hospital"},
    **{"still_treated": False, "incapacity": False, "setting": "private"},
}


def decided(form: str, answers: dict[str, Any], **prefill: Any) -> Any:
    """Outcome, reasons and actions."""
    process = processes()[form]
    filled = Form(read_name_or_file(form), answers, prefill={"member": "M-1", **prefill}, person=PERSON, today=TODAY)
    notice = notice_of(filled, reference="D-1", submitted_on=TODAY)
    reader = Reader(process, process.book.on(TODAY))
    read = reader.read_notice(Raw(Source("dialog", 1), msgspec.json.encode(notice)))
    decision = reader.answer(read, Raw(Source("akte", 1), msgspec.json.encode(member(1))))
    actions = [action["type"] for action in msgspec.to_builtins(decision.actions)]
    return decision.outcome, list(decision.codes), actions


@pytest.mark.parametrize(
    ("form", "answers", "expected"),
    [
        ("tax_id", {"tax_id": TAX_IDS[0]}, ("apply", [], ["record_tax_id"])),
        ("tax_id", {"tax_id": None}, ("refer", ["tax_id_not_given"], [])),
        ("tax_id", {"tax_id": TAX_IDS[0], "filled_by": "representative"}, ("refer", ["filled_by_representative"], [])),
        ("sepa_mandate", MANDATE, ("apply", [], ["record_mandate", "send_letter"])),
        (
            "sepa_mandate",
            MANDATE | {"own_account": False, "account_holder": "Otto Klein"},
            ("second_check", ["other_account_holder"], ["record_mandate", "send_letter"]),
        ),
        ("accident", {"accident": False, "no_accident_reason": "illness"}, ("apply", [], ["file_notice"])),
        ("accident", {"accident": False, "no_accident_reason": None}, ("apply", [], ["file_notice"])),
        ("accident", ACCIDENT | {"setting": "work", "employer": "Beispiel GmbH"}, ("apply", [], ["open_work_item"])),
        (
            "accident",
            ACCIDENT | {"kind": "home", "third_party_involved": False, "own_fault": True},
            ("apply", [], ["file_notice"]),
        ),
        (
            "accident",
            ACCIDENT | {"kind": "home", "third_party_involved": False, "own_fault": True, "course": "Gestolpert."},
            ("refer", ["free_text"], []),
        ),
        (
            "accident",
            ACCIDENT | {"kind": "traffic", "third_party_involved": True, "same_household": False},
            ("apply", [], ["open_work_item"]),
        ),
        ("accident", ACCIDENT | {"kind": "declined"}, ("refer", ["declined_to_write"], [])),
        (
            "accident",
            ACCIDENT | {"kind": "assault", "not_about_this": True},
            ("refer", ["declined_to_write", "assault_in_household"], []),
        ),
    ],
)
def test_the_form_ends_where_it_should(form: str, answers: dict[str, Any], expected: Any) -> None:
    assert decided(form, answers) == expected


def test_every_answer_reaches_whoever_takes_over() -> None:
    answers = ACCIDENT | {"kind": "traffic", "third_party_involved": True, "same_household": False}
    filled = Form(read_name_or_file("accident"), answers, prefill={"member": "M-1"}, person=PERSON, today=TODAY)
    notice = notice_of(filled, reference="D-1", submitted_on=TODAY)
    assert answers.items() <= notice["answers"].items()
