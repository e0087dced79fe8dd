"""Deleting what has been kept for its term: batch after batch, a transaction each, as the owner of the tables.

A run that ends halfway has deleted whole units alone; the next one goes on. Source: docs/retention.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import msgspec
from django.db import Error, connections

from dunkelwerk.infra.businessday import BERLIN, now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.progress import Advance
from dunkelwerk.lines.registry import procedure
from dunkelwerk.lines.terms import LETTER, keepers
from dunkelwerk.runner import retention_deleting as deleting
from dunkelwerk.runner import retention_sweeping as sweeping
from dunkelwerk.runner.failures import explain, is_transient, sqlstate_of
from dunkelwerk.runner.retention_plan import Plan, Report, turn
from dunkelwerk.runner.retention_units import (
    DUE,
    HELD,
    NEEDED,
    Facts,
    Unit,
    judge,
    judge_letters,
    read_facts,
    read_units,
)

#: locks are held for less than two seconds
BATCH = 200
MISSING_RIGHT = "42501"
#: ids are in order of receipt
WINDOW = """
    SELECT id, channel, external_id, received_at, process FROM notice WHERE id > %s AND attempt = 1 ORDER BY id LIMIT %s
"""
LAST = "SELECT coalesce(max(id), 0) FROM notice"
START = "INSERT INTO retention_run (business_day, actor, started_at) VALUES (%s, %s, %s) RETURNING id"
RESULT = """
    INSERT INTO retention_result (run, line, term, until, deleted, held, needed, finished_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def run(plan: Plan, advance: Advance, *, is_told: Callable[[], bool] = lambda: False) -> Report:
    """Delete what is due; raises CommandError for a missing right, and where the database fails."""
    report = Report()
    with outages():
        number = 0 if plan.dry else begin(plan)
        if walk(plan, number, report, advance, is_told):
            sweeping.sweep(plan, number, report)
            report.finished = True
            if not plan.dry:
                finish(plan, number, report)
    return report


@contextmanager
def outages() -> Iterator[None]:
    """Raises CommandError where the database or a folder fails: what is deleted stays deleted, the rest stays."""
    try:
        yield
    except Error as error:
        if sqlstate_of(error) == MISSING_RIGHT:
            message = _("Dieser Datenbankzugang darf nicht löschen; DATABASE_OWNER_URL nennt den der Eigentümerin.")
            raise CommandError(message) from None
        if not is_transient(error):
            raise
        message = _("Die Datenbank arbeitet nicht: {fault}. Derselbe Aufruf setzt fort.")
        raise CommandError(message.format(fault=explain(error).rstrip("."))) from None
    except OSError as error:
        message = _("{path}: nicht zu entfernen ({reason}). Derselbe Aufruf setzt fort.")
        raise CommandError(message.format(path=error.filename, reason=error.strerror)) from None
    finally:
        connections["owner"].close()


def begin(plan: Plan) -> int:
    """The number of a new run."""
    with turn(plan) as cursor:
        cursor.execute(START, (plan.on, plan.actor, now()))
        number: int = cursor.fetchone()[0]
    return number


def walk(plan: Plan, number: int, report: Report, advance: Advance, is_told: Callable[[], bool]) -> bool:
    """Look at every unit whose term may have passed, oldest first; whether that was finished."""
    last, kept = 0, first_years_kept(plan)
    while not is_told():
        with turn(plan) as cursor:
            cursor.execute(WINDOW, (last, BATCH))
            rows = cursor.fetchall()
            window = [((row[1], row[2]), row[3].astimezone(BERLIN).year, row[4]) for row in rows]
            if not any(year < max(kept.values()) for _name, year, _process in window):
                return True
            last = rows[-1][0]
            old = [name for name, year, process in window if year < first_year_kept(process, kept)]
            if old:
                treat(cursor, read_units(cursor, old), plan, number, report)
        advance(len(window))
    return False


def first_years_kept(plan: Plan) -> dict[str, int]:
    """By line, the first year of which no term has passed."""
    return {
        line: 1 + max(terms.last_year(name, plan.on) for name in terms.of_units) for line, terms in plan.terms.items()
    }


def first_year_kept(process: str, kept: Mapping[str, int]) -> int:
    """That of a process's line; where it is not installed, or its line has no terms, the last one."""
    found = procedure(process)
    return kept.get(found.line.name, max(kept.values())) if found else max(kept.values())


def treat(cursor: Any, units: Sequence[Unit], plan: Plan, number: int, report: Report) -> None:
    """Delete what is due of these units: letters first, then whole units that have none left."""
    facts = read_facts(cursor, units, keepers(), plan.terms, plan.on)
    treat_letters(cursor, units, facts, plan, number, report)
    due: dict[tuple[str, str, int], list[Unit]] = {}
    for unit in units:
        verdict = judge(unit, facts)
        if verdict.what == DUE and not unit.letters:
            due.setdefault((line_of(unit), verdict.term, verdict.year), []).append(unit)
        elif verdict.what in (HELD, NEEDED):
            report.count(line_of(unit), verdict.term, verdict.what)
    for (line, term, year), group in due.items():
        rested = facts.keepers[line].delete(cursor, [each for unit in group for each in unit.decisions])
        report.add(line, term, year, deleting.delete_units(cursor, group, number) + Counter(rested))


def treat_letters(cursor: Any, units: Sequence[Unit], facts: Facts, plan: Plan, number: int, report: Report) -> None:
    """Delete the letters that are due; their units have none any more."""
    due = []
    for unit in units:
        verdict = judge_letters(unit, facts)
        if verdict.what == HELD:
            report.count(line_of(unit), LETTER, HELD, len(unit.letters))
        if verdict.what == DUE:
            report.add(line_of(unit), LETTER, verdict.year, {"letters": len(unit.letters)})
            due += unit.letters
            unit.letters = []
    if due and not plan.dry:
        report.absent += deleting.remove_files(cursor, due)
    deleting.delete_letters(cursor, due, number)


def line_of(unit: Unit) -> str:
    """Its line; "" for one that was never decided."""
    return min(unit.lines, default="")


def finish(plan: Plan, number: int, report: Report) -> None:
    """Write into the log up to which day everything is deleted that was neither held nor needed."""
    with turn(plan) as cursor:
        for line, terms in plan.terms.items():
            for term in terms.entries:
                counts = Counter(report.terms.get((line, term), {}))
                held, needed = counts.pop(HELD, 0), counts.pop(NEEDED, 0)
                until = date(terms.last_year(term, plan.on), 12, 31)
                deleted = msgspec.json.encode(counts).decode()
                cursor.execute(RESULT, (number, line, term, until, deleted, held, needed, now()))
