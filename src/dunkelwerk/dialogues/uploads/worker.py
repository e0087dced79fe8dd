"""The process that decodes: ``python -m dunkelwerk.dialogues.uploads.worker``, started by ``confined``.

1. The keeper loads the decoders once, tries each on a small picture, and waits. It never reads a file.
2. For each file it forks a child (it has one thread, so that forking is safe): a fault of one file meets no other.
3. The child reads the request, gives up its input, and locks itself in: memory, CPU seconds, nothing written, no
   further file or socket opened. It cleans, answers, ends.
4. A child that ends in any other way ends the keeper, too, and whoever asked reads the end of the pipe.

Request and answer: four bytes of length (big-endian), then MessagePack.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
from io import BytesIO

import msgspec
from msgspec import Struct
from PIL import Image

from dunkelwerk.dialogues.uploads.cleaning import clean
from dunkelwerk.dialogues.uploads.outcomes import Clean, Limits, Refused

LENGTH_BYTES = 4
INPUT, OUTPUT, ERRORS = 0, 1, 2
#: how a child ends that was not asked for anything, and one that answered
NOTHING_ASKED, ANSWERED = 3, 0


class Request(Struct, frozen=True):
    """A file to clean, and what it may cost: bytes of address space, seconds of CPU."""

    data: bytes
    limits: Limits
    memory: int
    cpu_seconds: int


def pack(message: Request | Clean | Refused) -> bytes:
    """A message with its length in front."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def main() -> int:
    """Serve until the input ends; 1 where a child did not answer as it should."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the server, which closes the pipe
    rehearse()
    ended = ANSWERED
    while ended == ANSWERED:
        select.select([INPUT], [], [])
        ended = _fork_one()
    return 0 if ended == NOTHING_ASKED else 1


def rehearse() -> None:
    """Clean a small picture of each kind, so that everything is loaded that is loaded at first use."""
    for kind in ("JPEG", "PNG", "TIFF"):
        for mode in ("RGB", "1"):
            if (kind, mode) != ("JPEG", "1"):
                stream = BytesIO()
                Image.new(mode, (16, 16)).save(stream, kind)
                done = clean(stream.getvalue(), limits=Limits())
    if isinstance(done, Clean):
        clean(done.data, limits=Limits())


def _fork_one() -> int:
    child = os.fork()
    if child:
        _pid, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    try:
        os._exit(_answer_one())
    finally:  # an exception must not run on as a second keeper
        os._exit(1)


def _answer_one() -> int:
    request = _read_request()
    if request is None:
        return NOTHING_ASKED
    _confine(request)
    answer = clean(request.data, limits=request.limits)
    message = memoryview(pack(answer))
    while message:
        message = message[os.write(OUTPUT, message) :]
    return ANSWERED


def _read_request() -> Request | None:
    with open(INPUT, "rb", closefd=False) as stream:
        head = stream.read(LENGTH_BYTES)
        if len(head) < LENGTH_BYTES:
            return None
        body = stream.read(int.from_bytes(head, "big"))
    return msgspec.msgpack.decode(body, type=Request)


def _confine(request: Request) -> None:
    """From here on a fault of a decoder can reach nothing but its own memory and the answer."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, INPUT)
    os.closerange(ERRORS + 1, max(nothing + 1, 256))
    resource.setrlimit(resource.RLIMIT_AS, (request.memory, request.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (request.cpu_seconds, request.cpu_seconds))
    # 0, and not 3: what is open goes on working, and a number that is closed cannot be used again
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
