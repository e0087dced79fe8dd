"""The English catalogue of the messages: ``python tools/messages.py`` brings it up to date, ``--check`` examines it.

Messages are German in the source, as ``_("…")``, in the portal's templates as ``{% t "…" %}``, in a few constants that
reach ``_()`` by a name (``BY_NAME``), and in the help of the commands. The catalogue keeps the translations of messages
that are still there and drops the rest.
A new message stands in it untranslated; ``--check`` then exits with 1 and names it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from dunkelwerk.api import tokens
from dunkelwerk.cli.app import app, help_texts
from dunkelwerk.decisions import cells, faults
from dunkelwerk.dialogues.invariants import GROUPS as DIALOGUES
from dunkelwerk.infra.invariants import Group
from dunkelwerk.runner import sealed
from dunkelwerk.runner.invariants import all_groups as groups_of_cases

SOURCE = Path(__file__).parents[1] / "src" / "dunkelwerk"
TARGET = SOURCE / "locale" / "en" / "LC_MESSAGES" / "dunkelwerk.po"
IN_TEMPLATES = re.compile(r"""\{%\s*t\s+"([^"]*)"[^%]*%\}""")
#: written here and not by Babel, whose header has dates and its own version in it
HEAD = """\
# English for Dunkelwerk. The msgids are made by `python tools/messages.py`; translate the msgstr.
msgid ""
msgstr ""
"Project-Id-Version: dunkelwerk\\n"
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def all_groups() -> list[Group]:
    """Every group of invariants."""
    return [*groups_of_cases(), *DIALOGUES]


def sentences() -> Iterator[str]:
    """What the invariants say."""
    yield sealed.SENTENCE
    yield from (invariant.sentence for group in all_groups() for invariant in group.invariants)


def helps() -> Iterator[str]:
    """The help of every command, argument and option, in German."""
    for holder, name in help_texts(typer.main.get_command(app)):
        yield getattr(holder, name)


def in_templates() -> Iterator[str]:
    """What the templates of web pages say."""
    for path in sorted(SOURCE.rglob("*.html")):
        yield from IN_TEMPLATES.findall(path.read_text(encoding="utf-8"))


#: every place that translates something else than a text written there, and the texts that may come
BY_NAME: dict[tuple[str, str], Callable[[], Iterable[str]]] = {
    ("cli/app.py", "getattr(holder, name)"): helps,
    ("cli/check.py", "group.title"): lambda: (group.title for group in all_groups()),
    ("cli/check.py", "violation.sentence"): sentences,
    ("cli/tokens.py", "meaning"): tokens.SCOPES.values,
    ("decisions/cells.py", "_EXPECTED[column.type]"): cells._EXPECTED.values,
    ("decisions/faults.py", "phrase"): lambda: (phrase for _pattern, phrase in faults.PHRASES),
    ("decisions/faults.py", "KINDS.get(kind, kind)"): faults.KINDS.values,
    ("portal/tags.py", "message"): in_templates,
}


def messages() -> set[str]:
    """Every message of the source."""
    found = {text for texts in BY_NAME.values() for text in texts()}
    method = [("**.py", "python")]
    for _file, _line, message, _comments, _context in extract_from_dir(SOURCE, method, keywords={"_": None}):
        found.add(str(message))
    return found


def named() -> set[tuple[str, str]]:
    """Every place of the source that translates something else than a text written there."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                found |= {(str(path.relative_to(SOURCE)), ast.unparse(x)) for x in node.args if not is_text(x)}
    return found


def is_text(node: ast.expr) -> bool:
    """Whether it is a text, as written."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def read(text: str) -> dict[str, str]:
    """The translations of a catalogue by their messages; the empty text for none yet."""
    entries = read_po(BytesIO(text.encode()), abort_invalid=True)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id}


def render(wanted: Iterable[str], translations: dict[str, str]) -> str:
    """The catalogue of these messages, sorted, with the translations that there are."""
    catalogue = Catalog(charset="utf-8")
    for message in wanted:
        # Babel takes "% d" of "{rate} % der" for a slot
        catalogue.add(message, translations.get(message, "")).flags.clear()
    body = BytesIO()
    write_po(body, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    return HEAD + body.getvalue().decode().rstrip("\n") + "\n"


def slots(text: str) -> set[str] | None:
    """The names of the ``{slots}``; None where the text cannot be formatted."""
    try:
        return {name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def edges(text: str) -> tuple[bool, bool]:
    """Whether it starts and ends with a space: such messages are put together with others."""
    return text.startswith(" "), text.endswith(" ")


def flaws(wanted: set[str], translations: dict[str, str]) -> Iterator[str]:
    """What is wrong with the translations, a line for each."""
    for message in sorted(wanted | translations.keys()):
        translation = translations.get(message)
        if message not in wanted:
            yield f"obsolete: {message!r}"
        elif not translation:
            yield f"no translation: {message!r}"
        elif slots(message) != slots(translation):
            yield f"slots differ: {message!r} -> {translation!r}"
        elif edges(message) != edges(translation):
            yield f"spaces at the ends differ: {message!r} -> {translation!r}"


def examine(wanted: set[str], text: str) -> Iterator[str]:
    """What is wrong with the catalogue, and which texts of the source this tool does not find."""
    for path, expression in sorted(named() ^ BY_NAME.keys()):
        yield f"{path}: _({expression}) and BY_NAME of {Path(__file__).name} do not agree"
    found = list(flaws(wanted, read(text)))
    yield from found
    if not found and text != render(wanted, read(text)):
        yield "not in the order and form that this tool writes"


def main(arguments: list[str]) -> int:
    """Bring the catalogue up to date, or check it."""
    if arguments not in ([], ["--check"]):
        print("usage: python tools/messages.py [--check]", file=sys.stderr)
        return 2
    text = TARGET.read_text(encoding="utf-8") if TARGET.is_file() else HEAD
    wanted = messages()
    if arguments:
        found = list(examine(wanted, text))
        for flaw in found:
            print(f"{TARGET.name}: {flaw}", file=sys.stderr)
        return 1 if found else 0
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(render(wanted, read(text)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
