"""What a run left in its database, in a form in which two runs can be compared: who does less work is no peer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

#: what a run adds rows to; batches are left out, for their number is the way and not the effect
TABLES = (
    *("decision_record", "movement", "posting", "release", "instalment"),
    *("proof", "letter_order", "work_item", "proposal"),
)
OUTCOMES = "SELECT outcome, count(*) FROM decision_record GROUP BY 1 ORDER BY 1"
EUROS = "SELECT coalesce(sum(amount), 0)::text FROM posting"
#: every notice with its end, and what was decided about it and why
NOTICES = """
    SELECT md5(string_agg(ROW(n.id, n.state, d.outcome, d.reasons, d.blockers, d.actions, d.released)::text, ''
        ORDER BY n.id))
    FROM notice n LEFT JOIN decision_record d ON d.id = n.decision
"""
#: every claim as the run left it
CLAIMS = """
    SELECT md5(string_agg(ROW(id, status, proven_until, released_until, recovered_on, closed_on)::text, ''
        ORDER BY id))
    FROM claim
"""
#: every instalment, without the ids that a run gave
INSTALMENTS = """
    SELECT md5(string_agg(ROW(claim_id, due, amount, set_off, status)::text, ''
        ORDER BY claim_id, due, amount, set_off, status))
    FROM instalment
"""


def effects_of(url: str) -> dict[str, Any]:
    """Outcomes, rows per table, the sum of all postings, and digests of notices, claims and instalments."""
    with psycopg.connect(url) as connection:
        return {
            "outcomes": dict(connection.execute(OUTCOMES).fetchall()),
            "rows": {table: count_rows(connection, table) for table in TABLES},
            "postings_euros": value_of(connection, EUROS),
            "notices": value_of(connection, NOTICES),
            "claims": value_of(connection, CLAIMS),
            "instalments": value_of(connection, INSTALMENTS),
        }


def count_rows(connection: psycopg.Connection[Any], table: str) -> int:
    """The number of rows of a table."""
    count: int = value_of(connection, f"SELECT count(*) FROM {table}")
    return count


def value_of(connection: psycopg.Connection[Any], query: str) -> Any:
    """The one value of a query."""
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """In what two runs differ; empty where both did the same."""
    return [f"{name}: {ours[name]} ≠ {theirs[name]}" for name in ours if ours[name] != theirs[name]]
