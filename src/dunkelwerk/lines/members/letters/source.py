"""The letters of the members line for whoever renders them: see ``dunkelwerk.letters.source.LetterSource``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from dunkelwerk.decisions.parameters import in_force, read_entries
from dunkelwerk.letters.rendering import LetterFault
from dunkelwerk.lines.letter_matter import UNWRITABLE, Decided, Record
from dunkelwerk.lines.members.actions import MANDATE
from dunkelwerk.lines.members.casefile import CaseFile, Member
from dunkelwerk.lines.members.letters import samples
from dunkelwerk.lines.members.letters.content import Act, Matter, Signed, content

FIELDS = (
    *("number", "first_name", "last_name", "birth_date", "deceased_on", "salutation", "street", "house_number"),
    *("postal_code", "city", "country"),
)
MEMBERS = f"SELECT id, {', '.join(FIELDS)} FROM member WHERE id = ANY(%s)"
PARAMETERS = Path(__file__).parents[1] / "parameters.yaml"
Recorded: TypeAlias = Record[CaseFile, Act, Signed]


class MembersLetters:
    """See ``LetterSource``."""

    folder = Path(__file__).parent
    #: the confirmation names the creditor of a mandate
    names_companies = True

    def recipients(self, cursor: Any, persons: Sequence[int]) -> Mapping[int, Member]:
        """The members with their present addresses."""
        cursor.execute(MEMBERS, (list(persons),))
        return {row[0]: Member(**dict(zip(FIELDS, row[1:], strict=True))) for row in cursor}

    def read(self, record: bytes) -> Recorded:
        """What a decision record says."""
        return msgspec.json.decode(record, type=Recorded)

    def matter(self, *, case_file: Any, actions: Sequence[Any], notice: Any) -> Recorded:
        """The same from what was not recorded yet."""
        file = case_file if isinstance(case_file, CaseFile) else msgspec.convert(case_file, CaseFile)
        acts = tuple(msgspec.convert(msgspec.to_builtins(each), Act) for each in actions)
        return Recorded(file, Decided(acts), msgspec.convert(msgspec.to_builtins(notice), Signed))

    def content(
        self, matter: Recorded, *, template: str, contract: str, claim: str | None, on: date, recipient: Member | None
    ) -> dict[str, Any]:
        """A letter's data; ``claim``: the mandate's reference, or the topic before it has one."""
        if matter.case_file is None:
            raise LetterFault("zur Entscheidung gibt es keine Akte")
        reference = None if claim == MANDATE else claim
        notice = matter.notice or Signed()
        about = Matter(matter.case_file, matter.decision.actions, notice, reference, on)
        try:
            return content(about, template=template, recipient=recipient, legal_entity=default_entity(on))
        except UNWRITABLE as fault:
            raise LetterFault(str(fault)) from None

    def samples(self) -> Mapping[str, tuple[dict[str, Any], date]]:
        """The made-up letters."""
        return {template: (samples.sample(template), samples.ON) for template in samples.TEMPLATES}


def default_entity(on: date) -> str:
    """The line's own ``legal_entity``, for previews; an order names the one that was in force."""
    entity: str = in_force(read_entries(PARAMETERS)["legal_entity"].values, on)
    return entity


LETTERS = MembersLetters()
