"""Shadow runs: what a process would have done, kept beside what clerks did with the same notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection
from msgspec import Struct

from dunkelwerk.decisions.decision import APPLY, PARTIAL
from dunkelwerk.decisions.money import ZERO
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.snapshot import stream
from dunkelwerk.runner.queries import about_decision

ROWS_PER_BATCH = 500
#: what a decision does to claims and money; letters and filing are left to taste
COMPARED = frozenset({"record_proof", "extend_benefit", "release_instalment", "offset_recourse", "close_claim"})
#: each shadow decision with the clerk's records on the same notice or a corrected attempt of it
SHADOWED = """
    SELECT d.id, n.external_id, d.business_day, d.process, d.contract, d.outcome, d.released, d.data_key, d.payload,
           done.state, coalesce(c.records, '{}'), coalesce(c.released, 0)
    FROM decision_record d
    JOIN notice n ON n.id = d.notice
    JOIN LATERAL (
        SELECT every.state FROM notice every
        WHERE (every.channel, every.external_id) = (n.channel, n.external_id) ORDER BY every.attempt DESC LIMIT 1
    ) done ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(m.id ORDER BY m.id) AS records, sum(m.released) AS released
        FROM notice every JOIN decision_record m ON m.notice = every.id
        WHERE (every.channel, every.external_id) = (n.channel, n.external_id) AND every.id >= n.id
          AND m.effective AND m.kind <> 'reversal'
          AND NOT EXISTS (SELECT FROM decision_record r WHERE r.reverses = m.id AND r.effective)
    ) c ON true
    WHERE d.mode = 'shadow' AND d.business_day >= %s AND (%s::text IS NULL OR d.process = %s)
    ORDER BY d.id
"""
RECORDS = "SELECT id, data_key, payload FROM decision_record WHERE id = ANY(%s)"
SAME, DIFFERENT, NOTHING, OPEN, REFERRED = "same", "different", "nothing", "open", "referred"


class Compared(Struct, frozen=True):
    """What the shadow decided and what a clerk did. ``verdict``: same, different, nothing, open, referred."""

    decision: int
    notice: str
    business_day: date
    process: str
    contract: str | None
    outcome: str
    verdict: str
    shadow: list[str]
    clerk: list[str]
    shadow_released: Decimal
    clerk_released: Decimal


class Totals(Struct):
    """Notices by verdict, and euros of the cases that a clerk has finished."""

    notices: dict[str, int] = {}
    shadow_released: Decimal = ZERO
    clerk_released: Decimal = ZERO

    def add(self, one: Compared) -> None:
        """With one notice more."""
        self.notices[one.verdict] = self.notices.get(one.verdict, 0) + 1
        if one.verdict in (SAME, DIFFERENT, NOTHING):
            self.shadow_released += one.shadow_released
            self.clerk_released += one.clerk_released


def compare(vault: Vault, *, since: date, process: str | None) -> Iterator[Compared]:
    """Every shadow decision since a business day, beside what was done. Within a ``snapshot``."""
    for rows in stream(SHADOWED, (since, process, process), size=ROWS_PER_BATCH):
        with connection.cursor() as cursor:
            wanted = [identity for row in rows for identity in row[10]]
            cursor.execute(RECORDS, (wanted,))
            records = cursor.fetchall()
            vault.prepare(cursor, {row[7] for row in rows} | {key for _, key, _ in records})
        by_clerks = {identity: actions_of(vault, identity, key, payload) for identity, key, payload in records}
        for row in rows:
            yield compare_one(row, actions_of(vault, row[0], row[7], row[8]), by_clerks)


def compare_one(row: Any, shadow: list[str], by_clerks: dict[int, list[str]]) -> Compared:
    """One shadow decision beside the clerk's."""
    identity, notice, day, process, contract, outcome, released, _key, _payload, state, records, clerk_released = row
    clerk = sorted(action for record in records for action in by_clerks[record])
    return Compared(
        decision=identity,
        notice=notice,
        business_day=day,
        process=process,
        contract=contract,
        outcome=outcome,
        verdict=verdict_of(outcome, shadow, clerk, state),
        shadow=shadow,
        clerk=clerk,
        shadow_released=released,
        clerk_released=clerk_released,
    )


def verdict_of(outcome: str, shadow: list[str], clerk: list[str], state: str) -> str:
    """How the two compare; what the shadow would have referred is no disagreement."""
    if outcome not in (APPLY, PARTIAL):
        return REFERRED
    if not clerk and state not in ("handled", "settled"):
        return OPEN
    if shadow == clerk:
        return SAME
    return DIFFERENT if clerk else NOTHING


def actions_of(vault: Vault, identity: int, key: int, payload: Any) -> list[str]:
    """The actions of a record that count, in words that can be compared, sorted."""
    content = msgspec.json.decode(vault.open(bytes(payload), key=key, about=about_decision(identity)))
    actions = (each for each in content["decision"]["actions"] if each["type"] in COMPARED)
    return sorted(" ".join(str(value) for value in each.values()) for each in actions)
