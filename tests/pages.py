"""A page of the docs as something to follow: its files and its commands, in the order in which they stand.

- A fenced block below a line that is nothing but a bold file name (``**`folder/name.py`**``) is that file; below
  ``**`folder/name.py`**, continued`` it goes on with it.
- A fenced block ``console`` is typed: each line ``$ command`` (a ``\\`` at its end joins the next) is run in one shell,
  and the lines below it are what the reader shall see. ``…`` stands for anything, also for several lines.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from progress_lines import is_progress

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"(?P<above>[^\n]*)\n(?P<indent> *)```(?P<kind>\S*)[^\n]*\n(?P<text>.*?)\n(?P=indent)```", re.S)
FILE = re.compile(r" *\*\*`(?P<path>[^`]+)`\*\*(?P<more>, continued)?:?")
MARK = "--- end of the command ---"
#: a page of many commands on a slow machine; whoever follows a long one marks its test with more, too
SECONDS = 900


@dataclass(frozen=True)
class File:
    """A file that the page shows."""

    path: str
    text: str
    continued: bool

    def write(self, folder: Path) -> None:
        """Write it, or go on with it."""
        path = folder / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if self.continued else ""
        path.write_text(before + self.text + "\n", "utf-8")


@dataclass(frozen=True)
class Command:
    """A command that the page says to type, and what it says one sees."""

    line: str
    shows: str

    def difference(self, said: str) -> str:
        """Expected and said, where they differ; else nothing."""
        parts = (re.escape(part.strip()) for part in self.shows.split("…"))
        pattern = ".*".join(parts)
        same = re.fullmatch(pattern, said.strip(), re.S) is not None
        return "" if same else f"$ {self.line}\n--- the page shows\n{self.shows}\n--- it says\n{said}"


def steps(page: str, *, section: str = "") -> Iterator[File | Command]:
    """The files and commands of a page of the docs, or of one section of it (its heading without ``#``)."""
    text = (DOCS / page).read_text("utf-8")
    if section:
        (text,) = re.findall(rf"^##+ {re.escape(section)}\n(.*?)(?=^## |\Z)", text, re.S | re.M)
    for block in BLOCK.finditer(text):
        lines = [line.removeprefix(block["indent"]) for line in block["text"].splitlines()]
        if named := FILE.fullmatch(block["above"]):
            yield File(named["path"], "\n".join(lines), bool(named["more"]))
        elif block["kind"] == "console":
            yield from commands("\n".join(lines))


def commands(text: str) -> Iterator[Command]:
    """The commands of a block."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        line, _, shows = part.replace("\\\n", "\0").partition("\n")
        yield Command(line.replace("\0", "\\\n"), shows)


class Shell:
    """One shell in which the commands of a page are typed, one after the other."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["timeout", "-k", "5", str(SECONDS), "bash", "--norc", "--noprofile"],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def type(self, line: str) -> str:
        """Run a command; what one sees."""
        typed, shown = self._process.stdin, self._process.stdout
        assert typed is not None
        assert shown is not None
        typed.write(f"{line}\necho; echo '{MARK}'\n")
        typed.flush()
        said = []
        for each in shown:
            if each.strip() == MARK:
                return "".join(said)
            if not is_progress(each):
                said.append(each)
        raise AssertionError(f"the shell ended at: {line}\n{''.join(said)}")
