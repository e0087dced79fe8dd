"""The letters that ask for missing documents, and ask again: which pieces, by when. Nothing is rejected.

After a death they go to the relatives, and ask for the certificate alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dunkelwerk.lines import german
from dunkelwerk.lines.credit_protection import sick_notes
from dunkelwerk.lines.credit_protection.casefile import Cause
from dunkelwerk.lines.credit_protection.letters.beginning import further
from dunkelwerk.lines.credit_protection.letters.matter import Matter, Note
from dunkelwerk.lines.letter_matter import Missing

#: who confirms that somebody works; nobody does for the self-employed
CONFIRMED_BY = {"employed": "employer_confirmation", "civil_servant": "office_confirmation"}


def request(matter: Matter) -> dict[str, Any]:
    """The content of ``documents_requested.typ``."""
    pieces = missing_pieces(matter)
    one = "Uns fehlt noch eine Unterlage zu Ihrer Meldung"
    usual = one if len(pieces) == 1 else "Uns fehlen noch Unterlagen zu Ihrer Meldung"
    return {
        **asking(matter, pieces),
        **further(matter),
        "subject": "Wir bitten Sie um die Sterbeurkunde" if matter.is_about_death else usual,
        "is_reminder": False,
    }


def remind(matter: Matter) -> dict[str, Any]:
    """The content of ``documents_reminder.typ``."""
    usual = "Erinnerung: Wir warten noch auf Ihre Unterlagen"
    return {
        **asking(matter, missing_pieces(matter)),
        "subject": "Noch einmal: unsere Bitte um die Sterbeurkunde" if matter.is_about_death else usual,
        "is_reminder": True,
    }


def asking(matter: Matter, pieces: list[str]) -> dict[str, Any]:
    """What both letters say."""
    held = matter.is_about_death and any(act.type == "hold_instalments" for act in matter.all_acts)
    return {
        "pieces": pieces,
        "by": german.day(matter.on + timedelta(days=matter.reminder_days)),
        "died_on": matter.died_on and german.day(matter.died_on),
        "are_payments_held": held,
    }


def missing_pieces(matter: Matter) -> list[str]:
    """The pieces that did not come with the notice, by name; raises Missing where all came."""
    pieces = missing_of(matter.note, matter.claim.cause)
    if not pieces:
        raise Missing("documents")
    return pieces


def missing_of(note: Note, cause: Cause) -> list[str]:
    """The pieces that a first notice of a cause does not bring, by name."""
    if cause is Cause.ILLNESS:
        return missing_of_illness(note)
    if cause is Cause.UNEMPLOYMENT:
        return [] if note.award_notice else ["award_notice"]
    return [] if note.certificate else ["death_certificate"]


def missing_of_illness(note: Note) -> list[str]:
    """The pieces that a first sick note needs and does not bring, the diagnosis last."""
    needed = {"claim_form": "claim_form", "sick_note": "sick_note"}
    if note.occupation in CONFIRMED_BY:
        needed["employer_confirmation"] = CONFIRMED_BY[note.occupation]
    missing = [piece for document, piece in needed.items() if document not in note.documents]
    return missing if sick_notes.clean_codes(note.icd or ()) else [*missing, "diagnosis"]
