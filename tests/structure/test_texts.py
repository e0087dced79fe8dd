"""Texts that a person reads: translatable, German, every slot filled, every command with an example."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import click
import pytest
import typer
from source import calls, trees

from dunkelwerk.cli.app import app
from dunkelwerk.lines.registry import processes

#: marks a text that somebody wrote in English; none of these is a German word
ENGLISH = re.compile(r"\b(?:the|is|are|not|must|and|with|unknown|found|cannot|should|missing|invalid|please)\b", re.I)
#: what a person at the terminal reads
ERRORS = re.compile(r"^(?:\w+\.)*(?:CommandError|wrong_usage)$")


def is_english(text: str) -> bool:
    """Whether somebody wrote it in English; the names of slots are."""
    return ENGLISH.search(re.sub(r"\{[^}]*\}", "", text)) is not None


def msgids() -> Iterator[tuple[str, str]]:
    """Every message with where it stands."""
    for place, called, call in calls():
        if called == "_" and call.args and isinstance(call.args[0], ast.Constant):
            yield place, str(call.args[0].value)


def test_messages_are_plain_texts() -> None:
    """``_(f"…")`` and ``_("…" + x)`` can never be translated; a name may stand for a text that is written elsewhere."""
    kinds = (ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Call)
    assert [place for place, called, call in calls() if called == "_" and not isinstance(call.args[0], kinds)] == []


def test_messages_are_german() -> None:
    assert [(place, text) for place, text in msgids() if is_english(text)] == []


def test_every_slot_of_a_message_is_filled_and_no_more() -> None:
    wrong = []
    for place, _called, call in calls():
        formatted = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "format" else None
        if not (isinstance(formatted, ast.Call) and ast.unparse(formatted.func) == "_"):
            continue
        text = formatted.args[0]
        if isinstance(text, ast.Constant) and all(keyword.arg for keyword in call.keywords) and not call.args:
            slots = {re.split(r"[.\[]", slot)[0] for _, slot, _, _ in Formatter().parse(str(text.value)) if slot}
            if slots != {keyword.arg for keyword in call.keywords}:
                wrong.append(place)
    assert wrong == []


def test_errors_at_the_terminal_are_translatable() -> None:
    """Their text is a message, or put together from messages: never a bare text."""
    bare = [
        place
        for place, called, call in calls()
        if ERRORS.match(called) and call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert bare == []


def test_nothing_prints_a_bare_text() -> None:
    bare = [place for place, called, call in calls() if called == "print" and any(map(is_prose, call.args))]
    assert bare == []


def is_prose(node: ast.expr) -> bool:
    """Whether it is a text of several words."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) > 1


@pytest.mark.parametrize("process", processes().values(), ids=lambda process: process.name)
def test_reasons_and_parameters_are_german(process) -> None:  # type: ignore[no-untyped-def]
    said = [text for reason in process.line.catalogue for text in (reason.title, reason.text)]
    said += [entry.name for entry in process.book.entries.values()] + [process.title]
    assert [text for text in said if is_english(text)] == []


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and subcommand by what one types."""

    def walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        if inside := getattr(command, "commands", None):
            for name, each in inside.items():
                yield from walk(f"{path} {name}", each)
        else:
            yield path, command

    yield from walk("dunkelwerk", typer.main.get_command(app))


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=[path for path, _ in commands()])
def test_every_command_explains_itself_in_german_with_an_example(path: str, command: click.Command) -> None:
    told = f"{command.help or ''}\n{command.epilog or ''}"
    assert command.help
    assert path in told, "an example shows what one types"
    assert not is_english(command.help)
    silent = [parameter.name for parameter in command.params if not getattr(parameter, "help", None)]
    assert silent == []


def test_the_source_was_read() -> None:
    assert len(trees()) > 30
    assert len(list(msgids())) > 50
