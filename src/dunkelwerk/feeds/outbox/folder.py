"""Writing messages into files for the core system: JSON Lines that appear complete, under a name never used twice."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from dunkelwerk.feeds.outbox.messages import Message, envelope

#: the core system may be of another user, of the folder's group
MODE = 0o640


def write(messages: Sequence[Message], folder: Path) -> str | None:
    """Write messages as one file, named by the first and last id; None, or what went wrong.

    A file that has the same content already is the same delivery, whose end we did not see. One that differs stays
    (ids begin again after a restored backup), and ours gets a further number.
    """
    content = b"".join(envelope(each) + b"\n" for each in messages)
    try:
        part = write_part(folder / f".{messages[0].id:012}.{os.getpid()}.part", content)
        try:
            name_part(part, folder, f"{messages[0].id:012}-{messages[-1].id:012}", content)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(folder)
    except OSError as error:
        return f"folder {errno.errorcode.get(error.errno or 0, type(error).__name__)}"
    return None


def write_part(part: Path, content: bytes) -> Path:
    """The content on disk, under a name that nobody reads."""
    with suppress(FileNotFoundError):
        part.unlink()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return part


def name_part(part: Path, folder: Path, stem: str, content: bytes) -> None:
    """Give the file its name in one step, never over another file."""
    for name in names(stem):
        try:
            os.link(part, folder / name)
            return
        except FileExistsError:
            if (folder / name).read_bytes() == content:
                return


def names(stem: str) -> Iterator[str]:
    """The names to try, in order."""
    yield f"{stem}.jsonl"
    number = 1
    while True:
        number += 1
        yield f"{stem}.{number}.jsonl"


def sync_folder(folder: Path) -> None:
    """Make the name survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
