"""The notice of this process. Source: docs/members.md section 4."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from dunkelwerk.decisions.nulls import NullIsDefault, fill_nulls
from dunkelwerk.lines.members.notices import MemberNotice

NoAccidentReason = Literal["illness", "chronic", "implant", "unknown"]
#: ``school``: also nursery and university; ``helping``: first aid or rescue (§ 2 SGB VII); ``declined`` as in ``Kind``
Setting = Literal["work", "way_to_work", "school", "volunteering", "care", "helping", "private", "declined"]
#: ``declined``: "Darüber möchte ich nicht schreiben"
Kind = Literal[
    "traffic",
    "animal",
    "assault",
    "sport",
    "fall",
    "malpractice",
    "product",
    "public_transport",
    "home",
    "other",
    "declined",
]
#: treated by a doctor only, in a hospital, or something will remain
Severity = Literal["ambulatory", "hospital", "lasting"]


class AccidentNotice(MemberNotice, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member answers the accident questionnaire (§ 116 SGB X).

    The typed facts decide; ``answers`` is everything that was answered, for the person who takes over. None is "not
    asked" or "weiß ich nicht"; neither is ever read as no.
    """

    #: whether it was an accident; "no" is a normal answer
    accident: bool
    no_accident_reason: NoAccidentReason | None = None
    occurred_on: date | None = None
    #: "HH:MM"
    occurred_at: str | None = None
    place: str | None = None
    #: what happened, in the person's words: free text, that a person reads before anything is closed
    course: str | None = None
    setting: Setting | None = None
    kind: Kind | None = None
    #: "Darüber möchte ich nicht schreiben", wherever in the form it was chosen (besides ``setting`` and ``kind``)
    declined: NullIsDefault[bool] = False
    #: employer, school, organisation
    employer: str | None = None
    #: the statutory accident insurer (Berufsgenossenschaft, Unfallkasse) and its file number
    statutory_insurer: str | None = None
    statutory_file_number: str | None = None
    third_party_involved: bool | None = None
    own_fault: bool | None = None
    #: whether the third party, or the offender, lives in the same household (§ 116 (6) SGB X)
    same_household: bool | None = None
    #: whether the member has had money, or has settled, with the third party or their insurer
    settlement_paid: bool | None = None
    lawyer: bool | None = None
    #: whether a sketch or photos came with it, which a person looks at before anything is closed
    sketch: NullIsDefault[bool] = False
    #: in the person's words
    injury: str | None = None
    severity: Severity | None = None
    #: prefill: the treatment that gave rise to the letter, and its diagnoses (ICD-10-GM)
    treated_on: date | None = None
    icd: NullIsDefault[tuple[str, ...]] = ()
    #: all answers of the form, by question
    answers: NullIsDefault[dict[str, Any]] = {}

    def __post_init__(self) -> None:
        super().__post_init__()
        fill_nulls(self, declined=False, sketch=False, icd=(), answers={})

    @property
    def is_statutory(self) -> bool | None:
        """Whether the statutory accident insurer is competent; None where the setting is not told."""
        return None if self.setting in (None, "declined") else self.setting != "private"

    @property
    def is_declined(self) -> bool:
        """Whether the person does not want to write about it."""
        return self.declined or "declined" in (self.setting, self.kind)
