"""Letters from data: typst templates become PDF/A-3a and PDF/UA-1. Knows no line of business.

A compiler stays warm and gives one document per call: about 7 ms a letter. One compile of many letters would have to
be split afterwards, which loses the tags that PDF/UA asks for. The same data, date and templates give the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pypdfium2
import typst
from msgspec import Struct

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.letters.fonts import FONTS, composed, covered_characters, font_files, missing_character, texts_of
from dunkelwerk.letters.insurer import TEMPLATES, Insurer, own_folder, read_insurer

STANDARDS = ["a-3a", "ua-1"]
SUFFIX = ".typ"
#: what a template says by ``panic`` where the address does not fit its field
ADDRESS_TOO_LONG = "address_too_long"
#: where typst found a fault
PLACE = re.compile(r"(?P<file>[\w-]+\.typ):(?P<line>\d+):\d+")


class LetterFault(Exception):
    """This one letter cannot be made; ``fault`` says why, without personal data, in German whatever the language."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Letter(Struct, frozen=True):
    """A finished letter."""

    pdf: bytes
    pages: int

    @property
    def sha256(self) -> str:
        """The file's digest, hexadecimal."""
        return hashlib.sha256(self.pdf).hexdigest()


class Engine:
    """Renders the letters of one line: ours, unless the insurer's folder has its own. Not for two threads."""

    def __init__(self, templates: Path) -> None:
        """Gather templates and fonts; raises CommandError where fonts or the insurer's folder cannot be used."""
        own = own_folder()
        self.insurer: Insurer = read_insurer(own)
        self._place = TemporaryDirectory(prefix="dunkelwerk-letters-")
        self._root = Path(self._place.name)
        for folder in (TEMPLATES, templates, *([own] if own else [])):
            gather(folder, self._root)
        fonts = [FONTS, *([own / "fonts"] if own and (own / "fonts").is_dir() else [])]
        self._covered = covered_characters(font_files(fonts[1:]))
        loaded = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=fonts)
        self._compiler = typst.Compiler(root=self._root, font_paths=loaded, ignore_system_fonts=True)
        self.version = version_of(self._root)

    def fill(self, content: Mapping[str, Any], *, legal_entity: str) -> dict[str, Any]:
        """The content with the sender, ready to be rendered: all that the file depends on but templates and date."""
        sender = {"insurer": self.insurer.of(legal_entity), "font": self.insurer.font}
        filled: dict[str, Any] = composed({**content, **sender})
        return filled

    @property
    def characters(self) -> frozenset[int]:
        """The code points that some font shows."""
        return self._covered

    def render(self, template: str, data: Mapping[str, Any], *, on: date, attached: str | None = None) -> Letter:
        """The letter with the date ``on``, from filled data; raises LetterFault for data that cannot be printed.

        ``attached``: the text of a file that the template attaches.
        """
        if character := missing_character(data, self._covered):
            raise LetterFault(f"das Zeichen {character} fehlt in den Schriften")
        text = msgspec.json.encode(data).decode()
        stamp = datetime(on.year, on.month, on.day, tzinfo=UTC)
        try:
            pdf: bytes = self._compiler.compile(
                input=self._main(template),
                format="pdf",
                sys_inputs={"data": text} if attached is None else {"data": text, "attached": attached},
                pdf_standards=STANDARDS,
                timestamp=stamp,
            )
        except typst.TypstError as error:
            raise LetterFault(fault_of(template, error, data)) from None
        return Letter(pdf, count_pages(pdf))

    def _main(self, template: str) -> Path:
        path = self._root / f"{template}{SUFFIX}"
        if not re.fullmatch(r"[a-z_]+", template) or not path.is_file():
            raise LetterFault(f"die Vorlage {template} gibt es nicht")
        return path


def gather(folder: Path, target: Path) -> None:
    """Copy what templates read (all but fonts and code) into the compiler's root; a later folder goes before."""
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in (".py", ".pyc") and "fonts" not in path.relative_to(folder).parts:
                place = target / path.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
    except OSError as error:
        raise CommandError(_("{folder}: nicht lesbar ({fault}).").format(folder=folder, fault=error.strerror)) from None


def version_of(root: Path) -> str:
    """Twelve hexadecimal digits that change with any template and with the program that sets them."""
    digest = hashlib.sha256(typst.__version__.encode())
    for path in sorted(root.rglob(f"*{SUFFIX}")):
        digest.update(f"\0{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def fault_of(template: str, error: typst.TypstError, data: Mapping[str, Any]) -> str:
    """Why a letter could not be set: where, and what unless it holds one of the letter's texts."""
    if ADDRESS_TOO_LONG in error.message:
        return "die Anschrift passt nicht in das Anschriftfeld"
    place = PLACE.search(error.diagnostic)
    where = f"{place['file']}:{place['line']}" if place else f"{template}{SUFFIX}"
    told = any(len(text) > 1 and text in error.message for text in texts_of(data))
    what = "Fehler der Vorlage" if told or error.message.startswith("panicked") else error.message
    return f"{where} lässt sich nicht setzen: {what}"


def count_pages(pdf: bytes) -> int:
    """The number of pages."""
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def text_of(pdf: bytes) -> str:
    """The text as printed, page after page, for previews."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return "\n\n".join(plain(page) for page in pages)


def plain(text: str) -> str:
    """The text with blanks, line ends, and hyphens at line ends (\x02 in PDFium) as usual."""
    return text.replace("\r\n", "\n").replace("\N{NO-BREAK SPACE}", " ").replace("\x02", "-").strip()
