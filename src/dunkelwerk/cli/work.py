"""``dunkelwerk work``: process what waits in the inbox. Fixed in docs/interfaces.md section 2."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.i18n import _

EXAMPLE = "Beispiel: dunkelwerk work --once --workers 2"


def work(
    once: Annotated[bool, typer.Option("--once", help="Enden, sobald nichts mehr wartet.")] = False,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Geschäftstag, JJJJ-MM-TT.")] = None,
    parameters: Annotated[
        Path | None, typer.Option("--parameters", envvar="DUNKELWERK_PARAMETERS", help="Eigene Parameter, YAML.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Arbeitsprozesse.")] = 1,
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, max=5000, help="Meldungen je Transaktion.")] = 500,
    patience: Annotated[
        float, typer.Option("--patience", min=0, help="Sekunden, die --once einen Ausfall der Datenbank abwartet.")
    ] = 60.0,
    tables: Annotated[
        Path | None, typer.Option("--tables", envvar="DUNKELWERK_TABLES", help="Ordner mit eigenen Tabellen.")
    ] = None,
) -> None:
    """Entscheidet, was im Posteingang wartet, und macht jede Entscheidung in einer Transaktion wahr."""
    from dunkelwerk.infra import database
    from dunkelwerk.lines.registry import choose_tables

    choose_tables(tables)
    overrides = read_line_overrides(parameters, business_day(on))
    database.start()
    from dunkelwerk.runner.work import Job, work

    ends = work(Job(overrides, on, batch_size, once, patience), workers=workers)
    print(summarise(ends))
    report_resting(business_day(on))


def report_resting(day: date) -> None:
    """Say which processes leave their notices waiting, and why."""
    from django.db import Error

    from dunkelwerk.runner.steering import read_standings

    try:
        standings = read_standings(day)
    except Error:  # whoever stops in an outage is told so already
        return
    for each in standings:
        if each.waiting and not each.runs:
            name, state = each.setting.process.replace("_", "-"), each.state
            print(_("{count} warten: {process} ({state})").format(count=each.waiting, process=name, state=state))


def read_line_overrides(path: Path | None, day: date) -> dict[str, Any]:
    """The insurer's parameters, checked against every process before anything is decided."""
    from dunkelwerk.cli.decide import read_overrides
    from dunkelwerk.lines.registry import processes

    overrides: dict[str, Any] = {}
    for name in processes():
        overrides = read_overrides(name, path, day)
    return overrides


def summarise(ends: Counter[str]) -> str:
    """The counts as one line."""
    words = {
        "settled": _("dunkel erledigt"),
        "partial": _("teilweise erledigt"),
        "proposed": _("zur Zweitprüfung"),
        "referred": _("ausgesteuert"),
        "joined": _("einem Vorschlag angehängt"),
    }
    counts = [
        f"{ends[state]} {word}" for state, word in words.items() if ends[state] or state in ("settled", "referred")
    ]
    message = _("1 Meldung: {counts}") if ends.total() == 1 else _("{total} Meldungen: {counts}")
    return message.format(total=ends.total(), counts=", ".join(counts))
