"""A letter's content: the data that its template is filled with, from the decision's case file. Pure.

A new template: a function that gives its content, a line in ``TELLERS``, and ``NAME.typ`` beside it. What each letter
must say: docs/letters.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from dunkelwerk.decisions.parameters import in_force, read_entries
from dunkelwerk.lines import german
from dunkelwerk.lines.address import (
    RELATIVES,
    address_lines,
    country_of,
    ensure_alive,
    full_name,
    salutation,
)
from dunkelwerk.lines.credit_protection.casefile import CaseFile, Cause, Person
from dunkelwerk.lines.credit_protection.letters import (
    acceptance,
    benefit_end,
    correction,
    death_settlement,
    deferred_period,
    documents,
    settlement,
)
from dunkelwerk.lines.credit_protection.letters.matter import Matter, act_of, note_of
from dunkelwerk.lines.letter_matter import UnknownTemplate

Content: TypeAlias = dict[str, Any]
Teller: TypeAlias = Callable[[Matter], Content]
TELLERS: dict[str, Teller] = {
    "acceptance": acceptance.tell,
    "documents_requested": documents.request,
    "documents_reminder": documents.remind,
    "death_settlement": death_settlement.tell,
    "settlement": settlement.tell,
    "deferred_period": deferred_period.tell,
    "benefit_end": benefit_end.tell,
    "correction": correction.tell,
}
PARAMETERS = Path(__file__).parents[1] / "parameters.yaml"
#: how a letter names what is insured and what proves it
WORDS = {
    Cause.ILLNESS: ("Arbeitsunfähigkeit", "arbeitsunfähig", "Arbeitsunfähigkeitsbescheinigung"),
    Cause.UNEMPLOYMENT: ("Arbeitslosigkeit", "arbeitslos", "Bescheinigung der Agentur für Arbeit oder des Jobcenters"),
}
OTHER_WORDS = ("Leistungsfall", "betroffen", "Bescheinigung")


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
    reminder_days: int | None = None,
) -> Content:
    """What a letter says. ``case_file`` is as before the decision; actions and notice are structs or their JSON.

    ``claim``: one of the case file, or the number of the one that the decision opened (None: it has none yet).
    ``recipient``: the person with the present address; None: as the case file has it. ``reminder_days``: calendar days
    until we ask again for documents; None: the line's own. Raises AddressFault, UnknownTemplate, and Missing where the
    case file lacks what the letter is about.
    """
    if template not in TELLERS:
        raise UnknownTemplate(template)
    acts, note = [act_of(each) for each in actions], note_of(notice)
    days = default_reminder_days(on) if reminder_days is None else reminder_days
    matter = Matter(file=case_file, contract=contract, claim=claim, acts=acts, note=note, on=on, reminder_days=days)
    return frame(matter, recipient or matter.person) | TELLERS[template](matter)


def frame(matter: Matter, recipient: Person) -> Content:
    """What every letter has."""
    noun, adjective, proof = WORDS.get(matter.claim.cause, OTHER_WORDS)
    to_relatives, name = matter.is_about_death, full_name(recipient)
    if not to_relatives:
        ensure_alive(recipient)
    return {
        "recipient": address_lines(recipient, to_relatives=to_relatives),
        "name": f"{RELATIVES} {name}" if to_relatives else name,
        "country": country_of(recipient),
        "salutation": salutation(recipient, to_relatives=to_relatives),
        "closing": "Mit stillem Gruß" if to_relatives else "Freundliche Grüße",
        "to_relatives": to_relatives,
        "deceased": name if to_relatives else None,
        "date": german.day(matter.on),
        "contract": matter.contract.number,
        "claim": matter.claim.number or None,
        "legal_entity": matter.legal_entity,
        "cause": matter.claim.cause.value,
        "noun": noun,
        "adjective": adjective,
        "proof": proof,
        "received_on": matter.note.received_on and german.day(matter.note.received_on),
    }


@cache
def default_reminder_days(on: date) -> int:
    """The line's own ``reminder_days`` on a day."""
    days: int = in_force(read_entries(PARAMETERS)["reminder_days"].values, on)
    return days
