"""Plain texts with a little structure: ``# title``, ``## heading``, ``- item``, paragraphs; slots.

No markup of its own gets through: templates escape everything, and make links of addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct

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


def fill(text: str, insurer: Insurer) -> str:
    """The text with the insurer's data in its slots, e.g. ``{phone}``; no other slots are known."""
    slots = {
        "name": insurer.name,
        "address": "\n".join(insurer.address),
        "phone": insurer.phone,
        "hours": insurer.hours,
        "email": insurer.email,
        "website": insurer.website,
        "footer": "\n\n".join("\n".join(column) for column in insurer.footer),
        "complaints": "\n".join(f"- {office.name}, {office.reach}" for office in insurer.complaints),
    }
    for name, value in slots.items():
        text = text.replace(f"{{{name}}}", value)
    return text
