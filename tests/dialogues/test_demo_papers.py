"""What a visitor of the demonstration wants to look at stays, and no PIN that opens anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunkelwerk.cli.demo import make_folder
from dunkelwerk.cli.demo_dialogues import keep_papers
from dunkelwerk.infra.errors import CommandError


def test_a_letter_and_a_receipt_of_each_type_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    papers, folder = make_folder(tmp_path / "demo-output"), tmp_path / "work"
    for kind in ("tax_id", "accident"):
        (folder / kind).mkdir(parents=True)
        (folder / kind / f"D-{kind}.pdf").write_bytes(f"letter {kind}".encode())
        (folder / kind / "D-other.pdf").write_bytes(b"of somebody who has not answered")
        (folder / f"{kind}-pins.csv").write_text("pin")
    shown = {kind: f"D-{kind}" for kind in ("tax_id", "accident")}
    receipts = {reference: f"receipt {kind}".encode() for kind, reference in shown.items()}
    for _time in range(2):
        keep_papers(papers, shown, folder, receipts)
    assert {path.name: path.read_text() for path in papers.iterdir()} == {
        "anschreiben-tax_id.pdf": "letter tax_id",
        "anschreiben-accident.pdf": "letter accident",
        "quittung-tax_id.pdf": "receipt tax_id",
        "quittung-accident.pdf": "receipt accident",
    }
    assert str(papers) in capsys.readouterr().out
    assert papers.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_is_told_before_anything_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(CommandError, match="--out"):
            make_folder(place)
