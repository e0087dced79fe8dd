"""Setting how processes run, stopping and starting them, and seeing how they stand. Every change is a deed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from django.db import connection
from msgspec import Struct

from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.registry import processes
from dunkelwerk.runner.acting import Person, session
from dunkelwerk.runner.brake import BRAKE, Tally
from dunkelwerk.runner.modes import OFF, Setting, lock_setting, read_settings, write_setting

LOCK = "SELECT pg_advisory_xact_lock(20250605)"
NEWEST_TALLY = "SELECT coalesce(max(id), 0) FROM process_tally WHERE process = %s"
WAITING = "SELECT process, count(*) FROM notice WHERE state = 'waiting' GROUP BY process"
TODAY = """
    SELECT process, sum(decided)::int, sum(dark)::int, sum(euros) FROM process_tally
    WHERE business_day = %s GROUP BY process
"""
BRAKE_ITEMS = """
    UPDATE work_item SET state = 'done', version = version + 1
    WHERE task = %s AND kind = 'process' AND key = %s AND state = 'open'
"""


class Standing(Struct, frozen=True):
    """How a process stands: its setting, what waits, what it decided on the day."""

    setting: Setting
    waiting: int
    today: Tally
    day: date

    @property
    def runs(self) -> bool:
        """Whether its notices are decided here and now."""
        return self.setting.process in processes() and self.setting.runs(self.day)

    @property
    def state(self) -> str:
        """In words: running, off, stopped and why, at its limit, not installed."""
        setting = self.setting
        if setting.process not in processes():
            return _("hier nicht installiert")
        if setting.stopped_at is not None:
            return _("angehalten von {who}: {why}").format(who=setting.stopped_by, why=setting.stop_reason)
        if setting.mode == OFF:
            return _("aus")
        return _("Tagesgrenze erreicht") if setting.limit_reached_on == self.day else _("läuft")

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        today = msgspec.structs.asdict(self.today)
        return {**msgspec.structs.asdict(self.setting), "waiting": self.waiting, "today": today, "state": self.state}


def read_standings(day: date) -> list[Standing]:
    """Every installed process, and what else waits in the inbox for one that is not."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        waiting = dict(cursor.fetchall())
        cursor.execute(TODAY, (day,))
        today = {row[0]: Tally(*row[1:]) for row in cursor.fetchall()}
        settings = read_settings(cursor, sorted({*processes(), *waiting}))
    return [Standing(each, waiting.get(name, 0), today.get(name, Tally()), day) for name, each in settings.items()]


def change(process: str, changes: Mapping[str, Any], person: Person) -> None:
    """Set some fields of a process's setting; limits that were reached today are looked at anew."""
    with session(person) as work:
        work.cursor.execute(LOCK)
        setting = lock_setting(work.cursor, process)
        changed = msgspec.structs.replace(setting, limit_reached_on=None, **changes)
        write_setting(work.cursor, changed)
        work.note("set", kind="process", key=process, what=told_change(setting, changes))


def told_change(before: Setting, changes: Mapping[str, Any]) -> str:
    """What was set, from what to what, for whoever revises it."""
    return "; ".join(f"{name}: {getattr(before, name)} → {value}" for name, value in changes.items())


def stop(process: str, person: Person) -> None:
    """Let a process decide nothing from now on."""
    person.ensure_words(_("Wer anhält, sagt warum"))
    with session(person) as work:
        work.cursor.execute(LOCK)
        setting = lock_setting(work.cursor, process)
        if setting.stopped_at is not None:
            raise CommandError(_("{process} ist schon angehalten.").format(process=process))
        stopped = {"stopped_at": now(), "stopped_by": person.actor, "stop_reason": person.words.strip()}
        write_setting(work.cursor, msgspec.structs.replace(setting, **stopped))
        work.note("stopped", kind="process", key=process)


def start(process: str, person: Person) -> None:
    """Let it run again: its bands are watched from here on, a day's limit counts on."""
    person.ensure_words(_("Wer wieder anfährt, sagt warum"))
    with session(person) as work:
        work.cursor.execute(LOCK)
        setting = lock_setting(work.cursor, process)
        if setting.stopped_at is None:
            raise CommandError(_("{process} ist nicht angehalten.").format(process=process))
        work.cursor.execute(NEWEST_TALLY, (process,))
        (newest,) = work.cursor.fetchone()
        running = {"stopped_at": None, "stopped_by": None, "stop_reason": None, "tally_from": newest}
        write_setting(work.cursor, msgspec.structs.replace(setting, **running))
        work.cursor.execute(BRAKE_ITEMS, (BRAKE, process))
        work.note("started", kind="process", key=process)
