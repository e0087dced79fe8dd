"""How many things a load brought: new, changed, as they were."""

from __future__ import annotations

from msgspec import Struct


class Counts(Struct):
    """Things of one kind, each counted once a load."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def add(self, other: Counts) -> None:
        """Count these, too."""
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
