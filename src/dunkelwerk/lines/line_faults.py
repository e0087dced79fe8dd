"""What is wrong with a line: the one sentence that a person reads.

No sentence holds a name, birth date, diagnosis or account number: contract, claim and person numbers only.
"""

from __future__ import annotations

import msgspec

from dunkelwerk.decisions.faults import PLACE, fault_in_words
from dunkelwerk.decisions.reading import Source
from dunkelwerk.infra.i18n import _


class LineFault(Exception):
    """A line that cannot be loaded: in which field, what is wrong, what to do. Nothing of the line takes effect."""

    def __init__(self, what: str, *, field: str = "", todo: str | None = None) -> None:
        super().__init__(what)
        self.field, self.what = field, what
        self.todo = _("bitte berichtigen und die Datei noch einmal laden") if todo is None else todo

    def sentence(self, place: Source) -> str:
        """``FILE, Zeile N, field: what; what to do.``"""
        where = f"{place}, {self.field}" if self.field else str(place)
        return f"{where}: {self.what}; {self.todo}."


class Older(LineFault):
    """The line is older than what the register has recorded since; it would wind it back."""

    def __init__(self, what: str, *, field: str) -> None:
        super().__init__(what, field=field, todo=_("bitte einen aktuellen Abzug laden"))


def unreadable(error: Exception) -> LineFault:
    """The fault of a line that could not be decoded."""
    if isinstance(error, UnicodeDecodeError):
        return LineFault(_("kein UTF-8"))
    if isinstance(error, RecursionError):
        return LineFault(_("kein lesbares JSON (zu tief verschachtelt)"))
    match = PLACE.match(str(error))
    if isinstance(error, msgspec.ValidationError) and match and match["place"]:
        field = match["place"].removeprefix("$").removeprefix(".")
        return LineFault(fault_in_words(error).removeprefix(f"{field}: "), field=field)
    return LineFault(fault_in_words(error))
