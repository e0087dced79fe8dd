"""Waiting for documents: a reminder after some days, then a work item, urgent a month after the notice (§ 14 VVG).

Source: docs/rules.md section 5. The missing piece arriving runs the notice again (``dunkelwerk inbox complete``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from dunkelwerk.decisions.days import add_months, add_working_days
from dunkelwerk.infra.bulk import copy_rows
from dunkelwerk.lines.credit_protection import actions
from dunkelwerk.lines.credit_protection.routing import BASKETS
from dunkelwerk.lines.credit_protection.writing import Writing, row_of
from dunkelwerk.lines.effects import Effect, Task
from dunkelwerk.workitems import operations as workitems

REQUEST, REMINDER, TASK = "documents_requested", "documents_reminder", "documents"
#: § 14 VVG: a month after the notice the insured person may ask for money on account
MONTHS_UNTIL_URGENT = 1
WAIT = ("claim_id", "notice", "decision", "work_item", "requested_on", "remind_on", "urgent_on")
#: work items by number, then what waits with them: whoever ends several meets nobody who ends them the other way round
END = """
    WITH item AS (
        SELECT w.id FROM work_item w JOIN document_wait d ON d.work_item = w.id
        WHERE d.claim_id = ANY(%(claims)s) AND d.ended_on IS NULL ORDER BY w.id FOR UPDATE OF w
    ), over AS (
        UPDATE document_wait d SET ended_on = %(day)s FROM item WHERE d.work_item = item.id AND d.ended_on IS NULL
    )
    UPDATE work_item w SET state = 'done', version = version + 1
    FROM item WHERE w.id = item.id AND w.state <> 'done'
"""
#: who asked in error, as a confirmed reversal says, waits no longer; the notice itself is a clerk's again. Nor does
#: anybody wait where a clerk closed the work item, or where the claim went on without us
OVER = """
    SELECT d.claim_id FROM document_wait d JOIN claim c ON c.id = d.claim_id JOIN work_item w ON w.id = d.work_item
    WHERE d.ended_on IS NULL AND (
        c.status <> 'reported' OR w.state = 'done'
        OR EXISTS (SELECT FROM decision_record r WHERE r.reverses = d.decision AND r.effective)
    )
"""
#: those whose notice did not come again meanwhile
DUE = """
    SELECT d.id, d.notice, k.number, c.number
    FROM document_wait d JOIN claim c ON c.id = d.claim_id JOIN contract k ON k.id = c.contract_id
    JOIN notice n ON n.id = d.notice
    JOIN work_item w ON w.id = d.work_item AND w.state <> 'done'
    WHERE d.ended_on IS NULL AND d.reminded_by IS NULL AND d.remind_on <= %s AND c.status = 'reported'
      AND NOT EXISTS (
          SELECT FROM notice again WHERE (again.channel, again.external_id) = (n.channel, n.external_id)
              AND again.attempt > n.attempt AND again.state IN ('waiting', 'proposed', 'joined', 'referred')
      )
    ORDER BY d.id
"""
URGENT = """
    WITH urgent AS (
        SELECT w.id FROM work_item w JOIN document_wait d ON d.work_item = w.id
        WHERE d.ended_on IS NULL AND d.urgent_on <= %(day)s AND w.priority > 1 AND w.state = 'open'
        ORDER BY w.id FOR UPDATE OF w
    )
    UPDATE work_item w SET priority = 1, version = version + 1, open_from = least(open_from, %(day)s)
    FROM urgent WHERE w.id = urgent.id
"""
REMINDED = "UPDATE document_wait SET reminded_by = %s WHERE id = %s AND reminded_by IS NULL"


def begin(writing: Writing, effects: Sequence[Effect]) -> None:
    """Wait for what these letters ask for; a wait that was running for the claim is over."""
    if not effects:
        return
    day, rows, items = writing.occasion.business_day, [], []
    claims = [row_of(each).id for each in effects]
    end(writing.cursor, claims, day)
    routing = BASKETS.route(["documents_missing"])
    for effect, claim in zip(effects, claims, strict=True):
        action: Any = effect.action
        remind_on = day + timedelta(days=effect.parameters.reminder_days)
        open_from = remind_on + timedelta(days=effect.parameters.reminder_days)
        received: date = getattr(effect.notice, "received_on", day)
        rows.append(
            (claim, effect.received, effect.decision, day, remind_on, add_months(received, MONTHS_UNTIL_URGENT))
        )
        items.append(
            workitems.Item(
                basket=routing.basket,
                task=TASK,
                kind="claim",
                key=f"{action.contract}/{action.claim}",
                decision=effect.decision,
                contract=action.contract,
                claim=action.claim,
                reasons=["documents_missing"],
                priority=routing.priority,
                open_from=open_from,
                due_on=add_working_days(open_from, routing.due_days, writing.occasion.federal_state),
                created_on=day,
            )
        )
    ids = workitems.open_items(writing.cursor, items)
    waiting = [(*row[:3], item, *row[3:]) for row, item in zip(rows, ids, strict=True)]
    copy_rows(writing.cursor, "document_wait", WAIT, waiting)


def end(cursor: Any, claims: Sequence[int], day: date) -> None:
    """Nothing is awaited for these claims any more: they were accepted, declined, closed, or asked for again."""
    if claims:
        cursor.execute(END, {"claims": list(claims), "day": day})


def due(cursor: Any, day: date) -> list[Task]:
    """The reminders that are to be sent on a business day; waits that are over end, what became urgent is raised."""
    cursor.execute(OVER)
    end(cursor, [claim for (claim,) in cursor.fetchall()], day)
    cursor.execute(URGENT, {"day": day})
    cursor.execute(DUE, (day,))
    return [
        Task(
            identity,
            notice,
            (actions.SendLetter(contract=contract, claim=claim, template=REMINDER),),
            (f"{contract}/{claim}",),
        )
        for identity, notice, contract, claim in cursor.fetchall()
    ]


def done(cursor: Any, task: Task, decision: int) -> None:
    """The reminder was sent by this decision."""
    cursor.execute(REMINDED, (decision, task.id))
