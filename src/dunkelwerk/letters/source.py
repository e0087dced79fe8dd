"""What a line of business brings along for its letters: content, templates, recipients, samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol


class LetterSource(Protocol):
    """One object per line, found as ``letters.source.LETTERS`` of the line's package."""

    #: where the line's ``.typ`` files are
    folder: Path
    #: whether its letters go out only in the name of companies that insurer.yaml lists
    names_companies: bool

    def recipients(self, cursor: Any, persons: Sequence[int]) -> Mapping[int, Any]:
        """The persons with their present addresses, by the register's id; one that is unknown is left out."""

    def read(self, record: bytes) -> Any:
        """What a decision record says (its JSON): case file, actions, notice."""

    def matter(self, *, case_file: Any, actions: Sequence[Any], notice: Any) -> Any:
        """The same from what was not recorded yet; each given as structs or as JSON objects."""

    def content(
        self, matter: Any, *, template: str, contract: str, claim: str | None, on: date, recipient: Any
    ) -> dict[str, Any]:
        """A letter's data; ``recipient`` None: as the case file has it. Raises LetterFault where it cannot be written.

        Every content has ``recipient`` (address lines), ``name``, ``country``, ``subject``, ``legal_entity``.
        """

    def samples(self) -> Mapping[str, tuple[dict[str, Any], date]]:
        """For each template the content of a made-up letter, and its date."""
