"""Parameters: what an insurer may set, what stops the command, and from which day a value holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dunkelwerk.decisions.parameters import ParameterBook, ParameterError, read_entries, read_yaml
from dunkelwerk.decisions.reasons import Reason
from dunkelwerk.lines.credit_protection.first_reasons import DOCUMENTS_MISSING, catalogue
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters
from dunkelwerk.lines.registry import processes

BOOK: ParameterBook[CreditProtectionParameters] = processes()["follow_up_sick_note"].book
TODAY = date(2026, 11, 2)
REFER_ONLY = [reason for reason in catalogue() if reason.refer_only or reason.adverse]
FREE = [reason for reason in catalogue() if reason not in (*REFER_ONLY, DOCUMENTS_MISSING)]


def values(overrides: dict[str, Any], day: date = TODAY) -> CreditProtectionParameters:
    """The parameters in force with these overrides."""
    return BOOK.override(overrides, source="eigene.yaml").on(day).values


def refusal(overrides: dict[str, Any]) -> str:
    """The sentence with which overrides are refused."""
    with pytest.raises(ParameterError) as caught:
        BOOK.override(overrides, source="eigene.yaml")
    return str(caught.value)


def code(reason: Reason) -> str:
    return reason.code


def test_defaults_are_those_of_the_rules() -> None:
    assert BOOK.on(TODAY).values == CreditProtectionParameters(
        isolation="all_or_nothing",
        mode="dark",
        adverse_needs_human=False,
        dispositions={},
        gap_tolerance=0,
        authority_limit=Decimal("5000.00"),
        federal_state=None,
        report_months=6,
        proof_reach_days=31,
        reminder_days=14,
        suicide_months=36,
        min_employment_months=12,
        min_weekly_hours=15,
        excluded_icd=(),
    )


@pytest.mark.parametrize("name", ["gap_tolerence", "Gap_tolerance", "", "notice"])
def test_an_unknown_name_is_refused(name: str) -> None:
    said = refusal({name: 1})
    assert "eigene.yaml" in said
    assert "gap_tolerance" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("isolation", "none"),
        ("isolation", None),
        ("mode", "dunkel"),
        ("mode", "off"),
        ("adverse_needs_human", "yes"),
        ("adverse_needs_human", 1),
        ("dispositions", ["proof_gap"]),
        ("dispositions", {"proof_gap": True}),
        ("gap_tolerance", -1),
        ("gap_tolerance", 1.5),
        ("gap_tolerance", "1"),
        ("gap_tolerance", True),
        ("gap_tolerance", None),
        ("authority_limit", "-0.01"),
        ("authority_limit", "100.001"),
        ("authority_limit", "viel"),
        ("authority_limit", "3e2"),
        ("authority_limit", "1_000.00"),
        ("authority_limit", "NaN"),
        ("authority_limit", "Infinity"),
        ("authority_limit", None),
        ("federal_state", "XX"),
        ("federal_state", "by"),
        ("federal_state", "Bayern"),
        ("federal_state", 9),
        ("excluded_icd", "F"),
        ("excluded_icd", [1]),
        ("report_months", {"2026-01-01": 6}),
    ],
)
def test_an_impossible_value_is_refused(name: str, value: Any) -> None:
    said = refusal({name: value})
    assert said.startswith("eigene.yaml: ")
    assert name in said


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("isolation", "per_claim", "per_claim"),
        ("mode", "second_check", "second_check"),
        ("adverse_needs_human", True, True),
        ("gap_tolerance", 0, 0),
        ("authority_limit", "2000.00", Decimal("2000.00")),
        ("authority_limit", 2000, Decimal("2000")),
        ("authority_limit", 512.5, Decimal("512.5")),
        ("authority_limit", "0.00", Decimal("0.00")),
        ("federal_state", "BY", "BY"),
        ("federal_state", None, None),
        ("excluded_icd", ["F", "M54"], ("F", "M54")),
    ],
)
def test_a_possible_value_holds(name: str, value: Any, expected: Any) -> None:
    assert getattr(values({name: value}), name) == expected


@pytest.mark.parametrize("reason", REFER_ONLY, ids=code)
@pytest.mark.parametrize("name", ["second_check", "ignore", "offset"])
def test_what_must_be_referred_stays_referred(reason: Reason, name: str) -> None:
    said = refusal({"dispositions": {reason.code: name}})
    assert reason.code in said
    assert "erlaubt ist refer" in said


@pytest.mark.parametrize("reason", REFER_ONLY, ids=code)
def test_what_must_be_referred_may_say_so(reason: Reason) -> None:
    assert values({"dispositions": {reason.code: "refer"}}).dispositions == {reason.code: "refer"}


@pytest.mark.parametrize("reason", FREE, ids=code)
@pytest.mark.parametrize("name", ["refer", "second_check", "ignore"])
def test_other_reasons_are_free(reason: Reason, name: str) -> None:
    chosen = BOOK.override({"dispositions": {reason.code: name}}, source="eigene.yaml").on(TODAY)
    assert chosen.disposition(reason, reason.dispositions[0]).name == name


@pytest.mark.parametrize("name", ["documents_requested", "refer"])
def test_missing_documents_are_asked_for_or_referred(name: str) -> None:
    assert values({"dispositions": {"documents_missing": name}}).dispositions == {"documents_missing": name}


@pytest.mark.parametrize("name", ["second_check", "ignore", "offset"])
def test_missing_documents_are_nothing_else(name: str) -> None:
    assert "erlaubt ist documents_requested, refer" in refusal({"dispositions": {"documents_missing": name}})


def test_only_missing_documents_are_asked_for() -> None:
    assert "contract_not_active" in refusal({"dispositions": {"contract_not_active": "documents_requested"}})


def test_offset_is_for_recourse_alone() -> None:
    allowed = []
    for reason in catalogue():
        try:
            values({"dispositions": {reason.code: "offset"}})
            allowed.append(reason.code)
        except ParameterError:
            pass
    assert allowed == ["recourse_open"]


def test_the_page_marks_these_as_never_anything_but_referred() -> None:
    """Written out from the page, so that a flag lost in the catalogue shows."""
    dagger = {"technical_failure", "contract_unknown", "person_not_insured", "no_open_claim", "claim_ambiguous"}
    dagger |= {"person_deceased", "unemployment_overlap", "amount_changed"}
    codes = {bound.reason.code for bound in processes()["follow_up_sick_note"].checks} | dagger
    assert {reason.code for reason in catalogue() if reason.refer_only and reason.code in codes} == dagger
    assert {reason.code for reason in catalogue() if reason.adverse and reason.code in codes} == {"no_benefit_left"}


@pytest.mark.parametrize("dispositions", [{"no_such_reason": "refer"}, {"proof_gap": "maybe"}, {"": "refer"}])
def test_unknown_reasons_and_dispositions_are_refused(dispositions: dict[str, str]) -> None:
    assert "dispositions" in refusal({"dispositions": dispositions})


def test_a_dated_value_holds_from_its_day() -> None:
    dated = {"gap_tolerance": {date(2020, 1, 1): 0, date(2026, 11, 2): 2, date(2027, 1, 1): 5}}
    assert values(dated, date(2026, 11, 1)).gap_tolerance == 0
    assert values(dated, date(2026, 11, 2)).gap_tolerance == 2
    assert values(dated, date(2026, 12, 31)).gap_tolerance == 2
    assert values(dated, date(2027, 1, 1)).gap_tolerance == 5


def test_before_the_first_day_nothing_holds() -> None:
    dated = {"gap_tolerance": {date(2027, 1, 1): 3, date(2026, 11, 2): 2}}
    book = BOOK.override(dated, source="eigene.yaml")
    assert book.on(date(2026, 11, 2)).values.gap_tolerance == 2
    with pytest.raises(ParameterError, match=r"gap_tolerance.*2026-11-01.*2026-11-02"):
        book.on(date(2026, 11, 1))


def test_an_impossible_value_of_a_later_day_is_refused_today() -> None:
    assert "mode" in refusal({"mode": {date(2020, 1, 1): "dark", date(2099, 1, 1): "dunkel"}})


def test_impossible_together_on_a_day_that_only_one_of_them_starts() -> None:
    overrides = {
        "dispositions": {date(2020, 1, 1): {}, date(2028, 1, 1): {"person_deceased": "ignore"}},
        "gap_tolerance": {date(2020, 1, 1): 0, date(2027, 1, 1): 1},
    }
    assert "person_deceased" in refusal(overrides)


def test_a_second_override_goes_before_the_first() -> None:
    first = BOOK.override({"gap_tolerance": 1, "report_months": 9}, source="a")
    both = first.override({"gap_tolerance": 2}, source="b").on(TODAY).values
    assert (both.gap_tolerance, both.report_months) == (2, 9)
    assert BOOK.on(TODAY).values.gap_tolerance == 0


def test_the_version_tells_values_apart() -> None:
    versions = [BOOK.override({"gap_tolerance": value}, source="a").on(TODAY).versions for value in (0, 1, 1)]
    assert versions[1] == versions[2]
    assert versions[0]["parameters"] != versions[1]["parameters"]
    assert versions[0] == BOOK.on(TODAY).versions
    assert {version["rules"] for version in versions} == {processes()["follow_up_sick_note"].rules}


def test_every_entry_has_a_german_name_unit_and_source() -> None:
    assert set(BOOK.entries) == set(CreditProtectionParameters.__struct_fields__)
    assert [name for name, entry in BOOK.entries.items() if not (entry.name and entry.unit and entry.source)] == []


def written(folder: Path, text: str) -> Path:
    path = folder / "eigene.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("gap_tolerance: 1\ngap_tolerance: 2\n", 2),
        ("dispositions:\n  proof_gap: ignore\n  proof_gap: refer\n", 3),
        ("gap_tolerance:\n  2026-01-01: 1\n  2026-01-01: 2\n", 3),
    ],
)
def test_a_key_that_stands_twice_is_refused(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(ParameterError, match=rf"eigene\.yaml, Zeile {line}: .*doppelt"):
        read_yaml(written(tmp_path, text))


@pytest.mark.parametrize("text", ["- a\n", "a\n", "1\n"])
def test_yaml_must_be_a_mapping(tmp_path: Path, text: str) -> None:
    with pytest.raises(ParameterError, match=r"eigene\.yaml"):
        read_yaml(written(tmp_path, text))


def test_broken_yaml_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"eigene\.yaml, Zeile 2"):
        read_yaml(written(tmp_path, "gap_tolerance: 1\nmode: ]\nisolation: per_claim\n"))


def test_yaml_with_a_sign_that_no_text_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"eigene\.yaml: kein lesbares YAML"):
        read_yaml(written(tmp_path, "mode: da\x07rk\n"))


@pytest.mark.parametrize("text", ["", "# nur ein Kommentar\n"])
def test_an_empty_file_sets_nothing(tmp_path: Path, text: str) -> None:
    assert read_yaml(written(tmp_path, text)) == {}


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"fehlt\.yaml: nicht lesbar"):
        read_yaml(tmp_path / "fehlt.yaml")


def test_no_yaml_tag_builds_objects(tmp_path: Path) -> None:
    with pytest.raises(ParameterError):
        read_yaml(written(tmp_path, "mode: !!python/object/apply:os.getcwd []\n"))


@pytest.mark.parametrize(
    "text",
    [
        "gap_tolerance: 1\n",
        "gap_tolerance: {name: Lücke, unit: Tage, source: AVB}\n",
        "gap_tolerance: {name: Lücke, unit: Tage, source: AVB, values: {ab jetzt: 1}}\n",
        "gap_tolerance: {name: Lücke, unit: Tage, source: AVB, values: {2026-01-01: 1}, extra: 1}\n",
    ],
)
def test_an_entry_needs_name_unit_source_and_dated_values(tmp_path: Path, text: str) -> None:
    with pytest.raises(ParameterError, match="gap_tolerance"):
        read_entries(written(tmp_path, text))
