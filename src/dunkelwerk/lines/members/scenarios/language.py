"""The file: the usual case, and what each scenario changes in it and expects; decided exactly as by ``decide``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import msgspec

from dunkelwerk.decisions.parameters import read_yaml
from dunkelwerk.decisions.process import Process
from dunkelwerk.decisions.reading import Duplicate, Raw, Reader, Source
from dunkelwerk.infra.i18n import _

DESCRIBES = {"name", "business_day", "member", "mandates", "case_file", "notice", "parameters"}
EXPECTS = {"outcome", "reasons", "actions"}
USUAL = ("business_day", "member", "notice")
AnyProcess = Process[Any, Any, Any, Any]


class ScenarioError(ValueError):
    """A ``scenarios.yaml`` that cannot be read; the text says which process, which scenario, and what is wrong."""


@dataclass(frozen=True)
class Scenario:
    """One scenario of one process."""

    process: str
    chapter: str
    usual: dict[str, Any]
    differs: dict[str, Any]

    @property
    def name(self) -> str:
        """Its German sentence."""
        return str(self.differs["name"])

    @property
    def codes(self) -> list[str]:
        """The codes of the reasons it expects."""
        return [reason_line(each)[0] for each in self.differs.get("reasons", [])]


def scenarios_of(process: AnyProcess) -> list[Scenario]:
    """The scenarios of a process, none where its folder has no ``scenarios.yaml``.

    Raises ScenarioError, or ParameterError for a file that is no YAML.
    """
    path = process.folder / "scenarios.yaml"
    return list(read_scenarios(process.name, read_yaml(path))) if path.is_file() else []


def read_scenarios(process: str, content: Mapping[str, Any]) -> Iterator[Scenario]:
    """The scenarios of one file; raises ScenarioError for what the language does not know, or misses."""
    usual = mapping(content.get("usual case"), place=f"{process}, usual case")
    if missing := [name for name in USUAL if name not in usual]:
        text = _("{process}, usual case: es fehlt {missing}.")
        raise ScenarioError(text.format(process=process, missing=", ".join(missing)))
    for chapter, listed in mapping(content.get("chapters"), place=f"{process}, chapters").items():
        for number, each in enumerate(listed if isinstance(listed, list) else [None], 1):
            differs = mapping(each, place=f"{process}, {chapter}, {number}.")
            check_keys(differs, place=f"{process}, {differs.get('name') or f'{chapter}, {number}.'}")
            yield Scenario(process, str(chapter), usual, differs)


def mapping(value: Any, *, place: str) -> dict[str, Any]:
    """The value; raises ScenarioError where names are not mapped to something."""
    if not isinstance(value, dict):
        raise ScenarioError(_("{place}: hier müssen Namen mit Doppelpunkt und Inhalt stehen.").format(place=place))
    return value


def check_keys(differs: Mapping[str, Any], *, place: str) -> None:
    """Raise ScenarioError where a scenario says what nobody reads, or does not say what it expects."""
    if unknown := differs.keys() - DESCRIBES - EXPECTS:
        text = _("{place}: unbekannt ist {unknown}; bekannt sind {known}.")
        known = ", ".join(sorted(DESCRIBES | EXPECTS))
        raise ScenarioError(text.format(place=place, unknown=", ".join(sorted(map(str, unknown))), known=known))
    if missing := [name for name in ("name", "outcome") if name not in differs]:
        raise ScenarioError(_("{place}: es fehlt {missing}.").format(place=place, missing=", ".join(missing)))


def reason_line(written: str | Mapping[str, str]) -> tuple[str, str]:
    """The reason's code, and the piece of its text that is expected (or nothing)."""
    if isinstance(written, str):
        return written, ""
    ((code, text),) = written.items()
    return code, str(text)


def overlaid(usual: Any, differs: Any) -> Any:
    """``usual`` with what differs: mappings go into one another, anything else replaces; ``absent`` removes."""
    if not isinstance(usual, Mapping) or not isinstance(differs, Mapping):
        return deepcopy(differs)
    result = {**usual, **{key: overlaid(usual.get(key), value) for key, value in differs.items()}}
    return {key: deepcopy(value) for key, value in result.items() if value != "absent"}


def notice_of(scenario: Scenario) -> dict[str, Any]:
    """The notice as JSON."""
    return dict(overlaid(scenario.usual["notice"], scenario.differs.get("notice", {})))


def case_file_of(scenario: Scenario) -> dict[str, Any]:
    """The case file as JSON; each of ``mandates`` differs from the usual mandate."""
    usual, differs = scenario.usual, scenario.differs
    mandates = [overlaid(usual.get("mandate", {}), each) for each in differs.get("mandates", [])]
    file = {
        "key": usual["member"]["number"],
        "member": overlaid(usual["member"], differs.get("member", {})),
        "mandates": mandates,
    }
    return dict(overlaid(file, differs["case_file"])) if isinstance(differs.get("case_file"), Mapping) else file


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
