"""``dunkelwerk check``: every invariant of the books and claims. Fixed in docs/interfaces.md section 2."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from dunkelwerk.infra.i18n import _

if TYPE_CHECKING:
    from dunkelwerk.infra.invariants import Violation

EXAMPLE = "Beispiel: dunkelwerk check"
#: large joins in memory rather than on disk
ROOM = "SET LOCAL work_mem = '64MB'"
COUNTS = "SELECT (SELECT count(*) FROM contract), (SELECT count(*) FROM notice), (SELECT count(*) FROM posting)"


def check() -> None:
    """Prüft Bücher und Leistungsfälle: jede Regel, die immer gelten muss, unabhängig vom Programm, das schreibt."""
    from dunkelwerk.infra import database

    database.start()
    from django.db import connection

    from dunkelwerk.infra.businessday import business_day
    from dunkelwerk.infra.keys import Vault
    from dunkelwerk.infra.snapshot import snapshot

    with connection.cursor() as cursor:
        vault = Vault(cursor, on=business_day())
        with snapshot():
            cursor.execute(ROOM)
            checked, broken = check_everything(cursor, vault)
            cursor.execute(COUNTS)
            counts = cursor.fetchone()
    if broken:
        message = _("{broken} von {checked} Prüfungen sind verletzt; bitte nichts auszahlen, bis das geklärt ist.")
        print(message.format(broken=broken, checked=checked), file=sys.stderr)
        raise typer.Exit(1)
    message = _(
        "Alles in Ordnung: {checked} Prüfungen, {contracts} Verträge, {notices} Meldungen, {postings} Buchungen."
    )
    print(message.format(checked=checked, contracts=counts[0], notices=counts[1], postings=counts[2]))


def check_everything(cursor: object, vault: object) -> tuple[int, int]:
    """Ask about every invariant and say what was found; how many were asked about, and how many are broken."""
    from dunkelwerk.dialogues.invariants import GROUPS
    from dunkelwerk.infra.invariants import examine
    from dunkelwerk.infra.progress import progress
    from dunkelwerk.runner.invariants import all_groups
    from dunkelwerk.runner.sealed import examine_sealed

    parts = [(_(group.title), examine(cursor, group.invariants)) for group in (*all_groups(), *GROUPS)]
    parts.append((_("Verschlüsselung"), examine_sealed(cursor, vault)))  # type: ignore[arg-type]
    checked = broken = 0
    with progress(_("geprüft")) as advance:
        for title, results in parts:
            found = []
            for result in results:
                found.append(result)
                advance(1)
            failed = report(title, found)
            checked, broken = checked + len(found), broken + failed
    return checked, broken


def report(title: str, found: list[Violation | None]) -> int:
    """Print what was found in one group; the number of failures."""
    violations = [each for each in found if each is not None]
    failed = sum(not each.hint for each in violations)
    state = _("{failed} verletzt").format(failed=failed) if failed else _("in Ordnung")
    print(_("{title}: {count} Prüfungen, {state}").format(title=title, count=len(found), state=state))
    for each in violations:
        print(sentence(each))
    return failed


def sentence(violation: Violation) -> str:
    """One line about a violation: its name, the rule, how often, and the first cases."""
    kind = _("Hinweis") if violation.hint else _("FEHLER")
    names = ", ".join(violation.references)
    more = ", …" if violation.count > len(violation.references) else ""
    line = _("  {kind} {name}: {rule} {count} Fälle: {names}{more}")
    rule = _(violation.sentence)
    return line.format(kind=kind, name=violation.name, rule=rule, count=violation.count, names=names, more=more)
