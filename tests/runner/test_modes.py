"""How a process runs: off, in shadow, with a second check, dark; and its random sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from steering_support import OTHER, PROCESS, add_process, setting, steer, work_alone
from work_support import Thing, World, household, note

from dunkelwerk.cli import processes as command
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.runner.modes import Setting
from gates import PATIENCE, wait_until

#: sessions that wait for a lock in this database
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
EFFECTS = ("claims", "releases", "instalments", "proofs", "postings", "movements", "letters")
ITEMS = "SELECT task, reasons, state FROM work_item ORDER BY id"
MODES = "SELECT DISTINCT mode, effective, outcome FROM decision_record"


def effects(world: World) -> dict[str, list[str]]:
    """What stands in register, ledger and lists of letters and movements."""
    return {name: rows for name, rows in world.picture().items() if name in EFFECTS}


def fill(world: World, count: int = 2, **changes: Any) -> None:
    """So many households, and a note for each."""
    world.load(*(household(n) for n in range(1, count + 1)))
    world.receive(*(note(n, **changes) for n in range(1, count + 1)))


def count_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a worker waits for others before it looks again: it would again and again, for ever."""
    from dunkelwerk.runner import work

    waits = list[float]()

    def pause(seconds: float, _is_told: object) -> None:
        waits.append(seconds)
        if len(waits) > 9:
            pytest.fail("waits for somebody")

    monkeypatch.setattr(work, "pause", pause)
    return waits


def test_off_leaves_everything_waiting_and_work_ends_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(world)
    before = world.picture()
    steer(world, mode="off")
    waits = count_waits(monkeypatch)
    assert world.work() == {}
    assert waits == []
    assert world.picture() == before
    steer(world, mode=None)
    assert world.work() == {"settled": 2}


def test_what_waits_behind_a_process_that_is_off_waits_and_nobody_waits_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_process(monkeypatch)
    world.load(household(1), household(2))
    later = "2026-12-10"
    world.receive(note(1, process=OTHER), note(1, name="N-1b", incapacity_until=later), note(2))
    steer(world, OTHER, mode="off")
    waits = count_waits(monkeypatch)
    assert world.work() == {"settled": 1}
    assert waits == []
    assert world.states() == {"N-1": "waiting", "N-1b": "waiting", "N-2": "settled"}
    steer(world, OTHER, mode="dark")
    assert world.work() == {"settled": 2}
    assert world.broken() == []


@pytest.mark.parametrize("size", [1, 500])
def test_what_waits_behind_a_process_that_is_not_installed_waits_too(world: World, size: int) -> None:
    world.load(household(1), household(2))
    world.receive(note(1), note(1, name="N-1b"), note(2))
    world.run("UPDATE notice SET process = 'gone' WHERE external_id = 'N-1'")
    assert work_alone(size) == {"settled": 1}
    assert world.states() == {"N-1": "waiting", "N-1b": "waiting", "N-2": "settled"}


def test_in_shadow_nothing_takes_effect_and_a_clerk_is_not_told(world: World) -> None:
    world.load(household(1), household(2))
    before = effects(world)
    steer(world, mode="shadow")
    world.receive(note(1), note(2, formally_correct=False))
    assert world.work() == {"referred": 2}
    assert effects(world) == before
    assert world.states() == {"N-1": "referred", "N-2": "referred"}
    assert world.rows(ITEMS) == [{"task": "referral", "reasons": [], "state": "open"}] * 2
    records = world.rows("SELECT mode, effective, outcome, released FROM decision_record ORDER BY notice")
    assert records == [
        {"mode": "shadow", "effective": False, "outcome": "apply", "released": Decimal("312.50")},
        {"mode": "shadow", "effective": False, "outcome": "refer", "released": Decimal("0.00")},
    ]
    assert [decision["outcome"] for decision in world.decisions().values()] == ["apply", "refer"]
    assert world.broken() == []


def test_a_shadow_run_opens_one_item_and_no_proposal_whatever_it_finds(world: World) -> None:
    """Above a clerk's authority, or with a claim of several left out: it would tell what it found."""
    fill(world)
    steer(world, mode="shadow", sample=1)
    assert world.work(authority_limit="300.00") == {"referred": 2}
    assert world.rows(ITEMS) == [{"task": "referral", "reasons": [], "state": "open"}] * 2
    assert world.rows("SELECT FROM proposal") == []


