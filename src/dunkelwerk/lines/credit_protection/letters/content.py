"""A letter's content: the data that its template is filled with, from the decision's case file. Pure.

A new template: a function that gives its content, a line in ``TELLERS``, and ``NAME.typ`` beside it. What each letter
must say: docs/letters.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeAlias

from dunkelwerk.lines.credit_protection.casefile import CaseFile, Cause, Person
from dunkelwerk.lines.credit_protection.letters import benefit_end, correction, deferred_period, german, settlement
from dunkelwerk.lines.credit_protection.letters.address import address_lines, country_of, full_name, salutation
from dunkelwerk.lines.credit_protection.letters.matter import Matter, act_of, note_of

Content: TypeAlias = dict[str, Any]
Teller: TypeAlias = Callable[[Matter], Content]
TELLERS: dict[str, Teller] = {
    "settlement": settlement.tell,
    "deferred_period": deferred_period.tell,
    "benefit_end": benefit_end.tell,
    "correction": correction.tell,
}
#: how a letter names what is insured and what proves it
WORDS = {
    Cause.ILLNESS: ("Arbeitsunfähigkeit", "arbeitsunfähig", "Arbeitsunfähigkeitsbescheinigung"),
    Cause.UNEMPLOYMENT: ("Arbeitslosigkeit", "arbeitslos", "Bescheinigung der Agentur für Arbeit"),
}
OTHER_WORDS = ("Leistungsfall", "betroffen", "Bescheinigung")


class UnknownTemplate(LookupError):
    """No content function tells this template."""


def content(
    template: str,
    *,
    case_file: CaseFile,
    contract: str,
    claim: str | None,
    actions: Sequence[Any],
    notice: Any,
    on: date,
    recipient: Person | None = None,
) -> Content:
    """What a letter says. ``case_file`` is as before the decision; actions and notice are structs or their JSON.

    ``recipient``: the person with the present address; None: as the case file has it. Raises AddressFault,
    UnknownTemplate, and Missing where the case file lacks what the letter is about.
    """
    if template not in TELLERS:
        raise UnknownTemplate(template)
    acts, note = [act_of(each) for each in actions], note_of(notice)
    matter = Matter(file=case_file, contract=contract, claim=claim, acts=acts, note=note, on=on)
    return frame(matter, recipient or matter.person) | TELLERS[template](matter)


def frame(matter: Matter, recipient: Person) -> Content:
    """What every letter has."""
    noun, adjective, proof = WORDS.get(matter.claim.cause, OTHER_WORDS)
    return {
        "recipient": address_lines(recipient),
        "name": full_name(recipient),
        "country": country_of(recipient),
        "salutation": salutation(recipient),
        "date": german.day(matter.on),
        "contract": matter.contract.number,
        "claim": matter.claim.number,
        "legal_entity": matter.legal_entity,
        "cause": matter.claim.cause.value,
        "noun": noun,
        "adjective": adjective,
        "proof": proof,
        "received_on": matter.note.received_on and german.day(matter.note.received_on),
    }
