"""Files of persons that are not what they should be, or would do harm where they are opened next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dialogue_support import HEADER, TODAY, person_row, read_csv, write_csv

#: what a spreadsheet would run, as people hide it
FORMULAS = ("=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "+A1+1", "-A2+3", "@SUM(A1)", '"=A1+1"', "＝A1")

#: no file may grow beyond 100 kB
FULL = """
import resource, signal, sys
from pathlib import Path
import pyrage
from dunkelwerk.dialogues.importing.letters import CsvFile
from dunkelwerk.infra.errors import CommandError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
recipient = pyrage.x25519.Identity.generate().to_public() if sys.argv[2] == "True" else None
letters = CsvFile(Path(sys.argv[1]), ("pin",), delimiter=";", recipient=recipient)
try:
    for _number in range(1000):
        letters.write([("x" * 1000,)])
    letters.settle()
except CommandError as error:
    print(error)
finally:
    letters.discard()
"""


def run(run_cli: Any, folder: Path, path: Path) -> Any:
    out = ("--pins-out", folder / "out.csv", "--errors-out", folder / "bad.csv")
    return run_cli("dialogues", "import", "proof", path, *out, DUNKELWERK_TODAY=TODAY)


def test_a_tab_is_a_delimiter_too(proof: str, folder: Path, run_cli: Any) -> None:
    done = run(run_cli, folder, write_csv(folder / "persons.csv", [person_row(1), person_row(2)], delimiter="\t"))
    assert done.returncode == 0, done.stderr
    assert [each["external_id"] for each in read_csv(folder / "out.csv", delimiter="\t")] == ["E-1", "E-2"]


@pytest.mark.parametrize("delimiter", ["|", ":", " "])
def test_a_wrong_delimiter_is_one_sentence_and_nothing_is_imported(
    proof: str, folder: Path, run_cli: Any, delimiter: str
) -> None:
    path = folder / "persons.csv"
    path.write_text("\n".join(delimiter.join(each) for each in (HEADER, person_row(1).values())), "utf-8")
    done = run(run_cli, folder, path)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "es fehlt external_id" in done.stderr
    assert "Nachname1" not in done.stderr
    assert not (folder / "out.csv").exists()


@pytest.mark.parametrize("delimiter", [";", ","])
def test_a_person_called_like_a_formula_is_one_in_no_file_that_goes_out(
    proof: str, folder: Path, run_cli: Any, delimiter: str
) -> None:
    rows = [person_row(number, last_name=name) for number, name in enumerate(FORMULAS)]
    rows += [person_row(number + 100, last_name=name, birth_date="") for number, name in enumerate(FORMULAS)]
    run(run_cli, folder, write_csv(folder / "persons.csv", rows, delimiter=delimiter))
    letters, bad = read_csv(folder / "out.csv", delimiter=delimiter), read_csv(folder / "bad.csv", delimiter=delimiter)
    for found in (letters, bad):
        names = [row["last_name"] for row in found]
        assert [name.removeprefix("'") for name in names] == list(FORMULAS)
        assert [name for name in names if name.startswith(("=", "+", "-", "@", "＝"))] == []


def test_a_line_longer_than_any_row_is_one_bad_row(proof: str, folder: Path) -> None:
    import tracemalloc

    from dunkelwerk.dialogues.importing import table

    path = write_csv(folder / "persons.csv", [person_row(1), person_row(2), person_row(3)])
    lines = path.read_text().splitlines(keepends=True)
    lines[2] = f"{'x;' * (20 * table.LONGEST_LINE)}{lines[2]}"
    path.write_text("".join(lines))
    tracemalloc.start()
    rows = list(table.Table(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(each.line, each.fault is None) for each in rows] == [(2, True), (3, False), (4, True)]
    assert peak < 16 * table.LONGEST_LINE


def test_rows_of_empty_cells_are_counted_and_told_lines_of_nothing_are_none(
    proof: str, folder: Path, run_cli: Any
) -> None:
    path = write_csv(folder / "persons.csv", [person_row(1)])
    path.write_text(f"{path.read_text()}{';' * (len(HEADER) - 1)}\n\n  \n")
    done = run(run_cli, folder, path)
    assert (done.returncode, "Zeilen 2 = neu 1" in done.stdout, "fehlerhaft 1" in done.stdout) == (1, True, True)
    assert [(each["line"], each["reason"]) for each in read_csv(folder / "bad.csv")] == [("3", "die Zeile ist leer")]


def test_a_file_may_have_any_name(proof: str, folder: Path, run_cli: Any) -> None:
    path = write_csv(folder / "persons.csv", [person_row(1)])
    done = run(run_cli, folder, path.rename(folder / "m\udce4rz.csv"))
    assert (done.returncode, "neu 1" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_full_disk_is_told_and_leaves_no_pin_behind(folder: Path, encrypted: bool) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", FULL, folder / "out.csv", str(encrypted)], capture_output=True, text=True
    )
    assert done.stdout.startswith(f"{folder / 'out.csv'}: nicht schreibbar (")
    assert "File too large" in done.stdout
    assert "Traceback" not in done.stderr
    assert list(folder.iterdir()) == []
