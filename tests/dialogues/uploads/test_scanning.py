"""The scanner: yes, no, and everything else is "later"."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import samples

from dunkelwerk.dialogues.uploads import accepting
from dunkelwerk.dialogues.uploads.outcomes import Clean, Limits, Refused
from dunkelwerk.dialogues.uploads.scanning import scan

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
Start = Callable[..., str]


class Clamd:
    """As much of clamd as a client sees, and the ways in which it fails."""

    def __init__(self, listener: socket.socket, fault: str) -> None:
        self.listener, self.fault, self.heard = listener, fault, b""
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            with connection:
                self.talk(connection)

    def talk(self, connection: socket.socket) -> None:
        stream = connection.makefile("rwb")
        if self.fault == "hangs up":
            return
        assert stream.read(10) == b"zINSTREAM\0"
        self.heard = b""
        while length := int.from_bytes(stream.read(4), "big"):
            self.heard += stream.read(length)
        if self.fault == "silent":
            stream.read()  # until the other has had enough of it
        answer = b"stream: Eicar-Signature FOUND" if EICAR in self.heard else b"stream: OK"
        answers = {"too large": b"INSTREAM size limit exceeded. ERROR", "nonsense": b"PONG", "nothing": b""}
        stream.write(answers.get(self.fault, answer) + (b"" if self.fault == "nothing" else b"\0"))
        stream.flush()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    listeners = []

    def _start(fault: str = "", *, unix: bool = False) -> str:
        listener = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
        listener.bind(str(tmp_path / "clamd.ctl") if unix else ("127.0.0.1", 0))
        listener.listen()
        listeners.append(listener)
        Clamd(listener, fault)
        return str(tmp_path / "clamd.ctl") if unix else f"127.0.0.1:{listener.getsockname()[1]}"

    yield _start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)  # so that nobody waits for a call any more
        listener.close()


@pytest.mark.parametrize(("prefix", "unix"), [("", False), ("tcp://", False), ("", True), ("unix:", True)])
def test_both_answers_by_both_ways(start: Start, prefix: str, unix: bool) -> None:
    address = prefix + start(unix=unix)
    assert scan(bytes(200_000), address) is None
    assert scan(bytes(100_000) + EICAR + bytes(100_000), address) == Refused("virus", "Eicar-Signature")


@pytest.mark.parametrize("fault", ["hangs up", "too large", "nonsense", "nothing", "silent"])
def test_any_other_answer_means_later(start: Start, fault: str) -> None:
    done = scan(b"%PDF-", start(fault), seconds=0.5 if fault == "silent" else 60)
    assert done is not None
    assert done.code == "scanner_away"


@pytest.mark.parametrize(
    "address", ["127.0.0.1:1", "/nowhere/clamd.ctl", "unix:/nowhere", "http://127.0.0.1", "127.0.0.1:port", "tcp://"]
)
def test_no_scanner_where_one_is_set_means_later(address: str) -> None:
    done = scan(b"%PDF-", address, seconds=2)
    assert done is not None
    assert done.code == "scanner_away"


def test_none_is_asked_where_none_is_set() -> None:
    assert scan(EICAR, "") is None


def test_a_file_is_scanned_before_it_is_decoded(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    monkeypatch.setattr(accepting, "clean_confined", lambda data, _limits: decoded.append(data))
    address = start()
    assert accepting.accept(samples.document() + EICAR, Limits(), scanner=address) == Refused(
        "virus", "Eicar-Signature"
    )
    assert accepting.accept(b"MZ", Limits(), scanner=address) == Refused("wrong_type")
    away = accepting.accept(samples.document(), Limits(), scanner="127.0.0.1:1")
    assert isinstance(away, Refused)
    assert away.code == "scanner_away"
    assert decoded == []


def test_the_whole_way(start: Start) -> None:
    done = accepting.accept(samples.encode(samples.picture(), "JPEG"), Limits(), scanner=start())
    assert isinstance(done, Clean)
    assert done.original_kind == "jpeg"
