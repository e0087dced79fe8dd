"""The program against a second, independent reading of the page: the four other processes of credit protection."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest
from generate_parts import BAD_PARAMETERS, Lines
from oracle_others import FUNCTIONS, GENERATORS, ON, decided, essence, expected, occurrences, wanted

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.lines.registry import processes
from oracle import ParameterError

#: processes that the product does not have yet; nothing else is ever passed over
NOT_YET: set[str] = {
    "first_sick_note",
    "first_unemployment_proof",
    "follow_up_unemployment_proof",
    "death_notice",
}
SEEDS = range(1, 11)
CASES = 60


@cache
def lines_of(process: str, seed: int, ambiguous: bool) -> Lines:
    """Case-file lines, notice lines and parameters."""
    return GENERATORS[process](seed, CASES, ambiguous=ambiguous)


def passed_over(process: str) -> None:
    """Only what NOT_YET names; the test below holds the list to the truth."""
    if process in NOT_YET:
        pytest.skip(f"{process} is in NOT_YET")


def test_not_yet_names_exactly_the_processes_that_are_missing() -> None:
    assert set(GENERATORS) - set(processes()) == NOT_YET


@pytest.mark.parametrize("ambiguous", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("process", GENERATORS)
def test_both_decide_alike(process: str, seed: int, ambiguous: bool) -> None:
    passed_over(process)
    cases, notices, parameters = lines_of(process, seed, ambiguous)
    want = expected(process, cases, notices, parameters)
    got = decided(process, cases, notices, parameters)
    assert len(got) == len(want)
    for wished, found in zip(want, got, strict=True):
        assert essence(found) == essence(wished)


@pytest.mark.parametrize("process", GENERATORS)
def test_every_reason_outcome_and_action_occurs(process: str) -> None:
    """A generator that no longer hits something would let a mistake there pass."""
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        counts += occurrences(process, expected(process, *lines_of(process, seed, False)))
    assert {name for name in wanted(process) if not counts[name]} == set()


def value_of(line: bytes) -> Any:
    """The line's value, None where it is no JSON."""
    try:
        return json.loads(line)
    except ValueError:
        return None


@pytest.mark.parametrize("process", GENERATORS)
def test_one_notice_is_decided_as_the_lines_are(process: str) -> None:
    """The oracle's own two ways in, for malformed notices and missing case files too."""
    cases, notices, parameters = lines_of(process, 1, False)
    read = {str(case.get("key")): case for case in map(value_of, cases) if isinstance(case, dict)}
    compared = 0
    for line in notices:
        notice = value_of(line)
        case = read.get(str(notice.get("contract"))) if isinstance(notice, dict) else None
        files = [] if case is None else [json.dumps(case).encode()]
        if notice is not None:
            want = expected(process, files, [json.dumps(notice).encode()], parameters)
            assert [FUNCTIONS[process](notice, case, parameters, ON)] == want
            compared += 1
    assert compared > CASES * 0.9


@pytest.mark.parametrize("parameters", BAD_PARAMETERS, ids=str)
@pytest.mark.parametrize("process", GENERATORS)
def test_both_refuse_impossible_parameters(process: str, parameters: dict[str, Any]) -> None:
    cases, notices, _ = lines_of(process, 1, False)
    with pytest.raises(ParameterError):
        expected(process, cases, notices, parameters)
    passed_over(process)
    with pytest.raises(CommandError):
        decided(process, cases[:1], notices[:1], parameters)


# ------------------------------------------------------------------------------------------------ computed by hand
WHO = {"contract": "RS-1", "last_name": "Groß", "first_name": "Jürgen", "birth_date": "1980-02-29"}
NOTE = {
    **WHO,
    **{"id": "N-1", "incapacity_from": "2026-03-02", "incapacity_until": None, "issued_on": "2026-05-04"},
    **{"formally_correct": True, "received_on": "2026-05-05", "icd": ["M54.5 G"], "occupation": "employed"},
    "documents": ["claim_form", "sick_note", "employer_confirmation"],
}
PROOF = {
    **WHO,
    **{"id": "N-1", "unemployed_since": "2026-03-02", "proven_on": "2026-05-04", "benefit_kind": "alg1"},
    **{"entitlement_suspended": False, "formally_correct": True, "received_on": "2026-05-05"},
    **{"employment_from": "2025-03-02", "employment_to": "2026-03-01", "terminated_by": "employer"},
    **{"weekly_hours": 15, "award_notice": True},
}
DEATH = {**WHO, "id": "N-1", "died_on": "2026-05-15", "certificate": True, "cause_known": "natural"}


