"""The receipt: everything that was asked and answered, as it was worded, with the files and their digests.

PDF/A-3a and PDF/UA-1, in the person's language; the structured answers are attached as JSON. Source: docs/dialogues.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.dialogues.papers.engine import engine
from dunkelwerk.infra.businessday import BERLIN
from dunkelwerk.letters.fonts import UNSEEN
from dunkelwerk.letters.rendering import Engine, Letter
from dunkelwerk.lines import german

#: stands for a character that no font of ours has; the attached answers have the character itself
SUBSTITUTE = "?"


class Answered(Struct, frozen=True):
    """One question as it was worded, and the answer as it was shown; several lines where there are several."""

    question: str
    answer: str


class Section(Struct, frozen=True):
    """One page of the form."""

    title: str
    answered: tuple[Answered, ...]


class File(Struct, frozen=True):
    """One uploaded file as it was kept: its name, pages and SHA-256 (hexadecimal)."""

    name: str
    pages: int
    sha256: str


class Receipt(Struct, frozen=True, kw_only=True):
    """What a receipt says. ``answers`` are attached as they are; ``language``: ``de`` or ``en``.

    ``privacy``: the type's notice of what happens to the data, at the end. ``about``: what it is about, e.g. a
    contract; ``legal_entity``: the company of the insurer's data whose receipt it is.
    """

    title: str
    reference: str
    form: str
    version: int
    person: str
    submitted_at: datetime
    language: str
    sections: Sequence[Section]
    files: Sequence[File]
    answers: Mapping[str, Any]
    privacy: str = ""
    about: str = ""
    legal_entity: str = ""


def render_receipt(receipt: Receipt) -> Letter:
    """The receipt; never fails for what a person typed: characters without a glyph are replaced, and it says so.

    Raises CompanyUnknown for a company that the insurer does not list.
    """
    with engine() as setting:
        setting.insurer.ensure_known(receipt.legal_entity)
        return set_receipt(setting, receipt)


def set_receipt(setting: Engine, receipt: Receipt) -> Letter:
    """The receipt, by this engine."""
    at = receipt.submitted_at.astimezone(BERLIN)
    attached = msgspec.json.format(
        msgspec.json.encode(
            {
                "reference": receipt.reference,
                "form": receipt.form,
                "version": receipt.version,
                "submitted_at": at.isoformat(timespec="seconds"),
                "answers": receipt.answers,
                "files": receipt.files,
            }
        )
    ).decode()
    shown, replaced = printable(
        {
            "title": receipt.title,
            "person": receipt.person,
            "about": receipt.about,
            "privacy": receipt.privacy,
            "sections": msgspec.to_builtins(receipt.sections),
            "files": msgspec.to_builtins(receipt.files),
        },
        setting.characters,
    )
    content = {
        **shown,
        "reference": receipt.reference,
        "version": receipt.version,
        "submitted_at": moment(at, receipt.language),
        "language": receipt.language,
        "replaced": replaced,
    }
    data = setting.fill(content, legal_entity=receipt.legal_entity)
    return setting.render("receipt", data, on=at.date(), attached=attached)


def moment(at: datetime, language: str) -> str:
    """Day and time as the person reads them."""
    if language == "en":
        return f"{at.day} {at:%B %Y, %H:%M}"
    return f"{german.day(at.date())}, {at:%H:%M} Uhr"


def printable(data: Any, covered: frozenset[int]) -> tuple[Any, bool]:
    """The data with every character that no font shows replaced, and whether there was one."""
    if isinstance(data, str):
        text = "".join(each if ord(each) in covered or each in UNSEEN else SUBSTITUTE for each in data)
        return text, text != data
    if isinstance(data, dict):
        found = {key: printable(value, covered) for key, value in data.items()}
        return {key: value for key, (value, _changed) in found.items()}, any(c for _value, c in found.values())
    if isinstance(data, list | tuple):
        each = [printable(value, covered) for value in data]
        return [value for value, _changed in each], any(changed for _value, changed in each)
    return data, False
