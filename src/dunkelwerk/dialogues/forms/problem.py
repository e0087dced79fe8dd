"""What the static check finds."""

from __future__ import annotations

from msgspec import Struct


class Problem(Struct, frozen=True):
    """What must be corrected: where (``pages.accident.place.visible_if``), and a German sentence with what to do."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"
