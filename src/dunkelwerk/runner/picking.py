"""Picking the notices of a batch: in order of receipt, none before an earlier one that touches its case file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from dunkelwerk.lines.effects import Store

WAITING = """
    SELECT id, channel, external_id, attempt, process, case_key, payload, data_key
    FROM notice WHERE state = 'waiting' AND process = ANY(%s) ORDER BY id LIMIT %s
    FOR UPDATE SKIP LOCKED
"""
#: those that another worker holds just now, or that no process here can read
EARLIER = "SELECT id, case_key FROM notice WHERE state = 'waiting' AND id < %s AND id <> ALL(%s)"


class CaseFilesGrew(Exception):
    """A case file got another contract between reading and locking; the batch must be tried again."""


class Waiting(Struct, frozen=True):
    """A waiting notice, locked by this batch."""

    id: int
    channel: str
    external_id: str
    attempt: int
    process: str
    case_key: str
    payload: bytes
    data_key: int

    @property
    def about(self) -> str:
        """What its payload was sealed about."""
        return f"notice:{self.channel}:{self.external_id}:{self.attempt}"


class Picked(Struct, frozen=True):
    """The notices of a batch, whose case files share no contract, and how many were looked at."""

    notices: list[Waiting]
    looked_at: int


def pick(cursor: Any, store: Store, processes: Collection[str], *, size: int) -> Picked:
    """Lock the next notices, and everything in their case files; raises CaseFilesGrew."""
    cursor.execute(WAITING, (list(processes), size))
    waiting = [Waiting(*row[:6], bytes(row[6]), row[7]) for row in cursor.fetchall()]
    if not waiting:
        return Picked([], 0)
    cursor.execute(EARLIER, (waiting[-1].id, [notice.id for notice in waiting]))
    earlier: list[tuple[int, str]] = cursor.fetchall()
    closures = store.find_closures(cursor, {*(notice.case_key for notice in waiting), *(key for _, key in earlier)})
    chosen = leave_out(waiting, earlier, closures)
    mine = {notice.case_key: closures[notice.case_key] for notice in chosen if notice.case_key in closures}
    if mine:
        store.lock(cursor, mine)
        if store.find_closures(cursor, mine) != mine:
            raise CaseFilesGrew
    return Picked(chosen, len(waiting))


def leave_out(
    waiting: Sequence[Waiting], earlier: Sequence[tuple[int, str]], closures: Mapping[str, frozenset[int]]
) -> list[Waiting]:
    """The waiting notices less any whose case file an earlier unfinished notice touches."""
    chosen = []
    touched: set[int | str] = set()
    others = {identity: key for identity, key in earlier}
    mine = {notice.id: notice for notice in waiting}
    for identity in sorted({*others, *mine}):
        key = others.get(identity) or mine[identity].case_key
        case_file: Collection[int | str] = closures.get(key, frozenset()) or {key}
        if identity in mine and touched.isdisjoint(case_file):
            chosen.append(mine[identity])
        touched.update(case_file)
    return chosen
