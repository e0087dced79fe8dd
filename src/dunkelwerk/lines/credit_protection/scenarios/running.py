"""A scenario decided: one line of JSON for the notice and one for the case file, exactly as ``dunkelwerk decide``."""

from __future__ import annotations

from typing import Any

import msgspec

from dunkelwerk.decisions.parameters import read_yaml
from dunkelwerk.decisions.process import Process
from dunkelwerk.decisions.reading import Duplicate, Raw, Reader, Source
from dunkelwerk.lines.credit_protection.scenarios.cases import case_file_of, notice_of
from dunkelwerk.lines.credit_protection.scenarios.language import Scenario, read_scenarios

AnyProcess = Process[Any, Any, Any, Any]


def scenarios_of(process: AnyProcess) -> list[Scenario]:
    """The scenarios of a process, none where its folder has no ``scenarios.yaml``.

    Raises ScenarioError, or ParameterError for a file that is no YAML.
    """
    path = process.folder / "scenarios.yaml"
    return list(read_scenarios(process.name, read_yaml(path))) if path.is_file() else []


def decide(scenario: Scenario, process: AnyProcess) -> dict[str, Any]:
    """What the process decides, as JSON that was written and read again."""
    reader = Reader(process, parameters_of(scenario, process))
    notice = reader.read_notice(Raw(Source("meldungen.jsonl", 1), msgspec.json.encode(notice_of(scenario))))
    case = Raw(Source("akten.jsonl", 1), msgspec.json.encode(case_file_of(scenario)))
    match scenario.differs.get("case_file"):
        case "missing":
            decision = reader.answer(notice, None)
        case "twice":
            decision = reader.answer(notice, Duplicate((case.source, Source("akten.jsonl", 2))))
        case _:
            decision = reader.answer(notice, case)
    return dict(msgspec.json.decode(msgspec.json.encode(decision.as_json())))


def parameters_of(scenario: Scenario, process: AnyProcess) -> Any:
    """The parameters on the scenario's business day."""
    book = process.book
    if overrides := scenario.differs.get("parameters"):
        book = book.override(overrides, source=scenario.name)
    return book.on(scenario.differs.get("business_day", scenario.usual["business_day"]))
