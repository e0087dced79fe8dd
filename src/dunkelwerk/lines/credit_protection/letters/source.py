"""The letters of credit protection for whoever renders them: see ``dunkelwerk.letters.source.LetterSource``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from dunkelwerk.letters.rendering import LetterFault
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Person
from dunkelwerk.lines.credit_protection.letters import samples
from dunkelwerk.lines.credit_protection.letters.content import content
from dunkelwerk.lines.credit_protection.letters.matter import Act, Note, act_of, note_of
from dunkelwerk.lines.letter_matter import UNWRITABLE, Decided, Record

FIELDS = ("first_name", "last_name", "birth_date", "deceased_on", "salutation")
ADDRESS = ("street", "house_number", "postal_code", "city", "country")
PERSONS = f"SELECT id, key, {', '.join(FIELDS + ADDRESS)} FROM person WHERE id = ANY(%s)"
Recorded: TypeAlias = Record[CaseFile, Act, Note]


class CreditProtectionLetters:
    """See ``LetterSource``."""

    folder = Path(__file__).parent
    #: a cover may name any entity of the books; one that insurer.yaml does not list writes as the insurer does
    names_companies = False

    def recipients(self, cursor: Any, persons: Sequence[int]) -> Mapping[int, Person]:
        """The persons with their present addresses."""
        cursor.execute(PERSONS, (list(persons),))
        return {row[0]: Person(**dict(zip(("id", *FIELDS, *ADDRESS), row[1:], strict=True))) for row in cursor}

    def read(self, record: bytes) -> Recorded:
        """What a decision record says."""
        return msgspec.json.decode(record, type=Recorded)

    def matter(self, *, case_file: Any, actions: Sequence[Any], notice: Any) -> Recorded:
        """The same from what was not recorded yet."""
        file = case_file if isinstance(case_file, CaseFile) else msgspec.convert(case_file, CaseFile)
        return Recorded(file, Decided(tuple(map(act_of, actions))), note_of(notice))

    def content(
        self, matter: Recorded, *, template: str, contract: str, claim: str | None, on: date, recipient: Person | None
    ) -> dict[str, Any]:
        """A letter's data."""
        if matter.case_file is None:
            raise LetterFault("zur Entscheidung gibt es keine Akte")
        try:
            return content(
                template,
                case_file=matter.case_file,
                contract=contract,
                claim=claim,
                actions=matter.decision.actions,
                notice=matter.notice,
                on=on,
                recipient=recipient,
            )
        except UNWRITABLE as fault:
            raise LetterFault(str(fault)) from None

    def samples(self) -> Mapping[str, tuple[dict[str, Any], date]]:
        """The made-up letters."""
        return {template: (samples.sample(template), samples.ON) for template in samples.CASES}


LETTERS = CreditProtectionLetters()
