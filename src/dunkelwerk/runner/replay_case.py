"""One stored decision decided again, and compared: the same, changed, not reproducible, or not to be decided again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection
from msgspec import Raw, Struct
from zstandard import ZstdError

from dunkelwerk.decisions import reading
from dunkelwerk.decisions.decision import Decision
from dunkelwerk.decisions.reasons import Catalogue
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.lines.registry import lines, processes, store_of
from dunkelwerk.runner.queries import about_decision
from dunkelwerk.runner.readers import AnyReader, Readers
from dunkelwerk.runner.replay_plan import Plan
from dunkelwerk.runner.replay_tally import Case, Cell, Euros, Shown, Tally, View

SCHEMA = 1
SECOND_CHECK = "second_check"
NOTHING = b"null"
#: evidence that is text, and says nothing of a diagnosis or a person
OPEN_TEXTS = frozenset(
    {"claims", "faults", "finding", "state", "status", "month", "where", "what", "contract", "contracts", "documents"}
)
#: what a reason says besides whom it concerns
NO_SUBJECT = frozenset({"code", "scope", "text", "evidence", "disposition"})
PLAIN = re.compile(r"\d{4}-\d\d-\d\d|-?\d+(\.\d+)?")


class Stored(Struct, frozen=True, array_like=True):
    """A row of ``decision_record`` with its notice's name. ``counts``: whether it is the last one of its notice."""

    id: int
    business_day: date
    notice: int
    process: str
    mode: str
    outcome: str
    contract: str | None
    reasons: list[str]
    released: Decimal
    rules: str
    parameters: str
    data_key: int
    payload: bytes
    channel: str | None
    external_id: str | None
    attempt: int | None
    counts: bool


class Content(Struct, frozen=True):
    """What a record seals."""

    schema: int
    notice: Raw
    case_file: Raw
    decision: Raw
    failed_at_writing: bool = False


class Kept(Struct, frozen=True):
    """A decision as it was kept, with its larger parts unread."""

    outcome: str
    reasons: Raw
    actions: Raw
    referred: Raw
    versions: dict[str, str]


class Replayer:
    """Decides records again. One per process."""

    def __init__(self, plan: Plan, vault: Vault) -> None:
        self.plan, self.vault = plan, vault
        known = {line.name: (Readers(line, plan.overrides), store_of(line)) for line in lines().values()}
        self.known = {name: known[process.line.name] for name, process in processes().items()}
        self._content = msgspec.json.Decoder(Content).decode
        self._kept = msgspec.json.Decoder(Kept).decode
        self._encode = msgspec.json.Encoder().encode

    def replay(self, chunk: Iterable[Stored]) -> Tally:
        """Decide a chunk again."""
        chunk, tally = list(chunk), Tally()
        with connection.cursor() as cursor:
            self.vault.prepare(cursor, {stored.data_key for stored in chunk})
        for stored in chunk:
            tally.decisions += 1
            tally.days.update({stored.business_day: 1})
            tally.earlier += not stored.counts
            tally.versions[stored.process, stored.rules, stored.parameters] += 1
            self._add(stored, tally)
        return tally

    def _add(self, stored: Stored, tally: Tally) -> None:
        if stored.process not in self.known:
            tally.skipped["process_unknown"] += 1
            return
        try:
            opened = self.vault.open(stored.payload, key=stored.data_key, about=about_decision(stored.id))
            content = self._content(opened)
        except (CommandError, KeyError, ZstdError, msgspec.DecodeError):
            self._break(stored, tally, _("Der gespeicherte Satz lässt sich nicht öffnen."))
            return
        if content.schema != SCHEMA or bytes(content.notice) == NOTHING:
            tally.skipped["schema" if content.schema != SCHEMA else "notice_unreadable"] += 1
            return
        self._compare(stored, content, tally)

    def _compare(self, stored: Stored, content: Content, tally: Tally) -> None:
        decision = self._decide(stored, content)
        text, before = self._encode(decision.as_json()), bytes(content.decision)
        kept = self._kept(before)
        codes, euros = [each["code"] for each in msgspec.json.decode(kept.reasons)], euros_of(decision)
        if text == before:
            released = self.known[stored.process][1].released(decision)
            if fault := contradiction(stored, kept.outcome, codes, released):
                self._break(stored, tally, fault, before=kept)
                return
            tally.verified += 1
            count(tally, stored, Cell(1, 0, euros, euros), (kept.outcome, kept.outcome))
            return
        if content.failed_at_writing:
            tally.skipped["technical_failure"] += 1
            return
        now = self._kept(text)
        fault = contradiction(stored, kept.outcome, codes, stored.released)
        if not fault and kept.versions == now.versions:
            fault = _("Dieselbe Eingabe gibt unter derselben Version eine andere Entscheidung.")
        if fault:
            self._break(stored, tally, fault, before=kept, after=now)
            return
        changed = self._note_change(stored, kept, now, tally)
        earlier = euros_of_json(kept.actions) if kept.actions != now.actions else euros
        count(tally, stored, Cell(1, int(changed), earlier, euros), (kept.outcome, now.outcome))

    def _decide(self, stored: Stored, content: Content) -> Decision:
        """Decide as ``judging.judge`` does."""
        reader = self._reader(stored)
        source = reading.Source(f"{stored.channel} {stored.external_id}", stored.attempt or 0)
        notice = reader.read_notice(reading.Raw(source, bytes(content.notice)))
        case_file = bytes(content.case_file)
        case = None if case_file == NOTHING else reading.Raw(source, case_file)
        return reader.answer(notice, case)

    def _reader(self, stored: Stored) -> AnyReader:
        mode = self.plan.mode or (SECOND_CHECK if stored.mode == SECOND_CHECK else None)
        return self.known[stored.process][0].of(stored.process, stored.business_day, mode=mode)

    def _note_change(self, stored: Stored, kept: Kept, now: Kept, tally: Tally) -> bool:
        """Whether outcome, reasons (code, subject, evidence), actions or referrals differ; if so, it is noted."""
        before = after = dict[Subject, Found]()
        if kept.reasons != now.reasons:
            before, after = keyed(kept.reasons), keyed(now.reasons)
        both = before.keys() & after.keys()
        differing = {key[0] for key in both if before[key].evidence != after[key].evidence}
        same = (kept.outcome, kept.actions, kept.referred) == (now.outcome, now.actions, now.referred)
        if same and before.keys() == after.keys() and not differing:
            return False
        tally.appeared.update({key[0] for key in after.keys() - before.keys()})
        tally.gone.update({key[0] for key in before.keys() - after.keys()})
        tally.differing.update(differing)
        tally.treated.update({key[0] for key in both if before[key].dispositions != after[key].dispositions})
        tally.cases.append(self._case(stored, kept, now))
        return True

    def _break(
        self, stored: Stored, tally: Tally, fault: str, *, before: Kept | None = None, after: Kept | None = None
    ) -> None:
        tally.not_reproducible += 1
        tally.broken.append(self._case(stored, before, after, fault))

    def _case(self, stored: Stored, before: Kept | None, after: Kept | None, fault: str | None = None) -> Case:
        catalogue = processes()[stored.process].line.catalogue
        return Case(
            decision=stored.id,
            notice_id=stored.notice,
            notice=stored.external_id,
            channel=stored.channel,
            contract=stored.contract,
            process=stored.process,
            business_day=stored.business_day,
            mode=stored.mode,
            counts=stored.counts,
            before=view(before, catalogue) if before else None,
            after=view(after, catalogue) if after else None,
            fault=fault,
        )


