"""Taking uploaded files: each is made safe and kept, which makes it an answer; or refused with a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from dunkelwerk.dialogues.answers import TooManyFiles, add_upload, file_ids
from dunkelwerk.dialogues.forms.filling import Fault, Form
from dunkelwerk.dialogues.forms.language import Page, Question
from dunkelwerk.dialogues.queries import Dialogue
from dunkelwerk.dialogues.settings import upload_limits
from dunkelwerk.dialogues.uploads.accepting import accept
from dunkelwerk.dialogues.uploads.outcomes import Limits, Refused, sentence
from dunkelwerk.portal.notes import note_refused


def take_files(dialogue: Dialogue, form: Form, page: Page, files: Any) -> list[Fault]:
    """Take the files of a page's visible upload questions; what was refused, and why."""
    refused: list[Fault] = []
    for question in form.questions(page):
        if question.kind == "upload" and (posted := files.getlist(question.name)):
            refused += take(dialogue, question, posted)
    return refused


def take(dialogue: Dialogue, question: Question, posted: Iterable[Any]) -> list[Fault]:
    """Take the files of one question."""
    refused = []
    for each in posted:
        found = take_one(dialogue, question, each)
        if found is not None:
            note_refused(question.name, found.code)
            refused.append(Fault(question.name, question.name, f"{each.name}: {sentence(found)}"))
    return refused


def take_one(dialogue: Dialogue, question: Question, file: Any) -> Refused | None:
    """Make one file safe and keep it; None where that succeeded."""
    most = upload_limits()
    limits = Limits(max_bytes=most.size, max_files=most.files)
    kept = len(file_ids(dialogue.id).get(question.name, ()))
    allowed = min(question.max_files or most.files, most.files)
    if kept >= allowed:
        return Refused("too_many", limit=allowed)
    found = accept(file.read(), limits, scanner=os.environ.get("DUNKELWERK_SCANNER", ""))
    if isinstance(found, Refused):
        return found
    try:
        add_upload(
            dialogue.id,
            question=question.name,
            name=file.name,
            content=found.data,
            pages=found.pages,
            most=question.max_files,
        )
    except TooManyFiles as error:
        return Refused("too_many", limit=error.most)
    return None
