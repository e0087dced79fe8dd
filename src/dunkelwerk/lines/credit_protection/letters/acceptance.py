"""The letter about an accepted first notice: the benefit begins, what is paid at once, and whether it ends already."""

from __future__ import annotations

from typing import Any

from dunkelwerk.lines import german
from dunkelwerk.lines.credit_protection.letters import benefit_end, settlement
from dunkelwerk.lines.credit_protection.letters.beginning import beginning
from dunkelwerk.lines.credit_protection.letters.matter import Matter


def tell(matter: Matter) -> dict[str, Any]:
    """The content of ``acceptance.typ``."""
    is_over = matter.first("close_claim") is not None
    told = benefit_end.tell(matter) if is_over else settlement.tell(matter)
    dues = [act.due for act in matter.all_of("release_instalment") if act.due]
    return {
        **told,
        **beginning(matter),
        "subject": subject(matter),
        "is_over": is_over,
        "released_until": german.day(settlement.needed(matter.released_until)),
        "has_past_dues": any(due <= matter.on for due in dues),
    }


def subject(matter: Matter) -> str:
    """What the letter is about, in one line."""
    net = settlement.net_total(matter)
    return f"Anerkannt: Wir zahlen {german.euros(net)} für Sie" if net else "Wir haben Ihre Meldung anerkannt"
