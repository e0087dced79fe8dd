"""Cleaning in a process of its own: whatever a file does to its decoder, the server goes on.

A pool keeps a few workers (``worker``) waiting. ``clean_confined`` may be called from any thread; it takes one, hands
the file over a pipe, and waits at most so long. A worker that is late or breaks is ended and replaced.
"""

from __future__ import annotations

import hashlib
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cache

import msgspec
from msgspec import Struct

from dunkelwerk.dialogues.uploads.outcomes import MEBI, Clean, Limits, Refused
from dunkelwerk.dialogues.uploads.sniffing import check_at_the_door

MODULE = "dunkelwerk.dialogues.uploads.worker"
#: bytes in one write or read of a pipe
PIECE = 1 << 20
#: what an answer may hold beside the file
MARGIN = 1 << 12
LENGTH_BYTES = 4


class Confinement(Struct, frozen=True, kw_only=True):
    """What a worker may use: bytes of address space, seconds of CPU for a file, seconds until its answer.

    ``patience`` is how many seconds a caller waits for a free worker before the person reads "later".
    """

    workers: int = 2
    memory: int = 1536 * MEBI
    cpu_seconds: int = 30
    wall_seconds: float = 45.0
    patience: float = 30.0


class WorkerLost(Exception):
    """The worker ended, was late, or did not keep to the protocol."""


class _Request(Struct, frozen=True):
    """The same as ``worker.Request``, which a server does not import: it would load the decoders."""

    data: bytes
    limits: Limits
    memory: int
    cpu_seconds: int


class Worker:
    """One running worker process and its two pipes."""

    def __init__(self) -> None:
        # No shell, no preexec function: nothing of ours runs between fork and exec in a process with threads.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        if self.process.stdin is None or self.process.stdout is None:
            raise WorkerLost("A worker without pipes.")
        self._input, self._output = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self._input, False)
        os.set_blocking(self._output, False)

    def ask(self, request: _Request, *, seconds: float) -> Clean | Refused:
        """The worker's answer.

        Raises:
            WorkerLost: there was none in time, or none that can be read.
        """
        deadline = time.monotonic() + seconds
        try:
            self._send(msgspec.msgpack.encode(request), deadline)
            length = int.from_bytes(self._receive(LENGTH_BYTES, deadline), "big")
            if length > request.limits.max_output + MARGIN:
                raise WorkerLost("The answer is longer than any can be.")
            return msgspec.msgpack.decode(self._receive(length, deadline), type=Clean | Refused)
        except (OSError, msgspec.MsgspecError) as error:
            raise WorkerLost("The pipe broke.") from error

    def _send(self, body: bytes, deadline: float) -> None:
        for part in (len(body).to_bytes(LENGTH_BYTES, "big"), body):
            rest = memoryview(part)
            while rest:
                _await(self._input, select.POLLOUT, deadline)
                rest = rest[os.write(self._input, rest[:PIECE]) :]

    def _receive(self, length: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            _await(self._output, select.POLLIN, deadline)
            piece = os.read(self._output, min(PIECE, length - len(parts)))
            if not piece:
                raise WorkerLost("The worker ended without an answer.")
            parts += piece
        return bytes(parts)

    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End it and whatever it forked, at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self.process.wait()


def _await(descriptor: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise WorkerLost("The worker did not answer in time.")


def _environment() -> dict[str, str]:
    """Nothing of the server's: no address of a database, no key. Only where the packages are."""
    paths = os.pathsep.join(os.path.abspath(entry) for entry in sys.path if entry)
    # Each thread of a decoder would reserve address space for an own arena, which the limit counts.
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": paths, "MALLOC_ARENA_MAX": "1"}


class Pool:
    """At most so many workers at a time, for any number of threads; each starts when it is first needed."""

    def __init__(self, confinement: Confinement | None = None) -> None:
        self.confinement = confinement or Confinement()
        self._free: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _number in range(self.confinement.workers):
            self._free.put(None)

    def clean(self, data: bytes, limits: Limits) -> Clean | Refused:
        """The file made safe, or why not. Never raises for a file or a worker."""
        if refused := check_at_the_door(data, limits):
            return refused
        try:
            worker = self._free.get(timeout=self.confinement.patience)
        except queue.Empty:
            return Refused("busy")
        try:
            answer, worker = self._ask(worker, data, limits)
            return answer
        finally:
            self._free.put(worker)

    def _ask(self, worker: Worker | None, data: bytes, limits: Limits) -> tuple[Clean | Refused, Worker | None]:
        confinement = self.confinement
        request = _Request(data, limits, confinement.memory, confinement.cpu_seconds)
        if worker is not None and not worker.is_alive():
            worker.stop()
            worker = None
        try:
            worker = worker or Worker()
        except OSError:  # the machine has no process or memory left: the file is not at fault
            return Refused("busy"), None
        try:
            return _examine(worker.ask(request, seconds=confinement.wall_seconds)), worker
        except WorkerLost:
            worker.stop()
            return Refused("unreadable", "worker lost"), None

    def warm_up(self) -> None:
        """Start every worker now, as a server does before its first request."""
        slots = [self._free.get() for _number in range(self.confinement.workers)]
        for slot in slots:
            self._free.put(slot or Worker())

    def stop(self) -> None:
        """End the workers that wait; the pool starts new ones if it is used again."""
        for _number in range(self.confinement.workers):
            worker = self._free.get()
            if worker is not None:
                worker.stop()
        for _number in range(self.confinement.workers):
            self._free.put(None)


def _examine(answer: Clean | Refused) -> Clean | Refused:
    """A worker that a file has taken over could say anything: what it calls clean must at least be what it says."""
    if isinstance(answer, Refused):
        return answer
    is_whole = answer.data.startswith(b"%PDF-") and hashlib.sha256(answer.data).hexdigest() == answer.sha256
    return answer if is_whole else Refused("unreadable", "worker lied")


@cache
def _pool_of(_process: int) -> Pool:
    return Pool()


_starting = threading.Lock()


def default_pool() -> Pool:
    """This process's own pool: a server that forks does not share the pipes of its parent."""
    with _starting:
        return _pool_of(os.getpid())


def clean_confined(data: bytes, limits: Limits) -> Clean | Refused:
    """``cleaning.clean`` in a worker of this process's pool; a crash, a timeout, too much memory is ``unreadable``."""
    return default_pool().clean(data, limits)
