"""The brake: stopped processes wait, a day's limits are exact, figures that leave their band stop the process."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from steering_support import OTHER, PROCESS, RATE, add_process, setting, someone, start, steer, stop, work_together
from work_support import Thing, World, case_file, claim, contract, household, note

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.runner.brake import Tally, out_of_band
from dunkelwerk.runner.modes import Setting
from gates import PATIENCE, end_sessions, slow_down, wait_until

pytestmark = pytest.mark.usefixtures("patient_sessions")
CENT = Decimal("0.01")
NEXT = "2026-11-03"
TALLIED = "SELECT coalesce(sum(decided), 0) AS decided, coalesce(sum(dark), 0) AS dark FROM process_tally"
BRAKE_ITEMS = "SELECT basket, kind, key, state, reasons FROM work_item WHERE task = 'brake' ORDER BY id"


def fill(world: World, count: int, *, first: int = 1, **changes: Any) -> None:
    """So many households, and a note for each."""
    numbers = range(first, first + count)
    world.load(*(household(n) for n in numbers))
    world.receive(*(note(n, **changes) for n in numbers))


def settled(world: World) -> int:
    """How many notices are settled."""
    return sum(state == "settled" for state in world.states().values())


# Stop and start


def test_a_stopped_process_decides_nothing_until_it_is_started(world: World) -> None:
    fill(world, 2)
    stop(world)
    before = world.picture()
    assert world.work() == {}
    assert world.picture() == before
    start(world)
    assert world.work() == {"settled": 2}
    assert [each["deed"] for each in world.rows("SELECT deed FROM deed ORDER BY id")] == ["stopped", "started"]
    assert world.broken() == []


def test_who_stopped_it_and_why_is_kept_until_it_starts(world: World) -> None:
    stop(world)
    row = setting(world)
    assert (row["stopped_by"], row["stop_reason"], row["stopped_at"] is None) == (
        *("betrieb", "Prüfung der Tabelle"),
        False,
    )
    with pytest.raises(CommandError, match="schon angehalten"):
        stop(world)
    steer(world, mode="dark")
    assert setting(world)["stopped_by"] == "betrieb"
    start(world)
    assert (setting(world)["stopped_by"], setting(world)["stopped_at"], setting(world)["mode"]) == (None, None, "dark")
    with pytest.raises(CommandError, match="nicht angehalten"):
        start(world)


def test_a_stop_reaches_two_workers_in_the_middle(world: World) -> None:
    """The batches in hand are finished, and no other is begun; nothing is lost."""
    from test_kills import start_work, stop_group

    fill(world, 300)
    slow_down(world.url, "batch", seconds=0.2)  # half a minute of work, which is not done before it is stopped
    command = start_work(world, "--once", "--workers", "2", "--batch-size", "1")
    try:
        wait_until(lambda: settled(world) > 5)
        stop(world)
        stopped = settled(world)
        out, _complaint = command.communicate(timeout=PATIENCE)
    finally:
        stop_group(command)
    after = settled(world)
    assert 5 < stopped <= after <= stopped + 2 < 300
    world.run("DROP TRIGGER slow ON batch")
    assert f"{300 - after} warten: follow-up-sick-note (angehalten von betrieb: Prüfung der Tabelle)" in out
    start(world)
    assert world.work() == {"settled": 300 - after}
    assert world.broken() == []


# Limits of a day


@pytest.mark.parametrize("sizes", [(1,), (3,), (500,), (1, 3), (500, 1)])
@pytest.mark.parametrize("limits", [{"cases_per_day": 7}, {"euros_per_day": 7 * RATE}], ids=["cases", "euros"])
def test_the_last_case_within_a_limit_is_settled_and_no_more(
    world: World, limits: Thing, sizes: tuple[int, ...]
) -> None:
    fill(world, 11)
    steer(world, **limits)
    assert work_together(world, sizes=sizes) == {"settled": 7}
    states = world.states()
    if len(sizes) == 1:  # several workers settle which they hold
        assert [n for n in range(1, 12) if states[f"N-{n}"] == "settled"] == [1, 2, 3, 4, 5, 6, 7]
    assert world.value("SELECT sum(amount) FROM posting") == 7 * RATE
    assert world.rows(TALLIED) == [{"decided": 7, "dark": 7}]
    assert world.broken() == []
    assert work_together(world, sizes=sizes) == {}


@pytest.mark.parametrize(("euros", "count"), [(2 * RATE, 2), (2 * RATE - CENT, 1), (RATE - CENT, 0), (3 * RATE, 3)])
@pytest.mark.parametrize("size", [1, 500])
def test_euros_are_exact_to_the_cent(world: World, euros: Decimal, count: int, size: int) -> None:
    fill(world, 3)
    steer(world, euros_per_day=euros)
    world.work(size=size)
    assert settled(world) == count


def test_nothing_overtakes_a_case_that_the_limit_holds_back(world: World) -> None:
    """A smaller one behind it would fit, but the process has done what it may on this day."""
    larger = case_file(contract("RS-2", [2], claim("C-2", 2), instalment="400.00"))
    world.load(household(1), larger, household(3))
    world.receive(note(1), note(2), note(3))
    steer(world, euros_per_day=2 * RATE)
    assert world.work() == {"settled": 1}
    assert world.work(size=1) == {}
    assert world.states() == {"N-1": "settled", "N-2": "waiting", "N-3": "waiting"}


@pytest.mark.parametrize("size", [1, 3, 500])
def test_referred_notices_do_not_count(world: World, size: int) -> None:
    world.load(*(household(n) for n in range(1, 8)))
    world.receive(*(note(n, formally_correct=n % 2 == 0) for n in range(1, 8)))  # settled are 2, 4 and 6
    steer(world, cases_per_day=2)
    assert world.work(size=size) == {"settled": 2, "referred": 3}
    assert [world.states()[f"N-{n}"] for n in (5, 6, 7)] == ["referred", "waiting", "waiting"]


def test_a_limit_of_none_is_no_limit_and_zero_euros_let_pass_what_releases_nothing(world: World) -> None:
    world.load(household(1), household(2))
    world.receive(note(1, incapacity_until="2026-10-30"), note(2))
    steer(world, euros_per_day=Decimal(0))
    assert world.work() == {"settled": 1}
    assert world.states() == {"N-1": "settled", "N-2": "waiting"}
    steer(world, euros_per_day=None)
    assert world.work() == {"settled": 1}


def test_the_next_business_day_goes_on_with_a_day_of_its_own(world: World) -> None:
    fill(world, 5)
    steer(world, cases_per_day=2)
    on = ("2026-11-02", "2026-11-02", NEXT, NEXT, "2026-11-04")
    assert [sum(world.work(on=day).values()) for day in on] == [2, 0, 2, 0, 1]
    days = world.rows("SELECT business_day, sum(dark)::int AS dark FROM process_tally GROUP BY 1 ORDER BY 1")
    assert [(each["business_day"], each["dark"]) for each in days] == [
        *((date(2026, 11, 2), 2), (date(2026, 11, 3), 2)),
        (date(2026, 11, 4), 1),
    ]


def test_a_raised_limit_lets_the_day_go_on_and_starting_does_not(world: World) -> None:
    fill(world, 4)
    steer(world, cases_per_day=1)
    assert world.work() == {"settled": 1}
    stop(world)
    start(world)
    assert world.work() == {}
    steer(world, cases_per_day=3)
    assert world.work() == {"settled": 2}
    steer(world, cases_per_day=2)  # lowered below what was done already
    assert world.work() == {}


def test_the_limit_of_one_process_does_not_hold_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    add_process(monkeypatch)
    world.load(*(household(n) for n in range(1, 7)))
    world.receive(*(note(n, process=OTHER if n % 2 else PROCESS) for n in range(1, 7)))
    steer(world, cases_per_day=1)
    assert world.work() == {"settled": 4}
    assert {name for name, state in world.states().items() if state == "waiting"} == {"N-4", "N-6"}
    steer(world, OTHER, cases_per_day=1)
    fill(world, 4, first=7, process=OTHER)
    assert work_together(world, sizes=(1, 500)) == {}


def test_what_a_person_confirms_is_no_case_of_the_day(world: World) -> None:
    fill(world, 3)
    steer(world, mode="second_check", cases_per_day=1)
    assert world.work() == {"proposed": 3}
    from dunkelwerk.runner import second_check

    for proposal in (1, 2, 3):
        assert second_check.confirm(proposal, someone("weber")).state == "confirmed"
    assert settled(world) == 3


# Bands


def watched(*, decided: int, dark: int, euros: str = "0") -> str | None:
    """What is said of such figures in the band 0.40 to 0.90, 100 to 200 euros."""
    bands = Setting(
        process=PROCESS,
        dark_rate_low=Decimal("0.4000"),
        dark_rate_high=Decimal("0.9000"),
        mean_amount_low=Decimal("100.00"),
        mean_amount_high=Decimal("200.00"),
    )
    return out_of_band(bands, Tally(decided, dark, Decimal(euros)))


@pytest.mark.parametrize(
    ("decided", "dark", "euros", "inside"),
    [
        *((100, 40, "6000.00", True), (100, 39, "6000.00", False)),
        *((100, 90, "13500.00", True), (100, 91, "13500.00", False)),
        *((100, 50, "5000.00", True), (100, 50, "4999.99", False)),
        *((100, 50, "10000.00", True), (100, 50, "10000.01", False)),
    ],
)
def test_both_ends_of_both_bands_in_pairs(decided: int, dark: int, euros: str, inside: bool) -> None:
    assert (watched(decided=decided, dark=dark, euros=euros) is None) == inside


def test_without_a_dark_case_there_is_no_mean_amount() -> None:
    assert out_of_band(Setting(process=PROCESS, mean_amount_low=Decimal(100)), Tally(100, 0)) is None


def mixed(world: World, pattern: str, *, first: int = 1) -> None:
    """A note for each letter: d will go dark, r will be referred."""
    numbers = range(first, first + len(pattern))
    world.load(*(household(n) for n in numbers))
    world.receive(*(note(n, formally_correct=each == "d") for n, each in zip(numbers, pattern, strict=True)))


@pytest.mark.parametrize(("pattern", "stops"), [("ddrr", False), ("drrr", True)])
def test_the_rate_is_looked_at_when_the_window_is_full(world: World, pattern: str, stops: bool) -> None:
    steer(world, dark_rate_low=Decimal("0.5"), watched=4)
    mixed(world, pattern[::-1])
    assert sum(world.work(size=1).values()) == 4
    assert (setting(world)["stopped_by"] == "brake") == stops
    mixed(world, "d", first=5)
    assert world.work(size=1) == ({} if stops else {"settled": 1})


def test_before_the_window_is_full_nothing_stops(world: World) -> None:
    steer(world, dark_rate_low=Decimal("0.5"), watched=4)
    mixed(world, "rrr")
    assert world.work(size=1) == {"referred": 3}
    assert setting(world)["stopped_by"] is None
    mixed(world, "r", first=4)
    world.work()
    assert setting(world)["stopped_by"] == "brake"


def test_the_window_moves_on(world: World) -> None:
    """What is older than the window is forgotten."""
    steer(world, dark_rate_low=Decimal("0.5"), watched=4)
    mixed(world, "ddddddrr" + "rdd")
    world.work(size=1)
    assert setting(world)["stopped_by"] == "brake"
    assert settled(world) == 6
    assert {world.states()[f"N-{n}"] for n in (9, 10, 11)} == {"referred", "waiting"}
    assert world.states()["N-9"] == "referred"  # the third of four that stops it


def test_a_batch_that_trips_the_brake_stays_and_operations_are_told(world: World) -> None:
    steer(world, mean_amount_high=RATE - CENT, watched=3)
    fill(world, 5)
    assert world.work(size=3) == {"settled": 3}
    row = setting(world)
    assert (row["stopped_by"], row["stop_reason"]) == (
        "brake",
        "Der mittlere Betrag der letzten 3 Fälle ist 312,50 €.",
    )
    item = {"basket": "Betrieb", "kind": "process", "key": PROCESS, "state": "open", "reasons": []}
    assert world.rows(BRAKE_ITEMS) == [item]
    assert settled(world) == 3
    start(world)
    assert world.rows(BRAKE_ITEMS) == [item | {"state": "done"}]
    assert world.broken() == []


def test_after_a_start_the_old_figures_do_not_stop_it_again(world: World) -> None:
    steer(world, dark_rate_low=Decimal("0.5"), watched=4)
    mixed(world, "rrrr")
    world.work(size=1)
    start(world)
    mixed(world, "ddd" + "rrrr", first=5)
    world.work(size=1)
    assert setting(world)["stopped_by"] == "brake"
    # from the start on: d d d r (0.75), d d r r (0.5), d r r r
    assert [world.states()[f"N-{n}"] for n in range(8, 12)] == ["referred"] * 3 + ["waiting"]
    assert len(world.rows(BRAKE_ITEMS)) == 2


def test_a_second_check_a_sample_and_a_shadow_run_leave_the_figures_alone(world: World) -> None:
    """None of them could have gone dark: the rate would fall, and stop the process when it is let loose."""
    steer(world, mode="shadow", dark_rate_low=Decimal("0.9"), watched=2)
    fill(world, 3)
    world.work()
    steer(world, mode="second_check")
    fill(world, 3, first=4)
    world.work()
    steer(world, mode="dark", sample=1)
    fill(world, 3, first=7)
    world.work()
    assert world.rows(TALLIED) == [{"decided": 0, "dark": 0}]
    steer(world, sample=None)
    fill(world, 3, first=10)
    assert world.work(size=1) == {"settled": 3}
    assert (world.rows(TALLIED), setting(world)["stopped_by"]) == ([{"decided": 3, "dark": 3}], None)


def test_two_workers_that_leave_the_band_together_open_one_item(world: World) -> None:
    steer(world, mean_amount_high=CENT, watched=1)
    fill(world, 6)
    ends = work_together(world, sizes=(2, 2))
    assert 2 <= ends["settled"] <= 4  # the other's batch was in hand
    assert len(world.rows(BRAKE_ITEMS)) == 1


# Crashes


def test_a_killed_worker_loses_no_tally(world: World) -> None:
    """Tallies commit with their decisions: the limit is exact however often somebody is killed."""
    from test_kills import fork_worker, kill_after

    fill(world, 40)
    steer(world, cases_per_day=30)
    for batches in (1, 4, 0, 6):
        wanted = world.value("SELECT count(*) FROM batch") + batches
        kill_after(fork_worker(world, size=2), world, wanted, seconds=0.004)
        end_sessions(world.url)  # what it was about to commit is done or not from here on
        decided = world.value("SELECT count(*) FROM decision_record WHERE effective")
        assert world.rows(TALLIED) == [{"decided": decided, "dark": decided}]
    world.work(size=7)
    assert settled(world) == 30
    assert world.rows(TALLIED) == [{"decided": 30, "dark": 30}]
    assert world.broken() == []


def test_a_batch_that_fails_is_tallied_as_it_was_written(world: World) -> None:
    """One is refused by the database and referred: it releases nothing, and is no dark case."""
    fill(world, 4)
    world.run("UPDATE claim SET proven_until = NULL, released_until = '2026-09-30' WHERE number = 'C-2'")
    world.work()
    dark = world.value("SELECT count(*) FROM decision_record WHERE effective")
    assert world.rows(TALLIED) == [{"decided": 4, "dark": dark}]
    assert dark == settled(world) == 3
