"""One person's form as it stands: the stored answers, and what was typed but cannot be taken yet.

What somebody typed is kept even where it is wrong, beside the answers under ``TYPED``: nobody types a thing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from dunkelwerk.dialogues.answers import Draft, StaleDraft, file_ids, load_draft, read_answers, save_draft
from dunkelwerk.dialogues.forms.filling import Fault, Form
from dunkelwerk.dialogues.queries import Dialogue
from dunkelwerk.infra.businessday import business_day

#: no question can have this name
TYPED = "~typed"
TRIES = 5
Texts = dict[str, list[str]]


class Sheet(Struct, frozen=True):
    """The form, and what was typed on each page that could not be taken. ``revision``: of its draft."""

    form: Form
    revision: int
    typed: dict[str, Texts]

    def typed_on(self, page: str) -> Texts:
        """What was typed on a page and is not yet right; empty: the stored answers say it all."""
        return self.typed.get(page, {})

    def missing(self) -> list[Fault]:
        """What keeps it from being submitted: what is missing, and what was typed and could not be taken."""
        found = {fault.field: fault for fault in self.form.missing()}
        for page in self.form.pages:
            if texts := self.typed_on(page.name):
                found |= {fault.field: fault for fault in self.form.read(page, texts).faults}
        return list(found.values())


def open_sheet(dialogue: Dialogue) -> Sheet:
    """The form with the answers so far."""
    return sheet_of(dialogue, load_draft(dialogue.id))


def sheet_of(dialogue: Dialogue, draft: Draft) -> Sheet:
    """The form with a draft's answers."""
    answers = dict(draft.answers)
    typed = answers.pop(TYPED, {})
    return Sheet(make_form(dialogue, answers), draft.revision, typed)


def submitted_form(dialogue: Dialogue) -> Form:
    """The form as it was submitted, as of that day; after the answers' term without them."""
    return make_form(dialogue, read_answers(dialogue.id), today=dialogue.end_on)


def make_form(dialogue: Dialogue, answers: Mapping[str, Any], *, today: date | None = None) -> Form:
    """The dialogue's type with these answers and the files that are there, as of today or that day."""
    return Form(
        dialogue.form,
        answers,
        prefill=dialogue.prefill,
        person=dialogue.facts,
        today=today or business_day(),
        files=file_ids(dialogue.id),
    )


def save(
    dialogue: Dialogue,
    change: Callable[[Form], Mapping[str, Any]],
    *,
    typed: Callable[[], Mapping[str, Texts]] = dict,
) -> Form:
    """Save what ``change`` makes of the answers that stand at this moment; the form afterwards.

    ``typed`` is asked after each ``change``: by page, what is to be kept beside them (an empty one removes it).
    Raises NotOpen.
    """
    for attempt in range(TRIES):
        sheet = open_sheet(dialogue)
        answers = change(sheet.form)
        kept = {page: texts for page, texts in {**sheet.typed, **typed()}.items() if texts}
        try:
            bare = sheet.form.without_files(answers)
            save_draft(dialogue.id, {**bare, TYPED: kept} if kept else bare, revision=sheet.revision)
        except StaleDraft:
            # another device saved in between: its answers stay, those of this page are put over them
            if attempt == TRIES - 1:
                raise
            continue
        return make_form(dialogue, answers)
    raise StaleDraft
