"""What the register says of one member: master data, every tax ID that still stands there, every mandate.

Every query is by an index. A tax ID is opened for the member alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.disclosing import Concerned
from dunkelwerk.lines.members.actions import ACCIDENT, MANDATE, TAX_ID
from dunkelwerk.lines.members.disclosure.redaction import MemberRedactor
from dunkelwerk.lines.members.loader import COLUMNS, EVER, about_tax_id

PERSON = f"SELECT id, {', '.join(COLUMNS)} FROM member WHERE number = %s"
TAX_IDS = """
    SELECT id, data_key, sealed, recorded_on, cancelled_on, decision FROM member_tax_id
    WHERE member_id = %s ORDER BY id
"""
MANDATE_COLUMNS = (
    *("reference", "iban", "account_holder", "recurrence", "signed_on", "status", "creditor", "mandate_text"),
    *("decision", "revoked_on", "revoked_by"),
)
MANDATES = f"SELECT {', '.join(MANDATE_COLUMNS)} FROM mandate WHERE member_id = %s ORDER BY id"


class MembersDiscloser:
    """See ``lines.disclosing.Discloser``."""

    folder = Path(__file__).parent

    def find(self, cursor: Any, key: str) -> Concerned | None:
        """The member of this number with tax IDs and mandates; None where there is none."""
        cursor.execute(PERSON, (key,))
        row = cursor.fetchone()
        if row is None:
            return None
        person = dict(zip(COLUMNS, row[1:], strict=True))
        tax_ids = read_tax_ids(cursor, row[0])
        cursor.execute(MANDATES, (row[0],))
        mandates = [dict(zip(MANDATE_COLUMNS, each, strict=True)) for each in cursor.fetchall()]
        topics = (TAX_ID, MANDATE, ACCIDENT, *(each["reference"] for each in mandates))
        return Concerned(
            id=row[0],
            key=key,
            register={"person": person, "tax_ids": tax_ids, "mandates": mandates},
            keys=frozenset((key,)),
            related=(key,),
            claims=frozenset((key, topic) for topic in topics),
            claim_ids=(),
            decisions=decisions_of((*tax_ids, *mandates)),
            redaction=MemberRedactor(person["first_name"], person["birth_date"]),
        )


def read_tax_ids(cursor: Any, member: int) -> list[dict[str, Any]]:
    """Every tax ID that stands there, opened, with what became of it."""
    cursor.execute(TAX_IDS, (member,))
    rows = cursor.fetchall()
    if not rows:
        return []
    vault = Vault(cursor, on=EVER)
    vault.prepare(cursor, {row[1] for row in rows})
    names = ("recorded_on", "cancelled_on", "decision")
    told = []
    for identity, key, sealed, *rest in rows:
        value = vault.open(bytes(sealed), key=key, about=about_tax_id(identity)).decode()
        told.append({"tax_id": value, **dict(zip(names, rest, strict=True))})
    return told


def decisions_of(rows: Iterable[dict[str, Any]]) -> frozenset[int]:
    """The decisions that rows name."""
    named = (row.get(name) for row in rows for name in ("decision", "revoked_by"))
    return frozenset(each for each in named if each is not None)


DISCLOSER = MembersDiscloser()
