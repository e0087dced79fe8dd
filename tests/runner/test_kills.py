"""A worker killed at any moment, a server that falls, a process group that is told to stop: nothing lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import psycopg
import pytest
from order_support import inbox, register
from work_support import TODAY, Thing, World, household, note, write_lines

from gates import PATIENCE, Gate, end_sessions, slow_down, wait_until
from progress_lines import without_progress

COMMAND = Path(sys.executable).with_name("dunkelwerk")
WAITING = "SELECT count(*) FROM notice WHERE state = 'waiting'"
BATCHES = "SELECT count(*) FROM batch"


def is_gone(pid: int) -> bool:
    """Whether a process has ended, whoever's child it is."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def fork_worker(world: World, *, size: int) -> int:
    """Start a worker as a child of this process; its id."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            world.work(size=size)
            code = 0
        finally:
            os._exit(code)
    return pid


def kill_after(pid: int, world: World, wanted: int, *, seconds: float) -> bool:
    """Kill the worker a moment after there are so many batches; whether it was still at work."""
    ended: list[int] = []

    def has_ended() -> bool:
        found, status = os.waitpid(pid, os.WNOHANG)
        ended.extend([status] if found else [])
        return bool(ended)

    wait_until(lambda: has_ended() or world.value(BATCHES) >= wanted, pause=0.002)
    if not ended:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        ended.append(os.waitpid(pid, 0)[1])
    assert ended[0] in (0, signal.SIGKILL)
    return ended[0] == signal.SIGKILL


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_again_and_again_nothing_is_lost_or_doubled(world: World, seed: int) -> None:
    rng = Random(seed)
    world.load(*register())
    world.receive(*inbox(rng))
    undisturbed = world.copy()
    undisturbed.work()
    gate, kills = Gate(world.url, "batch", count=BATCHES, most=0), 0
    while world.value(WAITING):
        wanted = world.value(BATCHES) + rng.randint(0, 3)
        gate.let(wanted + 1)  # a worker is killed in its next batch at the latest, however late we are
        worker = fork_worker(world, size=rng.randint(1, 4))
        kills += kill_after(worker, world, wanted, seconds=rng.random() * 0.03)
        end_sessions(world.url)
    assert kills > 2
    assert world.picture() == undisturbed.picture()
    assert world.broken() == []


def test_all_processes_of_the_command_killed_at_once(world: World) -> None:
    world.load(*register())
    world.receive(*inbox(Random(4)))
    undisturbed = world.copy()
    undisturbed.work()
    gate, kills = Gate(world.url, "batch", count=BATCHES, most=0), 0
    while world.value(WAITING):
        wanted = world.value(BATCHES) + 10
        gate.let(wanted + 1)  # of at least thirty; the two of them may make one more
        command = start_work(world, "--once", "--workers", "2", "--batch-size", "2")
        kills += kill_group_after(command, world, wanted)
        end_sessions(world.url)
    assert kills > 1
    assert world.picture() == undisturbed.picture()
    assert world.broken() == []


def kill_group_after(command: subprocess.Popen[str], world: World, wanted: int) -> bool:
    """Kill all processes of the command when there are so many batches; whether they were still at work."""
    wait_until(lambda: command.poll() is not None or world.value(BATCHES) >= wanted)
    stop_group(command)
    return command.returncode == -signal.SIGKILL


def start_work(world: World, *options: str) -> subprocess.Popen[str]:
    """The command, as the leader of a process group of its own."""
    return subprocess.Popen(
        [COMMAND, "work", "--on", TODAY, *options],
        env={**os.environ, "DATABASE_URL": world.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def children_of(pid: int) -> list[int]:
    """The processes that it started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("victim", ["parent", "worker"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_processes_that_work_for_ever_end_together(world: World, number: signal.Signals, victim: str) -> None:
    world.load(household(1), household(2))
    command = start_work(world, "--workers", "2")
    try:
        world.receive(note(1))
        wait_until(lambda: not world.value(WAITING) and len(workers_of(command.pid)) == 2)
        family = children_of(command.pid)
        os.kill(command.pid if victim == "parent" else workers_of(command.pid)[0], number)
        _out, complaint = command.communicate(timeout=PATIENCE)
        wait_until(lambda: all(map(is_gone, family)))
    finally:
        stop_group(command)
    told = {("parent", signal.SIGTERM): "", ("worker", signal.SIGKILL): "Arbeitsprozess brach ab"}
    assert told.get((victim, number), "") in complaint
    assert "Traceback" not in complaint
    assert world.states() == {"N-1": "settled"}


def test_when_one_process_fails_all_end_with_its_sentence(world: World) -> None:
    world.load(household(1))
    world.receive(note(1))
    key_file = Path(os.environ["DUNKELWERK_HOME"]) / "keys.json"
    key_file.write_text("{}")
    command = start_work(world, "--workers", "2")
    try:
        out, complaint = command.communicate(timeout=PATIENCE)
    finally:
        stop_group(command)
    complaint = without_progress(complaint)
    assert (command.returncode, out) == (1, "")
    assert complaint.startswith(f"{key_file}: die Schlüsseldatei ist nicht lesbar")
    assert len(complaint.splitlines()) == 1
    assert world.states() == {"N-1": "waiting"}


def workers_of(pid: int) -> list[int]:
    """The processes that decide."""
    return [each for each in children_of(pid) if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


def stop_group(command: subprocess.Popen[str]) -> None:
    """Leave nothing behind, whatever the test found."""
    if command.poll() is None:
        os.killpg(command.pid, signal.SIGKILL)
        command.wait()


def test_the_embedded_server_killed_in_the_middle_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dunkelwerk.infra import embedded
    from dunkelwerk.infra.embedded_place import locate

    home = tmp_path / "home"
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DUNKELWERK_HOME", str(home))
    monkeypatch.setenv("DUNKELWERK_EMBEDDED_OPTIONS", "-c fsync=off -c shared_buffers=16MB -c autovacuum=off")
    url = embedded.connect_url(home)
    try:
        run("load", write_lines(tmp_path / "cases", [household(n) for n in range(1, 81)]))
        run("inbox", "add", write_lines(tmp_path / "notices", [note(n) for n in range(1, 81)]))
        slow_down(url, "batch", seconds=0.1)  # so that it is not done before it is looked at
        work = subprocess.Popen(
            [COMMAND, "work", "--once", "--on", TODAY, "--batch-size", "1"], stdout=subprocess.PIPE, text=True
        )
        for batches in (5, 15):
            wait_until(lambda batches=batches: count_batches(url) >= batches)
            server = embedded.status(home).server_pid
            assert server is not None
            os.kill(server, signal.SIGKILL)
        summary, _ = work.communicate(timeout=PATIENCE)
        assert (work.returncode, summary) == (0, "80 Meldungen: 80 dunkel erledigt, 0 ausgesteuert\n")
        run("check")
    finally:
        embedded.release(locate(home))
        embedded.stop(home)


def count_batches(url: str) -> int:
    """How many batches were committed; 0 while there is no server."""
    try:
        with psycopg.connect(url) as session:
            row = session.execute(BATCHES.encode()).fetchone()
            return row[0] if row else 0
    except psycopg.OperationalError:
        return 0


def run(*arguments: object) -> Thing:
    """A command that must succeed."""
    ended = subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return {"out": ended.stdout}
