"""``dunkelwerk load`` beside another load and beside work, killed in the middle, and through an outage."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from load_support import Loader, Thing, case, other_case, write

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.lines import retry
from dunkelwerk.lines.credit_protection.intake import loading, writes
from dunkelwerk.lines.credit_protection.synthetic.notices import notices
from dunkelwerk.lines.credit_protection.synthetic.register import case_files
from gates import OURS, PATIENCE, Gate, end_sessions, wait_until
from progress_lines import without_progress

pytestmark = pytest.mark.timeout(1200)
CONTRACTS = 5000
ON = date(2026, 11, 2)


@pytest.fixture
def loader(tmp_path: Path, django_database: str) -> Loader:
    return Loader(tmp_path, django_database)


@pytest.fixture(scope="module")
def register() -> list[Thing]:
    return list(case_files(seed=3, contracts=CONTRACTS, on=ON))


def start_cli(path: Path, **environment: str) -> subprocess.Popen[str]:
    command = [Path(sys.executable).with_name("dunkelwerk"), "load", path]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env={**os.environ, **environment}, **pipes)


def count_new(text: str) -> int:
    """The new contracts of a load's last line."""
    return int(text.split("Verträge: ")[1].split(" neu")[0])


def expected_counts(register: list[Thing]) -> dict[str, int]:
    contracts = [contract for line in register for contract in line["contracts"]]
    claims = [claim for contract in contracts for claim in contract["claims"]]
    return {
        "contract": len(contracts),
        "person": len({person["id"] for line in register for person in line["persons"]}),
        "claim": len(claims),
        "instalment": sum(len(claim["instalments"]) for claim in claims),
        "insured": sum(len(contract["insured"]) for contract in contracts),
        "proof": sum(claim["proven_until"] is not None for claim in claims),
        "release": sum(claim["released_until"] is not None for claim in claims),
    }


def counts(loader: Loader, register: list[Thing]) -> dict[str, int]:
    return {table: loader.value(f"SELECT count(*) FROM {table}") for table in expected_counts(register)}


def beside_progress(stderr: str) -> str:
    """What was said besides how far it is, which a slow machine says now and then."""
    return without_progress(stderr)


def test_two_loads_of_the_same_file_at_once(tmp_path: Path, database_url: str, register: list[Thing]) -> None:
    """The second reads backwards: rows meet in either order."""
    forward, backward = write(tmp_path / "a.jsonl", *register), write(tmp_path / "b.jsonl", *reversed(register))
    running = [start_cli(path) for path in (forward, backward)]
    ends = [process.communicate(timeout=PATIENCE) for process in running]
    assert [process.returncode for process in running] == [0, 0], ends
    assert [beside_progress(stderr) for _, stderr in ends] == ["", ""]
    assert sum(count_new(stdout) for stdout, _ in ends) == CONTRACTS
    assert counts(Loader(tmp_path, database_url), register) == expected_counts(register)


def test_killed_in_the_middle_and_run_again(
    tmp_path: Path, database_url: str, register: list[Thing], run_cli: Any
) -> None:
    path, loader = write(tmp_path / "akten.jsonl", *register), Loader(tmp_path, database_url)
    count = "SELECT count(*) FROM contract"
    gate = Gate(database_url, "contract", count=count, most=CONTRACTS // 2)  # it is never done before it is killed
    process = start_cli(path)
    try:
        wait_until(lambda: loader.value(count) > 0)
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)
    end_sessions(database_url)
    gate.open()
    done = loader.value("SELECT count(*) FROM contract")
    assert done < CONTRACTS, "killed too late to show anything"
    assert loader.value("SELECT count(*) FROM register_load WHERE finished_at IS NULL") == 1
    again = run_cli("load", path)
    assert (again.returncode, beside_progress(again.stderr)) == (0, "")
    assert f"Verträge: {CONTRACTS - done} neu, 0 geändert, {done} unverändert" in again.stdout
    assert counts(loader, register) == expected_counts(register)


def test_beside_work(tmp_path: Path, database_url: str, register: list[Thing], run_cli: Any) -> None:
    """What work decides first makes a line older; nothing that it wrote is wound back."""
    path = write(tmp_path / "akten.jsonl", *register)
    inbox = write(tmp_path / "post.jsonl", *notices(seed=3, contracts=CONTRACTS, on=ON, count=1500))
    assert run_cli("load", path).returncode == 0
    assert run_cli("inbox", "add", inbox).returncode == 0
    command = [
        Path(sys.executable).with_name("dunkelwerk"),
        "work",
        "--once",
        "--on",
        ON.isoformat(),
        "--batch-size",
        "50",
    ]
    work = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    loads = []
    try:
        while work.poll() is None or not loads:
            loads.append(run_cli("load", path))
    finally:
        out, errors = work.communicate(timeout=PATIENCE)
    loads.append(run_cli("load", path))  # this one at least finds what was decided
    assert work.returncode == 0, errors
    assert "1500 Meldungen" in out
    sentences = {sentence for load in loads for sentence in load.stderr.splitlines() if ", Zeile " in sentence}
    assert sentences
    assert [each for each in sentences if not each.endswith("bitte einen aktuellen Abzug laden.")] == []
    assert [load.returncode for load in loads if "Interner Fehler" in load.stderr] == []
    check = run_cli("check", DUNKELWERK_TODAY=ON.isoformat())
    assert check.returncode == 0, check.stdout + check.stderr


