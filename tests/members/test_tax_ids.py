"""Tax IDs on the database: recorded sealed, never in clear anywhere, replaced by two persons alone, taken back."""

from __future__ import annotations

import base64
import logging
from typing import Any

import pytest
from member_support import ON, TAX_IDS, Members, member, notice

from dunkelwerk.infra.errors import CommandError

TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
INDEXED = """
    SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indrelid = 'member_tax_id'::regclass AND pg_get_indexdef(x.indexrelid) LIKE '%sealed%'
"""


def tax_id_of(world: Members, number: int) -> Any:
    return world.case_files()[f"M-{number}"]["member"]["tax_id"]


def dump(world: Members) -> str:
    """Every row of every table as text, as a dump would show it."""
    rows = []
    for table in world.rows(TABLES):
        rows += [str(row["t"]) for row in world.rows(f"SELECT t::text AS t FROM {table['relname']} t")]
    return "\n".join(rows)


def test_a_tax_id_is_recorded_dark_and_a_second_time_filed(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("tax_id", 1, tax_id="86 095 742 719"), notice("tax_id", 1, name="again"))
    assert world.work() == {"settled": 2}
    assert tax_id_of(world, 1) == TAX_IDS[0]
    assert [row["action"] for row in world.rows("SELECT action FROM movement ORDER BY id")] == [
        "record_tax_id",
        "file_notice",
    ]
    assert world.value("SELECT count(*) FROM member_tax_id") == 1
    assert world.broken() == []


def test_it_stands_in_clear_nowhere(world: Members, caplog: pytest.LogCaptureFixture) -> None:
    """Recorded, loaded, replaced, refused, proposed: whatever was written, no table and no log holds one."""
    caplog.set_level(logging.DEBUG)
    world.load(member(1), member(2, tax_id=TAX_IDS[1]), member(3, tax_id=TAX_IDS[2]), member(4))
    world.receive(
        notice("tax_id", 1),
        notice("tax_id", 2),
        notice("tax_id", 3, tax_id=TAX_IDS[2]),
        notice("tax_id", 4, tax_id="86095742718"),
        notice("tax_id", 9, tax_id=TAX_IDS[3]),
    )
    assert world.work() == {"settled": 2, "proposed": 1, "referred": 2}
    assert world.confirm("tax_id-2") == "confirmed"
    assert tax_id_of(world, 2) == TAX_IDS[0]
    written = dump(world)
    assert len(written) > 5000
    for each in (*TAX_IDS, "86095742718"):
        hidden = (each, each.encode().hex(), base64.b64encode(each.encode()).decode())
        assert [form for form in hidden if form in written or form in caplog.text] == []
    assert world.rows(INDEXED) == []


def test_neither_decision_nor_trace_repeats_it(world: Members) -> None:
    world.load(member(1), member(2, tax_id=TAX_IDS[1]))
    world.receive(notice("tax_id", 1), notice("tax_id", 2))
    world.work()
    said = str(world.decisions())
    assert "record_tax_id" in said
    assert [each for each in TAX_IDS if each in said] == []


def test_another_one_counts_only_after_a_second_person_confirmed(world: Members) -> None:
    world.load(member(1, tax_id=TAX_IDS[1]))
    world.receive(notice("tax_id", 1))
    assert world.work() == {"proposed": 1}
    assert tax_id_of(world, 1) == TAX_IDS[1]
    assert world.confirm("tax_id-1") == "confirmed"
    assert tax_id_of(world, 1) == TAX_IDS[0]
    assert world.broken() == []


def test_a_later_notice_joins_the_proposal_about_the_tax_id_but_not_one_about_a_mandate(world: Members) -> None:
    world.load(member(1, tax_id=TAX_IDS[1]))
    world.receive(notice("tax_id", 1))
    world.work()
    world.receive(notice("tax_id", 1, name="again"), notice("sepa_mandate", 1))
    assert world.work() == {"joined": 1, "settled": 1}
    world.confirm("tax_id-1")
    assert world.work() == {"settled": 1}
    assert world.states()["again"] == "settled"


def test_taken_back_the_one_before_counts_again(world: Members) -> None:
    world.load(member(1, tax_id=TAX_IDS[1]), member(2))
    world.receive(notice("tax_id", 1), notice("tax_id", 2))
    world.work()
    world.confirm("tax_id-1")
    for number, before in ((1, TAX_IDS[1]), (2, None)):
        world.reverse(f"tax_id-{number}")
        assert tax_id_of(world, number) == before
        assert world.states()[f"tax_id-{number}"] == "referred"
    assert world.broken() == []


def test_a_clerk_records_it_by_hand_with_a_second_person(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("tax_id", 1, filled_by="representative"))
    assert world.work() == {"referred": 1}
    from dunkelwerk.runner import handling, second_check
    from dunkelwerk.runner.acting import Person

    clerk = Person("kurz", ON, "Vollmacht liegt vor")
    done = handling.act(world.item("tax_id-1"), [{"type": "record_tax_id"}], clerk)
    assert tax_id_of(world, 1) is None
    assert second_check.confirm(done.proposal or 0, Person("weber", ON, "geprüft")).state == "confirmed"
    assert tax_id_of(world, 1) == TAX_IDS[0]
    assert world.states() == {"tax_id-1": "handled"}
    assert world.broken() == []


def test_by_hand_an_invalid_one_is_refused(world: Members) -> None:
    world.load(member(1))
    world.receive(notice("tax_id", 1, tax_id="86095742718"))
    world.work()
    from dunkelwerk.runner import handling
    from dunkelwerk.runner.acting import Person

    with pytest.raises(CommandError, match="keine gültige Steuer-ID"):
        handling.act(world.item("tax_id-1"), [{"type": "record_tax_id"}], Person("kurz", ON, "Grund"))


def test_after_rotating_the_keys_it_still_opens(world: Members, run_cli: Any) -> None:
    world.load(member(1, tax_id=TAX_IDS[1]))
    done = run_cli("keys", "rotate")
    assert done.returncode == 0, done.stderr
    exported = run_cli("export", "case-files", "--line", "members", "--contract", "M-1")
    assert f'"tax_id":"{TAX_IDS[1]}"' in exported.stdout
