"""A process: how a notice is identified, which checks it must pass, and what it then proposes.

``Process.decide`` is the pure function that everything follows from. A process's ``decide.py`` binds its
functions to one ``Process`` by decorator; nothing here knows a line of business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct, field

from dunkelwerk.decisions.decision import (
    REFERRED,
    Action,
    Checked,
    Decision,
    Finding,
    Looked,
    Subject,
    Traced,
)
from dunkelwerk.decisions.failures import TechnicalFailure, locate
from dunkelwerk.decisions.outcome import judge
from dunkelwerk.decisions.own_tables import read_own, read_tables
from dunkelwerk.decisions.parameters import CoreParameters, ParameterBook, ParameterSet, read_entries
from dunkelwerk.decisions.reasons import REFER, Catalogue, Disposition, Reason, Scope
from dunkelwerk.decisions.tables import Match, Table

__all__ = ["Bound", "Line", "Part", "Process", "Situation", "Stop"]


class Part(Protocol):
    """One part of a notice that may be isolated, e.g. an affected claim."""

    @property
    def subject(self) -> Subject: ...
    @property
    def facts(self) -> dict[str, Any]: ...
    @property
    def tables(self) -> tuple[Match, ...]: ...


class Situation(Protocol):
    """A notice whose case was identified: the parts it affects, in the order of the actions."""

    @property
    def subject(self) -> Subject: ...
    @property
    def parts(self) -> tuple[Part, ...]: ...


class Stop(Struct, frozen=True):
    """Identification ended: this reason is the only one."""

    reason: Reason
    subject: Subject
    evidence: dict[str, Any]


S = TypeVar("S", bound=Situation)
P = TypeVar("P", bound=Any)
N = TypeVar("N", bound=Any)
K = TypeVar("K", bound=CoreParameters)


#: returns what it looked at: one thing, several, or None where it does not apply
Check = Callable[..., Looked | Iterable[Looked] | None]
C = TypeVar("C", bound=Check)


class Bound(Struct, frozen=True):
    """A reason bound to its check in one process."""

    reason: Reason
    scope: Scope
    default: Disposition
    check: Check


class Line(Struct, frozen=True):
    """What the core needs to know of a line of business."""

    name: str
    case_file: type[Any]
    #: the notice's field that names its case file
    key: str
    #: the subject of reasons that concern the whole notice, from that field (None where it could not be read)
    subject: Callable[[str | None], Subject]
    whole: Scope
    catalogue: Catalogue
    parameters: type[Any]
    #: holds ``parameters.yaml`` and the pure files
    folder: Path
    #: the import name, for the line's database side
    package: str
    case_unknown: Reason
    technical_failure: Reason
    #: whether a case file, read loosely, holds what the notice names exactly once
    names_once: Callable[[Any, str], bool]
    #: any of its actions, for reading them from JSON
    action: Any = Action
    #: the names of parameters that only some process of the line has: in one file for all, the others pass over them
    declared: set[str] = field(default_factory=set)
    #: the codes of reasons that only other lines have: a file for all may speak of them, too
    foreign: set[str] = field(default_factory=set)


class Process(Generic[N, P, S, K]):
    """One rule-based procedure for one kind of notice. ``folder`` holds its parameters, tables, scenarios.

    ``parameters`` is a type that extends the line's, for a process with parameters of its own.
    """

    def __init__(
        self, name: str, *, title: str, line: Line, notice: type[N], folder: Path, parameters: type[K] | None = None
    ) -> None:
        self.name, self.title, self.line, self.notice, self.folder = name, title, line, notice, folder
        self.parameters: type[K] = parameters or line.parameters
        line.declared.update(set(self.parameters.__struct_fields__) - set(line.parameters.__struct_fields__))
        self.checks: list[Bound] = []
        self._ours = read_tables(folder)
        self.use_tables(None)
        self._identify: Callable[[N, Any, K], S | Stop]
        self._propose: Callable[[N, Any, S, K], tuple[Action, ...]]

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its decision tables."""
        return tuple(self._ours)

    @property
    def own_tables(self) -> tuple[str, ...]:
        """``PROCESS/TABLE`` for each that is the insurer's."""
        return tuple(f"{self.name}/{name}" for name in self._ours if self._tables[name] is not self._ours[name])

    def table(self, name: str) -> Table:
        """The decision table of that name: the insurer's own where there is one, else ``tables/NAME.csv``."""
        return self._tables[name].table

    def use_tables(self, folder: Path | None) -> None:
        """Let an insurer's tables go before ours (None: ours alone); raises TableError, and then changes nothing."""
        own = read_own(folder, self.name, self._ours) if folder else {}
        self._tables = {**self._ours, **own}
        contents = {f"{name}.csv": each.content for name, each in own.items()}
        self.rules = rules_version(Path(__file__).parent, self.line.folder, self.folder, own=contents)
        self.__dict__.pop("book", None)

    @cached_property
    def book(self) -> ParameterBook[K]:
        """The dated parameters of this process with the product's defaults."""
        entries = read_entries(self.line.folder / "parameters.yaml", self.folder / "parameters.yaml")
        line = self.line
        others = {"elsewhere": line.declared, "foreign": line.foreign}
        return ParameterBook(self.parameters, entries, line.catalogue, rules=self.rules, **others)

    def finds(self, reason: Reason, *, scope: Scope, default: Disposition = REFER) -> Callable[[C], C]:
        """Bind a check to its reason, in the order of the page.

        A check of an isolating scope takes (notice, part, situation, parameters), any other (notice, situation,
        parameters); it returns what it looked at, or None where it does not apply.
        """
        if default not in reason.dispositions:
            raise ValueError(f"{self.name}: {reason.code} must not have the default {default.name}")

        def bind(check: C) -> C:
            self.checks.append(Bound(reason, scope, default, check))
            return check

        return bind

    def identifies(self, identify: Callable[[N, Any, K], S | Stop]) -> Callable[[N, Any, K], S | Stop]:
        """Bind the function that finds person and parts, or says why not."""
        self._identify = identify
        return identify

    def proposes(
        self, propose: Callable[[N, Any, S, K], tuple[Action, ...]]
    ) -> Callable[[N, Any, S, K], tuple[Action, ...]]:
        """Bind the function (notice, part, situation, parameters) that proposes the actions of one part."""
        self._propose = propose
        return propose

    def decide(self, notice: N, case_file: Any, parameters: ParameterSet[K]) -> Decision:
        """Decide one notice on its case file. Never raises: an exception refers, and says where it arose."""
        try:
            return self._decide(notice, case_file, parameters)
        except TechnicalFailure as failure:
            return self.fail(notice, failure.evidence, parameters)
        except Exception as error:  # whatever a customer's process raises must not reach another notice
            return self.fail(notice, locate(error), parameters)

    def _decide(self, notice: N, case_file: Any, parameters: ParameterSet[K]) -> Decision:
        situation = self._identify(notice, case_file, parameters.values)
        if isinstance(situation, Stop):
            return self.stop(notice, situation, parameters)
        findings, trace = self.examine(notice, situation, parameters)
        proposed = {part.subject: self._propose(notice, part, situation, parameters.values) for part in situation.parts}
        outcome, actions, referred = judge(findings, proposed, parameters.values)
        return Decision(
            notice=notice.id,
            outcome=outcome,
            findings=tuple(findings),
            actions=actions,
            referred=referred,
            trace=trace,
            versions=parameters.versions,
        )

    def examine(self, notice: N, situation: S, parameters: ParameterSet[K]) -> tuple[list[Finding], tuple[Traced, ...]]:
        """Run every check, in order: the findings, and the trace of all that was looked at."""
        p = parameters.values
        whole = Traced(situation.subject, {}, (), [])
        parts = [(part, Traced(part.subject, part.facts, part.tables, [])) for part in situation.parts]
        findings: list[Finding] = []
        for bound in self.checks:
            check = bound.check
            if not bound.scope.isolates:
                self._look(bound, check(notice, situation, p), whole, findings, parameters)
                continue
            for part, traced in parts:
                self._look(bound, check(notice, part, situation, p), traced, findings, parameters)
        return findings, (whole, *(traced for _, traced in parts))

    def _look(
        self,
        bound: Bound,
        looked: Looked | Iterable[Looked] | None,
        traced: Traced,
        findings: list[Finding],
        parameters: ParameterSet[K],
    ) -> None:
        """Note in the trace what a check looked at, and its findings if it has any."""
        if looked is None:
            return
        for each in (looked,) if isinstance(looked, Looked) else looked:
            traced.checks.append(Checked(bound.reason.code, each.found, each.evidence))
            if each.found:
                subject = traced.subject if each.subject is None else each.subject
                part = None if each.subject is None else traced.subject
                disposition = parameters.disposition(bound.reason, bound.default)
                findings.append(Finding(bound.reason, bound.scope, subject, each.evidence, disposition, part))

    def stop(self, notice: Any, stop: Stop, parameters: ParameterSet[K]) -> Decision:
        """The referral of a notice whose identification ended."""
        finding = Finding(stop.reason, self.line.whole, stop.subject, stop.evidence)
        return Decision(notice.id, REFERRED, (finding,), versions=parameters.versions)

    def fail(self, notice: Any, evidence: Mapping[str, Any], parameters: ParameterSet[K]) -> Decision:
        """The referral with ``technical_failure``; ``notice`` needs no more than ``id`` and the line's key."""
        subject = self.line.subject(getattr(notice, self.line.key))
        return self.stop(notice, Stop(self.line.technical_failure, subject, dict(evidence)), parameters)


def rules_version(*folders: Path, own: Mapping[str, bytes] | None = None) -> str:
    """A short hash of everything that decides: the core, the line's own files, the process with its tables.

    ``own``: what stands in an insurer's tables, by file name; it counts in place of the last folder's.
    """
    digest = hashlib.sha256()
    for folder in folders:
        tables = folder.glob("tables/*.csv")
        for path in sorted((*folder.glob("*.py"), *folder.glob("*.yaml"), *tables)):
            if path.name != "scenarios.yaml":
                stands_in = own.get(path.name) if own and folder == folders[-1] and path.suffix == ".csv" else None
                digest.update(path.name.encode() + b"\0" + (path.read_bytes() if stands_in is None else stands_in))
    return digest.hexdigest()[:12]
