"""What a replay is asked: which stored decisions are taken again, and under what."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct


class Plan(Struct, frozen=True):
    """The records of business days and a process (None: of all), and the insurer's parameters to decide them by.

    ``mode``: the parameter for every record (None: ``second_check`` where a record's mode is that, else as the
    parameters say). ``rules``: the version of each process that the report speaks of. ``on``: today.
    """

    overrides: dict[str, Any]
    on: date
    rules: dict[str, str]
    since: date = date.min
    until: date = date.max
    process: str | None = None
    mode: str | None = None
    #: the insurer's own tables that go before ours
    tables: tuple[str, ...] = ()

    @property
    def selection(self) -> tuple[Any, ...]:
        """The values for the statements that select records."""
        return self.since, self.until, self.process, self.process
