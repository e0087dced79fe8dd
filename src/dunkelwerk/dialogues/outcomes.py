"""Outcomes: what became of submitted dialogues, told to the core system once. The runner knows nothing of it."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from dunkelwerk.dialogues.events import SYSTEM, note
from dunkelwerk.dialogues.queries import NOTICE
from dunkelwerk.dialogues.submitting import outcome_of
from dunkelwerk.feeds import outbox
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.keys import Vault

BATCH = 200
READY = f"""
    SELECT s.id, d.id, d.reference, d.external_id, d.type, {NOTICE}
    FROM dialogue_submission s JOIN dialogue d ON d.id = s.dialogue JOIN notice first ON first.id = s.notice
    WHERE s.reported_at IS NULL AND first.state <> 'waiting' AND {NOTICE} <> 'waiting'
    ORDER BY s.notice LIMIT %s FOR UPDATE OF s SKIP LOCKED
"""
REPORT = "UPDATE dialogue_submission SET reported_at = %s WHERE id = %s"


def collect(*, limit: int = 10_000) -> int:
    """Tell ``processed`` of each notice decided since, by an event and a message ``dialogue.processed``; how many."""
    told = 0
    while told < limit:
        count = collect_some(min(BATCH, limit - told))
        told += count
        if count < BATCH:
            break
    return told


def collect_some(limit: int) -> int:
    """One batch; how many."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(READY, (limit,))
        rows = cursor.fetchall()
        if rows:
            vault = Vault(cursor, on=business_day())
            for row in rows:
                report(cursor, vault, *row)
    return len(rows)


def report(
    cursor: Any, vault: Vault, submission: int, dialogue: int, reference: str, external_id: str, type: str, notice: str
) -> None:
    """Tell the outcome of one dialogue."""
    at, outcome = now(), outcome_of(notice)
    cursor.execute(REPORT, (at, submission))
    note(cursor, dialogue, "processed", actor=SYSTEM, at=at, detail=outcome or "")
    payload = {"reference": reference, "external_id": external_id, "type": type, "outcome": outcome}
    outbox.put(cursor, vault, kind="dialogue.processed", key=reference, payload=payload)
