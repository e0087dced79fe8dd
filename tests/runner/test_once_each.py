"""A notice that is delivered again and again is decided once; a case file that grows meanwhile is read again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from work_support import TODAY, World, case_file, claim, contract, household, note, write_lines

from dunkelwerk.lines.credit_protection.store import STORE

COMMAND = Path(sys.executable).with_name("dunkelwerk")
NUMBERS = range(1, 21)


def deliver(world: World, *files: Path) -> list[str]:
    """Bring all files at the same time, each by a process of its own; what the processes say."""
    environment = {**os.environ, "DATABASE_URL": world.url}
    adding = [
        subprocess.Popen([COMMAND, "inbox", "add", file], env=environment, stdout=subprocess.PIPE, text=True)
        for file in files
    ]
    said = [each.communicate(timeout=240)[0] for each in adding]
    assert [each.returncode for each in adding] == [0] * len(files)
    return said


def test_three_deliveries_at_once_and_one_more_after_deciding(world: World, tmp_path: Path) -> None:
    world.load(*(household(number) for number in NUMBERS))
    notes = [note(number) for number in NUMBERS]
    orders = (notes, notes[::-1], notes[7:] + notes[:7])
    files = [write_lines(tmp_path / f"delivery-{k}", order) for k, order in enumerate(orders)]
    said = deliver(world, *files)
    assert sum(int(each.split()[0]) for each in said) == len(notes)
    assert world.work() == {"settled": len(notes)}
    picture = world.picture()
    (again,) = deliver(world, files[0])
    assert again == f"0 aufgenommen, {len(notes)} schon vorhanden, 0 fehlerhaft\n"
    assert world.work() == {}
    assert world.picture() == picture
    assert world.value("SELECT count(*) FROM decision_record") == len(notes)
    assert world.broken() == []


def test_deliveries_while_a_worker_decides(world: World, tmp_path: Path, run_cli: Any) -> None:
    """Neither holds the other up, and what comes late is decided as well."""
    world.load(*(household(number) for number in NUMBERS))
    file = write_lines(tmp_path / "notices", [note(number) for number in NUMBERS])
    deliver(world, file)
    arguments = [COMMAND, "work", "--once", "--on", TODAY, "--batch-size", "2"]
    worker = subprocess.Popen(arguments, env={**os.environ, "DATABASE_URL": world.url}, stdout=subprocess.PIPE)
    late = write_lines(tmp_path / "late", [note(number, name=f"late {number}") for number in NUMBERS])
    deliver(world, file, late)
    worker.communicate(timeout=240)
    assert worker.returncode == 0
    world.work()
    assert world.states() == {f"{kind}{n}": "settled" for kind in ("N-", "late ") for n in NUMBERS}
    assert world.value("SELECT count(*) FROM release WHERE origin <> 0") == len(NUMBERS)
    assert world.broken() == []


def grow_once(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """After the runner's first look at the case files somebody adds a contract; how often the runner looked."""
    find, looks = STORE.find_closures, list[int]()

    def find_and_grow(cursor: Any, keys: Any) -> Any:
        found = find(cursor, keys)
        looks.append(len(found))
        if len(looks) == 1:
            grow(world)
        return found

    monkeypatch.setattr(type(STORE), "find_closures", lambda _self, cursor, keys: find_and_grow(cursor, keys))
    return looks


def grow(world: World) -> None:
    """Person P-1 gets a contract RS-9, on which they are ill as well."""
    insert = """
        WITH new AS (
            INSERT INTO contract (number, tariff_id, starts_on, ends_on, status, instalment, due_day, has_payee,
                                  in_arrears, recourse_open, recourse_loaded)
            SELECT 'RS-9', tariff_id, starts_on, ends_on, status, instalment, due_day, has_payee, in_arrears, 0, 0
            FROM contract WHERE number = 'RS-1' RETURNING id
        ), sick AS (
            INSERT INTO claim (contract_id, person_id, number, cause, status, onset, icd, benefit_from, benefit_limit,
                               proven_until, released_until, months_used_before)
            SELECT new.id, person_id, 'C-9', cause, status, onset, icd, benefit_from, benefit_limit,
                   proven_until, NULL, 0
            FROM claim, new WHERE number = 'C-1' RETURNING id, proven_until
        ), proven AS (INSERT INTO proof (claim_id, until) SELECT id, proven_until FROM sick)
        INSERT INTO insured (contract_id, person_id, position) SELECT new.id, person_id, 0 FROM insured, new
        WHERE insured.contract_id = (SELECT id FROM contract WHERE number = 'RS-1')"""
    world.run(insert)


def test_a_case_file_that_grows_while_it_is_locked_is_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.load(household(1), household(2))
    world.receive(note(1), note(2))
    looks = grow_once(world, monkeypatch)
    assert world.work() == {"settled": 2}
    assert len(looks) > 2
    claims = world.rows("SELECT number, released_until::text AS until FROM claim ORDER BY number")
    assert [tuple(row.values()) for row in claims] == [(f"C-{n}", "2026-11-30") for n in (1, 2, 9)]
    assert world.value("SELECT count(*) FROM batch") == 1
    assert world.broken() == []


def test_a_persons_contracts_are_settled_by_one_notice_only_once(world: World) -> None:
    """Two notices of the same content by different names, on two contracts: the second finds nothing new."""
    world.load(case_file(*(contract(f"RS-{n}", [1], claim(f"C-{n}", 1)) for n in (1, 2))))
    world.receive(note(1, name="by e-mail"), note(1, on="RS-2", name="by post"))
    assert world.work() == {"settled": 2}
    moved = world.rows(
        """SELECT n.external_id, m.action FROM movement m JOIN notice n ON n.decision = m.decision
           WHERE m.action IN ('release_instalment', 'file_notice') ORDER BY m.id"""
    )
    assert [tuple(row.values()) for row in moved] == [
        *[("by e-mail", "release_instalment")] * 2,
        *[("by post", "file_notice")] * 2,
    ]
    assert world.broken() == []
