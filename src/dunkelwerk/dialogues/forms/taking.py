"""Reading one posted page: values taken, faults said, what is hidden or not writable ignored. Pure.

The names that a page posts are in docs/form-language.md section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from dunkelwerk.dialogues.forms.kind import EMPTY
from dunkelwerk.dialogues.forms.kinds_text import NO, ON, YES
from dunkelwerk.dialogues.forms.language import Question
from dunkelwerk.dialogues.forms.plan import PlannedCheck, PlannedPage, PlannedQuestion, Test
from dunkelwerk.dialogues.forms.posted import Fault, Posted
from dunkelwerk.dialogues.forms.values import CONFIRM, CONFIRM_CHECK, Ask, Walk, stored
from dunkelwerk.infra.i18n import _

Say = Callable[[Mapping[str, str] | None], str]

UNKNOWN: Final = "unknown"
ASKED: Final = "asked"
#: persons of a list, where its question says nothing
MOST_ROWS: Final = 30


class Warning(Struct, frozen=True):
    """A check that is true, or a doubtful value, not confirmed yet: post ``confirm.CHECK=yes`` to go on."""

    check: str
    field: str
    sentence: str


class Reading(Struct, frozen=True, kw_only=True):
    """What a posted page gave. ``answers``: the whole new draft to save, faults or not; nothing hidden is in it.

    An answer that could not be read is not in it; one that a limit or check speaks against is, and ``Form.missing``
    says so again before submission.

    ``appeared``: questions that this post made visible and that were not on the page: show it again.
    ``ignored``: posted names that were not taken, for the log (names, never values).
    """

    answers: dict[str, Any]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Warning, ...] = ()
    appeared: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the person may go on. Otherwise the page is shown again, with what was posted."""
        return not (self.faults or self.warnings or self.appeared)


