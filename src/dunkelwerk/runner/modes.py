"""How each process runs: off, in shadow, with a second check, or dark; its random sample; whether it is stopped.

A process without a setting runs as its parameters say. ``off`` and a stopped process leave their notices waiting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

OFF, SHADOW, SECOND_CHECK, DARK = "off", "shadow", "second_check", "dark"
MODES = (OFF, SHADOW, SECOND_CHECK, DARK)


class Setting(Struct, frozen=True, kw_only=True):
    """One row of ``process_setting``; the fields are the columns. Bands hold shares and euros, limits are per day."""

    process: str
    mode: str | None = None
    sample: int | None = None
    seed: str = ""
    cases_per_day: int | None = None
    euros_per_day: Decimal | None = None
    dark_rate_low: Decimal | None = None
    dark_rate_high: Decimal | None = None
    mean_amount_low: Decimal | None = None
    mean_amount_high: Decimal | None = None
    watched: int = 200
    stopped_at: datetime | None = None
    stopped_by: str | None = None
    stop_reason: str | None = None
    limit_reached_on: date | None = None
    tally_from: int = 0
    version: int = 1

    def runs(self, day: date) -> bool:
        """Whether its notices are decided on a business day; else they wait."""
        return self.mode != OFF and self.stopped_at is None and self.limit_reached_on != day

    @property
    def has_limits(self) -> bool:
        """Whether a day's cases or euros are limited."""
        return self.cases_per_day is not None or self.euros_per_day is not None

    @property
    def has_bands(self) -> bool:
        """Whether its figures are watched."""
        bands = (self.dark_rate_low, self.dark_rate_high, self.mean_amount_low, self.mean_amount_high)
        return any(each is not None for each in bands)

    def mode_for(self, notice: str) -> str | None:
        """The parameter ``mode`` for a notice (None: as the parameters say): set for all, or drawn as a sample."""
        if self.mode == SECOND_CHECK or (self.mode != SHADOW and self.draws(notice)):
            return SECOND_CHECK
        return DARK if self.mode == DARK else None

    def draws(self, notice: str) -> bool:
        """Whether the random sample holds a notice; the same seed draws the same notices, whoever decides them when."""
        if self.sample is None:
            return False
        digest = hashlib.sha256(f"{self.seed}:{self.process}:{notice}".encode()).digest()
        return int.from_bytes(digest[:8]) % self.sample == 0


COLUMNS = Setting.__struct_fields__


def lock_setting(cursor: Any, process: str) -> Setting:
    """A process's setting, locked: a brake that stops it meanwhile waits, and is not overwritten."""
    cursor.execute("SELECT FROM process_setting WHERE process = %s FOR UPDATE", (process,))
    return read_settings(cursor, [process])[process]


def read_settings(cursor: Any, names: Iterable[str]) -> dict[str, Setting]:
    """The settings of processes; the default where there is none."""
    cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM process_setting WHERE process = ANY(%s)", (list(names),))
    found = {row[0]: Setting(**dict(zip(COLUMNS, row, strict=True))) for row in cursor.fetchall()}
    return {name: found.get(name) or Setting(process=name) for name in names}


def write_setting(cursor: Any, setting: Setting) -> None:
    """Write a setting; its version goes up."""
    row = msgspec.structs.asdict(msgspec.structs.replace(setting, version=setting.version + 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "process")
    cursor.execute(
        f"""INSERT INTO process_setting ({", ".join(COLUMNS)}) VALUES ({", ".join(["%s"] * len(COLUMNS))})
            ON CONFLICT (process) DO UPDATE SET {changes}""",
        list(row.values()),
    )
