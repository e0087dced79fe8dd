"""``dunkelwerk proposals``: the second check. Who touched a notice never examines it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dunkelwerk.cli.person import Actor, AsJson, On, Parameters, Reason, acting_person, onlooker
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

app = typer.Typer(help="Zweitprüfung: Vorschläge ansehen, bestätigen, verwerfen.", no_args_is_help=True)
Ids = Annotated[list[int] | None, typer.Argument(metavar="NUMMER…", help="Vorschläge.")]
Run = Annotated[int | None, typer.Option("--run", metavar="N", help="Alle offenen Vorschläge einer Rücknahme.")]


@app.callback()
def proposals() -> None:
    """Zweitprüfung: Vorschläge ansehen, bestätigen, verwerfen."""


@app.command("list", epilog="Beispiel: dunkelwerk proposals list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Auch die entschiedenen.")] = False,
    run: Run = None,
    as_json: AsJson = False,
) -> None:
    """Was auf eine Zweitprüfung wartet."""
    from dunkelwerk.infra import database

    database.start()
    from dunkelwerk.insight.casework import print_table
    from dunkelwerk.runner.casequeries import PROPOSALS, read_rows
    from dunkelwerk.runner.second_check import tell_state

    rows = read_rows(PROPOSALS, run=run, everything=everything)
    if as_json:
        print_json(rows)
        return
    headings = [_("Nr."), _("Meldung"), _("Art"), _("Leistungsfall"), _("Gründe"), _("Freigabe"), _("Vom"), _("Stand")]
    names = ("id", "notice", "kind", "parts", "reasons", "released", "proposed_on", "state")
    words = {"decision": _("Prozess"), "manual": _("von Hand"), "reversal": _("Rücknahme")}
    for row in rows:
        row["kind"], row["state"] = words[row["kind"]], tell_state(row["state"])
    cells = [[row[name] for name in names] for row in rows]
    print_table(headings, cells, nothing=_("Kein Vorschlag wartet auf Zweitprüfung."))


@app.command("show", epilog="Beispiel: dunkelwerk proposals show 17")
def show(
    identity: Annotated[int, typer.Argument(metavar="NUMMER", help="Der Vorschlag.")],
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Die Welt vor und nach einem Vorschlag: Nachweise, Tage, Raten, Buchungen, Brief."""
    person = onlooker(on, parameters)
    from dunkelwerk.insight.casework import print_view
    from dunkelwerk.runner.casequeries import read_deeds
    from dunkelwerk.runner.second_check import PENDING, state_of, tell_state, view

    state = state_of(identity)
    print(_("Vorschlag {proposal}: {state}").format(proposal=identity, state=tell_state(state)))
    for line in read_deeds("proposal", str(identity)):
        print(f"  {line}")
    if state == PENDING:
        print_view(view(identity, person))


@app.command("confirm", epilog='Beispiel: dunkelwerk proposals confirm 17 --actor m.weber --reason "geprüft"')
def confirm(
    identities: Ids = None,
    run: Run = None,
    actor: Actor = None,
    reason: Reason = "",
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Bestätigt Vorschläge: sie werden neu entschieden und wirksam, wenn sich nichts geändert hat."""
    person = acting_person(actor, reason, on, parameters)
    from dunkelwerk.runner import second_check

    stale = failed = 0
    for identity in chosen(identities, run):
        try:
            result = second_check.confirm(identity, person)
        except CommandError as error:
            if not run and len(identities or ()) == 1:
                raise
            failed += 1
            print(f"{identity}: {error}", file=sys.stderr)
            continue
        print(told(identity, result))
        stale += result.state == second_check.STALE
    if stale or failed:
        raise typer.Exit(1)


@app.command(
    "discard", epilog='Beispiel: dunkelwerk proposals discard 17 --actor m.weber --reason "Attest unleserlich"'
)
def discard(
    identities: Ids = None,
    run: Run = None,
    actor: Actor = None,
    reason: Reason = "",
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Verwirft Vorschläge: nichts davon wird wirksam, die Meldung geht an die Sachbearbeitung."""
    person = acting_person(actor, reason, on, parameters)
    from dunkelwerk.runner import second_check

    for identity in chosen(identities, run):
        second_check.discard(identity, person)
        print(_("Vorschlag {proposal} ist verworfen.").format(proposal=identity))


def chosen(identities: list[int] | None, run: int | None) -> list[int]:
    """The proposals given, or the pending ones of a run, in the order in which they can be confirmed."""
    if bool(identities) == (run is not None):
        raise wrong_usage(_("Bitte entweder Vorschläge nennen oder mit --run die einer Rücknahme."))
    if run is None:
        return identities or []
    from dunkelwerk.runner.casequeries import PROPOSALS, read_rows

    return [row["id"] for row in read_rows(PROPOSALS, run=run)]


def told(identity: int, result: object) -> str:
    """What became of a proposal, as a sentence."""
    from dunkelwerk.runner.second_check import CONFIRMED, Result

    if not isinstance(result, Result):
        raise TypeError(type(result).__name__)
    if result.state == CONFIRMED:
        message = _("Vorschlag {proposal} ist bestätigt und wirksam (Entscheidung {decision}).")
    elif result.successor is not None:
        message = _("Vorschlag {proposal} ist überholt; an seiner Stelle wartet Vorschlag {successor}.")
    else:
        message = _("Vorschlag {proposal} ist überholt; die Meldung ist jetzt ausgesteuert.")
    return message.format(proposal=identity, decision=result.decision, successor=result.successor)


def print_json(rows: list[dict[str, object]]) -> None:
    """One object per line."""
    import msgspec

    for row in rows:
        print(msgspec.json.encode(row).decode())
