"""Deciding a batch in memory, and what becomes of each notice by its decision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.decision import APPLY, PARTIAL, SECOND, Decision
from dunkelwerk.decisions.reading import Raw, Reader, Source, Unread
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.effects import LoadedCase, Store
from dunkelwerk.runner.modes import DARK, SECOND_CHECK, SHADOW, Setting
from dunkelwerk.runner.picking import Waiting
from dunkelwerk.runner.readers import Readers

ENDS = {APPLY: "settled", PARTIAL: "partial", SECOND: "proposed"}
#: what a decision record is: a process decided, a person composed it, it undoes another one, it was due
DECISION, MANUAL, REVERSAL, DAILY = "decision", "manual", "reversal", "daily"
#: who decided that it takes effect: rules alone, a second examiner, a clerk
CLERK = "clerk"
NO_SETTING = Setting(process="")


class Judged(Struct, frozen=True):
    """A notice with its decision. ``joins``: the work item of a proposal that is pending for the same claims.

    ``actor`` is the person who composed or confirmed it; ``applies``: it takes effect now, on that person's word.
    ``request``: what the person asked for, kept in the record. ``asked``: the parameter ``mode`` it was decided under.
    """

    waiting: Waiting
    text: bytes
    notice: Any
    case: LoadedCase | None
    decision: Decision
    parts: tuple[str, ...]
    joins: int | None = None
    mode: str = DARK
    kind: str = DECISION
    actor: str | None = None
    applies: bool = False
    asked: str | None = None
    reverses: int | None = None
    request: dict[str, Any] | None = None
    #: for a person's proposals: what it was composed upon
    facts: bytes = b""
    run: int | None = None
    #: its effects could not be written: what was decided is not what its input gives
    failed_at_writing: bool = False

    @property
    def end(self) -> str:
        """The notice's state after this."""
        if self.applies:
            return "partial" if self.decision.referred else "settled"
        if self.joins:
            return "joined"
        if self.kind != DECISION:
            return "proposed"
        return "referred" if self.mode == SHADOW else ENDS.get(self.decision.outcome, "referred")

    @property
    def takes_effect(self) -> bool:
        """Whether its actions are made true now."""
        return self.end in ("settled", "partial")

    @property
    def hash(self) -> bytes:
        """By which a proposal is known again at confirmation: actions, reasons with evidence, the facts it rests on."""
        findings = self.decision.findings
        reasons = [(each.reason.code, each.subject, each.disposition.name, each.evidence) for each in findings]
        said = (self.decision.outcome, self.decision.actions, self.decision.referred, reasons, self.facts)
        return hashlib.sha256(msgspec.json.encode(said, order="sorted")).digest()


def judge_batch(
    waiting: Iterable[Waiting],
    cases: Mapping[str, LoadedCase],
    *,
    readers: Readers,
    day: date,
    settings: Mapping[str, Setting],
    vault: Vault,
    store: Store,
) -> list[Judged]:
    """Decide each notice on its case file, in the mode that is set for it."""
    judged = []
    for each in waiting:
        setting, case = settings.get(each.process, NO_SETTING), cases.get(each.case_key)
        asked = setting.mode_for(each.name)
        reader = readers.of(each.process, day, mode=asked)
        mode = SHADOW if setting.mode == SHADOW else mode_of(reader)
        try:
            text = vault.open(each.payload, key=each.data_key, about=each.about)
        except CommandError:  # somebody changed this very record: the others have nothing to do with it
            one = refer_changed(each, case, reader)
        else:
            one = judge(each, text, case, reader, store)
        judged.append(msgspec.structs.replace(one, mode=mode, asked=asked))
    return judged


def mode_of(reader: Reader[Any, Any, Any, Any]) -> str:
    """How a reader's decisions come about: dark, or for a second examiner."""
    return SECOND_CHECK if reader.parameters.values.mode == SECOND_CHECK else DARK


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
    # one that finds no claim may be about the claim that a pending proposal would open
    subjects = [traced.subject for traced in decision.trace[1:]] or [reader.line.subject(waiting.case_key)]
    parts = tuple(store.describe(subject) for subject in subjects)
    return Judged(waiting, text, notice, case, decision, parts)


def fail(judged: Judged, error: Mapping[str, Any], reader: Reader[Any, Any, Any, Any]) -> Judged:
    """The same notice referred with ``technical_failure``: its effects could not be written."""
    stand_in = Unread(judged.decision.notice, judged.waiting.case_key, dict(error))
    return msgspec.structs.replace(
        judged, decision=reader.answer(stand_in, None), parts=(), joins=None, failed_at_writing=True
    )
