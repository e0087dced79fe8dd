"""What every kind of question can do; the kinds themselves are found in `kinds`. Pure."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET, UnsetType

from dunkelwerk.decisions.cells import Column, TypeName
from dunkelwerk.decisions.operands import Kind as ConditionKind
from dunkelwerk.decisions.operands import Opaque
from dunkelwerk.dialogues.forms.language import PrefillField, Question
from dunkelwerk.dialogues.forms.posted import Fault, Posted
from dunkelwerk.infra.i18n import _

#: nothing was answered
EMPTY: Final = UNSET
#: what is stored, or what is wrong with what was posted, or EMPTY
Result = Any
Fields = dict[str, list[str]]


class Kind:
    """A kind of question. This one stores a text, and is what the others change."""

    #: the type that conditions see; None: they can only ask whether it is given
    type: TypeName | None = "text"
    #: "weiß ich nicht" is one of the answers to choose from, not a box of its own
    has_choices: bool = False
    #: an import can bring such a value
    can_be_prefilled: bool = True

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        """The value posted under ``name``, as it is stored; EMPTY; or a Fault."""
        raise NotImplementedError

    def show(self, question: Question | PrefillField, value: Any) -> str:
        """The value as a person reads it."""
        return str(value)

    def fields(self, value: Any, name: str) -> Fields:
        """What a browser would post for this value: ``read`` gives it back."""
        return {name: [str(value)]}

    def typed(self, value: Any) -> Any:
        """The value as conditions compare it."""
        return value

    def condition_kind(self, question: Question | PrefillField, name: str) -> ConditionKind:
        """What conditions may do with it."""
        return Opaque(name) if self.type is None else Column(name=name, type=self.type)

    def first_field(self, name: str) -> str:
        """The id of the field that a link leads to."""
        return name

    def wanted(self, question: Question) -> str:
        """The sentence where an answer is missing."""
        return _("Bitte beantworten Sie diese Frage.")

    def doubt(self, value: Any) -> str | None:
        """A sentence where the value is possible but unlikely: a warning that can be confirmed."""
        return None

    def prefill(self, field: PrefillField, text: str) -> Any:
        """The value in a cell of an import, or None where it is none."""
        question = Question(name="x", kind=field.kind, label=field.label, options=field.options)
        found = self.read(question, Posted(self.cell_fields(text)), "x")
        return None if isinstance(found, Fault | UnsetType) else found

    def cell_fields(self, text: str) -> Fields:
        """The fields of one cell of an import, under the name ``x``."""
        return {"x": [text]}


def fault(question: Question, field: str, sentence: str) -> Fault:
    """A fault of a question's field."""
    return Fault(question.name, field, sentence)
