"""Both lines of business in one inbox, one worker, one file of parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from member_support import Members, member, notice
from work_support import household, note, write_lines


def load_both(world: Members, run_cli: Any, count: int) -> None:
    """``count`` members and as many contracts, numbered alike."""
    world.load(*(member(number) for number in range(1, count + 1)))
    lines = write_lines(world.folder / "households.jsonl", [household(number) for number in range(1, count + 1)])
    assert run_cli("load", lines).returncode == 0


def test_one_worker_decides_what_came_to_either_line(world: Members, run_cli: Any) -> None:
    load_both(world, run_cli, 4)
    for number in range(1, 5):
        world.receive(notice("tax_id", number), note(number))
    assert world.work(size=3, on="2026-11-02") == {"settled": 8}
    assert world.broken() == []


def test_a_long_queue_of_one_line_is_not_read_for_the_other(world: Members, run_cli: Any) -> None:
    """What waits for another line touches no case file of this one: only this line's own notices are compared."""
    from django.db import connection, transaction

    from dunkelwerk.lines.registry import lines, store_of
    from dunkelwerk.runner.picking import pick

    load_both(world, run_cli, 3)
    world.receive(*(note(number) for number in (1, 2, 3)), notice("tax_id", 1))
    asked: list[set[str]] = []
    store = store_of(lines()["members"])
    find = store.find_closures

    def watched(cursor: Any, keys: Any) -> Any:
        asked.append(set(keys))
        return find(cursor, keys)

    with transaction.atomic(), connection.cursor() as cursor:
        watching = type("Watching", (), {"find_closures": staticmethod(watched), "lock": store.lock})()
        picked = pick(cursor, watching, ["tax_id"], size=10, elsewhere=["follow_up_sick_note"])
    assert [each.external_id for each in picked.notices] == ["tax_id-1"]
    assert set().union(*asked) == {"M-1"}


def test_one_file_of_parameters_serves_both_lines(world: Members, run_cli: Any, tmp_path: Path) -> None:
    load_both(world, run_cli, 1)
    world.receive(notice("tax_id", 1, tax_id=None), note(1, formally_correct=False))
    said = {
        "gap_tolerance": 1,
        "mandate_receipt_days": 10,
        "dispositions": {"tax_id_not_given": "ignore", "formally_defective": "ignore"},
    }
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(said), "utf-8")
    done = run_cli("work", "--once", "--parameters", path, "--on", "2026-11-23")
    assert (done.returncode, done.stderr) == (0, "")
    assert set(world.states().values()) == {"settled"}


def test_what_no_line_knows_is_wrong_usage_still(world: Members, run_cli: Any, tmp_path: Path) -> None:
    for said in ({"gap_tolerence": 1}, {"dispositions": {"tax_id_not_giben": "ignore"}}):
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump(said), "utf-8")
        done = run_cli("work", "--once", "--parameters", path)
        assert done.returncode == 2
        assert "unbekannt" in done.stderr
