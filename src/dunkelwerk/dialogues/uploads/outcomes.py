"""What may come in, what comes out of it, and the sentence that a person reads where it was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from dunkelwerk.infra.i18n import _

Kind = Literal["pdf", "jpeg", "png", "tiff", "heic"]
Code = Literal[
    "empty",
    "too_large",
    "too_many",
    "wrong_type",
    "encrypted",
    "unreadable",
    "bomb",
    "virus",
    "scanner_away",
    "busy",
]
#: codes of which the file is not at fault: the same file may be taken later
LATER = frozenset({"scanner_away", "busy"})
MEBI = 2**20


class Limits(Struct, frozen=True, kw_only=True):
    """How much is taken. Bytes, pixels, pages; ``longest_side`` is in pixels, 3508 being A4 at 300 dpi."""

    max_bytes: int = 15 * MEBI
    max_files: int = 10
    max_pixels: int = 120_000_000
    max_pages: int = 100
    #: indirect objects of a PDF
    max_objects: int = 200_000
    #: what one stream of a PDF may unpack to, and all of them together
    max_unpacked: int = 256 * MEBI
    max_unpacked_total: int = 1024 * MEBI
    #: of the PDF that is made
    max_output: int = 30 * MEBI
    longest_side: int = 3508


class Clean(Struct, frozen=True, kw_only=True, tag=True):
    """A file made safe: always a PDF, newly written. ``sha256`` is the hexadecimal digest of ``data``."""

    pages: int
    data: bytes
    original_kind: Kind
    sha256: str
    kind: Literal["pdf"] = "pdf"


class Refused(Struct, frozen=True, tag=True):
    """A file that is not taken. ``limit`` is the one that was passed, in the unit of its sentence.

    ``detail`` says more to a clerk or operator (``pixels``, ``pages``, the name of the virus), never to the public.
    """

    code: Code
    detail: str = ""
    limit: int = 0

    @property
    def is_temporary(self) -> bool:
        """Whether the same file may be taken later."""
        return self.code in LATER


class Refusal(Exception):
    """The cleaning ends here, with this outcome."""

    def __init__(self, code: Code, detail: str = "", limit: int = 0) -> None:
        super().__init__(code)
        self.refused = Refused(code, detail, limit)


def sentence(refused: Refused) -> str:
    """What happened and what to do, for the person who uploaded, in the language of this moment."""
    return _SENTENCES[refused.code](refused)


def _empty(_refused: Refused) -> str:
    return _("Diese Datei ist leer. Bitte wählen Sie die Datei noch einmal aus.")


def _too_large(refused: Refused) -> str:
    return _(
        "Diese Datei ist größer als {limit} MB. Bitte verkleinern Sie sie, oder laden Sie die Seiten einzeln hoch."
    ).format(limit=refused.limit)


def _too_many(refused: Refused) -> str:
    return _(
        "Das sind zu viele Dateien. Bitte laden Sie höchstens {limit} Dateien hoch; mehrere Seiten können in einer "
        "PDF-Datei stehen."
    ).format(limit=refused.limit)


def _wrong_type(_refused: Refused) -> str:
    return _(
        "Diese Art von Datei können wir nicht annehmen. Bitte laden Sie ein Foto (JPEG, PNG, HEIC) oder eine PDF- oder "
        "TIFF-Datei hoch."
    )


def _encrypted(_refused: Refused) -> str:
    return _(
        "Diese PDF-Datei ist mit einem Passwort geschützt. Bitte speichern Sie sie ohne Passwort und laden Sie sie "
        "noch einmal hoch."
    )


def _unreadable(_refused: Refused) -> str:
    return _(
        "Diese Datei konnten wir nicht lesen, sie ist vielleicht beschädigt. Bitte laden Sie sie noch einmal hoch. "
        "Hilft das nicht, fotografieren Sie bitte das Blatt, oder speichern Sie die Datei neu als PDF."
    )


def _bomb(refused: Refused) -> str:
    if refused.detail == "pages":
        text = _("Diese Datei hat mehr als {limit} Seiten. Bitte laden Sie nur die Seiten hoch, die gebraucht werden.")
        return text.format(limit=refused.limit)
    if refused.detail == "pixels":
        text = _(
            "Dieses Bild hat mehr als {limit} Millionen Bildpunkte. Bitte fotografieren Sie das Blatt mit einer "
            "kleineren Auflösung, oder verkleinern Sie das Bild."
        )
        return text.format(limit=refused.limit)
    return _(
        "Diese Datei ist zu aufwendig aufgebaut. Bitte speichern Sie sie neu als PDF, oder fotografieren Sie das Blatt."
    )


def _virus(_refused: Refused) -> str:
    return _(
        "In dieser Datei wurde Schadsoftware gefunden, wir haben sie nicht gespeichert. Bitte prüfen Sie Ihr Gerät mit "
        "einem Virenscanner, und schicken Sie uns das Blatt als neues Foto oder per Post."
    )


def _scanner_away(_refused: Refused) -> str:
    return _(
        "Wir können Dateien gerade nicht prüfen. Ihre Antworten sind gespeichert. Bitte laden Sie die Datei später "
        "noch einmal hoch."
    )


def _busy(_refused: Refused) -> str:
    return _(
        "Gerade laden sehr viele Menschen Dateien hoch. Ihre Antworten sind gespeichert. Bitte versuchen Sie es in "
        "einigen Minuten noch einmal."
    )


_SENTENCES: dict[str, Callable[[Refused], str]] = {
    "empty": _empty,
    "too_large": _too_large,
    "too_many": _too_many,
    "wrong_type": _wrong_type,
    "encrypted": _encrypted,
    "unreadable": _unreadable,
    "bomb": _bomb,
    "virus": _virus,
    "scanner_away": _scanner_away,
    "busy": _busy,
}
