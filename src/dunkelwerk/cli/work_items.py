"""``dunkelwerk work-items``: what people have to do. Look, correct and run again, act by hand, close."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dunkelwerk.cli.person import (
    Actions,
    Actor,
    AsJson,
    On,
    Parameters,
    Reason,
    Version,
    acting_person,
    onlooker,
    read_actions,
    read_fields,
    typed,
)
from dunkelwerk.infra.i18n import _

app = typer.Typer(help="Der Postkorb: ansehen, berichtigen, von Hand bearbeiten, schließen.", no_args_is_help=True)
Item = Annotated[int, typer.Argument(metavar="NUMMER", help="Der Postkorbeintrag.")]


@app.callback()
def work_items() -> None:
    """Der Postkorb: ansehen, berichtigen, von Hand bearbeiten, schließen."""


@app.command("list", epilog="Beispiel: dunkelwerk work-items list --basket 'Leistung AU'")
def list_(
    basket: Annotated[str | None, typer.Option("--basket", metavar="NAME", help="Nur dieser Postkorb.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Auch erledigte und spätere.")] = False,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Was heute zu tun ist, das Dringendste zuerst."""
    from dunkelwerk.infra import database
    from dunkelwerk.infra.businessday import business_day

    database.start()
    from dunkelwerk.cli.proposals import print_json
    from dunkelwerk.insight.casework import print_table, tell_task
    from dunkelwerk.runner.casequeries import ITEMS, read_rows

    rows = read_rows(ITEMS, basket=basket, everything=everything, day=business_day(on))
    if as_json:
        print_json(rows)
        return
    headings = [
        _("Nr."),
        _("Postkorb"),
        _("Aufgabe"),
        _("Vertrag"),
        _("Fall"),
        _("Gründe"),
        _("Prio"),
        _("Fällig"),
        _("Stand"),
    ]
    names = ("id", "basket", "task", "contract", "claim", "reasons", "priority", "due_on", "state")
    states = {"open": _("offen"), "in_check": _("in Zweitprüfung"), "done": _("erledigt")}
    for row in rows:
        row["task"], row["state"] = tell_task(row["task"]), states[row["state"]]
    print_table(headings, [[row[name] for name in names] for row in rows], nothing=_("Nichts zu tun."))


@app.command("show", epilog="Beispiel: dunkelwerk work-items show 12")
def show(
    item: Item,
    trace: Annotated[bool, typer.Option("--trace", help="Die ganze Prüfspur.")] = False,
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Ein Eintrag: Gründe in Worten, Belege dazu, die Meldung, was schon geschah."""
    person = onlooker(on, parameters)
    from dunkelwerk.insight.casework import print_item
    from dunkelwerk.runner.handling import look

    print_item(look(item, person), with_trace=trace)


@app.command("correct", epilog="Beispiel: dunkelwerk work-items correct 12 --set issued_on=2026-10-30 --actor a.kurz")
def correct(
    item: Item,
    changes: Annotated[list[str], typer.Option("--set", metavar="FELD=WERT", help="Was die Meldung sagen soll.")],
    actor: Actor = None,
    reason: Reason = "",
    version: Version = None,
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Berichtigt die Meldung und gibt sie als neuen Versuch in den Posteingang."""
    said = {name: typed(value) for name, value in read_fields(changes, option="--set").items()}
    person = acting_person(actor, reason, on, parameters)
    from dunkelwerk.runner.handling import correct

    attempt = correct(item, said, person, version=version)
    message = _("Die berichtigte Meldung wartet im Posteingang (Nummer {attempt}); Eintrag {item} ist erledigt.")
    print(message.format(attempt=attempt, item=item))


@app.command(
    "act",
    epilog='Beispiel: dunkelwerk work-items act 12 --action "extend_benefit until=2026-11-30" --actor a.kurz '
    '--reason "Attest telefonisch bestätigt" --yes',
)
def act(
    item: Item,
    actions: Actions,
    actor: Actor = None,
    reason: Reason = "",
    yes: Annotated[bool, typer.Option("--yes", help="Nach der Vorschau nicht fragen.")] = False,
    version: Version = None,
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Bearbeitet von Hand: Vorschau, dann wirksam; was Geld bewegt oder nachteilig ist, geht zur Zweitprüfung."""
    wanted = read_actions(actions)
    person = acting_person(actor, reason, on, parameters)
    from dunkelwerk.insight.casework import print_view
    from dunkelwerk.runner import handling

    print_view(handling.preview(item, wanted, person))
    if not yes and not agreed():
        print(_("Nichts wurde geändert. Mit --yes wird es gemacht."))
        return
    done = handling.act(item, wanted, person, version=version)
    if done.proposal is None:
        print(_("Erledigt (Entscheidung {decision}).").format(decision=done.decision))
    else:
        print(_("Vorschlag {proposal} wartet auf die Zweitprüfung.").format(proposal=done.proposal))


def agreed() -> bool:
    """Whether the person at the terminal says yes; nobody there says no."""
    return sys.stdin.isatty() and typer.confirm(_("So machen?"))


@app.command("close", epilog='Beispiel: dunkelwerk work-items close 12 --actor a.kurz --reason "Doppelt eingereicht"')
def close(
    item: Item,
    actor: Actor = None,
    reason: Reason = "",
    version: Version = None,
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Schließt einen Eintrag mit Grund: mehr ist nicht zu tun."""
    person = acting_person(actor, reason, on, parameters)
    from dunkelwerk.runner.handling import close

    close(item, person, version=version)
    print(_("Eintrag {item} ist geschlossen.").format(item=item))
