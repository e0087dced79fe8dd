"""The work items of decisions: what a clerk or a second examiner has to do about one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dunkelwerk.decisions.days import add_working_days
from dunkelwerk.lines.effects import Routing
from dunkelwerk.workitems import operations as workitems


def item_of(
    *,
    notice: int,
    decision: int,
    task: str,
    routing: Routing,
    contract: str | None,
    claim: str | None,
    codes: Sequence[str],
    today: date,
    federal_state: str | None,
) -> workitems.Item:
    """What has to be done about a notice, from today on."""
    return workitems.Item(
        basket=routing.basket,
        task=task,
        kind="notice",
        key=str(notice),
        decision=decision,
        contract=contract,
        claim=claim,
        reasons=list(codes),
        priority=routing.priority,
        open_from=today,
        due_on=add_working_days(today, routing.due_days, federal_state),
        created_on=today,
    )
