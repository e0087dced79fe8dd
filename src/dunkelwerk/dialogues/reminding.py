"""Reminders: new PINs for dialogues nobody has answered yet, exported for print like those of an import.

PINs and letters are made beside; all of it takes effect in one transaction in which the file gets its name. An
interrupted run has changed nothing: the PINs of the first letters are still good. Should the commit fail after the file
got its name, it is called ``NAME.ungeklaert``: a lost connection leaves open whether its PINs count.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.events import SYSTEM
from dunkelwerk.dialogues.hashing import Hasher
from dunkelwerk.dialogues.importing.layout import Layout, layout_of
from dunkelwerk.dialogues.importing.letters import CsvFile, read_recipient
from dunkelwerk.dialogues.importing.run import turn
from dunkelwerk.dialogues.minting import Mint, Minted
from dunkelwerk.dialogues.records import Person
from dunkelwerk.dialogues.settings import configured_url
from dunkelwerk.dialogues.shipped import ensure_company
from dunkelwerk.dialogues.type_versions import Version, read_version
from dunkelwerk.infra.bulk import copy_rows
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault

BATCH, AHEAD = 1000, 1024
FOLDER, RECIPIENT, RAW = (f"DUNKELWERK_PRINT_{name}" for name in ("FOLDER", "RECIPIENT", "RAW"))
COUNTS = """
    SELECT type, count(*) FROM dialogue
    WHERE remind_on <= %s AND state IN ('exported', 'opened') AND valid_until >= %s GROUP BY type ORDER BY type
"""
STAGE = (
    "CREATE TEMPORARY TABLE reminder_stage (dialogue bigint PRIMARY KEY, selector text UNIQUE, hash text, pepper text)"
)
DROP = "DROP TABLE IF EXISTS reminder_stage"
DUE = """
    SELECT id, reference, data_key, person, prefill, valid_until FROM dialogue
    WHERE type = %s AND remind_on <= %s AND state IN ('exported', 'opened') AND valid_until >= %s
        AND person IS NOT NULL AND id > %s ORDER BY id LIMIT %s
"""
STAGED = "SELECT selector FROM reminder_stage WHERE selector = ANY(%s)"
#: what was answered meanwhile keeps its PIN, and so does what got a new one; its letter is one too many
TAKE = """
    WITH renewed AS (
        UPDATE dialogue d SET selector = s.selector, pin_hash = s.hash, pepper = s.pepper, reminded_at = %s,
            remind_on = NULL
        FROM reminder_stage s
        WHERE d.id = s.dialogue AND d.state IN ('exported', 'opened') AND d.remind_on <= %s RETURNING d.id
    )
    INSERT INTO dialogue_event (dialogue, at, actor, event, detail)
    SELECT id, %s, %s, 'reminded', '' FROM renewed
"""


class Reminded(Struct):
    """How many letters were written, how many dialogues got their new PIN, where an older file was kept."""

    letters: int = 0
    dialogues: int = 0
    kept: Path | None = None

    @property
    def overtaken(self) -> int:
        """Letters whose dialogue was answered, or got a new PIN, while they were made: their PINs open nothing."""
        return self.letters - self.dialogues


def remind(name: str, out: Path, *, actor: str, on: date, recipient: Any = None, raw: bool = False) -> Reminded:
    """Write the reminders of a type that are due; raises CommandError, and then nothing has changed.

    ``raw``: cells are left as they are, for a printer that uses no spreadsheet.
    """
    configured_url()  # a wrong one is told before anything is written
    version = read_version(name.replace("-", "_"), None)
    ensure_company(version.form)  # else the old PINs were dead, and the letters with the new ones not printed
    with turn(version.name), connection.cursor() as cursor:
        layout = layout_of(cursor, version.form)
        letters = layout.open(out, recipient=recipient, raw=raw)
        try:
            cursor.execute(DROP)
            cursor.execute(STAGE)
            write(cursor, version, layout, letters, on)
            letters.settle()
            return take_effect(cursor, letters, actor, on)
        except BaseException:
            letters.discard()
            raise
        finally:
            if not connection.needs_rollback:
                cursor.execute(DROP)


def write(cursor: Any, version: Version, layout: Layout, letters: CsvFile, on: date) -> None:
    """Make PINs and letters for every dialogue that is due."""
    vault = Vault(cursor, on=business_day())
    with Mint(Hasher.open(cursor), ahead=AHEAD) as mint:
        for rows in batches(cursor, version.name, on):
            vault.prepare(cursor, {row[2] for row in rows})
            minted = take(cursor, mint, len(rows))
            stage = [
                (row[0], each.hashed.selector, each.hashed.hash, each.hashed.pepper)
                for row, each in zip(rows, minted, strict=True)
            ]
            copy_rows(cursor, "reminder_stage", ("dialogue", "selector", "hash", "pepper"), stage)
            letters.write(letter(vault, row, version, layout, each) for row, each in zip(rows, minted, strict=True))


def batches(cursor: Any, name: str, on: date) -> Iterator[Sequence[Any]]:
    """The dialogues that are due, batch by batch."""
    last = 0
    while True:
        cursor.execute(DUE, (name, on, on, last, BATCH))
        rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield rows


def take(cursor: Any, mint: Mint, count: int) -> list[Minted]:
    """PINs whose selectors are also unlike those made in this run."""
    found: list[Minted] = []
    while len(found) < count:
        more = mint.take(cursor, count - len(found))
        cursor.execute(STAGED, ([each.hashed.selector for each in more],))
        taken = {row[0] for row in cursor.fetchall()} | {each.hashed.selector for each in found}
        found += [each for each in more if each.hashed.selector not in taken]
    return found


def letter(vault: Vault, row: Sequence[Any], version: Version, layout: Layout, minted: Minted) -> list[str]:
    """One row of the print export."""
    _id, reference, key, person, known, until = row
    who = records.unseal(vault, person, Person, key=key, reference=reference, column=records.PERSON)
    values: dict[str, Any] = {}
    if known:
        values = records.unseal(vault, known, dict[str, Any], key=key, reference=reference, column=records.PREFILL)
    return layout.row(version.form, who, values, until=until, reference=reference, pin=minted.pin)


def take_effect(cursor: Any, letters: CsvFile, actor: str, on: date) -> Reminded:
    """The new PINs are good from here on, and the file has its name."""
    done = Reminded(letters.count)
    try:
        with transaction.atomic(durable=True):
            at = now()
            cursor.execute(TAKE, (at, on, at, actor))
            done.dialogues = cursor.rowcount
            if letters.is_needless:
                letters.discard()
            else:
                done.kept = letters.publish()
    except BaseException:
        letters.withdraw()  # nobody prints what may open nothing
        raise
    return done


def reminders_due(on: date) -> dict[str, int]:
    """How many reminders are due on a day, by type."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, (on, on))
        return dict(cursor.fetchall())


def print_due(on: date) -> int:
    """Write the reminders of every type into the print folder, where there is one; how many letters."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return 0
    if not Path(folder).is_dir():
        raise CommandError(_("{name}: den Ordner {path} gibt es nicht.").format(name=FOLDER, path=folder))
    recipient, raw = read_recipient(os.environ.get(RECIPIENT) or None), os.environ.get(RAW) == "1"
    ending = "csv" if recipient is None else "csv.age"
    count = 0
    for name in reminders_due(on):
        path = Path(folder) / f"erinnerung-{name}-{now():%Y%m%d-%H%M%S}.{ending}"
        count += remind(name, path, actor=SYSTEM, on=on, recipient=recipient, raw=raw).letters
    return count
