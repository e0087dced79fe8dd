"""Picking the notices of a batch: in order of receipt, none before an earlier one that touches its case file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from dunkelwerk.lines.effects import Store

COLUMNS = "id, channel, external_id, attempt, process, case_key, payload, data_key"
WAITING = f"""
    SELECT {COLUMNS} FROM notice WHERE state = 'waiting' AND process = ANY(%s) AND id > %s ORDER BY id LIMIT %s
    FOR UPDATE SKIP LOCKED
"""
#: those that another worker holds just now, whose process is stopped, or that no process here can read
EARLIER = """
    SELECT id, process, case_key FROM notice
    WHERE state = 'waiting' AND id < %s AND id <> ALL(%s) AND process <> ALL(%s)
"""
COUNT_WAITING = "SELECT count(*) FROM notice WHERE state = 'waiting' AND process = ANY(%s)"
OTHERS = """
    SELECT id, process, case_key FROM notice WHERE state = 'waiting' AND id <> ALL(%s) AND process <> ALL(%s)
"""


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

    @classmethod
    def of(cls, row: Sequence[Any]) -> Waiting:
        """From a row of ``COLUMNS``."""
        return cls(*row[:6], bytes(row[6]), row[7])

    @property
    def about(self) -> str:
        """What its payload was sealed about."""
        return f"notice:{self.channel}:{self.external_id}:{self.attempt}"

    @property
    def name(self) -> str:
        """The same for every attempt."""
        return f"{self.channel}:{self.external_id}"


class Picked(Struct, frozen=True):
    """The notices of a batch, whose case files share no contract; how many others will be free in a moment."""

    notices: list[Waiting]
    left: int


class Sorted(Struct, frozen=True):
    """Of the notices looked at: those for this batch, and how many wait behind one that nobody decides now.

    ``free``: how many notices that others hold wait behind none such.
    """

    chosen: list[Waiting]
    held: int
    free: int


def pick(cursor: Any, store: Store, processes: Collection[str], *, size: int, elsewhere: Sequence[str] = ()) -> Picked:
    """Lock the next notices, and everything in their case files; raises CaseFilesGrew.

    ``elsewhere``: the processes of other lines, whose notices touch no case file of this one.
    """
    names, foreign, held, seen = list(processes), list(elsewhere), 0, list[Waiting]()
    while True:
        # a long queue behind one at rest is walked in longer and longer steps
        cursor.execute(WAITING, (names, seen[-1].id if seen else 0, max(size, len(seen))))
        window = [Waiting.of(row) for row in cursor.fetchall()]
        if not window:
            return Picked([], count_free(cursor, store, seen, names, foreign))
        seen += window
        sorted_ = sort_out(cursor, store, seen, names, foreign, size=size)
        held = sorted_.held
        if held < len(seen):
            return Picked(sorted_.chosen, len(seen) - len(sorted_.chosen) - held)


def count_free(cursor: Any, store: Store, seen: Sequence[Waiting], processes: list[str], elsewhere: list[str]) -> int:
    """How many others will be free in a moment, where all of our own are held.

    What another worker holds may be held like ours: two that waited for one another's would wait for ever.
    """
    cursor.execute(COUNT_WAITING, (processes,))
    if cursor.fetchone()[0] <= len(seen):
        return 0
    cursor.execute(OTHERS, ([notice.id for notice in seen], elsewhere))
    others: list[tuple[int, str, str]] = cursor.fetchall()
    return compare(store, cursor, seen, others, processes)[0].free


def sort_out(
    cursor: Any, store: Store, seen: Sequence[Waiting], processes: list[str], elsewhere: list[str], *, size: int
) -> Sorted:
    """Choose among locked notices, and lock what the chosen ones' case files hold; raises CaseFilesGrew."""
    cursor.execute(EARLIER, (seen[-1].id, [notice.id for notice in seen], elsewhere))
    sorted_, closures = compare(store, cursor, seen, cursor.fetchall(), processes)
    chosen = sorted_.chosen[:size]
    mine = {notice.case_key: closures[notice.case_key] for notice in chosen if notice.case_key in closures}
    if mine:
        store.lock(cursor, mine)
        if store.find_closures(cursor, mine) != mine:
            raise CaseFilesGrew
    return Sorted(chosen, sorted_.held, sorted_.free)


def compare(
    store: Store,
    cursor: Any,
    seen: Sequence[Waiting],
    others: Sequence[tuple[int, str, str]],
    processes: Collection[str],
) -> tuple[Sorted, dict[str, frozenset[int]]]:
    """Our notices beside others that wait, each with its process and case key; and the closures of them all."""
    closures = store.find_closures(cursor, {*(notice.case_key for notice in seen), *(key for _, _, key in others)})
    resting = {identity for identity, process, _ in others if process not in processes}
    return leave_out(seen, {identity: key for identity, _, key in others}, closures, resting=resting), closures


def leave_out(
    waiting: Sequence[Waiting],
    earlier: Mapping[int, str],
    closures: Mapping[str, frozenset[int]],
    *,
    resting: Collection[int] = (),
) -> Sorted:
    """The waiting notices less any whose case file an earlier unfinished notice touches.

    ``resting`` ones are decided by nobody now; what waits behind them waits as long as they do.
    """
    chosen, held, free = [], 0, 0
    touched: set[int | str] = set()
    untouchable: set[int | str] = set()
    mine = {notice.id: notice for notice in waiting}
    for identity in sorted({*earlier, *mine}):
        key = earlier.get(identity) or mine[identity].case_key
        case_file: Collection[int | str] = closures.get(key, frozenset()) or {key}
        rests = identity in resting or not untouchable.isdisjoint(case_file)
        if rests:
            untouchable.update(case_file)
            held += identity in mine
        elif identity not in mine:
            free += 1
        elif touched.isdisjoint(case_file):
            chosen.append(mine[identity])
        touched.update(case_file)
    return Sorted(chosen, held, free)
