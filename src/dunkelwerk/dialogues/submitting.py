"""Submitting: the one submission of a dialogue, its notice in the inbox, and what becomes of it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.attachments import by_question
from dunkelwerk.dialogues.drafts import NotOpen, StaleDraft, ensure_revision
from dunkelwerk.dialogues.events import PERSON, note
from dunkelwerk.dialogues.forms.filling import Fault, Form, notice_of
from dunkelwerk.dialogues.items import PAPER_FORM, close_items
from dunkelwerk.dialogues.models import OPEN_STATES
from dunkelwerk.dialogues.queries import NOTICE, Dialogue
from dunkelwerk.feeds import outbox
from dunkelwerk.inbox import operations as inbox
from dunkelwerk.inbox.door import Delivery, Door, Refusal
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import FileLine
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.vaults import vault_of

CHANNEL = "dialogue"
LOCK = "SELECT state FROM dialogue WHERE id = %s FOR UPDATE"
UPLOADS = "SELECT id, question, pages, size, sha256 FROM dialogue_upload WHERE dialogue = %s ORDER BY id"
KEEP_UPLOADS = "UPDATE dialogue_upload SET submitted = true WHERE id = ANY(%s)"
DROP_UPLOADS = "DELETE FROM dialogue_upload WHERE dialogue = %s AND NOT submitted"
DROP_DRAFT = "DELETE FROM dialogue_draft WHERE dialogue = %s"
CLOSE = """
    UPDATE dialogue SET state = 'submitted', submitted_at = %s, end_on = %s, remind_on = NULL WHERE id = %s
"""
INSERT = """
    INSERT INTO dialogue_submission
        (dialogue, version, answers, receipt, data_key, receipt_sha256, language, submitted_at, notice)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
STATUS = f"""
    SELECT d.state, d.submitted_at, s.receipt IS NOT NULL, {NOTICE}, s.reported_at IS NOT NULL
    FROM dialogue d LEFT JOIN dialogue_submission s ON s.dialogue = d.id WHERE d.id = %s
"""
RECEIPT = """
    SELECT s.receipt, s.data_key, d.reference, s.receipt_sha256, s.language
    FROM dialogue_submission s JOIN dialogue d ON d.id = s.dialogue WHERE s.dialogue = %s AND s.receipt IS NOT NULL
"""
SUBMITTED_ANSWERS = """
    SELECT s.answers, s.data_key, d.reference FROM dialogue_submission s JOIN dialogue d ON d.id = s.dialogue
    WHERE s.dialogue = %s AND s.answers IS NOT NULL
"""
SETTLED, WITH_PERSON = "settled", "with_person"
#: what a notice's state means to the person who answered
OUTCOMES = {"settled": SETTLED, "handled": SETTLED, "waiting": None}


class Submitted(Struct, frozen=True):
    """What was submitted: the dialogue's reference, and the number of its notice in the inbox."""

    reference: str
    notice: int
    submitted_at: datetime


class Status(Struct, frozen=True):
    """How a dialogue stands. ``state`` may be ``processed``; ``outcome``: ``settled``, ``with_person``, or None yet."""

    state: str
    submitted_at: datetime | None = None
    has_receipt: bool = False
    outcome: str | None = None


class Receipt(Struct, frozen=True):
    """The receipt as it was made at submission: PDF, its SHA-256 (hexadecimal), its language."""

    pdf: bytes
    sha256: str
    language: str

    def __repr__(self) -> str:
        return f"Receipt({self.sha256})"


class Incomplete(Exception):
    """Something is still missing or wrong; ``faults`` are those of ``Form.missing()``."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class AlreadySubmitted(NotOpen):
    """Somebody submitted it before, on another device perhaps: show the state."""


class ProcessMissing(CommandError):
    """The process that takes the answers is not installed, or cannot be loaded."""


class TypeUnfit(CommandError):
    """The type and its process do not fit: the process cannot read the notice that the type makes of the answers."""


def submit(
    dialogue: Dialogue, form: Form, *, revision: int, receipt: bytes, receipt_sha256: str, language: str, at: datetime
) -> Submitted:
    """Submit what a form holds, once: submission, notice, state, event and outbox message in one transaction.

    ``form`` was made from the draft of ``revision``; ``receipt`` was rendered from it at the moment ``at``. Uploads
    of hidden questions are deleted, open items about a paper form closed. Raises Incomplete, AlreadySubmitted, NotOpen
    (expired or revoked meanwhile), StaleDraft (saved, or a file added or removed, meanwhile on another device),
    ProcessMissing, TypeUnfit, and the inbox's AlreadyThere; KeysMissing where nothing can be sealed.
    """
    if faults := form.missing():
        raise Incomplete(faults)
    delivery = deliver(dialogue, form)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        ensure_open(cursor, dialogue.id)
        ensure_revision(cursor, dialogue.id, revision)
        vault = vault_of(cursor, on=business_day())
        files = keep_uploads(cursor, dialogue.id, form)
        answers = records.seal(vault, form.answers, reference=dialogue.reference, column=records.ANSWERS)
        sealed = records.seal(vault, receipt, reference=dialogue.reference, column=records.RECEIPT)
        cursor.execute(CLOSE, (at, business_day(), dialogue.id))
        cursor.execute(DROP_DRAFT, (dialogue.id,))
        close_items(cursor, dialogue.reference, task=PAPER_FORM)
        note(cursor, dialogue.id, "submitted", actor=PERSON, at=at)
        put_message(cursor, vault, dialogue, form, files=files, receipt_sha256=receipt_sha256, at=at)
        notice = inbox.add_one(cursor, delivery, inbox.Origin(CHANNEL, PERSON), vault, at=at)
        columns = (answers, sealed, vault.current, receipt_sha256, language, at, notice)
        cursor.execute(INSERT, (dialogue.id, dialogue.version_id, *columns))
    return Submitted(dialogue.reference, notice, at)


def ensure_open(cursor: Any, dialogue: int) -> None:
    """Lock the dialogue; raises AlreadySubmitted or NotOpen."""
    cursor.execute(LOCK, (dialogue,))
    row = cursor.fetchone()
    state = row[0] if row else "gone"
    if state == "submitted":
        raise AlreadySubmitted(state)
    if state not in OPEN_STATES:
        raise NotOpen(state)


def deliver(dialogue: Dialogue, form: Form) -> Delivery:
    """The notice as the inbox takes it, read as strictly as at its door; raises ProcessMissing or TypeUnfit."""
    door = open_door(dialogue)
    said = notice_of(form, reference=dialogue.reference, submitted_on=business_day())
    found = door.examine(FileLine(1, 0, msgspec.json.encode(said)), file=dialogue.reference)
    if isinstance(found, Refusal):
        message = _("Dialog {reference}: der Prozess {process} kann die Antworten nicht lesen ({what}).")
        text = message.format(reference=dialogue.reference, process=dialogue.form.process, what=found.what)
        raise TypeUnfit(text)
    return found


def open_door(dialogue: Dialogue) -> Door:
    """The inbox's door, where the process of the dialogue is known; raises ProcessMissing."""
    try:
        door = Door()
    except CommandError as error:  # a customer's package that cannot be loaded, perhaps its very own
        raise ProcessMissing(str(error)) from error
    if not door.knows(dialogue.form.process):
        message = _("Dialog {reference}: den Prozess {process} gibt es nicht.")
        raise ProcessMissing(message.format(reference=dialogue.reference, process=dialogue.form.process))
    return door


