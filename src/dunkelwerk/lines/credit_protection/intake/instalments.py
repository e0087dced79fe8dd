"""Which instalment of a line is which row, and what is new about it. Pure.

An instalment is found by its id (``DW-<row>`` for one released here, as exports name it), else by its due date and
the order within it. A row loaded without id takes the id that the core system gives later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.credit_protection.casefile import Claim, Instalment
from dunkelwerk.lines.credit_protection.intake.known import KnownClaim, KnownInstalment
from dunkelwerk.lines.line_faults import LineFault, Older


class InstalmentChange(NamedTuple):
    """An instalment's row as it shall be."""

    id: int
    key: str | None
    status: str
    replaces: str | None


def compare_instalments(
    claim: Claim, known: KnownClaim, *, field: str
) -> tuple[list[Instalment], list[InstalmentChange]]:
    """New instalments and changed ones; raises LineFault where one is missing, older, or of another amount."""
    new: list[Instalment] = []
    changed: list[InstalmentChange] = []
    rows = match(claim.instalments, known.instalments)
    if sum(row is not None for row in rows) < len(known.instalments):
        raise Older(_("im Leistungsfall {claim} fehlt eine Rate").format(claim=claim.number), field=field)
    for at, (each, row) in enumerate(zip(claim.instalments, rows, strict=True)):
        if row is None:
            new.append(each)
        elif change := compare_instalment(each, row, claim, field=f"{field}[{at}]"):
            changed.append(change)
    return new, changed


def match(entries: Sequence[Instalment], rows: Sequence[KnownInstalment]) -> Sequence[KnownInstalment | None]:
    """For each instalment its row, or None for a new one."""
    if len(entries) == len(rows) and all(map(is_same, entries, rows)):
        return rows
    return match_one_by_one(entries, rows)


def is_same(entry: Instalment, row: KnownInstalment) -> bool:
    """Whether they stand at the same place, and the entry's id, if it has one, is the row's."""
    return entry.due == row.due and (entry.id is None or entry.id == name_of(row))


def name_of(row: KnownInstalment) -> str | None:
    """The id by which an export names the row."""
    return row.key or (f"DW-{row.id}" if row.ours else None)


def match_one_by_one(entries: Sequence[Instalment], rows: Sequence[KnownInstalment]) -> list[KnownInstalment | None]:
    """By id first; what is left by due date, in order."""
    named = {name_of(row): row for row in rows}
    found = [named.pop(entry.id, None) if entry.id is not None else None for entry in entries]
    left = [row for row in rows if row not in found]
    for at, entry in enumerate(entries):
        if found[at] is None:
            found[at] = next((row for row in left if may_be(entry, row)), None)
            left = [row for row in left if row is not found[at]]
    return found


def may_be(entry: Instalment, row: KnownInstalment) -> bool:
    """Whether they can be the same by their due date: one of them has no id."""
    return entry.due == row.due and (entry.id is None or name_of(row) is None)


def compare_instalment(entry: Instalment, row: KnownInstalment, claim: Claim, *, field: str) -> InstalmentChange | None:
    """What is new about an instalment."""
    if entry.amount != row.amount or entry.due != row.due:
        name = "amount" if entry.amount != row.amount else "due"
        text = _("eine Rate des Leistungsfalls {claim} steht im Register anders")
        todo = _("eine Rate ändert sich nicht mehr: bitte stornieren und neu anlegen")
        raise LineFault(text.format(claim=claim.number), field=f"{field}.{name}", todo=todo)
    status = entry.status.value
    older = (
        "status" if status == "released" != row.status else "replaces" if row.replaces and not entry.replaces else ""
    )
    if older:
        text = _("eine Rate des Leistungsfalls {claim} ist im Register schon weiter")
        raise Older(text.format(claim=claim.number), field=f"{field}.{older}")
    if status != row.status and row.ours:
        text = _("die Rate DW-{id} wird hier gezahlt, ihr Stand kommt nicht aus dem Bestand").format(id=row.id)
        todo = _("bitte Zahlungen und Rückläufer mit „dunkelwerk payouts“ einlesen")
        raise LineFault(text, field=f"{field}.status", todo=todo)
    key = entry.id if name_of(row) is None else row.key
    if (key, status, entry.replaces) == (row.key, row.status, row.replaces):
        return None
    return InstalmentChange(row.id, key, status, entry.replaces)
