"""Whose a notice is that names a member. A member's case file holds nobody else, so that nothing is taken out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dunkelwerk.decisions.names import same_first_name
from dunkelwerk.lines.disclosing import MINE, UNCLEAR

#: what a disclosure tells of a decision; the rest stands in its row
TOLD = ("outcome", "versions")
LISTED = ("reasons", "actions", "referred", "trace")


class MemberRedactor:
    """What one member may see."""

    def __init__(self, first_name: str, birth_date: date) -> None:
        self.first_name, self.birth_date = first_name, birth_date

    def whose(self, notice: Mapping[str, Any], case_key: str) -> str:
        """The member's if birth date and first name are theirs, for last names change. Else nobody can say.

        A number may be mistyped, and twins share a birth date: what does not fit is not told unseen.
        """
        fits = str(notice.get("birth_date")) == self.birth_date.isoformat()
        same = same_first_name(str(notice.get("first_name") or ""), self.first_name)
        return MINE if fits and same else UNCLEAR

    def case_file(self, file: Mapping[str, Any]) -> dict[str, Any]:
        """The case file."""
        return dict(file)

    def decision(self, decision: Mapping[str, Any]) -> dict[str, Any]:
        """The decision."""
        kept = {name: decision[name] for name in TOLD if name in decision}
        return kept | {name: list(decision.get(name) or ()) for name in LISTED}

    def scrub(self, value: Any) -> Any:
        """The value: nobody else is known here whose name it could hold."""
        return value
