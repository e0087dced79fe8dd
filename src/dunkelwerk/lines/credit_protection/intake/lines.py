"""From a line of JSON to a case file that the register can hold, with the digest of each thing in it. Pure."""

from __future__ import annotations

import re
from hashlib import blake2b

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.decimals import PlainDecoder
from dunkelwerk.decisions.reading import Source
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import FileLine
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Contract, Person, Tariff
from dunkelwerk.lines.credit_protection.intake.checks import check_case
from dunkelwerk.lines.line_faults import LineFault, unreadable

NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
PERSON, TARIFF, CONTRACT = "P", "T", "C"


class Line(Struct, frozen=True):
    """A case file with its place, and the digest of each person, tariff and contract by kind and key."""

    place: Source
    case: CaseFile
    digests: dict[str, bytes]


class LineReader:
    """Reads lines strictly: a line is a case file, or a LineFault."""

    def __init__(self) -> None:
        self._decoder = PlainDecoder(CaseFile)
        self._encoder = msgspec.json.Encoder()

    def read(self, line: FileLine, place: Source) -> Line:
        """The case file of the line; raises LineFault."""
        if line.fault is not None:
            raise LineFault(line.fault)
        try:
            case = self._decoder.decode(line.text)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
            raise unreadable(error) from None
        check_case(case)
        if b"\\u0000" in line.text and NUL.search(self._encoder.encode(case)):
            raise LineFault(_("ein Text enthält ein Nullzeichen (\\u0000)"))
        return Line(place, case, self._digests(case))

    def _digests(self, case: CaseFile) -> dict[str, bytes]:
        digest = self._digest
        digests = {PERSON + each.id: digest(each) for each in case.persons}
        for tariff in case.tariffs:
            digests[TARIFF + tariff.id] = digest(tariff)
        for contract in case.contracts:
            digests[CONTRACT + contract.number] = digest(contract)
        return digests

    def _digest(self, thing: Person | Tariff | Contract) -> bytes:
        return blake2b(self._encoder.encode(thing), digest_size=16).digest()
