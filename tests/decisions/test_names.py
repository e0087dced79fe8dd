"""Comparing names: what makes no difference, and what does."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunkelwerk.decisions.names import (
    comparable,
    first_word,
    same_first_name,
    same_last_name,
    same_whole_first_name,
)

LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßéèçñåøæœłđıABCZÄÖÜẞÉ"
WORDS = st.text(LETTERS, min_size=1, max_size=8)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"}
TITLES = ["Dr. ", "Dr.", "Dr ", "DR. ", "dr.", "Prof. ", "Prof.", "Prof ", "Prof. Dr. ", "Prof.Dr.", "Prof Dr ", "Dr.-"]
TITLES += ["Dr. Dr. ", "Dr.Dr.", "Prof. Dr. Dr. ", "Prof. Dr Prof.Dr. ", "  Dr.  ", "Dr-", "Prof–"]
DASHES = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Pd"]
APOSTROPHES = "'’‘´ʼ`"


@given(NAMES)
def test_comparable_is_idempotent(name: str) -> None:
    assert comparable(comparable(name)) == comparable(name)


@given(NAMES, NAMES)
def test_comparing_is_symmetric(one: str, other: str) -> None:
    assert same_last_name(one, other) is same_last_name(other, one)
    assert same_first_name(one, other) is same_first_name(other, one)
    assert same_whole_first_name(one, other) is same_whole_first_name(other, one)


@given(NAMES)
def test_a_name_equals_itself_however_it_is_written(name: str) -> None:
    spelled = "".join(UMLAUTS.get(char, char) for char in name)
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    for other in (name, name.upper(), name.casefold(), spelled, f"  {name}\t", name.replace(" ", "  "), *forms):
        assert same_last_name(name, other), other


@given(NAMES, st.sampled_from(DASHES))
def test_dashes_and_blanks_are_equal(name: str, dash: str) -> None:
    assert same_last_name(name, name.replace(" ", dash))
    assert same_last_name(name, name.replace(" ", f" {dash} "))


def test_there_are_many_dashes() -> None:
    assert {"-", "–", "—", "‐", "‑", "－", "〜"} <= set(DASHES)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("name", ["Groß", "Müller-Lüdenscheidt", "Drexler", "Professor", "Drost"])
def test_leading_titles_do_not_count(title: str, name: str) -> None:
    assert same_last_name(title + name, name)
    assert same_last_name(title + name, "Dr. " + name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Drexler", "Exler"),
        ("Profanter", "Anter"),
        ("Professor Groß", "Groß"),
        ("Doktor Groß", "Groß"),
        ("Groß Dr.", "Groß"),
        ("Dr. med. Groß", "Groß"),
        ("Dr.-Ing. Groß", "Groß"),
        ("Müller", "Muller"),
        ("Groß", "Gros"),
        ("Müller-Lüdenscheidt", "Müller"),
        ("Müller-Lüdenscheidt", "Lüdenscheidt-Müller"),
        ("MüllerLüdenscheidt", "Müller-Lüdenscheidt"),
        ("Meier", "Meyer"),
    ],
)
def test_different_last_names(one: str, other: str) -> None:
    assert not same_last_name(one, other)


@pytest.mark.parametrize("sign", APOSTROPHES)
def test_apostrophes_do_not_count(sign: str) -> None:
    assert same_last_name(f"D{sign}Angelo", "DAngelo")
    assert same_last_name(f"D{sign}r. Groß", "Groß")


@pytest.mark.parametrize(
    ("written", "letters"),
    [
        ("ÄÖÜẞ", "aeoeuess"),
        ("Ærø", "aeroe"),
        ("Œuvre", "oeuvre"),
        ("Łódź", "lodz"),
        ("Đoković", "dokovic"),
        ("Işık", "isik"),
        ("İnci", "inci"),
        ("René", "rene"),
        ("Françoise", "francoise"),
        ("Åse", "ase"),
        ("ﬁscher", "fischer"),
        ("Ｇｒｏｓｓ", "gross"),
        ("A\u0308", "ae"),
        ("n\u0303", "n"),
    ],
)
def test_letters(written: str, letters: str) -> None:
    assert comparable(written) == letters


@pytest.mark.parametrize("empty", ["", " ", "-", "'", "Dr.", "Prof. Dr.", "dr", "\u0308"])
def test_an_empty_name_matches_nobody(empty: str) -> None:
    assert comparable(empty) == ""
    assert not same_last_name(empty, empty)
    assert not same_first_name(empty, empty)


@pytest.mark.parametrize(
    ("one", "other", "same", "whole"),
    [
        ("Jürgen", "Juergen", True, True),
        ("Jürgen Karl", "Jürgen Otto", True, False),
        ("Jürgen Karl", "Jürgen", True, False),
        ("Hans-Jürgen", "Hans", True, False),
        ("Hans-Jürgen", "Hans Juergen", True, True),
        ("Hans-Jürgen", "Jürgen", False, False),
        ("Hansjürgen", "Hans Jürgen", False, False),
        ("Dr. Jürgen", "Jürgen", True, True),
        ("Jan", "Jana", False, False),
    ],
)
def test_first_names(one: str, other: str, same: bool, whole: bool) -> None:
    assert same_first_name(one, other) is same
    assert same_whole_first_name(one, other) is whole


@given(NAMES)
def test_the_first_word_holds_no_blank_and_begins_the_name(name: str) -> None:
    word = first_word(name)
    assert " " not in word
    assert comparable(name).startswith(word)
