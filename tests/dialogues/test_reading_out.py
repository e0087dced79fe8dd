"""What a person handed in reaches a clerk: uploads by question, receipt, words at an exit; who read it is kept."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dialogue_support import TODAY, import_rows, person_row, submit

READS = "SELECT actor FROM dialogue_event WHERE event = 'files_read'"


@pytest.fixture
def letters(proof: str, folder: Path) -> list[dict[str, str]]:
    """Two dialogues."""
    return import_rows(folder, [person_row(1), person_row(2)])[1]


def pdf(pages: int) -> bytes:
    import pikepdf

    made, target = pikepdf.new(), io.BytesIO()
    for _page in range(pages):
        made.add_blank_page()
    made.save(target)
    return target.getvalue()


def test_uploads_and_receipt_are_written_for_their_owner_alone(
    proof: str, letters: list[dict[str, str]], run_cli: Any, folder: Path
) -> None:
    import pikepdf

    from dunkelwerk.dialogues import answers
    from dunkelwerk.dialogues.queries import find

    reference, out = letters[0]["dialogue"], folder / "read"
    files = [
        answers.add_upload(find(reference).id, question="proof_files", name="b", content=pdf(pages), pages=pages).id
        for pages in (1, 2)
    ]
    arguments = ("dialogues", "files", reference, "--out", out)
    early = run_cli(*arguments, "--actor", "s.desk", DUNKELWERK_TODAY=TODAY)
    assert (early.returncode, list(out.iterdir())) == (1, [])
    submit(reference, proof_files=files)
    assert run_cli(*arguments, DUNKELWERK_TODAY=TODAY).returncode == 2
    done = run_cli(*arguments, "--actor", "s.desk", DUNKELWERK_TODAY=TODAY)
    assert done.returncode == 0, done.stderr
    assert {each.name for each in out.iterdir()} == {f"{reference}-proof_files.pdf", f"{reference}-receipt.pdf"}
    assert {stat.S_IMODE(each.stat().st_mode) for each in out.iterdir()} == {0o600}
    with pikepdf.open(out / f"{reference}-proof_files.pdf") as joined:
        assert len(joined.pages) == 3
    assert (out / f"{reference}-receipt.pdf").read_bytes() == b"%PDF-1.7 receipt"
    again = run_cli(*arguments, "--actor", "s.desk", DUNKELWERK_TODAY=TODAY)
    assert (again.returncode, len(again.stderr.strip().splitlines())) == (1, 1)
    with psycopg.connect(proof) as database:
        assert database.execute(READS).fetchall() == [("s.desk",)] * 2


def test_words_at_an_exit_are_read(letters: list[dict[str, str]]) -> None:
    from dunkelwerk.dialogues import operations
    from dunkelwerk.dialogues.queries import find
    from dunkelwerk.dialogues.reading_out import read_out

    reference = letters[1]["dialogue"]
    operations.exit_by_person(find(reference).id, "not_me", note_text="Die Familie ist verzogen.")
    [found] = read_out(reference, actor="s.desk")
    assert (found.name, found.data.decode()) == (f"{reference}-exit-words.txt", "Die Familie ist verzogen.\n")
    assert "verzogen" not in repr(found)


def test_a_document_is_written_and_who_read_it_is_kept(proof: str, run_cli: Any, folder: Path) -> None:
    from datetime import date

    from django.db import connection

    from dunkelwerk.inbox.documents import Document, receive_document
    from dunkelwerk.infra.vaults import vault_of

    day = date.fromisoformat(TODAY)
    with connection.cursor() as cursor:
        vault = vault_of(cursor, on=day)
    number, _known = receive_document(Document("api", "D-1", "x" * 64, "brief.pdf", b"%PDF", 1), vault, on=day)
    out = folder / "document.pdf"
    arguments = ("--out", out, "--actor", "poststelle")
    done = run_cli("inbox", "document", number, *arguments, DUNKELWERK_TODAY=TODAY)
    assert done.returncode == 0, done.stderr
    assert (out.read_bytes(), stat.S_IMODE(out.stat().st_mode)) == (b"%PDF", 0o600)
    assert run_cli("inbox", "document", number, *arguments, DUNKELWERK_TODAY=TODAY).returncode == 1
    unknown = run_cli("inbox", "document", number + 1, "--out", folder / "x", "--actor", "poststelle")
    assert (unknown.returncode, (folder / "x").exists()) == (1, False)
    with psycopg.connect(proof) as database:
        deeds = database.execute("SELECT actor, deed, kind, key FROM deed").fetchall()
    assert deeds == [("poststelle", "read", "document", str(number))]
