"""Unfallfragebogen, from top to bottom: whom it concerns, where it leads, what may stand against it, what is done.

Source: docs/members.md section 4. Nobody is pressed on abuse or violence: whoever does not want to write is called by
a person.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dunkelwerk.decisions.decision import Looked, when
from dunkelwerk.decisions.failures import look_up
from dunkelwerk.decisions.process import Process, Stop
from dunkelwerk.decisions.tables import Match
from dunkelwerk.lines.members import actions, checks, reasons
from dunkelwerk.lines.members.casefile import CaseFile
from dunkelwerk.lines.members.identification import Identified, Part, find_member
from dunkelwerk.lines.members.line import MEMBERS
from dunkelwerk.lines.members.parameters import MemberParameters as Parameters
from dunkelwerk.lines.members.processes.accident.notice import AccidentNotice as Notice
from dunkelwerk.lines.members.reasons import MEMBER

CLOSED, RECOURSE, UNCLEAR = "closed", "recourse", "unclear"
#: another person is part of the very thing
ALWAYS_OTHERS = ("assault", "malpractice", "product", "public_transport")
PROCESS: Process[Notice, Part, Identified, Parameters] = Process(
    "accident", title="Unfallfragebogen", line=MEMBERS, notice=Notice, folder=Path(__file__).parent
)
finds = PROCESS.finds


# Whom it concerns, and where it leads


@PROCESS.identifies
def member_named(notice: Notice, file: CaseFile, p: Parameters) -> Identified | Stop:
    """The member, by number, names and birth date."""
    way = route_of(notice)
    urgency = priorities(notice)
    facts = {
        "route": way.outputs["route"] if way else CLOSED,
        "priority": min(each.outputs["priority"] for each in urgency),
    }
    return find_member(notice, file, actions.ACCIDENT, facts=facts, tables=[each for each in (way, *urgency) if each])


def route_of(notice: Notice) -> Match | None:
    """The row of the table of routes; None where it was no accident, which ends it."""
    if not notice.accident:
        return None
    return look_up(
        PROCESS.table("routes"),
        statutory=notice.is_statutory,
        kind=notice.kind,
        third_party=notice.third_party_involved,
        own_fault=notice.own_fault,
    )


def priorities(notice: Notice) -> list[Match]:
    """For each diagnosis the row of the table of priorities: the most urgent one counts."""
    codes: list[str | None] = [code.strip().upper() for code in notice.icd if code.strip()]
    table = PROCESS.table("priority")
    return [look_up(table, severity=notice.severity, diagnosis=code) for code in codes or [None]]


def leads_to(case: Identified) -> str:
    """Where the answers lead: closed, reimbursement, recourse, unclear."""
    route: str = case.part.facts["route"]
    return route


# What may stand against it

finds(reasons.PERSON_DECEASED, scope=MEMBER)(checks.person_deceased)
finds(reasons.FILLED_BY_REPRESENTATIVE, scope=MEMBER)(checks.filled_by_representative)


@finds(reasons.DECLINED_TO_WRITE, scope=MEMBER)
def declined_to_write(notice: Notice, case: Identified, p: Parameters) -> Looked:
    return when(notice.is_declined)


@finds(reasons.ASSAULT_IN_HOUSEHOLD, scope=MEMBER)
def assault_in_household(notice: Notice, case: Identified, p: Parameters) -> Looked:
    may_be = notice.same_household is None and not notice.is_statutory
    return when(notice.kind == "assault" and (notice.same_household is True or may_be))


@finds(reasons.FREE_TEXT, scope=MEMBER)
def free_text(notice: Notice, case: Identified, p: Parameters) -> Looked | None:
    """Where a work item follows, whoever works it reads the texts there."""
    if leads_to(case) != CLOSED:
        return None
    sketch = "liegt bei" if notice.sketch else None
    return checks.written({"Bemerkung": notice.comment, "Hergang": notice.course, "Skizze oder Fotos": sketch})


@finds(reasons.CONTRADICTORY_ANSWERS, scope=MEMBER)
def contradictory_answers(notice: Notice, case: Identified, p: Parameters) -> Looked:
    alone = notice.third_party_involved is False
    details = (notice.kind, notice.occurred_on, notice.third_party_involved or None, notice.settlement_paid or None)
    contradictions = {
        "kein Unfall, aber Angaben zu einem Unfall": not notice.accident and any(each is not None for each in details),
        "ein Unfall, aber auch ein Grund, warum es keiner war": notice.accident and notice.no_accident_reason,
        "kein anderer beteiligt, bei dieser Art von Unfall aber immer": alone and notice.kind in ALWAYS_OTHERS,
        "kein anderer beteiligt, aber abgefunden": alone and notice.settlement_paid,
        "kein anderer beteiligt, aber im selben Haushalt": alone and notice.same_household,
    }
    found = [text for text, holds in contradictions.items() if holds]
    return when(bool(found), contradictions=found)


@finds(reasons.ANSWERS_INCOMPLETE, scope=MEMBER)
def answers_incomplete(notice: Notice, case: Identified, p: Parameters) -> Looked:
    missing = missing_answers(notice)
    return when(bool(missing), missing=missing)


def missing_answers(notice: Notice) -> list[str]:
    """What an accident cannot be decided without."""
    if not notice.accident or notice.is_declined:
        return []
    without_kind = notice.kind is None and not notice.is_statutory
    return [
        *(["bei welcher Gelegenheit es geschah"] if notice.setting is None else []),
        *(["was für ein Unfall es war"] if without_kind else []),
    ]


@finds(reasons.ACCIDENT_DATES_IMPLAUSIBLE, scope=MEMBER)
def accident_dates_implausible(notice: Notice, case: Identified, p: Parameters) -> Looked | None:
    day = notice.occurred_on
    if day is None:
        return None
    faults = [
        *(["er liegt nach dem Eingang"] if day > notice.received_on else []),
        *(["er liegt nach der Behandlung"] if notice.treated_on is not None and day > notice.treated_on else []),
        *(["er liegt vor der Geburt"] if day < case.member.birth_date else []),
    ]
    return when(bool(faults), faults=faults, occurred_on=day, treated_on=notice.treated_on)


@finds(reasons.FAULT_UNCLEAR, scope=MEMBER)
def fault_unclear(notice: Notice, case: Identified, p: Parameters) -> Looked | None:
    if missing_answers(notice) or notice.is_declined:
        return None
    unclear = leads_to(case) == UNCLEAR
    return when(unclear, third_party_involved=notice.third_party_involved, own_fault=notice.own_fault)


@finds(reasons.SETTLEMENT_PAID, scope=MEMBER)
def settlement_paid(notice: Notice, case: Identified, p: Parameters) -> Looked:
    return when(notice.settlement_paid is True, settlement_paid=notice.settlement_paid)


@finds(reasons.HOUSEHOLD_PRIVILEGE, scope=MEMBER)
def household_privilege(notice: Notice, case: Identified, p: Parameters) -> Looked | None:
    if leads_to(case) != RECOURSE or notice.kind == "assault":
        return None
    return when(notice.same_household is True, same_household=notice.same_household)


# What is done


@PROCESS.proposes
def hand_over(notice: Notice, part: Part, case: Identified, p: Parameters) -> tuple[actions.Action, ...]:
    """File it where nobody else has to pay; else a work item with all data ready."""
    at: dict[str, Any] = {"contract": case.member.number, "claim": actions.ACCIDENT}
    if leads_to(case) in (CLOSED, UNCLEAR):
        return (actions.FileNotice(**at),)
    return (actions.OpenWorkItem(**at, task=part.facts["route"], priority=part.facts["priority"]),)
