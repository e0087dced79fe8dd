"""The static check before publishing: whatever is wrong with a type, found without anybody filling it in. Pure.

Source: docs/form-language.md section 8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from dunkelwerk.dialogues.forms.check_conditions import condition_problems
from dunkelwerk.dialogues.forms.check_kinds import question_problems
from dunkelwerk.dialogues.forms.check_notice import NoticeFields, notice_fields, notice_problems
from dunkelwerk.dialogues.forms.check_reach import reach_problems
from dunkelwerk.dialogues.forms.check_texts import text_problems
from dunkelwerk.dialogues.forms.kinds import kind_of
from dunkelwerk.dialogues.forms.language import FILLED_BY, DialogueType, Question
from dunkelwerk.dialogues.forms.plan import questions_of
from dunkelwerk.dialogues.forms.problem import Problem
from dunkelwerk.infra.i18n import _

__all__ = ["NoticeFields", "Problem", "check", "notice_fields"]

#: names of fields that a page posts besides its questions, or that are kept among the answers
RESERVED = frozenset({"asked", "confirm", "unknown", "csrfmiddlewaretoken", FILLED_BY})


def check(type: DialogueType, notice: NoticeFields | None = None) -> list[Problem]:
    """Everything that is wrong with a type, in its order; [] means it may be published.

    ``notice``: the fields of its process's notice; without it, only the mapping's own sources are looked at.
    """
    problems = [*name_problems(type), *term_problems(type), *prefill_problems(type), *text_problems(type)]
    for page in type.pages:
        for question in page.questions:
            problems += question_problems(type, question, f"pages.{page.name}.{question.name}")
        for each in page.checks:
            path = f"pages.{page.name}.{each.name}"
            if (each.error is None) == (each.warning is None):
                problems.append(Problem(path, _("Genau eines von error und warning angeben.")))
            if each.at is not None and all(each.at != question.name for question in page.questions):
                problems.append(Problem(path, _("at nennt keine Frage dieser Seite; eine davon nennen.")))
    conditions = condition_problems(type)
    problems += conditions
    problems += notice_problems(type, notice)
    # a condition that cannot be understood can be met by nothing
    return problems if conditions or repeated_names(type) else problems + reach_problems(type)


def all_questions(type: DialogueType) -> Iterator[Question]:
    """The questions of all pages and rows."""
    for question in questions_of(type):
        yield question
        yield from question.questions


def repeated_names(type: DialogueType) -> list[str]:
    """Names of questions that stand twice, be it in a row."""
    return repeated(question.name for question in all_questions(type))


def repeated(names: Iterable[str]) -> list[str]:
    """What stands more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def name_problems(type: DialogueType) -> Iterator[Problem]:
    """Names that stand twice, or that the program needs itself."""
    for name in repeated(page.name for page in type.pages):
        yield Problem(f"pages.{name}", _("Diese Seite gibt es zweimal; einer von beiden einen anderen Namen geben."))
    for name in repeated_names(type):
        text = _("Diese Frage gibt es zweimal, auch in Listen; einer von beiden einen anderen Namen geben.")
        yield Problem(f"questions.{name}", text)
    questions = {question.name for question in all_questions(type)}
    checks = [each.name for page in type.pages for each in page.checks]
    for name in repeated(checks) + [name for name in set(checks) if name in questions]:
        text = _("Diese Prüfung heißt wie eine andere oder wie eine Frage; ihr einen anderen Namen geben.")
        yield Problem(f"checks.{name}", text)
    for name in sorted(questions & RESERVED):
        text = _("Dieser Name ist vergeben; der Frage einen anderen geben.")
        yield Problem(f"questions.{name}", text)
    for exit_name in repeated(each.name for each in type.exits):
        yield Problem(f"exits.{exit_name}", _("Diesen Ausgang gibt es zweimal; einen davon entfernen."))


def term_problems(type: DialogueType) -> Iterator[Problem]:
    """Days that cannot be."""
    if type.reminder_days is not None and type.reminder_days >= type.valid_days:
        text = _("Die Erinnerung käme erst nach dem Ende; reminder_days kleiner als valid_days wählen.")
        yield Problem("reminder_days", text)
    if type.reminder is not None and type.reminder_days is None:
        yield Problem("reminder", _("Ohne reminder_days wird niemand erinnert; die Tage ergänzen."))
    for language in repeated(type.languages):
        yield Problem("languages", _("{language} steht zweimal; einen Eintrag entfernen.").format(language=language))


def prefill_problems(type: DialogueType) -> Iterator[Problem]:
    """Prefill fields of a kind that an import cannot bring."""
    for name, field in type.prefill.items():
        if not kind_of(field).can_be_prefilled:
            text = _("Werte der Art {kind} lassen sich nicht vorbelegen; eine andere Art wählen.")
            yield Problem(f"prefill.{name}", text.format(kind=field.kind))
        if (field.kind == "one_of") != bool(field.options):
            yield Problem(f"prefill.{name}", _("Antworten (options) gehören zu one_of, und nur dazu."))
