"""Every kind of question by its name. Pure. Source: docs/form-language.md section 3."""

from __future__ import annotations

from typing import Any, Final

from dunkelwerk.decisions.operands import Kind as ConditionKind
from dunkelwerk.decisions.operands import Rows
from dunkelwerk.dialogues.forms.kind import EMPTY, Fields, Kind, Result
from dunkelwerk.dialogues.forms.kinds_identifier import Address, EMail, Iban, Kvnr, PensionNumber, Phone, TaxId
from dunkelwerk.dialogues.forms.kinds_number import Amount, Date, Number, Time
from dunkelwerk.dialogues.forms.kinds_text import (
    Declaration,
    LongText,
    OneOf,
    ShortText,
    Signature,
    SomeOf,
    Upload,
    YesNo,
)
from dunkelwerk.dialogues.forms.language import PrefillField, Question
from dunkelwerk.dialogues.forms.posted import Posted
from dunkelwerk.infra.i18n import _


class PersonList(Kind):
    """Rows of questions; what is in a row is read by `filling`, as it has conditions of its own."""

    type = None
    can_be_prefilled = False

    def read(self, question: Question, posted: Posted, name: str) -> Result:
        """Nothing: `filling` reads rows."""
        return EMPTY

    def fields(self, value: Any, name: str) -> Fields:
        """Nothing: `filling` writes rows."""
        return {}

    def show(self, question: Question | PrefillField, value: Any) -> str:
        return _("1 Person") if len(value) == 1 else _("{count} Personen").format(count=len(value))

    def condition_kind(self, question: Question | PrefillField, name: str) -> ConditionKind:
        subs = question.questions if isinstance(question, Question) else ()
        return Rows(name, {sub.name: KINDS[sub.kind].condition_kind(sub, sub.name) for sub in subs})

    def wanted(self, question: Question) -> str:
        return _("Bitte tragen Sie mindestens eine Person ein.")


KINDS: Final[dict[str, Kind]] = {
    "yes_no": YesNo(),
    "one_of": OneOf(),
    "some_of": SomeOf(),
    "short_text": ShortText(),
    "long_text": LongText(),
    "date": Date(),
    "time": Time(),
    "amount": Amount(),
    "number": Number(),
    "iban": Iban(),
    "tax_id": TaxId(),
    "kvnr": Kvnr(),
    "pension_number": PensionNumber(),
    "phone": Phone(),
    "e_mail": EMail(),
    "address": Address(),
    "person_list": PersonList(),
    "declaration": Declaration(),
    "signature": Signature(),
    "upload": Upload(),
}


def kind_of(question: Question | PrefillField) -> Kind:
    """The kind of a question or prefill field."""
    return KINDS[question.kind]
