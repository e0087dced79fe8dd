"""One import: rows staged batch by batch, letters written beside, all marked ``exported`` when the file is complete.

An interrupted run exported nothing; the same call again gives its dialogues new PINs and completes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import type_versions
from dunkelwerk.dialogues.events import LONGEST_ACTOR
from dunkelwerk.dialogues.hashing import Hasher
from dunkelwerk.dialogues.importing.candidates import Bad, Candidate, Checker
from dunkelwerk.dialogues.importing.layout import Layout, added
from dunkelwerk.dialogues.importing.letters import CsvFile
from dunkelwerk.dialogues.importing.staging import Lettered, Run, Staged, stage
from dunkelwerk.dialogues.importing.table import Table
from dunkelwerk.dialogues.minting import Mint
from dunkelwerk.dialogues.settings import configured_url
from dunkelwerk.dialogues.shipped import ensure_answerable
from dunkelwerk.dialogues.type_versions import Version
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.progress import Advance

BATCH = 1000
#: PINs hashed ahead of their use
AHEAD = 1024
TRY_TURN, END_TURN = (
    "SELECT pg_try_advisory_lock(20250621, hashtext(%s))",
    "SELECT pg_advisory_unlock(20250621, hashtext(%s))",
)
BEGIN = """
    INSERT INTO dialogue_import (type, file, actor, started_at, read, imported, completed, known, bad)
    VALUES (%s, %s, %s, %s, 0, 0, 0, 0, 0) RETURNING id
"""
WRITTEN = "SELECT count(*) FROM dialogue WHERE import_run = %s AND state = 'created'"
EXPORT = """
    WITH sent AS (
        UPDATE dialogue SET state = 'exported', remind_on = CASE WHEN %s::date < valid_until THEN %s::date END
        WHERE import_run = %s AND state = 'created' RETURNING id
    )
    INSERT INTO dialogue_event (dialogue, at, actor, event, detail) SELECT id, %s, %s, 'exported', '' FROM sent
"""
END = """
    UPDATE dialogue_import SET finished_at = %s, read = %s, imported = %s, completed = %s, known = %s, bad = %s,
        layout = %s
    WHERE id = %s
"""


class Order(Struct, frozen=True):
    """What is imported: type, file, where letters and bad rows go, for which recipient, by whom, on which day.

    ``raw``: the letters' cells are left as they are, for a printer that uses no spreadsheet.
    """

    type: str
    path: Path
    pins_out: Path
    actor: str
    on: date
    recipient: Any = None
    errors_out: Path | None = None
    raw: bool = False


class Counts(Struct):
    """The reconciliation of a run: rows in = imported + completed + known + bad; letters = imported + completed."""

    read: int = 0
    imported: int = 0
    completed: int = 0
    known: int = 0
    bad: int = 0
    letters: int = 0
    #: where an older export of the same name was kept
    kept: Path | None = None
    #: no letter was to be written: an older export of that name stays as it is
    is_left: bool = False

    def add(self, rows: int, staged: Staged, bad: int) -> None:
        """Count a batch."""
        self.read += rows
        self.imported += len(staged.imported)
        self.completed += len(staged.completed)
        self.known += staged.known
        self.bad += bad

    @property
    def agrees(self) -> bool:
        """Whether nothing was lost."""
        accounted = self.imported + self.completed + self.known + self.bad
        return self.read == accounted and self.letters == self.imported + self.completed


def import_file(order: Order, *, advance: Advance, complain: Callable[[Bad], None]) -> Counts:
    """Import a file; ``complain`` takes each bad row. Raises CommandError: nothing is exported then."""
    configured_url()  # a wrong one is told before anything is written
    table = Table(order.path)
    version = type_versions.newest(order.type, actor=order.actor)
    ensure_answerable(version.form)
    checker = Checker(version.form, table.columns, path=order.path, on=order.on)
    layout = Layout(table.columns, table.dialect.delimiter)
    with turn(version.name):
        letters = layout.open(order.pins_out, recipient=order.recipient, raw=order.raw)
        try:
            with bad_rows(order, table, complain) as refuse:
                return carry_out(order, table, checker, version, layout, letters, refuse, advance)
        except BaseException:
            letters.discard()
            raise


@contextmanager
def turn(name: str) -> Iterator[None]:
    """One import of a type at a time: two would give the same dialogues different PINs. Raises CommandError."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_TURN, (name,))
        if not cursor.fetchone()[0]:
            raise CommandError(_("Für den Dialogtyp {name} läuft gerade ein anderer Import.").format(name=name))
        try:
            yield
        finally:
            with suppress(Exception):  # a lost connection has given up the turn already
                cursor.execute(END_TURN, (name,))


