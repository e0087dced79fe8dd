"""``docs/interfaces.md`` names every command that there is, with each of its options, and none that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import typer
from source import ROOT

from dunkelwerk.cli.app import app

PAGE = (ROOT / "docs" / "interfaces.md").read_text(encoding="utf-8")
#: a line of a list of commands: ``dunkelwerk keys list|rotate …``, which stands for both
LINE = re.compile(r"^    dunkelwerk ((?:[a-z][a-z|-]*(?: |$))+)", re.M)

Path = tuple[str, ...]


def commands(command: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every command with the words that call it; groups of commands are none."""
    inside = getattr(command, "commands", {})
    if not inside:
        yield path, command
    for name, each in inside.items():
        yield from commands(each, (*path, name))


def listed() -> dict[Path, str]:
    """What the page calls with small words, and the line where it does: commands, and perhaps a word of an argument."""
    found: dict[Path, str] = {}
    for match in LINE.finditer(PAGE):
        for path in product(*(word.split("|") for word in match[1].split())):
            for count in range(1, len(path) + 1):
                found.setdefault(path[:count], match[0])
    return found


ALL = dict(commands(typer.main.get_command(app)))


def test_every_command_is_listed() -> None:
    assert len(ALL) > 60
    assert [" ".join(path) for path in ALL if path not in listed()] == []


def test_every_option_is_named() -> None:
    options = {
        (path, option)
        for path, command in ALL.items()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    }
    lacking = [(path, option) for path, option in sorted(options) if not re.search(rf"{option}(?![a-z-])", PAGE)]
    assert [f"{' '.join(path)} {option}" for path, option in lacking] == []


def test_no_command_is_listed_that_there_is_not() -> None:
    known = {path[:count] for path in ALL for count in range(1, len(path) + 1)}
    wrong = {line.strip() for path, line in listed().items() if path not in known}
    assert wrong == set()
