"""What a command says besides how far it is, which only a slow machine says, every few seconds."""

from __future__ import annotations

import re

#: as ``infra.progress`` writes it: a label, the count, and of how many
LINE = re.compile(r"[^\W\d][\w ]*: \d+(?: (?:von|of) \d+)?\n?")


def is_progress(line: str) -> bool:
    """Whether a line only says how far a command is."""
    return LINE.fullmatch(line) is not None


def without_progress(text: str) -> str:
    """The other lines of what was said."""
    return "".join(line for line in text.splitlines(keepends=True) if not is_progress(line))
