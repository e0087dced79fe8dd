"""``dunkelwerk export``: what stands in the database, whole, in order, safe to open, and as of one moment."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from work_support import TARIFF, TODAY, World, case_file, claim, contract, household, note, person, write_lines

TABLES = ("decisions", "work-items", "instalments", "ledger", "movements", "letters")
TOMORROW = "2026-11-03"


def export(run_cli: Any, *arguments: object) -> str:
    """What the command writes to standard output; it must succeed."""
    done = run_cli("export", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    text: str = done.stdout
    return text


def objects(text: str) -> list[dict[str, Any]]:
    """JSON Lines."""
    return [json.loads(line) for line in text.splitlines()]


def without_nulls(value: Any) -> Any:
    """Absent and null say the same."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


@pytest.fixture
def here(django_database: str) -> Any:
    """Runs the command inside the test: for what succeeds, or is one sentence."""
    from typer.testing import CliRunner

    from dunkelwerk.cli.app import app

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        done = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def worked(world: World) -> World:
    """Two notices settled, one referred."""
    world.load(household(1), household(2), household(3))
    world.receive(note(1), note(2, incapacity_until="2026-12-31", final=True), note(3, formally_correct=False))
    world.work()
    return world


# Case files


def joint() -> dict[str, Any]:
    """Two persons under one contract, each with another one; every field filled."""
    paid = {"id": "I-1", "due": "2026-04-15", "amount": "312.50", "status": "returned", "replaces": None}
    again = {"id": "I-2", "due": "2026-04-15", "amount": "312.50", "status": "paid", "replaces": "I-1"}
    nameless = {"due": "2026-05-15", "amount": "0.00", "status": "cancelled"}
    full = claim("C-1", 2, instalments=[paid, again, nameless], icd=["F32.1", "M54.5"], months_used_before=3)
    closed = claim("C-2", 1, status="closed", closed_on="2026-11-01", closing_reason="recovered", months_used_before=0)
    case = case_file(
        contract(
            *("RS-7", [2, 1], full, closed),
            payee={
                "name": "Sparkasse Ü",
                "iban": "DE02120300000000202051",
                "reference": "D 1",
                "blocked_since": "2026-01-02",
            },
            arrears={"reminded_on": "2026-01-03", "deadline": "2026-01-17"},
            recourse_open="17.05",
            final_instalment="900.00",
        ),
        contract("RS-9", [1], tariff="T-2", status="cancelled"),
        contract("RS-8", [2], instalment="100.10"),
    )
    case["persons"] = [person(1) | {"salutation": "Frau", "deceased_on": "2026-10-01", "city": "Köln"}, person(2)]
    case["tariffs"] = [TARIFF, {"id": "T-2", "death": {"cap": None, "waiting_months": 0, "legal_entity": "leben"}}]
    return case


def test_what_was_loaded_comes_out_again(world: World, here: Any) -> None:
    loaded = joint()
    world.load(loaded, household(3))
    files = {file["key"]: file for file in objects(export(here, "case-files"))}
    assert list(files) == ["RS-7", "RS-9", "RS-8", "RS-3"], "in the order of the register"
    contracts = {each["number"]: each for each in loaded["contracts"]}
    assert [each["number"] for each in files["RS-7"]["contracts"]] == ["RS-7", "RS-9", "RS-8"]
    assert [each["number"] for each in files["RS-9"]["contracts"]] == ["RS-7", "RS-9"]
    assert [each["number"] for each in files["RS-8"]["contracts"]] == ["RS-7", "RS-8"]
    assert [each["id"] for each in files["RS-9"]["persons"]] == ["P-1", "P-2"], "the closure's contracts name both"
    for file in list(files.values())[:3]:
        for each in file["contracts"]:
            assert without_nulls(each) == without_nulls(contracts[each["number"]])
        for each in file["persons"]:
            assert without_nulls(each) in without_nulls(loaded["persons"])
    assert {"illness": None, "unemployment": None}.keys().isdisjoint(files["RS-9"]["tariffs"][1])
    assert without_nulls(files["RS-9"]["tariffs"][1]) == {
        **{"id": "T-2", "death": {"waiting_months": 0, "legal_entity": "leben"}}
    }


def test_a_case_file_has_the_fixed_keys_in_their_order(world: World, here: Any) -> None:
    world.load(household(1))
    (file,) = objects(export(here, "case-files"))
    assert list(file) == ["key", "persons", "tariffs", "contracts"]
    assert set(file["contracts"][0]) == {
        *("number", "tariff", "start", "end", "status", "insured", "instalment", "final_instalment", "due_day"),
        *("payee", "arrears", "recourse_open", "claims"),
    }
    assert set(file["contracts"][0]["claims"][0]) == {
        *("number", "person", "cause", "status", "onset", "icd", "benefit_from", "benefit_limit", "proven_until"),
        *("released_until", "recovered_on", "closed_on", "closing_reason", "months_used_before", "instalments"),
    }


