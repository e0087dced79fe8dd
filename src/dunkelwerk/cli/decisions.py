"""``dunkelwerk decisions``: find decisions in effect, and propose to reverse them. Source: docs/reversal.md."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.cli.person import Actor, AsJson, On, Parameters, Reason, acting_person
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.runner.reversing import Found, Wanted

app = typer.Typer(help="Wirksame Entscheidungen finden und zurücknehmen.", no_args_is_help=True)
RuleVersion = Annotated[
    str | None, typer.Option("--version", metavar="X", help="Regel- oder Parameterstand, der Anfang genügt.")
]
Code = Annotated[str | None, typer.Option("--reason-code", metavar="GRUND", help="Nur mit diesem Grund.")]
Process = Annotated[str | None, typer.Option("--process", metavar="PROZESS", help="Nur dieser Prozess.")]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="Ab diesem Geschäftstag.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Bis zu diesem Geschäftstag.")]


@app.callback()
def decisions() -> None:
    """Wirksame Entscheidungen finden und zurücknehmen."""


@app.command(
    "find",
    epilog="Beispiele: dunkelwerk decisions find --version 3f2a --since 2026-11-01\n\n"
    "dunkelwerk decisions find --reason-code recourse_open --json",
)
def find(
    version: RuleVersion = None,
    code: Annotated[
        str | None, typer.Option("--reason", "--reason-code", metavar="GRUND", help="Nur mit diesem Grund.")
    ] = None,
    process: Process = None,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Die wirksamen, nicht zurückgenommenen Entscheidungen eines Regelstands, Grundes oder Zeitraums."""
    from dunkelwerk.infra import database

    wanted = read_wanted(version, code, process, since, until, [])
    database.start()
    from dunkelwerk.cli.proposals import print_json
    from dunkelwerk.runner import reversing

    found = reversing.find(wanted)
    if as_json:
        import msgspec

        print_json([msgspec.structs.asdict(each) for each in found])
        return
    print_found(found)


@app.command(
    "reverse",
    epilog="Beispiele: dunkelwerk decisions reverse 4711\n\n"
    'dunkelwerk decisions reverse --version 3f2a --actor a.kurz --reason "falsche Tabelle" --propose',
)
def reverse(
    identities: Annotated[list[int] | None, typer.Argument(metavar="NUMMER…", help="Entscheidungen.")] = None,
    version: RuleVersion = None,
    code: Code = None,
    process: Process = None,
    since: Since = None,
    until: Until = None,
    propose: Annotated[bool, typer.Option("--propose", help="Nach der Vorschau zur Zweitprüfung geben.")] = False,
    actor: Actor = None,
    reason: Reason = "",
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Nimmt Entscheidungen zurück: Vorschau, dann je Entscheidung ein Vorschlag zur Zweitprüfung."""
    wanted = read_wanted(version, code, process, since, until, identities or [])
    if wanted.is_empty:
        raise wrong_usage(_("Bitte sagen, welche Entscheidungen: Nummern, --version, --reason-code oder --since."))
    person = acting_person(actor if propose else (actor or "–"), reason, on, parameters)
    from dunkelwerk.insight.casework import print_view
    from dunkelwerk.runner import reversing

    found = reversing.find_with_following(wanted)
    if not found:
        raise CommandError(_("Keine wirksame Entscheidung passt dazu."))
    if missing := set(identities or ()) - {each.id for each in found}:
        raise reversing.not_effective(min(missing))
    print_found(found)
    if len(found) == 1 or len(identities or ()) == 1:
        print_view(reversing.preview(found[-1].id, person))
    if not propose:
        print(_("Nichts wurde geändert. Mit --propose gehen die Rücknahmen zur Zweitprüfung."))
        return
    done = reversing.propose(found, person)
    message = _("Rücknahmen zur Zweitprüfung: {count}. Ansehen: dunkelwerk proposals list --run {run}")
    print(message.format(count=len(done.proposals), run=done.run))
    if done.empty:
        print(_("Nichts zurückzunehmen bei: {decisions}").format(decisions=", ".join(map(str, done.empty))))
    for decision, why in done.refused.items():
        print(f"{decision}: {why}", file=sys.stderr)
    if done.refused:
        raise typer.Exit(1)


def read_wanted(
    version: str | None,
    code: str | None,
    process: str | None,
    since: str | None,
    until: str | None,
    identities: list[int],
) -> Wanted:
    """Which decisions; raises CommandError (wrong usage) for what cannot be."""
    from dunkelwerk.cli.decide import find_process
    from dunkelwerk.infra.businessday import parse_day
    from dunkelwerk.runner.reversing import Wanted

    for option, text in (("--version", version), ("--reason-code", code)):
        if text is not None and not text.strip():  # a variable of a script that is not set would mean everything
            raise wrong_usage(_("{option}: bitte etwas angeben.").format(option=option))
    return Wanted(
        version=version,
        reason=code,
        process=find_process(process) if process else None,
        since=parse_day(since, source="--since") if since else None,
        until=parse_day(until, source="--until") if until else None,
        decisions=identities or None,
    )


def print_found(found: list[Found]) -> None:
    """The decisions as a table, and their sum."""
    from dunkelwerk.decisions.money import ZERO, euros
    from dunkelwerk.insight.casework import print_table

    headings = [
        _("Nr."),
        _("Meldung"),
        _("Tag"),
        _("Vertrag"),
        _("Gründe"),
        _("Freigabe"),
        _("Regeln"),
        _("Parameter"),
        "",
    ]
    rows = [
        (
            each.id,
            each.external_id,
            each.business_day,
            each.contract,
            each.reasons,
            each.released,
            each.rules,
            each.parameters,
            _("baut darauf auf") if each.follows else "",
        )
        for each in found
    ]
    print_table(headings, rows, nothing=_("Keine wirksame Entscheidung passt dazu."))
    if rows:
        total = sum((each.released for each in found), ZERO)
        print(_("Entscheidungen: {count}, freigegeben {total}.").format(count=len(rows), total=euros(total)))
