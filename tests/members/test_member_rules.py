"""What the members' processes compare: typed names, loosely read case files, the topic of their one part."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dunkelwerk.lines.members.identification import names_once
from dunkelwerk.lines.members.processes.accident.decide import contradictory_answers
from dunkelwerk.lines.members.processes.accident.notice import AccidentNotice
from dunkelwerk.lines.members.signatures import is_name_of, same_name
from scenarios import decide, notice_of, scenarios

#: what every notice of a member says
ALWAYS = ("id", "member", "last_name", "first_name", "birth_date", "received_on")
#: nothing of it is looked at
ANY_CASE: Any = None
ANY_PARAMETERS: Any = None

NAMES = [
    ("Jürgen Groß", True),
    ("GROSS, juergen", True),
    ("Dr. Jürgen Peter Groß", True),
    ("Peter Jürgen Groß", False),
    ("Jürgen Meier", False),
    ("Meier Jürgen", False),
    ("Groß", False),
    ("Jürgen", False),
    ("", False),
]


@pytest.mark.parametrize(("typed", "expected"), NAMES)
def test_a_name_is_the_persons_with_its_last_name_and_first_first_name(typed: str, expected: bool) -> None:
    assert is_name_of(typed, first_name="Jürgen", last_name="Groß") is expected


@pytest.mark.parametrize(
    ("typed", "first", "last"), [("Jürgen", "Jürgen", ""), ("Groß", "", "Groß"), ("Peter", "Peter", "Peter")]
)
def test_half_a_name_is_nobodys(typed: str, first: str, last: str) -> None:
    """Not even where the register has but half of it, or both halves are alike."""
    assert is_name_of(typed, first_name=first, last_name=last) is False


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("Ina Groß", "Groß, Ina", True), ("Ina Groß", "Ina Gros", False), ("", "", False), (" ", "", False)],
)
def test_two_typed_names(one: str, other: str, expected: bool) -> None:
    assert same_name(one, other) is expected


@pytest.mark.parametrize(
    ("loose", "expected"),
    [
        ({"member": {"number": "M-1"}}, True),
        ({"member": {"number": "M-2"}}, False),
        ({"member": {}}, False),
        ({"member": "M-2"}, True),
        ({"number": "M-2"}, True),
    ],
)
def test_a_loosely_read_case_file_is_somebody_elses_only_if_it_says_so(loose: Any, expected: bool) -> None:
    """Without a member nothing can be said: then the case file is the failure, not the number."""
    assert names_once(loose, "M-1") is expected


@pytest.mark.parametrize(
    ("process", "topic"), [("tax_id", "tax_id"), ("sepa_mandate", "mandate"), ("accident", "accident")]
)
def test_proposals_join_by_topic(process: str, topic: str) -> None:
    usual = next(each for each in scenarios() if each.process == process)
    assert decide(usual)["trace"][-1]["subject"] == {"contract": "M-1", "claim": topic}


@pytest.mark.parametrize(
    ("answer", "contradicts"),
    [
        ({}, False),
        ({"kind": "traffic"}, True),
        ({"occurred_on": "2026-10-10"}, True),
        ({"third_party_involved": True}, True),
        ({"third_party_involved": False}, False),
        ({"settlement_paid": True}, True),
        ({"settlement_paid": False}, False),
    ],
)
def test_without_an_accident_nothing_is_told_of_one(answer: dict[str, Any], contradicts: bool) -> None:
    """A "no" to a question that the form asks of everybody tells nothing."""
    usual = next(each for each in scenarios() if each.process == "accident")
    said = {key: value for key, value in notice_of(usual).items() if key in ALWAYS}
    text = msgspec.json.encode({**said, "accident": False, **answer})
    looked = contradictory_answers(msgspec.json.decode(text, type=AccidentNotice), ANY_CASE, ANY_PARAMETERS)
    assert looked.found is contradicts
