"""Reading JSON Lines in bounded memory: line by line, a line over the limit is skipped and reported, never held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

BOM = b"\xef\xbb\xbf"
#: a case file is a few kilobytes; a longer line than this is no case file and no notice
LONGEST_LINE = 16 * 1024 * 1024


class EmptyFile(CommandError):
    """The file holds no line, or blank ones only."""


class FileLine(NamedTuple):
    """One line that is not blank: number from 1, offset in bytes, text, and why it cannot be used (or None)."""

    number: int
    offset: int
    text: bytes
    fault: str | None = None


def read_lines(path: Path) -> Iterator[FileLine]:
    """The lines of a file; raises CommandError for a file that cannot be read, EmptyFile for one that holds nothing."""
    with open_file(path) as stream:
        number, offset, found = 0, 0, False
        while chunk := stream.readline(LONGEST_LINE):
            number += 1
            start, offset = offset, offset + len(chunk)
            if len(chunk) == LONGEST_LINE and not chunk.endswith(b"\n"):
                offset += skip_line(stream)
                found = True
                limit = LONGEST_LINE // 1024 // 1024
                yield FileLine(number, start, b"", _("die Zeile ist länger als {limit} MiB").format(limit=limit))
                continue
            if number == 1 and chunk.startswith(BOM):
                chunk, start = chunk[len(BOM) :], start + len(BOM)
            if chunk.strip():
                found = True
                yield FileLine(number, start, chunk)
        if not found:
            raise EmptyFile(_("{path}: die Datei ist leer.").format(path=path))


def skip_line(stream: BinaryIO) -> int:
    """Read to the end of the line without holding it; the number of bytes skipped."""
    skipped = 0
    while chunk := stream.readline(1024 * 1024):
        skipped += len(chunk)
        if chunk.endswith(b"\n"):
            break
    return skipped


def open_file(path: Path) -> BinaryIO:
    """The file opened for reading bytes; raises CommandError where that is not possible."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise wrong_usage(_("{path}: diese Datei gibt es nicht.").format(path=path)) from None
    except IsADirectoryError:
        raise wrong_usage(_("{path}: das ist ein Verzeichnis, keine Datei.").format(path=path)) from None
    except OSError as error:
        reason = error.strerror
        raise CommandError(_("{path}: nicht lesbar ({reason}).").format(path=path, reason=reason)) from None
