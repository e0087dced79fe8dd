"""One batch: pick, lock, load, decide, write, commit. The only place that opens a transaction for decisions."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from dunkelwerk.decisions.days import is_working_day
from dunkelwerk.decisions.process import Line
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.registry import processes, store_of
from dunkelwerk.runner import brake, judging, modes
from dunkelwerk.runner.judging import Judged
from dunkelwerk.runner.modes import Setting
from dunkelwerk.runner.picking import pick
from dunkelwerk.runner.readers import Readers
from dunkelwerk.runner.recording import Recorder, join


class Done(Struct, frozen=True):
    """What a batch did: notices by their end state, and how many others will be free in a moment."""

    ends: Counter[str]
    left_waiting: int


class Batcher:
    """Processes the waiting notices of one line, batch by batch, with the parameters of one business day."""

    def __init__(self, line: Line, overrides: Mapping[str, Any], *, size: int) -> None:
        self.line, self.size, self.store = line, size, store_of(line)
        self.store.prepare()
        self.readers = Readers(line, overrides)
        self.elsewhere = [name for name, process in processes().items() if process.line is not line]
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self._vault: Vault | None = None
        self._day: date | None = None

    def prepare(self, day: date) -> None:
        """Get ready for a business day: its parameters, its data key, its month of decision records."""
        if self._day == day:
            return
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT ensure_decision_partition(%s)", (day,))
            self._vault = Vault(cursor, on=day)
        self._day = day
        # the holidays take half a second to load: not while locks are held
        is_working_day(day, self.readers.federal_state(day))

    def forget(self) -> None:
        """After an outage: nothing that was prepared is taken for granted."""
        self._day = None

    def run(self, day: date) -> Done:
        """Process one batch; raises what the whole batch must wait for."""
        self.prepare(day)
        if self._vault is None:
            raise RuntimeError("prepare was not called")
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            settings = modes.read_settings(cursor, self.readers.books)
            running = [name for name, each in settings.items() if each.runs(day)]
            picked = pick(cursor, self.store, running, size=self.size, elsewhere=self.elsewhere)
            if not picked.notices:
                return Done(Counter(), picked.left)
            self._vault.prepare(cursor, {each.data_key for each in picked.notices})
            cases = self.store.load(cursor, list({each.case_key for each in picked.notices}))
            judged = judging.judge_batch(
                picked.notices,
                cases,
                readers=self.readers,
                day=day,
                settings=settings,
                vault=self._vault,
                store=self.store,
            )
            written = self._write(cursor, judged, settings, day)
        cut = len(picked.notices) - len(written)  # a limit was reached: others may still be decided
        return Done(Counter(each.end for each in written), picked.left + cut)

    def _write(self, cursor: Any, judged: list[Judged], settings: Mapping[str, Setting], day: date) -> list[Judged]:
        if self._vault is None:
            raise RuntimeError("prepare was not called")
        admitted = brake.admit(cursor, join(cursor, self.line.name, judged), settings, day, self.store)
        if not admitted:
            return []
        recorder = Recorder(cursor, self.readers, self._vault, day=day, worker=self.worker, notices=len(admitted))
        written, batch = recorder.write(admitted), recorder.occasion.batch
        tallies = brake.tally(cursor, written, batch=batch, day=day, store=self.store)
        for name in sorted(tallies):
            if settings[name].has_bands:
                brake.watch(cursor, settings[name], day)
        return written
