"""From the database to case files: set-based, one query per table per batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.members.casefile import CaseFile, Mandate, MandateStatus, Member, Recurrence

COLUMNS = (
    *("number", "first_name", "last_name", "birth_date", "salutation", "street", "house_number", "postal_code"),
    *("city", "country", "kvnr", "deceased_on"),
)
CLOSURES = "SELECT number, id FROM member WHERE number = ANY(%s)"
MEMBERS = f"SELECT id, {', '.join(COLUMNS)} FROM member WHERE number = ANY(%s) ORDER BY id"
#: the newest that is not cancelled
TAX_IDS = """
    SELECT DISTINCT ON (member_id) member_id, id, data_key, sealed FROM member_tax_id
    WHERE member_id = ANY(%s) AND cancelled_on IS NULL ORDER BY member_id, id DESC
"""
MANDATES = """
    SELECT member_id, id, reference, iban, recurrence, signed_on, status, account_holder FROM mandate
    WHERE member_id = ANY(%s) ORDER BY member_id, id
"""
#: for opening alone any key of any month will do: nothing is sealed with it
EVER = date(1900, 1, 1)
RECURRENCES = {each.value: each for each in Recurrence}
STATUSES = {each.value: each for each in MandateStatus}


class LoadedMember(Struct, frozen=True):
    """A case file with the member's row."""

    file: CaseFile
    id: int

    def __repr__(self) -> str:
        """Without what it holds."""
        return f"LoadedMember({self.id})"


def about_tax_id(identity: int) -> str:
    """What a sealed tax ID belongs to."""
    return f"member_tax_id:{identity}"


def find_closures(cursor: Any, numbers: Iterable[str]) -> dict[str, frozenset[int]]:
    """For each known member number the member's row; a member's case file holds nobody else."""
    cursor.execute(CLOSURES, (list(numbers),))
    return {number: frozenset({identity}) for number, identity in cursor.fetchall()}


def load_cases(cursor: Any, numbers: Sequence[str]) -> dict[str, LoadedMember]:
    """The case files of the members with these numbers; unknown numbers are left out."""
    cursor.execute(MEMBERS, (list(numbers),))
    rows = cursor.fetchall()
    ids = [row[0] for row in rows]
    tax_ids, mandates = read_tax_ids(cursor, ids), read_mandates(cursor, ids)
    return {
        row[1]: LoadedMember(
            CaseFile(
                key=row[1],
                member=Member(**dict(zip(COLUMNS, row[1:], strict=True)), tax_id=tax_ids.get(row[0])),
                mandates=tuple(mandates[row[0]]),
            ),
            row[0],
        )
        for row in rows
    }


def read_tax_ids(cursor: Any, members: Sequence[int]) -> Mapping[int, str]:
    """The tax IDs of members, opened, by the member's row."""
    cursor.execute(TAX_IDS, (list(members),))
    rows = cursor.fetchall()
    if not rows:
        return {}
    vault = Vault(cursor, on=EVER)
    vault.prepare(cursor, {key for _member, _id, key, _sealed in rows})
    return {
        member: vault.open(bytes(sealed), key=key, about=about_tax_id(identity)).decode()
        for member, identity, key, sealed in rows
    }


def read_mandates(cursor: Any, members: Sequence[int]) -> Mapping[int, list[Mandate]]:
    """The mandates of members, in the order of their recording."""
    found: dict[int, list[Mandate]] = defaultdict(list)
    cursor.execute(MANDATES, (list(members),))
    for member, _id, reference, iban, recurrence, signed_on, status, holder in cursor.fetchall():
        found[member].append(
            Mandate(
                reference=reference,
                iban=iban,
                recurrence=RECURRENCES[recurrence],
                signed_on=signed_on,
                status=STATUSES[status],
                account_holder=holder,
            )
        )
    return found
