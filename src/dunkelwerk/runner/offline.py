"""Deciding files without a database: streaming, in the notices' order, on any number of worker processes."""

from __future__ import annotations

import gc
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from msgspec import Struct

from dunkelwerk.decisions.decision import Decision
from dunkelwerk.decisions.reading import Duplicate, Raw, Reader, Source, Unread
from dunkelwerk.infra.jsonlines import read_lines
from dunkelwerk.lines.registry import processes
from dunkelwerk.runner.case_index import CaseIndex, build_index

LINES_PER_CHUNK = 200


class Task(Struct, frozen=True):
    """What to decide: a process by name, two files, the insurer's parameters, the business day."""

    process: str
    case_files: Path
    notices: Path
    overrides: dict[str, Any]
    on: date


class Answers(Struct, frozen=True):
    """The decisions of one chunk as JSON, in order, and a sentence for each line that was malformed."""

    lines: list[bytes]
    faults: list[str]


def decide_files(task: Task, *, workers: int = 1) -> Iterator[Answers]:
    """Decide every notice. Memory does not grow with the files."""
    with TemporaryDirectory(prefix="dunkelwerk-") as folder:
        index = Path(folder) / "index.sqlite"
        if faults := build_index(task.case_files, index):
            yield Answers([], faults)
        chunks = chunked(read_lines(task.notices))
        if workers == 1:
            decider = Decider(task, index)
            yield from map(decider.decide, chunks)
            decider.close()
        else:
            yield from decide_in_parallel(task, index, chunks, workers)


def chunked(lines: Iterable[Any]) -> Iterator[list[Any]]:
    """The lines in chunks."""
    iterator = iter(lines)
    while chunk := list(islice(iterator, LINES_PER_CHUNK)):
        yield chunk


def decide_in_parallel(task: Task, index: Path, chunks: Iterator[Any], workers: int) -> Iterator[Answers]:
    """The chunks' answers in order; only a few chunks per worker are on their way at any time."""
    context = multiprocessing.get_context("spawn")
    waiting: deque[Future[Answers]] = deque()
    with ProcessPoolExecutor(workers, context, initializer=start_worker, initargs=(task, index)) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(work_chunk, chunk))
            if len(waiting) > 3 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_decider: Decider


def start_worker(task: Task, index: Path) -> None:
    """Prepare a worker process."""
    global _decider
    _decider = Decider(task, index)


def work_chunk(chunk: list[Any]) -> Answers:
    """Decide a chunk in a worker process."""
    return _decider.decide(chunk)


class Decider:
    """Decides chunks of notice lines."""

    def __init__(self, task: Task, index: Path) -> None:
        process = processes()[task.process]
        book = process.book.override(task.overrides, source="--parameters") if task.overrides else process.book
        self.reader = Reader(process, book.on(task.on))
        self.key = process.line.key
        self.notices = str(task.notices)
        self.cases = CaseIndex(task.case_files, index)
        self.encode = msgspec.json.Encoder().encode
        gc.freeze()  # what is loaded now stays: the collector need not look through it again and again

    def decide(self, chunk: list[Any]) -> Answers:
        """The answers to a chunk of file lines."""
        notices = [
            self.reader.read_notice(Raw(Source(self.notices, line.number), line.text, line.fault)) for line in chunk
        ]
        faults = [f"{each.evidence['where']}: {each.evidence['what']}" for each in notices if isinstance(each, Unread)]
        cases = self.cases.find({getattr(each, self.key) for each in notices if not isinstance(each, Unread)})
        lines = [self.encode(self.answer(notice, cases).as_json()) for notice in notices]
        return Answers(lines, faults + self.reader.take_faults())

    def answer(self, notice: Any, cases: dict[str, Raw | Duplicate]) -> Decision:
        """The decision on one notice."""
        case = None if isinstance(notice, Unread) else cases.get(getattr(notice, self.key))
        return self.reader.answer(notice, case)

    def close(self) -> None:
        """Close the files."""
        self.cases.close()
