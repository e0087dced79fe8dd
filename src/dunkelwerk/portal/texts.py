"""Plain texts with a little structure: ``# title``, ``## heading``, ``- item``, paragraphs; slots.

No markup of its own gets through: templates escape everything, and make links of addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from dunkelwerk.infra.i18n import _, spoken
from dunkelwerk.letters.insurer import Insurer

SIGNS = {"# ": "title", "## ": "heading", "- ": "items"}


class Block(Struct, frozen=True):
    """A heading, a paragraph, or a list with its items. ``kind``: title, heading, paragraph, items."""

    kind: str
    lines: tuple[str, ...]


def parse_text(text: str) -> tuple[Block, ...]:
    """The blocks of a text; an empty line ends a paragraph."""
    return tuple(blocks(text.splitlines()))


def blocks(lines: list[str]) -> Iterator[Block]:
    """The blocks, one after the other."""
    for kind, group in groupby(lines, key=kind_of):
        content = tuple(strip_sign(line) for line in group)
        if kind in ("title", "heading"):
            yield from (Block(kind, (line,)) for line in content)
        elif kind:
            yield Block(kind, content)


def kind_of(line: str) -> str:
    """What a line belongs to; empty for an empty one."""
    return next((kind for sign, kind in SIGNS.items() if line.startswith(sign)), "paragraph" if line.strip() else "")


def strip_sign(line: str) -> str:
    """The line without its sign."""
    return line.lstrip("#- ") if kind_of(line) != "paragraph" else line.strip()


def fill(text: str, companies: Sequence[Insurer]) -> str:
    """The text with the data of whose portal it is in its slots, e.g. ``{phone}``; no other slots are known."""
    first = companies[0]
    slots = {
        "name": joined([each.name for each in companies], _("und")),
        "address": "\n".join(first.address),
        "phone": joined_each(companies, "phone"),
        "hours": hours_of(first),
        "email": joined_each(companies, "email"),
        "website": first.website,
        "footer": "\n\n".join(filter(None, ("\n".join(further(column, first)) for column in first.footer))),
        "complaints": "\n".join(f"- {office.name}, {office.reach}" for office in first.complaints),
    }
    for name, value in slots.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def joined_each(companies: Sequence[Insurer], field: str) -> str:
    """What each has of this, with its name where there are several."""
    values = {getattr(each, field): each.name for each in companies}
    if len(values) == 1:
        return next(iter(values))
    return joined([f"{value} ({name})" for value, name in values.items()], _("oder"))


def joined(parts: Sequence[str], word: str) -> str:
    """``a, b und c``."""
    *before, last = dict.fromkeys(parts)
    return f"{', '.join(before)} {word} {last}" if before else last


def hours_of(insurer: Insurer) -> str:
    """When it is there, in the person's language."""
    return insurer.hours_en if spoken() == "en" and insurer.hours_en else insurer.hours


def further(column: Sequence[str], insurer: Insurer) -> list[str]:
    """The lines of a column of the letters' foot that say more than the lines above them: no address once more."""
    said = (insurer.phone, insurer.email, insurer.website or insurer.email)
    return [
        line for line in column if line not in (insurer.name, *insurer.address) and not any(w in line for w in said)
    ]
