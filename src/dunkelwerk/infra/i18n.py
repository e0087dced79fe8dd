"""Texts for people: German in the source (it is what users see first), English by catalogue.

``DUNKELWERK_LANGUAGE=en`` chooses English; a text without translation stays German.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent.parent / "locale"


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
    return _catalogue(os.environ.get("DUNKELWERK_LANGUAGE", "de")[:2]).get(message, message)