@contextmanager
def bad_rows(order: Order, table: Table, complain: Callable[[Bad], None]) -> Iterator[Callable[[Sequence[Bad]], None]]:
    """What takes bad rows: told, and written to a file of their own where one is named."""
    out = None
    if order.errors_out is not None:
        columns = ("line", "reason", *table.columns)
        out = CsvFile(order.errors_out, columns, delimiter=table.dialect.delimiter)

    def refuse(rows: Sequence[Bad]) -> None:
        for each in rows:
            complain(each)
        if out is not None:
            out.write((str(each.line), each.reason, *each.cells) for each in rows)

    try:
        yield refuse
        if out is not None:
            out.settle()
            out.publish(keeps=False)
    except BaseException:
        if out is not None:
            out.discard()
        raise


def carry_out(
    order: Order,
    table: Table,
    checker: Checker,
    version: Version,
    layout: Layout,
    letters: CsvFile,
    refuse: Callable[[Sequence[Bad]], None],
    advance: Advance,
) -> Counts:
    """Stage every batch, then export."""
    counts = Counts()
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, (version.name, storable_name(order.path), order.actor, now()))
        run = Run(cursor.fetchone()[0], version, order.actor, now())
        vault, hasher = Vault(cursor, on=business_day()), Hasher.open(cursor)
    rows = iter(table)
    with Mint(hasher, ahead=AHEAD) as mint:
        while batch := [checker.check(row) for row in islice(rows, BATCH)]:
            bad = [each for each in batch if isinstance(each, Bad)]
            good = [each for each in batch if isinstance(each, Candidate)]
            staged = stage(good, run, mint, vault)
            refuse(sorted((*bad, *staged.bad), key=lambda each: each.line))
            written = (*staged.imported, *staged.completed)
            if written and not counts.imported + counts.completed:
                layout = layout.like(written[0].candidate.cells)
            letters.write(map(letter_row, written))
            counts.add(len(batch), staged, len(bad) + len(staged.bad))
            advance(len(batch))
    letters.settle()
    counts.letters = letters.count
    export(order, run, layout, letters, counts)
    return counts


def storable_name(path: Path) -> str:
    """The name of a file as a column holds it, whatever its bytes are."""
    return path.name[:200].encode("utf-8", "replace").decode()


def letter_row(letter: Lettered) -> list[str]:
    """A row of the print export."""
    return [*letter.candidate.cells, *added(letter.reference, letter.minted.pin)]


def export(order: Order, run: Run, layout: Layout, letters: CsvFile, counts: Counts) -> None:
    """Mark the dialogues of this run as exported and give the file its name, in one step.

    The name comes last within the transaction: should the commit fail, the next run makes new PINs, and a new file.
    Raises CommandError where what was written is not what was read.
    """
    form = run.version.form
    remind = None if form.reminder_days is None else order.on + timedelta(days=form.reminder_days)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(WRITTEN, (run.id,))
        stored = cursor.fetchone()[0]
        if not counts.agrees or stored != counts.letters:
            message = _(
                "Der Abgleich stimmt nicht: {read} Zeilen gelesen, {stored} Dialoge gespeichert, {letters} Briefe "
                "geschrieben. Nichts wurde exportiert; bitte denselben Aufruf wiederholen."
            )
            raise CommandError(message.format(read=counts.read, stored=stored, letters=counts.letters))
        cursor.execute(EXPORT, (remind, remind, run.id, now(), run.actor[:LONGEST_ACTOR]))
        figures = (counts.read, counts.imported, counts.completed, counts.known, counts.bad)
        kept = msgspec.json.encode(layout).decode() if counts.letters else None
        cursor.execute(END, (now(), *figures, kept, run.id))
        if letters.is_needless:
            letters.discard()
            counts.is_left = True
        else:
            counts.kept = letters.publish()
