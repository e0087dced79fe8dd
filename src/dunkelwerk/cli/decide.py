"""``dunkelwerk decide``: decide files without a database. Fixed in docs/interfaces.md section 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

EXAMPLE = "Beispiel: dunkelwerk decide follow-up-sick-note --case-files akten.jsonl --notices meldungen.jsonl"


def decide(
    process: Annotated[str, typer.Argument(metavar="PROCESS", help="Der Prozess, z. B. follow-up-sick-note.")],
    case_files: Annotated[Path, typer.Option("--case-files", help="Akten, JSON Lines.")],
    notices: Annotated[Path, typer.Option("--notices", help="Meldungen, JSON Lines.")],
    parameters: Annotated[Path | None, typer.Option("--parameters", help="Eigene Parameter, YAML.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Geschäftstag, JJJJ-MM-TT.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Zieldatei statt der Standardausgabe.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Arbeitsprozesse.")] = 1,
    tables: Annotated[
        Path | None, typer.Option("--tables", envvar="DUNKELWERK_TABLES", help="Ordner mit eigenen Tabellen.")
    ] = None,
) -> None:
    """Entscheidet Meldungen auf Akten aus Dateien, ohne Datenbank: je Meldung eine Zeile, in ihrer Reihenfolge."""
    from dunkelwerk.infra.progress import progress
    from dunkelwerk.lines.registry import choose_tables
    from dunkelwerk.runner.offline import Task, decide_files

    choose_tables(tables)
    day = business_day(on)
    overrides = read_overrides(process, parameters, day)
    task = Task(find_process(process), case_files, notices, overrides, day)
    faulty = False
    with output(out) as stream, progress(_("entschieden")) as advance:
        for answers in decide_files(task, workers=workers):
            stream.writelines(line + b"\n" for line in answers.lines)
            advance(len(answers.lines))
            for fault in answers.faults:
                faulty = True
                print(fault, file=sys.stderr)
    if faulty:
        raise typer.Exit(1)


def find_process(name: str) -> str:
    """The process's name with underscores; raises CommandError (wrong usage) for an unknown one."""
    from dunkelwerk.lines.registry import processes

    wanted = name.replace("-", "_")
    if wanted not in processes():
        known = ", ".join(each.replace("_", "-") for each in processes())
        raise wrong_usage(_("Den Prozess {name} gibt es nicht; bekannt sind: {known}.").format(name=name, known=known))
    return wanted


def read_overrides(process: str, path: Path | None, day: date) -> dict[str, Any]:
    """The insurer's parameters, checked for the business day first; raises CommandError (wrong usage)."""
    from dunkelwerk.decisions.parameters import ParameterError, read_yaml
    from dunkelwerk.lines.registry import processes

    if path is None:
        return {}
    try:
        overrides = read_yaml(path)
        processes()[find_process(process)].book.override(overrides, source=str(path)).on(day)
    except ParameterError as error:
        raise wrong_usage(str(error)) from None
    return overrides


@contextmanager
def output(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears under its name only when it is complete."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = path.with_name(path.name + ".part") if path.is_file() or not path.exists() else path
    try:
        with part.open("wb") as stream:
            yield stream
        if part != path:  # a pipe or a device is written as it is
            part.replace(path)
    except OSError as error:
        raise CommandError(_("{path}: nicht schreibbar ({reason}).").format(path=path, reason=error.strerror)) from None
    finally:
        if part != path:
            part.unlink(missing_ok=True)
