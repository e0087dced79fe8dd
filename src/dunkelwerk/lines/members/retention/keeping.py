"""Which term applies to what a member told, what of the register rests upon it, and what a hold on a member keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from dunkelwerk.lines.members.actions import OpenWorkItem
from dunkelwerk.lines.terms import EFFECTIVE, UNSETTLED, Ends, Hold, Keeper, Reach, Swept, Terms

PERSON = "person"
TAX_ID, MANDATE, ACCIDENT, FILED = "tax_id", "mandate", "accident", "accident_filed"
TERMS = {"tax_id": TAX_ID, "sepa_mandate": MANDATE}
TAKEN_OVER = str(OpenWorkItem.__struct_config__.tag)
KNOWN = "SELECT EXISTS (SELECT FROM member WHERE number = %s)"
LOCK = "SELECT FROM member WHERE number = ANY(%s) ORDER BY number FOR SHARE"
#: a tax ID stands until it is taken back, another one takes its place, or the member dies
TAX_IDS = """
    SELECT t.decision, coalesce(t.cancelled_on, (
            SELECT min(later.recorded_on) FROM member_tax_id later
            WHERE later.member_id = t.member_id AND later.id > t.id AND later.cancelled_on IS NULL
        ), m.deceased_on)
    FROM member_tax_id t JOIN member m ON m.id = t.member_id WHERE t.decision = ANY(%s)
"""
#: one that was revoked on no known day stands: nobody knows when its term began
MANDATES = "SELECT decision, CASE WHEN status = 'revoked' THEN revoked_on END FROM mandate WHERE decision = ANY(%s)"
DELETE = {
    "tax_ids": "DELETE FROM member_tax_id WHERE decision = ANY(%s)",
    "mandates": "DELETE FROM mandate WHERE decision = ANY(%s)",
}
#: loaded rows that ended before a day, by the year of their end; held members are left out
SWEEP = """
    WITH old AS (
        DELETE FROM {table} t USING member m
        WHERE m.id = t.member_id AND t.decision IS NULL AND t.{ended} < %s AND {over} AND m.number <> ALL(%s)
        RETURNING extract(year FROM t.{ended})::int AS year
    )
    SELECT year, count(*) FROM old GROUP BY year ORDER BY year
"""
#: what a decision of ours revoked goes after that decision: until then it may be reversed
REVOKED = "t.status = 'revoked' AND NOT EXISTS (SELECT FROM decision_record d WHERE d.id = t.revoked_by)"
SWEPT = (
    (TAX_ID, "tax_ids", SWEEP.format(table="member_tax_id", ended="cancelled_on", over="true")),
    (MANDATE, "mandates", SWEEP.format(table="mandate", ended="revoked_on", over=REVOKED)),
)


class MembersKeeper(Keeper):
    """See ``lines.terms.Keeper``."""

    folder = Path(__file__).parent
    kinds: tuple[str, ...] = (PERSON,)

    def knows(self, cursor: Any, hold: Hold) -> bool:
        """Whether there is a member of this number."""
        cursor.execute(KNOWN, (hold.key,))
        found: bool = cursor.fetchone()[0]
        return found

    def lock(self, cursor: Any, contracts: Sequence[str]) -> None:
        """Nobody records or revokes anything of these members until the transaction ends."""
        cursor.execute(LOCK, (list(contracts),))

    def ends(self, cursor: Any, contracts: Sequence[str]) -> Ends:
        """A topic is no claim that ends; what stands in the register is told by ``standing``."""
        return {}

    def reach(self, cursor: Any, holds: Sequence[Hold]) -> Reach:
        """All of a member."""
        return frozenset((hold.key, None) for hold in holds if hold.kind == PERSON)

    def term(self, processes: Collection[str], actions: Collection[str], *, effective: bool) -> Sequence[str]:
        """By process; an accident that a team took over is kept longer than one that led nowhere."""
        if not effective:
            return (UNSETTLED,)
        accident = ACCIDENT if TAKEN_OVER in actions else FILED
        return [TERMS.get(each, accident if each == "accident" else EFFECTIVE) for each in processes]

    def standing(self, cursor: Any, decisions: Sequence[int]) -> Mapping[int, date | None]:
        """When tax IDs and mandates ended that these decisions recorded; None while one is in force."""
        cursor.execute(f"{TAX_IDS} UNION ALL {MANDATES}", (list(decisions), list(decisions)))
        found: dict[int, date | None] = {}
        for decision, ended in cursor.fetchall():
            before = found.get(decision, ended)
            found[decision] = None if before is None or ended is None else max(before, ended)
        return found

    def delete(self, cursor: Any, decisions: Sequence[int]) -> Mapping[str, int]:
        """The tax IDs and mandates that these decisions recorded."""
        counts = {}
        for kind, statement in DELETE.items():
            cursor.execute(statement, (list(decisions),))
            counts[kind] = cursor.rowcount
        return counts

    def sweep(self, cursor: Any, terms: Terms, on: date, reach: Reach) -> Iterator[Swept]:
        """Loaded tax IDs that were replaced, and loaded mandates that were revoked."""
        held = [number for number, _claim in reach]
        for term, kind, statement in SWEPT:
            cursor.execute(statement, (date(terms.last_year(term, on) + 1, 1, 1), held))
            yield from (Swept(term, year, kind, count) for year, count in cursor.fetchall())


KEEPER = MembersKeeper()
