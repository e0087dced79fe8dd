"""A person acts on one case: it is locked, loaded fresh, and written through the same recorder as a batch.

One transaction per deed. A preview is the same transaction, rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import msgspec
from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.decisions.failures import TechnicalFailure
from dunkelwerk.decisions.reading import Raw, Source
from dunkelwerk.inbox import operations as inbox
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.effects import LoadedCase, Store
from dunkelwerk.lines.registry import procedure, store_of
from dunkelwerk.runner import judging
from dunkelwerk.runner.failures import explain, is_narrowable, is_transient
from dunkelwerk.runner.judging import Judged
from dunkelwerk.runner.picking import COLUMNS, CaseFilesGrew, Waiting
from dunkelwerk.runner.queries import about_decision
from dunkelwerk.runner.readers import Readers
from dunkelwerk.runner.recording import Recorder, Written, fault_of

LONGEST_ACTOR = 100
NOTICE = f"SELECT {COLUMNS}, state FROM notice WHERE id = %s FOR UPDATE"
RECORD = "SELECT data_key, payload FROM decision_record WHERE id = %s"
DEED = """
    INSERT INTO deed (at, actor, deed, kind, key, data_key, words) VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id
"""


class Person(Struct, frozen=True):
    """Who acts, on which business day, with which parameters of the insurer, and in which own words."""

    actor: str
    day: date
    words: str = ""
    overrides: Mapping[str, Any] = {}

    def ensure_words(self, what: str) -> None:
        """Raise CommandError where a reason in own words is missing."""
        if not self.words.strip():
            raise wrong_usage(_("{what}: bitte mit --reason in eigenen Worten begründen.").format(what=what))


class Opened(Struct, frozen=True):
    """A notice with its case file as it stands now, locked. ``state``: the notice's."""

    waiting: Waiting
    state: str
    text: bytes
    notice: Any
    case: LoadedCase | None
    readers: Readers
    store: Store


def clean_actor(actor: str | None) -> str:
    """The name of who acts; raises CommandError (wrong usage) without one."""
    name = (actor or "").strip()
    if not 0 < len(name) <= LONGEST_ACTOR or not name.isprintable():
        message = _("--actor: bitte sagen, wer handelt (ein Name von 1 bis {longest} Zeichen).")
        raise wrong_usage(message.format(longest=LONGEST_ACTOR))
    return name


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's."""
    return one.strip().casefold() == other.strip().casefold()


@contextmanager
def session(person: Person, *, keep: bool = True, patient: bool = False) -> Iterator[Session]:
    """One transaction of a person; not kept: all is rolled back. Raises CommandError for whatever prevents it.

    ``patient``: outages are raised as they are, for somebody who tries again.
    """
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT ensure_decision_partition(%s)", (person.day,))
            yield Session(cursor, person)
            if not keep:
                transaction.set_rollback(True)
    except CommandError:
        raise
    except CaseFilesGrew:
        if patient:
            raise
        raise CommandError(_("Die Akte änderte sich gerade; bitte noch einmal versuchen.")) from None
    except Exception as error:
        if is_transient(error) and not patient:
            message = _("Die Datenbank arbeitet gerade nicht: {fault}. Nichts wurde geändert; bitte noch einmal.")
            raise CommandError(message.format(fault=explain(error))) from None
        raise


class Session:
    """What a person does within one transaction."""

    def __init__(self, cursor: Any, person: Person) -> None:
        self.cursor, self.person = cursor, person
        self.vault = Vault(cursor, on=person.day)

    def open(self, notice: int) -> Opened:
        """Lock a notice and its case file, and load it as it stands now."""
        self.cursor.execute(NOTICE, (notice,))
        row = self.cursor.fetchone()
        if row is None:
            raise CommandError(_("Die Meldung {notice} gibt es nicht.").format(notice=notice))
        waiting = Waiting.of(row)
        process = procedure(waiting.process)
        if process is None:
            message = _("Der Prozess {process} ist hier nicht installiert.")
            raise CommandError(message.format(process=waiting.process))
        store = store_of(process.line)
        store.prepare()
        self.lock(store, waiting.case_key)
        case = store.load(self.cursor, [waiting.case_key]).get(waiting.case_key)
        self.vault.prepare(self.cursor, {waiting.data_key})
        text = self.vault.open(waiting.payload, key=waiting.data_key, about=waiting.about)
        readers = Readers(process.line, self.person.overrides)
        reader = readers.of(waiting.process, self.person.day)
        source = Source(f"{waiting.channel} {waiting.external_id}", waiting.attempt)
        return Opened(waiting, row[8], text, reader.read_notice(Raw(source, text)), case, readers, store)

    def lock(self, store: Store, key: str) -> None:
        """Lock everything in a case file until the transaction ends; raises CaseFilesGrew."""
        closures = store.find_closures(self.cursor, [key])
        if closures:
            store.lock(self.cursor, closures)
            if store.find_closures(self.cursor, [key]) != closures:
                raise CaseFilesGrew

    def decide(self, opened: Opened, *, mode: str | None) -> Judged:
        """Decide the notice anew, on the facts of now."""
        reader = opened.readers.of(opened.waiting.process, self.person.day, mode=mode)
        judged = judging.judge(opened.waiting, opened.text, opened.case, reader, opened.store)
        return msgspec.structs.replace(judged, asked=mode, mode=judging.mode_of(reader))

    def write(self, opened: Opened, judged: Judged) -> Written:
        """Write it through the recorder; raises CommandError, and nothing is written, where the data refuse it."""
        recorder = Recorder(
            self.cursor, opened.readers, self.vault, day=self.person.day, worker=self.person.actor, notices=1
        )
        try:
            return recorder.write_one(judged)
        except Exception as error:
            if not (is_narrowable(error) or isinstance(error, TechnicalFailure)):
                raise
            fault = fault_of(error)
            message = _("Das geht nicht: {what} ({where}). Nichts wurde geändert.")
            raise CommandError(message.format(what=fault["what"], where=fault["where"])) from None

    def read_record(self, decision: int) -> dict[str, Any]:
        """What a decision record holds."""
        self.cursor.execute(RECORD, (decision,))
        row = self.cursor.fetchone()
        if row is None:
            raise CommandError(_("Die Entscheidung {decision} gibt es nicht.").format(decision=decision))
        self.vault.prepare(self.cursor, {row[0]})
        content: dict[str, Any] = msgspec.json.decode(
            self.vault.open(bytes(row[1]), key=row[0], about=about_decision(decision))
        )
        return content

    def note(self, deed: str, *, kind: str, key: str, notice: int | None = None, what: str = "") -> int:
        """Write down what the person does, in their own words; who touches a notice never examines it."""
        words, about = "\n".join(filter(None, (what, self.person.words.strip()))), f"deed:{kind}:{key}:{deed}"
        sealed = self.vault.seal(words.encode(), about=about) if words else None
        at, actor = now(), self.person.actor
        self.cursor.execute(DEED, (at, actor, deed, kind, key, self.vault.current if words else None, sealed))
        identity: int = self.cursor.fetchone()[0]
        if notice is not None:
            inbox.touch(self.cursor, notice, actor=actor, deed=deed, at=at)
        return identity