def keep_uploads(cursor: Any, dialogue: int, form: Form) -> list[dict[str, Any]]:
    """Mark the uploads of visible questions as submitted, delete those of hidden ones; what is kept, as JSON says it.

    Raises StaleDraft where the form, and so the receipt, does not name exactly those: no file is lost unseen.
    """
    cursor.execute(UPLOADS, (dialogue,))
    rows = cursor.fetchall()
    named = uploads_of(form)
    if uploads_of(form.with_files(by_question(rows))) != named:
        raise StaleDraft
    kept = [row for row in rows if row[0] in named]
    cursor.execute(KEEP_UPLOADS, ([row[0] for row in kept],))
    cursor.execute(DROP_UPLOADS, (dialogue,))
    return [dict(zip(("id", "question", "pages", "size", "sha256"), row, strict=True)) for row in kept]


def uploads_of(form: Form) -> set[int]:
    """The uploads that its answers name."""
    return {each for question in form.uploads for each in form.answers.get(question) or ()}


def put_message(
    cursor: Any,
    vault: Vault,
    dialogue: Dialogue,
    form: Form,
    *,
    files: Sequence[dict[str, Any]],
    receipt_sha256: str,
    at: datetime,
) -> None:
    """Tell the core system what was answered."""
    payload = {
        "reference": dialogue.reference,
        "external_id": dialogue.external_id,
        "type": dialogue.type,
        "version": dialogue.version,
        "submitted_at": at,
        "answers": form.answers,
        "files": files,
        "receipt_sha256": receipt_sha256,
    }
    outbox.put(cursor, vault, kind="dialogue.submitted", key=dialogue.reference, payload=payload)


def status(dialogue: int) -> Status:
    """How a dialogue stands: its state, and what became of its notice."""
    with connection.cursor() as cursor:
        cursor.execute(STATUS, (dialogue,))
        row = cursor.fetchone()
    if row is None:
        return Status("gone")
    state, submitted_at, has_receipt, notice, reported = row
    outcome = outcome_of(notice)
    ended = state == "submitted" and (outcome is not None or reported)
    return Status("processed" if ended else state, submitted_at, bool(has_receipt), outcome)


def outcome_of(notice: str | None) -> str | None:
    """What the state of its notice means to the person: ``settled``, ``with_person``, None: not yet."""
    return OUTCOMES.get(notice, WITH_PERSON) if notice else None


def read_answers(dialogue: int) -> dict[str, Any]:
    """The answers as they were submitted; {} where there are none, or none any more after their term."""
    with connection.cursor() as cursor:
        cursor.execute(SUBMITTED_ANSWERS, (dialogue,))
        row = cursor.fetchone()
        if row is None:
            return {}
        sealed, key, reference = row
        vault = vault_of(cursor, on=business_day())
        vault.prepare(cursor, {key})
    return records.unseal(vault, sealed, dict[str, Any], key=key, reference=reference, column=records.ANSWERS)


def read_receipt(dialogue: int) -> Receipt | None:
    """The receipt; None: not submitted, or deleted after its term."""
    with connection.cursor() as cursor:
        cursor.execute(RECEIPT, (dialogue,))
        row = cursor.fetchone()
        if row is None:
            return None
        sealed, key, reference, sha256, language = row
        vault = vault_of(cursor, on=business_day())
        vault.prepare(cursor, {key})
        pdf = records.unseal(vault, sealed, bytes, key=key, reference=reference, column=records.RECEIPT)
    return Receipt(pdf, sha256, language)
