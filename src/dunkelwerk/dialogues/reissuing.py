"""A new PIN on paper: the letter, the row for the printer, or both, and the old PIN dead, in one step.

Letter and print file get their names within the transaction that replaces the PIN. Whatever goes wrong before has
changed nothing; should the commit fail after that, they are called ``NAME.ungeklaert``: the PIN may count, or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import pins, queries
from dunkelwerk.dialogues.creating import Created
from dunkelwerk.dialogues.importing.layout import Layout, layout_of
from dunkelwerk.dialogues.importing.letters import CsvFile, PrivateFile
from dunkelwerk.dialogues.papers.engine import engine
from dunkelwerk.dialogues.papers.lettered import Batch, Forms
from dunkelwerk.dialogues.papers.printing import make_folder, set_letter
from dunkelwerk.dialogues.type_versions import read_version
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.letters.rendering import LetterFault
from dunkelwerk.lines.address import AddressFault


class Target(Struct, frozen=True):
    """Where the new PIN goes: a letter into ``folder``, a row for the printer into ``pins_out``; one of them at least.

    ``recipient``: for whom the row is encrypted; ``raw``: its cells are left as they are.
    """

    folder: Path | None = None
    pins_out: Path | None = None
    recipient: Any = None
    raw: bool = False


class Posted(Struct, frozen=True):
    """The new PIN with its letter's file, and where an older print file of the same name was kept."""

    created: Created
    letter: Path | None
    kept: Path | None


def post_new_pin(reference: str, target: Target, *, on: date, reissue: Callable[[], Created]) -> Posted:
    """Replace the PIN by ``reissue`` and write it to its target; raises CommandError, and then nothing has changed."""
    found = queries.find(reference)
    if target.folder is not None:
        with engine():  # gathers its fonts before anything is locked
            pass
    with files_of(found, target) as (sheet, row, layout), transaction.atomic(durable=True):
        created = reissue()
        path = None if sheet is None else write_letter(sheet, created, on)
        if row is not None and layout is not None:
            write_row(row, layout, created)
        # names come last: whoever finds one finds a PIN that counts
        if sheet is not None:
            sheet.publish(keeps=False)
        return Posted(created, path, None if row is None else row.publish())


@contextmanager
def files_of(
    found: queries.Dialogue, target: Target
) -> Iterator[tuple[PrivateFile | None, CsvFile | None, Layout | None]]:
    """The files to be, under part names; where something fails none of them keeps its name."""
    sheet = row = layout = None
    is_new = target.folder is not None and not target.folder.exists()
    try:
        if target.folder is not None:
            make_folder(target.folder)
            sheet = PrivateFile(target.folder / f"{found.reference}.pdf")
        if target.pins_out is not None:
            with connection.cursor() as cursor:
                layout = layout_of(cursor, read_version(found.type, None).form)
            row = layout.open(target.pins_out, recipient=target.recipient, raw=target.raw)
        yield sheet, row, layout
    except BaseException:
        for each in (sheet, row):
            if each is not None:
                each.withdraw()
                each.discard()
        if is_new and target.folder is not None:
            with suppress(OSError):  # unless something is in it
                target.folder.rmdir()
        raise


def write_letter(sheet: PrivateFile, created: Created, on: date) -> Path:
    """The letter, complete under its part name; raises CommandError where it cannot be printed."""
    found = Batch([created.reference], Forms()).open(created.reference)
    try:
        letter = set_letter(found, created.pin, created.link, on)
    except (AddressFault, LetterFault) as fault:
        message = _("Der Brief lässt sich nicht drucken: {reason}. Die bisherige PIN gilt weiter.")
        raise CommandError(message.format(reason=fault)) from None
    try:
        sheet.stream.write(letter.pdf)
        sheet.settle()
    except OSError as error:
        message = _("{path}: nicht schreibbar ({reason}).")
        raise CommandError(message.format(path=sheet.path, reason=error.strerror)) from None
    return sheet.path


def write_row(row: CsvFile, layout: Layout, created: Created) -> None:
    """The row for the printer, complete under its part name; raises CommandError."""
    found = queries.find(created.reference)
    if found.person is None:
        raise RuntimeError(f"{created.reference} has a PIN and no person")
    facts = {"until": created.valid_until, "reference": created.reference, "pin": pins.normalise(created.pin)}
    row.write([layout.row(found.form, found.person, found.prefill, **facts)])
    row.settle()
