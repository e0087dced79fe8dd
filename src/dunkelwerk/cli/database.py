"""``dunkelwerk database``: back up and restore, for the embedded database and for one's own alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunkelwerk.infra.errors import wrong_usage
from dunkelwerk.infra.i18n import _

app = typer.Typer(help="Die Datenbank sichern und wiederherstellen.", no_args_is_help=True)


@app.callback()
def database() -> None:
    """Die Datenbank sichern und wiederherstellen."""


@app.command("dump", epilog="Beispiel: dunkelwerk database dump sicherung.dump")
def dump(file: Annotated[Path, typer.Argument(metavar="FILE", help="Die Sicherung, die entsteht.")]) -> None:
    """Sichert die Datenbank, wie sie in diesem Augenblick ist, während weitergearbeitet wird."""
    from dunkelwerk.infra import backup
    from dunkelwerk.infra.keys import key_file

    if file.is_dir():
        raise wrong_usage(_("{path}: das ist ein Verzeichnis, keine Datei.").format(path=file))
    size = backup.dump(file)
    message = _(
        "Gesichert: {path} ({size} Byte). Die Schlüsseldatei {keys} ist nicht darin; bitte getrennt davon sichern."
    )
    print(message.format(path=file, size=size, keys=key_file()))


@app.command("restore", epilog="Beispiel: dunkelwerk database restore sicherung.dump")
def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="Eine Sicherung von database dump.")]) -> None:
    """Spielt eine Sicherung in eine leere Datenbank ein, ganz oder gar nicht, und prüft die Schlüsseldatei."""
    from dunkelwerk.infra import backup

    if not file.is_file():
        raise wrong_usage(_("{path}: diese Datei gibt es nicht.").format(path=file))
    backup.restore(file)
    print(_("Eingespielt: {path}.").format(path=file))
    print(_("Die Schlüsseldatei {path} passt dazu; bitte dunkelwerk check aufrufen.").format(path=check_keys()))


def check_keys() -> Path:
    """The key file; raises CommandError where it is missing or does not open every data key of the database.

    Also brings the tables of an older backup up to date.
    """
    from dunkelwerk.cli.keys import ensure_all_open, session
    from dunkelwerk.infra.keys import MasterKeys

    with session() as cursor:
        masters = MasterKeys.open(cursor)
        ensure_all_open(cursor, masters)
    return masters.path
