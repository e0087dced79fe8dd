"""What the letters of every line are made from, and why one cannot be written. Pure."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

from dunkelwerk.lines.address import AddressFault

FileT = TypeVar("FileT")
ActT = TypeVar("ActT")
NoticeT = TypeVar("NoticeT")


class Missing(LookupError):
    """The case file or the decision lacks what the letter is about, which is named: ``Missing("claim")``."""

    def __str__(self) -> str:
        """In German, for whoever mends the letter."""
        return f"der Entscheidung fehlt, wovon der Brief handelt ({self.args[0]})"


class UnknownTemplate(LookupError):
    """No content function tells the template, which is named: ``UnknownTemplate("settlement")``."""

    def __str__(self) -> str:
        """In German, for whoever mends the letter."""
        return f"die Vorlage {self.args[0]} gibt es nicht"


#: why a letter's content cannot be told; each says it in German, without the person's data
UNWRITABLE = (AddressFault, Missing, UnknownTemplate)


class Decided(Struct, Generic[ActT], frozen=True):
    """The part of a decision that letters read."""

    actions: tuple[ActT, ...] = ()


class Record(Struct, Generic[FileT, ActT, NoticeT], frozen=True):
    """The part of a decision record that letters read: a line's case file, its actions and notices."""

    case_file: FileT | None = None
    decision: Decided[ActT] = Decided()
    notice: NoticeT | None = None
