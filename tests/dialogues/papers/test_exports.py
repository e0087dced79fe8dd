"""Letters from an export: read in batches, decrypted as a stream; a file that is damaged or closed is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyrage
import pytest

from dunkelwerk.dialogues.papers.exports import read_export
from dunkelwerk.infra.errors import CommandError

ON = date(2026, 11, 22)
#: some MiB in clear
ROWS = 40_000


@pytest.fixture(scope="module")
def key() -> Any:
    """The print centre's."""
    return pyrage.x25519.Identity.generate()


@pytest.fixture(scope="module")
def closed(key: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encrypted export."""
    rows = "".join(f"D-{number};ABCD-EFGH-{number};https://portal.example/#x;{'ä' * 40}\r\n" for number in range(ROWS))
    path = tmp_path_factory.mktemp("export") / "druck.csv.age"
    path.write_bytes(pyrage.encrypt(f"dialogue;pin;link;name\r\n{rows}".encode(), [key.to_public()]))
    return path


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Whatever happens, nobody goes on decrypting."""
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def test_an_encrypted_export_is_read_row_by_row(closed: Path, key: Any) -> None:
    rows = list(read_export(closed, str(key)))
    assert len(rows) == ROWS
    assert rows[0] == (
        2,
        {"dialogue": "D-0", "pin": "ABCD-EFGH-0", "link": "https://portal.example/#x", "name": "ä" * 40},
    )
    assert rows[-1][0] == ROWS + 1


def test_who_needs_one_row_decrypts_no_more(closed: Path, key: Any) -> None:
    read = 0

    class Counted:
        def __init__(self, path: Path) -> None:
            self.stream = path.open("rb")

        def read(self, count: int = -1) -> bytes:
            nonlocal read
            data = self.stream.read(count)
            read += len(data)
            return data

    from dunkelwerk.dialogues.papers.exports import Decrypted

    source: Any = Counted(closed)
    with Decrypted(source, closed, str(key)) as clear:
        assert clear.read(8) == b"dialogue"
    source.stream.close()
    assert 0 < read < closed.stat().st_size / 4


def test_a_key_that_does_not_fit_or_lacks(closed: Path) -> None:
    for identity in (str(pyrage.x25519.Identity.generate()), "AGE-SECRET-KEY-1XYZ"):
        with pytest.raises(CommandError, match="mit diesem Schlüssel nicht öffnen"):
            next(read_export(closed, identity))
    with pytest.raises(CommandError, match="--identity") as error:
        next(read_export(closed, None))
    assert error.value.code == 2


@pytest.mark.parametrize("damage", ["cut", "cut between two pieces", "changed"])
def test_a_damaged_export_is_told_after_what_was_good(closed: Path, key: Any, tmp_path: Path, damage: str) -> None:
    data, path = bytearray(closed.read_bytes()), tmp_path / "druck.csv.age"
    piece = 64 * 1024 + 16
    head = len(data) - (len(data) // piece) * piece
    if damage == "changed":
        data[len(data) // 2] ^= 1
    else:
        del data[len(data) // 2 if damage == "cut" else head + 5 * piece :]
    path.write_bytes(data)
    good: list[Any] = []
    with pytest.raises(CommandError, match="beschädigt oder nicht vollständig"):
        good.extend(read_export(path, str(key)))
    assert 0 < len(good) < ROWS


@pytest.mark.parametrize("content", [b"", b"a;b\r\n1;2\r\n", b"\xff\xfe\x00"])
def test_what_is_no_export(tmp_path: Path, key: Any, content: bytes) -> None:
    plain, sealed = tmp_path / "druck.csv", tmp_path / "druck.csv.age"
    plain.write_bytes(content)
    sealed.write_bytes(pyrage.encrypt(content, [key.to_public()]))
    for path in (plain, sealed):
        with pytest.raises(CommandError, match=r"kein Druckexport|nicht lesbar"):
            list(read_export(path, str(key)))


def test_a_plain_export_may_begin_with_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "druck.csv"
    path.write_bytes('\ufeffdialogue,pin,link\r\nD-1,P,"L\r\nL"\r\n'.encode())
    assert list(read_export(path, None)) == [(3, {"dialogue": "D-1", "pin": "P", "link": "L\r\nL"})]
