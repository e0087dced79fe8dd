"""What is stored of a dialogue, for the person it asked (Art. 15 GDPR). Source: docs/retention.md section 4.

Within the caller's snapshot, where nothing can be written: the caller's vault opens what is sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from dunkelwerk.dialogues import records
from dunkelwerk.dialogues.attachments import by_question
from dunkelwerk.dialogues.drafts import read_draft
from dunkelwerk.dialogues.forms.filling import Form
from dunkelwerk.dialogues.forms.kinds import KINDS
from dunkelwerk.dialogues.forms.posted import say
from dunkelwerk.dialogues.forms.telling import shown
from dunkelwerk.dialogues.queries import EVENTS, NOTICE, Dialogue
from dunkelwerk.dialogues.submitting import outcome_of
from dunkelwerk.infra.i18n import speaking
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.registry import processes

Thing = dict[str, Any]
SUBMISSION = f"""
    SELECT s.answers, s.receipt, s.data_key, s.receipt_sha256, s.language, {NOTICE}
    FROM dialogue_submission s JOIN dialogue d ON d.id = s.dialogue WHERE s.dialogue = %s
"""
UPLOADS = """
    SELECT id, question, name, data_key, pages, size, sha256, uploaded_at, submitted, content FROM dialogue_upload
    WHERE dialogue = %s ORDER BY id
"""
EXIT = "SELECT exit_words, exit_key FROM dialogue WHERE id = %s AND exit_words IS NOT NULL"
MESSAGES = """
    SELECT kind, at, state, delivered_at, payload IS NOT NULL AS kept FROM outbox_message
    WHERE kind = ANY(ARRAY['dialogue.submitted', 'dialogue.processed']) AND key = %s ORDER BY id
