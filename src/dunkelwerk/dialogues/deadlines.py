"""What is due on a day: dialogues expire, reminders go to the print folder. Source: docs/dialogues.md section 6."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.dialogues.events import SYSTEM, note_all
from dunkelwerk.dialogues.items import PAPER_FORM, open_items
from dunkelwerk.dialogues.reminding import print_due, reminders_due
from dunkelwerk.dialogues.type_versions import forms_of
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.i18n import _

BATCH = 1000
#: two at once take turns; whoever comes second finds nothing left
TAKE_TURNS = "SELECT pg_advisory_xact_lock(20250622)"
#: what no letter went out for waits these days longer: repeating the import completes it
MARGIN = 30
PAST = """
    SELECT id, reference, version FROM dialogue
    WHERE state IN ('exported', 'opened') AND valid_until < %s ORDER BY valid_until, id LIMIT %s FOR UPDATE
"""
NEVER_SENT = """
    SELECT id, reference, version FROM dialogue
    WHERE state = 'created' AND valid_until < %s ORDER BY valid_until, id LIMIT %s FOR UPDATE
"""
#: whose paper form was ordered by leaving the form, and is not off again by a new PIN
ON_PAPER = """
    SELECT dialogue FROM dialogue_event WHERE dialogue = ANY(%s) AND event IN ('exit_on_paper', 'reissued')
    GROUP BY dialogue HAVING max(id) FILTER (WHERE event = 'exit_on_paper')
        > coalesce(max(id) FILTER (WHERE event = 'reissued'), 0)
"""
EXPIRE = "UPDATE dialogue SET state = 'expired', end_on = %s, remind_on = NULL WHERE id = ANY(%s)"
END_SESSIONS = "DELETE FROM portal_session WHERE dialogue = ANY(%s)"
WORK_ITEM, PRIORITY = "work_item", 3


class Due(Struct):
    """What a day brought: dialogues expired, work items opened for them, reminders printed, and due by type."""

    expired: int = 0
    work_items: int = 0
    printed: int = 0
    reminders: dict[str, int] = {}

    def __str__(self) -> str:
        text = _("{expired} abgelaufen, {items} Aufgaben, {printed} Erinnerungen gedruckt, {due} fällig")
        due = sum(self.reminders.values())
        return text.format(expired=self.expired, items=self.work_items, printed=self.printed, due=due)


def run_daily(on: date) -> Due:
    """Expire what is past its last day, print reminders where there is a print folder.

    Safe to call again, and twice at once. Raises CommandError where the print folder cannot be written to; what
    expired stays expired.
    """
    done = Due()
    for past, until in ((PAST, on), (NEVER_SENT, on - timedelta(days=MARGIN))):
        while expire_some(on, done, past=past, until=until):
            pass
    done.printed = print_due(on)
    done.reminders = reminders_due(on)
    return done


def expire_some(on: date, done: Due, *, past: str, until: date) -> bool:
    """One batch of those whose last day was before ``until``; whether there may be more."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(TAKE_TURNS)
        cursor.execute(past, (until, BATCH))
        rows = cursor.fetchall()
        ids = [row[0] for row in rows]
        cursor.execute(EXPIRE, (on, ids))
        cursor.execute(END_SESSIONS, (ids,))
        note_all(cursor, ids, "expired", actor=SYSTEM, at=now())
        if past is PAST:
            done.work_items += ask_on_paper(cursor, rows, on)
    done.expired += len(rows)
    return len(rows) == BATCH


def ask_on_paper(cursor: Any, rows: Sequence[Sequence[Any]], on: date) -> int:
    """A work item for each expired dialogue whose type says so, unless its paper form is ordered already; how many."""
    cursor.execute(ON_PAPER, ([row[0] for row in rows],))
    ordered = {row[0] for row in cursor.fetchall()}
    forms = dict(forms_of(cursor, sorted({row[2] for row in rows})))
    wanted = [(row[1], forms[row[2]]) for row in rows if forms[row[2]].on_expiry == WORK_ITEM and row[0] not in ordered]
    return open_items(cursor, wanted, task=PAPER_FORM, priority=PRIORITY, on=on)
