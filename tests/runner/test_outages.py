"""What the server, the network, the disk or somebody's lock causes belongs to the batch: all wait, none is referred."""

from __future__ import annotations

import pytest
from work_support import World, case_file, claim, contract, household, note

from dunkelwerk.infra import database

#: every table that a batch writes (contracts change at the confirmation of an offset)
TABLES = (
    *("batch", "decision_record", "work_item", "notice", "movement", "proof", "claim", "release"),
    *("instalment", "posting", "letter_order", "proposal"),
)
#: rolled back, deadlock, disk full, out of memory, too many connections, lock not available, shut down, crash, I/O
OUTAGES = ("40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "57P01", "57P02", "58030")
OFFSET = {"dispositions": {"recourse_open": "offset"}}


@pytest.fixture
def outage(world: World, monkeypatch: pytest.MonkeyPatch):
    """Lets every row written to a table meet a statement, until the runner has taken it for an outage."""
    reconnect = database.reconnect

    def lay(table: str, statement: str) -> list[str]:
        world.run(
            f"""CREATE FUNCTION mishap() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
                {statement}; RETURN NEW; END $$""",
            f"CREATE TRIGGER mishap BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION mishap()",
        )
        waited = []

        def repaired() -> None:
            reconnect()
            waited.extend(world.states().values())
            world.run(f"DROP TRIGGER IF EXISTS mishap ON {table}")

        monkeypatch.setattr(database, "reconnect", repaired)
        return waited

    return lay


def fill(world: World) -> None:
    """Four notices, one for each end: settled, proposed, referred."""
    debtor = contract("RS-2", [2], claim("C-2", 2), recourse_open="100.00")
    world.load(household(1), case_file(debtor), household(3))
    world.receive(note(1), note(2), note(3, incapacity_from="2026-03-03"), note(4))


@pytest.mark.parametrize("table", TABLES)
def test_full_disk_in_any_table_refers_nobody(world: World, outage, table: str) -> None:
    fill(world)
    waited = outage(table, "RAISE EXCEPTION USING ERRCODE = '53100'")
    ends = world.work(**OFFSET)
    assert waited == ["waiting"] * 4
    assert "technical_failure" not in str(world.reasons())
    assert ends == {"settled": 1, "proposed": 1, "referred": 2}
    assert world.broken() == []


@pytest.mark.parametrize("state", OUTAGES)
@pytest.mark.parametrize("table", ["posting", "claim"])
def test_every_outage_refers_nobody(world: World, outage, state: str, table) -> None:
    fill(world)
    waited = outage(table, f"RAISE EXCEPTION USING ERRCODE = '{state}'")
    ends = world.work(**OFFSET)
    assert waited == ["waiting"] * 4
    assert ends == {"settled": 1, "proposed": 1, "referred": 2}
    assert world.broken() == []


@pytest.mark.parametrize("table", ["posting", "claim"])
def test_cut(world: World, outage, table) -> None:
    fill(world)
    waited = outage(table, "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1)")
    ends = world.work(**OFFSET)
    assert waited == ["waiting"] * 4
    assert ends == {"settled": 1, "proposed": 1, "referred": 2}
    assert world.broken() == []
