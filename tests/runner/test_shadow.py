"""``dunkelwerk shadow``: what a process would have done, beside what clerks did with the same notices."""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from steering_support import someone, steer
from work_support import ON, TODAY, Thing, World, household, note

from dunkelwerk.infra.errors import CommandError
from pages import Command, Shell, steps

PROOF: Thing = {"type": "record_proof", "until": "2026-11-30"}
EXTENSION: Thing = {"type": "extend_benefit", "until": "2026-11-30"}
#: what the process would do with the usual note, as it is compared
WOULD = [
    "extend_benefit RS-{n} C-{n} 2026-11-30",
    "record_proof RS-{n} C-{n} 2026-11-30",
    "release_instalment RS-{n} C-{n} 2026-11-15 312.50",
]


def shadowed(world: World, *numbers: int, **changes: Any) -> World:
    """A note on each household, decided in shadow only: item n is that of N-n."""
    steer(world, mode="shadow")
    world.load(*(household(n) for n in numbers))
    world.receive(*(note(n, **changes) for n in numbers))
    assert world.work() == {"referred": len(numbers)}
    return world


def act(item: int, *wanted: Thing) -> int:
    """A clerk does it and somebody else confirms it; the decision that took effect."""
    from dunkelwerk.runner import handling, second_check

    done = handling.act(item, wanted, someone("kurz"))
    if done.proposal is None:
        return done.decision
    return second_check.confirm(done.proposal, someone("weber")).decision or 0


def compared(world: World, since: Any = ON, process: str | None = None) -> list[Any]:
    """What the command compares, in order."""
    world.enter()
    from django.db import connection

    from dunkelwerk.infra.keys import Vault
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.runner.shadow import compare

    with connection.cursor() as cursor:
        vault = Vault(cursor, on=ON)
    with snapshot():
        return list(compare(vault, since=since, process=process))


def verdicts(world: World) -> dict[str, str]:
    """The verdict on each notice's last decision."""
    return {one.notice: one.verdict for one in compared(world)}


def test_the_same_by_hand_is_the_same_whatever_letters_go_out(world: World) -> None:
    shadowed(world, 1)
    (before,) = compared(world)
    assert (before.verdict, before.clerk, before.shadow) == ("open", [], [each.format(n=1) for each in WOULD])
    act(1, PROOF, EXTENSION, {"type": "send_letter", "template": "benefit_end"})
    (one,) = compared(world)
    assert (one.verdict, one.clerk) == ("same", one.shadow)
    assert one.shadow_released == one.clerk_released == Decimal("312.50")
    assert (one.process, one.contract, one.outcome, one.business_day) == ("follow_up_sick_note", "RS-1", "apply", ON)


@pytest.mark.parametrize(
    ("wanted", "missing", "other"),
    [
        ((PROOF, EXTENSION | {"until": "2026-11-29"}), 0, "extend_benefit RS-1 C-1 2026-11-29"),
        ((PROOF | {"until": "2026-11-29"}, EXTENSION), 1, "record_proof RS-1 C-1 2026-11-29"),
        (
            (PROOF, EXTENSION, {"type": "release_instalment", "due": "2026-11-15", "amount": "312.49"}),
            2,
            "release_instalment RS-1 C-1 2026-11-15 312.49",
        ),
    ],
)
def test_another_day_or_cent_is_different(world: World, wanted: tuple[Thing, ...], missing: int, other: str) -> None:
    shadowed(world, 1)
    act(1, *wanted)
    (one,) = compared(world)
    assert one.verdict == "different"
    assert set(one.shadow) - set(one.clerk) == {WOULD[missing].format(n=1)}
    assert set(one.clerk) - set(one.shadow) == {other}


def test_a_clerk_who_did_nothing_is_told_from_one_who_is_not_there_yet(world: World) -> None:
    from dunkelwerk.runner import handling

    shadowed(world, 1, 2, 3)
    handling.close(1, someone("kurz"))
    act(2, {"type": "file_notice"})
    assert verdicts(world) == {"N-1": "nothing", "N-2": "nothing", "N-3": "open"}


def test_a_proposal_that_waits_is_not_done_yet(world: World) -> None:
    from dunkelwerk.runner import handling

    shadowed(world, 1)
    handling.act(1, [PROOF, EXTENSION], someone("kurz"))
    assert verdicts(world) == {"N-1": "open"}


