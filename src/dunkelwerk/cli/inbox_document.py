"""``dunkelwerk inbox document``: a document that nobody has read yet, into a file for the clerk alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dunkelwerk.cli.person import Actor
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

EXAMPLE = "Beispiel: dunkelwerk inbox document 17 --out dokument.pdf --actor poststelle"


def document(
    number: Annotated[int, typer.Argument(metavar="NUMMER", help="Die Nummer des Dokuments (im Postkorbeintrag).")],
    out: Annotated[Path, typer.Option("--out", metavar="DATEI", help="Die Datei, ein PDF; es darf sie nicht geben.")],
    actor: Actor = None,
) -> None:
    """Schreibt ein eingegangenes Dokument in eine Datei; es wird vermerkt, wer es las."""
    from dunkelwerk.cli.person import acting_person

    person = acting_person(actor, "", None, None)
    ensure_free(out)
    from dunkelwerk.inbox.documents import read_document
    from dunkelwerk.runner.acting import session

    with session(person) as acting:
        content = read_document(acting.cursor, acting.vault, number)
        acting.note("read", kind="document", key=str(number))
    write_private(out, content)
    print(
        _("Das Dokument {number} steht in {path}; bitte nach der Bearbeitung löschen.").format(number=number, path=out)
    )


def ensure_free(path: Path) -> None:
    """Raise CommandError where a file would be overwritten, or has no folder, before anything is read."""
    if path.exists() or path.is_symlink():
        raise CommandError(_("{path}: diese Datei gibt es schon.").format(path=path))
    if not path.parent.is_dir():
        raise CommandError(_("{path}: diesen Ordner gibt es nicht.").format(path=path.parent))


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that its owner alone can read (0600), whole or not at all; raises CommandError."""
    from dunkelwerk.runner.lettering import write_whole

    ensure_free(path)
    write_whole(path, data)
