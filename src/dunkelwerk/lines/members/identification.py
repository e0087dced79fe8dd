"""Finding whom a notice concerns: the member, by number, names and birth date. Source: docs/members.md section 1."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from msgspec import Struct

from dunkelwerk.decisions import names
from dunkelwerk.decisions.decision import Subject
from dunkelwerk.decisions.process import Stop
from dunkelwerk.decisions.tables import Match
from dunkelwerk.lines.members import reasons
from dunkelwerk.lines.members.casefile import CaseFile, Mandate, Member


class MemberSubject(Subject, frozen=True):
    """What a reason concerns: the member number, and the topic (None: the whole notice).

    The fields are called as in every line, for work items, movements and letters have these columns.
    """

    contract: str | None
    claim: str | None


class NamesMember(Protocol):
    """A notice that names a member."""

    @property
    def member(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def first_name(self) -> str: ...
    @property
    def birth_date(self) -> date: ...


class Part(Struct, frozen=True):
    """The one part of a notice: its topic, with what was computed and looked up for the decision."""

    subject: MemberSubject
    facts: dict[str, Any] = {}
    tables: tuple[Match, ...] = ()


class Identified(Struct, frozen=True):
    """A notice whose member was found."""

    member: Member
    mandates: tuple[Mandate, ...]
    part: Part

    @property
    def subject(self) -> MemberSubject:
        """What the reasons of the whole notice carry."""
        return whole_notice(self.member.number)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The part."""
        return (self.part,)


def whole_notice(number: str | None) -> MemberSubject:
    """The subject of reasons that concern the whole notice."""
    return MemberSubject(number, None)


def names_once(loose: Any, number: str) -> bool:
    """Whether a case file that could only be read loosely is the member's.

    Without a member nothing can be said, and the case file itself is the failure: True.
    """
    member = loose.get("member")
    return not isinstance(member, dict) or member.get("number") == number


def find_member(
    notice: NamesMember, file: CaseFile, topic: str, *, facts: dict[str, Any] | None = None, tables: Any = ()
) -> Identified | Stop:
    """The member that a notice names, with its one part; or why not."""
    member, subject = file.member, whole_notice(notice.member)
    if member.number != notice.member:
        return Stop(reasons.MEMBER_UNKNOWN, subject, {"member": notice.member, "found": 0})
    if differing := differences(notice, member):
        return Stop(reasons.PERSON_MISMATCH, subject, {"member": notice.member, "differing": differing})
    return Identified(member, file.mandates, Part(MemberSubject(member.number, topic), facts or {}, tuple(tables)))


def differences(notice: NamesMember, member: Member) -> list[str]:
    """What of name and birth date differs, in German, without the values."""
    checks = {
        "Nachname": names.same_last_name(member.last_name, notice.last_name),
        "Vorname": names.same_first_name(member.first_name, notice.first_name),
        "Geburtsdatum": member.birth_date == notice.birth_date,
    }
    return [what for what, same in checks.items() if not same]
