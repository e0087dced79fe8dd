"""Writing a batch: effects, decision records, work items, proposals, notice states. All of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django.db import transaction
from msgspec import Struct

from dunkelwerk.decisions.decision import Subject
from dunkelwerk.decisions.failures import TechnicalFailure, locate
from dunkelwerk.infra.bulk import columns_of, copy_rows, take_ids
from dunkelwerk.infra.businessday import now
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.effects import Effect, Occasion, Routing
from dunkelwerk.lines.registry import store_of
from dunkelwerk.runner.failures import ANY, is_narrowable, sqlstate_of
from dunkelwerk.runner.items import item_of
from dunkelwerk.runner.judging import DECISION, Judged, fail
from dunkelwerk.runner.modes import SHADOW
from dunkelwerk.runner.readers import Readers
from dunkelwerk.workitems import operations as workitems

SECOND_CHECK = Routing("Zweitprüfung", 2, 2)
RECORD = (
    "id",
    "business_day",
    "batch",
    "notice",
    "line",
    "process",
    "outcome",
    "mode",
    "contract",
    "reasons",
    "blockers",
    "actions",
    "released",
    "rules",
    "parameters",
    "data_key",
    "payload",
    "kind",
    "effective",
    "actor",
    "reverses",
)
PROPOSAL = (
    *("decision", "notice", "work_item", "line", "parts", "hash", "state"),
    *("kind", "mode", "rules", "adverse", "proposed_by", "run"),
)
BATCH = "INSERT INTO batch (business_day, line, worker, started_at, notices) VALUES (%s, %s, %s, %s, %s) RETURNING id"
FINISH = """
    UPDATE notice n SET state = u.state, batch = %s, decision = u.decision, work_item = u.work_item
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) AS u (id, state, decision, work_item)
    WHERE n.id = u.id
"""
PENDING = """
    SELECT work_item, parts FROM proposal WHERE state = 'pending' AND line = %s AND parts && %s::varchar[]
    ORDER BY id
