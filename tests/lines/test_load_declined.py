"""``dunkelwerk load``: the days of a declined claim stand against no other claim, to the register as to the rules."""

from __future__ import annotations

import copy
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from load_support import CLAIM, Loader, Thing, case, claim_of, other_case

#: July released for the illness by decision 7
WORK = """
    UPDATE claim SET proven_until = '2026-07-31', released_until = '2026-07-31' WHERE number = 'C-1';
    INSERT INTO proof (claim_id, until, decision) SELECT id, '2026-07-31', 7 FROM claim WHERE number = 'C-1';
    INSERT INTO release (id, claim_id, contract, person, cause, days, origin, decision)
        SELECT 900, id, contract_id, person_id, cause, '[2026-07-01,2026-07-31]', 900, 7
        FROM claim WHERE number = 'C-1';
"""
LIVE = """
    SELECT c.number, r.days::text FROM release r JOIN claim c ON c.id = r.claim_id
    WHERE r.cancelled_on IS NULL ORDER BY c.number, r.days
"""


@pytest.fixture
def loader(tmp_path: Path, django_database: str) -> Loader:
    return Loader(tmp_path, django_database)


def unemployed(**changes: Any) -> Thing:
    """A claim of the same person for the other cause, with days up to the end of July."""
    own = {"number": "C-2", "cause": "unemployment", "instalments": [], "released_until": "2026-07-31"}
    return copy.deepcopy(CLAIM) | own | changes


def beside(**changes: Any) -> Thing:
    """The usual case with such a claim as well."""
    file = case()
    file["contracts"][0]["claims"] = [copy.deepcopy(CLAIM), unemployed(**changes)]
    return file


@pytest.mark.parametrize("first", ["reported", "accepted", "declined"])
def test_the_days_of_a_declined_claim_count_as_cancelled(loader: Loader, first: str) -> None:
    """Whether it was declined before the first load or later; what the core system says of its days stays."""
    file = other_case("RS-1", claims=[unemployed(status=first)])
    loader.load(file)
    claim_of(file)["status"] = "declined"
    assert loader.load(file).refused == 0, loader.sentences
    releases = loader.rows("SELECT days::text, cancelled_on IS NULL AS live FROM release")
    assert releases == [{"days": "[2026-04-13,2026-08-01)", "live": False}]
    assert str(loader.value("SELECT released_until FROM claim")) == "2026-07-31"
    claim_of(file)["released_until"] = "2026-08-31"
    assert loader.load(file).refused == 0, loader.sentences
    assert loader.rows(LIVE) == []


def test_such_days_are_no_overlap(loader: Loader) -> None:
    assert loader.load(beside(status="accepted")).overlaps == 1
    assert loader.load(beside(status="declined")).overlaps == 0


def test_closed_instead_of_declined_it_holds_its_days_again(loader: Loader) -> None:
    loader.load(beside(status="declined"))
    assert loader.rows(LIVE) == [{"number": "C-1", "days": "[2026-04-13,2026-07-01)"}]
    closed = {"status": "closed", "closed_on": "2026-08-02", "closing_reason": "recovered"}
    for _again in range(2):
        assert loader.load(beside(**closed)).refused == 0, loader.sentences
        assert loader.rows(LIVE) == [
            {"number": "C-1", "days": "[2026-04-13,2026-07-01)"},
            {"number": "C-2", "days": "[2026-04-13,2026-08-01)"},
        ]


def test_but_not_where_one_of_its_days_was_released_here(loader: Loader) -> None:
    loader.load(beside(status="declined"))
    loader.run(WORK)
    newer = beside(status="declined")
    claim_of(newer).update(proven_until="2026-07-31", released_until="2026-07-31")
    assert loader.load(newer).refused == 0, loader.sentences
    claim_of(newer, 1).update(status="closed", closed_on="2026-08-02", closing_reason="recovered")
    assert "Tage des Leistungsfalls C-2 sind hier schon freigegeben" in loader.refuse(newer)


def test_what_was_loaded_before_is_mended(loader: Loader) -> None:
    """A register from before: its declined claims hold days; those of others are left alone."""
    from django.db import connection

    loader.load(beside(status="declined"))
    loader.run("UPDATE release SET cancelled_on = NULL")
    with connection.schema_editor() as editor:
        import_module("dunkelwerk.lines.credit_protection.migrations.0008_declined").cancel(None, editor)
    assert loader.rows(LIVE) == [{"number": "C-1", "days": "[2026-04-13,2026-07-01)"}]
