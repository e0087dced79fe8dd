"""A dialogue type as data: one readable YAML file per type. Source: docs/form-language.md.

Texts are given in every language of the type (``{de: …, en: …}``) and may hold slots: ``{prefill.NAME}``,
``{person.first_name}``, ``{answer.NAME}``; what stands in ``[[…]]`` is said only where its slots have a value.
Conditions are data of docs/form-language.md section 4, compiled once.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

Name: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^[a-z][a-z0-9_]{0,59}$", description="A name: small letters a–z, digits and _, beginning with a letter"
    ),
]
Language: TypeAlias = Annotated[str, Meta(pattern="^[a-z]{2}$", description="A language by two letters, e.g. de")]
Texts: TypeAlias = Annotated[dict[Language, str], Meta(description="A text in every language of the type")]
#: a condition as written; ``decisions.conditions.compile_condition`` reads it
ConditionData: TypeAlias = Annotated[
    dict[str, Any], Meta(description="A condition, e.g. {answer: accident, is: yes} or {all: [...]}")
]
#: in a step of what happens next, beside its texts
STEP_IF: Final = "visible_if"
Step: TypeAlias = Annotated[
    dict[Annotated[str, Meta(pattern=f"^([a-z]{{2}}|{STEP_IF})$")], str | dict[str, Any]],
    Meta(
        description="A sentence in every language of the type; with visible_if only where the condition is true",
        extra_json_schema={
            "properties": {STEP_IF: {"type": "object", "description": "A condition on the answers submitted"}},
            "patternProperties": {"^[a-z]{2}$": {"type": "string"}},
        },
    ),
]
Days: TypeAlias = Annotated[int, Meta(ge=0, le=3660)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=1000)]

KindName: TypeAlias = Literal[
    "yes_no",
    "one_of",
    "some_of",
    "short_text",
    "long_text",
    "date",
    "time",
    "amount",
    "number",
    "iban",
    "tax_id",
    "kvnr",
    "pension_number",
    "phone",
    "e_mail",
    "address",
    "person_list",
    "declaration",
    "signature",
    "upload",
]
ExitName: TypeAlias = Literal["not_me", "representative", "deceased", "on_paper"]
#: always there, on no page: who fills in the form. Set by the exit ``representative``; asked for as any answer
FILLED_BY: Final = "filled_by"
FILLED_BY_VALUES: Final = ("self", "representative")
#: fields of the person that conditions, notices and slots may name
PERSON_FIELDS: Final = (
    "external_id",
    "salutation",
    "first_name",
    "last_name",
    "street",
    "house_number",
    "postal_code",
    "city",
    "birth_date",
)


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every part of a type has in common: nothing unknown is accepted."""


class Option(Part, frozen=True, kw_only=True):
    """One answer to choose. ``name`` is what is stored; ``unknown`` is taken by "weiß ich nicht"."""

    name: Name
    label: Texts
    hint: Texts | None = None


class Question(Part, frozen=True, kw_only=True):
    """One question. Which of the fields may be used depends on ``kind``: docs/form-language.md section 3."""

    name: Name
    kind: KindName
    label: Texts
    hint: Texts | None = None
    #: "Warum fragen wir das?"
    why: Texts | None = None
    required: bool = True
    #: required only where this holds; ``required`` is then without meaning
    required_if: ConditionData | None = None
    visible_if: ConditionData | None = None
    #: "weiß ich nicht" may be answered
    unknown: bool = False
    #: the prefill field that is shown to be confirmed or corrected
    prefill: Name | None = None
    options: tuple[Option, ...] = ()
    #: declaration: what is declared; signature: what is signed
    text: Texts | None = None
    #: number: a whole number; amount: "312.50"
    minimum: int | str | None = None
    maximum: int | str | None = None
    #: date: "2026-01-31", {today: -30}, {answer: other, days: 14}, {person: birth_date, years: 18}
    not_before: str | ConditionData | None = None
    not_after: str | ConditionData | None = None
    #: texts: how many characters at most
    max_length: Annotated[int, Meta(ge=1, le=10000)] | None = None
    #: number: e.g. {de: Stunden je Woche}
    unit: Texts | None = None
    #: person_list: what is asked of each, and the heading of one ("Kind")
    questions: tuple[Question, ...] = ()
    item: Texts | None = None
    #: person_list: how many; some_of: how many may be chosen
    min_items: Count | None = None
    max_items: Count | None = None
    max_files: Annotated[int, Meta(ge=1, le=10)] | None = None
    #: the HTML autocomplete token, where the kind's own does not fit (the person's own data alone)
    autocomplete: str | None = None


