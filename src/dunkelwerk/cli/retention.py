"""``dunkelwerk retention``: delete what was kept for its term, hold what must not go. Source: docs/retention.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.cli.person import Actor, AsJson, Line, On, Reason, acting_person
from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from datetime import date

    from dunkelwerk.lines.terms import Hold
    from dunkelwerk.runner.retention_plan import Report

app = typer.Typer(help="Aufbewahren und löschen.", no_args_is_help=True)
hold_app = typer.Typer(help="Aufbewahrungssperren: was trotz abgelaufener Frist bleibt.", no_args_is_help=True)
app.add_typer(hold_app, name="hold")
TermsFile = Annotated[
    Path | None,
    typer.Option("--terms", envvar="DUNKELWERK_TERMS", metavar="FILE", help="Eigene Aufbewahrungsfristen, YAML."),
]


@app.callback()
def retention() -> None:
    """Aufbewahren und löschen."""


@hold_app.callback()
def hold() -> None:
    """Aufbewahrungssperren: was trotz abgelaufener Frist bleibt."""


@app.command("run", epilog="Beispiel: dunkelwerk retention run --actor d.schutz --dry-run")
def run(
    actor: Actor = None,
    on: On = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Nur zeigen, was gelöscht würde.")] = False,
    terms: TermsFile = None,
) -> None:
    """Löscht, was seine Aufbewahrungsfrist hinter sich hat, nicht gesperrt ist und nicht mehr gebraucht wird."""
    from dunkelwerk.infra.progress import progress
    from dunkelwerk.lines.terms import read_terms

    found = read_terms(terms)
    person = acting_person(actor, "", on, None)
    from dunkelwerk.infra.stopping import stopped_by_signals
    from dunkelwerk.runner.retention import run as delete
    from dunkelwerk.runner.retention_plan import Plan

    told: list[bool] = []
    with stopped_by_signals(lambda: told.append(True)), progress(_("geprüft")) as advance:
        report = delete(Plan(found, person.day, person.actor, dry_run), advance, is_told=lambda: bool(told))
    print_report(report, dry=dry_run)
    if not report.finished:
        raise typer.Exit(1)


def print_report(report: Report, *, dry: bool) -> None:
    """What went by kind and year, and what stayed."""
    from dunkelwerk.insight.casework import print_table
    from dunkelwerk.insight.retention_words import KINDS, tell_kind, tell_rest

    years = sorted({year for _kind, year in report.rows})
    rows = [
        (tell_kind(kind), *(report.rows[kind, year] for year in years), sum(report.rows[kind, year] for year in years))
        for kind in KINDS
        if any(report.rows[kind, year] for year in years)
    ]
    if rows:
        print(_("Das würde gelöscht, nach Jahren, mit deren Ende die Frist begann:") if dry else _("Gelöscht:"))
    headings = [_("Was"), *map(str, years), _("zusammen")]
    print_table(headings, rows, nothing=_("Nichts ist zu löschen."))
    for sentence in tell_rest(report, dry=dry):
        print(sentence)


@app.command("terms", epilog="Beispiel: dunkelwerk retention terms --terms fristen.yaml")
def show_terms(on: On = None, terms: TermsFile = None) -> None:
    """Die Aufbewahrungsfristen jeder Sparte mit ihrer Quelle, wie sie am Geschäftstag gelten."""
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.insight.show_layout import print_facts
    from dunkelwerk.lines.terms import read_terms

    day = business_day(on)
    for each in read_terms(terms).values():
        facts = [
            (name, f"{entry.name}\n{each.years(name, day)} {entry.unit}\n{entry.source}")
            for name, entry in each.entries.items()
        ]
        print_facts(each.line, facts)


Contract = Annotated[str | None, typer.Option("--contract", metavar="N", help="Ein Vertrag.")]
PersonKey = Annotated[str | None, typer.Option("--person", metavar="ID", help="Eine Person, nach ihrer Kennung.")]
Claim = Annotated[str | None, typer.Option("--claim", metavar="VERTRAG/FALL", help="Ein Leistungsfall.")]


@hold_app.command(
    "add",
    epilog='Beispiel: dunkelwerk retention hold add --contract RS-100001 --actor r.echt --reason "Klage"',
)
def add(
    contract: Contract = None,
    person: PersonKey = None,
    claim: Claim = None,
    line: Line = None,
    actor: Actor = None,
    reason: Reason = "",
) -> None:
    """Sperrt einen Vertrag, eine Person oder einen Leistungsfall: nichts davon wird gelöscht, bis die Sperre fällt."""
    wanted = read_hold(contract, person, claim)
    who = acting_person(actor, reason, None, None)
    from dunkelwerk.runner.retention_holds import place

    number = place(wanted, who, line=line)
    print(_("Aufbewahrungssperre {hold} gilt für {key}.").format(hold=number, key=wanted.key))
    if wanted.kind == "person":
        tell_dialogues(wanted.key, line, who.day)


def tell_dialogues(key: str, line: str | None, day: date) -> None:
    """What has holds of its own: the person's dialogues."""
    from dunkelwerk.insight.disclosure import dialogues_of

    if found := dialogues_of(key, line, day):
        message = _("Ihre Dialoge haben eigene Sperren (dunkelwerk dialogues hold DIALOG): {references}.")
        print(message.format(references=", ".join(found)))


