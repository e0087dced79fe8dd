"""``dunkelwerk dialogues files``: what a person handed in, into files for the clerk alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunkelwerk.cli.inbox_document import write_private
from dunkelwerk.cli.person import Actor
from dunkelwerk.infra.i18n import _

FILES = "Beispiel: dunkelwerk dialogues files D-7K2MA-9QXR4 --out nachweise --actor s.desk"


def files(
    reference: Annotated[str, typer.Argument(metavar="DIALOG", help="Die Vorgangsnummer, z. B. D-7K2MA-9QXR4.")],
    out: Annotated[Path, typer.Option("--out", metavar="ORDNER", help="Ein leerer Ordner für die Dateien.")],
    actor: Actor = None,
) -> None:
    """Schreibt, was eingereicht wurde: Nachweise (je Frage ein PDF), Quittung, Worte beim Ausstieg."""
    from dunkelwerk.cli.dialogue_desk import outages
    from dunkelwerk.cli.person import acting_person

    who = acting_person(actor, "", None, None).actor
    from dunkelwerk.dialogues.queries import find
    from dunkelwerk.dialogues.reading_out import read_out
    from dunkelwerk.insight.disclosure_files import prepare_folder

    with outages():
        find(reference)  # no folder for a dialogue that there is not
        folder = prepare_folder(out, reference)
        found = read_out(reference, actor=who)
    for each in found:
        write_private(folder / each.name, each.data)
        print(folder / each.name)
    text = _("{count} Dateien stehen in {folder}; bitte nach der Bearbeitung löschen.")
    if len(found) == 1:
        text = _("1 Datei steht in {folder}; bitte nach der Bearbeitung löschen.")
    print(text.format(count=len(found), folder=folder))
