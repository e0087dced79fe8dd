"""The cleaned files of one question in one PDF."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from pikepdf import Pdf

from dunkelwerk.dialogues.uploads.documents import write


def join(parts: Sequence[bytes]) -> bytes:
    """All pages of these cleaned PDFs, in their order. The same parts give the same bytes.

    Raises:
        ValueError: there is nothing to join.
    """
    if not parts:
        raise ValueError("There is no file to join: call this with at least one cleaned file.")
    with Pdf.new() as joined:
        sources = [Pdf.open(BytesIO(part)) for part in parts]
        for source in sources:
            joined.pages.extend(source.pages)
        data = write(joined)
        for source in sources:
            source.close()
    return data
