"""Setting papers: the letters' engine with the templates of dialogues, one per process, for one thread at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock

from dunkelwerk.letters.rendering import Engine

TEMPLATES = Path(__file__).parent / "templates"
#: a paper takes milliseconds, an engine of its own for each thread would take longer and hold its fonts in memory
_turn = Lock()


@contextmanager
def engine() -> Iterator[Engine]:
    """The engine, alone; raises CommandError where fonts or the insurer's folder cannot be used."""
    with _turn:
        yield _make()


@cache
def _make() -> Engine:
    return Engine(TEMPLATES)
