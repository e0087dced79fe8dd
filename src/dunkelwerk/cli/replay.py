"""``dunkelwerk replay``: what new parameters, tables or rules would have changed. Described in docs/replay.md."""

from __future__ import annotations

import os
from contextlib import nullcontext
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.infra.businessday import business_day, parse_day
from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.runner.replay_plan import Plan
    from dunkelwerk.runner.replay_tally import Tally

EXAMPLE = "Beispiel: dunkelwerk replay --since 2026-11-01 --parameters neu.yaml --html vergleich.html"
#: cases that the page shows of each group; --out has all of them
CASES_KEPT = 200
CORES = len(os.sched_getaffinity(0))


class Mode(StrEnum):
    """The parameter ``mode`` for every record."""

    DARK = "dark"
    SECOND_CHECK = "second_check"


def replay(
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Erst ab diesem Geschäftstag.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Nur bis zu diesem Geschäftstag.")
    ] = None,
    process: Annotated[str | None, typer.Option("--process", help="Nur dieser Prozess.")] = None,
    parameters: Annotated[
        Path | None, typer.Option("--parameters", envvar="DUNKELWERK_PARAMETERS", help="Eigene Parameter, YAML.")
    ] = None,
    tables: Annotated[
        Path | None, typer.Option("--tables", envvar="DUNKELWERK_TABLES", help="Ordner mit eigenen Tabellen.")
    ] = None,
    mode: Annotated[Mode | None, typer.Option("--mode", help="Alle in dieser Betriebsart entscheiden.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="Arbeitsprozesse.")] = CORES,
    cases: Annotated[int, typer.Option("--cases", min=0, max=CASES_KEPT, help="Gezeigte Fälle je Gruppe.")] = 3,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Der Bericht als HTML-Datei.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Alle geänderten Fälle, JSON Lines.")
    ] = None,
) -> None:
    """Entscheidet gespeicherte Fälle noch einmal, ohne etwas zu verändern, und zeigt, was anders ausginge."""
    first, last = parse_range(since, until)
    plan = make_plan(process, parameters, tables, mode, first, last)
    tally = run(plan, workers=workers, out=out)
    from dunkelwerk.insight import replay_page, replay_report

    if html is not None:
        write_page(html, replay_page.page(tally, plan))
    replay_report.report(tally, plan, cases=cases)
    if html is not None:
        print(_("Bericht: {path}").format(path=html))
    if tally.not_reproducible:
        raise typer.Exit(1)


def parse_range(since: str | None, until: str | None) -> tuple[date, date]:
    """The business days; raises CommandError (wrong usage) for none, or where the last lies before the first."""
    first = date.min if since is None else parse_day(since, source="--since")
    last = date.max if until is None else parse_day(until, source="--until")
    if last < first:
        raise wrong_usage(_("--until liegt vor --since."))
    return first, last


def make_plan(
    process: str | None, parameters: Path | None, tables: Path | None, mode: Mode | None, first: date, last: date
) -> Plan:
    """What to decide again; raises CommandError (wrong usage) before anything is decided."""
    from dunkelwerk.cli.decide import find_process
    from dunkelwerk.cli.work import read_line_overrides
    from dunkelwerk.infra import database
    from dunkelwerk.lines.registry import choose_tables, processes

    choose_tables(tables)
    today = business_day()
    overrides = read_line_overrides(parameters, today)
    name = None if process is None else find_process(process)
    database.start()
    from dunkelwerk.runner.replay import survey
    from dunkelwerk.runner.replay_plan import Plan

    rules = {each.name: each.rules for each in processes().values()}
    own = tuple(sorted(table for each in processes().values() for table in each.own_tables))
    plan = Plan(overrides, today, rules, first, last, name, mode.value if mode else None, own)
    if earliest := survey(plan)[1]:
        read_line_overrides(parameters, earliest)  # a dated value must be in force on every day that is replayed
    return plan


def run(plan: Plan, *, workers: int, out: Path | None) -> Tally:
    """Decide again, and write all changed cases to a file."""
    import msgspec

    from dunkelwerk.cli.decide import output
    from dunkelwerk.infra.progress import progress
    from dunkelwerk.runner.replay import RECORDS_PER_CHUNK, survey
    from dunkelwerk.runner.replay import replay as decide_again
    from dunkelwerk.runner.replay_tally import Tally

    total, encode = Tally(), msgspec.json.Encoder().encode
    target = nullcontext() if out is None else output(out)
    count = survey(plan)[0]
    workers = min(workers, count // RECORDS_PER_CHUNK + 1)  # a process more would have nothing to do
    with target as stream, progress(_("erneut entschieden"), count) as advance:
        for tally in decide_again(plan, workers=workers):
            if stream is not None:
                stream.writelines(encode(case) + b"\n" for case in (*tally.broken, *tally.cases))
            total.merge(tally, keep=CASES_KEPT)
            advance(tally.decisions)
    return total


def write_page(path: Path, page: str) -> None:
    """Write the page, which appears under its name only when it is complete."""
    from dunkelwerk.cli.decide import output

    with output(path) as stream:
        stream.write(page.encode())
