"""``dunkelwerk dialogues letters``: request letters with PIN and QR code from a print export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dunkelwerk.cli.dialogue_desk import outages, start
from dunkelwerk.cli.person import On
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

EXAMPLE = "Beispiel: dunkelwerk dialogues letters druck.csv.age --identity druck.key --out briefe"
#: the part of an age key file that is the key
KEY = "AGE-SECRET-KEY-"


def letters(
    export: Annotated[Path, typer.Argument(metavar="PINS.csv", help="Der Druckexport (--pins-out).")],
    out: Annotated[Path, typer.Option("--out", metavar="ORDNER", help="Wohin die Briefe kommen.")],
    identity: Annotated[
        Path | None, typer.Option("--identity", metavar="DATEI", help="Die age-Schlüsseldatei des Druckzentrums.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, metavar="ZAHL", help="Höchstens so viele.")] = None,
    on: On = None,
) -> None:
    """Setzt die Anforderungsschreiben (DIN 5008, mit PIN und QR-Code) aus einem Druckexport."""
    start(None)
    from dunkelwerk.dialogues.papers.printing import print_letters
    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.infra.progress import progress

    with outages(), progress(_("gesetzt")) as advance:
        done = print_letters(
            export, out, on=business_day(on), identity=read_identity(identity), limit=limit, advance=advance
        )
    text = _("1 Brief steht in {folder}.") if done.letters == 1 else _("{count} Briefe stehen in {folder}.")
    print(text.format(count=done.letters, folder=out))
    for number, fault in done.failed:
        line = _("{file}, Zeile {line}: {reason}")
        print(line.format(file=export, line=number, reason=fault), file=sys.stderr)
    if done.failed:
        raise typer.Exit(1)


def read_identity(path: Path | None) -> str | None:
    """The secret key in an age key file; raises CommandError where there is none."""
    if path is None:
        return None
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(
            _("{path}: nicht lesbar ({reason}).").format(path=path, reason=type(error).__name__)
        ) from None
    found = next((line.strip() for line in lines if line.strip().startswith(KEY)), None)
    if found is None:
        raise CommandError(_("{path}: darin steht kein age-Schlüssel.").format(path=path))
    return found
