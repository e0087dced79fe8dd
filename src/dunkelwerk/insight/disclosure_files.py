"""The files of a disclosure: JSON for programs, a page for people, the letters; readable by their owner alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.disclosure import Disclosure
from dunkelwerk.insight.disclosure_page import page
from dunkelwerk.insight.disclosure_texts import Texts, law_of, law_of_dialogues
from dunkelwerk.lines.terms import Terms
from dunkelwerk.runner.lettering import write_whole

DATA, PAGE, LETTERS, HANDED_IN = "auskunft.json", "auskunft.html", "briefe", "dateien"


class WrittenFiles(Struct, frozen=True):
    """What was written, and what whoever sends it has to look at."""

    page: str
    data: str
    letters: int
    files: int
    hints: list[str]


@contextmanager
def folder_for(out: Path | None, key: str) -> Iterator[Path]:
    """An empty folder of its own; where nothing comes of it, one that was made for it is gone again."""
    wanted = folder_named(out, key)
    was_there = wanted.exists()
    folder = prepare_folder(out, key)
    try:
        yield folder
    except BaseException:
        if not was_there and not any(folder.iterdir()):
            folder.rmdir()
        raise


def folder_named(out: Path | None, key: str) -> Path:
    """Where it goes."""
    return out or Path(f"auskunft-{re.sub(r'[^A-Za-z0-9._-]', '_', key)}")


def prepare_folder(out: Path | None, key: str) -> Path:
    """An empty folder of its own; raises CommandError where there is something in it: it may be another person's."""
    folder = folder_named(out, key)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CommandError(_("{path}: der Ordner ist nicht leer.").format(path=folder))
    except OSError as error:
        message = _("{path}: nicht schreibbar ({reason}).")
        raise CommandError(message.format(path=folder, reason=error.strerror)) from None
    return folder


def write_disclosure(
    told: Disclosure, folder: Path, *, terms: Mapping[str, Terms], texts: Mapping[str, Texts]
) -> WrittenFiles:
    """Write the files; raises CommandError where that fails."""
    lines = {
        name: {**line, "law": law_of(name, line, texts[name], terms.get(name), told.on)}
        for name, line in told.lines.items()
    }
    dialogues = {
        "dialogues": told.dialogues,
        "unclear": told.unclear,
        "law": law_of_dialogues(told.dialogues, lines, texts),
    }
    content = {"schema": 1, "person": told.key, "on": told.on, "lines": lines, "dialogues": dialogues}
    data = msgspec.json.encode(content)
    write_whole(folder / DATA, msgspec.json.format(data, indent=1) + b"\n")
    write_whole(folder / PAGE, page(msgspec.json.decode(data)).encode())
    letters = sum(copy_letter(Path(source) / file, digest, folder / LETTERS) for source, file, digest in told.files)
    for each in told.handed_in:
        write_whole(folder / HANDED_IN / each.name, each.data)
    said = list(hints(lines.values(), told, total=len(told.files), copied=letters))
    return WrittenFiles(PAGE, DATA, letters, len(told.handed_in), said)


def copy_letter(path: Path, digest: str, folder: Path) -> bool:
    """Copy a letter's file if it is still there as it was printed; whether it was."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    if hashlib.sha256(content).hexdigest() != digest:
        return False
    write_whole(folder / path.name, content)
    return True


def hints(lines: Any, told: Disclosure, *, total: int, copied: int) -> list[str]:
    """What is not in it."""
    found = []
    unclear = [str(each) for line in lines for each in line["left_out"]["unclear_notices"]]
    if unclear:
        message = _("Nicht enthalten, weil unklar ist, wen sie betreffen; bitte ansehen: Meldungen {notices}.")
        found.append(message.format(notices=", ".join(unclear)))
    if told.unclear:
        message = _(
            "Nicht enthalten, weil unklar ist, wessen sie sind; bitte ansehen, und was zur Person gehört, mit "
            "--dialogue angeben: Dialoge {references}."
        )
        found.append(message.format(references=", ".join(told.unclear)))
    if told.changed:
        message = _(
            "Diese Dialoge sind verändert und lassen sich nicht öffnen, niemand weiß, wessen sie sind: {references}."
        )
        found.append(message.format(references=", ".join(told.changed)))
    if copied < total:
        message = _("{count} Briefe liegen nicht mehr als Datei vor; ihr Inhalt steht in der Auskunft.")
        found.append(message.format(count=total - copied))
    return found
