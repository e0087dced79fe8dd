"""Request letters from a print export: one PDF per line, and an index without PINs. Whoever has the export may print.

The export is read as a stream and never copied; a letter's file and its line of the index are all that is written.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import chain, islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from msgspec import Struct

from dunkelwerk.dialogues import pins
from dunkelwerk.dialogues.forms.filling import Form
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.dialogues.papers.exports import Row, read_export
from dunkelwerk.dialogues.papers.lettered import Batch, Forms, Lettered
from dunkelwerk.dialogues.papers.request import Request, render_request
from dunkelwerk.dialogues.postal import parts_of
from dunkelwerk.dialogues.settings import portal_url
from dunkelwerk.dialogues.words import state_in_words
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _, speaking
from dunkelwerk.letters.rendering import Letter, LetterFault
from dunkelwerk.lines.address import AddressFault

#: rows whose dialogues are read at once
BATCH = 100
INDEX = "index.csv"
COLUMNS = ("dialogue", "file", "pages", "sha256")


class Printed(Struct):
    """How many letters were written, and which lines could not be: the line's number and why."""

    letters: int = 0
    failed: list[tuple[int, str]] = []


def print_letters(
    export: Path, out: Path, *, on: date, identity: str | None, limit: int | None, advance: Callable[[int], None]
) -> Printed:
    """A letter for each line of the export; raises CommandError for files and folders that cannot be used."""
    done, rows = Printed(0, []), begun(read_export(export, identity))
    make_folder(out)  # none for a file that is no export
    with open(out / INDEX, "w", encoding="utf-8", newline="", opener=for_owner) as stream:
        index = csv.writer(stream)
        index.writerow(COLUMNS)
        for number, row, batch in batched(rows):
            if limit is not None and done.letters >= limit:
                break
            try:
                index.writerow(print_one(batch.open(row["dialogue"]), row, out, on))
            except (AddressFault, LetterFault, CommandError) as fault:
                done.failed.append((number, str(fault)))
            else:
                done.letters += 1
            advance(1)
    return done


def begun(rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows, the first of them read: whatever keeps the file closed is told now."""
    first = next(rows, None)
    return iter(()) if first is None else chain([first], rows)


def batched(rows: Iterator[Row]) -> Iterator[tuple[int, dict[str, str], Batch]]:
    """Each row with its number and the dialogues of some rows, which were read at once."""
    forms = Forms()
    while some := list(islice(rows, BATCH)):
        batch = Batch([row["dialogue"] for _number, row in some], forms)
        yield from ((number, row, batch) for number, row in some)


def print_one(found: Lettered, row: dict[str, str], out: Path, on: date) -> tuple[str, str, int, str]:
    """Write one letter; its line of the index. Raises AddressFault, LetterFault, CommandError."""
    dialogue = found.dialogue
    if dialogue.person is None or dialogue.state not in OPEN_STATES:
        raise CommandError(_("der Dialog ist im Zustand „{state}“").format(state=state_in_words(dialogue.seen)))
    if found.selector != pins.selector_of(pins.normalise(row["pin"])):
        # a letter with it would open nothing
        raise CommandError(_("diese PIN gilt nicht mehr: für den Dialog gibt es eine neuere"))
    letter = set_letter(found, row["pin"], row["link"], on)
    name = f"{dialogue.reference}.pdf"
    with open(out / name, "wb", opener=for_owner) as stream:
        stream.write(letter.pdf)
    return dialogue.reference, name, letter.pages, letter.sha256


def set_letter(found: Lettered, pin: str, link: str, on: date) -> Letter:
    """The letter of a dialogue with its new PIN; raises AddressFault, LetterFault."""
    with speaking("de"):
        return render_request(request_of(found, pin, link, on), recipient_of(found.dialogue.facts), on=on)


def recipient_of(facts: Mapping[str, Any]) -> SimpleNamespace:
    """The person as an address field wants it: the country by itself, the postal code without its sign."""
    country, postal_code = parts_of(facts["postal_code"])
    return SimpleNamespace(**{**facts, "postal_code": postal_code}, country=country, deceased_on=None)


def request_of(found: Lettered, pin: str, link: str, on: date) -> Request:
    """What the letter says, in the words of the dialogue's type: the reminder's where that came last."""
    dialogue = found.dialogue
    form = Form(dialogue.form, {}, prefill=dialogue.prefill, person=dialogue.facts, today=on)
    text = (dialogue.form.reminder if found.is_reminder else None) or dialogue.form.letter
    subject, paragraphs = form.say(text.subject), [form.say(each) for each in text.paragraphs]
    if found.is_reissue or (found.is_reminder and text is dialogue.form.letter):
        # a sentence of our own comes first, so that the type's are no longer the ones behind the salutation's comma
        subject = f"{'Neue PIN' if found.is_reissue else 'Erinnerung'}: {subject}"
        paragraphs = [each[:1].upper() + each[1:] for each in paragraphs]
    return Request(
        reference=dialogue.reference,
        subject=subject,
        paragraphs=paragraphs,
        closing=[form.say(each) for each in text.closing],
        second_secret=dialogue.form.second_secret,
        pin=pin,
        link=link,
        portal=portal_url(),
        valid_until=dialogue.valid_until,
        legal_entity=dialogue.form.legal_entity,
        is_reminder=found.is_reminder,
        is_reissue=found.is_reissue,
        in_english="en" in dialogue.form.languages,
        on_paper=any(each.name == "on_paper" for each in dialogue.form.exits),
    )


def make_folder(out: Path) -> None:
    """The folder, for its owner alone; raises CommandError."""
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CommandError(_("{path}: nicht schreibbar ({reason}).").format(path=out, reason=error.strerror)) from None


def for_owner(path: str, flags: int) -> int:
    """Opens a file that only its owner may read: the letters hold PINs."""
    return os.open(path, flags, 0o600)
