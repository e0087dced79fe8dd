"""The scenarios of any line: the file read, a scenario decided exactly as by ``dunkelwerk decide``, and what differs.

A line's package ``scenarios`` adds its words: what may be different, its case file, how it writes actions.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dunkelwerk.decisions.parameters import read_yaml
from dunkelwerk.decisions.process import Process
from dunkelwerk.decisions.reading import Duplicate, Raw, Reader, Source
from dunkelwerk.infra.i18n import _

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
        return [reason_line(each)[0].partition(" ")[0] for each in self.differs.get("reasons", [])]


@dataclass(frozen=True)
class Language:
    """How the scenarios of one line are written.

    ``known``: what a scenario may say; ``usual``: what the usual case must have, and one of ``either``; ``synonyms``:
    other words for it. ``expected`` and ``actual`` are lines of one notation, from the scenario and from its decision.
    """

    known: frozenset[str]
    usual: tuple[str, ...]
    case_file_of: Callable[[Scenario], dict[str, Any]]
    expected: Callable[[Scenario], list[str]]
    actual: Callable[[Scenario, Mapping[str, Any]], list[str]]
    either: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)

    def scenarios_of(self, process: AnyProcess) -> list[Scenario]:
        """The scenarios of a process, none where its folder has no ``scenarios.yaml``.

        Raises ScenarioError, or ParameterError for a file that is no YAML.
        """
        path = process.folder / "scenarios.yaml"
        return list(self.read(process.name, read_yaml(path))) if path.is_file() else []

    def read(self, process: str, content: Mapping[str, Any]) -> Iterator[Scenario]:
        """The scenarios of one file; raises ScenarioError for what the language does not know, or misses."""
        usual = self.named(content.get("usual case"), place=f"{process}, usual case")
        wanted = (*self.usual, *(() if usual.keys() & set(self.either) else self.either[:1]))
        if missing := [name for name in wanted if name not in usual]:
            text = _("{process}, usual case: es fehlt {missing}.")
            raise ScenarioError(text.format(process=process, missing=", ".join(missing)))
        for chapter, listed in mapping(content.get("chapters"), place=f"{process}, chapters").items():
            for number, each in enumerate(listed if isinstance(listed, list) else [None], 1):
                differs = self.named(each, place=f"{process}, {chapter}, {number}.")
                self.check(differs, place=f"{process}, {differs.get('name') or f'{chapter}, {number}.'}")
                yield Scenario(process, str(chapter), usual, differs)

    def named(self, written: Any, *, place: str) -> dict[str, Any]:
        """With one name for each thing; raises ScenarioError where names are not mapped to something."""
        return {self.synonyms.get(key, key): value for key, value in mapping(written, place=place).items()}

    def check(self, differs: Mapping[str, Any], *, place: str) -> None:
        """Raise ScenarioError where a scenario says what nobody reads, or does not say what it expects."""
        if unknown := differs.keys() - self.known:
            text, known = _("{place}: unbekannt ist {unknown}; bekannt sind {known}."), ", ".join(sorted(self.known))
            raise ScenarioError(text.format(place=place, unknown=", ".join(sorted(map(str, unknown))), known=known))
        if missing := [name for name in ("name", "outcome") if name not in differs]:
            raise ScenarioError(_("{place}: es fehlt {missing}.").format(place=place, missing=", ".join(missing)))

    def decide(self, scenario: Scenario, process: AnyProcess) -> dict[str, Any]:
        """What the process decides, as JSON that was written and read again."""
        reader = Reader(process, parameters_of(scenario, process))
        notice = reader.read_notice(Raw(Source("meldungen.jsonl", 1), msgspec.json.encode(notice_of(scenario))))
        case = Raw(Source("akten.jsonl", 1), msgspec.json.encode(self.case_file_of(scenario)))
        match scenario.differs.get("case_file"):
            case "missing":
                decision = reader.answer(notice, None)
            case "twice":
                decision = reader.answer(notice, Duplicate((case.source, Source("akten.jsonl", 2))))
            case _:
                decision = reader.answer(notice, case)
        return dict(msgspec.json.decode(msgspec.json.encode(decision.as_json())))

    def differences(self, scenario: Scenario, decision: Mapping[str, Any]) -> str:
        """What differs from the expectation as a person reads it; empty where nothing does."""
        expected, actual = self.expected(scenario), self.actual(scenario, decision)
        differing = difflib.ndiff(expected, actual) if expected != actual else ()
        lines = [line for line in differing if not line.startswith("?")] or missing_texts(scenario, decision)
        if not lines:
            return ""
        texts = [f"    {each['code']}: {each['text']}" for each in decision["reasons"]]
        legend = _("  (- laut Szenario, + entschieden)")
        return "\n".join([f"{scenario.process} · {scenario.chapter} · {scenario.name}", legend, *lines, *texts])


def mapping(value: Any, *, place: str) -> dict[str, Any]:
    """The value; raises ScenarioError where names are not mapped to something."""
    if not isinstance(value, dict):
        raise ScenarioError(_("{place}: hier müssen Namen mit Doppelpunkt und Inhalt stehen.").format(place=place))
    return value


def reason_line(written: str | Mapping[str, str]) -> tuple[str, str]:
    """The reason with what it concerns, and the piece of its text that is expected (or nothing)."""
    if isinstance(written, str):
        return written, ""
    ((line, text),) = written.items()
    return line, str(text)


def overlaid(usual: Any, differs: Any) -> Any:
    """``usual`` with what differs: mappings go into one another, anything else replaces; ``absent`` removes."""
    if not isinstance(usual, Mapping) or not isinstance(differs, Mapping):
        return deepcopy(differs)
    result = {**usual, **{key: overlaid(usual.get(key), value) for key, value in differs.items()}}
    return {key: deepcopy(value) for key, value in result.items() if value != "absent"}


def notice_of(scenario: Scenario) -> dict[str, Any]:
    """The notice as JSON."""
    return dict(overlaid(scenario.usual["notice"], scenario.differs.get("notice", {})))


def parameters_of(scenario: Scenario, process: AnyProcess) -> Any:
    """The parameters on the scenario's business day."""
    book = process.book
    if overrides := scenario.differs.get("parameters"):
        book = book.override(overrides, source=scenario.name)
    return book.on(scenario.differs.get("business_day", scenario.usual["business_day"]))


def missing_texts(scenario: Scenario, decision: Mapping[str, Any]) -> list[str]:
    """A line for each expected piece of text that the reason does not say."""
    pairs = zip(scenario.differs.get("reasons", []), decision["reasons"], strict=True)
    wanted = [(reason_line(written), each["text"]) for written, each in pairs]
    unsaid = [reason for reason, said in wanted if reason[1] not in said]
    return [_("- {line} nennt: {text}").format(line=line, text=text) for line, text in unsaid]
