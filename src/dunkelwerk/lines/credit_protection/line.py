"""Credit protection insurance (Restschuldversicherung) as a line of business: what the core needs to know of it."""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.decisions.process import Line
from dunkelwerk.lines.credit_protection import actions, first_reasons, reasons
from dunkelwerk.lines.credit_protection.casefile import CaseFile
from dunkelwerk.lines.credit_protection.identification import names_once, whole_notice
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters

CREDIT_PROTECTION = Line(
    name="credit_protection",
    case_file=CaseFile,
    action=actions.Action,
    key="contract",
    subject=whole_notice,
    whole=reasons.PERSON,
    catalogue=first_reasons.catalogue(),
    parameters=CreditProtectionParameters,
    folder=Path(__file__).parent,
    package=__package__,
    case_unknown=reasons.CONTRACT_UNKNOWN,
    technical_failure=reasons.TECHNICAL_FAILURE,
    names_once=names_once,
)
