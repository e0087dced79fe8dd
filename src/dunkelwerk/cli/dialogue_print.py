"""What commands that write PINs for the print have in common: their options, and what is said about the file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dunkelwerk.infra.i18n import _

PINS_OUT = typer.Option("--pins-out", metavar="OUT", help="Datei für den Druck; enthält die PINs.")
Recipient = Annotated[
    str | None, typer.Option("--recipient", metavar="AGE_KEY", help="Für wen sie verschlüsselt wird (age1…).")
]
Raw = Annotated[
    bool, typer.Option("--raw", help="Zellen unverändert: für die Druckerei, nie für ein Tabellenprogramm.")
]


def warn_of_links(letters: int) -> None:
    """Say where letters lead nobody, because the portal's address is not set."""
    from dunkelwerk.dialogues.settings import configured_url, portal_url

    if letters and not configured_url():
        message = _(
            "DUNKELWERK_PORTAL_URL ist nicht gesetzt: die Links der Briefe zeigen auf {url}, das niemand erreicht."
        )
        print(message.format(url=portal_url()), file=sys.stderr)


def tell_about_pins(pins_out: Path, kept: Path | None, *, encrypted: bool) -> None:
    """Warn of a file with readable PINs, and say where an older one went."""
    if kept is not None:
        message = _("{path} gab es schon; die ältere Datei mit ihren PINs heißt jetzt {kept}.")
        print(message.format(path=pins_out, kept=kept), file=sys.stderr)
    if not encrypted:
        message = _(
            "Achtung: {path} enthält PINs im Klartext (nur Ihr Benutzerkonto darf sie lesen). Bitte nach dem Druck "
            "löschen; --recipient verschlüsselt sie."
        )
        print(message.format(path=pins_out), file=sys.stderr)
