"""Members who come with a dialogue's import: master data of the core system, taken over where they are unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.infra.bulk import columns_of

#: a longer number can be no case file's: no notice could name it
LONGEST_NUMBER = 60
NAMES = ("first_name", "last_name")
#: never overwrites what stands
ENROL = """
    INSERT INTO member
        (number, salutation, first_name, last_name, street, house_number, postal_code, city, birth_date, country)
    SELECT u.* FROM unnest(
        %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[],
        %s::text[]
    ) AS u (number, salutation, first_name, last_name, street, house_number, postal_code, city, birth_date, country)
    ORDER BY u.number
    ON CONFLICT (number) DO NOTHING
"""


class Enrolled(Struct, frozen=True):
    """A person as an import brings them; ``member`` is the member number, an empty text is nothing known.

    ``country``: two letters; None: Germany.
    """

    member: str
    salutation: str | None
    first_name: str
    last_name: str
    street: str | None
    house_number: str | None
    postal_code: str | None
    city: str | None
    birth_date: date
    country: str | None = None


def enrol(cursor: Any, persons: Sequence[Enrolled]) -> int:
    """Put persons into the register where they are unknown; how many were new.

    Within the caller's transaction; of two with one number the first counts, one without a possible number is left out.
    """
    unique = {each.member: each for each in reversed(persons) if 0 < len(each.member) <= LONGEST_NUMBER}
    rows = [row_of(unique[number]) for number in sorted(unique)]
    if not rows:
        return 0
    cursor.execute(ENROL, columns_of(rows))
    new: int = cursor.rowcount
    return new


def row_of(person: Enrolled) -> tuple[Any, ...]:
    """The columns of a person: what is empty is null, but for the names, which no column may lack."""
    fields = msgspec.structs.asdict(person)
    return tuple(value if name in NAMES else value or None for name, value in fields.items())
