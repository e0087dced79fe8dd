"""The notice of this process. Source: docs/members.md section 2."""

from __future__ import annotations

from dunkelwerk.decisions.identifiers import compact
from dunkelwerk.lines.members.notices import MemberNotice


class TaxIdNotice(MemberNotice, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member tells the tax identification number. ``tax_id``: eleven digits; None: "weiß ich nicht"."""

    tax_id: str | None = None

    def __repr__(self) -> str:
        """Without what it holds: a traceback is no place for a tax ID."""
        return "TaxIdNotice(…)"

    @property
    def told(self) -> str | None:
        """The tax ID without blanks; None where none was given."""
        return compact(self.tax_id or "") or None
