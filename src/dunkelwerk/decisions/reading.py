"""From JSON to a Decision: notices and case files are read strictly, and what cannot be read is referred.

Source: docs/interfaces.md section 1. Order: the notice, then the case file's existence, then all of the case file.
"""

from __future__ import annotations

from typing import Any, Generic

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.decision import Decision
from dunkelwerk.decisions.faults import fault_in_german
from dunkelwerk.decisions.parameters import ParameterSet
from dunkelwerk.decisions.process import K, N, P, Process, S, Stop


class Source(Struct, frozen=True):
    """A line of a file, for error messages."""

    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}, Zeile {self.number}"


class Raw(Struct, frozen=True):
    """One line of JSON; ``fault`` says why the reader already gave it up (too long, say)."""

    source: Source
    text: bytes
    fault: str | None = None


class Duplicate(Struct, frozen=True):
    """Several case files have the same key: none of them can be trusted."""

    sources: tuple[Source, ...]


class Unread(Struct, frozen=True):
    """A notice that could not be read: what can still be said of it, and where and what is wrong."""

    id: str | None
    key: str | None
    evidence: dict[str, Any]


class Reader(Generic[N, P, S, K]):
    """Reads and decides the notices of one process with one set of parameters."""

    def __init__(self, process: Process[N, P, S, K], parameters: ParameterSet[K]) -> None:
        self.process, self.parameters, self.line = process, parameters, process.line
        # Whether decimals are plain is asked where files come in: to ask here again would cost a tenth of all time.
        self._notice = msgspec.json.Decoder(process.notice)
        self._case_file = msgspec.json.Decoder(process.line.case_file)
        self._faults: dict[str, None] = {}

    def take_faults(self) -> list[str]:
        """One sentence for each case file that could not be read since the last call."""
        faults, self._faults = list(self._faults), {}
        return faults

    def read_notice(self, raw: Raw) -> N | Unread:
        """The notice, strictly: unknown fields are errors, ``process`` must be this one."""
        if raw.fault is not None:
            return Unread(None, None, {"where": str(raw.source), "what": raw.fault})
        try:
            notice: N = self._notice.decode(raw.text)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            return self._unread(raw, fault_in_german(error))
        if notice.process not in (None, self.process.name):
            return self._unread(raw, f"process: die Mitteilung gehört nicht zum Prozess {self.process.name}")
        return notice

    def _unread(self, raw: Raw, what: str) -> Unread:
        loose = read_loosely(raw.text)
        identity, key = loose.get("id"), loose.get(self.line.key)
        return Unread(
            identity if isinstance(identity, str) else None,
            key if isinstance(key, str) else None,
            {"where": str(raw.source), "what": what},
        )

    def answer(self, notice: N | Unread, case: Raw | Duplicate | None) -> Decision:
        """The decision on a notice and the line of its case file (None: there is none)."""
        if isinstance(notice, Unread):
            stop = Stop(self.line.technical_failure, self.line.subject(notice.key), notice.evidence)
            return self.process.stop(notice, stop, self.parameters)
        if case is None:
            key = getattr(notice, self.line.key)
            stop = Stop(self.line.case_unknown, self.line.subject(key), {self.line.key: key, "found": 0})
            return self.process.stop(notice, stop, self.parameters)
        if isinstance(case, Duplicate):
            where = " · ".join(str(source) for source in case.sources)
            return self.process.fail(
                notice, {"where": where, "what": "mehrere Akten mit demselben key"}, self.parameters
            )
        try:
            file = self._case_file.decode(case.text)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            return self._unreadable(notice, case, fault_in_german(error))
        return self.process.decide(notice, file, self.parameters)

    def _unreadable(self, notice: N, case: Raw, what: str) -> Decision:
        self._faults[f"{case.source}: {what}"] = None
        key = getattr(notice, self.line.key)
        if not self.line.names_once(read_loosely(case.text), key):
            return self.answer(notice, None)
        return self.process.fail(notice, {"where": str(case.source), "what": what}, self.parameters)


def read_loosely(text: bytes) -> dict[str, Any]:
    """The object that the text holds, or an empty one."""
    try:
        loose = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return loose if isinstance(loose, dict) else {}
