"""Texts for people: German in the source (it is what users see first), English by catalogue.

``DUNKELWERK_LANGUAGE=en`` chooses English, ``speaking`` another language for a while (one web request); a text
without translation stays German.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent.parent / "locale"
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within, texts are in this language, e.g. that of one person's browser."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """The language of texts: two letters."""
    return _spoken.get() or os.environ.get("DUNKELWERK_LANGUAGE", "de")[:2]


@cache
def _catalogue(language: str) -> dict[str, str]:
    if language == "de":
        return {}
    source = LOCALE / language / "LC_MESSAGES" / "dunkelwerk.po"
    if not source.is_file():
        return {}
    from babel.messages.pofile import read_po

    with source.open("rb") as stream:
        return {str(entry.id): str(entry.string) for entry in read_po(stream) if entry.id and entry.string}


def _(message: str) -> str:
    """The message in the user's language; messages are written in German."""
    return _catalogue(spoken()).get(message, message)