def count(tally: Tally, stored: Stored, cell: Cell, outcomes: tuple[str, str]) -> None:
    """Count a decision; its euros only where it is the last one of its notice."""
    if not stored.counts:
        cell.before, cell.after = {}, {}
    tally.cells.setdefault(outcomes, Cell()).add(cell)


def euros_of(decision: Decision) -> Euros:
    """The euros of a decision's actions, by type."""
    euros: Euros = {}
    for action in decision.actions:
        amount = getattr(action, "amount", None)
        if amount is not None:
            kind = str(type(action).__struct_config__.tag)
            euros[kind] = euros.get(kind, Decimal(0)) + amount
    return euros


def euros_of_json(actions: Raw) -> Euros:
    """The same from JSON."""
    euros: Euros = {}
    for action in msgspec.json.decode(actions):
        if action.get("amount") is not None:
            euros[action["type"]] = euros.get(action["type"], Decimal(0)) + Decimal(action["amount"])
    return euros


class Found(Struct):
    """What was found for one code and subject."""

    evidence: list[Any]
    dispositions: list[str]


#: code, then what it concerns
Subject = tuple[Any, ...]


def keyed(reasons: Raw) -> dict[Subject, Found]:
    """Reasons by code and subject; their texts do not count, as two versions may word them differently."""
    found: dict[Subject, Found] = {}
    for each in msgspec.json.decode(reasons):
        subject = (value for name, value in each.items() if name not in NO_SUBJECT)
        kept = found.setdefault((each["code"], *subject), Found([], []))
        kept.evidence.append(each["evidence"])
        kept.dispositions.append(each["disposition"])
    return found


def contradiction(stored: Stored, outcome: str, codes: list[str], released: Decimal) -> str | None:
    """What the open columns of a row say other than its sealed record, or None."""
    if (stored.outcome, stored.reasons, stored.released) == (outcome, codes, released):
        return None
    return _("Ergebnis, Gründe oder Betrag der Zeile sind andere als im verschlüsselten Satz.")


def view(kept: Kept, catalogue: Catalogue) -> View:
    """What a report may show of a decision."""
    return View(
        outcome=kept.outcome,
        reasons=[show_reason(each, catalogue) for each in msgspec.json.decode(kept.reasons)],
        actions=msgspec.json.decode(kept.actions),
        referred=msgspec.json.decode(kept.referred),
        rules=kept.versions.get("rules", ""),
        parameters=kept.versions.get("parameters", ""),
    )


def show_reason(reason: Mapping[str, Any], catalogue: Catalogue) -> Shown:
    """The reason without evidence that may tell a diagnosis; where its text does, its title stands instead."""
    evidence = {name: value for name, value in reason["evidence"].items() if is_open(name, value)}
    text = reason["text"]
    if len(evidence) < len(reason["evidence"]):
        known = catalogue.get(reason["code"])
        text = known.title if known else reason["code"]
    return Shown(
        reason["code"], reason.get("contract"), reason.get("claim"), text, evidence, reason.get("disposition", "")
    )


def is_open(name: str, value: Any) -> bool:
    """Whether evidence may be shown: days, amounts, numbers, and texts of which it is known."""
    match value:
        case None | bool() | int():
            return True
        case str():
            return name in OPEN_TEXTS or bool(PLAIN.fullmatch(value))
        case list():
            return all(is_open(name, each) for each in value)
        case dict():
            return all(is_open(name, each) for each in value.values())
    return False