def test_a_shadow_run_joins_no_proposal_that_is_pending(world: World) -> None:
    world.load(household(1))
    world.receive(note(1), note(1, name="N-1b", incapacity_until="2026-12-10"))
    steer(world, mode="second_check")
    assert work_alone(1) == {"proposed": 1, "joined": 1}
    world.run("UPDATE notice SET state = 'waiting', work_item = NULL, decision = NULL WHERE external_id = 'N-1b'")
    steer(world, mode="shadow")
    assert world.work() == {"referred": 1}


def test_second_check_keeps_everything_for_an_examiner(world: World) -> None:
    fill(world)
    before = effects(world)
    steer(world, mode="second_check")
    assert world.work() == {"proposed": 2}
    assert effects(world) == before
    assert world.rows(MODES) == [{"mode": "second_check", "effective": False, "outcome": "second_check"}]
    assert world.broken() == []


def test_a_referral_is_a_referral_in_every_mode(world: World) -> None:
    world.load(*(household(n) for n in (1, 2, 3)))
    for n, mode in enumerate(("second_check", "dark", None), 1):
        steer(world, mode=mode)
        world.receive(note(n, formally_correct=False))
        assert world.work() == {"referred": 1}
    assert set(map(str, world.reasons().values())) == {"['formally_defective']"}


def test_what_is_set_goes_before_the_parameter(world: World) -> None:
    """None leaves it to the parameter."""
    world.load(*(household(n) for n in (1, 2, 3)))
    for n, (mode, end) in enumerate((("dark", "settled"), ("second_check", "proposed"), (None, "proposed")), 1):
        steer(world, mode=mode)
        world.receive(note(n))
        assert world.work(mode="second_check") == {end: 1}
    assert world.broken() == []


def test_what_was_drawn_is_the_same_for_every_batch_size_and_order(world: World) -> None:
    steer(world, sample=2, seed="Oktober")
    wanted = Setting(process=PROCESS, sample=2, seed="Oktober")
    drawn = {f"N-{n}" for n in range(1, 13) if wanted.draws(f"scan:N-{n}")}
    assert 0 < len(drawn) < 12
    world.load(*(household(n) for n in range(1, 13)))
    backwards = world.copy()
    world.receive(*(note(n) for n in range(1, 13)))
    backwards.receive(*(note(n) for n in range(12, 0, -1)))
    for each, size in ((world, 500), (backwards, 1)):
        assert each.work(size=size) == {"settled": 12 - len(drawn), "proposed": len(drawn)}
        assert {name for name, state in each.states().items() if state == "proposed"} == drawn
        assert each.broken() == []


def draw(n: int, seed: str, *, process: str = PROCESS, count: int = 6000) -> set[int]:
    """Which of so many notices are drawn."""
    wanted = Setting(process=process, sample=n, seed=seed)
    return {each for each in range(count) if wanted.draws(f"scan:N-{each}")}


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_about_one_in_n_is_drawn(n: int) -> None:
    """Within four standard deviations."""
    share, count = 1 / n, 6000
    assert abs(len(draw(n, "s")) - count * share) < 4 * (count * share * (1 - share)) ** 0.5


def test_one_in_one_is_every_notice_and_none_is_no_notice() -> None:
    assert len(draw(1, "s", count=100)) == 100
    assert not any(Setting(process=PROCESS, seed="s").draws(f"scan:N-{n}") for n in range(100))


def test_another_seed_or_process_draws_others() -> None:
    """Two draws of a tenth have about a hundredth in common."""
    assert draw(10, "s") == draw(10, "s")
    for other in (draw(10, "t"), draw(10, "s", process=OTHER)):
        assert len(draw(10, "s") & other) < 100


