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
from dunkelwerk.decisions.reading import Reader
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.effects import Occasion
from dunkelwerk.lines.registry import processes, store_of
from dunkelwerk.runner import judging
from dunkelwerk.runner.judging import Judged
from dunkelwerk.runner.picking import pick
from dunkelwerk.runner.recording import Recorder

BATCH = "INSERT INTO batch (business_day, line, worker, started_at, notices) VALUES (%s, %s, %s, %s, %s) RETURNING id"


class Done(Struct, frozen=True):
    """What a batch did: notices by their end state, and how many were looked at but must still wait."""

    ends: Counter[str]
    left_waiting: int


class Batcher:
    """Processes the waiting notices of one line, batch by batch, with the parameters of one business day."""

    def __init__(self, line: Line, overrides: Mapping[str, Any], *, size: int) -> None:
        self.line, self.size, self.store = line, size, store_of(line)
        self.store.prepare()
        self.books = {
            name: process.book.override(overrides, source="--parameters") if overrides else process.book
            for name, process in processes().items()
            if process.line is line
        }
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self._vault: Vault | None = None
        self._day: date | None = None
        self._readers: dict[str, Reader[Any, Any, Any, Any]] = {}

    def prepare(self, day: date) -> None:
        """Get ready for a business day: its parameters, its data key, its month of decision records."""
        if self._day == day:
            return
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT ensure_decision_partition(%s)", (day,))
            self._vault = Vault(cursor, on=day)
        self._readers = {name: Reader(processes()[name], book.on(day)) for name, book in self.books.items()}
        self._day = day
        is_working_day(day, self._federal_state())  # the holidays take half a second to load: not while locks are held

    def forget(self) -> None:
        """After an outage: nothing that was prepared is taken for granted."""
        self._day = None

    def run(self, day: date) -> Done:
        """Process one batch; raises what the whole batch must wait for."""
        self.prepare(day)
        if self._vault is None:
            raise RuntimeError("prepare was not called")
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            picked = pick(cursor, self.store, self.books, size=self.size)
            if not picked.notices:
                return Done(Counter(), picked.looked_at)
            self._vault.prepare(cursor, {each.data_key for each in picked.notices})
            cases = self.store.load(cursor, list({each.case_key for each in picked.notices}))
            judged = judging.judge_batch(
                picked.notices, cases, readers=self._readers, vault=self._vault, store=self.store
            )
            written = self._write(cursor, judged, day, self._vault)
        return Done(Counter(each.end for each in written), picked.looked_at - len(written))

    def _write(self, cursor: Any, judged: list[Judged], day: date, vault: Vault) -> list[Judged]:
        started = now()
        cursor.execute(BATCH, (day, self.line.name, self.worker, started, len(judged)))
        recorder = Recorder(
            cursor,
            line=self.line.name,
            store=self.store,
            vault=vault,
            occasion=Occasion(cursor.fetchone()[0], day, started, self._federal_state()),
            fail=lambda each, fault: judging.fail(each, fault, self._readers[each.waiting.process]),
        )
        return recorder.write(recorder.join(judged))

    def _federal_state(self) -> str | None:
        values = next(iter(self._readers.values())).parameters.values
        state: str | None = getattr(values, "federal_state", None)
        return state
