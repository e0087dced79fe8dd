"""The brake: limits on a day's cases and euros, and figures that must stay in their band. Stopped notices wait.

A limit is exact with any number of workers: those of a limited process take turns between judging and commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.money import ZERO, euros
from dunkelwerk.infra.bulk import copy_rows
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.effects import Store
from dunkelwerk.runner.judging import Judged
from dunkelwerk.runner.modes import DARK, Setting
from dunkelwerk.workitems import operations as workitems

BRAKE = "brake"
BASKET = "Betrieb"
TAKE_TURNS = "SELECT pg_advisory_xact_lock(20250604, hashtext(%s))"
TODAY = (
    "SELECT coalesce(sum(dark), 0), coalesce(sum(euros), 0) FROM process_tally WHERE process = %s AND business_day = %s"
)
REACHED = "UPDATE process_setting SET limit_reached_on = %s WHERE process = %s"
RECENT = """
    SELECT decided, dark, euros FROM process_tally WHERE process = %s AND id > %s AND decided > 0 ORDER BY id DESC
    LIMIT %s
"""
STOP = """
    UPDATE process_setting SET stopped_at = %s, stopped_by = %s, stop_reason = %s, version = version + 1
    WHERE process = %s AND stopped_at IS NULL
"""
TALLY = ("process", "business_day", "batch", "decided", "dark", "euros")


class Tally(Struct, frozen=True):
    """What was decided: notices, those that took effect dark, the euros they released."""

    decided: int = 0
    dark: int = 0
    euros: Decimal = ZERO

    def add(self, each: Judged, store: Store) -> Tally:
        """With one notice more."""
        if not each.takes_effect:
            return Tally(self.decided + 1, self.dark, self.euros)
        return Tally(self.decided + 1, self.dark + 1, self.euros + store.released(each.decision))

    @property
    def dark_rate(self) -> Decimal:
        """The share of notices that took effect dark."""
        return Decimal(self.dark) / self.decided

    @property
    def mean_amount(self) -> Decimal | None:
        """The mean of what a dark case released, in euros; None without a dark case."""
        return self.euros / self.dark if self.dark else None


def admit(
    cursor: Any, judged: Sequence[Judged], settings: Mapping[str, Setting], day: date, store: Store
) -> list[Judged]:
    """Those that the day's limits still allow, in order; a process that reaches one waits for the next business day."""
    left = {name: _left(cursor, settings[name], day) for name in limited(judged, settings)}
    admitted, full = [], set[str]()
    for each in judged:
        process = each.waiting.process
        if process in left and process not in full and each.takes_effect:
            cases, euros = left[process]
            left[process] = cases - 1, euros - store.released(each.decision)
            if min(left[process]) < 0:
                full.add(process)
        if process not in full:
            admitted.append(each)
    for process in full:
        cursor.execute(REACHED, (day, process))
    return admitted


def limited(judged: Sequence[Judged], settings: Mapping[str, Setting]) -> list[str]:
    """The processes among them with limits, sorted: locks are taken in this order."""
    return sorted({each.waiting.process for each in judged if settings[each.waiting.process].has_limits})


def _left(cursor: Any, setting: Setting, day: date) -> tuple[Any, Any]:
    """The cases and euros left on a day; from here to commit nobody else decides for this process."""
    cursor.execute(TAKE_TURNS, (setting.process,))
    cursor.execute(TODAY, (setting.process, day))
    cases, euros = cursor.fetchone()
    unlimited = Decimal("Infinity")
    return (
        unlimited if setting.cases_per_day is None else setting.cases_per_day - cases,
        unlimited if setting.euros_per_day is None else setting.euros_per_day - euros,
    )


def tally(cursor: Any, written: Sequence[Judged], *, batch: int, day: date, store: Store) -> dict[str, Tally]:
    """Write down what a batch decided dark or referred, per process.

    What could not have gone dark says nothing about the rate: a shadow run, second check or sample, what joined.
    """
    tallies: dict[str, Tally] = {}
    for each in (one for one in written if one.mode == DARK and not one.joins):
        process = each.waiting.process
        tallies[process] = tallies.get(process, Tally()).add(each, store)
    rows = ((name, day, batch, *msgspec.structs.astuple(each)) for name, each in tallies.items())
    copy_rows(cursor, "process_tally", TALLY, rows)
    return tallies


def watch(cursor: Any, setting: Setting, day: date) -> None:
    """Stop a process whose recent figures left their band, and tell operations."""
    recent = read_recent(cursor, setting)
    fault = out_of_band(setting, recent) if recent.decided >= setting.watched else None
    if fault is not None:
        cursor.execute(STOP, (now(), BRAKE, fault, setting.process))
        if cursor.rowcount:
            workitems.open_items(cursor, [brake_item(setting.process, day)])


def read_recent(cursor: Any, setting: Setting) -> Tally:
    """The last decided notices of a process since it was started, at least its window's where there are so many."""
    cursor.execute(RECENT, (setting.process, setting.tally_from, setting.watched))
    recent = Tally()
    for decided, dark, amount in cursor.fetchall():
        if recent.decided >= setting.watched:
            break
        recent = Tally(recent.decided + decided, recent.dark + dark, recent.euros + amount)
    return recent


def out_of_band(setting: Setting, recent: Tally) -> str | None:
    """What left its band, as a sentence; None where all is well."""
    rate, mean = recent.dark_rate, recent.mean_amount
    if not within(rate, setting.dark_rate_low, setting.dark_rate_high):
        return _("Die Dunkelverarbeitungsquote der letzten {count} Meldungen ist {rate} %.").format(
            count=recent.decided, rate=f"{rate * 100:.1f}".replace(".", ",")
        )
    if mean is not None and not within(mean, setting.mean_amount_low, setting.mean_amount_high):
        return _("Der mittlere Betrag der letzten {count} Fälle ist {mean}.").format(
            count=recent.dark, mean=euros(mean)
        )
    return None


def within(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether a figure lies in its band, both ends included."""
    return (low is None or value >= low) and (high is None or value <= high)


def brake_item(process: str, day: date) -> workitems.Item:
    """What operations has to do: look why a process stopped."""
    return workitems.Item(
        **{"basket": BASKET, "task": BRAKE, "kind": "process", "key": process, "decision": None},
        **{"contract": None, "claim": None, "reasons": [], "priority": 1},
        open_from=day,
        due_on=day,
        created_on=day,
    )
