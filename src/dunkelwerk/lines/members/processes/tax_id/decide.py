"""Steuer-ID, from top to bottom: whom it concerns, what may stand against it, what is done.

Source: docs/members.md section 2. The ID itself stands in no reason, no evidence, no action and no movement.
"""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.identifiers import compact
from dunkelwerk.decisions.process import Process, Stop
from dunkelwerk.decisions.reasons import SECOND_CHECK
from dunkelwerk.lines.members import actions, checks, reasons
from dunkelwerk.lines.members.casefile import CaseFile
from dunkelwerk.lines.members.identification import Identified, Part, find_member
from dunkelwerk.lines.members.identifiers import tax_id_fault
from dunkelwerk.lines.members.line import MEMBERS
from dunkelwerk.lines.members.parameters import MemberParameters as Parameters
from dunkelwerk.lines.members.processes.tax_id.notice import TaxIdNotice as Notice
from dunkelwerk.lines.members.reasons import MEMBER

PROCESS: Process[Notice, Part, Identified, Parameters] = Process(
    "tax_id", title="Steuer-ID", line=MEMBERS, notice=Notice, folder=Path(__file__).parent
)
finds = PROCESS.finds


# Whom it concerns


@PROCESS.identifies
def member_named(notice: Notice, file: CaseFile, p: Parameters) -> Identified | Stop:
    """The member, by number, names and birth date; never by the tax ID."""
    return find_member(notice, file, actions.TAX_ID)


# What may stand against it

finds(reasons.PERSON_DECEASED, scope=MEMBER)(checks.person_deceased)
finds(reasons.FILLED_BY_REPRESENTATIVE, scope=MEMBER)(checks.filled_by_representative)
finds(reasons.FREE_TEXT, scope=MEMBER)(checks.free_text)


@finds(reasons.TAX_ID_NOT_GIVEN, scope=MEMBER)
def tax_id_not_given(notice: Notice, case: Identified, p: Parameters) -> Looked:
    return when(notice.told is None)


@finds(reasons.TAX_ID_INVALID, scope=MEMBER)
def tax_id_invalid(notice: Notice, case: Identified, p: Parameters) -> Looked | None:
    if notice.told is None:
        return None
    fault = tax_id_fault(notice.told)
    return when(fault is not None, fault=fault)


@finds(reasons.OTHER_TAX_ID_ON_RECORD, scope=MEMBER, default=SECOND_CHECK)
def other_tax_id_on_record(notice: Notice, case: Identified, p: Parameters) -> Looked | None:
    if notice.told is None or case.member.tax_id is None:
        return None
    return when(notice.told != compact(case.member.tax_id), on_record=True)


# What is done


@PROCESS.proposes
def record(notice: Notice, part: Part, case: Identified, p: Parameters) -> tuple[actions.Action, ...]:
    """Record it; the one that is on record already is filed."""
    at = {"contract": case.member.number, "claim": actions.TAX_ID}
    on_record = case.member.tax_id and compact(case.member.tax_id)
    if notice.told is None or notice.told == on_record:
        return (actions.FileNotice(**at),)
    return (actions.RecordTaxId(**at),)
