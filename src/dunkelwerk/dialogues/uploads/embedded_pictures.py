"""JPEG and JPEG 2000 pictures inside a PDF: their metadata cut out, their pixels as they were.

Phones' scanner apps put photos with EXIF, and so with the place, straight into a PDF.
Sources: ITU-T T.81 annex B (markers); ISO/IEC 15444-1 annex I (boxes).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

#: JFIF and Adobe's colour transform change what is seen; any other application segment and comment is metadata
KEPT_SEGMENTS = frozenset({0xE0, 0xEE})
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
START, END, SCAN, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: within a scan: a byte FF that is neither stuffed, nor a restart marker, nor filling
IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
BOXES = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})
CODESTREAM = b"\xff\x4f\xff\x51"
BOX_SIGNATURE = b"\0\0\0\x0cjP  "


class BrokenPicture(Exception):
    """The picture inside a PDF ends early, or is no such picture."""


def strip_jpeg(data: bytes) -> bytes:
    """The same picture without metadata, and without anything behind its end."""
    if data[:2] != b"\xff\xd8":
        raise BrokenPicture("a JPEG stream of the PDF does not start like one")
    parts = [b"\xff\xd8"]
    for marker, segment in _segments(data):
        is_metadata = marker == COMMENT or (0xE0 <= marker <= 0xEF and marker not in KEPT_SEGMENTS)
        if not is_metadata:
            parts.append(segment)
    return b"".join(parts) + b"\xff\xd9"


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with its segment, that of a scan with the coded data behind it. A missing end is forgiven."""
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            raise BrokenPicture("a JPEG stream of the PDF has no marker where one belongs")
        marker = data[place + 1]
        if marker == END:
            return
        if marker == 0xFF:
            place += 1
            continue
        end = place + 2 if marker in ALONE else place + 2 + struct.unpack_from(">H", data, place + 2)[0]
        if marker == SCAN:
            found = IN_SCAN.search(data, end)
            end = found.start() if found else len(data)
        if end > len(data):
            raise BrokenPicture("a JPEG stream of the PDF ends early")
        yield marker, data[place:end]
        place = end


def jpeg_pixels(data: bytes) -> int:
    """Width times height as the picture's own header says, whatever the PDF says about it."""
    for marker, segment in _segments(data):
        if marker in FRAMES and len(segment) >= 9:
            height, width = struct.unpack_from(">HH", segment, 5)
            return int(height * width)
    raise BrokenPicture("a JPEG stream of the PDF has no frame")


def strip_jpeg2000(data: bytes) -> bytes:
    """The boxes that make the picture; a bare codestream stays as it is."""
    if data.startswith(CODESTREAM):
        return data
    if not data.startswith(BOX_SIGNATURE):
        raise BrokenPicture("a JPEG 2000 stream of the PDF does not start like one")
    return b"".join(box for name, box in _boxes(data) if name in BOXES)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each whole box with its name; what hangs behind the last one is none."""
    place = 0
    while place + 8 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        if length == 1:
            length = int.from_bytes(data[place + 8 : place + 16], "big")
        length = length or len(data) - place
        if length < 8 or place + length > len(data):
            return
        yield data[place + 4 : place + 8], data[place : place + length]
        place += length


def jpeg2000_pixels(data: bytes) -> int:
    """Width times height of the codestream's own header."""
    place = data.find(CODESTREAM)
    if place < 0 or len(data) < place + 16:
        raise BrokenPicture("a JPEG 2000 stream of the PDF has no codestream")
    width, height = struct.unpack_from(">II", data, place + 8)
    return int(width * height)
