"""What the register of credit protection says of one person. Every query is by an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dunkelwerk.lines.credit_protection.disclosure.redaction import Redactor
from dunkelwerk.lines.credit_protection.loader import find_closures, load_cases
from dunkelwerk.lines.disclosing import Concerned

PERSON_COLUMNS = (
    *("key", "last_name", "first_name", "birth_date", "deceased_on", "salutation", "street", "house_number"),
    *("postal_code", "city", "country"),
)
PERSON = f"SELECT id, {', '.join(PERSON_COLUMNS)} FROM person WHERE key = %s"
CONTRACTS = """
    SELECT k.number FROM insured i JOIN contract k ON k.id = i.contract_id WHERE i.person_id = %s
    UNION SELECT k.number FROM claim c JOIN contract k ON k.id = c.contract_id WHERE c.person_id = %s ORDER BY 1
"""
CLAIMS = """
    SELECT c.id, k.number, c.number FROM claim c JOIN contract k ON k.id = c.contract_id WHERE c.person_id = %s
    ORDER BY c.id
"""
#: live ones by the constraint's index, cancelled ones by their own
RELEASES = """
    SELECT claim_id, lower(days), upper(days) - 1, origin = 0, cancelled_on, decision
    FROM (
        SELECT r.* FROM unnest(%s::bigint[]) AS u (id) JOIN release r ON r.claim_id = u.id AND cancelled_on IS NULL
        UNION ALL
        SELECT r.* FROM unnest(%s::bigint[]) AS u (id) JOIN release r ON r.claim_id = u.id AND cancelled_on IS NOT NULL
    ) r ORDER BY id
"""
INSTALMENTS = """
    SELECT claim_id, due, amount, set_off, status, decision FROM instalment
    WHERE claim_id = ANY(%s) ORDER BY claim_id, id
"""
LOADED_PROOFS = "SELECT claim_id, until, NULL::bigint FROM proof WHERE claim_id = ANY(%s) AND decision IS NULL"
OUR_PROOFS = """
    SELECT claim_id, until, decision FROM proof
    WHERE decision BETWEEN %s AND %s AND decision = ANY(%s) AND claim_id = ANY(%s) ORDER BY id
"""
#: every decision that wrote something for a claim: each release, instalment, posting names it
POSTED = "SELECT DISTINCT decision FROM posting WHERE claim = ANY(%s)"


class CreditProtectionDiscloser:
    """See ``lines.disclosing.Discloser``."""

    folder = Path(__file__).parent

    def find(self, cursor: Any, key: str) -> Concerned | None:
        """The person with contracts, claims, and what was paid; None where there is none of this id."""
        cursor.execute(PERSON, (key,))
        row = cursor.fetchone()
        if row is None:
            return None
        identity, person = row[0], dict(zip(PERSON_COLUMNS, row[1:], strict=True))
        cursor.execute(CONTRACTS, (identity, identity))
        numbers = [number for (number,) in cursor.fetchall()]
        file = read_file(cursor, numbers, person)
        cursor.execute(CLAIMS, (identity,))
        claims = {claim: (contract, number) for claim, contract, number in cursor.fetchall()}
        redactor = Redactor(key, file, numbers)
        details = read_details(cursor, list(claims))
        cursor.execute(POSTED, (list(claims),))
        decisions = {each for (each,) in cursor.fetchall()} | decisions_of(details)
        contracts = with_details(redactor.case_file(file)["contracts"], claims, details)
        return Concerned(
            id=identity,
            key=key,
            register={"person": person, "contracts": contracts, "tariffs": redactor.case_file(file)["tariffs"]},
            keys=frozenset(numbers),
            related=tuple(sorted({contract["number"] for contract in file["contracts"]} | related(cursor, numbers))),
            claims=frozenset(claims.values()),
            claim_ids=tuple(claims),
            decisions=frozenset(decisions),
            redaction=redactor,
        )


def read_file(cursor: Any, numbers: Sequence[str], person: Mapping[str, Any]) -> dict[str, Any]:
    """One case file of all contracts of the person; that of a person without any holds the person alone."""
    cases = load_cases(cursor, numbers)
    if not cases:
        alone = {"id": person["key"], **{name: person[name] for name in PERSON_COLUMNS[1:]}}
        return {"key": None, "persons": [alone], "tariffs": [], "contracts": []}
    merged: dict[str, dict[str, Any]] = {"persons": {}, "tariffs": {}, "contracts": {}}
    for case in cases.values():
        file = msgspec.to_builtins(case.file)
        for name, identity in (("persons", "id"), ("tariffs", "id"), ("contracts", "number")):
            merged[name].update((each[identity], each) for each in file[name])
    return {"key": None, **{name: list(each.values()) for name, each in merged.items()}}


def related(cursor: Any, numbers: Sequence[str]) -> set[str]:
    """The contracts of everybody who is insured with the person: a notice about the person may have named one."""
    ids = set().union(*find_closures(cursor, numbers).values()) if numbers else set()
    cursor.execute("SELECT number FROM contract WHERE id = ANY(%s)", (list(ids),))
    return {number for (number,) in cursor.fetchall()}


def read_details(cursor: Any, claims: list[int]) -> dict[str, dict[int, list[dict[str, Any]]]]:
    """Releases, instalments and proofs by claim."""
    names = ("first_day", "last_day", "loaded", "cancelled_on", "decision")
    releases = group(cursor, RELEASES, (claims, claims), names)
    instalments = group(cursor, INSTALMENTS, (claims,), ("due", "amount", "set_off", "status", "decision"))
    proofs = group(cursor, LOADED_PROOFS, (claims,), ("until", "decision"))
    made = sorted(decisions_of({"releases": releases, "instalments": instalments}))
    if made:
        ours = group(cursor, OUR_PROOFS, (made[0], made[-1], made, claims), ("until", "decision"))
        for claim, rows in ours.items():
            proofs[claim] += rows
    return {"releases": releases, "instalments": instalments, "proofs": proofs}


def group(cursor: Any, statement: str, values: Sequence[Any], names: Sequence[str]) -> dict[int, list[dict[str, Any]]]:
    """The rows of a query as objects, by their first column."""
    cursor.execute(statement, values)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for claim, *row in cursor.fetchall():
        found[claim].append(dict(zip(names, row, strict=True)))
    return found


def decisions_of(details: Mapping[str, Mapping[int, list[dict[str, Any]]]]) -> set[int]:
    """The decisions that rows name."""
    rows = (row for by_claim in details.values() for each in by_claim.values() for row in each)
    return {row["decision"] for row in rows if row["decision"] is not None}


def with_details(
    contracts: Iterable[Mapping[str, Any]],
    claims: Mapping[int, tuple[str, str]],
    details: Mapping[str, Mapping[int, list[dict[str, Any]]]],
) -> list[dict[str, Any]]:
    """The contracts, each claim with its releases, instalments and proofs from the register's own rows."""
    ids = {place: identity for identity, place in claims.items()}
    told = []
    for contract in contracts:
        own = []
        for claim in contract["claims"]:
            identity = ids[contract["number"], claim["number"]]
            own.append({**claim, **{name: by_claim.get(identity, []) for name, by_claim in details.items()}})
        told.append({**contract, "claims": own})
    return told


DISCLOSER = CreditProtectionDiscloser()