class Check(Part, frozen=True, kw_only=True):
    """A plausibility check: where ``when`` is true, something is wrong. Exactly one of ``error``, ``warning``."""

    name: Name
    when: ConditionData
    error: Texts | None = None
    #: may be confirmed ("Ja, das stimmt so")
    warning: Texts | None = None
    #: the question that the sentence is shown at; without it, the first one that ``when`` names on the page
    at: Name | None = None


class Page(Part, frozen=True, kw_only=True):
    """One topic. A page none of whose questions is visible is not shown."""

    name: Name
    title: Texts
    intro: Texts | None = None
    visible_if: ConditionData | None = None
    questions: Annotated[tuple[Question, ...], Meta(min_length=1)]
    checks: tuple[Check, ...] = ()


class PrefillField(Part, frozen=True, kw_only=True):
    """What the core system already knows: column ``prefill.NAME`` of an import. An empty cell is no value."""

    kind: KindName
    label: Texts
    required: bool = False
    options: tuple[Option, ...] = ()


class LetterText(Part, frozen=True, kw_only=True):
    """Subject and paragraphs of a letter; address, PIN, link, QR code and deadline are put in by the program."""

    subject: Texts
    #: before the box with code and PIN
    paragraphs: tuple[Texts, ...]
    #: behind it: what happens if nobody answers, the legal basis
    closing: tuple[Texts, ...] = ()


class Exit(Part, frozen=True, kw_only=True):
    """A way out of the form that the type offers. ``text``: in place of the program's own explanation."""

    name: ExitName
    text: Texts | None = None


class Retention(Part, frozen=True, kw_only=True):
    """How many days after the dialogue's end each kind of data is kept. The notice has terms of its own."""

    prefill: Days = 30
    answers: Days = 90
    uploads: Days = 90


class Source(Part, frozen=True, kw_only=True):
    """Where a field of the notice comes from: exactly one of these."""

    answer: Name | None = None
    prefill: Name | None = None
    person: str | None = None
    #: the day of submission
    submitted: Literal["date"] | None = None
    #: this very value
    value: Any = UNSET
    #: every answer, by question
    answers: Literal["all"] | None = None
    #: the first of these that is given
    first: tuple[Source, ...] | None = None
    #: true, false, or null where it is not known
    holds: ConditionData | None = None
    #: whether the prefilled value of this question was confirmed (true) or corrected (false)
    confirmed: Name | None = None


EXITS: Final = tuple(Exit(name=name) for name in ("not_me", "representative", "deceased", "on_paper"))


class DialogueType(Part, frozen=True, kw_only=True):
    """A dialogue type: everything about it, in one file."""

    name: Name
    title: Texts
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    #: the process that takes the answers, by name with underscores
    process: Name
    #: whose letter, portal and receipt it is: a company of ``legal_entities`` in insurer.yaml; "" is the insurer itself
    legal_entity: Annotated[str, Meta(max_length=40)] = ""
    #: what it is about, beside the title, e.g. a contract; nothing where its slots have no value
    about: Texts | None = None
    second_secret: Literal["birth_date", "postal_code"] = "birth_date"
    #: how long the PIN is good for, from the import
    valid_days: Annotated[int, Meta(ge=1, le=730)]
    #: days after export; without it nobody is reminded
    reminder_days: Annotated[int, Meta(ge=1, le=730)] | None = None
    on_expiry: Literal["nothing", "work_item"] = "nothing"
    #: the title of the work item
    expiry_title: str = "Papierbogen senden"
    basket: Name = "dialogues"
    #: how long state and receipt can be seen after submission
    status_days: Days = 14
    retention: Retention = Retention()
    prefill: dict[Name, PrefillField] = {}
    letter: LetterText
    reminder: LetterText | None = None
    #: shown before the first page
    intro: Texts | None = None
    #: data protection notice, shown with the intro and in the receipt
    privacy: Texts | None = None
    pages: Annotated[tuple[Page, ...], Meta(min_length=1)]
    #: what happens after submission, one sentence each; some only for whom they concern
    next_steps: tuple[Step, ...] = ()
    exits: tuple[Exit, ...] = EXITS
    notice: dict[Name, Source]

    def page(self, name: str) -> Page | None:
        """The page of this name, or None."""
        return next((page for page in self.pages if page.name == name), None)


def step_texts(step: Step) -> dict[str, str]:
    """The sentence of a step by language; "" where something else than a text stands there."""
    return {key: said if isinstance(said, str) else "" for key, said in step.items() if key != STEP_IF}


#: not given
Unset: TypeAlias = UnsetType
