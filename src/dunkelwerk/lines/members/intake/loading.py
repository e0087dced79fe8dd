"""Reading files in batches, and writing each in one transaction; see the package."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import Error as DjangoError
from django.db import connection, transaction
from msgspec import Struct, field
from psycopg import Error as PsycopgError

from dunkelwerk.decisions.identifiers import compact
from dunkelwerk.decisions.reading import Source
from dunkelwerk.infra.bulk import columns_of, copy_rows, take_ids
from dunkelwerk.infra.businessday import business_day, now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import read_lines
from dunkelwerk.infra.keys import Vault
from dunkelwerk.infra.progress import Advance
from dunkelwerk.lines.counts import Counts
from dunkelwerk.lines.line_faults import LineFault
from dunkelwerk.lines.members import loader
from dunkelwerk.lines.members.casefile import Mandate
from dunkelwerk.lines.members.intake.lines import Line, read_line
from dunkelwerk.lines.members.intake.plan import Known, KnownMandate, KnownMember, KnownTaxId, Plan, judge
from dunkelwerk.lines.retry import constraint_of, patiently

BATCH_LINES = 1000
DAYS = ("birth_date", "deceased_on")
SET_ACTOR = "SELECT set_config('app.actor', %s, true)"
OPEN_LOAD = "INSERT INTO register_load (started_at, actor, files) VALUES (%s, %s, %s) RETURNING id"
CLOSE_LOAD = "UPDATE register_load SET finished_at = %s WHERE id = %s"
LOCK = f"SELECT id, {', '.join(loader.COLUMNS)} FROM member WHERE number = ANY(%s) ORDER BY number FOR UPDATE"
TAX_ID_OURS = """
    SELECT id, member_id, decision IS NOT NULL FROM member_tax_id
    WHERE member_id = ANY(%s) AND cancelled_on IS NULL ORDER BY id
"""
MANDATES = """
    SELECT upper(k.reference), k.id, m.number, k.iban, k.recurrence, k.signed_on, k.account_holder, k.status,
           k.decision IS NOT NULL, k.revoked_by IS NOT NULL
    FROM mandate k JOIN member m ON m.id = k.member_id WHERE upper(k.reference) = ANY(%s)
"""
UPDATE_MEMBERS = f"""
    UPDATE member m SET {", ".join(f"{name} = u.{name}" for name in loader.COLUMNS)}
    FROM unnest(%s::bigint[], {", ".join("%s::date[]" if name in DAYS else "%s::text[]" for name in loader.COLUMNS)})
        AS u (id, {", ".join(loader.COLUMNS)}) WHERE m.id = u.id
"""
CANCEL_TAX_IDS = "UPDATE member_tax_id SET cancelled_on = %s WHERE id = ANY(%s)"
TAX_ID = ("id", "member_id", "data_key", "sealed", "recorded_on")
MANDATE = ("member_id", "reference", "iban", "account_holder", "recurrence", "signed_on", "status")
UPDATE_MANDATES = """
    UPDATE mandate k SET iban = u.iban, account_holder = u.holder, recurrence = u.recurrence, signed_on = u.signed_on,
        status = u.status, revoked_on = CASE WHEN u.status = 'revoked' THEN coalesce(k.revoked_on, %s) END
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::date[], %s::text[])
        AS u (id, iban, holder, recurrence, signed_on, status) WHERE k.id = u.id
"""
Complain = Callable[[str], None]


class Totals(Struct):
    """What a load did; ``refused``: lines and files with an error."""

    lines: int = 0
    refused: int = 0
    members: Counts = field(default_factory=Counts)


def load_files(files: Sequence[Path], *, actor: str, complain: Complain, advance: Advance) -> Totals:
    """Load members' case files; ``complain`` gets a sentence for each line and file that is refused.

    Raises CommandError where the database stays away; what was committed before stays.
    """
    totals = Totals()
    names = [str(file).encode("utf-8", "replace").decode() for file in files]
    load = patiently(lambda: open_load(names, actor), tell=complain)
    for file in files:
        try:
            for batch, unread in read_batches(file):
                faults = [*unread, *settle(batch, actor, complain, totals)]
                totals.lines += len(batch) + len(unread)
                totals.refused += len(faults)
                for _number, sentence in sorted(faults):
                    complain(sentence)
                advance(len(batch))
        except CommandError as error:
            totals.refused += 1
            complain(str(error))
    patiently(lambda: run(CLOSE_LOAD, (now(), load), actor), tell=complain)
    return totals


def open_load(names: list[str], actor: str) -> int:
    """Record the run; its id."""
    identity: int = run(OPEN_LOAD, (now(), actor, names), actor)
    return identity


def run(statement: str, values: tuple[Any, ...], actor: str) -> Any:
    """One statement in a transaction of its own; the first value that it returns."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SET_ACTOR, (actor,))
        cursor.execute(statement, values)
        return cursor.fetchone()[0] if cursor.description else None


