"""An insurer's own decision tables: which one counts, what is refused, and that the rules version knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dunkelwerk.decisions.own_tables import find_stranger
from dunkelwerk.decisions.process import Process
from dunkelwerk.decisions.tables import TableError
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.lines.credit_protection.processes.follow_up_sick_note.decide import FOLDER, PROCESS
from dunkelwerk.lines.registry import choose_tables, processes

OURS = (FOLDER / "tables" / "extension_days.csv").read_text("utf-8")
OWN = "first,in chapter text,out days integer\n1,M,7\n2,-,9\n"
NAME = "extension_days"


@pytest.fixture(autouse=True)
def _ours_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("DUNKELWERK_TABLES", raising=False)
    yield
    monkeypatch.delenv("DUNKELWERK_TABLES", raising=False)
    processes.cache_clear()
    processes()


def write(folder: Path, text: str, *, name: str = f"{NAME}.csv") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return folder


def days(process: Process[Any, Any, Any, Any] = PROCESS, chapter: str = "M") -> Any:
    match = process.table(NAME).lookup(chapter=chapter)
    assert match is not None
    return match.outputs["days"]


def test_ours_where_there_is_none() -> None:
    assert (days(), PROCESS.tables, PROCESS.own_tables) == (35, (NAME,), ())


def test_an_own_table_counts_until_it_is_taken_away(tmp_path: Path) -> None:
    before = PROCESS.rules
    PROCESS.use_tables(write(tmp_path, OWN))
    assert (days(), days(chapter="A"), PROCESS.own_tables) == (7, 9, (f"follow_up_sick_note/{NAME}",))
    PROCESS.use_tables(None)
    assert (days(), PROCESS.rules, PROCESS.own_tables) == (35, before, ())


def test_the_process_s_folder_goes_before_the_common_one(tmp_path: Path) -> None:
    PROCESS.use_tables(write(write(tmp_path, OWN), OWN.replace("M,7", "M,8"), name=f"follow_up_sick_note/{NAME}.csv"))
    assert days() == 8


def test_the_rules_version_depends_on_the_bytes_in_use(tmp_path: Path) -> None:
    versions = {"ours": PROCESS.rules}
    for name, text in (("same", OURS), ("own", OWN), ("again", OWN), ("other", OWN.replace("1,M", "eins,M"))):
        PROCESS.use_tables(write(tmp_path, text))
        versions[name] = PROCESS.rules
        assert PROCESS.book.on(date(2026, 11, 2)).versions["rules"] == PROCESS.rules
    assert versions["ours"] == versions["same"]
    assert versions["own"] == versions["again"]
    assert len({versions["ours"], versions["own"], versions["other"]}) == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (OWN.replace("2,-,9\n", ""), "Kein Treffer für chapter = ein anderer Text"),
        (OWN.replace("chapter", "kapitel"), "Die Spalten müssen diese sein: in chapter text, out days integer."),
        (OWN.replace("days integer", "days decimal"), "Die Spalten müssen diese sein"),
        (
            OWN.replace("out days integer", "out days integer,out more integer")
            .replace("7\n", "7,1\n")
            .replace("9\n", "9,1\n"),
            "diese sein",
        ),
        (OWN.replace("M,7", "M,"), "Spalte days, Zeile 2: ein Wert fehlt; ihn eintragen."),
        ("", "Die Datei ist leer"),
    ],
)
def test_a_table_that_must_not_be_used_changes_nothing(tmp_path: Path, text: str, sentence: str) -> None:
    before = PROCESS.rules
    with pytest.raises(TableError) as raised:
        PROCESS.use_tables(write(tmp_path, text))
    assert sentence in str(raised.value)
    assert str(tmp_path / f"{NAME}.csv") in str(raised.value)
    assert (PROCESS.rules, days()) == (before, 35)


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.csv").write_bytes(OWN.replace("1,M", "Ü,M").encode("cp1252"))
    with pytest.raises(TableError, match="nicht in UTF-8"):
        PROCESS.use_tables(tmp_path)


def test_columns_in_another_order_are_the_same_columns(tmp_path: Path) -> None:
    PROCESS.use_tables(write(tmp_path, "first,out days integer,in chapter text\n1,7,M\n2,9,-\n"))
    assert days() == 7


# The folder


@pytest.mark.parametrize(
    ("name", "known"),
    [
        (f"{NAME}.csv", True),
        (f"follow_up_sick_note/{NAME}.csv", True),
        (".DS_Store", True),
        ("follow_up_sick_note/.DS_Store", True),
        ("extension-days.csv", False),
        (f"{NAME}.xlsx", False),
        (f"follow_up/{NAME}.csv", False),
        ("follow_up_sick_note/other.csv", False),
    ],
)
def test_a_file_that_no_process_knows(tmp_path: Path, name: str, known: bool) -> None:
    write(write(tmp_path, OWN), OWN, name=name)
    found = find_stranger(tmp_path, {"follow_up_sick_note": (NAME,)})
    assert (found is None) is known
    if not known:
        assert found == (
            f"{tmp_path / name}: keine Tabelle dieses Namens; bekannt sind: {NAME}.csv, follow_up_sick_note/{NAME}.csv."
        )


def test_a_folder_without_a_table_or_none_at_all(tmp_path: Path) -> None:
    assert find_stranger(tmp_path, {"p": (NAME,)}) == f"{tmp_path}: der Ordner enthält keine Tabelle."
    assert "nicht lesbar" in (find_stranger(tmp_path / "gone", {"p": (NAME,)}) or "")


def test_every_process_is_given_its_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_TABLES", "")  # so that it is restored
    choose_tables(write(tmp_path, OWN))
    assert days(processes()["follow_up_sick_note"]) == 7


def test_a_folder_that_must_not_be_used_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNKELWERK_TABLES", str(write(tmp_path, OWN, name="tea.csv")))
    processes.cache_clear()
    with pytest.raises(CommandError, match=r"tea\.csv: keine Tabelle") as raised:
        processes()
    assert raised.value.code == 2
