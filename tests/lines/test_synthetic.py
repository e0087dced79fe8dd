"""The synthetic register: always the same, and consistent with the rules."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any

import pytest
from stdnum import iban

from dunkelwerk.lines.credit_protection.synthetic import names, tariffs
from dunkelwerk.lines.credit_protection.synthetic.notices import notices
from dunkelwerk.lines.credit_protection.synthetic.register import arrange, case_files, spots

ON = date(2026, 11, 2)
SEED = 7
CONTRACTS = 12_000
# Their instalments contradict the contract, or came back, or were lost: that is what these plots are about.
SPOILT = {
    *("instalment_changed", "instalment_returned", "return_made_good", "cover_gone"),
    *("proven_until_missing", "benefit_from_missing", "benefit_limit_missing"),
}


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    return list(case_files(seed=SEED, contracts=CONTRACTS, on=ON))


def text(items: Iterator[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(item, sort_keys=True) for item in items)


def test_same_seed_same_register_and_inbox_another_seed_another() -> None:
    def register(seed: int) -> str:
        return text(case_files(seed=seed, contracts=500, on=ON))

    def inbox(seed: int) -> str:
        return text(notices(seed=seed, contracts=500, on=ON, count=100))

    assert register(1) == register(1)
    assert inbox(1) == inbox(1)
    assert register(1) != register(2)
    assert inbox(1) != inbox(2)


def test_the_register_does_not_depend_on_the_process_it_is_made_in() -> None:
    """String hashes differ from process to process; nothing may hang on them."""
    code = (
        "import json; from datetime import date; from dunkelwerk.lines.credit_protection.synthetic.register import *;"
        f"print(json.dumps(list(case_files(seed={SEED}, contracts=120, on=date(2026, 11, 2)))))"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert json.loads(made) == list(case_files(seed=SEED, contracts=120, on=ON))


def test_a_notice_does_not_depend_on_how_many_are_asked_for() -> None:
    few = {notice["id"]: notice for notice in notices(seed=SEED, contracts=1_000, on=ON, count=50)}
    many = {notice["id"]: notice for notice in notices(seed=SEED, contracts=1_000, on=ON, count=400)}
    common = few.keys() & many.keys()
    assert common
    assert all(few[each] == many[each] for each in common)


@pytest.mark.parametrize("contracts", [0, 1, 2, 99, 100, 101, 1_234])
def test_exactly_so_many_contracts_numbered_without_gap(contracts: int) -> None:
    made = case_files(seed=SEED, contracts=contracts, on=ON)
    numbers = [contract["number"] for line in made for contract in line["contracts"]]
    assert numbers == [f"RS-{100_001 + index}" for index in range(contracts)]


def test_streams_a_register_of_any_size() -> None:
    first = list(islice(case_files(seed=SEED, contracts=10**12, on=ON), 50))
    assert len({line["key"] for line in first}) == 50


def test_every_person_and_contract_is_the_same_in_every_line(lines: list[dict[str, Any]]) -> None:
    seen: dict[str, Any] = {}
    repeated = 0
    for line in [*lines, *case_files(seed=SEED, contracts=CONTRACTS, on=ON, every_contract=True)]:
        for kind, key in (("persons", "id"), ("contracts", "number"), ("tariffs", "id")):
            for row in line[kind]:
                repeated += row[key] in seen
                assert seen.setdefault(row[key], row) == row
    assert repeated > CONTRACTS


def test_a_line_for_every_contract_holds_what_the_rules_want(lines: list[dict[str, Any]]) -> None:
    everything = {contract["number"]: set(contract["insured"]) for line in lines for contract in line["contracts"]}
    by_person: dict[str, set[str]] = {}
    for number, insured in everything.items():
        for person in insured:
            by_person.setdefault(person, set()).add(number)
    made = {line["key"]: line for line in case_files(seed=SEED, contracts=CONTRACTS, on=ON, every_contract=True)}
    assert made.keys() == everything.keys()
    for number, line in made.items():
        wanted = set().union(*(by_person[person] for person in everything[number]))
        assert {contract["number"] for contract in line["contracts"]} == wanted
        insured = set().union(*(contract["insured"] for contract in line["contracts"]))
        assert {person["id"] for person in line["persons"]} == insured
        assert {tariff["id"] for tariff in line["tariffs"]} == {each["tariff"] for each in line["contracts"]}


def test_lines_share_nothing_that_a_caller_could_spoil() -> None:
    first, second = list(case_files(seed=SEED, contracts=2, on=ON, ready_share=0.0))
    first["tariffs"][0].clear()
    for cover in second["tariffs"][0].values():
        if isinstance(cover, dict):
            cover.clear()
    again = list(case_files(seed=SEED, contracts=2, on=ON, ready_share=0.0))
    assert all(line["tariffs"][0] in tariffs.TARIFFS for line in again)


def test_shares_of_joint_contracts_and_of_persons_with_several(lines: list[dict[str, Any]]) -> None:
    insured = [contract["insured"] for line in lines for contract in line["contracts"]]
    held = Counter(person for persons in insured for person in persons)
    assert 0.10 <= sum(len(persons) == 2 for persons in insured) / len(insured) <= 0.14
    assert 0.08 <= sum(count > 1 for count in held.values()) / len(held) <= 0.12


def test_persons_are_adults_at_addresses_in_their_city(lines: list[dict[str, Any]]) -> None:
    ranges = {city: (low, high) for city, low, high in names.CITIES}
    persons = [person for line in lines for person in line["persons"]]
    births = [date.fromisoformat(person["birth_date"]) for person in persons]
    assert min(births).year >= 1961
    assert max(births).year == 2004
    assert any((born.month, born.day) == (2, 29) for born in births)
    for person in persons:
        low, high = ranges[person["city"]]
        assert len(person["postal_code"]) == 5
        assert low <= int(person["postal_code"]) <= high
        assert person["salutation"] in {"Frau", "Herr"}


def test_names_are_many_and_different_to_a_comparison_of_names() -> None:
    first_names = {*names.FEMALE_FIRST_NAMES, *names.MALE_FIRST_NAMES}
    assert len(first_names) >= 150
    assert len(set(names.LAST_NAMES)) >= 250
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    compared = [name.lower().translate(table) for name in names.LAST_NAMES]
    assert len(set(compared)) == len(compared)  # else "another last name" might be the same one


def test_titles_and_double_names_occur(lines: list[dict[str, Any]]) -> None:
    persons = [person for line in lines for person in line["persons"]]
    assert any(person["last_name"].startswith("Dr. ") for person in persons)
    assert any(person["first_name"].startswith("Dr. ") for person in persons)
    assert any("-" in person["last_name"] for person in persons)
    assert any(person["last_name"].startswith("von der ") for person in persons)


def test_account_numbers_are_valid(lines: list[dict[str, Any]]) -> None:
    accounts = [contract["payee"]["iban"] for line in lines for contract in line["contracts"]]
    assert all(iban.is_valid(account) for account in accounts)
    assert len(set(accounts)) > 0.99 * len(accounts)


def test_tariffs_cover_both_models_and_every_kind_of_limit() -> None:
    illness = [tariff["illness"] for tariff in tariffs.TARIFFS if "illness" in tariff]
    for settlement in ("due_date", "daily"):
        covers = [cover for cover in illness if cover["settlement"] == settlement]
        assert {"age_limit" in cover for cover in covers} == {True, False}
        assert {"monthly_cap" in cover for cover in covers} == {True, False}
    assert {cover["deferred_days"] for cover in illness} == {0, 28, 42}
    assert 6 <= len(illness) <= 8


# What a claim is paid, computed once more from section 1 of the rules


def expected_amounts(claim: dict[str, Any], contract: dict[str, Any], cover: dict[str, Any]) -> dict[str, Decimal]:
    """Per month of the due date what was released, day by day: slow, and nothing like the generator."""
    monthly = min(Decimal(contract["instalment"]), Decimal(cover.get("monthly_cap", "Infinity")))
    day, last = date.fromisoformat(claim["benefit_from"]), date.fromisoformat(claim["released_until"])
    with_benefit: Counter[str] = Counter()
    amounts: dict[str, Decimal] = {}
    while day <= last:
        month = f"{day:%Y-%m}"
        with_benefit[month] += 1
        if cover["settlement"] == "due_date" and day.day == contract["due_day"]:
            amounts[month] = monthly
        day += timedelta(days=1)
    if cover["settlement"] == "due_date":
        return amounts
    for month, days in with_benefit.items():
        first = date.fromisoformat(f"{month}-01")
        whole = ((first + timedelta(days=31)).replace(day=1) - first).days
        part = (monthly * min(days, 30) / 30).quantize(Decimal("0.01"), ROUND_HALF_UP)
        amounts[month] = monthly if days == whole else part
    return {month: amount for month, amount in amounts.items() if amount}


def released_claims(contracts: int) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    for spot in spots(seed=SEED, contracts=contracts):
        line = arrange(spot, seed=SEED, on=ON).case_file()
        covers = {tariff["id"]: tariff for tariff in line["tariffs"]}
        if spot.plot.name in SPOILT:
            continue
        for contract in line["contracts"]:
            for claim in contract["claims"]:
                if claim["released_until"]:
                    yield claim, contract, covers[contract["tariff"]][claim["cause"]]


def test_instalments_add_up_and_are_paid_where_due() -> None:
    checked = 0
    for claim, contract, cover in released_claims(2_500):
        paid: dict[str, Decimal] = {}
        for instalment in claim["instalments"]:
            assert int(instalment["due"][8:]) == contract["due_day"]
            assert instalment["status"] == ("paid" if instalment["due"] <= "2026-10-30" else "released")
            month = instalment["due"][:7]
            paid[month] = paid.get(month, Decimal(0)) + Decimal(instalment["amount"])
        assert paid == expected_amounts(claim, contract, cover)
        checked += 1
    assert checked > 1_200


def test_days_of_claims_are_in_order() -> None:
    for claim, contract, cover in released_claims(2_500):
        onset, first = date.fromisoformat(claim["onset"]), date.fromisoformat(claim["benefit_from"])
        assert first == onset + timedelta(days=cover["deferred_days"])
        assert contract["start"] < claim["onset"]
        assert claim["benefit_from"] <= claim["released_until"] <= claim["proven_until"]
        assert claim["released_until"] <= min(claim["benefit_limit"], contract["end"])


def test_causes_and_states_of_a_whole_register_occur(lines: list[dict[str, Any]]) -> None:
    contracts = [contract for line in lines for contract in line["contracts"]]
    claims = [claim for contract in contracts for claim in contract["claims"]]
    causes = {"illness", "unemployment", "disability", "dread_disease", "death"}
    assert {claim["cause"] for claim in claims} == causes
    assert {claim["status"] for claim in claims} == {"reported", "accepted", "declined", "closed"}
    assert {contract["status"] for contract in contracts} == {"active", "cancelled", "ended", "expired"}
    statuses = {instalment["status"] for claim in claims for instalment in claim["instalments"]}
    assert statuses == {"paid", "released", "returned"}
    numbers = [claim["number"] for claim in claims]
    assert len(set(numbers)) == len(numbers)
