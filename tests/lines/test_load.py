"""``dunkelwerk load``: what the register holds afterwards; again, and with news."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from load_support import INSTALMENTS, Loader, case, claim_of, other_case
from psycopg.types.range import DateRange

RELEASES = "SELECT claim_id, contract, person, cause, days, origin, decision FROM release ORDER BY id"


@pytest.fixture
def loader(tmp_path: Path, django_database: str) -> Loader:
    return Loader(tmp_path, django_database)


def test_a_case_file_stands_in_every_table(loader: Loader) -> None:
    file = case()
    file["contracts"][0] |= {"arrears": {"reminded_on": "2026-01-02", "deadline": "2026-01-16"}, "recourse_open": 80}
    file["contracts"][0]["payee"] |= {"iban": "de02 1203 0000 0000 2020 51", "blocked_since": "2026-06-01"}
    totals = loader.load(file)
    assert (totals.lines, totals.refused, totals.contracts.new, totals.persons.new) == (1, 0, 1, 1)
    assert loader.sentences == []

    (contract,) = loader.rows("SELECT * FROM contract")
    place = f"{loader.folder / 'akten.jsonl'}, Zeile 1"
    assert contract["load_line"] == place
    assert len(contract["digest"]) == 16
    expected = {
        "number": "RS-1",
        "starts_on": date(2024, 3, 1),
        "ends_on": date(2031, 2, 28),
        "status": "active",
        "instalment": Decimal("312.50"),
        "final_instalment": None,
        "due_day": 15,
        "has_payee": True,
        "payee_name": "Beispielbank AG",
        "payee_iban": "DE02120300000000202051",
        "payee_reference": "Darlehen 4711",
        "blocked_since": date(2026, 6, 1),
        "in_arrears": True,
        "reminded_on": date(2026, 1, 2),
        "arrears_deadline": date(2026, 1, 16),
        "recourse_open": Decimal("80.00"),
        "recourse_loaded": Decimal("80.00"),
    }
    assert {name: contract[name] for name in expected} == expected

    (person,) = loader.rows("SELECT * FROM person")
    names = ("key", "first_name", "last_name", "birth_date", "street", "country", "load_line")
    values = ("P1", "Jürgen", "Groß", date(1980, 2, 29), "Lindenstr.", "DE", place)
    assert tuple(person[name] for name in names) == values
    assert loader.rows("SELECT contract_id, person_id, position FROM insured") == [
        {"contract_id": contract["id"], "person_id": person["id"], "position": 0}
    ]
    (claim,) = loader.rows("SELECT * FROM claim")
    assert (claim["number"], claim["person_id"], claim["cause"], claim["status"]) == (
        *("C-1", person["id"]),
        *("illness", "accepted"),
    )
    assert (claim["icd"], claim["benefit_from"], claim["benefit_limit"]) == (
        *(["M54.5"], date(2026, 4, 13)),
        date(2028, 4, 12),
    )
    assert loader.rows(RELEASES) == [
        {
            **{"claim_id": claim["id"], "contract": contract["id"], "person": person["id"], "cause": "illness"},
            **{"days": DateRange(date(2026, 4, 13), date(2026, 7, 1)), "origin": 0, "decision": None},
        }
    ]
    assert loader.rows("SELECT claim_id, until, decision FROM proof") == [
        {"claim_id": claim["id"], "until": date(2026, 6, 30), "decision": None}
    ]
    instalments = loader.rows("SELECT key, due, amount, set_off, status, replaces, release FROM instalment ORDER BY id")
    assert [(row["key"], row["due"].isoformat(), str(row["amount"]), row["status"]) for row in instalments] == [
        (each["id"], each["due"], each["amount"], each["status"]) for each in INSTALMENTS
    ]
    assert {(row["set_off"], row["release"]) for row in instalments} == {(Decimal(0), None)}


def test_covers_hold_the_terms_with_their_defaults(loader: Loader) -> None:
    loader.load(case())
    covers = {row["cause"]: row for row in loader.rows("SELECT * FROM cover")}
    assert set(covers) == {"illness", "unemployment", "death"}
    unemployment, death = covers["unemployment"], covers["death"]
    assert (unemployment["waiting_months"], unemployment["relapse_months"], unemployment["settlement"]) == (
        3,
        6,
        "daily",
    )
    assert (unemployment["monthly_cap"], unemployment["age_limit"]) == (None, None)
    assert (death["cap"], death["legal_entity"], death["settlement"]) == (Decimal("50000.00"), "leben", None)


def test_of_loaded_instalments_nothing_was_set_off_here(loader: Loader) -> None:
    file = case()
    claim_of(file)["instalments"][0]["status"] = "offset"
    loader.load(file)
    claim_of(file)["instalments"][2]["status"] = "offset"
    loader.load(file)
    statuses = loader.rows("SELECT status, set_off::text FROM instalment ORDER BY id")
    assert [tuple(row.values()) for row in statuses] == [("offset", "0.00"), ("paid", "0.00"), ("offset", "0.00")]


def test_without_released_benefit_there_is_no_release_and_without_proof_no_proof(loader: Loader) -> None:
    file = case()
    claim_of(file).update(proven_until=None, released_until=None, instalments=[])
    loader.load(file)
    counts = (
        "SELECT (SELECT count(*) FROM claim), (SELECT count(*) FROM release) AS r, (SELECT count(*) FROM proof) AS p"
    )
    assert list(loader.rows(counts)[0].values()) == [1, 0, 0]


def test_the_order_of_the_file_is_the_order_of_the_rows(loader: Loader) -> None:
    file = case()
    second = case()["contracts"][0] | {"number": "AA-0", "claims": []}
    file["persons"].append(file["persons"][0] | {"id": "A0"})
    file["contracts"][0]["insured"] = ["P1", "A0"]
    claim_of(file)["number"] = "Z-1"
    file["contracts"][0]["claims"].append(case()["contracts"][0]["claims"][0] | {"number": "A-1", "status": "closed"})
    file["contracts"].append(second)
    loader.load(file)
    assert [row["number"] for row in loader.rows("SELECT number FROM contract ORDER BY id")] == ["RS-1", "AA-0"]
    assert [row["number"] for row in loader.rows("SELECT number FROM claim ORDER BY id")] == ["Z-1", "A-1"]
    insured = "SELECT p.key FROM insured i JOIN person p ON p.id = i.person_id ORDER BY i.contract_id, i.position"
    assert [row["key"] for row in loader.rows(insured)] == ["P1", "A0", "P1"]


def test_again_changes_nothing(loader: Loader) -> None:
    loader.load(case(), other_case("RS-2"))
    before = loader.picture()
    totals = loader.load(case(), other_case("RS-2"))
    assert loader.picture() == before
    assert (totals.contracts.unchanged, totals.persons.unchanged) == (2, 1)
    assert (totals.contracts.new, totals.contracts.changed, totals.refused) == (0, 0, 0)


def test_the_same_content_written_differently_is_the_same(loader: Loader) -> None:
    loader.load(case())
    file = case()
    del file["contracts"][0]["arrears"], file["persons"][0]["deceased_on"], claim_of(file)["recovered_on"]
    file["contracts"][0] |= {"instalment": 312.5, "recourse_open": None, "unknown": [1]}
    claim_of(file)["instalments"] = [each | {"amount": 312.5} for each in INSTALMENTS]
    totals = loader.load(file)
    assert (totals.contracts.unchanged, totals.persons.unchanged) == (1, 1)


def test_news_about_person_contract_and_tariff_is_taken_over(loader: Loader) -> None:
    loader.load(case())
    file = case()
    file["persons"][0] |= {"last_name": "Klein", "city": None}
    file["persons"].append(file["persons"][0] | {"id": "P2"})
    file["tariffs"][0]["illness"] |= {"age_limit": 67}
    del file["tariffs"][0]["unemployment"]
    file["contracts"][0] |= {"status": "cancelled", "end": "2030-01-31", "payee": None, "insured": ["P2", "P1"]}
    totals = loader.load(file)
    assert (totals.contracts.changed, totals.persons.changed, totals.persons.new) == (1, 1, 1)
    assert loader.rows("SELECT last_name, city FROM person WHERE key = 'P1'") == [{"last_name": "Klein", "city": None}]
    assert loader.rows("SELECT status, ends_on, has_payee, payee_iban FROM contract") == [
        {"status": "cancelled", "ends_on": date(2030, 1, 31), "has_payee": False, "payee_iban": None}
    ]
    assert loader.rows("SELECT cause, age_limit FROM cover ORDER BY cause DESC") == [
        {"cause": "illness", "age_limit": 67},
        {"cause": "death", "age_limit": None},
    ]
    insured = "SELECT p.key, position FROM insured i JOIN person p ON p.id = i.person_id ORDER BY position"
    assert [row["key"] for row in loader.rows(insured)] == ["P2", "P1"]
    assert loader.value("SELECT count(*) FROM claim") == 1


def test_a_later_release_is_a_row_of_its_own_from_the_next_day(loader: Loader) -> None:
    loader.load(case())
    file = case()
    claim_of(file).update(proven_until="2026-08-05", released_until="2026-07-31")
    claim_of(file)["instalments"][2]["status"] = "returned"
    claim_of(file)["instalments"].append(
        {"id": "I-4", "due": "2026-06-15", "amount": "312.50", "status": "released", "replaces": "I-3"}
    )
    totals = loader.load(file)
    assert (totals.refused, totals.contracts.changed) == (0, 1), loader.sentences
    assert [(row["days"], row["origin"]) for row in loader.rows(RELEASES)] == [
        (DateRange(date(2026, 4, 13), date(2026, 7, 1)), 0),
        (DateRange(date(2026, 7, 1), date(2026, 8, 1)), 0),
    ]
    assert [row["until"] for row in loader.rows("SELECT until FROM proof ORDER BY id")] == [
        *(date(2026, 6, 30), date(2026, 8, 5)),
    ]
    assert loader.rows("SELECT proven_until, released_until FROM claim") == [
        {"proven_until": date(2026, 8, 5), "released_until": date(2026, 7, 31)}
    ]
    last = "SELECT key, status, replaces FROM instalment ORDER BY id DESC LIMIT 2"
    assert [tuple(row.values()) for row in loader.rows(last)] == [("I-4", "released", "I-3"), ("I-3", "returned", None)]
    assert loader.load(file).contracts.unchanged == 1


def test_the_first_release_from_outside_of_a_known_claim(loader: Loader) -> None:
    file = case()
    claim_of(file).update(released_until=None, instalments=[])
    loader.load(file)
    loader.load(case())
    assert [row["days"] for row in loader.rows(RELEASES)] == [DateRange(date(2026, 4, 13), date(2026, 7, 1))]
    assert loader.value("SELECT count(*) FROM proof") == 1
    assert loader.value("SELECT count(*) FROM instalment") == 3


@pytest.mark.parametrize("before", [None, "2026-04-20"], ids=["no first day", "a later first day"])
def test_days_that_were_none_yet_may_still_be_corrected(loader: Loader, before: str | None) -> None:
    """``released_until`` without benefit days releases nothing; then the first day comes, and all days are new."""
    file = case()
    claim_of(file).update(benefit_from=before, released_until="2026-04-19", instalments=[])
    loader.load(file)
    assert loader.rows(RELEASES) == []
    claim_of(file).update(benefit_from="2026-04-13", released_until="2026-04-20")
    assert loader.load(file).refused == 0, loader.sentences
    assert [row["days"] for row in loader.rows(RELEASES)] == [DateRange(date(2026, 4, 13), date(2026, 4, 21))]


def test_a_new_claim_of_a_known_contract(loader: Loader) -> None:
    loader.load(case())
    file = case()
    news = case()["contracts"][0]["claims"][0]
    news |= {"number": "C-2", "cause": "disability", "status": "reported", "instalments": [], "icd": ['a"b\\c', ""]}
    news |= {"benefit_from": None, "benefit_limit": None, "proven_until": None, "released_until": None}
    file["contracts"][0]["claims"].append(news)
    assert loader.load(file).refused == 0
    assert loader.rows("SELECT number, status, icd FROM claim WHERE cause = 'disability'") == [
        {"number": "C-2", "status": "reported", "icd": ['a"b\\c', ""]}
    ]
    news["icd"] = ["{x,y}", "NULL", 'q"\\']
    assert loader.load(file).contracts.changed == 1
    assert loader.value("SELECT icd FROM claim WHERE number = 'C-2'") == ["{x,y}", "NULL", 'q"\\']


def test_a_claim_may_be_corrected_until_benefit_is_released(loader: Loader) -> None:
    file = case()
    claim_of(file).update(released_until=None, instalments=[])
    file["persons"].append(file["persons"][0] | {"id": "P2"})
    loader.load(file)
    claim_of(file).update(person="P2", cause="unemployment", onset="2026-03-05", benefit_from="2026-04-16")
    assert loader.load(file).refused == 0, loader.sentences
    found = "SELECT p.key, c.cause, c.onset, c.benefit_from FROM claim c JOIN person p ON p.id = c.person_id"
    assert [tuple(row.values()) for row in loader.rows(found)] == [
        ("P2", "unemployment", date(2026, 3, 5), date(2026, 4, 16))
    ]


def test_the_limit_may_move_after_a_release_but_not_before_its_last_day(loader: Loader) -> None:
    loader.load(case())
    file = case()
    claim_of(file)["benefit_limit"] = "2026-06-30"
    assert loader.load(file).refused == 0
    claim_of(file)["benefit_limit"] = "2026-06-29"
    assert "benefit_limit" in loader.refuse(file)
    assert loader.value("SELECT benefit_limit FROM claim") == date(2026, 6, 30)


def test_instalments_without_id_are_found_by_due_date_and_order(loader: Loader) -> None:
    file = case()
    claim_of(file)["instalments"] = [
        {"due": "2026-04-15", "amount": "312.50", "status": "paid"},
        {"due": "2026-05-15", "amount": "100.00", "status": "returned"},
        {"due": "2026-05-15", "amount": "212.50", "status": "released"},
    ]
    loader.load(file)
    claim_of(file)["instalments"].reverse()
    claim_of(file)["instalments"].sort(key=lambda each: each["due"] != "2026-05-15")
    assert "amount" in loader.refuse(file), "the order within a due date counts"
    claim_of(file)["instalments"][:2] = reversed(claim_of(file)["instalments"][:2])
    claim_of(file)["instalments"][1]["status"] = "paid"
    assert loader.load(file).refused == 0, loader.sentences
    statuses = "SELECT due, amount, status FROM instalment ORDER BY id"
    assert [(str(row["amount"]), row["status"]) for row in loader.rows(statuses)] == [
        ("312.50", "paid"),
        ("100.00", "returned"),
        ("212.50", "paid"),
    ]


def test_an_instalment_gets_the_id_that_comes_later(loader: Loader) -> None:
    file = case()
    for each in claim_of(file)["instalments"]:
        del each["id"]
    loader.load(file)
    assert loader.load(case()).refused == 0, loader.sentences
    assert [row["key"] for row in loader.rows("SELECT key FROM instalment ORDER BY id")] == ["I-1", "I-2", "I-3"]
