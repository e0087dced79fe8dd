"""Writes docs/reasons.md: every reason of every process, with what an insurer may set and the scenarios that show it.

``python tools/reason_catalogue.py`` writes it, with ``--check`` it only says whether it is up to date (exit 1: no).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dunkelwerk.decisions.parameters import read_yaml
from dunkelwerk.decisions.process import Bound
from dunkelwerk.decisions.reasons import REFER, Reason, Scope
from dunkelwerk.lines.registry import AnyProcess, processes

TARGET = Path(__file__).parents[1] / "docs" / "reasons.md"
INTRODUCTION = """\
# Gründe der Aussteuerung

Diese Seite wird erzeugt (`python tools/reason_catalogue.py`); geändert wird der Katalog der Sparte, die Bindung im
Prozess oder das Beispiel.

Ein Grund steht einmal im Katalog seiner Sparte; jeder Prozess bindet ihn an eine Prüfung, mit Reichweite und Vorgabe
der Behandlung. Die Reihenfolge ist die der Anzeige. Ein Versicherer ändert die Behandlung mit dem Parameter
`dispositions`. † heißt: wird immer ausgesteuert. *Nachteilig* heißt: kostete die Person Leistung; auch das wird immer
ausgesteuert, denn keine Ablehnung wird ohne Menschen wirksam.
"""
DISPOSITIONS = {
    "refer": "aussteuern (`refer`)",
    "second_check": "Zweitprüfung (`second_check`)",
    "ignore": "nicht beachten (`ignore`)",
    "offset": "verrechnen (`offset`)",
    "documents_requested": "Unterlagen anfordern (`documents_requested`)",
}


def catalogue() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for process in processes().values():
        parts.append(f"\n## {process.title} (`{process.name}`)\n")
        parts += process_part(process)
    parts += left_over()
    return "\n".join(parts).rstrip() + "\n"


def process_part(process: AnyProcess) -> Iterator[str]:
    """The reasons of one process: a table of all, then each with its text, source and scenarios."""
    shown = scenario_names(process)
    bound = [*identification(process, shown), *process.checks]
    yield "| Nr. | Grund | Code | Betrifft | Vorgabe | |\n|---|---|---|---|---|---|"
    for number, each in enumerate(bound, 1):
        cells = (str(number), each.reason.title, f"`{each.reason.code}`", concerns(each.scope))
        yield f"| {' | '.join(cells)} | `{each.default.name}` | {mark(each.reason)} |"
    for number, each in enumerate(bound, 1):
        yield ""
        yield from reason_part(number, each, shown.get(each.reason.code, []))


def reason_part(number: int, bound: Bound, shown: list[str]) -> Iterator[str]:
    """One reason."""
    reason = bound.reason
    possible = ", ".join(DISPOSITIONS.get(each.name, f"`{each.name}`") for each in reason.dispositions)
    yield f"### {number}. {reason.title} (`{reason.code}`)\n"
    yield f"> {reason.text}\n"
    yield f"- Grundlage: {reason.source}"
    yield f"- Betrifft: {concerns(bound.scope)}"
    yield f"- Vorgabe: {DISPOSITIONS[bound.default.name]}; möglich: {possible}"
    if reason.refer_only or reason.adverse:
        yield f"- {mark(reason)}"
    yield f"- Beispiele: {len(shown)}"
    yield from (f"  - {name}" for name in shown)


def identification(process: AnyProcess, shown: dict[str, list[str]]) -> list[Bound]:
    """The reasons that no check finds but that scenarios show: they end the identification, or the reading."""
    checked = {bound.reason.code for bound in process.checks}
    reasons = [reason for reason in process.line.catalogue if reason.code in shown.keys() - checked]
    return [Bound(reason, process.line.whole, REFER, lambda *_: None) for reason in reasons]


def scenario_names(process: AnyProcess) -> dict[str, list[str]]:
    """The German names of the scenarios that show a reason, by its code, in the order of the file."""
    path = process.folder / "scenarios.yaml"
    names: dict[str, list[str]] = {}
    for scenarios in read_yaml(path)["chapters"].values() if path.is_file() else ():
        for scenario in scenarios:
            for code in dict.fromkeys(code_of(written) for written in scenario.get("reasons", [])):
                names.setdefault(code, []).append(scenario["name"])
    return names


def code_of(written: Any) -> str:
    """The code of an expected reason, written as ``code claim`` or as ``code claim: text``."""
    line = next(iter(written)) if isinstance(written, dict) else written
    return str(line).split()[0]


def concerns(scope: Scope) -> str:
    """What a reason of this scope concerns."""
    return "den Leistungsfall" if scope.isolates else "die ganze Meldung"


def mark(reason: Reason) -> str:
    """Whether it is always referred, and why."""
    return "†" if reason.refer_only else "nachteilig" if reason.adverse else ""


def left_over() -> Iterator[str]:
    """The retired reasons of every line: their codes are never used again."""
    lines = {process.line.name: process.line for process in processes().values()}
    retired = [reason for line in lines.values() for reason in line.catalogue if reason.retired]
    if retired:
        yield "\n## Zurückgezogen\n"
        yield from (f"- {reason.title} (`{reason.code}`)" for reason in retired)


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    page = catalogue()
    if arguments == ["--check"]:
        current = TARGET.read_text(encoding="utf-8") if TARGET.is_file() else ""
        if current != page:
            print(f"{TARGET.name} is out of date: run python tools/reason_catalogue.py", file=sys.stderr)
            return 1
        return 0
    if arguments:
        print("usage: python tools/reason_catalogue.py [--check]", file=sys.stderr)
        return 2
    TARGET.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
