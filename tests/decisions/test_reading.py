"""From JSON to a decision: what is read first, what is strict, and that no value is repeated."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from toy_line import Account, toy_process

from dunkelwerk.decisions.decision import Decision
from dunkelwerk.decisions.reading import Duplicate, Raw, Reader, Source, Unread, read_loosely
from dunkelwerk.lines.registry import processes

TODAY = date(2026, 11, 2)
NOTICE: dict[str, Any] = {
    "id": "N-1",
    "contract": "RS-1",
    "last_name": "Geheimrat",
    "first_name": "Gustav",
    "birth_date": "1980-02-29",
    "incapacity_from": "2026-03-02",
    "incapacity_until": "2026-11-30",
    "issued_on": "2026-10-30",
    "formally_correct": True,
    "received_on": "2026-11-02",
}
CONTRACT = {
    "number": "RS-1", "tariff": "T", "start": "2024-03-01", "end": "2031-02-28", "status": "active",
    "insured": [], "instalment": "312.50", "due_day": 15,
}  # fmt: skip
CASE: dict[str, Any] = {"key": "RS-1", "persons": [], "tariffs": [{"id": "T"}], "contracts": [CONTRACT]}


@pytest.fixture
def reader() -> Reader[Any, Any, Any, Any]:
    process = processes()["follow_up_sick_note"]
    return Reader(process, process.book.on(TODAY))


def raw(content: Any, *, number: int = 7) -> Raw:
    """A line of a file."""
    return Raw(Source("datei.jsonl", number), content if isinstance(content, bytes) else msgspec.json.encode(content))


def answer(reader: Reader[Any, Any, Any, Any], notice: Any, case: Any = CASE) -> Decision:
    """The decision on a notice and a case file, both as JSON (None: there is none)."""
    found = case if case is None or isinstance(case, Duplicate) else raw(case)
    return reader.answer(reader.read_notice(raw(notice)), found)


def only(decision: Decision) -> dict[str, Any]:
    """The one reason of a referral."""
    assert (decision.outcome, decision.actions, decision.referred) == ("refer", (), ())
    (reason,) = decision.as_json()["reasons"]
    assert (reason["claim"], reason["scope"]) == (None, "person")
    return dict(reason)


def test_a_readable_notice_and_case_get_as_far_as_the_person(reader: Reader[Any, Any, Any, Any]) -> None:
    assert only(answer(reader, NOTICE))["code"] == "person_not_insured"


@pytest.mark.parametrize(
    ("content", "notice", "contract"),
    [
        (b"", None, None),
        (b"{", None, None),
        (b"kein JSON", None, None),
        (b"[1, 2]", None, None),
        (b'"N-1"', None, None),
        (b"null", None, None),
        (b"\xff\xfe", None, None),
        (b"[" * 100_000, None, None),
        ({}, None, None),
        ({"id": "N-1"}, "N-1", None),
        ({"id": 1, "contract": "RS-1"}, None, "RS-1"),
        ({"id": "N-1", "contract": 1}, "N-1", None),
        ({**NOTICE, "id": None, "issued_on": 5}, None, "RS-1"),
        ({**NOTICE, "final": "no"}, "N-1", "RS-1"),
        ({**NOTICE, "icd": "M54.5"}, "N-1", "RS-1"),
        ({**NOTICE, "formally_correct": None}, "N-1", "RS-1"),
        ({**NOTICE, "formally_correct": 1}, "N-1", "RS-1"),
        ({**NOTICE, "last_name": None}, "N-1", "RS-1"),
        ({**NOTICE, "issued_on": "2026-10-30T00:00:00"}, "N-1", "RS-1"),
        ({**NOTICE, "issued_on": "20261030"}, "N-1", "RS-1"),
        ({**NOTICE, "issued_on": ""}, "N-1", "RS-1"),
        ({**NOTICE, "issued_On": "2026-10-30"}, "N-1", "RS-1"),
    ],
)
def test_a_notice_that_cannot_be_read(
    reader: Reader[Any, Any, Any, Any], content: Any, notice: str | None, contract: str | None
) -> None:
    decision = answer(reader, content, None)
    reason = only(decision)
    assert (reason["code"], decision.notice, reason["contract"]) == ("technical_failure", notice, contract)
    assert reason["evidence"]["where"] == "datei.jsonl, Zeile 7"
    assert reason["evidence"]["what"]


@pytest.mark.parametrize("field", ["contract", "last_name", "first_name", "birth_date", "issued_on", "received_on"])
def test_a_required_field_is_named_where_it_is_missing(reader: Reader[Any, Any, Any, Any], field: str) -> None:
    notice = {key: value for key, value in NOTICE.items() if key != field}
    assert field in only(answer(reader, notice))["evidence"]["what"]


def test_an_unknown_field_is_named(reader: Reader[Any, Any, Any, Any]) -> None:
    assert "krankenkasse" in only(answer(reader, {**NOTICE, "krankenkasse": "AOK"}))["evidence"]["what"]


def test_no_value_is_repeated(reader: Reader[Any, Any, Any, Any]) -> None:
    """Names, birth dates and diagnoses must not end up in work items and logs."""
    faulty = [{"birth_date": "29.02.1980"}, {"final": "F32.1"}, {"icd": ["F32.1", 5]}, {"incapacity_until": "F32.1"}]
    faulty += [{"Geheimfeld": 1, "first_name": ["Gustav"]}]
    for each in faulty:
        said = str(answer(reader, {**NOTICE, **each}).as_json())
        for value in ("Geheimrat", "Gustav", "1980", "F32.1"):
            assert value not in said, each
    person = {"id": "P", "first_name": "Gustav", "last_name": "Geheimrat", "birth_date": "29.02.1980"}
    said = str(answer(reader, NOTICE, {**CASE, "persons": [person]}).as_json())
    assert "birth_date" in said
    assert "Geheimrat" not in said
    assert "1980" not in said


def test_a_line_too_long_is_answered_with_its_fault(reader: Reader[Any, Any, Any, Any]) -> None:
    notice = reader.read_notice(Raw(Source("datei.jsonl", 3), b"", "die Zeile ist zu lang"))
    assert notice == Unread(None, None, {"where": "datei.jsonl, Zeile 3", "what": "die Zeile ist zu lang"})


@pytest.mark.parametrize(
    ("process", "code"),
    [
        (None, "person_not_insured"),
        ("follow_up_sick_note", "person_not_insured"),
        ("follow-up-sick-note", "technical_failure"),
        ("first_sick_note", "technical_failure"),
        ("", "technical_failure"),
    ],
)
def test_the_notice_must_belong_to_the_process(
    reader: Reader[Any, Any, Any, Any], process: str | None, code: str
) -> None:
    assert only(answer(reader, {**NOTICE, "process": process}))["code"] == code


def test_the_notice_goes_before_the_case_file(reader: Reader[Any, Any, Any, Any]) -> None:
    broken = {**NOTICE, "issued_on": "gestern"}
    for case in (None, {**CASE, "contracts": []}, {**CASE, "persons": None}):
        assert "issued_on" in only(answer(reader, broken, case))["evidence"]["what"]


def test_without_a_case_file_the_contract_is_unknown(reader: Reader[Any, Any, Any, Any]) -> None:
    reason = only(answer(reader, NOTICE, None))
    assert (reason["code"], reason["contract"]) == ("contract_unknown", "RS-1")
    assert reason["evidence"] == {"contract": "RS-1", "found": 0}


@pytest.mark.parametrize("contracts", [[], [1, None], [{**CONTRACT, "number": "RS-2"}], [CONTRACT, CONTRACT]])
@pytest.mark.parametrize("persons", [[], [{"id": "P"}], None])
def test_an_unknown_contract_goes_before_the_strict_reading(
    reader: Reader[Any, Any, Any, Any], contracts: list[Any], persons: Any
) -> None:
    assert only(answer(reader, NOTICE, {**CASE, "contracts": contracts, "persons": persons}))["code"] == (
        "contract_unknown"
    )


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"persons": None}, "persons"),
        ({"tariffs": None}, "tariffs"),
        ({"contracts": None}, "contracts"),
        ({"contracts": {}}, "contracts"),
        ({"persons": [{"id": "P"}]}, "persons"),
        ({"contracts": [CONTRACT, 5]}, "contracts"),
        ({"contracts": [{**CONTRACT, "status": "lapsed"}]}, "status"),
        ({"contracts": [{**CONTRACT, "insured": None}]}, "insured"),
        ({"contracts": [{**CONTRACT, "insured": ["P-9"]}]}, "RS-1"),
        ({"contracts": [{**CONTRACT, "tariff": "X"}]}, "RS-1"),
        ({"contracts": [CONTRACT, {**CONTRACT, "number": "RS-2", "due_day": 29}]}, "due_day"),
        ({"contracts": [CONTRACT, {**CONTRACT, "number": "RS-2", "claims": [{}]}]}, "claims"),
        ({"tariffs": [{"id": "T"}, {"id": "T"}]}, "tariffs"),
    ],
)
def test_all_of_the_case_file_is_read_strictly(
    reader: Reader[Any, Any, Any, Any], differs: dict[str, Any], field: str
) -> None:
    reason = only(answer(reader, NOTICE, {**CASE, **differs}))
    assert (reason["code"], reason["contract"]) == ("technical_failure", "RS-1")
    assert field in reason["text"]


def test_unknown_fields_of_a_case_file_are_passed_over(reader: Reader[Any, Any, Any, Any]) -> None:
    case = {**CASE, "origin": "host", "contracts": [{**CONTRACT, "broker": {"name": "Meier"}}]}
    assert only(answer(reader, NOTICE, case))["code"] == "person_not_insured"


def test_null_is_absent_in_a_case_file(reader: Reader[Any, Any, Any, Any]) -> None:
    nulls = {"claims": None, "recourse_open": None, "arrears": None, "payee": None, "final_instalment": None}
    assert only(answer(reader, NOTICE, {**CASE, "contracts": [{**CONTRACT, **nulls}]}))["code"] == "person_not_insured"


def test_of_two_case_files_with_one_key_none_is_trusted(reader: Reader[Any, Any, Any, Any]) -> None:
    twice = Duplicate((Source("akten.jsonl", 2), Source("akten.jsonl", 9)))
    reason = only(answer(reader, NOTICE, twice))
    assert reason["code"] == "technical_failure"
    assert "Zeile 2" in reason["evidence"]["where"]
    assert "Zeile 9" in reason["evidence"]["where"]


def test_each_unreadable_case_file_is_reported_once(reader: Reader[Any, Any, Any, Any]) -> None:
    for _ in range(2):
        answer(reader, NOTICE, {**CASE, "persons": None})
    answer(reader, NOTICE)
    (fault,) = reader.take_faults()
    assert fault.startswith("datei.jsonl, Zeile 7: persons")
    assert reader.take_faults() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [(b'{"id": "N"}', {"id": "N"}), (b"[]", {}), (b"{", {}), (b"\xff", {}), (b'{"a":' * 50_000, {}), (b"1", {})],
)
def test_reading_loosely(text: bytes, expected: dict[str, Any]) -> None:
    assert read_loosely(text) == expected


def test_any_line_of_business_is_read_the_same_way(tmp_path: Path) -> None:
    process = toy_process(tmp_path)
    library = Reader(process, process.book.on(TODAY))
    account = raw(Account("R-1", {"Emma": 4}))
    read = library.read_notice(raw({"id": "N-1", "reader": "R-1"}))
    assert library.answer(read, account).outcome == "apply"
    assert library.answer(read, None).codes == ("reader_unknown",)
    assert library.answer(read, raw({"reader": "R-1", "loans": 3})).codes == ("technical_failure",)
    assert library.answer(read, raw({"reader": "R-2", "loans": 3})).codes == ("reader_unknown",)
    wrong = library.read_notice(raw({"id": "N-1", "reader": "R-1", "color": "red"}))
    assert library.answer(wrong, account).codes == ("technical_failure",)