class Taker:
    """Takes the answers of one page out of what was posted, and collects what is wrong."""

    def __init__(self, page: PlannedPage, answers: Mapping[str, Any], posted: Posted, say: Say) -> None:
        self.page, self.answers, self.posted, self.say = page, answers, posted, say
        self.stored: Ask = stored(answers)
        self.asked = set(posted.texts(ASKED))
        self.faults: dict[str, list[Fault]] = {}
        self.appeared: list[str] = []

    def confirmations(self) -> dict[str, Any]:
        """The answers with the confirmations of this page's warnings as posted, those of other pages as stored."""
        here = [check.check.name for check in self.page.checks] + [each.name for each in self.page.questions]
        kept = {name: value for name, value in self.answers.items() if name not in {CONFIRM_CHECK + x for x in here}}
        for name in here:
            if self.posted.text(CONFIRM_CHECK + name) in (YES, ON):
                kept[CONFIRM_CHECK + name] = True
        return kept

    def ask(self, page: PlannedPage, each: PlannedQuestion, walk: Walk) -> Any:
        """The answer of one visible question: posted if it is on this page, else stored."""
        if page is not self.page or each.question.kind == "upload":
            return self.stored(page, each, walk)
        if walk.prefilled(each) is not None and not self.is_corrected(each, walk):
            return EMPTY
        value = self.rows(each, walk) if each.rows else self.one(each, each.name)
        return self.kept(each.name, value)

    def is_corrected(self, each: PlannedQuestion, walk: Walk) -> bool:
        """Whether the prefilled value is to be corrected; keeps what was chosen."""
        text = self.posted.text(each.name + CONFIRM)
        if text in (YES, NO):
            walk.answers[each.name + CONFIRM] = text == YES
        return text == NO

    def kept(self, name: str, value: Any) -> Any:
        """The value, or EMPTY for a fault, which is noted."""
        if isinstance(value, Fault):
            self.faults.setdefault(name, []).append(value)
            return EMPTY
        return value

    def one(self, each: PlannedQuestion, name: str) -> Any:
        """The value, None for "weiß ich nicht", EMPTY, or a Fault."""
        question, posted = each.question, self.posted
        if question.unknown and each.kind.has_choices and posted.text(name) == UNKNOWN:
            return None
        value = each.kind.read(question, posted, name)
        if question.unknown and posted.text(f"{name}.{UNKNOWN}") in (ON, YES):
            if value is EMPTY:
                return None
            sentence = _("Bitte tragen Sie entweder etwas ein, oder wählen Sie „Weiß ich nicht“.")
            return Fault(question.name, each.kind.first_field(name), sentence)
        return value

    def rows(self, each: PlannedQuestion, walk: Walk) -> Any:
        """The rows of a person list; rows without any answer are left out."""
        question = each.question
        most = question.max_items or MOST_ROWS
        found: list[dict[str, Any]] = []
        for number in self.posted.rows(each.name)[: most + 1]:
            row, faults = self.row(each, number, len(found) + 1, walk)
            if row or faults:
                found.append(row)
                self.faults.setdefault(each.name, []).extend(faults)
        if len(found) > most:
            self.kept(each.name, Fault(each.name, each.name, _("Bitte höchstens {most} eintragen.").format(most=most)))
        if found and question.min_items and len(found) < question.min_items:
            sentence = _("Bitte mindestens {least} eintragen.").format(least=question.min_items)
            self.kept(each.name, Fault(each.name, each.name, sentence))
        return found[:most] or EMPTY

    def row(self, each: PlannedQuestion, number: int, position: int, walk: Walk) -> tuple[dict[str, Any], list[Fault]]:
        """(the answers of one row, its faults)."""
        row: dict[str, Any] = {}
        known: dict[str, Any] = {}
        faults: list[Fault] = []
        absent: list[PlannedQuestion] = []
        for sub in walk.visible_in(each, known):
            value = self.one(sub, f"{each.name}.{number}.{sub.name}")
            if isinstance(value, Fault):
                faults.append(value)
            elif value is EMPTY:
                absent.append(sub)
            else:
                row[sub.name] = value
                known[sub.name] = None if value is None else sub.kind.typed(value)
        if row or faults:
            inside = {**walk.values, **known}
            faults += (fault for sub in absent for fault in self.absent(sub, each, number, inside, walk))
            faults += (fault for sub in each.rows for fault in limits(sub, f"{each.name}.{number}.", inside, walk))
        heading = f"{self.say(each.question.item or each.question.label)} {position}"
        labels = {sub.name: self.say(sub.question.label) for sub in each.rows} if faults else {}
        return row, [
            Fault(each.name, fault.field, fault.sentence, f"{heading}: {labels[str(fault.question)]}")
            for fault in faults
        ]

    def absent(
        self, sub: PlannedQuestion, each: PlannedQuestion, number: int, inside: Mapping[str, Any], walk: Walk
    ) -> Iterator[Fault]:
        """The fault of a question of a row that wants an answer, unless it was not on the page."""
        name = f"{each.name}.{number}.{sub.name}"
        if self.asked and name not in self.asked:
            self.appeared.append(name)
        elif is_required(sub, inside, walk):
            yield Fault(sub.name, sub.kind.first_field(name), wanted(sub))

    def examine(self, walk: Walk, shown: Sequence[PlannedQuestion]) -> tuple[list[Fault], list[Warning]]:
        """Everything that is wrong with the page, in its order, and what is to be confirmed."""
        faults: list[Fault] = []
        warnings: list[Warning] = []
        for each in shown:
            found = self.faults.get(each.name) or [*self.wanting(each, walk), *limits(each, "", walk.values, walk)]
            faults += (self.labelled(fault, each.question) for fault in found)
            warnings += self.doubts(each, walk)
        for check in self.page.checks:
            if check.when.holds(walk.values, walk.today) is True:
                self.note(check, shown, walk, faults, warnings)
        return faults, warnings

    def labelled(self, fault: Fault, question: Question) -> Fault:
        """The fault with the question as worded, where it has no label of its own."""
        return fault if fault.label else Fault(fault.question, fault.field, fault.sentence, self.say(question.label))

    def wanting(self, each: PlannedQuestion, walk: Walk) -> Iterator[Fault]:
        """The fault of a question without an answer."""
        if each.name in walk.answers or walk.confirmed(each):
            return
        unasked = each.name not in self.asked
        if self.asked and unasked and each.question.kind != "upload":
            self.appeared.append(each.name)
        elif is_required(each, walk.values, walk):
            if walk.prefilled(each) is not None and each.name + CONFIRM not in walk.answers:
                yield Fault(each.name, each.name + CONFIRM, _("Bitte bestätigen oder berichtigen Sie diese Angabe."))
            else:
                yield Fault(each.name, each.kind.first_field(each.name), wanted(each))

    def doubts(self, each: PlannedQuestion, walk: Walk) -> Iterator[Warning]:
        """The warning of a value that is possible but unlikely."""
        value = walk.answers.get(each.name)
        sentence = each.kind.doubt(value) if value is not None else None
        if sentence and CONFIRM_CHECK + each.name not in walk.answers:
            yield Warning(each.name, each.kind.first_field(each.name), sentence)

    def note(
        self,
        check: PlannedCheck,
        shown: Sequence[PlannedQuestion],
        walk: Walk,
        faults: list[Fault],
        warnings: list[Warning],
    ) -> None:
        """A check that is true: a fault, or a warning unless it was confirmed."""
        at = next((each for each in shown if each.name == check.at), shown[0])
        field = at.kind.first_field(at.name)
        if check.check.error is not None:
            faults.append(Fault(at.name, field, self.say(check.check.error), self.say(at.question.label)))
        elif CONFIRM_CHECK + check.check.name not in walk.answers:
            warnings.append(Warning(check.check.name, field, self.say(check.check.warning)))


def wanted(each: PlannedQuestion) -> str:
    """What somebody is told who answered nothing, not even "weiß ich nicht"."""
    sentence = each.kind.wanted(each.question)
    if not each.question.unknown:
        return sentence
    return _("{sentence} Oder wählen Sie „Weiß ich nicht“.").format(sentence=sentence)


def is_required(each: PlannedQuestion, values: Mapping[str, Any], walk: Walk) -> bool:
    """Whether an answer is wanted now."""
    required: Test | None = each.required
    return each.question.required if required is None else required(values, walk.today) is True


def limits(each: PlannedQuestion, prefix: str, values: Mapping[str, Any], walk: Walk) -> Iterator[Fault]:
    """The fault of a day before its earliest or after its latest."""
    day = values.get(each.name)
    if day is None or (each.not_before is None and each.not_after is None):
        return
    field = each.kind.first_field(prefix + each.name)
    first = each.not_before(values, walk.today) if each.not_before else None
    last = each.not_after(values, walk.today) if each.not_after else None
    if first is not None and day < first:
        sentence = _("Bitte prüfen Sie das Datum: Der früheste Tag ist der {day}.")
        yield Fault(each.name, field, sentence.format(day=f"{first:%d.%m.%Y}"))
    elif last is not None and day > last:
        sentence = _("Bitte prüfen Sie das Datum: Der späteste Tag ist der {day}.")
        yield Fault(each.name, field, sentence.format(day=f"{last:%d.%m.%Y}"))
