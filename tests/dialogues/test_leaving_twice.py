"""Whoever leaves a form, and leaves it again: no paper for the wrong person, and no word is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest
from dialogue_support import import_rows, person_row

OPEN_ITEMS = "SELECT key, task FROM work_item WHERE state <> 'done' ORDER BY key, task"


@pytest.fixture
def letters(proof: str, folder: Path) -> Sequence[dict[str, str]]:
    """Two dialogues."""
    return import_rows(folder, [person_row(1), person_row(2)])[1]


def leave(reference: str, kind: str, words: str = "") -> None:
    from dunkelwerk.dialogues import operations, queries

    operations.exit_by_person(queries.find(reference).id, kind, note_text=words)


def words_of(reference: str) -> list[str]:
    from dunkelwerk.dialogues import reading_out

    return [each.data.decode() for each in reading_out.read_out(reference, actor="test")]


@pytest.mark.parametrize(("kind", "task"), [("not_me", "wrong_person"), ("deceased", "deceased")])
def test_no_paper_goes_to_whom_it_is_not_for(
    proof: str, letters: Sequence[dict[str, str]], kind: str, task: str
) -> None:
    asked, other = (each["dialogue"] for each in letters)
    leave(asked, "on_paper")
    leave(other, "on_paper")
    leave(asked, kind)
    with psycopg.connect(proof) as database:
        items = database.execute(OPEN_ITEMS).fetchall()
    assert sorted(items) == sorted([(asked, task), (other, "paper_form")])


def test_no_paper_goes_out_for_what_was_revoked(proof: str, letters: Sequence[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import operations

    asked, other = (each["dialogue"] for each in letters)
    leave(asked, "on_paper")
    leave(other, "on_paper")
    operations.revoke(asked, actor="test", reason="irrtümlich")
    with psycopg.connect(proof) as database:
        assert database.execute(OPEN_ITEMS).fetchall() == [(other, "paper_form")]


def test_words_are_put_below_those_that_were_said_before(letters: Sequence[dict[str, str]]) -> None:
    reference = letters[0]["dialogue"]
    for words in ("Bitte in Großdruck, ich bin blind.", "", "Danke!", "Danke!"):
        leave(reference, "on_paper", words)
    assert words_of(reference) == ["Bitte in Großdruck, ich bin blind.\n\nDanke!\n"]
    leave(reference, "not_me", "Otto wohnt hier nicht.")
    assert words_of(reference) == ["Bitte in Großdruck, ich bin blind.\n\nDanke!\n\nOtto wohnt hier nicht.\n"]


def test_of_very_many_words_the_first_stay(letters: Sequence[dict[str, str]]) -> None:
    reference = letters[0]["dialogue"]
    for number in range(12):
        leave(reference, "on_paper", f"{number} " + "x" * 3000)
    (said,) = words_of(reference)
    assert said.startswith("0 xxx")
    assert len(said.rstrip("\n")) == 20_000
