"""``dunkelwerk jobs``: what happens by the clock. Source: docs/outbox.md section 5."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunkelwerk.cli.person import AsJson
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.jobs.queries import Standing
    from dunkelwerk.jobs.registry import Job
    from dunkelwerk.jobs.running import End

app = typer.Typer(help="Aufgaben nach der Uhr: ausliefern, erinnern, löschen.", no_args_is_help=True)


@app.callback()
def jobs() -> None:
    """Aufgaben nach der Uhr: ausliefern, erinnern, löschen."""


@app.command("run", epilog="Beispiele: dunkelwerk jobs run\n\ndunkelwerk jobs run --once")
def run(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME…", help="Diese Aufgaben jetzt, ob fällig oder nicht.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Was jetzt fällig ist, der Reihe nach, dann enden.")] = False,
) -> None:
    """Tut, was nach der Uhr fällig ist: bis zum Signal, oder einmal."""
    from dunkelwerk.infra import database

    database.start()
    if not (once or names):
        from dunkelwerk.jobs.worker import work

        work(report)
        return
    if "failed" in run_now(names or []):
        raise typer.Exit(1)


def run_now(names: list[str]) -> list[str]:
    """Run these jobs, or what is due; how each ended. One that fails does not stop the others."""
    from dunkelwerk.infra.businessday import now
    from dunkelwerk.jobs.registry import find, registry
    from dunkelwerk.jobs.running import run

    at, states = now(), []
    for job in [find(name) for name in names] or registry():
        end = run(job, due=None if names else job.previous(at))
        report(job, end)
        states.append(end.state)
    return states


def report(job: Job, end: End) -> None:
    """Say what was done, with the time; what failed goes to the other stream."""
    from dunkelwerk.infra.businessday import now

    if end.state == "not_due":
        return
    failed = end.state == "failed"
    said = _("gescheitert: {why}").format(why=end.said) if failed else end.said
    line = f"{now():%H:%M:%S}  {job.name}  {said}".rstrip()
    print(line, file=sys.stderr if failed else sys.stdout, flush=True)


@app.command("list", epilog="Beispiel: dunkelwerk jobs list")
def list_(as_json: AsJson = False) -> None:
    """Jede Aufgabe: wann sie fällig ist, wann sie zuletzt lief und wie das ausging."""
    from dunkelwerk.cli.keys import session
    from dunkelwerk.infra.businessday import now
    from dunkelwerk.jobs.queries import read_standings

    with session() as cursor:
        standings = read_standings(cursor, now())
    if as_json:
        import msgspec

        for each in standings:
            print(msgspec.json.encode(each).decode())
        return
    from dunkelwerk.insight.casework import print_table

    headings = [_("Aufgabe"), _("Was"), _("Plan (UTC)"), _("zuletzt"), _("Ergebnis"), _("nächste")]
    print_table(headings, [cells(each) for each in standings], nothing=_("Keine Aufgaben."))
    for each in standings:
        if each.failures:
            print(_("{name}: {error}").format(name=each.name, error=each.error))


def cells(row: Standing) -> list[Any]:
    """One line of the list."""
    return [row.name, row.title, row.cron, moment(row.started_at), tell_end(row), moment(row.next_at)]


def moment(at: datetime | None) -> str | None:
    """A moment in Berlin, to the minute."""
    from dunkelwerk.infra.businessday import BERLIN

    return at.astimezone(BERLIN).strftime("%d.%m. %H:%M") if at else None


def tell_end(row: Standing) -> str:
    """How the last run ended, and for how long it has been failing."""
    if row.failures:
        since = moment(row.succeeded_at)
        message = _("{failures}-mal gescheitert seit {since}") if since else _("{failures}-mal gescheitert")
        return message.format(failures=row.failures, since=since)
    if row.started_at and not row.finished_at:
        return _("läuft")
    return row.result or ""
