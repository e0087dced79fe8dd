"""One business day per batch, recorded: from ``--on``, from ``DUNKELWERK_TODAY`` outside production, else the clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from work_support import World, household, note

DAYS = "SELECT DISTINCT business_day FROM batch ORDER BY 1"


def fill(world: World, count: int) -> None:
    """Households with a note each."""
    world.load(*(household(number) for number in range(1, count + 1)))
    world.receive(*(note(number) for number in range(1, count + 1)))


def test_a_day_from_the_environment_is_refused_in_production(world: World, run_cli: Any) -> None:
    fill(world, 1)
    refused = run_cli("work", "--once", DUNKELWERK_TODAY="2026-11-02", DUNKELWERK_MODE="production")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == ("DUNKELWERK_TODAY ist in der Produktion nicht erlaubt; bitte die Variable entfernen.\n")
    assert world.states() == {"N-1": "waiting"}
    taken = run_cli("work", "--once", DUNKELWERK_TODAY="2026-11-02", DUNKELWERK_MODE="test")
    assert taken.returncode == 0, taken.stderr
    assert world.rows(DAYS) == [{"business_day": date(2026, 11, 2)}]


def test_the_option_prevails_over_the_environment_in_production_too(world: World, run_cli: Any) -> None:
    fill(world, 1)
    day = ("--on", "2026-11-03")
    ended = run_cli("work", "--once", *day, DUNKELWERK_TODAY="2026-11-02", DUNKELWERK_MODE="production")
    assert ended.returncode == 0, ended.stderr
    assert world.rows(DAYS) == [{"business_day": date(2026, 11, 3)}]


@pytest.mark.parametrize("wrong", ["02.11.2026", "2026-11-31", ""])
def test_no_date_is_wrong_usage(run_cli: Any, wrong: str) -> None:
    refused = run_cli("work", "--once", "--on", wrong)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "--on: kein Datum der Form JJJJ-MM-TT.\n"


def test_a_batch_that_begins_before_midnight_keeps_its_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row of a batch has the day on which it began; the next batch has its own, in a new month's partition."""
    from dunkelwerk.lines.registry import lines
    from dunkelwerk.runner import work

    fill(world, 9)
    each_round = len(lines())  # every line of business is asked for a batch
    days = iter([date(2026, 11, 30)] * 2 * each_round + [date(2026, 12, 1)] * 9 * each_round)
    monkeypatch.setattr(work, "business_day", lambda on: next(days))
    world.work(size=3, gap_tolerance=99)
    rows = world.rows(
        """SELECT b.business_day, count(DISTINCT b.id) AS batches, count(DISTINCT d.id) AS records,
                  array_agg(DISTINCT d.business_day) AS decided, array_agg(DISTINCT m.business_day) AS moved,
                  array_agg(DISTINCT p.business_day) AS posted, array_agg(DISTINCT l.business_day) AS written
           FROM batch b JOIN decision_record d ON d.batch = b.id JOIN movement m ON m.decision = d.id
           LEFT JOIN posting p ON p.decision = d.id LEFT JOIN letter_order l ON l.decision = d.id
           GROUP BY 1 ORDER BY 1"""
    )
    first, second = date(2026, 11, 30), date(2026, 12, 1)
    assert [(row["business_day"], row["batches"], row["records"]) for row in rows] == [(first, 2, 6), (second, 1, 3)]
    for row in rows:
        for column in ("decided", "moved", "posted", "written"):
            assert [day for day in row[column] if day] == [row["business_day"]], column
    partitions = world.rows("SELECT DISTINCT tableoid::regclass::text AS name FROM decision_record ORDER BY 1")
    assert [row["name"] for row in partitions] == ["decision_record_2026_11", "decision_record_2026_12"]
    assert world.broken() == []


@pytest.mark.parametrize(
    ("utc", "day"),
    [("2026-06-30T21:59:00", date(2026, 6, 30)), ("2026-06-30T22:00:00", date(2026, 7, 1))],
)
def test_the_clock_is_that_of_berlin(world: World, monkeypatch: pytest.MonkeyPatch, utc: str, day: date) -> None:
    from dunkelwerk.infra import businessday

    moment = datetime.fromisoformat(f"{utc}+00:00").astimezone(businessday.BERLIN)
    monkeypatch.setattr(businessday, "now", lambda: moment)
    fill(world, 1)
    world.work(on=None)
    assert world.rows(DAYS) == [{"business_day": day}]
