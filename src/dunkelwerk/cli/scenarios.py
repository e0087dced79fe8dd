"""``dunkelwerk scenarios``: decide the scenarios of a process, and show those that come out otherwise."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

EXAMPLE = "Beispiel: dunkelwerk scenarios follow-up-sick-note"


def scenarios(
    process: Annotated[str, typer.Argument(metavar="PROCESS", help="Der Prozess, z. B. follow-up-sick-note.")],
) -> None:
    """Entscheidet die Szenarien eines Prozesses (scenarios.yaml) und zeigt jedes, das anders ausgeht."""
    from dunkelwerk.cli.decide import find_process
    from dunkelwerk.lines.registry import processes, scenarios_module

    found = processes()[find_process(process)]
    language = scenarios_module(found.line)
    listed = read(found, language)
    differing = [text for scenario in listed if (text := compare(scenario, found, language))]
    for text in differing:
        print(text + "\n")
    if unseen := reasons_without(found, listed):
        print(_("Gründe ohne Szenario: {codes}").format(codes=", ".join(unseen)))
    if differing:
        text = _("{process}: {count} Szenarien, {differing} mit anderem Ausgang.")
        print(text.format(process=found.name, differing=len(differing), count=len(listed)), file=sys.stderr)
        raise typer.Exit(1)
    text = _("{process}: {count} Szenarien, alle wie erwartet.")
    print(text.format(process=found.name, count=len(listed)))


def read(process: Any, language: Any) -> list[Any]:
    """The scenarios; raises CommandError where the file says what cannot be read, or there is none."""
    from dunkelwerk.decisions.parameters import ParameterError

    try:
        listed: list[Any] = language.scenarios_of(process)
    except (language.ScenarioError, ParameterError) as error:
        raise CommandError(str(error)) from None
    if not listed:
        path = process.folder / "scenarios.yaml"
        raise CommandError(_("{path}: hier stehen keine Szenarien.").format(path=path))
    return listed


def compare(scenario: Any, process: Any, language: Any) -> str:
    """What differs; raises CommandError for a scenario that says something impossible."""
    from dunkelwerk.decisions.failures import locate
    from dunkelwerk.decisions.parameters import ParameterError

    try:
        return str(language.differences(scenario, language.decide(scenario, process)))
    except ParameterError as error:
        raise CommandError(f"{process.name}: {error}") from None
    except Exception as error:  # whatever an author may have written between the colons
        text = _("{process}, {name}: das Szenario ist nicht zu lesen ({kind}: {fault}; {where}).")
        kind, where = type(error).__name__, locate(error)["where"]
        fault = next(iter(str(error).splitlines()), "")
        text = text.format(process=process.name, name=scenario.name, kind=kind, fault=fault, where=where)
        raise CommandError(text) from None


def reasons_without(process: Any, listed: list[Any]) -> list[str]:
    """The codes of reasons that the process may give and that no scenario expects."""
    shown = {code for scenario in listed for code in scenario.codes}
    return [bound.reason.code for bound in process.checks if bound.reason.code not in shown]
