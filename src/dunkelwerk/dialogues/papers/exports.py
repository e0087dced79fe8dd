"""Reading a print export row by row, as it is or out of age encryption. Nothing is copied or held as a whole."""

from __future__ import annotations

import csv
import io
import os
import threading
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.jsonlines import open_file

NEEDED = ("dialogue", "pin", "link")
#: how an encrypted file begins
AGE = b"age"
CHUNK = 64 * 1024

Row = tuple[int, dict[str, str]]


def read_export(path: Path, identity: str | None) -> Iterator[Row]:
    """The lines of a print export with their numbers; raises CommandError where it is none or stays closed.

    An encrypted one is proven piece by piece: where one was changed or is missing, the rows before it have been given.
    """
    try:
        with open_file(path) as stream:
            begin = stream.read(len(AGE))
            stream.seek(0)
            if begin != AGE:
                yield from named_rows(stream, path)
                return
            with Decrypted(stream, path, identity) as raw, io.BufferedReader(raw, CHUNK) as clear:
                yield from named_rows(clear, path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise CommandError(_("{path}: nicht lesbar ({reason}).").format(path=path, reason=reason)) from None


def named_rows(stream: IO[bytes] | io.BufferedReader, path: Path) -> Iterator[Row]:
    """The rows by the names of the head."""
    lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    head = lines.readline()
    delimiter = ";" if head.count(";") >= head.count(",") else ","
    reader = csv.DictReader(chain([head], lines), delimiter=delimiter)
    if missing := [name for name in NEEDED if name not in (reader.fieldnames or ())]:
        message = _("{path}: das ist kein Druckexport, es fehlt die Spalte {column}.")
        raise wrong_usage(message.format(path=path, column=missing[0]))
    for row in reader:
        yield reader.line_num, {name: value or "" for name, value in row.items() if name}


class Decrypted(io.RawIOBase):
    """What an encrypted file says, while a thread decrypts it: a piece of it in memory, no clear text on disk."""

    def __init__(self, source: IO[bytes], path: Path, identity: str | None) -> None:
        if identity is None:
            message = _("{path} ist verschlüsselt; bitte mit --identity die Schlüsseldatei nennen.")
            raise wrong_usage(message.format(path=path))
        import pyrage

        self._path, self._error = path, None
        try:
            key = pyrage.x25519.Identity.from_str(identity)
        except pyrage.IdentityError:
            raise self._closed() from None
        read, write = os.pipe()
        self._clear = open(read, "rb", buffering=0)  # noqa: SIM115 -- closed by close
        self._thread = threading.Thread(target=self._run, args=(source, write, key), daemon=True)
        self._thread.start()

    _error: BaseException | None

    def _run(self, source: IO[bytes], write: int, key: Any) -> None:
        import pyrage

        try:
            with open(write, "wb", buffering=CHUNK) as target:
                pyrage.decrypt_io(source, target, [key])
        except BaseException as error:  # whatever ends the thread is told where its text is read
            self._error = error

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next piece; raises CommandError at an end that is not that of the file."""
        count = self._clear.readinto(buffer) or 0
        if count == 0:
            self._thread.join()
            if self._error is not None:
                raise self._failed(self._error)
        return count

    def close(self) -> None:
        """Stop decrypting."""
        if not self.closed:
            self._clear.close()
            self._thread.join()
        super().close()

    def _failed(self, error: BaseException) -> CommandError:
        import pyrage

        if isinstance(error, pyrage.DecryptError):
            return self._closed()
        message = _("{path} ist beschädigt oder nicht vollständig; was bis dahin zu lesen war, ist gesetzt.")
        return CommandError(message.format(path=self._path))

    def _closed(self) -> CommandError:
        return CommandError(_("{path} lässt sich mit diesem Schlüssel nicht öffnen.").format(path=self._path))
