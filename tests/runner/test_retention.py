"""Retention: what goes when, what never goes, and that nothing else goes with it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from retention_support import close_claim, counts, delete, fill, hand_over, left
from work_support import World, household, note

from gates import wait_until

EVERYTHING = {"N-1", "N-2", "N-4", "N-5"}
#: what breaks the books although retention deleted other things: the invariant that finds it
MISSING = {
    "movement_decision": """DELETE FROM decision_record
        WHERE id = (SELECT decision FROM notice WHERE external_id = 'N-5')""",
    "letter_movement": """DELETE FROM letter_order
        WHERE decision = (SELECT decision FROM notice WHERE external_id = 'N-5')""",
    "batch_count": "UPDATE batch SET notices = notices + 1",
}


def test_the_term_ends_with_its_last_day(world: World) -> None:
    """Decided on 2 November 2026, claim closed in 2026: ten years from the end of 2026."""
    close_claim(fill(world), 2, on="2026-11-02")
    delete(world, "2036-12-31")
    assert left(world) == EVERYTHING
    delete(world, "2037-01-01")
    assert left(world) == EVERYTHING - {"N-2"}
    assert world.broken() == []


def test_it_starts_with_the_end_of_the_year_in_which_the_claim_ended(world: World) -> None:
    close_claim(fill(world), 5, on="2027-01-01")
    delete(world, "2037-12-31")
    assert "N-5" in left(world)
    delete(world, "2038-01-01")
    assert "N-5" not in left(world)


def test_what_an_open_claim_rests_on_stays_for_ever(world: World) -> None:
    fill(world)
    report = delete(world, "2126-01-01")
    assert left(world) == {"N-1", "N-4", "N-5"}
    assert report.terms["credit_protection", "voucher"]["needed"] == 2


def test_a_notice_that_waits_for_somebody_stays(world: World) -> None:
    fill(world)
    delete(world, "2126-01-01")
    assert world.states()["N-4"] == "referred"
    hand_over(world, 4)
    delete(world, "2126-01-01")
    assert "N-4" not in left(world)


def test_a_notice_by_which_nothing_took_effect_goes_earlier(world: World) -> None:
    hand_over(fill(world), 4)
    delete(world, "2032-12-31")
    assert "N-4" in left(world)
    delete(world, "2033-01-01")
    assert "N-4" not in left(world)
    assert world.broken() == []


@pytest.mark.parametrize(
    "waiting",
    [
        "UPDATE work_item SET state = 'in_check' WHERE task = 'review'",
        "UPDATE letter_order SET state = 'ordered' WHERE contract = 'RS-2'",
        "UPDATE letter_order SET state = 'failed' WHERE contract = 'RS-2'",
    ],
)
def test_a_unit_of_which_something_is_open_stays(world: World, waiting: str) -> None:
    fill(world)
    if "review" in waiting:
        world.run(
            """INSERT INTO work_item (basket, task, kind, key, decision, contract, claim, reasons, priority, open_from,
                   due_on, state, created_on, version)
               SELECT 'b', 'review', 'claim', 'RS-2/C-2', decision, 'RS-2', 'C-2', '{}', 1, '2026-12-01', '2026-12-01',
                   'open', '2026-11-02', 1 FROM notice WHERE external_id = 'N-2'"""
        )
    world.run(waiting)
    delete(world, "2126-01-01")
    assert "N-2" in left(world)


def test_a_dry_run_says_the_same_and_changes_nothing(world: World) -> None:
    close_claim(fill(world), 5)
    before, picture = counts(world), world.picture()
    dry = delete(world, "2126-01-01", dry=True)
    assert (counts(world), world.picture()) == (before, picture)
    assert world.value("SELECT count(*) FROM retention_run") == 0
    assert sorted(path.name for path in (world.folder / "letters").iterdir())[-2:] == ["control.json", "index.csv"]
    wet = delete(world, "2126-01-01")
    assert (dry.rows, dry.terms) == (wet.rows, wet.terms)
    assert (wet.rows["notices", 2026], wet.rows["notices", 2027]) == (1, 1)


def test_everything_of_a_unit_goes_and_the_books_stay(world: World) -> None:
    fill(world)
    for number in (1, 2, 5):
        close_claim(world, number)
    hand_over(world, 4)
    books = {name: rows for name, rows in world.picture().items() if name in ("releases", "instalments", "proofs")}
    postings = world.value("SELECT sum(amount) FROM posting"), world.value("SELECT count(*) FROM movement")
    delete(world, "2126-01-01")
    assert {name for name, count in counts(world).items() if count} == set()
    assert world.value("SELECT count(*) FROM retention_batch") == 0
    assert {name: rows for name, rows in world.picture().items() if name in books} == books
    assert (world.value("SELECT sum(amount) FROM posting"), world.value("SELECT count(*) FROM movement")) == postings
    assert world.broken() == []


def test_letters_go_before_the_rest_with_their_files(world: World) -> None:
    close_claim(fill(world), 2, on="2026-11-02")
    folder = world.folder / "letters"
    gone = world.value("SELECT file FROM letter_order WHERE contract = 'RS-2'")
    kept = {row["file"] for row in world.rows("SELECT file FROM letter_order WHERE contract <> 'RS-2'")}
    delete(world, "2032-12-31")
    assert (folder / gone).exists()
    delete(world, "2033-01-01")
    assert {path.name for path in folder.iterdir()} == kept  # the index named the recipient
    assert world.value("SELECT count(*) FROM letter_order WHERE contract = 'RS-2'") == 0
    assert "N-2" in left(world)
    assert world.broken() == []


def test_an_empty_folder_goes_and_a_missing_one_is_told(world: World) -> None:
    fill(world)
    for number in (1, 2, 5):
        close_claim(world, number)
    folder = world.folder / "letters"
    for path in folder.glob("*.pdf"):
        path.unlink()
        break
    assert delete(world, "2126-01-01").absent == 1
    assert not folder.exists()


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_without_having_been_deleted_is_found(world: World, name: str) -> None:
    close_claim(fill(world), 2, on="2026-11-02")
    delete(world, "2040-01-01")
    assert world.broken() == []
    world.run(MISSING[name])
    assert name in world.broken()


def test_a_reviews_item_may_go_with_its_decision_and_only_so(world: World) -> None:
    world.load(household(3))
    world.receive(note(3, incapacity_until="2027-02-28"))
    world.work()
    world.run("UPDATE notice SET received_at = '2026-11-02'", "UPDATE work_item SET state = 'done'")
    world.run("UPDATE letter_order SET state = 'cancelled'")
    assert world.value("SELECT count(*) FROM movement WHERE action = 'review_on'") == 1
    close_claim(world, 3)
    copy = world.copy()
    delete(world, "2126-01-01")
    assert left(world) == set()
    assert "review_item" not in world.broken()
    copy.run("DELETE FROM work_item WHERE task = 'review'")
    assert "review_item" in copy.broken()


def test_all_attempts_of_a_notice_go_together(world: World) -> None:
    hand_over(fill(world), 4)
    world.run(
        "UPDATE notice SET state = 'replaced' WHERE external_id = 'N-4'",
        """INSERT INTO notice (channel, external_id, attempt, process, case_key, digest, payload, data_key, received_at,
               state)
           SELECT channel, external_id, 2, process, case_key, digest, payload, data_key, '2027-01-04', 'waiting'
           FROM notice WHERE external_id = 'N-4'""",
    )
    delete(world, "2126-01-01")
    assert world.value("SELECT count(*) FROM notice WHERE external_id = 'N-4'") == 2
    world.work(on="2027-01-04")
    hand_over(world, 4)
    world.run("UPDATE notice SET state = 'replaced' WHERE external_id = 'N-4' AND attempt = 1")
    delete(world, "2033-12-31")
    assert world.value("SELECT count(*) FROM notice WHERE external_id = 'N-4'") == 2
    delete(world, "2034-01-01")
    assert world.value("SELECT count(*) FROM notice WHERE external_id = 'N-4'") == 0
    assert world.broken() == []


def test_batches_are_bounded_and_all_are_reached(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.runner import retention

    fill(world)
    for number in (1, 2, 5):
        close_claim(world, number)
    hand_over(world, 4)
    monkeypatch.setattr(retention, "BATCH", 1)
    report = delete(world, "2126-01-01")
    assert (left(world), report.finished) == (set(), True)
    assert sum(number for (kind, _year), number in report.rows.items() if kind == "notices") == 4


def test_a_stopped_run_is_finished_by_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dunkelwerk.lines.terms import read_terms
    from dunkelwerk.runner import retention
    from dunkelwerk.runner.retention_plan import Plan

    fill(world)
    for number in (1, 2, 5):
        close_claim(world, number)
    monkeypatch.setattr(retention, "BATCH", 1)
    told = iter([False, False, True])
    plan = Plan(read_terms(), date(2126, 1, 1), "d.schutz")
    report = retention.run(plan, lambda count: None, is_told=lambda: next(told))
    assert (report.finished, left(world)) == (False, {"N-4", "N-5"})
    assert world.value("SELECT count(*) FROM retention_result") == 0
    assert world.broken() == []
    delete(world, "2126-01-01")
    assert left(world) == {"N-4"}


def test_the_log_says_up_to_which_day(world: World) -> None:
    fill(world)
    delete(world, "2037-01-01")
    columns, where = "term, until, deleted, held, needed", "line = 'credit_protection'"
    rows = world.rows(f"SELECT {columns} FROM retention_result WHERE {where} ORDER BY term")
    said = {row.pop("term"): row for row in rows}
    assert said["voucher"]["until"] == date(2026, 12, 31)
    assert said["letter"]["until"] == date(2030, 12, 31)
    assert said["voucher"]["deleted"]["notices"] == 1
    assert (said["voucher"]["held"], said["voucher"]["needed"], said["unsettled"]["needed"]) == (0, 2, 1)
    assert world.value("SELECT actor FROM retention_run") == "d.schutz"


def test_months_without_records_are_dropped(world: World) -> None:
    fill(world)
    parts = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'decision_record'::regclass"
    assert world.value(parts) == 1
    assert delete(world, "2126-01-01").partitions == 0
    for number in (1, 5):
        close_claim(world, number)
    hand_over(world, 4)
    assert delete(world, "2126-01-01").partitions == 1
    assert world.value(parts) == 0
    world.receive(note(1, name="N-9"))
    world.work()
    assert left(world) == {"N-9"}


def test_a_data_key_is_destroyed_once_it_seals_nothing(world: World) -> None:
    fill(world)
    assert delete(world, "2126-01-01").data_keys == 0
    for number in (1, 5):
        close_claim(world, number)
    hand_over(world, 4)
    assert delete(world, "2126-01-01").data_keys == 1
    assert world.value("SELECT count(*) FROM data_key") == 0


def test_the_role_that_works_cannot_delete_nor_claim_to_have(world: World) -> None:
    fill(world)
    world.enter()
    from django.db import connection, transaction

    forbidden = [f"DELETE FROM {table}" for table in ("notice", "decision_record", "toucher", "posting", "legal_hold")]
    forbidden += ["INSERT INTO retention_gone (run, kind, ids) VALUES (1, 'decision', '{[1,9]}')"]
    for statement in forbidden:
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_login_that_may_not_delete_is_told_which_one_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(world)
    from dunkelwerk.infra.errors import CommandError
    from dunkelwerk.runner import retention_plan

    monkeypatch.setattr(retention_plan, "TURN", "SET LOCAL ROLE dunkelwerk_app")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        delete(world, "2126-01-01")


def test_an_insurers_terms_go_before(world: World, tmp_path: Path) -> None:
    fill(world)
    own = tmp_path / "terms.yaml"
    own.write_text("voucher: {1900-01-01: 10, 2030-01-01: 3}\nletter: 2\n")
    delete(world, "2029-12-31", own=own)
    assert "N-2" in left(world)
    delete(world, "2030-01-01", own=own)
    assert "N-2" not in left(world)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("vouchr: 3", "unbekannte Frist vouchr"),
        ("voucher: 0", "Frist voucher"),
        ("voucher: 101", "Frist voucher"),
        ("voucher: yes", "Frist voucher"),
        ("voucher: {2030-01-01: 3}", "1900-01-01"),
        ("voucher: [", "kein lesbares YAML"),
    ],
)
def test_impossible_terms_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    from dunkelwerk.infra.errors import CommandError
    from dunkelwerk.lines.terms import read_terms

    (tmp_path / "own.yaml").write_text(text)
    with pytest.raises(CommandError, match=complaint) as caught:
        read_terms(tmp_path / "own.yaml")
    assert caught.value.code == 2


def test_deeds_about_no_case_go_after_their_own_terms(world: World) -> None:
    fill(world)
    world.run(
        *(
            f"INSERT INTO deed (at, actor, deed, kind, key) VALUES ('{at}', 'a', 'd', '{kind}', '{kind}-{at}')"
            for kind, at in (
                ("process", "2026-12-31 23:30+01"),
                ("process", "2027-01-01 00:30+01"),
                ("person", "2026-12-31 23:30+01"),
                ("person", "2027-01-01 00:30+01"),
            )
        )
    )
    delete(world, "2030-01-01")
    kept = "SELECT count(*) FROM deed WHERE kind = '{}'"
    assert (world.value(kept.format("process")), world.value(kept.format("person"))) == (2, 1)
    delete(world, "2037-01-01")
    assert (world.value(kept.format("process")), world.value(kept.format("person"))) == (1, 0)


KILLED = """
import sys
from datetime import date
from dunkelwerk.infra import database
database.start()
from dunkelwerk.lines.terms import read_terms
from dunkelwerk.runner import retention, retention_deleting
from dunkelwerk.runner.retention_plan import Plan
import os, signal
before = retention_deleting.note_batches
def note(*arguments):
    before(*arguments)
    if len(os.environ.setdefault("SEEN", "")) == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    os.environ["SEEN"] += "x"
