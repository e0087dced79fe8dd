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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

#: what is added to the input's columns
ADDED = ("dialogue", "pin", "link", "qr")
#: a spreadsheet would take a cell that begins so for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MODE = 0o600


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
            os.fsync(folder)
        self._unlock()
        return kept

    def discard(self) -> None:
        """Remove the part file."""
        self.stream.close()
        self.part.unlink(missing_ok=True)
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
    number = 1
    while (kept := path.with_name(f"{path.name}.{number}")).exists():
        number += 1
    path.rename(kept)
    return kept


class Encryption:
    """Encrypts what is written to it into a file, piece by piece: no clear text touches the disk."""

    def __init__(self, target: IO[bytes], recipient: Any) -> None:
        import pyrage

        read, write = os.pipe()
        self.stream: IO[bytes] = os.fdopen(write, "wb")
        self._source: IO[bytes] = os.fdopen(read, "rb")
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(pyrage.encrypt_io, target, recipient), daemon=True)
        self._thread.start()

    def _run(self, encrypt: Any, target: IO[bytes], recipient: Any) -> None:
        try:
            encrypt(self._source, target, [recipient])
        except BaseException as error:  # whatever ends the thread is told where it is waited for
            self._error = error
        finally:
            self._source.close()

    def finish(self) -> None:
        """Wait until everything is encrypted; raises OSError where that failed."""
        self.stream.close()
        self._thread.join()
        if self._error is not None:
            raise OSError(0, f"age: {type(self._error).__name__}")


class CsvFile:
    """A private CSV file; cells that a spreadsheet would run as a formula get an apostrophe in front."""

    def __init__(self, path: Path, columns: Sequence[str], *, delimiter: str, recipient: Any = None) -> None:
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
                self._writer.writerow([harmless(cell) for cell in row])
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

    @property
    def is_needless(self) -> bool:
        """Whether it holds no row, and would only put an older file of its name aside."""
        return self.count == 0 and self._file.path.exists()

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._encryption:
            self._encryption.stream.close()
        self._file.discard()

    def _failed(self, error: Exception) -> CommandError:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return CommandError(_("{path}: nicht schreibbar ({reason}).").format(path=self._file.path, reason=reason))


def harmless(cell: str) -> str:
    """The cell, made text for spreadsheets."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
