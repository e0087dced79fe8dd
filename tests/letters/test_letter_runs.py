"""Letter orders become files: each once, whatever breaks off, with an index that names exactly what is there."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from work_support import TODAY, Thing, World, household, note

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.letters.rendering import text_of
from gates import PATIENCE, Gate, end_sessions, wait_until

ADDRESS: Thing = {"street": "Lindenstr.", "house_number": "7", "postal_code": "50667", "city": "Köln", "country": "DE"}
COMMAND = Path(sys.executable).with_name("dunkelwerk")
RENDERED = "SELECT count(*) FROM letter_order WHERE state = 'rendered'"
STATES = "SELECT state, count(*) AS letters FROM letter_order GROUP BY state"


def settled(world: World, count: int, **person: Any) -> None:
    """So many households with an address, each with a note that was settled: one letter each."""
    files = [household(number) for number in range(1, count + 1)]
    for file in files:
        file["persons"][0].update(ADDRESS | person)
    world.load(*files)
    world.receive(*(note(number) for number in range(1, count + 1)))
    world.work()


def render(world: World, *, retry: bool = False, workers: int = 1, on: str = TODAY) -> Counter[str]:
    """Render into the folder ``out``."""
    world.enter()
    from datetime import date

    from dunkelwerk.runner.letter_runs import render

    complaints: list[str] = []
    day = date.fromisoformat(on)
    ends = render(world.folder / "out", on=day, retry=retry, workers=workers, complain=complaints.append)
    assert complaints == []
    return ends


def states(world: World) -> dict[str, int]:
    """How many orders are in each state."""
    return {row["state"]: row["letters"] for row in world.rows(STATES)}


def ensure_whole(world: World, *, letters: int) -> None:
    """Every letter is in exactly one index, its file is what the index and the order say, and the controls agree."""
    seen: list[Thing] = []
    for folder in sorted((world.folder / "out").iterdir()):
        index = (folder / "index.csv").read_bytes()
        rows = list(csv.DictReader(index.decode().splitlines()))
        control = json.loads((folder / "control.json").read_text())
        assert control["letters"] == len(rows) == sum(control["templates"].values())
        assert control["pages"] == sum(int(row["pages"]) for row in rows)
        assert control["index_sha256"] == hashlib.sha256(index).hexdigest()
        assert {row["file"] for row in rows} == {path.name for path in folder.glob("*.pdf")}
        for row in rows:
            assert hashlib.sha256((folder / row["file"]).read_bytes()).hexdigest() == row["sha256"]
        seen += rows
    orders = world.rows("SELECT id, sha256, state FROM letter_order ORDER BY id")
    assert len(seen) == letters
    assert {int(row["document"]): row["sha256"] for row in seen} == {
        order["id"]: order["sha256"] for order in orders if order["state"] == "rendered"
    }
    assert world.value("SELECT count(*) FROM letter_run WHERE finished_at IS NULL") == 0


def test_a_settled_notice_becomes_a_letter_with_its_line_in_the_index(world: World) -> None:
    settled(world, 1)
    assert render(world) == {"rendered": 1}
    (folder,) = (world.folder / "out").iterdir()
    (row,) = csv.DictReader((folder / "index.csv").read_text("utf-8").splitlines())
    assert (row["contract"], row["claim"], row["template"]) == ("RS-1", "C-1", "settlement")
    assert [row[f"address_{line}"] for line in range(1, 5)] == ["Vorname1 Nachname1", "Lindenstr. 7", "50667 Köln", ""]
    assert (row["recipient"], row["country"], row["pages"]) == ("Vorname1 Nachname1", "Deutschland", "1")
    text = text_of((folder / row["file"]).read_bytes())
    assert "Wir zahlen 312,50 € für Sie" in text
    assert "Guten Tag Vorname1 Nachname1," in text
    ensure_whole(world, letters=1)
    assert world.broken() == []


def test_letters_and_index_are_the_owners_alone(world: World) -> None:
    settled(world, 1)
    render(world)
    (folder,) = (world.folder / "out").iterdir()
    assert [path.name for path in [folder, *folder.iterdir()] if path.stat().st_mode & 0o077] == []


def test_nothing_is_rendered_twice(world: World) -> None:
    settled(world, 2)
    render(world)
    assert render(world) == {}
    assert len(list((world.folder / "out").iterdir())) == 1
    ensure_whole(world, letters=2)


def test_what_was_cancelled_is_never_rendered(world: World) -> None:
    settled(world, 2)
    world.run("UPDATE letter_order SET state = 'cancelled' WHERE contract = 'RS-1'")
    assert render(world, retry=True) == {"rendered": 1}
    assert states(world) == {"cancelled": 1, "rendered": 1}
    ensure_whole(world, letters=1)


def test_the_present_address_is_taken_not_that_of_the_decision(world: World) -> None:
    settled(world, 1)
    world.run("UPDATE person SET street = 'Neue Straße', salutation = 'Frau'")
    render(world)
    (path,) = (world.folder / "out").glob("*/*.pdf")
    assert "Frau\nVorname1 Nachname1\nNeue Straße 7" in text_of(path.read_bytes())


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("street = NULL", "in der Anschrift fehlt die Straße"),
        ("deceased_on = '2026-10-30'", "die versicherte Person ist verstorben"),
        ("last_name = 'Gro😀'", "das Zeichen U+1F600 fehlt in den Schriften"),
        (f"last_name = '{'Langname ' * 80}'", "die Anschrift passt nicht in das Anschriftfeld"),
    ],
)
def test_one_that_cannot_be_printed_becomes_a_work_item_and_the_others_go_on(
    world: World, change: str, fault: str
) -> None:
    settled(world, 3)
    world.run(f"UPDATE person SET {change} WHERE key = 'P-2'")
    assert render(world) == {"rendered": 2, "failed": 1}
    ensure_whole(world, letters=2)
    (order,) = world.rows("SELECT * FROM letter_order WHERE state = 'failed'")
    assert (order["contract"], order["fault"]) == ("RS-2", fault)
    (item,) = world.items()
    assert (item["basket"], item["task"], item["kind"], item["state"]) == ("Postausgang", "letter", "letter", "open")
    assert (item["key"], item["contract"]) == (str(order["id"]), "RS-2")
    control = json.loads(next((world.folder / "out").glob("*/control.json")).read_text())
    assert control["failed"] == 1
    assert world.broken() == []


def test_a_corrected_address_is_taken_up_by_a_retry_and_closes_the_item(world: World) -> None:
    settled(world, 2, street=None)
    assert render(world) == {"failed": 2}
    assert not (world.folder / "out").exists()
    assert render(world) == {}, "only a retry takes up what failed"
    assert render(world, retry=True) == {"failed": 2}
    assert [item["state"] for item in world.items()] == ["open", "open"], "one item each, not one per attempt"
    world.run("UPDATE person SET street = 'Neue Straße' WHERE key = 'P-1'")
    assert render(world, retry=True) == {"rendered": 1, "failed": 1}
    assert [(item["contract"], item["state"]) for item in world.items()] == [("RS-1", "done"), ("RS-2", "open")]
    ensure_whole(world, letters=1)


def test_a_content_function_that_fails_fails_one_letter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(world, 2)
    from dunkelwerk.lines.credit_protection.letters import content

    def fail_for_one(matter: Any) -> dict[str, Any]:
        if matter.contract.number == "RS-1" and matter.person.id == "P-1":
            raise KeyError(matter.person.last_name)
        return tell(matter)

    tell = content.TELLERS["settlement"]
    monkeypatch.setitem(content.TELLERS, "settlement", fail_for_one)
    assert render(world) == {"rendered": 1, "failed": 1}
    fault = world.value("SELECT fault FROM letter_order WHERE state = 'failed'")
    assert "KeyError" in fault
    assert "Nachname1" not in fault


def test_a_broken_own_template_stops_before_anything_is_marked(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(world, 1)
    own = tmp_path / "own"
    own.mkdir()
    (own / "settlement.typ").write_text("#let x = (")
    monkeypatch.setenv("DUNKELWERK_LETTERS", str(own))
    with pytest.raises(CommandError, match=r"settlement\.typ"):
        render(world)
    assert states(world) == {"ordered": 1}
    assert world.items() == []


def test_two_workers_share_the_orders(world: World) -> None:
    settled(world, 120)
    assert render(world, workers=2) == {"rendered": 120}
    ensure_whole(world, letters=120)


def start(world: World, **environment: str) -> subprocess.Popen[str]:
    """The command, in a process group of its own."""
    line = [COMMAND, "letters", "render", "--out", world.folder / "out"]
    return subprocess.Popen(
        [str(each) for each in line],
        env={**os.environ, "DUNKELWERK_TODAY": TODAY, **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_two_renderers_at_once_print_each_letter_once(world: World) -> None:
    settled(world, 160)
    both = [start(world), start(world)]
    for each in both:
        out, err = each.communicate(timeout=PATIENCE)
        assert each.returncode == 0, out + err
    render(world)
    assert states(world) == {"rendered": 160}
    ensure_whole(world, letters=160)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_killed_in_the_middle_and_started_again_nothing_is_lost_or_doubled(world: World, after: int) -> None:
    settled(world, 260)
    gate = Gate(world.url, "letter_order", count=RENDERED, most=200, event="UPDATE")  # it never comes to its end
    running = start(world)
    wait_until(lambda: states(world).get("rendered", 0) >= 50 * after, pause=0.002)
    time.sleep(0.02 * after)  # some other moment each time
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate(timeout=PATIENCE)
    end_sessions(world.url)
    gate.open()
    left = states(world).get("ordered", 0)
    assert 0 < left < 260
    assert world.value("SELECT count(*) FROM letter_run WHERE finished_at IS NULL") == 1
    render(world)
    assert states(world) == {"rendered": 260}
    ensure_whole(world, letters=260)


def test_a_file_that_got_lost_before_the_index_is_made_again(world: World) -> None:
    settled(world, 2)
    render(world)
    (folder,) = (world.folder / "out").iterdir()
    lost, damaged = sorted(folder.glob("*.pdf"))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    lost.unlink()
    damaged.write_bytes(b"x")
    world.run("UPDATE letter_run SET finished_at = NULL")
    assert render(world) == {}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_copy_is_the_same_file(world: World, run_cli: Any) -> None:
    settled(world, 1)
    render(world)
    world.run("UPDATE person SET street = 'Neue Straße'")
    order = world.value("SELECT id FROM letter_order")
    copy = world.folder / "copy.pdf"
    done = run_cli("letters", "show", order, "--out", copy)
    assert (done.returncode, done.stderr) == (0, "")
    (path,) = (world.folder / "out").glob("*/*.pdf")
    assert copy.read_bytes() == path.read_bytes()
    missing = run_cli("letters", "show", 999, "--out", copy)
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)


def test_what_a_letter_says_is_kept_sealed(world: World) -> None:
    settled(world, 1)
    render(world)
    kept = bytes(world.value("SELECT content FROM letter_order"))
    assert kept
    assert b"Nachname1" not in kept


def test_the_command_says_what_it_did(world: World, run_cli: Any) -> None:
    settled(world, 2)
    world.run("UPDATE person SET city = NULL WHERE key = 'P-2'")
    done = run_cli("letters", "render", "--out", world.folder / "out", DUNKELWERK_TODAY=TODAY)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"1 Briefe in {world.folder / 'out'}; 1 ließen sich nicht drucken")
    assert run_cli("letters", "render", DUNKELWERK_TODAY=TODAY).stdout == "Kein Brief wartet.\n"
    (world.folder / "file").write_text("")
    world.run("UPDATE letter_order SET state = 'ordered'")
    refused = run_cli("letters", "render", "--out", world.folder / "file", DUNKELWERK_TODAY=TODAY)
    assert refused.returncode == 1
    assert "nicht schreibbar" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert run_cli("letters", "render", "--on", "2026-13-01").returncode == 2


def test_the_export_says_what_became_of_each_order(world: World, run_cli: Any) -> None:
    settled(world, 1)
    render(world)
    (row,) = [json.loads(line) for line in run_cli("export", "letters").stdout.splitlines()]
    assert (row["state"], row["pages"], row["rendered_on"], row["run"]) == ("rendered", 1, TODAY, 1)
    assert (world.folder / "out" / f"{TODAY}-000001" / row["file"]).is_file()