def test_rows_written_by_another_load_meanwhile_are_found(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between our reading and our writing another load commits the same contract and person."""
    original, other = writes.Writer.write, threading.Event()

    def write_late(self: Any, plan: Any) -> None:
        if not other.is_set():
            other.set()
            nested = write(loader.folder / "anderer.jsonl", case())
            done = start_cli(nested)
            done.communicate(timeout=PATIENCE)
            assert done.returncode == 0
        original(self, plan)

    monkeypatch.setattr(writes.Writer, "write", write_late)
    totals = loader.load(case(), other_case("RS-2"))
    assert (totals.refused, totals.contracts.new, totals.contracts.unchanged) == (0, 1, 1), loader.sentences
    assert loader.value("SELECT count(*) FROM contract") == 2
    assert loader.value("SELECT count(*) FROM instalment") == 3


def test_a_load_waits_for_whoever_works_on_a_contract(loader: Loader) -> None:
    """And then sees what was decided: the line is older by now."""
    loader.load(case())
    locked, loaded = threading.Event(), threading.Event()
    waiting = f"SELECT count(*) FROM {OURS} AND wait_event_type = 'Lock'"

    def work() -> None:
        with psycopg.connect(loader.url) as connection:
            connection.execute("SELECT FROM contract WHERE number = 'RS-1' FOR UPDATE")
            locked.set()
            wait_until(lambda: loader.value(waiting) or loaded.is_set())
            connection.execute("UPDATE claim SET proven_until = '2026-08-31'")

    thread = threading.Thread(target=work)
    thread.start()
    assert locked.wait(PATIENCE)
    sentence = loader.refuse(case())
    loaded.set()
    thread.join()
    assert "proven_until" in sentence


def test_persons_of_new_contracts_are_locked_until_the_end(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case file must not grow while the runner holds its persons ``FOR SHARE``."""
    loader.load(case())
    refused = []
    original = writes.Writer.write

    def write_watched(self: Any, plan: Any) -> None:
        original(self, plan)
        for table, key in (("person", "key"), ("contract", "number")):
            with psycopg.connect(loader.url) as connection:
                try:
                    connection.execute(f"SELECT {key} FROM {table} ORDER BY id FOR SHARE NOWAIT".encode())
                except psycopg.errors.LockNotAvailable:
                    refused.append(table)

    monkeypatch.setattr(writes.Writer, "write", write_watched)
    both = other_case("RS-2")
    both["contracts"].append(case()["contracts"][0])
    loader.load(both)
    assert refused == ["person", "contract"]


def test_a_lost_connection_is_tried_again(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    original, failures = writes.Writer.write, []

    def write_and_lose(self: Any, plan: Any) -> None:
        original(self, plan)
        if len(failures) < 2:
            self._cursor.execute("SELECT pg_backend_pid()")
            failures.append(self._cursor.fetchone()[0])
            with psycopg.connect(loader.url) as connection:
                connection.execute("SELECT pg_terminate_backend(%s, 60000)", (failures[-1],))

    monkeypatch.setattr(writes.Writer, "write", write_and_lose)
    totals = loader.load(case(), other_case("RS-2"))
    assert len(set(failures)) == 2
    assert (totals.refused, totals.contracts.new, totals.persons.new) == (0, 2, 1)
    assert loader.value("SELECT count(*) FROM contract") == 2
    assert loader.value("SELECT count(*) FROM instalment") == 3


class Clock:
    """Time that passes by waiting only."""

    at = 0.0

    def monotonic(self) -> float:
        """The seconds."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.at += seconds


@pytest.mark.parametrize("state", ["40P01", "53100", "55P03", "57P03", "08006"])
def test_an_outage_that_lasts_ends_in_one_sentence_and_keeps_what_is_done(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(loading, "BATCH_LINES", 1)
    monkeypatch.setattr(retry, "PATIENCE", 0.3)
    monkeypatch.setattr(retry, "time", Clock())
    original, attempts = writes.Writer.write, []

    def write_once(self: Any, plan: Any) -> None:
        attempts.append(1)
        if len(attempts) > 1:
            self._cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'fault' USING ERRCODE = '{state}'; END $$")
        original(self, plan)

    monkeypatch.setattr(writes.Writer, "write", write_once)
    with pytest.raises(CommandError, match=r"Die Datenbank arbeitet nicht \(fault\); was geladen ist, bleibt"):
        loader.load(case(), other_case("RS-2"), other_case("RS-3"))
    assert len(attempts) > 3
    assert [row["number"] for row in loader.rows("SELECT number FROM contract")] == ["RS-1"]


def test_any_other_fault_of_the_database_is_one_sentence_at_once(loader: Loader) -> None:
    loader.run("REVOKE INSERT ON claim FROM dunkelwerk_app")
    with pytest.raises(CommandError, match=r"permission denied for table claim\); was geladen ist, bleibt"):
        loader.load(case())
    assert loader.value("SELECT count(*) FROM contract") == 0


def test_batches_do_not_outgrow_memory(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BATCH_BYTES", 5000)
    sizes = []
    original = loading.Intake.take

    def take(self: Any, batch: Any) -> int:
        sizes.append(batch.count)
        return original(self, batch)

    monkeypatch.setattr(loading.Intake, "take", take)
    totals = loader.load(*(other_case(f"RS-{number}") for number in range(20)))
    assert totals.contracts.new == 20
    assert max(sizes) < 20
    assert sum(sizes) == 20
