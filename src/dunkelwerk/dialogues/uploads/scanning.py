"""A virus scanner that may stand in front: clamd, by its INSTREAM command (``man clamd``).

An address is ``/run/clamav/clamd.ctl``, ``unix:/run/…`` or ``host:3310``, ``tcp://host:3310``; empty means none. A
scanner that is set and does not answer is never taken for one that found nothing.
"""

from __future__ import annotations

import logging
import socket
import time
from urllib.parse import urlsplit

from dunkelwerk.dialogues.uploads.outcomes import Refused

PORT = 3310
PIECE = 1 << 16
#: seconds for the whole conversation, and for the connection alone
SECONDS, CONNECT_SECONDS = 30.0, 5.0
#: the longest answer that clamd gives is a path and a name
LONGEST_ANSWER = 4096
FOUND, NOTHING = " FOUND", "stream: OK"

_log = logging.getLogger(__name__)


class ScannerFault(Exception):
    """The scanner said something else than yes or no."""


def scan(data: bytes, address: str, *, seconds: float = SECONDS) -> Refused | None:
    """None where the scanner found nothing or none is set; else ``virus``, or ``scanner_away`` for any failure."""
    if not address.strip():
        return None
    try:
        answer = _converse(data, address.strip(), time.monotonic() + seconds)
        return _read(answer)
    except (OSError, ValueError, ScannerFault) as error:
        _log.warning("The virus scanner does not answer (%s): uploads are refused for now.", type(error).__name__)
        return Refused("scanner_away", type(error).__name__)


def _read(answer: str) -> Refused | None:
    if answer == NOTHING:
        return None
    if answer.endswith(FOUND):
        name = answer.removeprefix("stream: ").removesuffix(FOUND)
        return Refused("virus", "".join(letter for letter in name if letter.isprintable())[:100])
    raise ScannerFault(answer)


def _converse(data: bytes, address: str, deadline: float) -> str:
    with _connect(address, deadline) as connection:
        try:
            _send(connection, b"zINSTREAM\0", deadline)
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                _send(connection, len(piece).to_bytes(4, "big") + piece, deadline)
            _send(connection, b"\0\0\0\0", deadline)
        except (BrokenPipeError, ConnectionResetError):
            pass  # clamd closes early when it has heard enough, and says why: read it
        return _receive(connection, deadline)


def _connect(address: str, deadline: float) -> socket.socket:
    seconds = min(CONNECT_SECONDS, _left(deadline))
    path = address.removeprefix("unix://").removeprefix("unix:")
    if path.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(seconds)
        try:
            connection.connect(path)
        except OSError:
            connection.close()
            raise
        return connection
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme != "tcp" or not parts.hostname:
        raise ValueError("The address of the virus scanner is neither host:port nor the path of a socket.")
    return socket.create_connection((parts.hostname, parts.port or PORT), timeout=seconds)


def _send(connection: socket.socket, data: bytes, deadline: float) -> None:
    connection.settimeout(_left(deadline))
    connection.sendall(data)


def _receive(connection: socket.socket, deadline: float) -> str:
    answer = b""
    while b"\0" not in answer:
        connection.settimeout(_left(deadline))
        piece = connection.recv(LONGEST_ANSWER)
        if not piece or len(answer) > LONGEST_ANSWER:
            break
        answer += piece
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("The virus scanner takes too long.")
    return left