def read_hold(contract: str | None, person: str | None, claim: str | None) -> Hold:
    """What to hold; raises CommandError (wrong usage) for none or several."""
    from dunkelwerk.lines.terms import Hold

    said = [(kind, key) for kind, key in (("contract", contract), ("person", person), ("claim", claim)) if key]
    if len(said) != 1:
        raise wrong_usage(_("Bitte genau eines angeben: --contract, --person oder --claim."))
    kind, key = said[0]
    if kind == "claim" and "/" not in key:
        raise wrong_usage(_("--claim: erwartet VERTRAG/FALL."))
    return Hold(kind, key)


@hold_app.command("list", epilog="Beispiel: dunkelwerk retention hold list --all")
def list_holds(
    everything: Annotated[bool, typer.Option("--all", help="Auch aufgehobene.")] = False, as_json: AsJson = False
) -> None:
    """Die Aufbewahrungssperren in Kraft: was, seit wann, von wem."""
    from dunkelwerk.infra import database

    database.start()
    from dunkelwerk.infra.businessday import BERLIN
    from dunkelwerk.insight.casework import print_table
    from dunkelwerk.insight.retention_words import tell_held
    from dunkelwerk.runner.retention_holds import read_holds

    holds = read_holds(everything=everything)
    if as_json:
        import msgspec

        from dunkelwerk.cli.proposals import print_json

        print_json([msgspec.structs.asdict(each) for each in holds])
        return
    rows = [
        (
            each.id,
            tell_held(each.kind),
            each.key,
            each.actor,
            each.placed_at.astimezone(BERLIN).date(),
            each.lifted_at.astimezone(BERLIN).date() if each.lifted_at else None,
        )
        for each in holds
    ]
    headings = [_("Nr."), _("Was"), _("Kennung"), _("von"), _("seit"), _("aufgehoben")]
    print_table(headings, rows, nothing=_("Nichts ist gesperrt."))


@hold_app.command(
    "lift", epilog='Beispiel: dunkelwerk retention hold lift 7 --actor r.echt --reason "Klage abgewiesen"'
)
def lift(
    number: Annotated[int, typer.Argument(metavar="NUMMER", help="Die Sperre.")],
    actor: Actor = None,
    reason: Reason = "",
) -> None:
    """Hebt eine Aufbewahrungssperre auf."""
    who = acting_person(actor, reason, None, None)
    from dunkelwerk.runner.retention_holds import lift as lift_hold

    lift_hold(number, who)
    print(_("Aufbewahrungssperre {hold} ist aufgehoben.").format(hold=number))
