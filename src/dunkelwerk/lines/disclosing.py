"""What a line tells of one person (Art. 15 GDPR), and what of it would tell of another. Source: docs/retention.md.

A line that stores persons has a package ``disclosure`` with ``texts.yaml`` and a ``DISCLOSER``.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from dunkelwerk.lines.registry import lines

MINE, OTHERS, UNCLEAR = "mine", "others", "unclear"


class Concerned(Struct, frozen=True):
    """A person as a line knows them: what its register says, and where to look further.

    ``keys``: the case files that insure them, ``related``: those of the persons insured with them, too; ``claims``:
    their own, by contract and claim, and ``claim_ids``; ``decisions``: those that their rows of the register name.
    """

    id: int
    key: str
    register: dict[str, Any]
    keys: frozenset[str]
    related: tuple[str, ...]
    claims: frozenset[tuple[str, str]]
    claim_ids: tuple[int, ...]
    decisions: frozenset[int]
    redaction: Redaction


class Redaction(Protocol):
    """Keeps other persons out; pure."""

    def whose(self, notice: Mapping[str, Any], case_key: str) -> str:
        """MINE, OTHERS or UNCLEAR: whom a notice is about."""

    def case_file(self, file: Mapping[str, Any]) -> dict[str, Any]:
        """A case file less what concerns others alone."""

    def decision(self, decision: Mapping[str, Any]) -> dict[str, Any]:
        """A decision less the parts of others; a reason that lies in another person is withheld."""

    def scrub(self, value: Any) -> Any:
        """The value with other persons' names, ids, birth dates and diagnoses taken out of its texts."""


class Discloser(Protocol):
    """One object per line, found as ``disclosure.DISCLOSER`` of its package."""

    #: holds ``texts.yaml``
    folder: Path

    def find(self, cursor: Any, key: str) -> Concerned | None:
        """The person of this id; None where the line knows none."""


def disclosers() -> dict[str, Discloser]:
    """The discloser of every line that has one, by the line's name."""
    found: dict[str, Discloser] = {}
    for name, line in lines().items():
        if importlib.util.find_spec(f"{line.package}.disclosure") is not None:
            found[name] = importlib.import_module(f"{line.package}.disclosure").DISCLOSER
    return found
