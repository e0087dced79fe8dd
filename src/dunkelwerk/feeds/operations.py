"""Recording movements for the data warehouse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.infra.bulk import copy_rows

INSERTED, CANCELLED = "I", "S"


class MovementRow(Struct, frozen=True, kw_only=True):
    """One movement; the fields are the columns. No health data but the ICD chapter."""

    id: int
    batch: int
    business_day: Any
    booked_at: Any
    decision: int
    line: str
    contract: str | None
    claim: str | None
    cause: str | None
    icd_chapter: str | None
    action: str
    period_from: Any
    period_until: Any
    amount: Any
    mode: str
    process: str
    rules: str
    reasons: list[str]
    legal_entity: str
    flag: str = INSERTED
    previous: int | None = None
    payment_reference: str | None = None


def record(cursor: Any, movements: Iterable[MovementRow]) -> None:
    """Write movements."""
    copy_rows(cursor, "movement", MovementRow.__struct_fields__, map(msgspec.structs.astuple, movements))
