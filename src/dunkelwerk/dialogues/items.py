"""The work items of dialogues: what a clerk has to do where no form was filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from dunkelwerk.decisions.days import add_working_days
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.workitems import operations as workitems

KIND = "dialogue"
#: tasks: send a form on paper; the letter reached somebody else; the person has died
PAPER_FORM, WRONG_PERSON, DECEASED = "paper_form", "wrong_person", "deceased"
DUE_DAYS = 5
CLOSE = """
    UPDATE work_item SET state = 'done', version = version + 1
    WHERE kind = %s AND key = %s AND task = %s AND state = 'open'
"""
THERE = "SELECT key FROM work_item WHERE kind = 'dialogue' AND task = %s AND key = ANY(%s) AND state <> 'done'"


def open_item(cursor: Any, reference: str, form: DialogueType, *, task: str, priority: int, on: date) -> int:
    """Open one item about a dialogue, unless it is open already; how many."""
    return open_items(cursor, [(reference, form)], task=task, priority=priority, on=on)


def open_items(
    cursor: Any, dialogues: Sequence[tuple[str, DialogueType]], *, task: str, priority: int, on: date
) -> int:
    """Open an item about each dialogue that has none open of this task; how many."""
    cursor.execute(THERE, (task, [reference for reference, _form in dialogues]))
    there = {row[0] for row in cursor.fetchall()}
    items = [item(reference, form, task, priority, on) for reference, form in dialogues if reference not in there]
    return len(workitems.open_items(cursor, items))


def has_open(reference: str, *, task: str) -> bool:
    """Whether an item of a task about a dialogue is still to be done."""
    with connection.cursor() as cursor:
        cursor.execute(THERE, (task, [reference]))
        return cursor.fetchone() is not None


def close_items(cursor: Any, reference: str, *, task: str) -> None:
    """Close the open items of a task about a dialogue: it is settled otherwise."""
    cursor.execute(CLOSE, (KIND, reference, task))


def item(reference: str, form: DialogueType, task: str, priority: int, on: date) -> workitems.Item:
    """One item, in the basket of the dialogue's type."""
    return workitems.Item(
        basket=form.basket,
        task=task,
        kind=KIND,
        key=reference,
        decision=None,
        contract=None,
        claim=None,
        reasons=[],
        priority=priority,
        open_from=on,
        due_on=add_working_days(on, DUE_DAYS, None),
        created_on=on,
    )
