"""The whole way of an uploaded file: the door, the scanner if one is set, the confined worker."""

from __future__ import annotations

from dunkelwerk.dialogues.uploads.confined import clean_confined
from dunkelwerk.dialogues.uploads.outcomes import Clean, Limits, Refused
from dunkelwerk.dialogues.uploads.scanning import scan
from dunkelwerk.dialogues.uploads.sniffing import check_at_the_door


def accept(data: bytes, limits: Limits, *, scanner: str = "") -> Clean | Refused:
    """The file as a safe PDF, or why not; never raises for a file. ``scanner``: an address as ``scanning`` takes it."""
    return check_at_the_door(data, limits) or scan(data, scanner) or clean_confined(data, limits)
