"""The receipt of a submission: what was shown on the page to check, as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dunkelwerk.dialogues.answers import Attached
from dunkelwerk.dialogues.forms.filling import Form, PageRows
from dunkelwerk.dialogues.papers.receipt import Answered, File, Receipt, Section, render_receipt
from dunkelwerk.dialogues.queries import Dialogue


def make_receipt(dialogue: Dialogue, form: Form, uploads: Sequence[Attached], *, at: datetime, language: str) -> bytes:
    """The PDF, in the person's language."""
    named = {each for answer in form.answers.values() if isinstance(answer, list) for each in answer if is_id(each)}
    person = dialogue.person
    name = f"{person.first_name} {person.last_name}".strip() if person else ""
    receipt = Receipt(
        title=form.say(form.type.title),
        reference=dialogue.reference,
        form=dialogue.type,
        version=dialogue.version,
        person=name,
        submitted_at=at,
        language=language,
        sections=tuple(section(page) for page in form.rows()),
        files=tuple(File(each.name, each.pages, each.sha256) for each in uploads if each.id in named),
        answers=form.answers,
        privacy=form.say(form.type.privacy),
        about=form.say(form.type.about),
        legal_entity=form.type.legal_entity,
    )
    return render_receipt(receipt).pdf


def is_id(value: object) -> bool:
    """Whether it can be the id of an upload."""
    return isinstance(value, int) and not isinstance(value, bool)


def section(page: PageRows) -> Section:
    """One page of the form, as the receipt shows it."""
    answered = []
    for row in page.rows:
        question = f"{row.group}: {row.label}" if row.group else row.label
        answered.append(Answered(f"{question}\n{row.detail}" if row.detail else question, row.text))
    return Section(page.title, tuple(answered))
