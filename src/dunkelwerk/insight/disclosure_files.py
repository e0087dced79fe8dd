"""The files of a disclosure: JSON for programs, a page for people, the letters; readable by their owner alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.insight.disclosure_page import page
from dunkelwerk.insight.disclosure_texts import Texts, law_of
from dunkelwerk.lines.terms import Terms
from dunkelwerk.runner.disclosure import Disclosure
from dunkelwerk.runner.lettering import write_whole

DATA, PAGE, LETTERS = "auskunft.json", "auskunft.html", "briefe"


class WrittenFiles(Struct, frozen=True):
    """What was written, and what whoever sends it has to look at."""

    page: str
    data: str
    letters: int
    hints: list[str]


def prepare_folder(out: Path | None, key: str) -> Path:
    """An empty folder of its own; raises CommandError where there is something in it: it may be another person's."""
    folder = out or Path(f"auskunft-{re.sub(r'[^A-Za-z0-9._-]', '_', key)}")
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
    content = {"schema": 1, "person": told.key, "on": told.on, "lines": lines}
    data = msgspec.json.encode(content)
    write_whole(folder / DATA, msgspec.json.format(data, indent=1) + b"\n")
    write_whole(folder / PAGE, page(msgspec.json.decode(data)).encode())
    letters = sum(copy_letter(Path(source) / file, digest, folder / LETTERS) for source, file, digest in told.files)
    return WrittenFiles(PAGE, DATA, letters, list(hints(lines.values(), total=len(told.files), copied=letters)))


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


def hints(lines: Any, *, total: int, copied: int) -> list[str]:
    """What is not in it."""
    found = []
    unclear = [str(each) for line in lines for each in line["left_out"]["unclear_notices"]]
    if unclear:
        message = _("Nicht enthalten, weil unklar ist, wen sie betreffen; bitte ansehen: Meldungen {notices}.")
        found.append(message.format(notices=", ".join(unclear)))
    if copied < total:
        message = _("{count} Briefe liegen nicht mehr als Datei vor; ihr Inhalt steht in der Auskunft.")
        found.append(message.format(count=total - copied))
    return found
