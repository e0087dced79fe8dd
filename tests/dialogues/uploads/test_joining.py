"""Several files of one question are one PDF."""

from __future__ import annotations

import pytest
import samples
from samples import BLUE, RED, drawn, encode, is_close, picture, words

from dunkelwerk.dialogues.uploads.cleaning import clean
from dunkelwerk.dialogues.uploads.joining import join
from dunkelwerk.dialogues.uploads.outcomes import Clean, Limits


def part(data: bytes) -> bytes:
    done = clean(data, limits=Limits())
    assert isinstance(done, Clean)
    return done.data


def test_parts_are_joined_in_their_order() -> None:
    photo, paper = part(encode(picture((420, 594)), "JPEG")), part(samples.document(2))
    joined = join([paper, photo, paper])
    assert "Rezept" in words(joined, 1)
    assert words(joined, 2) == ""
    assert is_close(drawn(joined, 2).getpixel((100, 400)), RED)
    assert is_close(drawn(joined, 2).getpixel((500, 400)), BLUE)
    assert "Rezept" in words(joined, 4)
    assert join([paper, photo, paper]) == joined, "the same parts give the same bytes"
    assert joined.startswith(b"%PDF-")


def test_one_part_alone() -> None:
    assert "Rezept" in words(join([part(samples.document())]))


def test_nothing_cannot_be_joined() -> None:
    with pytest.raises(ValueError, match="no file to join"):
        join([])
