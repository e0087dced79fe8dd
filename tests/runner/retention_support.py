"""A world whose terms pass: closed and open claims, referred and settled notices, letters; and runs of retention."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from work_support import World, household, note

#: what is wholly deleted or wholly there
TABLES = ("notice", "decision_record", "toucher", "work_item", "proposal", "letter_order", "batch", "deed")
CLOSED_ON = "2027-02-01"


def fill(world: World) -> World:
    """N-1 settled on an open claim, N-2 closes its claim, N-4 is referred, N-5 settled on a claim closed later."""
    world.load(*(household(number) for number in (1, 2, 4, 5)))
    world.receive(note(1), note(2, incapacity_until="2026-12-31", final=True), note(4, formally_correct=False), note(5))
    world.work()
    assert world.states() == {"N-1": "settled", "N-2": "settled", "N-4": "referred", "N-5": "settled"}
    world.run("UPDATE notice SET received_at = '2026-11-02 12:00+01'")
    post(world)
    return world


def post(world: World, *, on: str = "2026-11-03") -> Path:
    """Every letter was printed into one run's folder, with its index."""
    folder = world.folder / "letters"
    folder.mkdir(exist_ok=True)
    world.run(
        f"""INSERT INTO letter_run (id, business_day, folder, started_at, finished_at)
            VALUES (1, '{on}', '{folder}', '{on} 18:00+01', '{on} 18:01+01')""",
        f"""UPDATE letter_order SET state = 'rendered', rendered_on = '{on}', run = 1, file = id || '.pdf',
            sha256 = 'x', pages = 1, version = 'v', content = 'sealed', data_key = (SELECT max(id) FROM data_key)""",
    )
    for row in world.rows("SELECT file FROM letter_order"):
        (folder / row["file"]).write_bytes(b"%PDF")
    for name in ("index.csv", "control.json"):
        (folder / name).write_text("Nachname1")
    return folder


def close_claim(world: World, number: int, *, on: str = CLOSED_ON) -> None:
    """The core system closed a claim."""
    world.run(
        f"""UPDATE claim SET status = 'closed', closed_on = '{on}', closing_reason = 'recovered'
            WHERE number = 'C-{number}'"""
    )


def hand_over(world: World, number: int) -> None:
    """A clerk did what a referred notice asked for."""
    world.run(
        f"UPDATE notice SET state = 'handled' WHERE external_id = 'N-{number}'",
        "UPDATE work_item SET state = 'done' WHERE task = 'referral'",
    )


def delete(world: World, on: str, *, dry: bool = False, own: Path | None = None) -> Any:
    """Run retention on a day."""
    world.enter()
    from dunkelwerk.lines.terms import read_terms
    from dunkelwerk.runner.retention import run
    from dunkelwerk.runner.retention_plan import Plan

    plan = Plan(read_terms(own), date.fromisoformat(on), "d.schutz", dry)
    return run(plan, lambda count: None)


def counts(world: World) -> dict[str, int]:
    """The rows of each table."""
    return {table: world.value(f"SELECT count(*) FROM {table}") for table in TABLES}


def left(world: World) -> set[str]:
    """The notices that are still there."""
    return set(world.states())
