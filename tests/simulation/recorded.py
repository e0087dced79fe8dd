"""What clerks recorded in the register, as the simulation remembers it: what stands, since when, and what waits.

The core system's word replaces it (``reread``), a closing or a confirmed payee changes it; nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Row = dict[str, Any]
CONTRACTS = """
    SELECT number AS name, load, payee_name, payee_iban, payee_reference, blocked_since, in_arrears, reminded_on,
           arrears_deadline FROM contract ORDER BY id
"""
PERSONS = """
    SELECT key AS name, load, street, house_number, postal_code, city, coalesce(country, 'DE') AS country
    FROM person ORDER BY id
"""
CLAIMS = """
    SELECT k.number || '/' || c.number AS name, k.load, c.recovered_on
    FROM claim c JOIN contract k ON k.id = c.contract_id ORDER BY c.id
"""
#: columns that only the register's clerks and the core system change
PAYEE = ("payee_name", "payee_iban", "payee_reference")


@dataclass
class Payee:
    """A proposal of another payee: what it will be, and what it rests on."""

    contract: str
    wanted: Row
    seen: tuple[Any, ...]
    overrides: Row


@dataclass
class Recorded:
    """What stands by now, by contract number, person and CONTRACT/CLAIM."""

    contracts: dict[str, Row] = field(default_factory=dict)
    persons: dict[str, Row] = field(default_factory=dict)
    #: of these somebody recorded a recovery, or lifted it
    recovered: dict[str, date | None] = field(default_factory=dict)
    #: of proposals, also those that were decided on
    payees: dict[int, Payee] = field(default_factory=dict)
    #: each notice of a clerk, and the action that it must have led to (None: not in effect)
    notices: dict[str, str | None] = field(default_factory=dict)
    #: contracts and claims of which something changed today
    unsteady: set[str] = field(default_factory=set)

    def reread(self, contracts: Iterable[Row], persons: Iterable[Row], claims: Iterable[Row]) -> None:
        """The core system spoke: what it has set anew holds, everything else stays as it was."""
        fresh = set()
        for rows, known in ((contracts, self.contracts), (persons, self.persons)):
            for row in rows:
                if row["name"] not in known or known[row["name"]]["load"] != row["load"]:
                    known[row["name"]] = row
                    fresh.add(row["name"])
        self.unsteady |= fresh
        for row in claims:
            if row["name"] in self.recovered and row["name"].partition("/")[0] in fresh:
                self.recovered[row["name"]] = row["recovered_on"]

    def facts_of_payee(self, contract: str) -> tuple[Any, ...]:
        """What a proposal to change the payee rests on."""
        row = self.contracts[contract]
        return (*(row[name] for name in PAYEE), row["blocked_since"])

    def set_contract(self, contract: str, **changes: Any) -> None:
        """Something of a contract holds from now on."""
        self.contracts[contract] = {**self.contracts[contract], **changes}
        self.unsteady.add(contract)

    def set_payee(self, proposal: Payee) -> None:
        """Somebody confirmed it: another account is not the one that was blocked."""
        before = self.contracts[proposal.contract]
        other = before["payee_iban"] != proposal.wanted["payee_iban"]
        self.set_contract(proposal.contract, **proposal.wanted, **({"blocked_since": None} if other else {}))

    def set_person(self, person: str, **changes: Any) -> None:
        """An address holds from now on."""
        self.persons[person] = {**self.persons[person], **changes}

    def set_recovered(self, claim: str, day: date | None) -> None:
        """A recovery was recorded, or lifted."""
        self.recovered[claim] = day
        self.unsteady |= {claim, claim.partition("/")[0]}
