"""What a run sweeps up after the units: deeds without one, empty months, data keys that seal nothing any more."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.lines.terms import DEED, DISCLOSURE, LETTER, keepers
from dunkelwerk.runner.retention_plan import Plan, Report, turn
from dunkelwerk.runner.retention_units import read_reach

#: deeds about these are deleted with their unit
OF_UNITS = ("notice", "decision", "work_item", "proposal")
#: what was disclosed: a person, or a single dialogue
DISCLOSED = ("person", "dialogue")
#: a hold in force keeps the deed by which it was placed; a person's hold, what was disclosed to them
DEEDS = """
    WITH old AS (
        DELETE FROM deed d WHERE d.at < %s AND (d.kind = ANY(%s)) = %s AND d.kind <> ALL(%s)
          AND NOT EXISTS (
              SELECT FROM legal_hold h WHERE h.lifted_at IS NULL
                AND (d.kind = 'hold' AND d.key = h.id::text OR d.kind = h.kind AND d.key = h.key)
          )
        RETURNING extract(year FROM d.at AT TIME ZONE 'Europe/Berlin')::int AS year
    )
    SELECT year, count(*) FROM old GROUP BY year ORDER BY year
"""
HOLDS = "DELETE FROM legal_hold WHERE lifted_at < %s"
PARTITIONS = """
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'decision_record'::regclass AND c.relname ~ '^decision_record_[0-9]{4}_[0-9]{2}$'
    ORDER BY c.relname
"""
#: nobody makes a month's partition meanwhile
KEEP_OUT = "SELECT pg_advisory_xact_lock(20250602)"
#: every column that names the data key of a sealed one; tests compare it with the tables of the database
SEALED = (
    ("notice", "data_key"),
    ("decision_record", "data_key"),
    ("deed", "data_key"),
    ("letter_order", "data_key"),
    ("inbox_document", "data_key"),
    ("outbox_message", "data_key"),
    ("member_tax_id", "data_key"),
    ("dialogue", "data_key"),
    ("dialogue", "exit_key"),
    ("dialogue_draft", "data_key"),
    ("dialogue_upload", "data_key"),
    ("dialogue_submission", "data_key"),
)
OLD_KEYS = "SELECT EXISTS (SELECT FROM data_key WHERE created_on < %s)"
UNUSED_KEYS = f"""
    DELETE FROM data_key k WHERE k.created_on < %s AND k.id NOT IN (
        {" UNION ".join(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL" for table, column in SEALED)}
    )
"""


def sweep(plan: Plan, number: int, report: Report) -> None:
    """Everything that belongs to no unit, a transaction each."""
    with turn(plan) as cursor:
        sweep_deeds(cursor, plan, report)
    with turn(plan) as cursor:
        sweep_registers(cursor, plan, report)
    if not plan.dry:
        report.partitions = sum(drop_if_empty(plan, name) for name in old_partitions(plan))
    if report.rows:
        with turn(plan) as cursor:
            report.data_keys = destroy_keys(cursor, plan)


def sweep_deeds(cursor: Any, plan: Plan, report: Report) -> None:
    """Deeds that are about no unit: how processes were set, holds, disclosures. The longest term of any line counts."""
    for term, disclosed in ((DEED, False), (DISCLOSURE, True)):
        line, terms = min(plan.terms.items(), key=lambda pair: pair[1].last_year(term, plan.on))
        end = datetime(terms.last_year(term, plan.on) + 1, 1, 1, tzinfo=BERLIN)
        cursor.execute(DEEDS, (end, list(DISCLOSED), disclosed, list(OF_UNITS)))
        for year, count in cursor.fetchall():
            report.add(line, term, year, {"deeds": count})
        if not disclosed:
            cursor.execute(HOLDS, (end,))


def sweep_registers(cursor: Any, plan: Plan, report: Report) -> None:
    """Rows of the registers that were loaded, ended, and are kept by no decision of ours."""
    able = keepers()
    reach = read_reach(cursor, able)
    for line, terms in plan.terms.items():
        for each in able[line].sweep(cursor, terms, plan.on, reach[line]):
            report.add(line, each.term, each.year, {each.kind: each.count})


def old_partitions(plan: Plan) -> list[str]:
    """The partitions of months that are over since years: only there may all be gone."""
    last = max(
        terms.last_year(name, plan.on) for terms in plan.terms.values() for name in terms.of_units if name != LETTER
    )
    with turn(plan) as cursor:
        cursor.execute(PARTITIONS)
        names = [row[0] for row in cursor.fetchall()]
    return [name for name in names if int(name.split("_")[2]) <= last]


def drop_if_empty(plan: Plan, name: str) -> bool:
    """Drop a month of which nothing is left; whether it was dropped."""
    with turn(plan) as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {name})")
        if cursor.fetchone()[0]:
            return False
        cursor.execute(KEEP_OUT)
        cursor.execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(f"SELECT EXISTS (SELECT FROM {name})")
        if cursor.fetchone()[0]:
            return False
        cursor.execute(f"DROP TABLE {name}")
    return True


def destroy_keys(cursor: Any, plan: Plan) -> int:
    """Destroy data keys that seal nothing any more: what is left of the records on disk opens no more.

    Only keys from years of which a term has passed: no program that still runs seals with those.
    """
    last = max(terms.last_year(name, plan.on) for terms in plan.terms.values() for name in terms.entries)
    cursor.execute(OLD_KEYS, (date(last + 1, 1, 1),))
    if not cursor.fetchone()[0]:
        return 0
    cursor.execute(UNUSED_KEYS, (date(last + 1, 1, 1),))
    count: int = cursor.rowcount
    return count