def test_an_export_can_be_loaded_and_changes_nothing(worked: World, run_cli: Any, tmp_path: Path) -> None:
    path = tmp_path / "akten.jsonl"
    assert export(run_cli, "case-files", "--out", path) == ""
    done = run_cli("load", path)
    assert done.returncode == 0, done.stderr
    assert "0 neu, 0 geändert, 3 unverändert" in done.stdout


def test_one_case_file_by_its_number(worked: World, here: Any) -> None:
    (file,) = objects(export(here, "case-files", "--contract", "RS-2"))
    assert (file["key"], file["contracts"][0]["claims"][0]["status"]) == ("RS-2", "closed")
    (first, second) = file["contracts"][0]["claims"][0]["instalments"]
    assert (first["due"], first["amount"], first["status"]) == ("2026-11-15", "312.50", "released")
    assert second["due"] == "2026-12-15"


def test_an_unknown_contract_is_one_sentence_and_leaves_no_file(worked: World, run_cli: Any, tmp_path: Path) -> None:
    done = run_cli("export", "case-files", "--contract", "RS-X", "--out", tmp_path / "x.jsonl")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Den Vertrag RS-X gibt es nicht.\n")
    assert list(tmp_path.glob("x.jsonl*")) == []


def test_case_files_are_read_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.infra.snapshot import snapshot
    from dunkelwerk.lines.credit_protection import queries

    world.load(*(household(number) for number in range(5)))
    monkeypatch.setattr(queries, "CASES_PER_BATCH", 2)
    with snapshot():
        assert [len(batch) for batch in queries.case_file_lines()] == [2, 2, 1]


def test_an_export_shows_one_moment_and_writes_nothing(world: World) -> None:
    """Somebody commits between two batches: neither half of it is seen."""
    from django.db import InternalError, connection

    from dunkelwerk.infra.snapshot import snapshot, stream

    world.load(household(1), household(2))
    statement = "SELECT number FROM contract ORDER BY id"
    with snapshot():
        batches = stream(statement, size=1)
        assert next(batches) == [("RS-1",)]
        world.run("UPDATE contract SET number = 'RS-0' WHERE number = 'RS-2'")
        assert list(batches) == [[("RS-2",)]]
        assert list(stream(statement)) == [[("RS-1",), ("RS-2",)]]
    with pytest.raises(InternalError), snapshot(), connection.cursor() as cursor:
        cursor.execute("UPDATE contract SET recourse_open = 1")


# Decisions


def test_a_decision_comes_out_as_decide_gives_it(worked: World, run_cli: Any, tmp_path: Path) -> None:
    cases = [household(1), household(2), household(3)]
    notes = [note(1), note(2, incapacity_until="2026-12-31", final=True), note(3, formally_correct=False)]
    files = (write_lines(tmp_path / "c.jsonl", cases), write_lines(tmp_path / "n.jsonl", notes))
    done = run_cli("decide", "follow-up-sick-note", "--case-files", files[0], "--notices", files[1], "--on", TODAY)
    exported = objects(export(run_cli, "decisions"))
    head = {"id", "notice_id", "channel", "external_id", "attempt", "business_day", "batch", "process", "mode", "state"}
    assert [{name: each[name] for name in each if name not in head} for each in exported] == objects(done.stdout)
    assert [each["state"] for each in exported] == ["settled", "settled", "referred"]
    assert {name: exported[2][name] for name in head - {"id", "notice_id", "batch", "state"}} == {
        **{"channel": "scan", "external_id": "N-3", "attempt": 1, "business_day": TODAY, "mode": "dark"},
        "process": "follow_up_sick_note",
    }


def test_flat_decisions_have_reasons_and_sums(worked: World, here: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(export(here, "decisions", "--format", "csv"))))
    assert [(row["notice"], row["outcome"], row["state"], row["actions"], row["released"]) for row in rows] == [
        ("N-1", "apply", "settled", "4", "312.50"),
        ("N-2", "apply", "settled", "6", "625.00"),
        ("N-3", "refer", "referred", "0", "0.00"),
    ]
    assert rows[2]["reasons"] == "formally_defective"


# Tables


@pytest.mark.parametrize("table", TABLES)
def test_every_table_says_the_same_in_every_format(worked: World, here: Any, tmp_path: Path, table: str) -> None:
    from pyarrow import parquet

    rows = list(csv.DictReader(io.StringIO(export(here, table, "--format", "csv"))))
    path = tmp_path / "t.parquet"
    export(here, table, "--format", "parquet", "--out", path)
    typed = parquet.read_table(path).to_pylist()
    assert len(rows) == len(typed) > 0
    assert [list(row) for row in rows] == [list(row) for row in typed]
    assert rows == [{name: as_cell(value) for name, value in row.items()} for row in typed]
    flat = objects(export(here, table))
    assert [each["id"] for each in flat] == [row["id"] for row in typed]
    if table != "decisions":
        assert [list(each) for each in flat] == [list(row) for row in typed]


