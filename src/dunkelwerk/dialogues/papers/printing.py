"""Request letters from a print export: one PDF per line, and an index without PINs. Whoever has the export may print.

The export is read as a stream and never copied; a letter's file and its line of the index are all that is written.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.db import connection
from msgspec import Struct

from dunkelwerk.dialogues import pins
from dunkelwerk.dialogues.forms.filling import Form
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.dialogues.papers.request import Request, render_request
from dunkelwerk.dialogues.queries import Dialogue, events_of, find
from dunkelwerk.dialogues.settings import portal_url
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _, speaking
from dunkelwerk.letters.rendering import LetterFault
from dunkelwerk.lines.address import AddressFault

NEEDED = ("dialogue", "pin", "link")
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
    done = Printed(0, [])
    make_folder(out)
    with open(out / INDEX, "w", encoding="utf-8", newline="", opener=for_owner) as stream:
        index = csv.writer(stream)
        index.writerow(COLUMNS)
        for number, row in read_export(export, identity):
            if limit is not None and done.letters >= limit:
                break
            try:
                index.writerow(print_one(row, out, on))
            except (AddressFault, LetterFault, CommandError) as fault:
                done.failed.append((number, str(fault)))
            else:
                done.letters += 1
            advance(1)
    return done


def print_one(row: dict[str, str], out: Path, on: date) -> tuple[str, str, int, str]:
    """Write one letter; its line of the index. Raises AddressFault, LetterFault, CommandError."""
    dialogue = find(row["dialogue"])
    if dialogue.person is None or dialogue.state not in OPEN_STATES:
        raise CommandError(_("der Dialog ist im Zustand {state}").format(state=dialogue.seen))
    ensure_live(dialogue, row["pin"])
    person = SimpleNamespace(**dialogue.facts, country=None, deceased_on=None)
    with speaking("de"):
        letter = render_request(request_of(dialogue, row, on), person, on=on)
    name = f"{dialogue.reference}.pdf"
    with open(out / name, "wb", opener=for_owner) as stream:
        stream.write(letter.pdf)
    return dialogue.reference, name, letter.pages, letter.sha256


def ensure_live(dialogue: Dialogue, pin: str) -> None:
    """Raise CommandError where the export's PIN is dead: a letter with it would open nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT selector FROM dialogue WHERE id = %s", (dialogue.id,))
        if cursor.fetchone() != (pins.selector_of(pins.normalise(pin)),):
            raise CommandError(_("diese PIN gilt nicht mehr: für den Dialog gibt es eine neuere"))


def request_of(dialogue: Dialogue, row: dict[str, str], on: date) -> Request:
    """What the letter says, in the words of the dialogue's type: the reminder's where one was sent before."""
    form = Form(dialogue.form, {}, prefill=dialogue.prefill, person=dialogue.facts, today=on)
    is_reminder = any(each.event == "reminded" for each in events_of(dialogue.id))
    text = (dialogue.form.reminder if is_reminder else None) or dialogue.form.letter
    *first, last = [form.say(paragraph) for paragraph in text.paragraphs]
    return Request(
        reference=dialogue.reference,
        subject=form.say(text.subject),
        paragraphs=first or [last],
        closing=[last] if first else [],
        second_secret=dialogue.form.second_secret,
        pin=row["pin"],
        link=row["link"],
        portal=portal_url(),
        valid_until=dialogue.valid_until,
        is_reminder=is_reminder,
        in_english="en" in dialogue.form.languages,
    )


def read_export(path: Path, identity: str | None) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a print export with their numbers; raises CommandError where it is none or stays closed."""
    try:
        with path.open("rb") as stream:
            begin = stream.read(3)
            stream.seek(0)
            text = unlock(stream.read(), path, identity) if begin == b"age" else None
            lines: Any = (
                io.StringIO(text, newline="")
                if text is not None
                else io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            )
            yield from named_rows(lines, path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise CommandError(_("{path}: nicht lesbar ({reason}).").format(path=path, reason=reason)) from None


def named_rows(lines: Any, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows by the names of the head."""
    head = lines.readline()
    lines.seek(0)
    reader = csv.DictReader(lines, delimiter=";" if head.count(";") >= head.count(",") else ",")
    if missing := [name for name in NEEDED if name not in (reader.fieldnames or ())]:
        message = _("{path}: das ist kein Druckexport, es fehlt die Spalte {column}.")
        raise wrong_usage(message.format(path=path, column=missing[0]))
    for row in reader:
        yield reader.line_num, {name: value or "" for name, value in row.items() if name}


def unlock(data: bytes, path: Path, identity: str | None) -> str:
    """The text of an encrypted export; raises CommandError without the right age identity."""
    import pyrage

    if identity is None:
        raise wrong_usage(
            _("{path} ist verschlüsselt; bitte mit --identity die Schlüsseldatei nennen.").format(path=path)
        )
    try:
        return pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(identity)]).decode("utf-8-sig")
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise CommandError(_("{path} lässt sich mit diesem Schlüssel nicht öffnen.").format(path=path)) from None


def make_folder(out: Path) -> None:
    """The folder, for its owner alone; raises CommandError."""
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CommandError(_("{path}: nicht schreibbar ({reason}).").format(path=out, reason=error.strerror)) from None


def for_owner(path: str, flags: int) -> int:
    """Opens a file that only its owner may read: the letters hold PINs."""
    return os.open(path, flags, 0o600)
