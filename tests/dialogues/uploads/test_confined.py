"""A file may kill its decoder: the server answers, and the next file is cleaned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import samples
from PIL import Image

from dunkelwerk.dialogues.uploads import cleaning, confined, worker
from dunkelwerk.dialogues.uploads.confined import Confinement, Pool, clean_confined
from dunkelwerk.dialogues.uploads.outcomes import MEBI, Clean, Limits, Refused

LIMITS = Limits()
LOST = Refused("unreadable", "worker lost")
#: seconds
PATIENCE = 240
PHOTO = samples.encode(samples.picture(), "JPEG")
#: tries everything that a confined child must not do, and tells what it could
ESCAPES = """
import os, signal, socket, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from dunkelwerk.dialogues.uploads import worker
from dunkelwerk.dialogues.uploads.outcomes import Limits
folder = sys.argv[1]
before = open(folder + "/open-before", "wb", buffering=0)
kept = os.dup2(before.fileno(), 300)
import resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
worker._confine(worker.Request(b"", Limits(), 600 * 2**20, 5))
tried = {
    "create": lambda: open(folder + "/created", "wb"),
    "write to what is open": lambda: os.write(kept, b"x"),
    "read": lambda: open("/etc/hostname"),
    "connect": lambda: socket.socket(),
    "start": lambda: os.pipe(),
    "memory": lambda: bytearray(700 * 2**20),
    "raise the limit": lambda: resource.setrlimit(resource.RLIMIT_CPU, (1, 2)) or 1 / 0,
    "read the next request": lambda: os.read(0, 10) or 1 / 0,
    "read by a number that is closed": lambda: (os.close(0), open("/etc/hostname")),
    "connect by a number that is closed": lambda: (os.close(2), socket.socket()),
}
for name, attempt in tried.items():
    try:
        attempt()
        print("ESCAPED", name)
    except (OSError, MemoryError, ZeroDivisionError) as error:
        pass
