"""What a browser posted: names with their texts, cleaned; what is wrong with it is a Fault. Pure.

Nothing of it is trusted: control characters, invisible and direction marks and lone surrogates are removed, texts are
brought into Unicode form C, and nothing is longer than its limit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from dunkelwerk.infra.i18n import spoken

#: a longer text is cut before it is looked at, so that it costs nothing; it is then too long for any question
LONGEST: Final = 20_000
_LINES: Final = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_NAME: Final = re.compile(r"[a-z0-9_.]{1,80}")
#: names that are told to the log at most
MOST_IGNORED: Final = 20


class Fault(Struct, frozen=True):
    """What is wrong: the question's name (None: a check of the page), the id of the field to link to, one sentence.

    ``label``: the question as worded, for the error summary; "" where there is none.
    """

    question: str | None
    field: str
    sentence: str
    label: str = ""


class Posted:
    """Posted names and texts, which remembers the names that somebody asked for."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields
        self._taken: set[str] = set()

    def text(self, name: str) -> str:
        """One cleaned line; "" for none."""
        return one_line(self.raw(name))

    def raw(self, name: str) -> str:
        """The first text as it came, cut at the limit; "" for none."""
        texts = self.texts(name)
        return texts[0][: LONGEST + 1] if texts else ""

    def texts(self, name: str) -> Sequence[str]:
        """Every text of a name."""
        self._taken.add(name)
        return self._fields.get(name, ())

    def rows(self, name: str) -> list[int]:
        """The numbers of the rows posted for a list, ascending: ``members.3.first_name`` is row 3."""
        pattern = re.compile(re.escape(name) + r"\.([0-9]{1,4})\.")
        return sorted({int(match[1]) for key in self._fields if (match := pattern.match(key))})

    def ignored(self, own: Collection[str] = ()) -> tuple[str, ...]:
        """Names with content that nobody asked for. A name that is no name of ours at all is told as ``?``."""
        left = [name for name in self._fields if name not in self._taken and name not in own]
        filled = [name for name in left if any(text.strip() for text in self._fields[name])]
        return tuple(sorted({name if _NAME.fullmatch(name) else "?" for name in filled}))[:MOST_IGNORED]


def one_line(text: str) -> str:
    """Cleaned, all white space as single blanks, trimmed."""
    # most answers are short and plain: skip the expensive half
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) if "  " in text else text.strip()
    return " ".join(clean(text).split())


def lines(text: str) -> str:
    """Cleaned, with its line breaks, trimmed; never more than two breaks in a row."""
    kept = (_BLANKS.sub(" ", line).strip() for line in clean(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def clean(text: str) -> str:
    """Unicode form C, line breaks as ``\\n``, no control, format or private characters, no lone surrogates."""
    kept = _LINES.sub("\n", text[: LONGEST + 1])
    kept = "".join(char for char in kept if char in "\n\t" or unicodedata.category(char) not in _REMOVED)
    # last, as removing what stood between a letter and its accent makes new pairs
    return unicodedata.normalize("NFC", kept)


#: control, format (zero width, direction), surrogate, private use, unassigned
_REMOVED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def say(texts: Mapping[str, str] | None) -> str:
    """A text of a type in the language of ``i18n.speaking``; where it lacks that, in German, else in its first one."""
    if not texts:
        return ""
    return texts.get(spoken()) or texts.get("de") or next(iter(texts.values()))


def joined(parts: Iterable[str], between: str = ", ") -> str:
    """The parts that are not empty."""
    return between.join(part for part in parts if part)
