"""Writing a batch: effects, decision records, work items, proposals, notice states. All of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec
from django.db import transaction

from dunkelwerk.decisions.days import add_working_days
from dunkelwerk.decisions.decision import Subject
from dunkelwerk.decisions.failures import TechnicalFailure, locate
from dunkelwerk.infra.bulk import columns_of, copy_rows, take_ids
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.effects import Effect, Occasion, Routing, Store
from dunkelwerk.runner.failures import ANY, is_narrowable, sqlstate_of
from dunkelwerk.runner.judging import DARK, Judged, proposal_hash
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
)
FINISH = """
    UPDATE notice n SET state = u.state, batch = %s, decision = u.decision, work_item = u.work_item
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) AS u (id, state, decision, work_item)
    WHERE n.id = u.id
"""
PENDING = """
    SELECT work_item, parts FROM proposal WHERE state = 'pending' AND line = %s AND parts && %s::varchar[]
    ORDER BY id
"""


class Recorder:
    """Writes judged notices of one line in the batch's transaction."""

    def __init__(
        self,
        cursor: Any,
        *,
        line: str,
        store: Store,
        vault: Vault,
        occasion: Occasion,
        fail: Callable[[Judged, dict[str, Any]], Judged],
    ) -> None:
        self.cursor, self.line, self.store, self.vault, self.occasion = cursor, line, store, vault, occasion
        self.fail = fail
        self._encode = msgspec.json.Encoder().encode

    def join(self, judged: Sequence[Judged]) -> list[Judged]:
        """Notices on claims for which a proposal is pending join its work item: they do not overtake it."""
        parts = sorted({part for each in judged for part in each.parts})
        if not parts:
            return list(judged)
        self.cursor.execute(PENDING, (self.line, parts))
        pending = {part: item for item, parts in self.cursor.fetchall() for part in parts}
        if not pending:
            return list(judged)
        joined = []
        for each in judged:
            item = next((pending[part] for part in each.parts if part in pending), None)
            joined.append(msgspec.structs.replace(each, joins=item))
        return joined

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
        failed = self.fail(judged, fault_of(error))
        with transaction.atomic():
            self._write([failed])
        return [failed]

    def _write(self, judged: Sequence[Judged]) -> None:
        ids = take_ids(self.cursor, "decision_record", len(judged))
        numbered = list(zip(ids, judged, strict=True))
        items = self._open_items(numbered)
        self._record(numbered)
        self._finish(numbered, items)
        effects = self._effects(numbered)
        if effects:
            self.store.apply(self.cursor, effects, self.occasion)

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
                DARK,
                each.waiting.process,
                each.decision.versions["rules"],
                each.decision.codes,
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
        return (
            identity,
            self.occasion.business_day,
            self.occasion.batch,
            judged.waiting.id,
            self.line,
            judged.waiting.process,
            decision.outcome,
            DARK,
            judged.waiting.case_key,
            list(decision.codes),
            decision.blockers,
            len(decision.actions),
            self.store.released(decision),
            decision.versions["rules"],
            decision.versions["parameters"],
            self.vault.current,
            self.vault.seal(self._encode(content), about=f"decision:{identity}"),
        )

    def _finish(self, numbered: Sequence[tuple[int, Judged]], items: dict[int, int]) -> None:
        rows = [(each.waiting.id, each.end, identity, items.get(identity)) for identity, each in numbered]
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
                parts, digest = list(each.parts), proposal_hash(each.decision)
                proposals.append((identity, each.waiting.id, item_id, self.line, parts, digest, "pending"))
        if proposals:
            columns = ("decision", "notice", "work_item", "line", "parts", "hash", "state")
            copy_rows(self.cursor, "proposal", columns, proposals)
        return first

    def _items(self, identity: int, judged: Judged) -> list[workitems.Item]:
        if judged.joins or judged.end == "settled":
            return []
        items = []
        if judged.end == "proposed":
            items.append(self._item(identity, judged, task="second_check", routing=SECOND_CHECK))
        if judged.end == "referred":
            items.append(self._item(identity, judged, task="referral", routing=self.store.route(judged.decision.codes)))
        for subject in judged.decision.referred:
            findings = judged.decision.findings
            codes = [each.reason.code for each in findings if each.subject == subject and each.refers]
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
        today: date = self.occasion.business_day
        return workitems.Item(
            basket=routing.basket,
            task=task,
            kind="notice",
            key=str(judged.waiting.id),
            decision=identity,
            contract=getattr(subject, "contract", judged.waiting.case_key),
            claim=getattr(subject, "claim", None),
            reasons=list(judged.decision.codes if codes is None else codes),
            priority=routing.priority,
            open_from=today,
            due_on=add_working_days(today, routing.due_days, self.occasion.federal_state),
            created_on=today,
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
