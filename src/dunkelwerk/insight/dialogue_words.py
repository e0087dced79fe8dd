"""What a dialogue says to a clerk: the answers as the form asked for them, and what is to be done after an exit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from dunkelwerk.dialogues.forms.filling import Form
from dunkelwerk.dialogues.forms.plan import PlannedQuestion
from dunkelwerk.dialogues.forms.posted import say
from dunkelwerk.dialogues.forms.telling import no_answer, shown
from dunkelwerk.dialogues.forms.values import CONFIRM
from dunkelwerk.dialogues.items import DECEASED, PAPER_FORM, WRONG_PERSON
from dunkelwerk.dialogues.queries import Dialogue, find
from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

CHANNEL, ANSWERS = "dialogue", "answers"


class Answered(Struct, frozen=True):
    """A question as worded, the answer as a person reads it, and the field of the notice that it became, if any."""

    label: str
    text: str
    field: str | None

    def __str__(self) -> str:
        between = " " if self.label.endswith(("?", ":")) else ": "
        return f"{self.label}{between}{self.text}".replace("\n", "; ")


def answered(said: Mapping[str, Any]) -> list[Answered]:
    """The answers of a notice from a dialogue, in the words and order of the type that the person saw.

    Nothing where the notice has no answers, or nothing is known of its dialogue.
    """
    answers = said.get(ANSWERS)
    dialogue = None if not isinstance(answers, dict) else found(str(said.get("id")))
    if dialogue is None or not answers:
        return []
    fields = {source.answer: name for name, source in dialogue.form.notice.items() if source.answer}
    return [Answered(label, text, fields.get(name)) for name, label, text in worded(dialogue, answers)]


def found(reference: str) -> Dialogue | None:
    """The dialogue, if there is one."""
    try:
        return find(reference)
    except CommandError:
        return None


def worded(dialogue: Dialogue, answers: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, question and answer: what the form shows with these answers, then whatever else was answered."""
    form = Form(dialogue.form, answers, prefill=dialogue.prefill, person=dialogue.facts, today=business_day())
    told = set[str]()
    for row in (row for page in form.rows() for row in page.rows):
        told.add(row.question)
        if row.text != no_answer():
            yield row.question, f"{row.group}: {row.label}" if row.group else row.label, row.text
    for name, each in form.plan.questions.items():
        if name in answers and name not in told and not name.endswith(CONFIRM):
            yield name, say(each.question.label), plainly(each, answers[name])


def plainly(each: PlannedQuestion, value: Any) -> str:
    """An answer of a question that the form does not show any more."""
    return str(value) if each.rows else shown(each.question, value)


def tell_dialogue(reference: str, task: str, item: int) -> list[str]:
    """Whom a work item of a dialogue is about, what happened, and the command that comes next; nothing they wrote."""
    dialogue = found(reference)
    if dialogue is None:
        return []
    return [*tell_person(dialogue), *tell_next(dialogue.reference, task, item)]


def tell_person(dialogue: Dialogue) -> Iterator[str]:
    """The form, and where its letter went; retention may have deleted that."""
    yield _("{title}, Kennung {key}").format(title=say(dialogue.form.title), key=dialogue.external_id)
    if (person := dialogue.person) is not None:
        yield " ".join(filter(None, (person.salutation, person.first_name, person.last_name)))
        street = " ".join(filter(None, (person.street, person.house_number)))
        city = " ".join(filter(None, (person.postal_code, person.city)))
        yield ", ".join(filter(None, (street, city))) or _("ohne Anschrift")


def tell_next(reference: str, task: str, item: int) -> Iterator[str]:
    """What happened, and what to do about it."""
    words = {
        PAPER_FORM: _("Der Fragebogen soll auf Papier kommen. Ist der Bogen beantwortet zurück:"),
        WRONG_PERSON: _("Der Brief erreichte jemand anderen. Stimmt die Anschrift doch, gibt es eine neue PIN:"),
        DECEASED: _("Die Person wurde als verstorben gemeldet. Was dazu geschrieben wurde, wenn etwas:"),
    }
    commands = {
        PAPER_FORM: "dialogues paper {reference} --actor NAME",
        WRONG_PERSON: "dialogues reissue {reference} --despite-exit --out … --reason … --actor NAME",
        DECEASED: "dialogues files {reference} --out … --actor NAME",
    }
    if task in words:
        yield words[task]
        yield f"  dunkelwerk {commands[task].format(reference=reference)}"
    if task == WRONG_PERSON:
        yield _("Was dazu geschrieben wurde, wenn etwas:")
        yield f"  dunkelwerk dialogues files {reference} --out … --actor NAME"
    yield _("Ist es erledigt: dunkelwerk work-items close {item} --reason … --actor NAME").format(item=item)
