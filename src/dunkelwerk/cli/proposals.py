"""``dunkelwerk proposals``: the second check. Who touched a notice never examines it."""

from __future__ import annotations

import sys
from typing import Annotated, Any

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


@app.command("list", epilog="Beispiele: dunkelwerk proposals list\n\ndunkelwerk proposals list --all --json")
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

    rows = read_rows(PROPOSALS, run=run, everything=everything)
    if as_json:
        print_json(rows)
        return
    headings = [_("Nr."), _("Meldung"), _("Art"), _("Fall"), _("Gründe"), _("Freigabe"), _("Fällig"), _("Stand")]
    print_table(headings, [cells(row) for row in rows], nothing=_("Kein Vorschlag wartet auf Zweitprüfung."))


def cells(row: dict[str, Any]) -> list[Any]:
    """One line of the list. What a reversal takes back is shown below zero."""
    from dunkelwerk.insight.casewords import tell_kind, tell_reasons
    from dunkelwerk.runner.second_check import tell_state

    kind, state = tell_kind(row["kind"]), tell_state(row["state"])
    if row["run"] is not None:
        kind = _("{kind} {run}").format(kind=kind, run=row["run"])
    if row["joined"]:
        state = _("{state}, {count} angehängt").format(state=state, count=row["joined"])
    reasons = tell_reasons(row["reasons"])
    if row["adverse"] and row["kind"] == "decision":
        reasons.append(_("nachteilig"))
    amount = row["released"] if row["taken_back"] is None else -row["taken_back"]
    return [row["id"], row["notice"], kind, tell_parts(row["parts"]), reasons, amount, row["due_on"], state]


def tell_parts(parts: list[str]) -> list[str]:
    """The claims that a proposal is about; one that it would open has no number yet."""
    return [each + _("neu") if each.endswith("/") else each for each in parts]


@app.command("show", epilog="Beispiel: dunkelwerk proposals show 17")
def show(
    identity: Annotated[int, typer.Argument(metavar="NUMMER", help="Der Vorschlag.")],
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Die Welt vor und nach einem Vorschlag: Nachweise, Tage, Raten, Buchungen, Brief."""
    person = onlooker(on, parameters)
    import msgspec

    from dunkelwerk.insight.casework import print_history, print_notice, print_view
    from dunkelwerk.runner.casequeries import PROPOSALS, read_rows
    from dunkelwerk.runner.handling import history
    from dunkelwerk.runner.second_check import PENDING, state_of, view

    state = state_of(identity)
    (row,) = read_rows(PROPOSALS, proposal=identity, everything=True)
    print_heading(row)
    if state != PENDING:
        print_history(history(identity, person))
        return
    seen = view(identity, person)
    print_history(history(identity, person))
    print_notice(msgspec.json.decode(seen.judged.text) or {}, heading=_("Die Meldung:"))
    print_view(seen)


def print_heading(row: dict[str, Any]) -> None:
    """What the proposal is about, who made it, what confirming it asks for."""
    from dunkelwerk.insight.casework import shown

    state, notice, parts, due = cells(row)[-1], row["notice"], shown(tell_parts(row["parts"])), shown(row["due_on"])
    print(_("Vorschlag {proposal}: {state}").format(proposal=row["id"], state=state))
    print(_("  Meldung {notice} · {parts} · fällig am {due}").format(notice=notice, parts=parts, due=due))
    if row["kind"] == "manual":
        print(_("  von Hand, vorgeschlagen von {who}").format(who=row["proposed_by"]))
    elif row["kind"] == "reversal":
        message = _("  Rücknahme der Entscheidung {decision}, vorgeschlagen von {who}, Lauf {run}")
        print(message.format(decision=row["reverses"], who=row["proposed_by"], run=row["run"]))
    else:
        print(_("  vom Prozess {process}").format(process=row["process"].replace("_", "-")))
    if row["adverse"] and row["state"] == "pending":
        print(_("  Bestätigen braucht eine Begründung in eigenen Worten (--reason)."))


@app.command(
    "confirm",
    epilog='Beispiele: dunkelwerk proposals confirm 17 --actor m.weber --reason "geprüft"\n\n'
    'dunkelwerk proposals confirm --run 4 --actor m.weber --reason "Tabelle war falsch"',
)
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


def print_json(rows: list[dict[str, Any]]) -> None:
    """One object per line."""
    import msgspec

    for row in rows:
        print(msgspec.json.encode(row).decode())
