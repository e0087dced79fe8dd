"""A made-up case for each template: what a letter looks like, and whether a fund's own templates work."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from dunkelwerk.lines.members.casefile import CaseFile
from dunkelwerk.lines.members.letters.content import CONFIRMATION, WITHDRAWN, Act, Matter, Signed, content

ON = date(2026, 11, 23)
REFERENCE = "DW-20261123-17"
MEMBER = {
    **{"number": "M-100001", "first_name": "Jürgen", "last_name": "Groß", "birth_date": "1980-02-29"},
    **{"salutation": "Herr", "street": "Lindenstr.", "house_number": "7", "postal_code": "50667", "city": "Köln"},
}
MANDATE = {
    **{"reference": REFERENCE, "iban": "DE02120300000000202051", "recurrence": "recurring"},
    **{"signed_on": "2026-11-22", "status": "active"},
}
SIGNED = Signed(
    iban="DE02120300000000202051",
    own_account=True,
    recurrence="recurring",
    signed_name="Jürgen Groß",
    signed_on=date(2026, 11, 22),
)
ACTS = (Act("record_mandate", creditor="DE98ZZZ09999999999"), Act("revoke_mandate", reference="MD-4711"))
TEMPLATES = (CONFIRMATION, WITHDRAWN)


def sample(template: str, **changes: Any) -> dict[str, Any]:
    """The content of a template's sample letter; ``changes`` are those of what was signed."""
    file = msgspec.convert({"member": MEMBER, "mandates": [MANDATE]}, CaseFile)
    matter = Matter(file, ACTS, msgspec.structs.replace(SIGNED, **changes), REFERENCE, ON)
    return content(matter, template=template, recipient=None, legal_entity="health_fund")
