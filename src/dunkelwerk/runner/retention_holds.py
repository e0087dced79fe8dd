"""Legal holds: what a court, an authority or a dispute still needs is not deleted until the hold is lifted."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.choosing import ensure_line, several_lines
from dunkelwerk.lines.terms import Hold, Keeper, keepers
from dunkelwerk.runner.acting import Person, session

TURN = "SELECT pg_advisory_xact_lock(20251122)"
PLACE = """
    INSERT INTO legal_hold (line, kind, key, actor, placed_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (line, kind, key) WHERE lifted_at IS NULL DO NOTHING RETURNING id
"""
LIFT = "UPDATE legal_hold SET lifted_at = %s, lifted_by = %s WHERE id = %s AND lifted_at IS NULL"
LIST = """
    SELECT id, line, kind, key, actor, placed_at, lifted_at, lifted_by FROM legal_hold
    WHERE %s OR lifted_at IS NULL ORDER BY id
"""


class Held(Struct, frozen=True):
    """One hold; the fields are the columns."""

    id: int
    line: str
    kind: str
    key: str
    actor: str
    placed_at: Any
    lifted_at: Any
    lifted_by: str | None


def place(hold: Hold, person: Person, *, line: str | None = None) -> int:
    """Hold something from now on; the number of the hold. Raises CommandError for what there is not, or is held.

    ``line``: where several lines know the key.
    """
    person.ensure_words(_("Eine Aufbewahrungssperre braucht einen Grund"))
    with session(person) as work:
        work.cursor.execute(TURN)
        line = line_of(work.cursor, hold, line)
        work.cursor.execute(PLACE, (line, hold.kind, hold.key, person.actor, now()))
        row = work.cursor.fetchone()
        if row is None:
            raise CommandError(_("{key} ist schon gesperrt.").format(key=hold.key))
        identity: int = row[0]
        work.note("held", kind="hold", key=str(identity))
        return identity


def lift(identity: int, person: Person) -> None:
    """End a hold; raises CommandError where there is none in force of this number."""
    person.ensure_words(_("Wer eine Aufbewahrungssperre aufhebt, sagt warum"))
    with session(person) as work:
        work.cursor.execute(TURN)
        work.cursor.execute(LIFT, (now(), person.actor, identity))
        if work.cursor.rowcount == 0:
            raise CommandError(_("Eine Aufbewahrungssperre {hold} ist nicht in Kraft.").format(hold=identity))
        work.note("lifted", kind="hold", key=str(identity))


def read_holds(*, everything: bool) -> list[Held]:
    """The holds in force, or all, oldest first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LIST, (everything,))
        return [Held(*row) for row in cursor.fetchall()]


def line_of(cursor: Any, hold: Hold, line: str | None = None) -> str:
    """The line that knows it; raises CommandError where none does, and where several do and none was named."""
    able: dict[str, Keeper] = {name: keeper for name, keeper in keepers().items() if hold.kind in keeper.kinds}
    if not able:
        raise wrong_usage(_("Gesperrt werden kann ein Vertrag, eine Person oder ein Leistungsfall."))
    ensure_line(line)
    knowing = [name for name, keeper in able.items() if line in (None, name) and keeper.knows(cursor, hold)]
    if not knowing:
        raise CommandError(_("{key} gibt es im Register nicht.").format(key=hold.key))
    if len(knowing) > 1:
        raise several_lines(hold.key, knowing)
    return knowing[0]
