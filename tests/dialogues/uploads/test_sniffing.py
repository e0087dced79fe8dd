"""What is refused before anything is decoded, and what a person reads about it."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import get_args

import pytest
import samples

from dunkelwerk.dialogues.uploads.cleaning import clean
from dunkelwerk.dialogues.uploads.outcomes import MEBI, Code, Limits, Refused, sentence
from dunkelwerk.dialogues.uploads.sniffing import check_at_the_door, check_number, kind_of

LIMITS = Limits()


def archive() -> bytes:
    """A word processor's file is a ZIP."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("word/document.xml", "<w:document/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0 This program cannot be run in DOS mode",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?><svg/>",
        b"GIF89a;",
        b"RIFF\0\0\0\0WEBP",
        b"\0\0\0\x1cftypavif",
        b"\0\0\0\x1cftypisom",
        b"\x7fELF",
        b"junk\n" + samples.document(),
        b"\n" + samples.document(),
        b"GIF89a" + samples.document(),
        archive(),
        archive() + samples.document(),
    ],
)
def test_other_kinds_are_refused_whatever_they_are_called(data: bytes) -> None:
    assert clean(data, limits=LIMITS) == Refused("wrong_type")
    assert check_at_the_door(data, LIMITS) == Refused("wrong_type")


def test_an_empty_file() -> None:
    assert clean(b"", limits=LIMITS) == Refused("empty")


@pytest.mark.parametrize(("most", "refused"), [(0, False), (-1, True)])
def test_the_limit_of_bytes(most: int, refused: bool) -> None:
    data = samples.document()
    done = clean(data, limits=Limits(max_bytes=len(data) + most))
    assert (done == Refused("too_large", limit=0)) is refused


def test_the_limit_is_told_in_megabytes() -> None:
    done = check_at_the_door(b"%PDF-" + bytes(15 * MEBI), LIMITS)
    assert done == Refused("too_large", limit=15)
    assert "15 MB" in sentence(done)


def test_the_number_of_files() -> None:
    assert check_number(10, LIMITS) is None
    done = check_number(11, LIMITS)
    assert done == Refused("too_many", limit=10)
    assert "höchstens 10 Dateien" in sentence(done)


def test_a_picture_that_also_is_a_pdf_is_a_picture() -> None:
    assert kind_of(samples.encode(samples.picture(), "JPEG") + samples.document()) == "jpeg"


@pytest.mark.parametrize("code", get_args(Code))
def test_every_refusal_says_what_to_do(code: Code) -> None:
    text = sentence(Refused(code, limit=7))
    assert "itte " in text
    assert "{" not in text


def test_a_refusal_is_told_in_the_language_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Refused("encrypted")
    assert "Passwort" in sentence(refused)
    monkeypatch.setenv("DUNKELWERK_LANGUAGE", "en")
    assert "password" in sentence(refused)


@pytest.mark.parametrize(
    ("detail", "said"), [("pages", "7 Seiten"), ("pixels", "7 Millionen"), ("content", "neu als PDF")]
)
def test_each_bomb_has_its_own_sentence(detail: str, said: str) -> None:
    assert said in sentence(Refused("bomb", detail, 7))


def test_only_what_the_file_is_not_to_blame_for_may_be_tried_again() -> None:
    assert {code for code in get_args(Code) if Refused(code).is_temporary} == {"scanner_away", "busy"}