"""


class Written(Struct, frozen=True):
    """The first decision record of what was written, and the work item that was opened for it."""

    decision: int
    work_item: int | None


class Recorder:
    """Writes judged notices of one line in the batch's transaction. ``worker``: the program or person that acts."""

    def __init__(self, cursor: Any, readers: Readers, vault: Vault, *, day: date, worker: str, notices: int) -> None:
        self.cursor, self.readers, self.vault = cursor, readers, vault
        self.line, self.store = readers.line.name, store_of(readers.line)
        started = now()
        cursor.execute(BATCH, (day, self.line, worker, started, notices))
        self.occasion = Occasion(cursor.fetchone()[0], day, started, readers.federal_state(day))
        self._encode = msgspec.json.Encoder().encode

    def write(self, judged: Sequence[Judged]) -> list[Judged]:
        """Write them; one whose data the database or an applier refuses is referred, and alone.

        Returns them as they were written. Raises whatever is not about one notice's data (outages, locks).
        """
        try:
            with transaction.atomic():
                self._write(judged)
                self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except Exception as error:
            if not is_narrowable(error):
                raise
            if len(judged) == 1:
                return self._write_failed(judged[0], error)
            half = len(judged) // 2
            return self.write(judged[:half]) + self.write(judged[half:])
        return list(judged)

    def _write_failed(self, judged: Judged, error: Exception) -> list[Judged]:
        reader = self.readers.of(judged.waiting.process, self.occasion.business_day)
        failed = fail(judged, fault_of(error), reader)
        with transaction.atomic():
            self._write([failed])
        return [failed]

    def write_one(self, judged: Judged) -> Written:
        """Write what a person did; raises what refuses it, and then nothing is written."""
        with transaction.atomic():
            written = self._write([judged])
            self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return written

    def _write(self, judged: Sequence[Judged]) -> Written:
        ids = take_ids(self.cursor, "decision_record", len(judged))
        numbered = list(zip(ids, judged, strict=True))
        items = self._open_items(numbered)
        self._record(numbered)
        self._finish(numbered, items)
        effects = self._effects(numbered)
        if effects:
            self.store.apply(self.cursor, effects, self.occasion)
        return Written(ids[0], items.get(ids[0]))

    def _effects(self, numbered: Sequence[tuple[int, Judged]]) -> list[Effect]:
        effective = [(identity, each) for identity, each in numbered if each.takes_effect]
        ids = iter(take_ids(self.cursor, "movement", sum(len(each.decision.actions) for _, each in effective)))
        return [
            Effect(
                next(ids),
                decision,
                action,
                each.notice,
                each.case,
                each.mode,
                each.waiting.process,
                each.decision.versions["rules"],
                each.decision.codes,
                each.waiting.id,
                self.readers.of(each.waiting.process, self.occasion.business_day).parameters.values,
            )
            for decision, each in effective
            for action in each.decision.actions
        ]

    def _record(self, numbered: Sequence[tuple[int, Judged]]) -> None:
        copy_rows(self.cursor, "decision_record", RECORD, (self._record_row(*pair) for pair in numbered))

    def _record_row(self, identity: int, judged: Judged) -> tuple[Any, ...]:
        decision = judged.decision
        content = {
            "schema": 1,
            "notice": msgspec.Raw(judged.text),
            "case_file": judged.case.file if judged.case else None,
            "decision": decision.as_json(),
            "versions": decision.versions,
        }
        if judged.request is not None:
            content["request"] = judged.request
        if judged.failed_at_writing:
            content["failed_at_writing"] = True
        return (
            identity,
            self.occasion.business_day,
            self.occasion.batch,
            judged.waiting.id,
            self.line,
            judged.waiting.process,
            decision.outcome,
            judged.mode,
            judged.waiting.case_key,
            list(decision.codes),
            decision.blockers,
            len(decision.actions),
            self.store.released(decision),
            decision.versions["rules"],
            decision.versions["parameters"],
            self.vault.current,
            self.vault.seal(self._encode(content), about=f"decision:{identity}"),
            judged.kind,
            judged.takes_effect,
            judged.actor,
            judged.reverses,
        )

    def _finish(self, numbered: Sequence[tuple[int, Judged]], items: dict[int, int]) -> None:
        """What a person composes leaves the notice's own end alone."""
        rows = [
            (each.waiting.id, each.end, identity, items.get(identity))
            for identity, each in numbered
            if each.kind == DECISION
        ]
        if rows:
            self.cursor.execute(FINISH, (self.occasion.batch, *columns_of(rows)))

    def _open_items(self, numbered: Sequence[tuple[int, Judged]]) -> dict[int, int]:
        """Open what a person has to do; for each decision the item that its notice refers to."""
        wanted = [(identity, each, item) for identity, each in numbered for item in self._items(identity, each)]
        ids = workitems.open_items(self.cursor, [item for _, _, item in wanted])
        first: dict[int, int] = {identity: each.joins for identity, each in numbered if each.joins}
        proposals = []
        for item_id, (identity, each, item) in zip(ids, wanted, strict=True):
            first.setdefault(identity, item_id)
            if item.task == "second_check":
                proposals.append((identity, each.waiting.id, item_id, self.line, *proposal_row(each)))
        if proposals:
            copy_rows(self.cursor, "proposal", PROPOSAL, proposals)
        return first

    def _items(self, identity: int, judged: Judged) -> list[workitems.Item]:
        if judged.joins or judged.applies or judged.end == "settled":
            return []
        items = []
        if judged.end == "proposed":
            items.append(self._item(identity, judged, task="second_check", routing=SECOND_CHECK))
        if judged.end == "referred":
            # a clerk who works beside a shadow run shall not be told what it found
            codes = [] if judged.mode == SHADOW else judged.decision.codes
            routing = self.store.route(codes)
            items.append(self._item(identity, judged, task="referral", routing=routing, codes=codes))
        if judged.mode == SHADOW:
            return items
        for subject in judged.decision.referred:
            findings = judged.decision.findings
            codes = [each.reason.code for each in findings if each.stands_against == subject and each.refers]
            routing = self.store.route(codes)
            items.append(self._item(identity, judged, task="referral", routing=routing, subject=subject, codes=codes))
        return items

    def _item(
        self,
        identity: int,
        judged: Judged,
        *,
        task: str,
        routing: Routing,
        subject: Subject | None = None,
        codes: Sequence[str] | None = None,
    ) -> workitems.Item:
        return item_of(
            notice=judged.waiting.id,
            decision=identity,
            task=task,
            routing=routing,
            contract=getattr(subject, "contract", judged.waiting.case_key),
            claim=getattr(subject, "claim", None),
            codes=judged.decision.codes if codes is None else codes,
            today=self.occasion.business_day,
            federal_state=self.occasion.federal_state,
        )


def join(cursor: Any, line: str, judged: Sequence[Judged]) -> list[Judged]:
    """Notices on claims for which a proposal is pending join its work item: they do not overtake it.

    What is decided in shadow takes no effect, and so overtakes nothing.
    """
    parts = sorted({part for each in judged if each.mode != SHADOW for part in each.parts})
    if not parts:
        return list(judged)
    cursor.execute(PENDING, (line, parts))
    pending = {part: item for item, parts in cursor.fetchall() for part in parts}
    if not pending:
        return list(judged)
    joined = []
    for each in judged:
        waits = (pending[part] for part in each.parts if part in pending)
        item = None if each.mode == SHADOW else next(waits, None)
        joined.append(msgspec.structs.replace(each, joins=item))
    return joined


def proposal_row(judged: Judged) -> tuple[Any, ...]:
    """The columns of a proposal from ``parts`` on."""
    adverse = judged.kind != DECISION or any(action.is_adverse for action in judged.decision.actions)
    return (
        list(judged.parts),
        judged.hash,
        "pending",
        judged.kind,
        judged.asked,
        judged.decision.versions["rules"],
        adverse,
        judged.actor,
        judged.run,
    )


def fault_of(error: Exception) -> dict[str, Any]:
    """Where and what, without the values that the database puts into its message."""
    if isinstance(error, TechnicalFailure):
        return error.evidence
    if isinstance(error, ANY):
        diagnosis = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
        place = getattr(diagnosis, "constraint_name", None) or getattr(diagnosis, "table_name", None)
        return {"where": place or "database", "what": f"die Datenbank lehnt ab ({sqlstate_of(error) or '?'})"}
    return locate(error)
