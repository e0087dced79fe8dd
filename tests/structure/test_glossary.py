"""The glossary and the code agree: what is in force occurs, what is planned does not."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "dunkelwerk"
GLOSSARY = ROOT / "docs" / "glossary.md"
TERM = re.compile(r"`(?P<term>[^`]+)`(?P<planned> \(geplant\))?")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def rows() -> Iterator[str]:
    """The rows of the glossary's tables."""
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            yield line


def terms(*, planned: bool) -> list[str]:
    """The identifiers in force, or the planned ones, each once."""
    found = (match for line in rows() for match in TERM.finditer(line))
    return list(dict.fromkeys(match["term"] for match in found if bool(match["planned"]) is planned))


@cache
def words(kind: int) -> frozenset[str]:
    """The identifiers (or the words of one-word texts) in the source, in snake case, and the names of its modules."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            continue
        found |= {path.stem, path.parent.name} if kind == tokenize.NAME else set()
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == kind and " " not in token.string:
                found |= set(re.findall(r"\w+", token.string))
    return frozenset(HUMP.sub("_", word).lower() for word in found)


@pytest.mark.parametrize("term", terms(planned=False))
def test_a_term_in_force_occurs_in_the_source(term: str) -> None:
    assert term in words(tokenize.NAME) | words(tokenize.STRING)


@pytest.mark.parametrize("term", terms(planned=True))
def test_a_planned_term_does_not_occur_yet(term: str) -> None:
    assert term not in words(tokenize.NAME), f"{term} is in use: take (geplant) off docs/glossary.md"


def test_no_german_word_stands_twice() -> None:
    """Two meanings of one German word need a word in brackets that tells them apart."""
    german = [line.split("|")[1].strip() for line in rows()]
    doubled = {word for word in german if german.count(word) > 1} - {"German", "---"}
    assert doubled == set()


def test_identifiers_are_snake_case_and_the_table_is_whole() -> None:
    assert [term for term in [*terms(planned=True), *terms(planned=False)] if not re.fullmatch(r"[a-z_]+", term)] == []
    assert [line for line in rows() if line.count("|") != 4] == []
