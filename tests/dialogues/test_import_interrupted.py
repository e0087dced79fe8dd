"""An import that is killed exported nothing; the same call again completes it, and nobody gets two PINs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from dialogue_support import AT, BORN, TODAY, import_rows, person_row, read_csv, write_csv

from gates import Gate, wait_until

COMMAND = Path(sys.executable).with_name("dunkelwerk")
ROWS = "SELECT count(*) FROM dialogue"
SESSIONS = "pg_stat_activity WHERE datname = current_database() AND application_name = 'dunkelwerk'"
LEFT, CUT = f"SELECT count(*)::int FROM {SESSIONS}", f"SELECT pg_terminate_backend(pid) FROM {SESSIONS}"
STATES = "SELECT state, count(*)::int FROM dialogue GROUP BY 1"


def start_import(folder: Path, path: Path) -> subprocess.Popen[str]:
    arguments = [COMMAND, "dialogues", "import", "proof", path, "--pins-out", folder / "out.csv"]
    environment = {**os.environ, "DUNKELWERK_TODAY": TODAY}
    return subprocess.Popen(arguments, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@contextmanager
def halted(url: str, count: int) -> Iterator[None]:
    """In here the import stands still after at least so many rows; afterwards whatever it left has ended."""
    gate = Gate(url, "dialogue", count=ROWS, most=count)
    with psycopg.connect(url, autocommit=True) as database:
        wait_until(lambda: database.execute(ROWS.encode()).fetchone()[0] >= count)  # type: ignore[index]
        yield
        gate.open()
        wait_until(lambda: database.execute(LEFT.encode()).fetchone() == (0,))


@pytest.mark.parametrize("how", ["kill", "cut"])
def test_interrupted_and_completed(proof: str, folder: Path, how: str) -> None:
    from django.db import connection

    from dunkelwerk.dialogues import access

    path = write_csv(folder / "persons.csv", [person_row(number) for number in range(4000)])
    connection.close()
    process = start_import(folder, path)
    with halted(proof, 1000):
        if how == "kill":
            process.kill()
        else:
            with psycopg.connect(proof, autocommit=True) as database:
                database.execute(CUT)
        _out, error = process.communicate()
    if how == "cut":
        assert process.returncode == 1
        assert "derselbe Aufruf setzt fort" in error
        assert "Traceback" not in error
        assert list(folder.glob("*.part")) == []
    assert not (folder / "out.csv").exists()
    with psycopg.connect(proof) as database:
        before = dict(database.execute(STATES).fetchall())
        dead = database.execute("SELECT selector FROM dialogue").fetchall()
    assert 1000 <= before.pop("created") < 4000
    assert before == {}
    again = start_import(folder, path)
    out, _error = again.communicate()
    assert again.returncode == 0
    assert list(folder.glob("*.part")) == []
    assert f"Zeilen 4000 = neu {4000 - len(dead)} + vervollständigt {len(dead)} + schon vorhanden 0" in out
    letters = read_csv(folder / "out.csv")
    assert Counter(each["external_id"] for each in letters) == Counter(f"E-{n}" for n in range(4000))
    with psycopg.connect(proof) as database:
        assert dict(database.execute(STATES).fetchall()) == {"exported": 4000}
        alive = {row[0] for row in database.execute("SELECT selector FROM dialogue")}
    assert {each["pin"].replace("-", "")[:5] for each in letters} == alive
    assert isinstance(access.log_in(letters[17]["pin"], BORN, address="10.0.0.1", at=AT), access.Session)


def test_the_name_is_given_before_the_commit_and_lost_with_it(
    proof: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that fails after the file has its name: the next run makes new PINs and keeps the old file aside."""
    from dunkelwerk.dialogues import access
    from dunkelwerk.dialogues.importing.letters import CsvFile

    publish = CsvFile.publish

    def fail_after(self: CsvFile, *, keeps: bool = True) -> None:
        publish(self, keeps=keeps)
        if self.count:
            raise OSError("the plug was pulled")

    monkeypatch.setattr(CsvFile, "publish", fail_after)
    with pytest.raises(OSError, match="plug"):
        import_rows(folder, [person_row(1)])
    [dead] = read_csv(folder / "out.csv")
    monkeypatch.setattr(CsvFile, "publish", publish)
    counts, [alive] = import_rows(folder, [person_row(1)])
    assert (counts.completed, counts.letters, counts.kept) == (1, 1, folder / "out.csv.1")
    assert dead["dialogue"] == alive["dialogue"]
    assert access.log_in(dead["pin"], BORN, address="10.0.0.1", at=AT).kind == access.WRONG  # type: ignore[union-attr]
    assert isinstance(access.log_in(alive["pin"], BORN, address="10.0.0.1", at=AT), access.Session)


def test_two_imports_of_one_type_take_turns(proof: str, folder: Path) -> None:
    with psycopg.connect(proof, autocommit=True) as database:
        database.execute("SELECT pg_advisory_lock(20250621, hashtext('proof'))")
        process = start_import(folder, write_csv(folder / "persons.csv", [person_row(1)]))
        _out, error = process.communicate()
    assert process.returncode == 1
    assert "läuft gerade ein anderer Import" in error
    assert list(folder.glob("out.csv*")) == []


def test_a_reconciliation_that_fails_exports_nothing(proof: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.dialogues.importing.letters import CsvFile
    from dunkelwerk.infra.errors import CommandError

    write = CsvFile.write
    monkeypatch.setattr(CsvFile, "write", lambda self, rows: write(self, list(rows)[:-1]))
    with pytest.raises(CommandError, match="Abgleich"):
        import_rows(folder, [person_row(1), person_row(2)])
    assert not (folder / "out.csv").exists()
    with psycopg.connect(proof) as database:
        assert dict(database.execute(STATES).fetchall()) == {"created": 2}


def test_memory_stays_flat(proof: str, folder: Path) -> None:
    """Ten times the rows need nowhere near ten times the memory."""
    import tracemalloc

    peaks = []
    for number, count in enumerate((400, 4000)):
        rows = [person_row(each, external_id=f"{number}-{each}") for each in range(count)]
        path = write_csv(folder / f"persons{number}.csv", rows)
        del rows
        from datetime import date

        from dunkelwerk.dialogues.importing import run

        order = run.Order("proof", path, folder / f"out{number}.csv", "test", date.fromisoformat(TODAY))
        run.BATCH, kept = 200, run.BATCH
        tracemalloc.start()
        run.import_file(order, advance=lambda count: None, complain=lambda bad: None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        run.BATCH = kept
    assert peaks[1] < 1.5 * peaks[0]
