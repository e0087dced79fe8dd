"""When claims ended, and what a hold on a contract, person or claim keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from dunkelwerk.lines.terms import Hold, Keeper, Reach

CONTRACT, PERSON, CLAIM = "contract", "person", "claim"
KNOWN = {
    CONTRACT: "SELECT EXISTS (SELECT FROM contract WHERE number = %s)",
    PERSON: "SELECT EXISTS (SELECT FROM person WHERE key = %s)",
}
KNOWN_CLAIM = """
    SELECT EXISTS (
        SELECT FROM unnest(%s::text[], %s::text[]) AS u (contract, claim)
        JOIN contract k ON k.number = u.contract JOIN claim c ON c.contract_id = k.id AND c.number = u.claim
    )
"""
LOCK = "SELECT FROM contract WHERE number = ANY(%s) ORDER BY number FOR SHARE"
#: a claim that was declined, or closed elsewhere without a day, ended when it last moved
ENDS = """
    SELECT k.number, c.number,
           CASE WHEN c.status IN ('closed', 'declined')
                THEN coalesce(c.closed_on, greatest(c.released_until, c.proven_until, c.onset)) END
    FROM contract k JOIN claim c ON c.contract_id = k.id
    WHERE k.number = ANY(%s)
"""
#: a person's claims, and every contract that insures the person
OF_PERSONS = """
    SELECT k.number, c.number FROM person p JOIN claim c ON c.person_id = p.id JOIN contract k ON k.id = c.contract_id
    WHERE p.key = ANY(%s)
    UNION
    SELECT k.number, '' FROM person p JOIN insured i ON i.person_id = p.id JOIN contract k ON k.id = i.contract_id
    WHERE p.key = ANY(%s)
"""


class CreditProtectionKeeper(Keeper):
    """See ``lines.terms.Keeper``."""

    folder = Path(__file__).parent
    kinds: tuple[str, ...] = (CONTRACT, PERSON, CLAIM)

    def knows(self, cursor: Any, hold: Hold) -> bool:
        """Whether there is such a contract, person or claim."""
        if hold.kind == CLAIM:
            contracts, claims = zip(*places_of(hold.key), ("", ""), strict=True)
            cursor.execute(KNOWN_CLAIM, (list(contracts), list(claims)))
        else:
            cursor.execute(KNOWN[hold.kind], (hold.key,))
        found: bool = cursor.fetchone()[0]
        return found

    def lock(self, cursor: Any, contracts: Sequence[str]) -> None:
        """Nobody opens or closes a claim of these contracts until the transaction ends."""
        cursor.execute(LOCK, (list(contracts),))

    def ends(self, cursor: Any, contracts: Sequence[str]) -> dict[tuple[str, str], date | None]:
        """The day on which each claim ended, None while it is open."""
        cursor.execute(ENDS, (list(contracts),))
        return {(contract, claim): ended for contract, claim, ended in cursor.fetchall()}

    def reach(self, cursor: Any, holds: Sequence[Hold]) -> Reach:
        """A contract: all of it. A person: their claims, and what names none. A claim: it, and what names none."""
        held: set[tuple[str, str | None]] = {(hold.key, None) for hold in holds if hold.kind == CONTRACT}
        for hold in holds:
            if hold.kind == CLAIM:
                held.update(places_of(hold.key))
        if persons := [hold.key for hold in holds if hold.kind == PERSON]:
            cursor.execute(OF_PERSONS, (persons, persons))
            for contract, claim in cursor.fetchall():
                held |= {(contract, claim), (contract, "")}
        return frozenset(held)


def places_of(key: str) -> set[tuple[str, str]]:
    """What CONTRACT/CLAIM may mean, for both may hold a slash themselves, and the contracts as such."""
    cuts = [position for position, character in enumerate(key) if character == "/"]
    return {(key[:cut], claim) for cut in cuts for claim in (key[cut + 1 :], "")}


KEEPER = CreditProtectionKeeper()
