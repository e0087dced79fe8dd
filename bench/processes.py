"""Notices a second of each process with all effects: the scenarios as cases, again and again, two workers."""

from __future__ import annotations

import itertools
from typing import Any

from bench.stage import stage as open_stage
from dunkelwerk.lines.credit_protection.synthetic.staged import Staged, stage
from dunkelwerk.lines.registry import processes

NOTICES = 5_000
WARM_UP = 500
#: on the large synthetic register
MEASURED_ALREADY = "follow_up_sick_note"


def measure(scale: int) -> dict[str, Any]:
    """Each process by itself; ``scale``: a how manieth of everything."""
    names = [name for name, each in processes().items() if each.line.name == "credit_protection"]
    return {f"{name}, 2 workers": measure_process(name, scale) for name in names if name != MEASURED_ALREADY}


def measure_process(name: str, scale: int) -> dict[str, Any]:
    """One process on a register of its own."""
    warm_up, count = WARM_UP // scale, NOTICES // scale
    cases = take(name, warm_up + count)
    lines = {"case_lines": [each.case_file for each in cases], "notice_lines": [each.notice for each in cases]}
    with open_stage(len(cases), deliveries=[warm_up, count], **lines) as it:
        it.work()  # warm up
        return it.work(workers=2)


def take(name: str, count: int) -> list[Staged]:
    """So many cases that a register takes, scenario after scenario."""
    process = processes()[name]
    copies = (stage(process, copy=copy) for copy in itertools.count(1))
    usable = (each for copy in copies for each in copy if not each.parameters and is_sound(each))
    return list(itertools.islice(usable, count))


def is_sound(staged: Staged) -> bool:
    """Whether the register takes it: not those scenarios that are about a faulty case file."""
    return "technical_failure" not in staged.codes
