"""The request letter and its reminder: why we write, link, QR code and PIN, and until when. DIN 5008, form B.

The PIN is in the letter's data and file alone; neither is kept here. Source: docs/dialogues.md, docs/letters.md.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import segno
from msgspec import Struct

from dunkelwerk.dialogues.papers.engine import engine
from dunkelwerk.letters.rendering import Letter
from dunkelwerk.lines import german
from dunkelwerk.lines.address import Person, address_lines, salutation

#: what the portal asks for beside the PIN, as the letter says it: "mit …"
SECRETS = {"birth_date": "Ihrem Geburtsdatum", "postal_code": "Ihrer Postleitzahl"}


class Request(Struct, frozen=True, kw_only=True):
    """What one request letter says. ``pin`` in three groups; ``link`` carries it in its fragment; ``portal`` does not.

    ``paragraphs`` say why we write and what for, before the PIN; ``closing`` what happens if nobody answers. Sender is
    the company ``legal_entity`` of the insurer's data; ``on_paper``: whoever has no internet may have it on paper;
    ``is_reissue``: it brings a new PIN that was asked for.
    """

    reference: str
    subject: str
    paragraphs: Sequence[str]
    closing: Sequence[str]
    second_secret: str
    pin: str
    link: str
    portal: str
    valid_until: date
    legal_entity: str = ""
    is_reminder: bool = False
    is_reissue: bool = False
    in_english: bool = True
    on_paper: bool = True


def render_request(request: Request, person: Person, *, on: date) -> Letter:
    """The letter as PDF/A-3a and PDF/UA-1.

    Raises AddressFault for a person without a complete address, LetterFault for what cannot be printed,
    CompanyUnknown for a sender that the insurer does not list.
    """
    content = {
        "recipient": address_lines(person),
        "salutation": salutation(person),
        "subject": request.subject,
        "date": german.day(on),
        "about": [["Vorgang:", request.reference]],
        "paragraphs": list(request.paragraphs),
        "closing_paragraphs": list(request.closing),
        "pin": request.pin,
        "portal": request.portal.removeprefix("https://").removeprefix("http://").rstrip("/"),
        "qr": qr_code(request.link),
        "secret": SECRETS[request.second_secret],
        "valid_until": german.day(request.valid_until),
        "is_reminder": request.is_reminder,
        "is_reissue": request.is_reissue,
        "in_english": request.in_english,
        "on_paper": request.on_paper,
    }
    with engine() as setting:
        setting.insurer.ensure_known(request.legal_entity)
        return setting.render("request", setting.fill(content, legal_entity=request.legal_entity), on=on)


def qr_code(link: str) -> str:
    """The link as an SVG picture: error correction M, a quiet zone of four modules."""
    picture = io.BytesIO()
    segno.make(link, error="m", micro=False).save(picture, kind="svg", border=4, scale=4, dark="#000", light="#fff")
    return picture.getvalue().decode()
