"""Data keys: none is destroyed while anything, of whatever part of the product, is sealed with it."""

from __future__ import annotations

import pytest
from retention_support import close_claim, delete, fill, hand_over
from work_support import World

#: keys of other kinds: what a message, a work item or a file is about
COLUMNS = """
    SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN pg_class t ON t.relname = c.table_name
    WHERE c.table_schema = 'public' AND NOT t.relispartition AND c.data_type = 'bigint'
        AND (c.column_name = 'data_key' OR c.column_name LIKE '%\\_key')
    ORDER BY 1, 2
"""


def test_every_column_that_names_a_data_key_is_counted(world: World) -> None:
    world.enter()
    from dunkelwerk.runner.retention_sweeping import SEALED

    found = [(row["table_name"], row["column_name"]) for row in world.rows(COLUMNS)]
    assert ("dialogue", "exit_key") in found
    assert sorted(SEALED) == found


@pytest.mark.parametrize(
    "sealed",
    [
        """INSERT INTO inbox_document (channel, external_id, sha256, name, content, data_key, pages, received_at)
           SELECT 'api', 'D-1', 'x', 'n', 'c', max(id), 1, now() FROM data_key""",
        """INSERT INTO outbox_message (delivery, kind, key, at, data_key, payload, state, next_attempt_at, attempts,
               target)
           SELECT gen_random_uuid(), 'k', 'x', now(), max(id), 'p', 'pending', now(), 0, '{}' FROM data_key""",
    ],
)
def test_what_another_part_sealed_keeps_its_key(world: World, sealed: str) -> None:
    fill(world)
    world.run(sealed)
    for number in (1, 5):
        close_claim(world, number)
    hand_over(world, 4)
    assert delete(world, "2126-01-01").data_keys == 0
    assert world.value("SELECT count(*) FROM data_key") == 1
