"""Texts and choices: yes/no, one of, some of, short and long text, declaration, signature, upload. Pure."""

from __future__ import annotations

from typing import Any

from dunkelwerk.decisions.cells import Column
from dunkelwerk.decisions.operands import Kind as ConditionKind
from dunkelwerk.decisions.operands import Opaque, Several
from dunkelwerk.dialogues.forms.kind import EMPTY, Fields, Kind, Result, fault
from dunkelwerk.dialogues.forms.language import PrefillField, Question
from dunkelwerk.dialogues.forms.posted import Posted, lines, one_line, say
from dunkelwerk.infra.i18n import _

YES, NO, ON = "yes", "no", "on"
SHORT, LONG, NAME = 200, 4000, 100
YES_OF_A_CELL = {"true": YES, "ja": YES, "yes": YES, "1": YES, "false": NO, "nein": NO, "no": NO, "0": NO}


class ShortText(Kind):
    """One line."""

    longest = SHORT

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        """The cleaned text."""
        return self.limited(question, one_line(posted.raw(name)), name)

    def limited(self, question: Question, text: str, name: str) -> Result:
        """The text, unless it is longer than allowed."""
        longest = question.max_length or self.longest
        if len(text) > longest:
            sentence = _("Der Text ist zu lang: Bitte kürzen Sie ihn auf {longest} Zeichen (jetzt {length}).")
            length = len(text)
            return fault(question, name, sentence.format(longest=longest, length=length))
        return text or EMPTY

    def wanted(self, question: Question) -> str:
        return _("Bitte füllen Sie dieses Feld aus.")


class LongText(ShortText):
    """Several lines."""

    longest = LONG
    can_be_prefilled = False

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        return self.limited(question, lines(posted.raw(name)), name)


class Signature(ShortText):
    """The typed name in place of a handwritten one."""

    longest = NAME
    type = None
    can_be_prefilled = False

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        text = super().read(question, posted, name)
        if isinstance(text, str) and sum(map(str.isalpha, text)) < 2:
            return fault(question, name, _("Bitte unterschreiben Sie mit Ihrem vollen Namen."))
        return text

    def wanted(self, question: Question) -> str:
        return _("Bitte unterschreiben Sie, indem Sie Ihren Namen eintippen.")


class YesNo(Kind):
    """Yes or no."""

    type = "boolean"
    has_choices = True

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        text = posted.text(name)
        if text in (YES, NO):
            return text == YES
        return EMPTY if not text else fault(question, name, _("Bitte wählen Sie Ja oder Nein."))

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return _("Ja") if value else _("Nein")

    def fields(self, value: Any, name: str) -> Fields:
        return {name: [YES if value else NO]}

    def wanted(self, question: Question) -> str:
        return _("Bitte wählen Sie Ja oder Nein.")

    def cell_fields(self, text: str) -> Fields:
        return {"x": [YES_OF_A_CELL.get(text.strip().lower(), text)]}


class OneOf(Kind):
    """One of the options."""

    has_choices = True

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        text = posted.text(name)
        if not text or any(option.name == text for option in question.options):
            return text or EMPTY
        return fault(question, name, self.wanted(question))

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return next((say(option.label) for option in question.options if option.name == value), str(value))

    def condition_kind(self, question: Question | PrefillField, name: str) -> ConditionKind:
        return Column(name=name, type="one of", domain=tuple(option.name for option in question.options))

    def wanted(self, question: Question) -> str:
        return _("Bitte wählen Sie eine Antwort.")


class SomeOf(OneOf):
    """Some of the options, in their order."""

    has_choices = False
    can_be_prefilled = False

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        chosen = {text.strip() for text in posted.texts(name)} - {""}
        found = [option.name for option in question.options if option.name in chosen]
        if len(found) != len(chosen):
            return fault(question, name, _("Bitte wählen Sie unter den Antworten."))
        if found and question.min_items and len(found) < question.min_items:
            return fault(question, name, _("Bitte wählen Sie mindestens {least}.").format(least=question.min_items))
        if question.max_items and len(found) > question.max_items:
            return fault(question, name, _("Bitte wählen Sie höchstens {most}.").format(most=question.max_items))
        return found or EMPTY

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return ", ".join(say(option.label) for option in question.options if option.name in value)

    def fields(self, value: Any, name: str) -> Fields:
        return {name: list(value)}

    def condition_kind(self, question: Question | PrefillField, name: str) -> ConditionKind:
        return Several(name, tuple(option.name for option in question.options))

    def wanted(self, question: Question) -> str:
        return _("Bitte wählen Sie mindestens eine Antwort.")


class Declaration(Kind):
    """A box to tick; what is not ticked is not declared."""

    type = "boolean"
    can_be_prefilled = False

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        return True if posted.text(name) in (YES, ON) else EMPTY

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return _("Ja, erklärt")

    def fields(self, value: Any, name: str) -> Fields:
        return {name: [YES]}

    def wanted(self, question: Question) -> str:
        return _("Bitte setzen Sie hier ein Häkchen, um fortzufahren.")


class Upload(Kind):
    """Files: their ids are told to the form, never posted."""

    type = None
    can_be_prefilled = False

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        return EMPTY

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return _("1 Datei") if len(value) == 1 else _("{count} Dateien").format(count=len(value))

    def fields(self, value: Any, name: str) -> Fields:
        return {}

    def condition_kind(self, question: Question | PrefillField, name: str) -> ConditionKind:
        return Opaque(name, is_list=True)

    def wanted(self, question: Question) -> str:
        return _("Bitte laden Sie mindestens eine Datei hoch.")