def test_what_is_not_named_stays_and_every_change_is_a_deed(world: World) -> None:
    world.enter()
    from steering_support import someone

    from dunkelwerk.runner.steering import change

    change(PROCESS, {"mode": "shadow", "cases_per_day": 7}, someone("kurz", "Einführung mit der Revision"))
    first = setting(world)
    change(PROCESS, {"sample": 10, "seed": "x"}, someone("weber", ""))
    second = setting(world)
    assert {name: second[name] for name in ("mode", "cases_per_day", "sample")} == {
        **{"mode": "shadow", "cases_per_day": 7, "sample": 10},
    }
    assert second["version"] == first["version"] + 1
    deeds = world.rows("SELECT actor, deed, kind, key, words IS NULL AS wordless FROM deed ORDER BY id")
    assert deeds == [
        {"actor": "kurz", "deed": "set", "kind": "process", "key": PROCESS, "wordless": False},
        {"actor": "weber", "deed": "set", "kind": "process", "key": PROCESS, "wordless": False},
    ]
    assert world.value("SELECT count(*) FROM deed WHERE position('Revision'::bytea in words) > 0") == 0


@pytest.mark.usefixtures("patient_sessions")
def test_a_stop_meanwhile_is_not_lost_by_setting_something(world: World) -> None:
    """The brake of a worker commits between reading the setting and writing it."""
    import threading

    steer(world, mode="dark")
    from steering_support import someone

    from dunkelwerk.runner import steering

    with world.connect() as worker:
        worker.execute("UPDATE process_setting SET stopped_at = now(), stopped_by = 'brake', stop_reason = 'Quote'")
        other = threading.Thread(target=lambda: (steering.change(PROCESS, {"sample": 5}, someone()), hang_up()))
        other.start()
        wait_until(lambda: world.value(BLOCKED) or not other.is_alive())
        worker.commit()
    other.join(PATIENCE)
    row = setting(world)
    assert (row["sample"], row["stopped_by"]) == (5, "brake")


def hang_up() -> None:
    """Let go of this thread's connection."""
    from django.db import connection

    connection.close()


def test_the_list_for_people_and_for_programs(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dunkelwerk.insight.casework.NARROWEST", 160)
    fill(world, 3)
    world.work(size=1)
    steer(world, mode="dark", sample=10, seed="s", cases_per_day=5, euros_per_day=Decimal("1000.00"))
    world.receive(note(1, name="N-1b"))
    world.run("UPDATE notice SET process = 'gone' WHERE external_id = 'N-1b'")
    capsys.readouterr()
    command.list_(on="2026-11-02")
    lines = capsys.readouterr().out.splitlines()
    (mine,) = [line for line in lines if line.startswith("follow-up-sick-note")]
    assert mine.split()[1:] == [*("dunkel", "1", "von", "10"), *("0", "3", "100%", "937,50", "€", "läuft")]
    (gone,) = [line for line in lines if line.startswith("gone")]
    assert gone.split()[1:] == [
        *("nach", "Parametern", "–", "1", "0", "–", "0,00", "€"),
        "hier",
        "nicht",
        "installiert",
    ]
    command.list_(on="2026-11-02", as_json=True)
    told = {each["process"]: each for each in map(json.loads, capsys.readouterr().out.splitlines())}
    own, other = told[PROCESS], told["gone"]
    assert (own["process"], own["mode"], own["sample"], own["waiting"]) == (PROCESS, "dark", 10, 0)
    assert (own["euros_per_day"], own["cases_per_day"], own["state"]) == ("1000.00", 5, "läuft")
    assert own["today"] == {"decided": 3, "dark": 3, "euros": "937.50"}
    assert (other["process"], other["waiting"], other["state"]) == ("gone", 1, "hier nicht installiert")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mode": "off"}, "aus"),
        ({"cases_per_day": 1}, "Tagesgrenze erreicht"),
        ({"mode": "shadow"}, "läuft"),
    ],
)
def test_the_state_in_words(world: World, changes: Thing, words: str) -> None:
    fill(world)
    steer(world, **changes)
    world.work()
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.runner.steering import read_standings

    standing = next(each for each in read_standings(business_day("2026-11-02")) if each.setting.process == PROCESS)
    assert standing.state == words


def wrong(option: str, text: str) -> tuple[str, str, bool]:
    """An option's value that must be refused."""
    return option, text, False


def right(option: str, text: str) -> tuple[str, str, bool]:
    """An option's value that is taken."""
    return option, text, True


