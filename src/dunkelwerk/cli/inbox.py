"""``dunkelwerk inbox add``: notices of a file into the inbox. Fixed in docs/interfaces.md section 2."""

from __future__ import annotations

import getpass
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.cli import inbox_document
from dunkelwerk.cli.person import Actor, acting_person, read_fields, typed
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.inbox.door import Delivery, Refusal

EXAMPLE = "Beispiel: dunkelwerk inbox add meldungen.jsonl --channel scan"
CHANNEL = re.compile(r"[A-Za-z0-9_.-]{1,40}")
LONGEST_ACTOR = 100

app = typer.Typer(help="Der Posteingang: Meldungen jedes Kanals.", no_args_is_help=True)
app.command("document", epilog=inbox_document.EXAMPLE)(inbox_document.document)


@app.callback()
def inbox() -> None:
    """Der Posteingang: Meldungen jedes Kanals."""


@app.command("add", epilog=EXAMPLE)
def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Meldungen, JSON Lines mit dem Feld process.")],
    channel: Annotated[str, typer.Option("--channel", metavar="NAME", help="Eingangskanal.")] = "file",
    actor: Annotated[str | None, typer.Option("--actor", metavar="NAME", help="Wer sie bringt.")] = None,
) -> None:
    """Nimmt Meldungen in den Posteingang auf, jede einmal, wie oft sie auch kommt."""
    check_usage(files, channel, actor)
    from dunkelwerk.infra import database

    database.start()
    faults: list[str] = []
    added, known, refused = receive_files(files, channel, actor or current_user(), faults)
    summary = _("{added} aufgenommen, {known} schon vorhanden, {refused} fehlerhaft")
    print(summary.format(added=added, known=known, refused=refused))
    if refused or faults:
        raise typer.Exit(1)


@app.command(
    "complete", epilog="Beispiel: dunkelwerk inbox complete 17 --document employer_confirmation --actor poststelle"
)
def complete(
    notice: Annotated[int, typer.Argument(metavar="NUMMER", help="Die Nummer der Meldung im Posteingang.")],
    documents: Annotated[
        list[str] | None, typer.Option("--document", metavar="NAME", help="Was jetzt vorliegt, z. B. claim_form.")
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="FELD=WERT", help="Weitere Angaben, z. B. icd='[\"M54.5 G\"]'.")
    ] = None,
    actor: Actor = None,
) -> None:
    """Fehlende Unterlagen sind da: die Meldung wird mit ihnen noch einmal gegeben."""
    if not documents and not changes:
        raise wrong_usage(_("Bitte mit --document sagen, was jetzt vorliegt."))
    said = {name: typed(value) for name, value in read_fields(changes or [], option="--set").items()}
    person = acting_person(actor, "", None, None)
    from dunkelwerk.runner.handling import complete

    attempt = complete(notice, documents or [], said, person)
    print(_("Die ergänzte Meldung wartet im Posteingang (Nummer {attempt}).").format(attempt=attempt))


def check_usage(files: Sequence[Path], channel: str, actor: str | None) -> None:
    """Raise CommandError (wrong usage) before anything is received."""
    from dunkelwerk.inbox.operations import OWN_CHANNELS

    for path in files:
        if not path.exists():
            raise wrong_usage(_("{path}: diese Datei gibt es nicht.").format(path=path))
        if path.is_dir():
            raise wrong_usage(_("{path}: das ist ein Verzeichnis, keine Datei.").format(path=path))
    if not CHANNEL.fullmatch(channel):
        raise wrong_usage(_("--channel: höchstens 40 Buchstaben, Ziffern, Punkte, Binde- und Unterstriche."))
    if channel.casefold() in OWN_CHANNELS:
        message = _("--channel: {name} gehört dem Programm selbst; einen anderen Namen wählen, z. B. scan.")
        raise wrong_usage(message.format(name=channel))
    if actor is not None and not 0 < len(actor.strip()) <= LONGEST_ACTOR:
        raise wrong_usage(_("--actor: ein Name von 1 bis {longest} Zeichen.").format(longest=LONGEST_ACTOR))


def current_user() -> str:
    """The name of the operating system's user."""
    try:
        return getpass.getuser()[:LONGEST_ACTOR]
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def receive_files(files: Sequence[Path], channel: str, actor: str, faults: list[str]) -> tuple[int, int, int]:
    """How many notices were added, known already, refused; ``faults`` takes the files that could not be read."""
    from django.db import OperationalError, connection

    from dunkelwerk.inbox.operations import Origin, receive
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.infra.keys import Vault
    from dunkelwerk.infra.progress import progress

    added = known = refused = 0
    try:
        with connection.cursor() as cursor, progress(_("aufgenommen")) as advance:
            vault = Vault(cursor, on=business_day())
            for receipt in receive(examine_files(files, faults), Origin(channel, actor), vault):
                added, known, refused = added + receipt.added, known + receipt.known, refused + len(receipt.refused)
                for refusal in receipt.refused:
                    print(refusal, file=sys.stderr)
                advance(receipt.count)
    except OperationalError as error:
        fault = " ".join(str(error).split())
        message = _("Die Datenbank brach nach {added} neuen Meldungen ab ({fault}); derselbe Aufruf setzt fort.")
        raise CommandError(message.format(added=added, fault=fault)) from None
    return added, known, refused


def examine_files(files: Sequence[Path], faults: list[str]) -> Iterator[Delivery | Refusal]:
    """Every line of the files, read strictly. A file that cannot be read does not keep the others out."""
    from dunkelwerk.inbox.door import Door
    from dunkelwerk.infra.jsonlines import read_lines

    door = Door()
    for path in files:
        try:
            for line in read_lines(path):
                yield door.examine(line, file=str(path))
        except CommandError as error:
            faults.append(str(error))
            print(error, file=sys.stderr)
