"""Everything stored about one person: what the lines keep, and their dialogues, as one moment (Art. 15 GDPR).

Whose a dialogue is, and what is left to a person's eye: docs/retention.md section 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from msgspec import Struct

from dunkelwerk.dialogues import events
from dunkelwerk.dialogues.disclosure import File, tell
from dunkelwerk.dialogues.items import KIND
from dunkelwerk.dialogues.matching import Matched, Sought, called, match
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.snapshot import snapshot
from dunkelwerk.lines.disclosing import Concerned
from dunkelwerk.runner.acting import Person, session
from dunkelwerk.runner.disclosure import Collector, UnknownPerson, find, items_about
from dunkelwerk.runner.disclosure_rows import Staff

Thing = dict[str, Any]
EVENT = "disclosed"


class Asked(Struct, frozen=True):
    """Whom it is about: a person's id (in one line), and dialogues that somebody says are theirs."""

    key: str | None
    line: str | None = None
    dialogues: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The person's id, else the first dialogue's reference."""
        return self.key or self.dialogues[0].strip().upper()

    def ensure_somebody(self) -> None:
        """Raise CommandError (wrong usage) where it is about nobody."""
        if not self.key and not self.dialogues:
            raise wrong_usage(_("Bitte die Kennung der Person angeben, oder mit --dialogue einen Dialog."))


class Disclosure(Struct, frozen=True):
    """What is told, ready for JSON, by line, and the dialogues; ``unclear``: references of dialogues to look at.

    ``changed``: references of dialogues that do not open.
    ``files``: letters as they were printed, where they are still kept; ``handed_in``: files of the dialogues.
    """

    key: str
    on: date
    lines: dict[str, Thing]
    dialogues: list[Thing]
    unclear: list[str]
    changed: list[str]
    files: list[tuple[str, str, str]]
    handed_in: list[File]


def disclose(asked: Asked, person: Person) -> Disclosure:
    """Collect it, and write down who asked for whom; raises CommandError where nobody knows the person."""
    asked.ensure_somebody()
    with connection.cursor() as cursor:
        vault = Vault(cursor, on=person.day)
    with snapshot(), connection.cursor() as cursor:
        told, matched = collect(cursor, vault, asked, person.day)
    with session(person) as work:
        work.note(EVENT, kind="person" if asked.key else KIND, key=asked.name)
        events.note_all(work.cursor, [each.id for each in matched.mine], EVENT, actor=person.actor, at=now())
    return told


def collect(cursor: Any, vault: Vault, asked: Asked, on: date) -> tuple[Disclosure, Matched]:
    """Read it; nothing is written."""
    staff, lines, sought = Staff(), dict[str, Thing](), list[Sought]()
    told = Disclosure(asked.name, on, lines, [], [], [], [], [])
    for name, concerned in known_as(cursor, asked).items():
        collector = Collector(cursor, vault, concerned, told.files, staff)
        lines[name] = collector.collect()
        sought.append(seek(name, concerned, collector.of_dialogues))
    matched = match(cursor, vault, sought, asked.dialogues)
    told.unclear.extend(matched.unclear)
    told.changed.extend(matched.changed)
    for dialogue in matched.mine:
        thing, files = tell(cursor, vault, dialogue, on)
        thing["events"] = [{**each, "actor": staff.name(each["actor"])} for each in thing["events"]]
        thing["work_items"] = items_about(cursor, vault, staff, kind=KIND, key=dialogue.reference)
        told.dialogues.append(thing)
        told.handed_in.extend(files)
    return told, matched


def known_as(cursor: Any, asked: Asked) -> dict[str, Concerned]:
    """The person by line; raises CommandError for an unknown one, and names the dialogues that have such an id."""
    if not asked.key:
        return {}
    try:
        return find(cursor, asked.key, asked.line)
    except UnknownPerson as error:
        if not (references := called(cursor, asked.key)):
            raise
        message = _("{fault} Dialoge mit dieser Kennung: {references}; bitte mit --dialogue angeben.")
        raise CommandError(message.format(fault=error, references=", ".join(references))) from None


def seek(line: str, concerned: Concerned, notices: Mapping[str, str]) -> Sought:
    """Whom to look for among the dialogues."""
    who, redaction = concerned.register["person"], concerned.redaction
    names = (who["first_name"], who["last_name"], who["birth_date"])
    return Sought(line, concerned.key, *names, concerned.keys, notices, redaction.whose)


def dialogues_of(key: str, line: str | None, on: date) -> list[str]:
    """The references of a person's dialogues, and of those that may be theirs; nothing of them is told."""
    with connection.cursor() as cursor:
        vault = Vault(cursor, on=on)
    with snapshot(), connection.cursor() as cursor:
        sought = []
        for name, concerned in find(cursor, key, line).items():
            collector = Collector(cursor, vault, concerned, [])
            collector.read_notices()
            sought.append(seek(name, concerned, collector.of_dialogues))
        matched = match(cursor, vault, sought)
    return sorted([*(each.reference for each in matched.mine), *matched.unclear, *matched.changed])
