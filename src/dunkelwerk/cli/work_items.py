"""``dunkelwerk work-items``: what people have to do. Look, correct and run again, act by hand, close."""

from __future__ import annotations

import sys
from typing import Annotated, Any

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
from dunkelwerk.infra.errors import wrong_usage
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
    from dunkelwerk.insight.casework import print_table
    from dunkelwerk.runner.casequeries import ITEMS, read_rows

    rows = read_rows(ITEMS, basket=basket, everything=everything, day=business_day(on))
    if as_json:
        print_json(rows)
        return
    headings = [_("Nr."), _("Prio"), _("Fällig"), _("Postkorb"), _("Aufgabe"), _("Fall"), _("Gründe"), _("Stand")]
    print_table(headings, [cells(row) for row in rows], nothing=_("Nichts zu tun."))


def cells(row: dict[str, Any]) -> list[Any]:
    """One line of the list."""
    from dunkelwerk.insight.casewords import tell_basket, tell_item_state, tell_reasons, tell_task

    where = "/".join(each for each in (row["contract"], row["claim"]) if each) or row["key"]
    basket, task, state = tell_basket(row["basket"]), tell_task(row["task"]), tell_item_state(row["state"])
    return [row["id"], row["priority"], row["due_on"], basket, task, where, tell_reasons(row["reasons"]), state]


@app.command("show", epilog="Beispiele: dunkelwerk work-items show 12\n\ndunkelwerk work-items show 12 --trace")
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


@app.command(
    "correct",
    epilog="Beispiele: dunkelwerk work-items correct 12 --set issued_on=2026-10-30 --actor a.kurz\n\n"
    "dunkelwerk work-items correct 12 --set formally_correct=true --set incapacity_until=null --actor a.kurz",
)
def correct(
    item: Item,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FELD=WERT", help="Was die Meldung sagen soll; mehrmals für mehrere Felder."),
    ] = None,
    actor: Actor = None,
    reason: Reason = "",
    version: Version = None,
    on: On = None,
    parameters: Parameters = None,
) -> None:
    """Berichtigt die Meldung und gibt sie als neuen Versuch in den Posteingang."""
    if not changes:
        raise wrong_usage(_("Bitte mit --set sagen, was zu berichtigen ist, z. B. --set issued_on=2026-10-30."))
    said = {name: typed(value) for name, value in read_fields(changes, option="--set").items()}
    person = acting_person(actor, reason, on, parameters)
    from dunkelwerk.runner.handling import correct

    attempt = correct(item, said, person, version=version)
    message = _("Die berichtigte Meldung wartet im Posteingang (Nummer {attempt}); Eintrag {item} ist erledigt.")
    print(message.format(attempt=attempt, item=item))


#: what a clerk may do, as ``--help`` shows it
ACT_EXAMPLES = (
    'Beispiele: dunkelwerk work-items act 12 --action "extend_benefit until=2026-11-30" --actor a.kurz '
    '--reason "Attest telefonisch bestätigt"\n\n'
    'dunkelwerk work-items act 12 --action "record_proof until=2026-11-30" --actor a.kurz --yes\n\n'
    "Geschäftsvorfälle: file_notice · record_proof until=TAG · extend_benefit until=TAG (bringt seine Raten mit) · "
    "release_instalment due=TAG amount=BETRAG · offset_recourse due=TAG amount=BETRAG · review_on on=TAG · "
    "close_claim reason=GRUND · send_letter template=VORLAGE · resume_instalments; "
    "für einen anderen Fall dazu contract=… claim=…"
)


@app.command("act", epilog=ACT_EXAMPLES)
def act(
    item: Item,
    actions: Actions = None,
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

    view = handling.preview(item, wanted, person)
    print_view(view)
    print()
    if handling.needs_examiner(view.judged.decision.actions):
        print(_("Das bewegt Geld oder ist nachteilig: Es geht zur Zweitprüfung."))
    else:
        print(_("Das wird ohne Zweitprüfung wirksam."))
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
