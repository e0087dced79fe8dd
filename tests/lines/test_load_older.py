"""``dunkelwerk load``: what is ours is never wound back; the line changes nothing, the sentence says what is older."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from load_support import INSTALMENTS, Loader, Thing, case, claim_of, other_case

Change = Callable[[Thing], Any]

#: one instalment more, and the days up to it, released by decision 7
WORK = """
    UPDATE claim SET proven_until = '2026-07-31', released_until = '2026-07-31';
    INSERT INTO proof (claim_id, until, decision) SELECT id, '2026-07-31', 7 FROM claim;
    INSERT INTO release (id, claim_id, contract, person, cause, days, origin, decision)
        SELECT 900, id, contract_id, person_id, cause, '[2026-07-01,2026-07-31]', 900, 7 FROM claim;
    INSERT INTO instalment (id, claim_id, due, amount, set_off, status, release, decision)
        SELECT 800, id, '2026-07-15', 312.50, 0, 'released', 900, 7 FROM claim;
"""
CLOSE = """
    UPDATE claim SET status = 'closed', closed_on = '2026-07-20', closing_reason = 'recovered',
        recovered_on = '2026-07-31'
"""


@pytest.fixture
def loader(tmp_path: Path, django_database: str) -> Loader:
    return Loader(tmp_path, django_database)


def as_exported(file: Thing) -> Thing:
    """The case file as it stands after WORK."""
    claim_of(file).update(proven_until="2026-07-31", released_until="2026-07-31")
    ours = {"id": "DW-800", "due": "2026-07-15", "amount": "312.50", "status": "released", "replaces": None}
    claim_of(file)["instalments"] = [*INSTALMENTS, ours]
    return file


def instalment(at: int, **changes: Any) -> Change:
    def change(file: Thing) -> None:
        instalments = list(claim_of(file)["instalments"])
        instalments[at] = instalments[at] | changes
        claim_of(file)["instalments"] = instalments

    return change


def with_claim(**changes: Any) -> Change:
    return lambda file: claim_of(file).update(changes)


def without_instalment(at: int) -> Change:
    return lambda file: claim_of(file).update(instalments=[*INSTALMENTS[:at], *INSTALMENTS[at + 1 :]])


OLDER: dict[str, tuple[Change, str]] = {
    "status": (with_claim(status="reported"), "contracts[0].claims[0].status: der Leistungsfall C-1 ist im Register"),
    "proof": (with_claim(proven_until="2026-06-29"), "claims[0].proven_until"),
    "no proof": (with_claim(proven_until=None), "claims[0].proven_until"),
    "release": (with_claim(released_until="2026-06-29"), "claims[0].released_until"),
    "no release": (with_claim(released_until=None), "claims[0].released_until"),
    "claim": (lambda file: file["contracts"][0].update(claims=[]), "claims: der Leistungsfall C-1 fehlt"),
    "first instalment": (without_instalment(0), "claims[0].instalments: im Leistungsfall C-1 fehlt eine Rate"),
    "last instalment": (without_instalment(2), "im Leistungsfall C-1 fehlt eine Rate"),
    "paid to released": (instalment(0, status="released"), "instalments[0].status: eine Rate des Leistungsfalls C-1"),
    "amount": (instalment(1, amount="312.51"), "instalments[1].amount"),
    "due": (instalment(1, due="2026-05-16"), "instalments[1].due"),
    "person": (with_claim(person="P2"), "claims[0].person: für den Leistungsfall C-1 ist schon Leistung freigegeben"),
    "cause": (with_claim(cause="unemployment"), "claims[0].cause"),
    "onset": (with_claim(onset="2026-03-01"), "claims[0].onset"),
    "benefit_from": (with_claim(benefit_from="2026-04-12"), "claims[0].benefit_from"),
    "no benefit_from": (with_claim(benefit_from=None), "claims[0].benefit_from"),
    "no limit": (with_claim(benefit_limit=None), "claims[0].benefit_limit"),
}


@pytest.mark.parametrize("name", OLDER)
def test_a_loaded_value_is_not_wound_back(loader: Loader, name: str) -> None:
    change, expected = OLDER[name]
    first = case()
    first["persons"].append(first["persons"][0] | {"id": "P2"})
    loader.load(first)
    before = loader.picture()
    file = case()
    file["persons"].append(file["persons"][0] | {"id": "P2", "city": "Bonn"})
    file["persons"].append(file["persons"][0] | {"id": "P3"})
    file["tariffs"][0]["death"]["cap"] = "1.00"
    file["contracts"].append(other_case("RS-2")["contracts"][0])
    file["contracts"][0]["due_day"] = 1
    change(file)
    sentence = loader.refuse(file)
    assert expected in sentence
    assert loader.picture() == before, "a line is loaded whole or not at all"


@pytest.mark.parametrize("status", ["paid", "returned", "cancelled", "offset"])
def test_no_status_leads_back_to_released(loader: Loader, status: str) -> None:
    file = case()
    instalment(0, status=status)(file)
    loader.load(file)
    instalment(0, status="released")(file)
    assert "instalments[0].status" in loader.refuse(file)
    instalment(0, status="cancelled")(file)
    assert loader.load(file).refused == 0


def test_a_replacement_is_not_forgotten_but_may_come_later(loader: Loader) -> None:
    loader.load(case())
    file = case()
    instalment(2, replaces="I-2")(file)
    assert loader.load(file).refused == 0, loader.sentences
    assert loader.value("SELECT replaces FROM instalment WHERE key = 'I-3'") == "I-2"
    assert "instalments[2].replaces: eine Rate des Leistungsfalls C-1 ist im" in loader.refuse(case())
    assert loader.value("SELECT replaces FROM instalment WHERE key = 'I-3'") == "I-2"


def test_the_file_loaded_before_our_work_is_older(loader: Loader) -> None:
    """Its content is what was loaded last, to the byte: it must not be taken for 'unchanged'."""
    loader.load(case())
    loader.run(WORK)
    before = loader.picture()
    assert (
        "claims[0].proven_until: der Leistungsfall C-1 ist im Register schon weiter; bitte einen aktuellen Abzug"
        in (loader.refuse(case()))
    )
    assert loader.picture() == before


def test_an_instalment_of_ours_alone_makes_a_file_older(loader: Loader) -> None:
    loader.load(case())
    loader.run(WORK)
    file = as_exported(case())
    claim_of(file)["instalments"] = INSTALMENTS
    assert "im Leistungsfall C-1 fehlt eine Rate" in loader.refuse(file)
    claim_of(file)["instalments"] = [*INSTALMENTS, INSTALMENTS[2] | {"id": "I-4", "due": "2026-07-15"}]
    assert "im Leistungsfall C-1 fehlt eine Rate" in loader.refuse(file), "another id is another instalment"


def test_a_closing_of_ours_makes_a_file_older(loader: Loader) -> None:
    loader.load(case())
    loader.run(CLOSE)
    assert "claims[0].status" in loader.refuse(case())
    file = case()
    for missing in ("recovered_on", "closed_on", "closing_reason"):
        claim_of(file).update(
            status="closed", closed_on="2026-07-20", closing_reason="recovered", recovered_on="2026-07-31"
        )
        claim_of(file)[missing] = None
        assert f"claims[0].{missing}" in loader.refuse(file)
    claim_of(file).update(closing_reason="recovered", closed_on="2026-07-21")
    assert loader.load(file).refused == 0


def test_what_we_paid_or_closed_is_not_declined_from_outside(loader: Loader) -> None:
    loader.load(case())
    file = case()
    claim_of(file)["status"] = "declined"
    assert loader.load(file).refused == 0, "of the core system's own benefit it may say so"
    loader.run(f"UPDATE claim SET status = 'accepted'; {WORK}")
    file = as_exported(case())
    claim_of(file)["status"] = "declined"
    assert "claims[0].status: der Leistungsfall C-1 ist hier bezahlt oder geschlossen" in loader.refuse(file)
    loader.run(f"{CLOSE}; UPDATE release SET cancelled_on = '2026-08-01' WHERE origin <> 0")
    assert "claims[0].status: der Leistungsfall C-1 ist hier bezahlt oder geschlossen" in loader.refuse(file)


def test_what_stands_in_an_export_is_taken_back_without_effect(loader: Loader) -> None:
    loader.load(case())
    loader.run(WORK)
    before = loader.picture()
    assert loader.load(as_exported(case())).refused == 0, loader.sentences
    after = loader.picture()
    assert after["contract"][0].pop("digest") != before["contract"][0].pop("digest")  # type: ignore[attr-defined]
    assert after == before
    assert loader.load(as_exported(case())).contracts.unchanged == 1


def test_our_instalment_is_also_found_by_its_due_date(loader: Loader) -> None:
    loader.load(case())
    loader.run(WORK)
    file = as_exported(case())
    del claim_of(file)["instalments"][3]["id"]
    assert loader.load(file).refused == 0, loader.sentences
    assert loader.value("SELECT count(*) FROM instalment") == 4
    assert loader.value("SELECT key FROM instalment WHERE id = 800") is None


@pytest.mark.parametrize("status", ["paid", "cancelled"])
def test_the_status_of_our_instalments_does_not_come_from_outside(loader: Loader, status: str) -> None:
    loader.load(case())
    loader.run(WORK)
    file = as_exported(case())
    claim_of(file)["instalments"][3]["status"] = status
    sentence = loader.refuse(file)
    assert "instalments[3].status: die Rate DW-800 wird hier gezahlt" in sentence
    assert loader.value("SELECT status FROM instalment WHERE id = 800") == "released"


def test_news_on_top_of_our_work(loader: Loader) -> None:
    loader.load(case())
    loader.run(WORK)
    file = as_exported(case())
    claim_of(file).update(released_until="2026-08-31", proven_until="2026-09-15")
    claim_of(file)["instalments"].append(INSTALMENTS[0] | {"id": "I-5", "due": "2026-08-15"})
    assert loader.load(file).refused == 0, loader.sentences
    releases = "SELECT lower(days)::text AS first, origin FROM release ORDER BY lower(days)"
    assert [tuple(row.values()) for row in loader.rows(releases)] == [
        *(("2026-04-13", 0), ("2026-07-01", 900)),
        ("2026-08-01", 0),
    ]
    assert [row["until"].isoformat() for row in loader.rows("SELECT until FROM proof ORDER BY id")] == [
        *("2026-06-30", "2026-07-31"),
        "2026-09-15",
    ]


def test_days_released_here_are_not_released_under_another_cause(loader: Loader) -> None:
    loader.load(case())
    loader.run(WORK)
    file = as_exported(case())
    other = case()["contracts"][0]["claims"][0] | {"number": "C-2", "cause": "unemployment", "instalments": []}
    other |= {"benefit_from": "2026-07-31", "released_until": "2026-08-05"}
    file["contracts"][0]["claims"].append(other)
    assert "claims[1].released_until: Tage des Leistungsfalls C-2 sind hier schon freigegeben" in loader.refuse(file)
    other["benefit_from"] = "2026-08-01"
    assert loader.load(file).refused == 0, loader.sentences
    other["released_until"] = "2026-08-06"
    assert loader.load(file).refused == 0, "a known claim's further days"


@pytest.mark.parametrize("open_now", ["0.00", "60.00"])
def test_recourse_before_our_offset_is_older_and_any_other_is_news(loader: Loader, open_now: str) -> None:
    file = case()
    file["contracts"][0]["recourse_open"] = "100.00"
    loader.load(file)
    assert loader.load(file).contracts.unchanged == 1
    loader.run(f"UPDATE contract SET recourse_open = {open_now}")
    assert "contracts[0].recourse_open: offener Regress des Vertrags RS-1" in loader.refuse(file)
    file["contracts"][0]["due_day"] = 16
    assert "contracts[0].recourse_open" in loader.refuse(file)
    columns = "SELECT recourse_open::text, recourse_loaded::text FROM contract"
    assert [tuple(row.values()) for row in loader.rows(columns)] == [(open_now, "100.00")]
    for news in (open_now, "70.00"):
        file["contracts"][0]["recourse_open"] = news
        assert loader.load(file).refused == 0, loader.sentences
        assert [tuple(row.values()) for row in loader.rows(columns)] == [(news, news)]
