"""What the service desk does with dialogues: revoke, paper, returned letters, holds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from dunkelwerk.cli.person import Actor, AsJson, Reason
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

REVOKE = 'Beispiel: dunkelwerk dialogues revoke D-7K2MA-9QXR4 --actor s.desk --reason "irrtümlich angelegt"'
HOLD = 'Beispiel: dunkelwerk dialogues hold D-7K2MA-9QXR4 --actor recht --reason "Rechtsstreit"'
Reference = Annotated[str, typer.Argument(metavar="DIALOG", help="Die Vorgangsnummer, z. B. D-7K2MA-9QXR4.")]
SHOW = "Beispiel: dunkelwerk dialogues show D-7K2MA-9QXR4"
LIST = "Beispiel: dunkelwerk dialogues list --type tax_id --state opened"
PAPER = "Beispiel: dunkelwerk dialogues paper D-7K2MA-9QXR4 --actor poststelle"
RETURNED = "Beispiel: dunkelwerk dialogues returned D-7K2MA-9QXR4 --actor poststelle"


def start(actor: str | None) -> str:
    """Reach the database; who acts: the name given, else the operating system's user."""
    from dunkelwerk.cli.inbox import current_user
    from dunkelwerk.infra import database

    name = (actor or "").strip() or current_user()
    if len(name) > 100 or not name.isprintable():
        raise wrong_usage(_("--actor: ein Name von 1 bis {longest} Zeichen.").format(longest=100))
    database.start()
    return name


def act(actor: str | None) -> str:
    """Reach the database for somebody who changes something; raises CommandError (wrong usage) without a name."""
    if not (actor or "").strip():
        message = _("--actor: bitte sagen, wer handelt (ein Name von 1 bis {longest} Zeichen).")
        raise wrong_usage(message.format(longest=100))
    return start(actor)


@contextmanager
def outages() -> Iterator[None]:
    """Raises CommandError where the database fails on the way; whoever ends it by Ctrl+C is told how to go on."""
    from django.db import InterfaceError, OperationalError

    try:
        yield
    except (OperationalError, InterfaceError) as error:
        fault = " ".join(str(error).split())
        message = _("Die Datenbank brach ab ({fault}); derselbe Aufruf setzt fort.")
        raise CommandError(message.format(fault=fault)) from None
    except KeyboardInterrupt:
        print(_("Abgebrochen; derselbe Aufruf setzt fort."), file=sys.stderr)
        raise


def revoke(reference: Reference, reason: Reason, actor: Actor = None) -> None:
    """Beendet einen Dialog: seine PIN gilt nicht mehr."""
    who = act(actor)
    from dunkelwerk.dialogues import operations

    with outages():
        operations.revoke(reference, actor=who, reason=reason)
    print(_("{reference}: widerrufen.").format(reference=reference))


def paper(reference: Reference, actor: Actor = None) -> None:
    """Die Antworten kamen auf Papier: es wird nichts mehr gefragt."""
    who = act(actor)
    from dunkelwerk.dialogues import operations

    with outages():
        operations.answered_on_paper(reference, actor=who)
    print(_("{reference}: auf Papier beantwortet.").format(reference=reference))


def returned(reference: Reference, actor: Actor = None) -> None:
    """Der Brief kam zurück: seine PIN gilt nicht mehr; reissue gibt eine neue aus."""
    who = act(actor)
    from dunkelwerk.dialogues import operations

    with outages():
        operations.returned_by_post(reference, actor=who)
    print(_("{reference}: als Rückläufer gebucht.").format(reference=reference))


def hold(
    reference: Reference,
    reason: Reason,
    actor: Actor = None,
    lift: Annotated[bool, typer.Option("--lift", help="Die Sperre aufheben.")] = False,
) -> None:
    """Sperrt einen Dialog gegen das Löschen."""
    who = act(actor)
    from dunkelwerk.dialogues import operations

    with outages():
        operations.hold(reference, held=not lift, actor=who, reason=reason)
    text = _("{reference}: Sperre aufgehoben.") if lift else _("{reference}: gesperrt, nichts wird gelöscht.")
    print(text.format(reference=reference))


def show(reference: Reference, as_json: AsJson = False) -> None:
    """Zeigt einen Dialog: Zustand, Fristen, was mit ihm geschah; nichts, was die Person sagte, und nie die PIN."""
    start(None)
    from dunkelwerk.dialogues.items import PAPER_FORM, has_open
    from dunkelwerk.dialogues.queries import events_of, find
    from dunkelwerk.dialogues.submitting import status
    from dunkelwerk.dialogues.words import event_in_words, outcome_in_words, state_in_words

    with outages():
        found = find(reference)
        events, outcome = events_of(found.id), status(found.id).outcome
        task = found.form.expiry_title if has_open(found.reference, task=PAPER_FORM) else None
    names = ("reference", "type", "version", "external_id", "valid_until", "remind_on", "held")
    facts = {name: getattr(found, name) for name in names} | {"state": found.seen, "outcome": outcome, "task": task}
    if as_json:
        import msgspec

        print(msgspec.json.encode({**facts, "events": events}).decode())
        return
    print_facts(facts | {"state": state_in_words(found.seen), "outcome": outcome_in_words(outcome)})
    from dunkelwerk.infra.businessday import BERLIN

    for each in events:
        at = f"{each.at.astimezone(BERLIN):%d.%m.%Y %H:%M}"
        detail = outcome_in_words(each.detail) if each.event == "processed" else each.detail
        print(f"  {at}  {each.actor}  {event_in_words(each.event)}  {detail}".rstrip())


def print_facts(facts: dict[str, Any]) -> None:
    """A dialogue's columns."""
    labels = {
        "reference": _("Dialog"),
        "type": _("Typ"),
        "version": _("Version"),
        "external_id": _("Kennung"),
        "state": _("Zustand"),
        "outcome": _("Ausgang"),
        "task": _("Aufgabe"),
        "valid_until": _("Gültig bis"),
        "remind_on": _("Erinnerung am"),
        "held": _("Gesperrt"),
    }
    from dunkelwerk.insight.casework import shown

    for name, label in labels.items():
        if facts[name] not in (None, False):
            print(f"{label}: {shown(facts[name])}")


def list_some(
    type: Annotated[str | None, typer.Option("--type", metavar="NAME", help="Nur dieser Dialogtyp.")] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="Nur dieser Zustand, z. B. opened oder geöffnet.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Wie viele, die neuesten zuerst.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Listet Dialoge, die neuesten zuerst, und zählt die Zustände."""
    start(None)
    from dunkelwerk.dialogues.queries import count_states, list_dialogues
    from dunkelwerk.dialogues.words import read_state, states

    state = None if state is None else read_state(state)
    with outages():
        rows, counts = list_dialogues(type=type, state=state, limit=limit), count_states(type)
    if as_json:
        import msgspec

        for each in rows:
            print(msgspec.json.encode(each).decode())
        return
    from dunkelwerk.insight.casework import print_table

    headings = [_("Dialog"), _("Typ"), _("Version"), _("Kennung"), _("Zustand"), _("Gültig bis")]
    said = states()
    lines = [
        (each.reference, each.type, each.version, each.external_id, said[each.state], each.valid_until) for each in rows
    ]
    print_table(headings, lines, nothing=_("Es gibt keinen solchen Dialog."))
    if counts:
        print(", ".join(f"{word} {counts[name]}" for name, word in said.items() if name in counts))