def test_what_the_shadow_would_have_referred_or_proposed_is_no_disagreement(world: World) -> None:
    shadowed(world, 1, formally_correct=False)
    world.load(household(2))
    world.receive(note(2))
    world.work(authority_limit="300.00")
    act(1, PROOF, EXTENSION)
    act(2, PROOF)
    assert [(one.notice, one.verdict, one.outcome) for one in compared(world)] == [
        ("N-1", "referred", "refer"),
        ("N-2", "referred", "second_check"),
    ]


def test_both_attempts_of_a_corrected_notice_are_measured_by_what_was_done_in_the_end(world: World) -> None:
    from dunkelwerk.runner import handling

    shadowed(world, 1, incapacity_until="2026-11-20")
    handling.correct(1, {"incapacity_until": "2026-11-30"}, someone("kurz"))
    assert world.work() == {"referred": 1}
    assert [one.verdict for one in compared(world)] == ["open", "open"]
    act(2, PROOF, EXTENSION)
    first, second = compared(world)
    assert (first.verdict, second.verdict) == ("different", "same")
    assert first.clerk == second.clerk == second.shadow


def test_what_a_clerk_did_and_reversed_does_not_count(world: World) -> None:
    from dunkelwerk.runner import reversing, second_check

    shadowed(world, 1)
    decision = act(1, PROOF, EXTENSION)
    (proposal,) = reversing.propose(reversing.find(reversing.Wanted(decisions=[decision])), someone("kurz")).proposals
    assert verdicts(world) == {"N-1": "same"}
    second_check.confirm(proposal, someone("berg"))
    (one,) = compared(world)
    assert (one.verdict, one.clerk, one.clerk_released) == ("open", [], Decimal("0"))


def test_only_the_process_and_the_days_asked_for(world: World) -> None:
    from datetime import timedelta

    shadowed(world, 1)
    assert len(compared(world, process="follow_up_sick_note")) == 1
    assert compared(world, process="other") == compared(world, since=ON + timedelta(1)) == []


def test_the_report_counts_sums_and_shows_what_differs(
    world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from dunkelwerk.cli.shadow import shadow
    from dunkelwerk.runner import handling

    shadowed(world, 1, 2, 3, 4)
    act(1, PROOF, EXTENSION)
    act(2, PROOF)
    handling.close(3, someone("kurz"))
    out = tmp_path / "shadow.jsonl"
    shadow(TODAY, cases=1, out=out)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "Der Schattenlauf entschied …          Meldungen",
        "wie die Sachbearbeitung               1",
        "anders als die Sachbearbeitung        1",
        "die Sachbearbeitung tat nichts        1",
        "noch nicht bearbeitet                 1",
        "hätte er ausgesteuert oder vorgelegt  0",
        "Freigaben der bearbeiteten Fälle: Schattenlauf 937,50 €, Sachbearbeitung 312,50 €.",
        "",
        "N-2 · RS-2 · Entscheidung 2",
        "  Schatten: RS-2/C-2 Leistung verlängert bis 30.11.2026; RS-2/C-2 Nachweis anerkannt bis 30.11.2026; "
        "RS-2/C-2 Rate freigegeben 15.11.2026, 312,50 €",
        "  Sachbearbeitung: RS-2/C-2 Nachweis anerkannt bis 30.11.2026",
    ]
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(line["notice"], line["verdict"], line["clerk_released"]) for line in lines] == [
        *(("N-1", "same", "312.50"), ("N-2", "different", "0.00"), ("N-3", "nothing", "0"), ("N-4", "open", "0")),
    ]
    assert lines[0]["shadow"] == lines[0]["clerk"] == [each.format(n=1) for each in WOULD]
    assert not any(word in out.read_text("utf-8") for word in ("Nachname", "Vorname", "M54"))


def test_the_page_on_going_live_shows_what_the_program_says(world: World, tmp_path: Path) -> None:
    from dunkelwerk.runner import handling

    shadowed(world, 1, 2, 3, 4)
    act(1, PROOF, EXTENSION)
    act(2, PROOF)
    handling.close(3, someone("kurz"))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    typed = [step for step in steps("shadow.md") if isinstance(step, Command)]
    with Shell(tmp_path, {"PATH": path, "DUNKELWERK_TODAY": TODAY, "COLUMNS": "160"}) as shell:
        differences = [difference for step in typed if (difference := step.difference(shell.type(step.line)))]
    assert "\n\n".join(differences) == ""
    assert len(typed) > 2


def test_a_file_that_cannot_be_written_is_one_sentence(world: World, tmp_path: Path) -> None:
    from dunkelwerk.cli.shadow import shadow

    shadowed(world, 1)
    with pytest.raises(CommandError, match=r"nowhere/shadow.jsonl"):
        shadow(TODAY, out=tmp_path / "nowhere" / "shadow.jsonl")