OPTIONS = [
    *(right("mode", "shadow"), right("mode", "none"), wrong("mode", "Shadow"), wrong("mode", "")),
    *(
        right("sample", "1"),
        wrong("sample", "0"),
        wrong("sample", "-1"),
        wrong("sample", "1.5"),
        right("sample", "none"),
    ),
    *(right("cases", "1000000000"), wrong("cases", "1000000001"), wrong("cases", "9" * 5000), wrong("cases", "zwei")),
    *(right("euros", "0"), right("euros", "0.01"), wrong("euros", "0.001"), wrong("euros", "-0.01")),
    *(wrong("euros", "50.000"), wrong("euros", "1.000,50"), wrong("euros", "nan"), wrong("euros", "inf")),
    *(right("euros", "999999999.99"), wrong("euros", "1000000000")),
    *(right("window", "1"), wrong("window", "0"), wrong("window", "none")),
    *(right("seed", "x" * 100), wrong("seed", "x" * 101)),
    *(right("dark_rate", "0.4:0.9"), wrong("dark_rate", "0.9:0.4"), right("dark_rate", "0.4:0.4")),
    *(right("dark_rate", "0:1"), wrong("dark_rate", "0:1.01"), wrong("dark_rate", "1.01:")),
    *(right("dark_rate", "0.4:"), right("dark_rate", ":0.9"), wrong("dark_rate", ":"), wrong("dark_rate", "0.4")),
    *(right("dark_rate", "0.1234:"), wrong("dark_rate", "0.12345:"), wrong("dark_rate", "0.1:0.2:0.3")),
    *(right("mean_amount", "100:2000.50"), wrong("mean_amount", "2000.51:2000.50"), right("mean_amount", "none")),
]


@pytest.mark.parametrize(("option", "text", "taken"), OPTIONS)
def test_what_can_be_set_in_pairs(option: str, text: str, taken: bool) -> None:
    """What is refused is refused before a database is asked, or a name."""
    if taken:
        texts = dict.fromkeys(("mode", "sample", "seed", "cases", "euros", "window"))
        bands = command.read_band("dark_rate", text, largest=Decimal(1)) if option == "dark_rate" else {}
        bands |= command.read_band("mean_amount", text) if option == "mean_amount" else {}
        assert bands or command.read_changes(**{**texts, option: text})
        return
    with pytest.raises(CommandError) as refused:
        command.set_(PROCESS, **{option: text})
    name = {"cases": "cases-per-day", "euros": "euros-per-day"}.get(option, option.replace("_", "-"))
    assert (refused.value.code, str(refused.value).startswith(f"--{name}: ")) == (2, True)


def test_what_the_command_sets(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    bands = {"dark_rate": "0.4:0.95", "mean_amount": ":2000"}
    command.set_(PROCESS.replace("_", "-"), mode="dark", euros="0.01", window="50", **bands, actor="k", on="2026-11-02")
    assert capsys.readouterr().out == "follow-up-sick-note ist eingestellt.\n"
    row = setting(world)
    assert {
        name: str(row[name]) for name in ("mode", "euros_per_day", "watched", "dark_rate_low", "dark_rate_high")
    } == {
        **{"mode": "dark", "euros_per_day": "0.01", "watched": "50", "dark_rate_low": "0.4000"},
        "dark_rate_high": "0.9500",
    }
    assert (row["mean_amount_low"], row["mean_amount_high"]) == (None, Decimal("2000.00"))
    command.set_(PROCESS, mode="none", euros="none", dark_rate="none", actor="k", on="2026-11-02")
    row = setting(world)
    assert (row["mode"], row["euros_per_day"], row["dark_rate_low"], row["dark_rate_high"]) == (None,) * 4
    assert row["watched"] == 50


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: command.set_(PROCESS, actor="k"), "Bitte sagen, was einzustellen ist"),
        (lambda: command.set_("no-such", mode="dark", actor="k"), "Den Prozess no-such gibt es nicht"),
        (lambda: command.stop(PROCESS, actor="k", reason=" "), "Wer anhält, sagt warum"),
        (lambda: command.start(PROCESS, actor="k", reason=""), "Wer wieder anfährt, sagt warum"),
        (lambda: command.stop(PROCESS, actor=" ", reason="r"), "--actor"),
    ],
)
def test_wrong_calls_are_told_in_a_sentence(django_database: str, call: Callable[[], None], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        call()
    assert refused.value.code == 2
