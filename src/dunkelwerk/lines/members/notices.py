"""What the notices of health-fund members have in common. Source: docs/members.md section 1."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from dunkelwerk.decisions.nulls import NullIsDefault, fill_nulls

FilledBy = Literal["self", "representative"]


class MemberNotice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice of one member of the fund. ``member`` is the member number, the key of the case file."""

    member: str
    last_name: str
    first_name: str
    birth_date: date
    received_on: date
    id: str | None = None
    process: str | None = None
    #: who filled in the form: the member, or somebody for them ("Ich fülle für jemanden aus")
    filled_by: NullIsDefault[FilledBy] = "self"
    #: free text to the fund; filled in, a person reads it
    comment: str | None = None

    def __post_init__(self) -> None:
        fill_nulls(self, filled_by="self")