print("done", bytearray(100 * 2**20)[:1])
"""


@pytest.fixture
def pool() -> Iterator[Pool]:
    one = Pool(Confinement(workers=1))
    yield one
    one.stop()


def small(**confinement: float) -> Pool:
    return Pool(Confinement(workers=1, **confinement))  # type: ignore[arg-type]


def is_soon(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def is_hit(process: psutil.Process, answer: Future[object], whom: str) -> bool:
    """Kill the keeper or its child while a file is worked on; False where that was done before."""
    while not answer.done():
        for child in process.children():
            with suppress(ProcessLookupError):
                os.kill(process.pid if whom == "keeper" else child.pid, signal.SIGKILL)
                return True
        time.sleep(0.002)
    return False


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "HEIF"])
def test_a_confined_worker_says_the_same(pool: Pool, kind: str) -> None:
    data = samples.encode(samples.picture(), kind, exif=samples.exif(6))
    assert pool.clean(data, LIMITS) == cleaning.clean(data, limits=LIMITS)


def test_pdfs_and_refusals_come_through(pool: Pool) -> None:
    data = samples.armed_document()
    assert pool.clean(data, LIMITS) == cleaning.clean(data, limits=LIMITS)
    assert pool.clean(samples.png_of_header(20_000, 20_000), LIMITS) == Refused("bomb", "pixels", 120)
    assert pool.clean(b"", LIMITS) == Refused("empty")
    assert pool.clean(b"MZ", LIMITS) == Refused("wrong_type")


def test_the_largest_file_goes_through_the_pipe(pool: Pool) -> None:
    data = PHOTO + bytes(15 * MEBI - len(PHOTO))
    assert isinstance(pool.clean(data, LIMITS), Clean)


def test_one_worker_serves_many_files_each_in_an_own_child(pool: Pool) -> None:
    assert {type(pool.clean(PHOTO, LIMITS)) for _number in range(5)} == {Clean}
    keeper = pool._free.queue[0]
    assert keeper is not None
    assert psutil.Process(keeper.process.pid).num_threads() == 1, "forking is safe with one thread only"
    assert is_soon(lambda: psutil.Process(keeper.process.pid).children() == [])


def test_too_much_memory_harms_nobody() -> None:
    pool = small(memory=400 * MEBI)
    try:
        assert pool.clean(samples.png_of_header(10_000, 10_000), LIMITS) == Refused("bomb", "content")
        assert isinstance(pool.clean(PHOTO, LIMITS), Clean)
    finally:
        pool.stop()


def test_too_many_seconds_of_cpu_harm_nobody() -> None:
    pool = small(cpu_seconds=1)
    try:
        pages = [Image.new("RGB", (6000, 6000))] * 8
        data = samples.encode(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="packbits")
        assert pool.clean(data, LIMITS) == LOST
        assert isinstance(pool.clean(PHOTO, LIMITS), Clean)
    finally:
        pool.stop()


def test_a_late_answer_is_none_and_the_worker_is_gone() -> None:
    pool = small(wall_seconds=0.001)
    assert pool.clean(PHOTO, LIMITS) == LOST
    assert pool._free.queue[0] is None


@pytest.mark.parametrize("whom", ["keeper", "child"])
def test_a_worker_that_is_killed(pool: Pool, whom: str) -> None:
    pool.warm_up()
    keeper = pool._free.queue[0]
    assert keeper is not None
    process = psutil.Process(keeper.process.pid)
    large = samples.encode(Image.new("RGB", (6000, 6000)), "PNG", compress_level=1)
    with ThreadPoolExecutor() as threads:
        for _attempt in range(20):  # on a busy machine the file may be done before anybody looks
            answer = threads.submit(pool.clean, large, LIMITS)
            is_dead = is_hit(process, answer, whom)
            done = answer.result(timeout=PATIENCE)
            # a child that had just answered cannot be hit any more, and that of a dead keeper may still answer
            if is_dead and (done == LOST or whom == "keeper"):
                break
        else:
            pytest.fail("was never hit")
    assert done == LOST or isinstance(done, Clean)
    assert isinstance(pool.clean(PHOTO, LIMITS), Clean)


def test_a_worker_that_died_while_it_waited_is_replaced(pool: Pool) -> None:
    pool.warm_up()
    keeper = pool._free.queue[0]
    assert keeper is not None
    os.kill(keeper.process.pid, signal.SIGKILL)
    keeper.process.wait()
    assert isinstance(pool.clean(PHOTO, LIMITS), Clean)


def test_workers_end_with_whoever_started_them() -> None:
    code = "from dunkelwerk.dialogues.uploads.confined import *\np = Pool(Confinement(workers=1))\np.warm_up()\n"
    code += "import os\nprint(p._free.queue[0].process.pid, flush=True)\nos.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240)
    keeper = int(done.stdout)
    assert is_soon(lambda: not psutil.pid_exists(keeper) or psutil.Process(keeper).status() == psutil.STATUS_ZOMBIE)


def test_a_child_can_reach_nothing(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ESCAPES, tmp_path], capture_output=True, text=True, timeout=240)
    assert done.stdout == "done bytearray(b'\\x00')\n", done.stderr
    assert [(each.name, each.stat().st_size) for each in tmp_path.iterdir()] == [("open-before", 0)]


def test_a_worker_knows_no_secret(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://geheim")
    pool.warm_up()
    keeper = pool._free.queue[0]
    assert keeper is not None
    assert set(psutil.Process(keeper.process.pid).environ()) <= {"PATH", "LANG", "PYTHONPATH", "MALLOC_ARENA_MAX"}


def test_callers_wait_for_a_free_worker_and_not_for_ever() -> None:
    pool = small(patience=0.05)
    try:
        taken = pool._free.get()
        assert pool.clean(PHOTO, LIMITS) == Refused("busy")
        pool._free.put(taken)
        assert isinstance(pool.clean(PHOTO, LIMITS), Clean)
    finally:
        pool.stop()


def test_many_threads_share_few_workers() -> None:
    pool = Pool(Confinement(workers=2))
    try:
        with ThreadPoolExecutor(8) as threads:
            done = list(threads.map(lambda number: pool.clean(samples.document(number + 1), LIMITS), range(8)))
        assert [each.pages for each in done if isinstance(each, Clean)] == list(range(1, 9))
        assert sum(each is not None for each in pool._free.queue) <= 2
    finally:
        pool.stop()


@pytest.mark.parametrize("change", [{"data": b"<html>"}, {"sha256": "0" * 64}])
def test_an_answer_that_is_not_what_it_says_is_not_taken(change: dict[str, object]) -> None:
    done = cleaning.clean(PHOTO, limits=LIMITS)
    assert isinstance(done, Clean)
    forged = Clean(**{**{name: getattr(done, name) for name in done.__struct_fields__}, **change})
    assert confined._examine(done) == done
    assert confined._examine(forged) == Refused("unreadable", "worker lied")


def test_a_server_loads_no_decoder() -> None:
    """Nor does it start anything before the first file."""
    code = "import sys, dunkelwerk.dialogues.uploads.accepting\n"
    code += "print({'PIL', 'pikepdf', 'pillow_heif', 'pypdfium2', 'django'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240)
    assert done.stdout == "set()\n"


def test_the_pool_of_this_process() -> None:
    before = threading.active_count()
    assert clean_confined(PHOTO, LIMITS) == cleaning.clean(PHOTO, limits=LIMITS)
    assert confined.default_pool() is confined.default_pool()
    assert threading.active_count() < before + 20
    confined.default_pool().stop()


def test_both_ends_speak_the_same() -> None:
    """The server has its own copy of the request, so as not to load the decoders with the worker's."""
    assert confined._Request.__struct_fields__ == worker.Request.__struct_fields__
    assert confined.LENGTH_BYTES == worker.LENGTH_BYTES
