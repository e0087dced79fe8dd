"""A Decision: all reasons found, and the actions proposed. Data alone; the runner makes it true, or not at all."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.reasons import IGNORE, REFER, Disposition, Reason, Scope
from dunkelwerk.decisions.tables import Match

APPLY, PARTIAL, SECOND, REFERRED = "apply", "partial", "second_check", "refer"
OUTCOMES = (APPLY, SECOND, REFERRED, PARTIAL)


class Subject(Struct, frozen=True):
    """What a reason or a referral concerns; each line declares its own fields, which stand in the JSON as they are."""


class Action(Struct, frozen=True, kw_only=True, tag_field="type"):
    """One business transaction that a process proposes. Each line declares its own."""

    adverse: ClassVar[bool] = False
    #: whether a second person must confirm it where a person composed it, whatever its amount
    four_eyes: ClassVar[bool] = False

    @property
    def is_adverse(self) -> bool:
        """Whether the customer gets less by it than hoped: a person may have to look (§ 37 BDSG)."""
        return self.adverse


class Looked(Struct, frozen=True):
    """What a check looked at, and whether it found its reason to hold; ``subject``: where the reason carries another
    one than the part that was examined (a claim that exists already, say)."""

    found: bool
    evidence: dict[str, Any]
    subject: Subject | None = None


def when(found: bool, /, **evidence: Any) -> Looked:
    """The result of a check: its reason holds ``when`` this is true, with the evidence that was read."""
    return Looked(found, evidence)


def carrying(subject: Subject, /, **evidence: Any) -> Looked:
    """The result of a check whose reason holds and carries this subject instead of the examined part's."""
    return Looked(True, evidence, subject)


class Finding(Struct, frozen=True):
    """A reason that was found, with what it concerns, its evidence, and the disposition that the insurer chose.

    ``part``: the subject of the part that it was found in, and leaves out, where that is another than it carries.
    """

    reason: Reason
    scope: Scope
    subject: Subject
    evidence: dict[str, Any]
    disposition: Disposition = REFER
    part: Subject | None = None

    @property
    def stands_against(self) -> Subject:
        """The part of the notice that it may leave out."""
        return self.subject if self.part is None else self.part

    @property
    def refers(self) -> bool:
        """Whether it refers what it concerns."""
        return self.disposition.counts_as == REFER.name

    def as_json(self) -> dict[str, Any]:
        """The reason as interfaces.md writes it."""
        return {
            "code": self.reason.code,
            **msgspec.structs.asdict(self.subject),
            "scope": self.scope.name,
            "text": self.reason.tell(self.evidence),
            "evidence": self.evidence,
            "disposition": self.disposition.name,
        }


class Checked(Struct, frozen=True):
    """One check in the trace: its reason's code, whether it was found, the evidence that was read."""

    code: str
    found: bool
    evidence: dict[str, Any]


class Traced(Struct, frozen=True):
    """The trace of one subject: the facts computed, the table rows that matched, every check in order."""

    subject: Subject
    facts: dict[str, Any]
    tables: tuple[Match, ...]
    checks: list[Checked]


class Decision(Struct, frozen=True):
    """The answer to one notice. Under ``refer`` there are no actions; under ``second_check`` they are the proposal."""

    notice: str | None
    outcome: str
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...] = ()
    referred: tuple[Subject, ...] = ()
    trace: tuple[Traced, ...] = ()
    versions: dict[str, str] = {}

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all reasons found, ignored ones too."""
        return tuple(finding.reason.code for finding in self.findings)

    @property
    def blockers(self) -> list[str]:
        """The codes that kept an examined notice from being settled dark, each once; none where it was not examined."""
        counted = [each.reason.code for each in self.findings if each.disposition.counts_as != IGNORE.name]
        return list(dict.fromkeys(counted)) if self.trace else []

    def as_json(self) -> dict[str, Any]:
        """The decision as interfaces.md writes it, ready for ``msgspec.json.encode``."""
        return {
            "notice": self.notice,
            "outcome": self.outcome,
            "reasons": [finding.as_json() for finding in self.findings],
            "actions": self.actions,
            "referred": self.referred,
            "trace": self.trace,
            "versions": self.versions,
        }
