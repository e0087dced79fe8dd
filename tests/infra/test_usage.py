"""A wrong call is answered by one sentence that names what is wrong, on standard error, with exit code 2."""

from __future__ import annotations

from typing import Any

import pytest

WRONG = [
    (("dialogues", "import", "tax_id"), "Es fehlt FILE."),
    (("dialogues", "import", "tax_id", "persons.csv"), "Es fehlt --pins-out."),
    (("letters", "list"), "Den Befehl list gibt es nicht; es gibt: render,"),
    (("dialogues", "list", "--limit", "0"), "--limit: erwartet wird eine ganze Zahl ab 1."),
    (("dialogues", "list", "--limit", "x"), "--limit: erwartet wird eine ganze Zahl ab 1."),
    (("dialogues", "list", "--stat", "x"), "Die Option --stat gibt es nicht; gemeint ist vielleicht --state."),
    (("dialogues", "list", "--state"), "Der Option --state fehlt ihr Wert."),
    (("dialogues", "list", "--json=1"), "Die Option --json nimmt keinen Wert."),
    (("dialogues", "show", "a", "b"), "Zu viele Angaben: b."),
    (("--nix",), "Die Option --nix gibt es nicht."),
]


@pytest.mark.parametrize(("call", "sentence"), WRONG, ids=[" ".join(call) for call, _sentence in WRONG])
def test_a_wrong_call_is_one_sentence(run_cli: Any, call: tuple[str, ...], sentence: str) -> None:
    done = run_cli(*call)
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.strip().splitlines()
    assert line.startswith(sentence)


@pytest.mark.parametrize("call", [(), ("dialogues",), ("register", "set")])
def test_a_command_alone_shows_its_help_with_an_example(run_cli: Any, call: tuple[str, ...]) -> None:
    asked, alone = run_cli(*call, "--help"), run_cli(*call)
    assert (asked.returncode, alone.returncode) == (0, 2)
    assert asked.stdout.split() == alone.stdout.split()
    assert "Beispiel" in asked.stdout


def test_a_wrong_call_speaks_english_to_who_wants_it(run_cli: Any) -> None:
    done = run_cli("dialogues", "show", DUNKELWERK_LANGUAGE="en")
    assert done.stderr.startswith("DIALOG is missing.")
