"""The fonts that letters are set in, and which characters they can show.

Fira Sans is no part of the source: ``make setup`` fetches it (package.json) into the folder ``fonts`` beside this file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

FONTS = Path(__file__).parent / "fonts"
SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
#: characters that say how to break lines and words; they are never drawn
UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\n")


def font_files(folders: Iterable[Path]) -> list[Path]:
    """The font files in these folders, sorted; raises CommandError where the product's own are missing."""
    if not any(FONTS.glob("*.ttf")):
        message = _("{folder}: die Schriften der Briefe fehlen; bitte einmal „make setup“ aufrufen.")
        raise CommandError(message.format(folder=FONTS))
    return [path for each in (FONTS, *folders) for path in sorted(each.rglob("*")) if path.suffix.lower() in SUFFIXES]


def covered_characters(paths: Iterable[Path]) -> frozenset[int]:
    """The code points for which at least one font has a glyph; raises CommandError for a file that is no font."""
    found: set[int] = set()
    for path in paths:
        try:
            for font in faces(path):
                found |= font.getBestCmap().keys()
        except (TTLibError, OSError, AttributeError):
            raise CommandError(_("{path}: diese Schriftdatei ist nicht lesbar.").format(path=path)) from None
    return frozenset(found)


def faces(path: Path) -> Iterator[TTFont]:
    """The fonts in a file."""
    if path.suffix.lower() in (".ttc", ".otc"):
        yield from TTCollection(path, lazy=True)
    else:
        yield TTFont(path, lazy=True)


def missing_character(data: Any, covered: frozenset[int]) -> str | None:
    """The first character in the data's texts that no font shows, as ``U+1F600``; None where all are shown."""
    for text in texts_of(data):
        for character in text:
            if ord(character) not in covered and character not in UNSEEN:
                return f"U+{ord(character):04X}"
    return None


def composed(data: Any) -> Any:
    """The data with every letter and its accents in one character: fonts have ``ü``, not always ``u`` and dots."""
    if isinstance(data, str):
        return unicodedata.normalize("NFC", data)
    if isinstance(data, dict):
        return {key: composed(value) for key, value in data.items()}
    return [composed(each) for each in data] if isinstance(data, list | tuple) else data


def texts_of(data: Any) -> Iterator[str]:
    """Every text in JSON data, keys left out."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list | tuple):
        for each in data.values() if isinstance(data, dict) else data:
            yield from texts_of(each)