def read_batches(file: Path) -> Iterator[tuple[list[Line], list[tuple[int, str]]]]:
    """The lines of a file, in order, in batches, with the sentences about those that cannot be read."""
    lines: list[Line] = []
    faults: list[tuple[int, str]] = []
    for each in read_lines(file):
        place = Source(str(file), each.number)
        try:
            lines.append(read_line(each, place))
        except LineFault as fault:
            faults.append((each.number, fault.sentence(place)))
        if len(lines) + len(faults) >= BATCH_LINES:
            yield lines, faults
            lines, faults = [], []
    if lines or faults:
        yield lines, faults


def settle(lines: Sequence[Line], actor: str, complain: Complain, totals: Totals) -> list[tuple[int, str]]:
    """Take over lines; where the database refuses their data, by halves down to the line at fault."""
    if not lines:
        return []
    try:
        plan, faults = patiently(lambda: attempt(lines, actor), tell=complain)
    except (DjangoError, PsycopgError) as error:
        if len(lines) > 1:
            middle = len(lines) // 2
            first = settle(lines[:middle], actor, complain, totals)
            return [*first, *settle(lines[middle:], actor, complain, totals)]
        text = _("die Datenbank nimmt die Zeile nicht an (Regel {rule})").format(rule=constraint_of(error))
        return [(lines[0].place.number, LineFault(text).sentence(lines[0].place))]
    totals.members.add(plan.members)
    return [(line.place.number, fault.sentence(line.place)) for line, fault in faults]


def attempt(lines: Sequence[Line], actor: str) -> tuple[Plan, list[tuple[Line, LineFault]]]:
    """One transaction: lock, read, judge, write."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SET_ACTOR, (actor,))
        known = read_known(cursor, lines)
        plan, faults = judge(lines, known)
        write(cursor, plan, {number: each.id for number, each in known.members.items()})
    return plan, faults


def read_known(cursor: Any, lines: Sequence[Line]) -> Known:
    """What the register holds of the lines' members and references; the members are locked."""
    cursor.execute(LOCK, ([line.case.member.number for line in lines],))
    rows = cursor.fetchall()
    ids = [row[0] for row in rows]
    values = loader.read_tax_ids(cursor, ids)
    cursor.execute(TAX_ID_OURS, (ids,))
    newest = {member: (identity, ours) for identity, member, ours in cursor.fetchall() if member in values}
    references = [mandate.reference.upper() for line in lines for mandate in line.case.mandates]
    cursor.execute(MANDATES, (references,))
    mandates = {row[0]: KnownMandate(*row[1:]) for row in cursor.fetchall()}
    members = {
        row[1]: KnownMember(
            row[0],
            tuple(row[1:]),
            KnownTaxId(newest[row[0]][0], values[row[0]], newest[row[0]][1]) if row[0] in values else None,
        )
        for row in rows
    }
    return Known(members, mandates)


def write(cursor: Any, plan: Plan, ids: dict[str, int]) -> None:
    """Write each table once."""
    new_ids = take_ids(cursor, "member", len(plan.new))
    copy_rows(cursor, "member", ("id", *loader.COLUMNS), ((i, *row) for i, row in zip(new_ids, plan.new, strict=True)))
    ids |= {row[0]: identity for identity, row in zip(new_ids, plan.new, strict=True)}
    if plan.changed:
        cursor.execute(UPDATE_MEMBERS, columns_of([(identity, *columns) for identity, columns in plan.changed]))
    write_tax_ids(cursor, plan, ids)
    rows = [(ids[number], *mandate_row(mandate)) for number, mandate in plan.new_mandates]
    copy_rows(cursor, "mandate", MANDATE, rows)
    if plan.changed_mandates:
        changed = [(identity, *mandate_row(mandate)[1:]) for identity, mandate in plan.changed_mandates]
        cursor.execute(UPDATE_MANDATES, (business_day(None), *columns_of(changed)))


def write_tax_ids(cursor: Any, plan: Plan, ids: dict[str, int]) -> None:
    """Tax IDs, sealed; those that they replace are cancelled."""
    if not plan.tax_ids:
        return
    day = business_day(None)
    vault = Vault(cursor, on=day)
    cursor.execute(CANCEL_TAX_IDS, (day, plan.cancelled_tax_ids))
    rows = []
    for (number, value), identity in zip(
        plan.tax_ids, take_ids(cursor, "member_tax_id", len(plan.tax_ids)), strict=True
    ):
        sealed = vault.seal(value.encode(), about=loader.about_tax_id(identity))
        rows.append((identity, ids[number], vault.current, sealed, day))
    copy_rows(cursor, "member_tax_id", TAX_ID, rows)


def mandate_row(mandate: Mandate) -> tuple[Any, ...]:
    """A mandate's columns after the member."""
    return (
        mandate.reference,
        compact(mandate.iban),
        mandate.account_holder,
        mandate.recurrence.value,
        mandate.signed_on,
        mandate.status.value,
    )
