"""Writing a batch of rows as dialogues that are ``created``: new ones, and new PINs for those of an interrupted run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.enrolling import Newcomer, enrol
from dunkelwerk.dialogues.events import note_all
from dunkelwerk.dialogues.importing.candidates import Bad, Candidate
from dunkelwerk.dialogues.minting import Mint, Minted, is_by_chance, new_reference
from dunkelwerk.dialogues.type_versions import Version
from dunkelwerk.infra.bulk import columns_of, copy_rows, take_ids
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault

ATTEMPTS = 5
THERE = """
    SELECT external_id, id, reference, state, import_run, version FROM dialogue
    WHERE type = %s AND external_id = ANY(%s) FOR UPDATE
"""
COLUMNS = (
    *("id", "reference", "type", "version", "external_id", "import_run", "state", "selector", "pin_hash", "pepper"),
    *("person", "prefill", "data_key", "valid_until", "created_at", "held"),
)
RENEW = """
    UPDATE dialogue d SET selector = u.selector, pin_hash = u.hash, pepper = u.pepper, import_run = %s, version = %s,
        person = u.person, prefill = u.prefill, data_key = %s, valid_until = u.until
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bytea[], %s::bytea[], %s::date[])
        AS u (id, selector, hash, pepper, person, prefill, until)
    WHERE d.id = u.id
"""


class Run(Struct, frozen=True):
    """One run of an import: its row's number, the version it pins, who runs it, and since when."""

    id: int
    version: Version
    actor: str
    at: datetime


class Lettered(Struct, frozen=True):
    """A row that becomes a letter."""

    candidate: Candidate
    dialogue: int
    reference: str
    minted: Minted

    def __repr__(self) -> str:
        return f"Lettered({self.reference})"


class Staged(Struct, frozen=True):
    """What became of a batch: letters of new dialogues and of completed ones, rows known already, rows not taken."""

    imported: Sequence[Lettered]
    completed: Sequence[Lettered]
    known: int
    bad: Sequence[Bad]


class Sorted(Struct):
    """The rows of a batch by what is there already."""

    new: list[Candidate]
    again: list[tuple[Candidate, int, str]]
    known: int
    bad: list[Bad]


def stage(candidates: Sequence[Candidate], run: Run, mint: Mint, vault: Vault) -> Staged:
    """Write a batch in one transaction; once more where two took the same selector by chance."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                return write(cursor, candidates, run, mint, vault)
        except IntegrityError as error:
            if not is_by_chance(error) or attempt == ATTEMPTS - 1:
                raise
    raise RuntimeError("unreachable")


def write(cursor: Any, candidates: Sequence[Candidate], run: Run, mint: Mint, vault: Vault) -> Staged:
    """The same within the caller's transaction."""
    found = sort(cursor, candidates, run)
    minted = mint.take(cursor, len(found.new) + len(found.again))
    ids = take_ids(cursor, "dialogue", len(found.new))
    imported = [
        Lettered(candidate, identity, new_reference(), each)
        for candidate, identity, each in zip(found.new, ids, minted, strict=False)
    ]
    completed = [
        Lettered(candidate, identity, reference, each)
        for (candidate, identity, reference), each in zip(found.again, minted[len(found.new) :], strict=True)
    ]
    insert(cursor, imported, run, vault)
    renew(cursor, completed, run, vault)
    enrol(cursor, run.version.form, [Newcomer(each.person, each.prefill) for each in found.new])
    return Staged(imported, completed, found.known, found.bad)


def sort(cursor: Any, candidates: Sequence[Candidate], run: Run) -> Sorted:
    """Which rows are new, which complete an interrupted run, which are known, and which come twice in this file."""
    cursor.execute(THERE, (run.version.name, [each.person.external_id for each in candidates]))
    there = {row[0]: row[1:] for row in cursor.fetchall()}
    found, lines = Sorted([], [], 0, []), dict[str, int]()
    for each in candidates:
        external_id = each.person.external_id
        stands = there.get(external_id)
        if external_id in lines or (stands is not None and stands[3] == run.id):
            found.bad.append(Bad(each.line, each.cells, twice(lines.get(external_id))))
            continue
        lines[external_id] = each.line
        if stands is None:
            found.new.append(each)
        elif stands[2] == "created":
            found.again.append((each, stands[0], stands[1]))
        else:
            found.known += 1
    return found


def twice(line: int | None) -> str:
    """The reason for a row whose external_id came before in the same file."""
    if line is None:
        return _("external_id steht weiter oben in dieser Datei schon")
    return _("external_id steht in Zeile {line} dieser Datei schon").format(line=line)


def insert(cursor: Any, letters: Sequence[Lettered], run: Run, vault: Vault) -> None:
    """The rows of new dialogues, and their events."""
    copy_rows(cursor, "dialogue", COLUMNS, (new_row(each, run, vault) for each in letters))
    note_all(cursor, [each.dialogue for each in letters], "created", actor=run.actor, at=run.at)


def new_row(letter: Lettered, run: Run, vault: Vault) -> tuple[Any, ...]:
    """The columns of a new dialogue."""
    hashed, person = letter.minted.hashed, letter.candidate.person
    head = (letter.dialogue, letter.reference, run.version.name, run.version.id, person.external_id, run.id, "created")
    pin = (hashed.selector, hashed.hash, hashed.pepper)
    return (*head, *pin, *sealed(letter, vault), vault.current, letter.candidate.valid_until, run.at, False)


def sealed(letter: Lettered, vault: Vault) -> tuple[bytes, bytes]:
    """Person and prefill."""
    candidate, reference = letter.candidate, letter.reference
    person = records.seal(vault, candidate.person, reference=reference, column=records.PERSON)
    return person, records.seal(vault, candidate.prefill, reference=reference, column=records.PREFILL)


def renew(cursor: Any, letters: Sequence[Lettered], run: Run, vault: Vault) -> None:
    """New PINs for dialogues that an interrupted run left ``created``, with what the file says now."""
    if not letters:
        return
    rows: Iterable[tuple[Any, ...]] = (
        (
            each.dialogue,
            each.minted.hashed.selector,
            each.minted.hashed.hash,
            each.minted.hashed.pepper,
            *sealed(each, vault),
            each.candidate.valid_until,
        )
        for each in letters
    )
    cursor.execute(RENEW, (run.id, run.version.id, vault.current, *columns_of(list(rows))))
    note_all(cursor, [each.dialogue for each in letters], "pin_renewed", actor=run.actor, at=run.at)
