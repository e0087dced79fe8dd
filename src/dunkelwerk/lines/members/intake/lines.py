"""From a line of JSON to a member's case file that the register can hold. Pure."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.identifiers import compact
from dunkelwerk.decisions.reading import Source
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import FileLine
from dunkelwerk.lines.line_faults import LineFault, unreadable
from dunkelwerk.lines.members.casefile import CaseFile, Mandate
from dunkelwerk.lines.members.identifiers import iban_fault

#: characters that the register's columns hold
LONGEST_NUMBER, LONGEST_REFERENCE, LONGEST_TAX_ID = 60, 35, 20
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
DECODER, ENCODER = msgspec.json.Decoder(CaseFile), msgspec.json.Encoder()


class Line(Struct, frozen=True):
    """A case file with its place."""

    place: Source
    case: CaseFile


def read_line(line: FileLine, place: Source) -> Line:
    """The case file of the line; raises LineFault."""
    if line.fault is not None:
        raise LineFault(line.fault)
    try:
        case = DECODER.decode(line.text)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise unreadable(error) from None
    check_case(case)
    if b"\\u0000" in line.text and NUL.search(ENCODER.encode(case)):
        raise LineFault(_("ein Text enthält ein Nullzeichen (\\u0000)"))
    return Line(place, case)


def check_case(case: CaseFile) -> None:
    """Raise LineFault for the first thing that the register cannot hold."""
    member = case.member
    check_length(member.number, LONGEST_NUMBER, field="member.number")
    if member.tax_id is not None:
        check_length(member.tax_id, LONGEST_TAX_ID, field="member.tax_id")
    if member.deceased_on is not None and member.deceased_on < member.birth_date:
        raise LineFault(_("liegt vor der Geburt"), field="member.deceased_on")
    references = [each.reference.upper() for each in case.mandates]
    for at, mandate in enumerate(case.mandates):
        check_mandate(mandate, field=f"mandates[{at}]")
        if references.count(mandate.reference.upper()) > 1:
            raise LineFault(_("dieselbe Mandatsreferenz steht zweimal"), field=f"mandates[{at}].reference")


def check_mandate(mandate: Mandate, *, field: str) -> None:
    """Raise LineFault for a mandate that cannot be kept."""
    check_length(mandate.reference, LONGEST_REFERENCE, field=f"{field}.reference")
    if iban_fault(compact(mandate.iban)) is not None:
        raise LineFault(_("ist keine gültige IBAN"), field=f"{field}.iban")


def check_length(text: str, longest: int, *, field: str) -> None:
    """Raise LineFault for a text that is empty or too long."""
    if not text.strip():
        raise LineFault(_("darf nicht leer sein"), field=field)
    if len(text) > longest:
        raise LineFault(_("länger als {longest} Zeichen").format(longest=longest), field=field)
