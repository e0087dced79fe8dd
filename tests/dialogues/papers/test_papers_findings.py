"""The receipt ends with the type's notice of data protection, and is as archivable with it as without."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from test_papers import RECEIPT, faults, text_of

from dunkelwerk.dialogues.papers.receipt import render_receipt

NOTICE = "Wir löschen Ihre Angaben nach neunzig Tagen.\nMehr steht auf unserer Website."


@pytest.mark.parametrize(("language", "heading"), [("de", "Datenschutz"), ("en", "Data protection")])
def test_the_receipt_says_what_happens_to_the_data(tmp_path: Path, language: str, heading: str) -> None:
    letter = render_receipt(replace(RECEIPT, language=language, privacy=NOTICE))
    text = text_of(letter.pdf).replace("\r\n", "\n")
    assert f"{heading}\n{NOTICE}" in text
    path = tmp_path / "receipt.pdf"
    path.write_bytes(letter.pdf)
    assert faults(path) == []


def test_without_one_it_says_nothing_of_it() -> None:
    assert "Datenschutz" not in text_of(render_receipt(RECEIPT).pdf)
