"""A clerk reads German at the terminal; JSON keeps the identifiers."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dialogue_support import import_rows, person_row

from dunkelwerk.dialogues import words
from dunkelwerk.infra.errors import CommandError

SOURCE = Path(words.__file__).parent


def noted() -> Iterator[str]:
    """Every event that the source writes down by its name."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = getattr(getattr(node, "func", None), "id", "")
            if called in ("note", "note_all") and isinstance(node, ast.Call) and isinstance(node.args[2], ast.Constant):
                yield node.args[2].value


def test_every_state_and_event_has_its_words(proof: str) -> None:
    from dunkelwerk.dialogues import models

    assert set(words.states()) == {*models.STATES, "processed"}
    found = set(noted())
    assert {"created", "opened", "reissued"} <= found
    assert found - words.states().keys() - words.events().keys() == set()
    every = [*words.states().values(), *words.events().values()]
    assert [said for said in every if "_" in said] == []
    assert len(set(words.states().values())) == len(words.states())


@pytest.mark.parametrize("typed", ["returned_by_post", "returned-by-post", "Rückläufer", " rückläufer "])
def test_a_state_is_known_by_both_its_names(typed: str) -> None:
    assert words.read_state(typed) == "returned_by_post"


def test_an_unknown_state_is_told_with_the_known_ones() -> None:
    with pytest.raises(CommandError, match=r"exported \(angeschrieben\)") as error:
        words.read_state("verschickt")
    assert error.value.code == 2


def test_the_terminal_says_it_in_german(proof: str, folder: Path, run_cli: Any) -> None:
    _counts, [letter] = import_rows(folder, [person_row(1)])
    shown = run_cli("dialogues", "show", letter["dialogue"]).stdout
    assert "Zustand: angeschrieben" in shown
    assert "exported" not in shown
    listed = run_cli("dialogues", "list", "--state", "angeschrieben").stdout
    assert "angeschrieben 1" in listed
    assert "exported" not in listed
    assert letter["dialogue"] in run_cli("dialogues", "list", "--state", "exported").stdout
    (line,) = run_cli("dialogues", "list", "--json").stdout.splitlines()
    assert json.loads(line)["state"] == "exported"
    refused = run_cli("dialogues", "list", "--state", "verschickt")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    run_cli("dialogues", "paper", letter["dialogue"], "--actor", "s.desk")
    late = run_cli("dialogues", "revoke", letter["dialogue"], "--actor", "s.desk", "--reason", "Irrtum")
    assert (late.returncode, "„auf Papier beantwortet“" in late.stderr) == (1, True)
