"""Deciding a batch in memory, and what becomes of each notice by its decision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.decision import APPLY, PARTIAL, SECOND, Decision
from dunkelwerk.decisions.reading import Raw, Reader, Source, Unread
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.effects import LoadedCase, Store
from dunkelwerk.runner.picking import Waiting

ENDS = {APPLY: "settled", PARTIAL: "partial", SECOND: "proposed"}
DARK = "dark"


class Judged(Struct, frozen=True):
    """A notice with its decision. ``joins``: the work item of a proposal that is pending for the same claims."""

    waiting: Waiting
    text: bytes
    notice: Any
    case: LoadedCase | None
    decision: Decision
    parts: tuple[str, ...]
    joins: int | None = None

    @property
    def end(self) -> str:
        """The notice's state after this."""
        return "joined" if self.joins else ENDS.get(self.decision.outcome, "referred")

    @property
    def takes_effect(self) -> bool:
        """Whether its actions are made true now."""
        return self.end in ("settled", "partial")


def judge_batch(
    waiting: Iterable[Waiting],
    cases: Mapping[str, LoadedCase],
    *,
    readers: Mapping[str, Reader[Any, Any, Any, Any]],
    vault: Vault,
    store: Store,
) -> list[Judged]:
    """Decide each notice on its case file."""
    judged = []
    for each in waiting:
        reader, case = readers[each.process], cases.get(each.case_key)
        try:
            text = vault.open(each.payload, key=each.data_key, about=each.about)
        except CommandError:  # somebody changed this very record: the others have nothing to do with it
            judged.append(refer_changed(each, case, reader))
        else:
            judged.append(judge(each, text, case, reader, store))
    return judged


def refer_changed(waiting: Waiting, case: LoadedCase | None, reader: Reader[Any, Any, Any, Any]) -> Judged:
    """The referral of a notice whose sealed text does not open: nobody knows what it said."""
    evidence = {"where": f"Meldung {waiting.id}", "what": "der verschlüsselte Satz ist verändert"}
    notice = Unread(waiting.external_id, waiting.case_key, evidence)
    return Judged(waiting, b"null", notice, case, reader.answer(notice, None), ())


def judge(
    waiting: Waiting, text: bytes, case: LoadedCase | None, reader: Reader[Any, Any, Any, Any], store: Store
) -> Judged:
    """Decide one notice."""
    notice = reader.read_notice(Raw(Source(f"{waiting.channel} {waiting.external_id}", waiting.attempt), text))
    if isinstance(notice, Unread) or case is None:
        return Judged(waiting, text, notice, case, reader.answer(notice, None), ())
    decision = reader.process.decide(notice, case.file, reader.parameters)
    parts = tuple(store.describe(traced.subject) for traced in decision.trace[1:])
    return Judged(waiting, text, notice, case, decision, parts)


def fail(judged: Judged, error: Mapping[str, Any], reader: Reader[Any, Any, Any, Any]) -> Judged:
    """The same notice referred with ``technical_failure``: its effects could not be written."""
    stand_in = Unread(judged.decision.notice, judged.waiting.case_key, dict(error))
    return msgspec.structs.replace(judged, decision=reader.answer(stand_in, None), parts=(), joins=None)


def proposal_hash(decision: Decision) -> bytes:
    """The hash by which a proposal is recognised at confirmation: actions, and reasons with their evidence."""
    reasons = [(f.reason.code, f.subject, f.disposition.name, f.evidence) for f in decision.findings]
    content = msgspec.json.encode((decision.outcome, decision.actions, decision.referred, reasons), order="sorted")
    return hashlib.sha256(content).digest()
