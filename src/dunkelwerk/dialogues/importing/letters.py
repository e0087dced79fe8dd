"""The print export: input columns plus dialogue, PIN, link and QR content, encrypted or readable by its owner alone.

It is written to a part file of its own beside it and appears under its name at the very end, complete. A file of that
name that is there already is kept as ``NAME.1``: its PINs are nowhere else. Parts of runs that were killed are removed;
those of runs that still write are locked, and stay.
"""

from __future__ import annotations

import csv
import fcntl
import io
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO, Any

from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.tabular import FORMULA

#: what is added to the input's columns
ADDED = ("dialogue", "pin", "link", "qr")
MODE = 0o600
#: at the end of the name of a file whose PINs may open nothing
UNCLEAR = ".ungeklaert"


def read_recipient(text: str | None) -> Any:
    """An age recipient (``age1…``, or an SSH public key); None for None. Raises CommandError (wrong usage)."""
    if text is None:
        return None
    import pyrage

    kind = pyrage.ssh if text.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise wrong_usage(_("--recipient: kein age-Schlüssel (age1…) und kein öffentlicher SSH-Schlüssel.")) from None


class PrivateFile:
    """A file of mode 0600 under a part name, that gets its own name when it is complete."""

    def __init__(self, path: Path) -> None:
        self.path, self.part = path, path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
        if path.exists() and not path.is_file():
            raise wrong_usage(_("{path}: das ist keine gewöhnliche Datei.").format(path=path))
        try:
            with folder_locked(path.parent):
                sweep_parts(path)
                descriptor = os.open(self.part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            message = _("{path}: nicht schreibbar ({reason}).")
            raise CommandError(message.format(path=path, reason=error.strerror)) from None
        #: holds the lock until the file has its name, beyond the closing of the stream
        self._lock: int | None = os.dup(descriptor)
        self.is_published = False
        self.stream: IO[bytes] = os.fdopen(descriptor, "wb")

    def settle(self) -> None:
        """Make sure that everything is on disk."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()

    def publish(self, *, keeps: bool) -> Path | None:
        """Give it its name; ``keeps``: the name that a file of the same name was kept under, where there was one."""
        with folder_locked(self.path.parent) as folder:
            kept = keep(self.path) if keeps and self.path.exists() else None
            self.part.replace(self.path)
            self.is_published = True
            os.fsync(folder)
        self._unlock()
        return kept

    def withdraw(self) -> None:
        """Take its name from it again, where it has it: it is kept as ``NAME.ungeklaert``."""
        if self.is_published:
            self.path.replace(numbered(self.path.with_name(f"{self.path.name}{UNCLEAR}")))

    def discard(self) -> None:
        """Remove the part file, above all where the disk is full: closing writes what is left, and fails again."""
        self.part.unlink(missing_ok=True)
        with suppress(OSError):
            self.stream.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


@contextmanager
def folder_locked(folder: Path) -> Iterator[int]:
    """One at a time gives names in a folder; its descriptor. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def sweep_parts(path: Path) -> None:
    """Remove the parts of this file that nobody writes any more: their PINs are dead."""
    named = re.compile(re.escape(path.name) + r"\.\d+-[0-9a-f]{8}\.part")
    for part in [each for each in path.parent.iterdir() if named.fullmatch(each.name)]:
        try:
            descriptor = os.open(part, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:  # somebody else's
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
        except OSError:  # somebody writes it, or it is not ours to remove
            pass
        finally:
            os.close(descriptor)


def keep(path: Path) -> Path:
    """Give a file the next free number."""
    return path.rename(numbered(path, start=1))


def numbered(path: Path, *, start: int = 0) -> Path:
    """The path, or with the first number behind it under which there is nothing yet."""
    names = (path.with_name(f"{path.name}.{number}") if number else path for number in count(start))
    return next(each for each in names if not each.exists())


class Encryption:
    """Encrypts what is written to it into a file, piece by piece: no clear text touches the disk."""

    def __init__(self, target: IO[bytes], recipient: Any) -> None:
        import pyrage

        read, write = os.pipe()
        self.stream: IO[bytes] = os.fdopen(write, "wb")
        self._source: IO[bytes] = os.fdopen(read, "rb")
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(pyrage.encrypt_io, target, recipient), daemon=True)
        self._thread.start()

    def _run(self, encrypt: Any, target: IO[bytes], recipient: Any) -> None:
        try:
            encrypt(self._source, target, [recipient])
        except Exception as error:  # whatever ends the thread is told where it is waited for
            self._error = error
        finally:
            self._source.close()

    def fault(self) -> OSError | None:
        """What ended it before its time, e.g. a full disk; None where nothing did."""
        with suppress(OSError):
            self.stream.close()
        self._thread.join()
        return None if self._error is None else OSError(0, f"age: {self._error}")

    def finish(self) -> None:
        """Wait until everything is encrypted; raises OSError where that failed."""
        if fault := self.fault():
            raise fault


class CsvFile:
    """A private CSV file; unless ``raw``, cells that a spreadsheet would run as a formula begin with an apostrophe."""

    def __init__(
        self, path: Path, columns: Sequence[str], *, delimiter: str, recipient: Any = None, raw: bool = False
    ) -> None:
        self._written: Callable[[str], str] = str if raw else harmless
        self._file = PrivateFile(path)
        self._encryption = Encryption(self._file.stream, recipient) if recipient is not None else None
        binary = self._encryption.stream if self._encryption else self._file.stream
        self._text = io.TextIOWrapper(binary, encoding="utf-8", newline="", write_through=False)
        self._writer = csv.writer(self._text, delimiter=delimiter, lineterminator="\r\n")
        self._writer.writerow(columns)
        self.count = 0

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Write rows; raises CommandError where the disk refuses."""
        try:
            for row in rows:
                self._writer.writerow([self._written(cell) for cell in row])
                self.count += 1
        except (OSError, ValueError) as error:
            raise self._failed(error) from None

    def settle(self) -> None:
        """Everything on disk, still under the part name; raises CommandError where the disk refuses."""
        try:
            self._text.flush()
            self._text.detach()
            if self._encryption:
                self._encryption.finish()
            self._file.settle()
        except (OSError, ValueError) as error:
            raise self._failed(error) from None

    def publish(self, *, keeps: bool = True) -> Path | None:
        """Give it its name; ``keeps`` an older one of the same name under another. Raises CommandError."""
        try:
            return self._file.publish(keeps=keeps)
        except OSError as error:
            raise self._failed(error) from None

    def withdraw(self) -> None:
        """Take its name from it again, where it has it: it is kept as ``NAME.ungeklaert``."""
        self._file.withdraw()

    @property
    def is_needless(self) -> bool:
        """Whether it holds no row, and would only put an older file of its name aside."""
        return self.count == 0 and self._file.path.exists()

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._encryption:
            with suppress(OSError):
                self._encryption.stream.close()
        self._file.discard()

    def _failed(self, error: Exception) -> CommandError:
        # a broken pipe says only that the encryption has ended; why is what the user can mend
        error = (self._encryption and self._encryption.fault()) or error
        reason = getattr(error, "strerror", None) or type(error).__name__
        return CommandError(_("{path}: nicht schreibbar ({reason}).").format(path=self._file.path, reason=reason))


def harmless(cell: str) -> str:
    """The cell, made text for spreadsheets."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