def case_file(*claims: dict[str, Any], **contract: Any) -> dict[str, Any]:
    """A case file with one contract that ends on 15 August 2026, instalments of 312.50 on every 15th."""
    cover = {"deferred_days": 42, "max_months": 24, "settlement": "due_date"}
    tariff = {"id": "T", "illness": cover, "unemployment": cover, "death": {"cap": "900.00"}}
    term = {"start": "2021-03-01", "end": "2026-08-15", "status": "active", "insured": ["P1"]}
    money = {"instalment": "312.50", "due_day": 15, "claims": list(claims)}
    person = {"id": "P1", "last_name": "Gross", "first_name": "Juergen", "birth_date": "1980-02-29"}
    named = {"number": "RS-1", "tariff": "T", **term, **money, **contract}
    return {"key": "RS-1", "persons": [person], "tariffs": [tariff], "contracts": [named]}


def told(
    process: str, notice: dict[str, Any], case: dict[str, Any], **parameters: Any
) -> tuple[str, list[str], list[str]]:
    """Outcome, codes and actions with their values, of the oracle."""
    decision = FUNCTIONS[process](notice, case, parameters, ON)
    actions = [
        " ".join(str(each[name]) for name in each if name not in ("contract", "claim")) for each in decision["actions"]
    ]
    return decision["outcome"], [each["code"] for each in decision["reasons"]], actions


def test_the_43rd_day_and_the_note_cut_after_35_days() -> None:
    assert told("first_sick_note", NOTE, case_file()) == (
        "apply",
        [],
        [
            "open_claim accepted",
            "accept_claim 2026-04-13 2026-08-15 0",
            "record_proof 2026-06-08",
            "extend_benefit 2026-06-08",
            "release_instalment 2026-04-15 312.50",
            "release_instalment 2026-05-15 312.50",
            "review_on 2026-06-09",
            "send_letter acceptance",
        ],
    )


def test_a_relapse_has_no_deferred_period_and_takes_whole_months_over() -> None:
    earlier = {"number": "C-1", "person": "P1", "cause": "illness", "status": "closed", "onset": "2025-06-01"}
    days = {
        "benefit_from": "2025-08-31",
        "released_until": "2025-11-29",
        "recovered_on": "2025-11-30",
        "icd": ["m54.1"],
    }
    outcome, codes, actions = told("first_sick_note", NOTE, case_file({**earlier, **days, "months_used_before": 4}))
    assert (outcome, codes) == ("second_check", ["relapse"])
    # 31 August + 3 months is 30 November, so the third month ends on the 29th: 4 + 3
    assert actions[1] == "accept_claim 2026-03-02 2026-08-15 7"


def test_an_unemployment_proof_reaches_31_days() -> None:
    outcome, codes, actions = told("first_unemployment_proof", PROOF, case_file())
    assert (outcome, codes) == ("apply", [])
    assert actions[2:4] == ["record_proof 2026-06-04", "extend_benefit 2026-06-04"]
    assert told("first_unemployment_proof", {**PROOF, "employment_from": "2025-03-03"}, case_file())[:2] == (
        "refer",
        ["employed_too_short"],
    )


def test_a_lump_sum_of_three_due_dates_is_capped() -> None:
    notice = {**DEATH, "received_on": "2026-05-20"}
    assert told("death_notice", notice, case_file()) == (
        "second_check",
        [],
        [
            "open_claim accepted",
            "accept_claim",
            "pay_lump_sum 900.00",
            "end_contract 2026-05-15",
            "send_letter death_settlement",
        ],
    )
    assert told("death_notice", notice, case_file(end="2026-08-14"), mode="dark")[2][2] == "pay_lump_sum 625.00"