def as_cell(value: Any) -> str:
    """A typed value as CSV shows it."""
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def test_parquet_columns_are_typed(worked: World, here: Any, tmp_path: Path) -> None:
    from pyarrow import parquet

    path = tmp_path / "m.parquet"
    export(here, "movements", "--format", "parquet", "--out", path)
    schema = parquet.read_schema(path)
    kinds = {name: str(schema.field(name).type) for name in ("amount", "business_day", "booked_at", "reasons", "id")}
    assert kinds == {
        **{"amount": "decimal128(18, 2)", "business_day": "date32[day]", "id": "int64"},
        **{"booked_at": "timestamp[us, tz=Europe/Berlin]", "reasons": "list<element: string>"},
    }


@pytest.mark.parametrize("table", TABLES)
def test_since_is_the_first_day_that_is_shown(worked: World, here: Any, table: str) -> None:
    assert export(here, table, "--since", TODAY) == export(here, table)
    assert export(here, table, "--since", TOMORROW) == ""


def test_instalments_show_the_net_amount_and_since_leaves_out_what_was_taken_over(world: World, here: Any) -> None:
    loaded = {"id": "I-1", "due": "2026-10-15", "amount": "312.50", "status": "paid"}
    world.load(household(1, instalments=[loaded]))
    world.receive(note(1))
    world.work()
    world.run("UPDATE instalment SET set_off = 12.50 WHERE decision IS NOT NULL")
    (taken_over, ours) = objects(export(here, "instalments"))
    assert {name: taken_over[name] for name in ("contract", "claim", "key", "decision", "status")} == {
        **{"contract": "RS-1", "claim": "C-1", "key": "I-1", "decision": None, "status": "paid"}
    }
    assert {name: ours[name] for name in ("due", "amount", "set_off", "net", "status", "key")} == {
        **{"due": "2026-11-15", "amount": "312.50", "set_off": "12.50", "net": "300.00", "status": "released"},
        "key": f"DW-{ours['id']}",
    }
    assert objects(export(here, "instalments", "--since", TODAY)) == [ours]


def test_the_ledger_names_contract_and_claim_and_its_balance_is_zero(worked: World, here: Any) -> None:
    postings = objects(export(here, "ledger"))
    assert [(each["contract"], each["claim"], each["debit"], each["credit"], each["amount"]) for each in postings] == [
        ("RS-1", "C-1", "claims_expense:illness", "payable", "312.50"),
        ("RS-2", "C-2", "claims_expense:illness", "payable", "312.50"),
        ("RS-2", "C-2", "claims_expense:illness", "payable", "312.50"),
    ]
    balance = objects(export(here, "ledger", "--trial-balance"))
    assert [(each["account"], each["debit"], each["credit"], each["balance"]) for each in balance] == [
        ("claims_expense:illness", "937.50", "0.00", "937.50"),
        ("payable", "0.00", "937.50", "-937.50"),
    ]


def test_account_entries_are_both_sides_of_each_posting(worked: World) -> None:
    rows = worked.rows("SELECT posting, account, debit, credit, against FROM account_entry ORDER BY posting, account")
    assert len(rows) == 6
    assert list(rows[0].values())[1:] == ["claims_expense:illness", Decimal("312.50"), Decimal("0.00"), "payable"]
    assert list(rows[1].values())[1:] == ["payable", Decimal("0.00"), Decimal("312.50"), "claims_expense:illness"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["ledger", "--since", "01.11.2026"], "--since: kein Datum"),
        (["ledger", "--trial-balance", "--since", TODAY], "--trial-balance umfasst alle Tage"),
        (["ledger", "--format", "xlsx"], "xlsx"),
        (["everything"], "everything"),
    ],
)
def test_wrong_usage(run_cli: Any, arguments: list[str], what: str) -> None:
    done = run_cli("export", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert what in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_written_is_one_sentence(run_cli: Any, tmp_path: Path) -> None:
    done = run_cli("export", "ledger", "--out", tmp_path / "nowhere" / "l.jsonl")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{tmp_path / 'nowhere' / 'l.jsonl'}: nicht schreibbar")


def test_what_a_spreadsheet_would_compute_is_text(world: World, here: Any) -> None:
    world.receive(note(1, on="=1+1"), note(2, on="RS-2"))
    world.work()
    rows = list(csv.DictReader(io.StringIO(export(here, "work-items", "--format", "csv"))))
    assert [row["contract"] for row in rows] == ["'=1+1", "RS-2"]
    assert [each["contract"] for each in objects(export(here, "work-items"))] == ["=1+1", "RS-2"]


def test_an_empty_table_has_a_header_in_csv_and_columns_in_parquet(here: Any, tmp_path: Path) -> None:
    from pyarrow import parquet

    assert export(here, "letters") == ""
    assert export(here, "letters", "--format", "csv").startswith("id,business_day,template,")
    export(here, "letters", "--format", "parquet", "--out", tmp_path / "l.parquet")
    assert parquet.read_table(tmp_path / "l.parquet").num_rows == 0


def test_the_application_may_read_the_views(worked: World) -> None:
    with worked.connect() as session:
        session.execute("SET ROLE dunkelwerk_app")
        assert session.execute("SELECT count(*) AS n FROM trial_balance").fetchone() == {"n": 2}
        assert session.execute("SELECT count(*) AS n FROM account_entry").fetchone() == {"n": 6}
