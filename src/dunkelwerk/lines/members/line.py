"""Health-fund members as a line of business: what the core needs to know of it."""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.decisions.process import Line
from dunkelwerk.lines.members import actions, reasons
from dunkelwerk.lines.members.casefile import CaseFile
from dunkelwerk.lines.members.identification import names_once, whole_notice
from dunkelwerk.lines.members.parameters import MemberParameters

MEMBERS = Line(
    name="members",
    case_file=CaseFile,
    action=actions.Action,
    key="member",
    subject=whole_notice,
    whole=reasons.MEMBER,
    catalogue=reasons.CATALOGUE,
    parameters=MemberParameters,
    folder=Path(__file__).parent,
    package=__package__,
    case_unknown=reasons.MEMBER_UNKNOWN,
    technical_failure=reasons.TECHNICAL_FAILURE,
    names_once=names_once,
)
