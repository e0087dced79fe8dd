"""What the server, the network, the disk or somebody's lock causes belongs to the batch: all wait, none is referred."""

from __future__ import annotations

import pytest
from work_support import World, claim, household, note, contract, case_file

#: every table that a batch writes
TABLES = (
    *("batch", "decision_record", "work_item", "notice", "movement", "proof", "claim", "release", "contract"),
    *("instalment", "posting", "letter_order", "proposal"),
)
#: rolled back, deadlock, disk full, out of memory, too many connections, lock not available, shut down, crash, I/O
OUTAGES = ("40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "57P01", "57P02", "58030")


def lay_mishap(world: World, table: str, statement: str) -> None:
    """The first row that is written to ``table`` from now on meets ``statement``; the next ones do not."""
    world.run(
        "CREATE SEQUENCE mishap",
        f"""CREATE FUNCTION mishap() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
            IF nextval('public.mishap') = 1 THEN {statement}; END IF; RETURN NEW; END $$""",
        f"CREATE TRIGGER mishap BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION mishap()",
    )


@pytest.mark.parametrize("table", TABLES)
def test_full_disk_in_any_table_refers_nobody(world: World, table: str) -> None:
    offset = {"dispositions": {"recourse_open": "offset", "different_onset": "second_check"}}
    debtor = contract("RS-2", [2], claim("C-2", 2), recourse_open="100.00")
    world.load(household(1), case_file(debtor), household(3))
    world.receive(note(1), note(2), note(3, incapacity_from="2026-03-03"), note(4))
    lay_mishap(world, table, "RAISE EXCEPTION USING ERRCODE = '53100'")
    ends = world.work(**offset)
    print(ends, world.reasons())
    assert world.value("SELECT last_value FROM mishap") > 1
    assert world.broken() == []
    assert ends == {"settled": 1, "proposed": 2, "referred": 1}
