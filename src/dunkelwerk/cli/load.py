"""``dunkelwerk load``: case files into the register. Fixed in docs/interfaces.md section 2."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import read_lines

if TYPE_CHECKING:
    from dunkelwerk.infra.progress import Advance
    from dunkelwerk.lines.counts import Counts
    from dunkelwerk.lines.credit_protection.intake.loading import Totals

EXAMPLE = "Beispiel: dunkelwerk load bestand.jsonl"
LONGEST_ACTOR = 100


def load(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Akten, JSON Lines.")],
    actor: Annotated[str | None, typer.Option("--actor", help="Wer lädt (sonst: der angemeldete Benutzer).")] = None,
) -> None:
    """Lädt Akten in das Register: neue werden angelegt, bekannte aktualisiert, keine steht doppelt."""
    from dunkelwerk.infra import database
    from dunkelwerk.infra.progress import progress

    who = check_actor(current_user() if actor is None else actor)
    check_files(files)
    database.start()
    of_members = [file for file in files if holds_members(file)]
    of_contracts = [file for file in files if file not in of_members]
    with progress(_("Zeilen geladen")) as advance:
        done = [load_contracts(of_contracts, who, advance)] if of_contracts else []
        done += [load_members(of_members, who, advance)] if of_members else []
    for _refused, sentence in done:
        print(sentence)
    if any(refused for refused, _sentence in done):
        raise typer.Exit(1)


def load_contracts(files: list[Path], who: str, advance: Advance) -> tuple[int, str]:
    """Load case files of credit protection: the number of lines with an error, and what was done."""
    from dunkelwerk.lines.credit_protection.intake.loading import load_files

    totals = load_files(files, actor=who, complain=complain, advance=advance)
    if totals.overlaps:
        complain(warn_of_overlaps(totals))
    return totals.refused, summarise(totals)


def load_members(files: list[Path], who: str, advance: Advance) -> tuple[int, str]:
    """Load case files of members: the number of lines with an error, and what was done."""
    from dunkelwerk.lines.members.intake import load_files

    totals = load_files(files, actor=who, complain=complain, advance=advance)
    many = _("{lines} Zeilen, {refused} Fehler; Mitglieder: {members}")
    text = _("1 Zeile, {refused} Fehler; Mitglieder: {members}") if totals.lines == 1 else many
    members = count_in_words(totals.members)
    return totals.refused, text.format(lines=totals.lines, refused=totals.refused, members=members)


def holds_members(file: Path) -> bool:
    """Whether a file's first line is a member's case file: it has a ``member``; an unreadable one is no member's."""
    from dunkelwerk.decisions.reading import read_loosely

    if not file.is_file():
        return False  # a pipe can be read only once
    try:
        first = next(iter(read_lines(file)))
    except CommandError:
        return False
    return "member" in read_loosely(first.text)


def complain(sentence: str) -> None:
    """Say what is wrong."""
    print(sentence, file=sys.stderr, flush=True)


def current_user() -> str:
    """The operating system's user, by number where it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def check_actor(actor: str) -> str:
    """The actor; raises CommandError (wrong usage) for one that cannot be recorded."""
    if not actor.strip() or not actor.isprintable() or len(actor) > LONGEST_ACTOR:
        raise wrong_usage(_("--actor: bitte 1 bis {limit} lesbare Zeichen angeben.").format(limit=LONGEST_ACTOR))
    return actor


def check_files(files: list[Path]) -> None:
    """Raise CommandError (wrong usage) for paths that are no files, before anything is loaded."""
    faults = [_("{path}: diese Datei gibt es nicht.").format(path=file) for file in files if not file.exists()]
    faults += [_("{path}: das ist ein Verzeichnis, keine Datei.").format(path=file) for file in files if file.is_dir()]
    if faults:
        raise wrong_usage("\n".join(faults))


def warn_of_overlaps(totals: Totals) -> str:
    """The sentence about days that were paid under two causes before they came here."""
    pairs = "; ".join(f"{contract}: {one} und {other}" for contract, one, other in totals.overlapping)
    more = ", …" if totals.overlaps > len(totals.overlapping) else ""
    text = _(
        "Warnung: in {count} Fällen ist dieselbe Zeit unter zwei Ursachen einer Person freigegeben ({pairs}{more})."
    )
    return text.format(count=totals.overlaps, pairs=pairs, more=more)


def summarise(totals: Totals) -> str:
    """What was done, as one line."""
    many = _("{lines} Zeilen, {refused} Fehler; Verträge: {contracts}; Personen: {persons}")
    one = _("1 Zeile, {refused} Fehler; Verträge: {contracts}; Personen: {persons}")
    text = one if totals.lines == 1 else many
    contracts, persons = count_in_words(totals.contracts), count_in_words(totals.persons)
    return text.format(lines=totals.lines, refused=totals.refused, contracts=contracts, persons=persons)


def count_in_words(counts: Counts) -> str:
    """``3 neu, 1 geändert, 0 unverändert``."""
    text = _("{new} neu, {changed} geändert, {unchanged} unverändert")
    return text.format(new=counts.new, changed=counts.changed, unchanged=counts.unchanged)
