"""The embedded database under conditions it cannot work with (one clear sentence each), and under other accounts."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from embedded_home import (
    forget,
    is_stopped,
    needs_root,
    query,
    server_account,
    temporary_home,
    wait_until,
)

from dunkelwerk.infra import embedded, embedded_place
from dunkelwerk.infra.embedded import EmbeddedDatabaseError
from dunkelwerk.infra.embedded_place import locate


def refusal(home: Path) -> str:
    """The sentence with which ``home`` is refused."""
    with pytest.raises(EmbeddedDatabaseError) as caught:
        embedded.connect_url(home)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    assert not embedded.status(home).in_use  # who has no database is no user
    return text


def make_cluster(home: Path) -> None:
    embedded.connect_url(home)
    forget(home)
    embedded.stop(home)


@pytest.fixture
def small_disk(folder: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    disk = folder / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"mode=700,{request.param}", "dunkelwerk-test", str(disk)]
    if subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("mounting a file system is not permitted here")
    try:
        with temporary_home(disk):
            yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@needs_root
@pytest.mark.parametrize("small_disk", ["size=1m,nr_inodes=3", "size=64k", "size=20m", "size=36m"], indirect=True)
def test_disk_that_is_full_at_the_first_start(small_disk: Path) -> None:
    home = small_disk / "home"
    text = refusal(home)
    assert "kein Platz" in text
    assert str(home) in text
    # Nothing half-made is left, and no empty secret: with more room the next start succeeds.
    assert not list(home.glob("postgresql/data*"))
    subprocess.run(["mount", "-o", "remount,size=300m,nr_inodes=9000", str(small_disk)], check=True)
    assert query(embedded.connect_url(home), "SELECT 1") == 1


@needs_root
@pytest.mark.parametrize("small_disk", ["size=1m"], indirect=True)
def test_disk_that_is_full_already(small_disk: Path) -> None:
    home = small_disk / "home"
    fill_disk(small_disk / "filler")
    assert "kein Platz" in refusal(home)
    (small_disk / "filler").unlink()
    subprocess.run(["mount", "-o", "remount,size=300m", str(small_disk)], check=True)
    assert query(embedded.connect_url(home), "SELECT 1") == 1


@needs_root
@pytest.mark.parametrize("small_disk", ["size=200m"], indirect=True)
def test_disk_that_is_full_at_a_later_start(small_disk: Path) -> None:
    home = small_disk / "home"
    make_cluster(home)
    filler = small_disk / "filler"
    fill_disk(filler)
    text = refusal(home)
    assert "kein Platz" in text
    assert str(home) in text
    filler.unlink()
    assert query(embedded.connect_url(home), "SELECT 1") == 1


def fill_disk(path: Path) -> None:
    with path.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(bytes(4096))


@needs_root
@pytest.mark.parametrize("small_disk", ["size=200m"], indirect=True)
def test_disk_that_is_read_only(small_disk: Path) -> None:
    home = small_disk / "home"
    make_cluster(home)
    wait_until(lambda: is_stopped(home))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        with pytest.raises(EmbeddedDatabaseError) as caught:
            embedded.connect_url(home)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert "„root“ darf in" in str(caught.value)
    assert "DUNKELWERK_HOME" in str(caught.value)


@needs_root
@pytest.mark.parametrize("mode", [0o000, 0o755])
def test_folder_that_the_user_may_not_write(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    text = as_nobody(folder / "home")
    assert "„nobody“ darf in" in text
    assert str(folder) in text
    assert "DUNKELWERK_HOME" in text


@needs_root
def test_home_of_root_is_refused_to_others(folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "home").mkdir(mode=0o755)
    (folder / "home/postgresql").mkdir(mode=0o755)
    text = as_nobody(folder / "home")
    assert "gehört dem Benutzer „root“" in text


def as_nobody(home: Path) -> str:
    """What a process of the user ``nobody`` is told; a forked one, since that user may not even start our Python."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        text = "no refusal"
        try:
            nobody = pwd.getpwnam("nobody")
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            embedded.connect_url(home)
        except EmbeddedDatabaseError as error:
            text = str(error)
        except BaseException as error:
            text = repr(error)
        os.write(send, text.encode())
        os._exit(0)
    os.close(send)
    os.waitpid(child, 0)
    with os.fdopen(receive) as stream:
        return stream.read()


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("19", ["PostgreSQL 19", "bringt 18 mit", "neuere Fassung"]),
        ("17", ["PostgreSQL 17", "bringt 18 mit", "pg_dump"]),
    ],
)
def test_data_of_another_version(home: Path, version: str, words: list[str]) -> None:
    make_cluster(home)
    (locate(home).data / "PG_VERSION").write_text(f"{version}\n")
    text = refusal(home)
    for word in [*words, str(locate(home).data)]:
        assert word in text
    (locate(home).data / "PG_VERSION").write_text("18\n")
    assert query(embedded.connect_url(home), "SELECT 1") == 1