"""
#: whoever leaves so is somebody else: their words are not the person's to read
OF_OTHERS = frozenset({"exit_not_me", "exit_deceased"})
WITHHELD = "[Worte einer anderen Person]"
#: events by which a letter went out, and what it was; its content is kept nowhere, for it holds the PIN
LETTERS = {"exported": "invitation", "reminded": "reminder", "reissued": "new_pin"}


class File(Struct, frozen=True):
    """What a person handed in, or got: a PDF."""

    name: str
    data: bytes

    def __repr__(self) -> str:
        return f"File({self.name})"


def tell(cursor: Any, vault: Vault, dialogue: Dialogue, on: date) -> tuple[Thing, list[File]]:
    """Everything stored of a dialogue, ready for JSON, texts in German; and its files."""
    form, files = dialogue.form, list[File]()
    with speaking("de"):
        uploads = read_uploads(cursor, vault, dialogue, files)
        told: Thing = {
            "reference": dialogue.reference,
            "title": say(form.title),
            "line": line_of(form.process),
            **{name: getattr(dialogue, name) for name in ("type", "version", "external_id")},
            "state": dialogue.seen,
            **{name: getattr(dialogue, name) for name in ("created_at", "valid_until", "remind_on", "submitted_at")},
            "ended_on": dialogue.end_on,
            "held": dialogue.held,
            "person": dialogue.facts or None,
            "prefill": [{"field": label, "value": value} for label, value in prefilled(dialogue)],
            **read_submission(cursor, vault, dialogue, uploads, files, on),
            **read_saved(cursor, vault, dialogue, uploads, on),
            "uploads": uploads,
            "exit_words": read_exit(cursor, vault, dialogue),
            "messages": rows(cursor, MESSAGES, dialogue.reference),
            "events": rows(cursor, EVENTS, dialogue.id),
            "retention_days": {name: getattr(form.retention, name) for name in ("prefill", "answers", "uploads")},
            "privacy": say(form.privacy),
        }
    if told["exit_words"] and not OF_OTHERS.isdisjoint(each["event"] for each in told["events"]):
        told["exit_words"] = WITHHELD
    letters = ((LETTERS[each["event"]], each["at"]) for each in told["events"] if each["event"] in LETTERS)
    told["letters"] = [{"letter": kind, "at": at} for kind, at in letters]
    return told, files


def line_of(process: str) -> str | None:
    """The line of a process; None where it is not installed."""
    found = processes().get(process)
    return found.line.name if found else None


def rows(cursor: Any, statement: str, value: Any) -> list[Thing]:
    """The rows of a query as objects."""
    cursor.execute(statement, (value,))
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def prefilled(dialogue: Dialogue) -> Iterator[tuple[str, str]]:
    """What the core system sent to be shown, labelled; also what the form has no field for any more."""
    for name, value in dialogue.prefill.items():
        field = dialogue.form.prefill.get(name)
        yield (name, str(value)) if field is None else (say(field.label), KINDS[field.kind].show(field, value))


def read_submission(
    cursor: Any, vault: Vault, dialogue: Dialogue, uploads: list[Thing], files: list[File], on: date
) -> Thing:
    """What was submitted, as answered and as worded; the receipt goes to the files."""
    cursor.execute(SUBMISSION, (dialogue.id,))
    row = cursor.fetchone()
    if row is None:
        return {"answers": None, "answered": [], "receipt": None, "outcome": None}
    sealed, receipt, key, digest, language, state = row
    vault.prepare(cursor, {key})
    answers: Thing | None = None
    if sealed is not None:
        answers = unseal(vault, sealed, dict[str, Any], key, dialogue, records.ANSWERS)
    if receipt is not None:
        pdf = unseal(vault, receipt, bytes, key, dialogue, records.RECEIPT)
        files.append(File(f"{dialogue.reference}-receipt.pdf", pdf))
    answered = list(worded(dialogue, answers, uploads, on)) if answers else []
    told = {"sha256": digest, "language": language, "kept": receipt is not None}
    return {"answers": answers, "answered": answered, "receipt": told, "outcome": outcome_of(state)}


def read_saved(cursor: Any, vault: Vault, dialogue: Dialogue, uploads: list[Thing], on: date) -> Thing:
    """What was saved and not submitted."""
    draft = read_draft(cursor, vault, dialogue.id)
    answered = list(worded(dialogue, draft.answers, uploads, on)) if draft.answers else []
    return {"saved_at": draft.saved_at, "saved": draft.answers or None, "saved_answered": answered}


def worded(dialogue: Dialogue, answers: Mapping[str, Any], uploads: list[Thing], on: date) -> Iterator[Thing]:
    """Question and answer as worded. What the form does not show any more (prefill is deleted) stands at the end."""
    ids = by_question([(each["id"], each["question"]) for each in uploads])
    form = Form(dialogue.form, answers, prefill=dialogue.prefill, person=dialogue.facts, today=on, files=ids)
    told = set[str]()
    for page in form.rows():
        for row in page.rows:
            told.add(row.question)
            yield {"page": page.title, "group": row.group, "question": row.label, "answer": row.text}
    for name, each in form.plan.questions.items():
        if name in answers and name not in told:
            answer = str(answers[name]) if each.rows else shown(each.question, answers[name])
            yield {"page": "", "group": None, "question": say(each.question.label), "answer": answer}


def read_uploads(cursor: Any, vault: Vault, dialogue: Dialogue, files: list[File]) -> list[Thing]:
    """The uploads that still exist, with the names that the person gave them; their content goes to the files."""
    found = rows(cursor, UPLOADS, dialogue.id)
    vault.prepare(cursor, {each["data_key"] for each in found})
    for number, each in enumerate(found, start=1):
        key, content = each.pop("data_key"), each.pop("content")
        each["name"] = unseal(vault, each["name"], str, key, dialogue, records.FILE_NAME)
        data = unseal(vault, content, bytes, key, dialogue, f"{records.FILE}:{each['sha256']}")
        each["file"] = f"{dialogue.reference}-{each['question']}-{number}.pdf"
        files.append(File(each["file"], data))
    return found


def read_exit(cursor: Any, vault: Vault, dialogue: Dialogue) -> str | None:
    """What the person wrote when leaving by an exit."""
    cursor.execute(EXIT, (dialogue.id,))
    row = cursor.fetchone()
    if row is None:
        return None
    vault.prepare(cursor, {row[1]})
    words: str = unseal(vault, row[0], str, row[1], dialogue, records.EXIT_WORDS)
    return words


def unseal(vault: Vault, sealed: Any, kind: type[Any], key: int, dialogue: Dialogue, column: str) -> Any:
    """A sealed column of this dialogue."""
    return records.unseal(vault, sealed, kind, key=key, reference=dialogue.reference, column=column)
