"""The life of the embedded database: first start, users, watchdog, crashes, accounts."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from embedded_home import (
    LATER,
    User,
    forget,
    is_stopped,
    query,
    run,
    server_account,
    server_pid,
    wait_until,
    watchdog_pid,
)

from dunkelwerk.infra import embedded
from dunkelwerk.infra.embedded_place import locate


def test_second_call_in_a_process_changes_nothing(home: Path) -> None:
    url, pid = embedded.connect_url(home), server_pid(home)
    assert embedded.connect_url(home) == url
    assert server_pid(home) == pid


def test_server_lives_as_long_as_one_user(home: Path) -> None:
    first, second = User(home), User(home)
    url = first.url()
    assert second.url() == url
    run(url, "CREATE TABLE kept AS SELECT 42 AS value")
    first.leave()
    time.sleep(1)  # five times the grace
    assert query(url, "SELECT 1") == 1
    second.leave()
    wait_until(lambda: is_stopped(home))
    third = User(home)
    assert query(third.url(), "SELECT value FROM kept") == 42
    third.leave()


def test_killed_user_counts_as_gone(home: Path) -> None:
    user = User(home)
    user.url()
    user.kill()
    wait_until(lambda: is_stopped(home))


def test_server_outlives_its_last_user_by_the_grace(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_EMBEDDED_GRACE", "6")
    first, second = User(home), User(home, code=LATER)
    first.url()
    assert second.process.stdout is not None
    assert second.process.stdout.readline() == "here\n"
    pid = server_pid(home)
    first.leave()
    second.come()
    second.url()
    time.sleep(7)  # longer than the grace
    assert server_pid(home) == pid
    second.leave()
    assert server_pid(home) == pid
    wait_until(lambda: is_stopped(home))


def is_told(pid: int) -> bool:
    """Whether a signal waits for a process that stands still."""
    status = Path(f"/proc/{pid}/status").read_text()
    (pending,) = [line.split()[1] for line in status.splitlines() if line.startswith("ShdPnd:")]
    return int(pending, 16) != 0


def test_user_who_arrives_while_the_server_stops_waits_and_gets_a_new_one(home: Path) -> None:
    first = User(home)
    first.url()
    pid = server_pid(home)
    os.kill(pid, signal.SIGSTOP)  # the watchdog's order to stop is not carried out yet
    try:
        first.leave()
        wait_until(lambda: is_told(pid))
        second = User(home)
        time.sleep(1)
        assert second.process.poll() is None
        assert server_pid(home) == pid
    finally:
        os.kill(pid, signal.SIGCONT)
    assert query(second.url(), "SELECT 1") == 1
    assert server_pid(home) != pid
    second.leave()
    wait_until(lambda: is_stopped(home))


def test_users_who_come_and_go_at_the_edge_of_the_grace_are_always_served(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUNKELWERK_EMBEDDED_GRACE", "0")

    def come_and_go(_number: int) -> object:
        user = User(home)
        try:
            return query(user.url(), "SELECT 1")
        finally:
            user.kill()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(come_and_go, range(16))) == [1] * 16
    wait_until(lambda: is_stopped(home))


def test_programs_that_start_at_once_share_one_server(home: Path) -> None:
    users = [User(home) for _ in range(4)]
    started = {query(user.url(), "SELECT pg_postmaster_start_time()") for user in users}
    assert len(started) == 1
    for user in users:
        user.kill()
    wait_until(lambda: is_stopped(home))


def test_killed_watchdog_is_replaced_by_the_next_user(home: Path) -> None:
    first = User(home)
    first.url()
    pid, watchdog = server_pid(home), watchdog_pid(home)
    os.kill(watchdog, signal.SIGKILL)
    wait_until(lambda: embedded.status(home).watchdog_pid is None)
    second = User(home)
    second.url()
    assert watchdog_pid(home) != watchdog
    assert server_pid(home) == pid
    first.leave()
    second.leave()
    wait_until(lambda: is_stopped(home))


def test_killed_server_is_started_again_with_everything_committed(home: Path) -> None:
    url, pid = embedded.connect_url(home), server_pid(home)
    run(url, "CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: embedded.status(home).server_pid is None)
    assert embedded.connect_url(home) == url
    assert server_pid(home) != pid
    assert query(url, "SELECT count(*) FROM kept") == 1000


def test_busy_remains_of_a_killed_server_end_before_a_new_one_starts(home: Path) -> None:
    url, pid = embedded.connect_url(home), server_pid(home)
    busy = psycopg.connect(url)
    backend = busy.info.backend_pid
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 1000000) b")
    state = f"SELECT state FROM pg_stat_activity WHERE pid = {backend}"
    wait_until(lambda: query(url, state) == "active")
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: embedded.status(home).server_pid is None)
    assert Path(f"/proc/{backend}/exe").exists()  # computes on, without a postmaster
    assert query(embedded.connect_url(home), "SELECT 1") == 1
    assert not Path(f"/proc/{backend}/exe").exists()
    busy.close()


def test_process_file_that_names_a_stranger_does_not_stop_a_start(home: Path) -> None:
    embedded.connect_url(home)
    embedded.stop(home)
    account = server_account()
    options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "600"], **options) as stranger:  # type: ignore[call-overload]
        try:
            data = locate(home).data
            for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
                left = f"{stranger.pid}\n{data}\n1700000000\n5432\n.\n\n  123 4\nready   \n"
                (data / name).write_text(left)
                os.chown(data / name, account.pw_uid, account.pw_gid)
            assert embedded.status(home).server_pid is None
            assert query(embedded.connect_url(home), "SELECT 1") == 1
            assert server_pid(home) != stranger.pid
        finally:
            stranger.kill()


def test_half_made_cluster_of_a_killed_first_start_is_made_anew(home: Path) -> None:
    left = home / "postgresql" / "data.new-left"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")
    assert query(embedded.connect_url(home), "SELECT 1") == 1
    assert not left.exists()


def test_deleted_home_is_made_anew_by_a_process_that_used_it(home: Path) -> None:
    embedded.connect_url(home)
    embedded.stop(home)
    shutil.rmtree(home)
    assert query(embedded.connect_url(home), "SELECT 1") == 1
    assert embedded.status(home).in_use


def test_home_that_is_moved_keeps_its_watchdog(home: Path) -> None:
    user = User(home)
    user.url()
    old = server_pid(home)
    aside = home.with_name("aside")
    home.rename(aside)
    assert query(embedded.connect_url(home), "SELECT 1") == 1
    new = server_pid(home)
    assert new != old
    user.leave()  # its watchdog stops its server, and not the one of others
    wait_until(lambda: is_stopped(aside))
    time.sleep(0.5)
    assert server_pid(home) == new


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_child_process_calls_for_itself(home: Path, method: str) -> None:
    url = embedded.connect_url(home)
    context = multiprocessing.get_context(method)
    with context.Pool(1) as pool:
        assert pool.apply(embedded.connect_url, (home,)) == url


def test_forked_child_keeps_the_registration_of_its_parent(home: Path) -> None:
    code = (
        "import os, sys, time; from dunkelwerk.infra import embedded; url = embedded.connect_url()\n"
        "if os.fork() == 0:\n    print(os.getpid(), flush=True)\n    time.sleep(600)\n"
    )
    parent = User(home, code=code)
    assert parent.process.stdout is not None
    child = int(parent.process.stdout.readline())
    parent.process.wait(240)
    time.sleep(1)
    assert embedded.status(home).state == "ready"
    os.kill(child, signal.SIGKILL)
    parent.process.communicate()
    wait_until(lambda: is_stopped(home))


def test_status_and_stop_tell_what_happens(home: Path) -> None:
    assert embedded.stop(home) is False
    nothing = embedded.Status(home.resolve(), None, None, None, None, False)
    assert embedded.status(home) == nothing
    assert not home.exists()
    embedded.connect_url(home)
    found = embedded.status(home)
    assert (found.version, found.state, found.in_use) == (18, "ready", True)
    assert embedded.stop(home) is True
    assert embedded.stop(home) is False
    found = embedded.status(home)
    assert (found.state, found.server_pid, found.in_use) == (None, None, True)
    forget(home)
    wait_until(lambda: is_stopped(home))
    assert embedded.status(home).in_use is False