def test_folder_with_something_else_in_it(home: Path) -> None:
    area = home / "postgresql"
    area.mkdir(parents=True, mode=0o700)
    (area / "holiday.jpg").touch()
    text = refusal(home)
    assert str(area) in text
    assert "etwas anderes" in text
    assert [path.name for path in area.iterdir()] == ["holiday.jpg"]
    (area / "holiday.jpg").unlink()
    assert query(embedded.connect_url(home), "SELECT 1") == 1


def test_data_folder_with_something_else_in_it(home: Path) -> None:
    data = home / "postgresql/data"
    data.mkdir(parents=True, mode=0o700)
    (data / "holiday.jpg").touch()
    if os.geteuid() == 0:
        os.chown(data, server_account().pw_uid, -1)
    assert str(data) in refusal(home)
    assert [path.name for path in data.iterdir()] == ["holiday.jpg"]


def test_home_with_other_files_of_ours_is_fine(home: Path) -> None:
    home.mkdir()
    (home / "keys").mkdir()
    assert query(embedded.connect_url(home), "SELECT 1") == 1


def test_home_that_is_a_data_directory_of_another_postgresql(home: Path) -> None:
    home.mkdir()
    (home / "PG_VERSION").write_text("18\n")
    assert "etwas anderes" in refusal(home)
    assert [path.name for path in home.iterdir()] == ["PG_VERSION"]


def test_home_that_is_a_file(home: Path) -> None:
    home.write_text("")
    assert f"„{home}“ ist kein Verzeichnis" in refusal(home)
    home.unlink()


def test_password_that_is_lost(home: Path) -> None:
    make_cluster(home)
    password = locate(home).password.read_text()
    locate(home).password.unlink()
    assert f"spielen Sie „{locate(home).password}“ aus der Datensicherung ein" in refusal(home)
    locate(home).password.write_text(password)
    assert query(embedded.connect_url(home), "SELECT 1") == 1


@needs_root
def test_data_that_root_owns(home: Path) -> None:
    make_cluster(home)
    os.chown(locate(home).data, 0, 0)
    assert "chown -R nobody" in refusal(home)


@needs_root
def test_link_from_a_home_to_elsewhere_is_not_followed_by_root(home: Path, folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    home.mkdir()
    (home / "postgresql").symlink_to(folder / "elsewhere")
    assert str(home / "postgresql") in refusal(home)
    assert not list((folder / "elsewhere").iterdir())


@pytest.mark.parametrize("options", ["fsync=off", "-c", "-c fsync=off -D", "-c 'fsync"])
def test_options_that_are_no_settings(home: Path, monkeypatch: pytest.MonkeyPatch, options: str) -> None:
    monkeypatch.setenv("DUNKELWERK_EMBEDDED_OPTIONS", options)
    assert "DUNKELWERK_EMBEDDED_OPTIONS" in refusal(home)


def test_setting_that_postgresql_refuses_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_EMBEDDED_OPTIONS", "-c shared_buffers=much")
    text = refusal(home)
    assert 'invalid value for parameter "shared_buffers"' in text
    assert str(locate(home).log) in text


@pytest.mark.parametrize("grace", ["soon", "-1", "3601", "nan"])
def test_grace_that_is_no_number_of_seconds(home: Path, monkeypatch: pytest.MonkeyPatch, grace: str) -> None:
    monkeypatch.setenv("DUNKELWERK_EMBEDDED_GRACE", grace)
    assert "DUNKELWERK_EMBEDDED_GRACE" in refusal(home)


def test_default_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUNKELWERK_HOME", str(tmp_path))
    assert embedded.default_home() == tmp_path
    monkeypatch.delenv("DUNKELWERK_HOME")
    monkeypatch.setattr(embedded_place, "is_root", lambda: True)
    assert embedded.default_home() == Path("/var/lib/dunkelwerk")
    monkeypatch.setattr(embedded_place, "is_root", lambda: False)
    monkeypatch.setenv("HOME", "/home/somebody")
    assert embedded.default_home() == Path("/home/somebody/.local/share/dunkelwerk")
