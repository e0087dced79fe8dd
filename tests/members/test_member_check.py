"""``dunkelwerk check`` of members: each invariant can break, and is found alone."""

from __future__ import annotations

import pytest
from member_support import OTHER_IBAN, TAX_IDS, Members, mandate, member, notice

from dunkelwerk.lines.members.invariants import GROUPS

OURS = "decision IS NOT NULL"
#: what breaks each invariant
BREAKING = {
    "member_tax_id_recorded": f"UPDATE member_tax_id SET cancelled_on = '2026-11-23' WHERE {OURS}",
    "member_tax_id_sealed": "UPDATE member_tax_id SET data_key = 999",
    "member_tax_id_loaded_once": f"""INSERT INTO member_tax_id (member_id, data_key, sealed, recorded_on)
        SELECT member_id, data_key, sealed, recorded_on FROM member_tax_id WHERE NOT ({OURS})""",
    "mandate_recorded": f"UPDATE mandate SET member_id = (SELECT id FROM member WHERE number = 'M-2') WHERE {OURS}",
    "mandate_movement": f"UPDATE mandate SET decision = NULL WHERE {OURS}",
    "mandate_revoked": "UPDATE mandate SET revoked_by = (SELECT min(id) FROM decision_record) WHERE status = 'active'",
    "mandate_reversed": "UPDATE mandate SET status = 'active', revoked_by = NULL WHERE status = 'revoked'",
    "mandate_creditor": f"UPDATE mandate SET creditor = NULL WHERE {OURS}",
    "mandate_twice": f"""UPDATE mandate SET iban = (SELECT iban FROM mandate WHERE {OURS} AND status = 'active'),
        recurrence = 'recurring', member_id = (SELECT member_id FROM mandate WHERE {OURS} AND status = 'active')
        WHERE reference = 'MD-1'""",
    "member_task": "DELETE FROM work_item WHERE kind = 'member'",
}


def live(world: Members) -> None:
    """Tax IDs loaded and recorded, mandates recorded and reversed, a task."""
    world.load(member(9, mandate("MD-1", iban=OTHER_IBAN)), *(member(number) for number in (1, 2, 4)))
    world.load(member(3, tax_id=TAX_IDS[1]))
    world.receive(notice("tax_id", 1), notice("sepa_mandate", 1), notice("accident", 1), notice("sepa_mandate", 4))
    world.work()
    world.reverse("sepa_mandate-4")


def test_no_invariant_is_left_out() -> None:
    assert [invariant.name for group in GROUPS for invariant in group.invariants] == list(BREAKING)


@pytest.mark.parametrize("name", BREAKING)
def test_each_invariant_can_break_and_is_found_alone(world: Members, name: str) -> None:
    live(world)
    assert world.broken() == []
    world.run(BREAKING[name])
    assert world.broken() == [name]