retention_deleting.note_batches = note
retention.BATCH = 1
retention.run(Plan(read_terms(), date(2126, 1, 1), "x"), lambda count: None)
"""


@pytest.mark.parametrize("survived", [0, 1, 2])
def test_a_killed_run_leaves_whole_units(world: World, survived: int) -> None:
    fill(world)
    for number in (1, 2, 5):
        close_claim(world, number)
    from django.db import connections

    connections.close_all()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(survived)], timeout=240)
    assert killed.returncode == -9
    # the server notices after a moment
    wait_until(
        lambda: world.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 20251122") == 0
    )
    assert len(left(world)) == 4 - survived
    assert world.broken() == []
    delete(world, "2126-01-01")
    assert left(world) == {"N-4"}


def test_a_lock_that_somebody_holds_is_an_outage(world: World) -> None:
    fill(world)
    from dunkelwerk.infra.errors import CommandError

    with psycopg.connect(world.url) as session:
        session.execute("SELECT FROM notice FOR UPDATE")
        with pytest.raises(CommandError, match="Derselbe Aufruf setzt fort"):
            delete(world, "2126-01-01")
    delete(world, "2126-01-01")
    assert "N-2" not in left(world)


def test_the_command_prints_what_goes_by_kind_and_year(world: World, run_cli: Any) -> None:
    close_claim(fill(world), 2, on="2026-11-02")
    close_claim(world, 5)
    dry = run_cli("retention", "run", "--actor", "d.schutz", "--on", "2126-01-01", "--dry-run")
    assert (dry.returncode, dry.stderr) == (0, "")
    table = {line.split()[0]: line.split()[1:] for line in dry.stdout.splitlines() if line}
    assert table["Was"] == ["2026", "2027", "zusammen"]
    assert table["Meldungen"] == table["Entscheidungsprotokolle"] == table["Briefe"] == ["1", "1", "2"]
    assert "2 alte Vorgänge werden noch gebraucht" in dry.stdout
    assert "Nichts wurde gelöscht." in dry.stdout
    done = run_cli("retention", "run", "--actor", "d.schutz", "--on", "2126-01-01")
    assert "Meldungen" in done.stdout
    assert left(world) == {"N-1", "N-4"}
    again = run_cli("retention", "run", "--actor", "d.schutz", "--on", "2126-01-01")
    assert again.stdout.startswith("Nichts ist zu löschen.")
    assert run_cli("check").returncode == 0
    assert run_cli("retention", "run").returncode == 2


@pytest.mark.parametrize(
    ("numbers", "spans"),
    [([], []), ([7], [(7, 7)]), ([110, 10], [(10, 110)]), ([111, 10], [(10, 10), (111, 111)])],
)
def test_numbers_near_to_one_another_are_one_span(numbers: list[int], spans: list[tuple[int, int]]) -> None:
    from dunkelwerk.runner.retention_units import spans_of

    assert spans_of(numbers) == spans
