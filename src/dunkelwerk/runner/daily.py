"""What is due on a business day without any notice coming, reminders say: done once a day, when the inbox is empty.

Each task is a decision of its own on the case of an earlier notice, in a transaction of its own. Two workers at once
take turns; whoever comes second finds nothing left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from django.db import connection, transaction

from dunkelwerk.decisions.decision import APPLY
from dunkelwerk.lines.effects import Store, Task
from dunkelwerk.lines.registry import lines, store_of
from dunkelwerk.runner.acting import Person, session
from dunkelwerk.runner.judging import DAILY
from dunkelwerk.runner.modes import DARK
from dunkelwerk.runner.proposals import by_hand

#: who does it: no person
ACTOR = "dunkelwerk"
TAKE_TURNS = "SELECT pg_advisory_xact_lock(20250606)"


def run(day: date, overrides: Mapping[str, Any]) -> int:
    """Do what is due; how many tasks were done."""
    person, count = Person(ACTOR, day, overrides=overrides), 0
    for line in lines().values():
        store = store_of(line)
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            tasks = store.due(cursor, day)
        for task in tasks:
            count += do(task, person, store)
    return count


def do(task: Task, person: Person, store: Store) -> bool:
    """One task, unless somebody else has done it meanwhile."""
    with session(person, patient=True) as work:
        work.cursor.execute(TAKE_TURNS)
        # the case first: what is due locks work items
        opened = work.open(task.notice)
        if task.id not in {each.id for each in store.due(work.cursor, person.day)}:
            return False
        judged = by_hand(work, opened, task.actions, task.parts, {"task": task.id})
        decision = msgspec.structs.replace(judged.decision, outcome=APPLY)
        applied = msgspec.structs.replace(judged, kind=DAILY, mode=DARK, decision=decision, applies=True)
        written = work.write(opened, applied)
        store.done(work.cursor, task, written.decision)
    return True
