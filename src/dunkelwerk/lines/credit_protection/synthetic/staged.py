"""The scenarios of a process as cases of a register: every reason that the process knows happens to somebody.

Each scenario gets persons, contracts, claims and tariffs of its own, so that all of them fit into one database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.process import Process
from dunkelwerk.lines.credit_protection.scenarios.cases import case_file_of, notice_of
from dunkelwerk.lines.credit_protection.scenarios.running import scenarios_of
from dunkelwerk.lines.scenarios import Scenario

#: what concerns the file itself cannot be put into a register
UNSTAGEABLE = ("case_file", "file_order")


class Staged(Struct, frozen=True):
    """One scenario with names of its own: its case file, its notice, and the day on which it plays."""

    scenario: Scenario
    business_day: Any
    case_file: dict[str, Any]
    notice: dict[str, Any]

    @property
    def parameters(self) -> dict[str, Any]:
        """What the insurer set otherwise."""
        return dict(self.scenario.differs.get("parameters", {}))

    @property
    def codes(self) -> set[str]:
        """The reasons that it must give."""
        return {next(iter(each)) if isinstance(each, dict) else str(each).split()[0] for each in self.reasons}

    @property
    def reasons(self) -> list[Any]:
        """The reasons as the scenario writes them."""
        return list(self.scenario.differs.get("reasons", ()))


def show_every_reason(staged: Iterable[Staged]) -> tuple[list[Staged], list[Staged]]:
    """Those under the product's own parameters; and of the others as many as show a reason that those do not."""
    ours: list[Staged] = []
    others: list[Staged] = []
    for each in staged:
        (others if each.parameters else ours).append(each)
    seen = {(each.scenario.process, code) for each in ours for code in each.codes}
    more = []
    for each in others:
        shown = {(each.scenario.process, code) for code in each.codes}
        if not shown <= seen:
            more.append(each)
            seen |= shown
    return ours, more


def stage(process: Process[Any, Any, Any, Any], *, copy: int = 0) -> Iterator[Staged]:
    """The scenarios of a process that a register can hold; each ``copy`` has other names."""
    prefix = f"{process.name}-{copy}" if copy else process.name
    for number, scenario in enumerate(scenarios_of(process), 1):
        if any(name in scenario.differs for name in UNSTAGEABLE):
            continue
        case_file = msgspec.json.decode(msgspec.json.encode(case_file_of(scenario)))
        notice = msgspec.json.decode(msgspec.json.encode(notice_of(scenario)))
        readable = is_readable(case_file, process.line.case_file) and is_readable(notice, process.notice)
        if not readable or "process" in notice:
            continue
        names = {name: f"{prefix}-{number}-{name}" for name in own_names(case_file)}
        renamed = rename(notice, names) | {"process": process.name, "id": f"{prefix}-{number}"}
        yield Staged(scenario, day_of(scenario), rename(case_file, names), renamed)


def is_readable(value: dict[str, Any], kind: Any) -> bool:
    """Whether register or inbox would take it: what is malformed stays at the door."""
    try:
        msgspec.json.decode(msgspec.json.encode(value), type=kind)
    except (msgspec.ValidationError, ValueError):
        return False
    return True


def day_of(scenario: Scenario) -> Any:
    """The scenario's business day."""
    return scenario.differs.get("business_day", scenario.usual["business_day"])


def own_names(case_file: dict[str, Any]) -> Iterator[str]:
    """The ids that must differ between two case files."""
    for kind, field in (("persons", "id"), ("tariffs", "id"), ("contracts", "number")):
        yield from (str(each[field]) for each in case_file[kind])
    yield str(case_file["key"])


def rename(value: Any, names: dict[str, str]) -> Any:
    """The value with every such id replaced, wherever it stands."""
    if isinstance(value, dict):
        return {key: rename(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [rename(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value
